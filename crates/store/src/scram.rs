//! The verifier that Postgres keeps of a password (RFC 5802, RFC 7677): computed here, so that the clear
//! password never travels in a statement and never reaches a server log.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::error::StoreError;

/// Iterations of PBKDF2; the password is random and long, so the number that Postgres itself uses is
/// enough.
const ITERATIONS: u32 = 4096;
const SALT_BYTES: usize = 16;

/// `SCRAM-SHA-256$4096:<salt>$<StoredKey>:<ServerKey>` under a fresh salt.
pub(crate) fn verifier(password: &SecretString) -> Result<String, StoreError> {
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(|_| StoreError::invalid("source of randomness"))?;
    with_salt(password, &salt)
}

/// Whether `verifier` was made of this password.
pub(crate) fn matches(password: &SecretString, verifier: &str) -> bool {
    verifier
        .strip_prefix(&format!("SCRAM-SHA-256${ITERATIONS}:"))
        .and_then(|rest| rest.split_once('$'))
        .and_then(|(salt, _)| STANDARD.decode(salt).ok())
        .and_then(|salt| with_salt(password, &salt).ok())
        .is_some_and(|made| made == verifier)
}

fn with_salt(password: &SecretString, salt: &[u8]) -> Result<String, StoreError> {
    let password = password.expose_secret();
    // SASLprep (RFC 4013) leaves printable ASCII as it is; ours is never anything else.
    if password.is_empty() || !password.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(StoreError::invalid("role password"));
    }
    let salted = pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(password.as_bytes(), salt, ITERATIONS);
    let client_key = mac(&salted, b"Client Key")?;
    let stored_key = Sha256::digest(client_key);
    let server_key = mac(&salted, b"Server Key")?;
    Ok(format!(
        "SCRAM-SHA-256${ITERATIONS}:{}${}:{}",
        STANDARD.encode(salt),
        STANDARD.encode(stored_key),
        STANDARD.encode(server_key)
    ))
}

fn mac(key: &[u8], message: &[u8]) -> Result<[u8; 32], StoreError> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key).map_err(|_| StoreError::invalid("role password"))?;
    mac.update(message);
    Ok(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7677 section 3: user "user", password "pencil", 4096 iterations. The example gives the
    /// server's signature, from which the server key can be checked.
    #[test]
    fn the_example_of_rfc_7677_verifies() {
        let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let made = with_salt(&"pencil".into(), &salt).unwrap();
        let server_key = STANDARD.decode(made.rsplit(':').next().unwrap()).unwrap();
        let message = "n=user,r=rOprNGfwEbeRWgbNEkqO,\
            r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
            s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,\
            c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let signature = mac(&server_key, message.as_bytes()).unwrap();
        assert_eq!(STANDARD.encode(signature), "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    #[test]
    fn a_verifier_matches_its_password_only() {
        let made = verifier(&"a-long-random-one".into()).unwrap();
        assert!(matches(&"a-long-random-one".into(), &made));
        assert!(!matches(&"another".into(), &made));
        assert!(!matches(&"another".into(), "md5abc"));
        assert!(verifier(&"pässword".into()).is_err());
    }
}
