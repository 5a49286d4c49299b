//! HMAC-SHA256 under a key of 32 bytes.

use hmac::{Hmac, KeyInit};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Begins a MAC. The key is padded with zeros to the hash's block, which is what HMAC does with a
/// shorter key (RFC 2104 section 2), and so nothing here can fail.
pub(crate) fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key);
    Hmac::new((&*block).into())
}

#[cfg(test)]
mod tests {
    use hmac::Mac;

    use super::*;

    #[test]
    fn padding_is_what_hmac_does_itself() {
        let mut ours = keyed(&[7; 32]);
        let mut theirs = Hmac::<Sha256>::new_from_slice(&[7; 32]).unwrap();
        ours.update(b"text");
        theirs.update(b"text");
        assert_eq!(ours.finalize().into_bytes(), theirs.finalize().into_bytes());
    }
}
