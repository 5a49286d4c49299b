//! A short name for a secret that tells it from others and tells nothing about it.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::key::{KEY_BYTES, Key256};

/// How many bytes of the HMAC are shown: enough to tell a tenant's secrets apart.
const SHOWN_BYTES: usize = 6;

/// The first 48 bits of HMAC-SHA256(key, secret), in hex: `3f9c01d2a7b4`.
///
/// Keyed, because a plain hash of a guessable secret could be found by trying. The key is one that
/// [`crate::KeyStore::derive`] gives for this purpose alone.
#[must_use]
pub fn fingerprint(key: &Key256, secret: &[u8]) -> String {
    // Padding with zeros to the hash's block is what HMAC does with a shorter key (RFC 2104 section 2).
    let mut block = Zeroizing::new([0; 64]);
    block[..KEY_BYTES].copy_from_slice(key.expose());
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    mac.update(secret);
    let tag = mac.finalize().into_bytes();
    HEXLOWER.encode(&tag[..SHOWN_BYTES])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_stable_keyed_and_short() {
        let key = Key256::from_slice(&[1; 32]).unwrap();
        let other = Key256::from_slice(&[2; 32]).unwrap();
        let shown = fingerprint(&key, b"sk-secret");
        assert_eq!(shown.len(), 2 * SHOWN_BYTES);
        assert_eq!(shown, fingerprint(&key, b"sk-secret"));
        assert_ne!(shown, fingerprint(&key, b"sk-secres"));
        assert_ne!(shown, fingerprint(&other, b"sk-secret"));
        // RFC 4231 section 4.3 in our key length: HMAC pads "Jefe" with zeros.
        let mut jefe = [0; 32];
        jefe[..4].copy_from_slice(b"Jefe");
        let jefe = Key256::from_slice(&jefe).unwrap();
        assert_eq!(fingerprint(&jefe, b"what do ya want for nothing?"), "5bdcc146bf60");
    }
}
