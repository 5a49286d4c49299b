//! Opaque strings that a caller must give back as it got them.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How sealed reasoning begins.
const SEALED: &str = "sim1.";

/// How a signature under thinking begins.
const SIGNED: &str = "simsig1.";

/// Signatures are no secret of any one simulator: Anthropic's are good on all its platforms.
const SIGNING_KEY: &[u8] = b"tokenone-simulator: thinking";

/// What seals reasoning for whoever calls with a certain key, and for nobody else.
pub(crate) struct Seal {
    key: Vec<u8>,
}

impl Seal {
    /// A seal for the holder of this API key.
    pub(crate) fn new(api_key: &[u8]) -> Self {
        Self { key: api_key.to_vec() }
    }

    /// The `encrypted_content` of the reasoning with this id. Nothing in it is worth encrypting.
    pub(crate) fn seal(&self, id: &str) -> String {
        format!("{SEALED}{}.{}", URL_SAFE_NO_PAD.encode(id), mac(&self.key, id))
    }

    /// Whether this string was sealed for the same key.
    pub(crate) fn opens(&self, sealed: &str) -> bool {
        let Some((id, seal)) = sealed.strip_prefix(SEALED).and_then(|rest| rest.split_once('.'))
        else {
            return false;
        };
        let id = URL_SAFE_NO_PAD.decode(id).ok().and_then(|id| String::from_utf8(id).ok());
        id.is_some_and(|id| mac(&self.key, &id) == seal)
    }
}

/// The signature under thinking.
pub(crate) fn sign(thinking: &str) -> String {
    format!("{SIGNED}{}", mac(SIGNING_KEY, thinking))
}

/// Whether a signature is one of ours and not of this thinking.
pub(crate) fn altered(thinking: &str, signature: &str) -> bool {
    signature.starts_with(SIGNED) && signature != sign(thinking)
}

fn mac(key: &[u8], text: &str) -> String {
    // HMAC takes a key of any length: there is no error to have.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    URL_SAFE_NO_PAD.encode(mac.chain_update(text).finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_opens_for_its_own_key_only() {
        let sealed = Seal::new(b"one").seal("rs_1");
        assert!(Seal::new(b"one").opens(&sealed));
        assert!(!Seal::new(b"two").opens(&sealed));
        assert!(!Seal::new(b"one").opens(&sealed[..sealed.len() - 1]));
        assert!(!Seal::new(b"one").opens("gAAAA-of-somebody-else"));
    }

    #[test]
    fn a_signature_tells_when_thinking_was_altered() {
        let signature = sign("I think.");
        assert!(!altered("I think.", &signature));
        assert!(altered("I thought.", &signature));
        assert!(!altered("I think.", "a signature of somebody else"));
    }
}
