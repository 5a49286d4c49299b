//! A 256-bit key that wipes itself and never shows itself.

use std::fmt;

use secrecy::{ExposeSecret, SecretBox};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// Length of every symmetric key in this crate, in bytes.
pub const KEY_BYTES: usize = 32;

/// A 256-bit secret key. Wiped when dropped; `Debug` shows nothing of it.
pub struct Key256(SecretBox<[u8; KEY_BYTES]>);

/// The operating system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gives no random bytes")]
pub struct RandomnessUnavailable;

impl Key256 {
    /// Draws a new key from the operating system.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn generate() -> Result<Self, RandomnessUnavailable> {
        let mut key = Box::new([0; KEY_BYTES]);
        fill(key.as_mut_slice())?;
        Ok(Self(SecretBox::new(key)))
    }

    /// Takes over key bytes and wipes the array they came in.
    #[must_use]
    pub fn from_bytes(bytes: &mut [u8; KEY_BYTES]) -> Self {
        let key = Self(SecretBox::new(Box::new(*bytes)));
        bytes.zeroize();
        key
    }

    /// Copies key bytes; `None` when there are not exactly [`KEY_BYTES`] of them.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        let mut key = Box::new([0; KEY_BYTES]);
        if bytes.len() != KEY_BYTES {
            return None;
        }
        key.copy_from_slice(bytes);
        Some(Self(SecretBox::new(key)))
    }

    /// The key itself. Each call to this is a place to review.
    #[must_use]
    pub fn expose(&self) -> &[u8; KEY_BYTES] {
        self.0.expose_secret()
    }

    /// A second copy, wiped on its own.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self(SecretBox::new(Box::new(*self.expose())))
    }
}

impl PartialEq for Key256 {
    /// Takes the same time wherever the keys differ.
    fn eq(&self, other: &Self) -> bool {
        self.expose().ct_eq(other.expose()).into()
    }
}

impl Eq for Key256 {}

impl fmt::Debug for Key256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key256(redacted)")
    }
}

/// Fills `bytes` with randomness of the operating system.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), RandomnessUnavailable> {
    getrandom::fill(bytes).map_err(|_| RandomnessUnavailable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_does_not_show_itself() {
        let key = Key256::from_slice(&[0xAB; 32]).unwrap();
        assert_eq!(format!("{key:?}"), "Key256(redacted)");
    }

    #[test]
    fn a_key_has_exactly_thirty_two_bytes() {
        assert!(Key256::from_slice(&[1; 31]).is_none());
        assert!(Key256::from_slice(&[1; 33]).is_none());
    }

    #[test]
    fn taking_bytes_over_wipes_them() {
        let mut bytes = [7; 32];
        let key = Key256::from_bytes(&mut bytes);
        assert_eq!(bytes, [0; 32]);
        assert_eq!(key.expose(), &[7; 32]);
    }

    #[test]
    fn two_drawn_keys_differ() {
        assert_ne!(Key256::generate().unwrap(), Key256::generate().unwrap());
    }
}
