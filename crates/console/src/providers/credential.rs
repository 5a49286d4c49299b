//! A provider's key on its way into the vault, sealed as the configuration seals one. Nothing here gives
//! one back.

use contract::fault::{Field, Reason};
use domain::ids::SecretId;
use domain::limits::CREDENTIAL_BYTES_MAX;
use domain::provider::Auth;
use secrecy::{ExposeSecret as _, SecretString};
use store::providers::{CredentialRow, ProviderSpec};
use store::secrets::NewSecret;
use vault::{Aad, Blob, Key256};

use crate::Services;
use crate::fault::Failure;

/// The key that was typed; `None` where none was.
pub(super) fn given(typed: &SecretString, auth: Auth) -> Result<Option<&str>, Failure> {
    let key = typed.expose_secret().trim();
    if key.is_empty() {
        return Ok(None);
    }
    if key.len() > CREDENTIAL_BYTES_MAX {
        return Err(Failure::invalid(Field::Credential, Reason::TooLong));
    }
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Failure::invalid(Field::Credential, Reason::NotAKey));
    }
    if auth == Auth::SigV4 && !is_pair(key) {
        return Err(Failure::invalid(Field::Credential, Reason::NotAKeyPair));
    }
    Ok(Some(key))
}

/// An AWS key with its secret, and with a session's token where there is one.
fn is_pair(key: &str) -> bool {
    let parts: Vec<_> = key.split(':').collect();
    matches!(parts.len(), 2 | 3) && parts.iter().all(|part| !part.is_empty())
}

impl Services {
    /// Seals a key as the next version of the provider's secret.
    pub(super) async fn seal(
        &self,
        provider: &ProviderSpec,
        known: Option<&CredentialRow>,
        key: &str,
    ) -> Result<NewSecret, Failure> {
        let (id, version) = match (provider.secret_id, known) {
            (Some(id), Some(known)) => (id, known.version + 1),
            _ => (SecretId::mint(), 1),
        };
        let place = Aad::provider_key(self.ring.deployment(), id, version.unsigned_abs());
        let blob = self.ring.seal(&place, key.as_bytes()).await?;
        let kek_id = Blob::parse(&blob)?.kek_id().uuid();
        let fingerprint_key = Key256::from_bytes(&mut self.throttle_key.clone());
        Ok(NewSecret {
            id,
            version,
            label: format!("API key of {}", provider.slug),
            fingerprint: vault::fingerprint(&fingerprint_key, key.as_bytes()),
            blob,
            kek_id,
        })
    }
}

#[cfg(test)]
mod tests {
    use contract::fault::Fault;

    use super::*;

    #[test]
    fn a_key_is_one_line_of_visible_characters() {
        let reason = |typed: &str, auth| match given(&SecretString::from(typed), auth) {
            Err(Failure::Fault(Fault::Invalid { field: Field::Credential, reason })) => reason,
            other => panic!("{other:?}"),
        };
        let long = "x".repeat(CREDENTIAL_BYTES_MAX + 1);
        assert_eq!(reason(&long, Auth::Bearer), Reason::TooLong);
        assert_eq!(reason("two words", Auth::Bearer), Reason::NotAKey);
        assert_eq!(reason("schlüssel", Auth::Bearer), Reason::NotAKey);
        for alone in ["AKIA", "AKIA:", ":secret", "a:b:c:d", "a:b:"] {
            assert_eq!(reason(alone, Auth::SigV4), Reason::NotAKeyPair, "{alone}");
        }
        let key = SecretString::from(" sk-1 \n");
        assert_eq!(given(&key, Auth::Bearer).unwrap(), Some("sk-1"));
        assert_eq!(given(&SecretString::from("  "), Auth::Bearer).unwrap(), None);
        for pair in ["AKIA:secret", "ASIA:secret:token"] {
            assert!(given(&SecretString::from(pair), Auth::SigV4).is_ok());
        }
    }
}
