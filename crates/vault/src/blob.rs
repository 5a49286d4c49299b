//! The bytes of a sealed value.
//!
//! ```text
//! 0x01 version | algorithm u8 | kek_id 16 | dek_wrapped_len u16 BE | dek_wrapped
//!   | salt 32 | commitment 32 | nonce 12 | ciphertext || tag 16
//! dek_wrapped = nonce 12 | AES-256-GCM-SIV(KEK, DEK) 32 + 16
//! ```

use uuid::Uuid;

use crate::kek::KekId;

/// The format's version, its first byte.
pub(crate) const FORMAT_VERSION: u8 = 1;
pub(crate) const SALT_BYTES: usize = 32;
pub(crate) const COMMITMENT_BYTES: usize = 32;
pub(crate) const NONCE_BYTES: usize = 12;
pub(crate) const TAG_BYTES: usize = 16;
/// Nonce, 32 bytes of key and the tag.
pub(crate) const DEK_WRAPPED_BYTES: usize = NONCE_BYTES + 32 + TAG_BYTES;

const KEK_ID_AT: usize = 2;
const DEK_LENGTH_AT: usize = KEK_ID_AT + 16;
const DEK_AT: usize = DEK_LENGTH_AT + 2;
const SALT_AT: usize = DEK_AT + DEK_WRAPPED_BYTES;
const COMMITMENT_AT: usize = SALT_AT + SALT_BYTES;
const NONCE_AT: usize = COMMITMENT_AT + COMMITMENT_BYTES;
/// Everything in front of the ciphertext.
pub(crate) const HEADER_BYTES: usize = NONCE_AT + NONCE_BYTES;

/// How a value is sealed. There is one way; the byte lets another follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// The data key is wrapped with AES-256-GCM-SIV (RFC 8452) and, through HKDF-SHA256 (RFC 5869),
    /// gives a key commitment and an AES-256-GCM key that is used once.
    HkdfAes256Gcm,
}

impl Algorithm {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::HkdfAes256Gcm => 1,
        }
    }

    const fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::HkdfAes256Gcm),
            _ => None,
        }
    }
}

/// Why bytes are no blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// Shorter than the shortest blob.
    #[error("the sealed value is cut short")]
    Short,
    /// Made by a later version of TokenOne, or no blob at all.
    #[error("the sealed value has an unknown format version")]
    Version,
    /// An algorithm this version does not know.
    #[error("the sealed value names an unknown algorithm")]
    Algorithm,
    /// The wrapped data key has another length than its algorithm makes.
    #[error("the sealed value's wrapped key has the wrong length")]
    KeyLength,
}

/// A sealed value, taken apart but not opened. Nothing in it is trusted yet.
#[derive(Clone, Copy, Debug)]
pub struct Blob<'a> {
    pub(crate) algorithm: Algorithm,
    pub(crate) kek_id: KekId,
    pub(crate) dek_wrapped: &'a [u8; DEK_WRAPPED_BYTES],
    pub(crate) salt: &'a [u8; SALT_BYTES],
    pub(crate) commitment: &'a [u8; COMMITMENT_BYTES],
    pub(crate) nonce: &'a [u8; NONCE_BYTES],
    /// Ciphertext with its tag at the end.
    pub(crate) sealed: &'a [u8],
}

impl<'a> Blob<'a> {
    /// Takes a blob apart without looking at any key.
    ///
    /// # Errors
    /// When the bytes do not have a blob's form.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, BlobError> {
        let (&version, rest) = bytes.split_first().ok_or(BlobError::Short)?;
        if version != FORMAT_VERSION {
            return Err(BlobError::Version);
        }
        let (&code, rest) = rest.split_first().ok_or(BlobError::Short)?;
        let algorithm = Algorithm::from_code(code).ok_or(BlobError::Algorithm)?;
        let (kek_id, rest) = rest.split_first_chunk::<16>().ok_or(BlobError::Short)?;
        let (length, rest) = rest.split_first_chunk::<2>().ok_or(BlobError::Short)?;
        if usize::from(u16::from_be_bytes(*length)) != DEK_WRAPPED_BYTES {
            return Err(BlobError::KeyLength);
        }
        let (dek_wrapped, rest) = rest.split_first_chunk().ok_or(BlobError::Short)?;
        let (salt, rest) = rest.split_first_chunk().ok_or(BlobError::Short)?;
        let (commitment, rest) = rest.split_first_chunk().ok_or(BlobError::Short)?;
        let (nonce, sealed) = rest.split_first_chunk().ok_or(BlobError::Short)?;
        if sealed.len() < TAG_BYTES {
            return Err(BlobError::Short);
        }
        let kek_id = KekId::from(Uuid::from_bytes(*kek_id));
        Ok(Self { algorithm, kek_id, dek_wrapped, salt, commitment, nonce, sealed })
    }

    /// Which key this was sealed with; tells the ring what to fetch.
    #[must_use]
    pub const fn kek_id(&self) -> KekId {
        self.kek_id
    }

    /// The algorithm this claims.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Length of the value inside, in bytes.
    #[must_use]
    pub const fn plaintext_len(&self) -> usize {
        self.sealed.len() - TAG_BYTES
    }

    /// The header that goes before the ciphertext, with room for `sealed_len` bytes after it.
    pub(crate) fn header(&self, sealed_len: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + sealed_len);
        bytes.push(FORMAT_VERSION);
        bytes.push(self.algorithm.code());
        bytes.extend_from_slice(self.kek_id.uuid().as_bytes());
        bytes.extend_from_slice(&(DEK_WRAPPED_BYTES as u16).to_be_bytes());
        bytes.extend_from_slice(self.dek_wrapped);
        bytes.extend_from_slice(self.salt);
        bytes.extend_from_slice(self.commitment);
        bytes.extend_from_slice(self.nonce);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cut_is_refused() {
        let mut bytes = vec![0; HEADER_BYTES + TAG_BYTES];
        bytes[0] = FORMAT_VERSION;
        bytes[1] = 1;
        bytes[DEK_LENGTH_AT + 1] = DEK_WRAPPED_BYTES as u8;
        assert_eq!(Blob::parse(&bytes).unwrap().plaintext_len(), 0);
        for end in 0..bytes.len() {
            assert_eq!(Blob::parse(&bytes[..end]).unwrap_err(), BlobError::Short, "{end}");
        }
    }

    #[test]
    fn version_algorithm_and_length_are_exact() {
        let mut bytes = vec![0; HEADER_BYTES + TAG_BYTES];
        assert_eq!(Blob::parse(&bytes).unwrap_err(), BlobError::Version);
        bytes[0] = FORMAT_VERSION;
        assert_eq!(Blob::parse(&bytes).unwrap_err(), BlobError::Algorithm);
        bytes[1] = 1;
        assert_eq!(Blob::parse(&bytes).unwrap_err(), BlobError::KeyLength);
    }
}
