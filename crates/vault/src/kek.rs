//! A tenant's key, unwrapped: it seals values and opens them.
//!
//! Synchronous and free of I/O, because it stands on the path of every call.

use std::fmt;
use std::sync::Arc;

use aes_gcm::Aes256Gcm;
use aes_gcm_siv::Aes256GcmSiv;
use aes_gcm_siv::aead::{AeadInOut, KeyInit};
use domain::ids::TenantId;
use hkdf::Hkdf;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::aad::Aad;
use crate::blob::{
    Algorithm, Blob, BlobError, COMMITMENT_BYTES, DEK_WRAPPED_BYTES, HEADER_BYTES, NONCE_BYTES,
    SALT_BYTES, TAG_BYTES,
};
use crate::key::{KEY_BYTES, Key256, RandomnessUnavailable, fill};
use crate::lease::{WrapLease, WrapsExhausted};

/// Longest value that is sealed in one piece, in bytes. AES-GCM itself would allow 64 GiB.
pub const PLAINTEXT_BYTES_MAX: usize = 64 * 1024 * 1024;

const DEK_LABEL: &[u8; 15] = b"tokenone/v1/dek";
const DEK_AAD_BYTES: usize = DEK_LABEL.len() + 16 + 32;

/// Names one KEK of one tenant. Not secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KekId(Uuid);

impl KekId {
    /// A new id, a UUIDv7 like every other id.
    #[must_use]
    pub fn mint() -> Self {
        Self(Uuid::now_v7())
    }

    /// The id as the database carries it.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl From<Uuid> for KekId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl fmt::Display for KekId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for KekId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KekId({})", self.0)
    }
}

/// Why a value was not sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The place belongs to another tenant than the key.
    #[error("a tenant's key seals only that tenant's values")]
    OtherTenant,
    /// Longer than [`PLAINTEXT_BYTES_MAX`].
    #[error("the value is longer than {PLAINTEXT_BYTES_MAX} bytes")]
    TooLong,
    /// No wraps are left on this node: ask the ring for the active key again.
    #[error(transparent)]
    Wraps(#[from] WrapsExhausted),
    /// The operating system gave no random bytes.
    #[error("the operating system gives no random bytes")]
    Randomness,
    /// The cipher refused its input, which its limits exclude.
    #[error("the cipher refused to seal")]
    Cipher,
}

impl From<RandomnessUnavailable> for SealError {
    fn from(_: RandomnessUnavailable) -> Self {
        Self::Randomness
    }
}

/// Why a value does not open. Each says where it failed; none says anything about the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The bytes are no blob.
    #[error(transparent)]
    Form(#[from] BlobError),
    /// The place belongs to another tenant than the key.
    #[error("a tenant's key opens only that tenant's values")]
    OtherTenant,
    /// Sealed with another key than this one.
    #[error("the value was sealed with another key")]
    OtherKek,
    /// The data key does not unwrap: changed, moved from another place, or another key's.
    #[error("the value's data key does not unwrap here")]
    DataKey,
    /// The data key is not the one that the value commits to.
    #[error("the value does not commit to its data key")]
    Commitment,
    /// The ciphertext does not authenticate.
    #[error("the value's ciphertext has been changed")]
    Ciphertext,
}

/// An unwrapped tenant key. Wiped when the last holder lets go.
pub struct Kek {
    id: KekId,
    tenant: TenantId,
    key: Key256,
    lease: Arc<WrapLease>,
}

impl Kek {
    /// A key with the wraps it may make; a key that only opens gets [`WrapLease::none`].
    #[must_use]
    pub const fn new(id: KekId, tenant: TenantId, key: Key256, lease: Arc<WrapLease>) -> Self {
        Self { id, tenant, key, lease }
    }

    /// The key's id.
    #[must_use]
    pub const fn id(&self) -> KekId {
        self.id
    }

    /// Whose key this is.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// How many more values this node may seal before it must ask for a further turn.
    #[must_use]
    pub fn wraps_left(&self) -> u64 {
        self.lease.left()
    }

    /// Whether the key has wrapped so often that it should have been replaced: worth an alert.
    #[must_use]
    pub fn wraps_alarm(&self) -> bool {
        self.lease.alarm()
    }

    /// Seals `plaintext` for the place `aad`. Two seals of one value share no byte that depends on it.
    ///
    /// # Errors
    /// See [`SealError`].
    pub fn seal(&self, aad: &Aad<'_>, plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
        if aad.tenant != self.tenant {
            return Err(SealError::OtherTenant);
        }
        if plaintext.len() > PLAINTEXT_BYTES_MAX {
            return Err(SealError::TooLong);
        }
        self.lease.spend()?;
        let fresh = Fresh::draw()?;
        let context = aad.context_hash(Algorithm::HkdfAes256Gcm);
        let dek_wrapped = self.wrap_dek(&fresh.dek, &fresh.dek_nonce, &context)?;
        let derived = Derived::from(&fresh.dek, &fresh.salt, &context).ok_or(SealError::Cipher)?;
        let header = Blob {
            algorithm: Algorithm::HkdfAes256Gcm,
            kek_id: self.id,
            dek_wrapped: &dek_wrapped,
            salt: &fresh.salt,
            commitment: &derived.commitment,
            nonce: &fresh.nonce,
            sealed: &[],
        };
        // Room for everything at once: growing would leave copies of the plaintext in freed memory.
        let mut bytes = header.header(plaintext.len() + TAG_BYTES);
        bytes.extend_from_slice(plaintext);
        let body = bytes.get_mut(HEADER_BYTES..).ok_or(SealError::Cipher)?;
        let tag = Aes256Gcm::new((&*derived.encryption).into())
            .encrypt_inout_detached((&fresh.nonce).into(), &context, body.into())
            .map_err(|_| SealError::Cipher)?;
        bytes.extend_from_slice(&tag);
        Ok(bytes)
    }

    /// Opens a blob that was sealed for exactly this place.
    ///
    /// # Errors
    /// See [`OpenError`]; whatever is wrong, no byte of the value is given out.
    pub fn open(&self, aad: &Aad<'_>, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let blob = Blob::parse(bytes)?;
        let context = aad.context_hash(blob.algorithm);
        let (_, derived) = self.unlock(aad, &blob, &context)?;
        let mut plaintext = Zeroizing::new(blob.sealed.to_vec());
        Aes256Gcm::new((&*derived.encryption).into())
            .decrypt_in_place(blob.nonce.into(), &context, &mut *plaintext)
            .map_err(|_| OpenError::Ciphertext)?;
        Ok(plaintext)
    }

    /// Unwraps the data key, derives from it, and checks the commitment before anything is decrypted.
    fn unlock(
        &self,
        aad: &Aad<'_>,
        blob: &Blob<'_>,
        context: &[u8; 32],
    ) -> Result<(Zeroizing<[u8; KEY_BYTES]>, Derived), OpenError> {
        if aad.tenant != self.tenant {
            return Err(OpenError::OtherTenant);
        }
        if blob.kek_id != self.id {
            return Err(OpenError::OtherKek);
        }
        let dek = self.unwrap_dek(blob.dek_wrapped, context).ok_or(OpenError::DataKey)?;
        let derived = Derived::from(&dek, blob.salt, context).ok_or(OpenError::Commitment)?;
        if !bool::from(derived.commitment.ct_eq(blob.commitment)) {
            return Err(OpenError::Commitment);
        }
        Ok((dek, derived))
    }

    fn wrap_dek(
        &self,
        dek: &[u8; KEY_BYTES],
        nonce: &[u8; NONCE_BYTES],
        context: &[u8; 32],
    ) -> Result<[u8; DEK_WRAPPED_BYTES], SealError> {
        let mut wrapped = [0; DEK_WRAPPED_BYTES];
        let (front, tag_room) = wrapped.split_at_mut(NONCE_BYTES + KEY_BYTES);
        let (nonce_room, body) = front.split_at_mut(NONCE_BYTES);
        nonce_room.copy_from_slice(nonce);
        body.copy_from_slice(dek);
        let tag = Aes256GcmSiv::new(self.key.expose().into())
            .encrypt_inout_detached(nonce.into(), &self.dek_aad(context), body.into())
            .map_err(|_| SealError::Cipher)?;
        tag_room.copy_from_slice(&tag);
        Ok(wrapped)
    }

    fn unwrap_dek(
        &self,
        wrapped: &[u8; DEK_WRAPPED_BYTES],
        context: &[u8; 32],
    ) -> Option<Zeroizing<[u8; KEY_BYTES]>> {
        let (nonce, rest) = wrapped.split_first_chunk::<NONCE_BYTES>()?;
        let (body, tag) = rest.split_first_chunk::<KEY_BYTES>()?;
        let tag: &[u8; TAG_BYTES] = tag.try_into().ok()?;
        let mut dek = Zeroizing::new(*body);
        Aes256GcmSiv::new(self.key.expose().into())
            .decrypt_inout_detached(
                nonce.into(),
                &self.dek_aad(context),
                dek.as_mut_slice().into(),
                tag.into(),
            )
            .ok()?;
        Some(dek)
    }

    /// The KEK's id is bound here and not in the context, so that a rotation can wrap a data key anew
    /// without touching what it encrypts.
    fn dek_aad(&self, context: &[u8; 32]) -> [u8; DEK_AAD_BYTES] {
        let mut aad = [0; DEK_AAD_BYTES];
        let (label, rest) = aad.split_at_mut(DEK_LABEL.len());
        let (id, place) = rest.split_at_mut(16);
        label.copy_from_slice(DEK_LABEL);
        id.copy_from_slice(self.id.uuid().as_bytes());
        place.copy_from_slice(context);
        aad
    }
}

impl fmt::Debug for Kek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kek")
            .field("id", &self.id)
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}

/// Wraps a blob's data key with another KEK of the same tenant. Salt, commitment and ciphertext stay
/// byte for byte, so a rotation writes nothing but the key.
///
/// # Errors
/// [`RewrapError::Open`] when the blob does not open with `from`; [`RewrapError::Seal`] when `to`
/// belongs to another tenant or has no wraps left.
pub fn rewrap(from: &Kek, to: &Kek, aad: &Aad<'_>, bytes: &[u8]) -> Result<Vec<u8>, RewrapError> {
    let blob = Blob::parse(bytes).map_err(OpenError::from)?;
    let context = aad.context_hash(blob.algorithm);
    let (dek, _) = from.unlock(aad, &blob, &context)?;
    if to.tenant != from.tenant {
        return Err(SealError::OtherTenant.into());
    }
    to.lease.spend().map_err(SealError::from)?;
    let mut nonce = [0; NONCE_BYTES];
    fill(&mut nonce).map_err(SealError::from)?;
    let dek_wrapped = to.wrap_dek(&dek, &nonce, &context)?;
    let moved = Blob { kek_id: to.id, dek_wrapped: &dek_wrapped, ..blob };
    let mut bytes = moved.header(blob.sealed.len());
    bytes.extend_from_slice(blob.sealed);
    Ok(bytes)
}

/// Why a blob was not moved to another KEK. The blob as it was stays valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RewrapError {
    /// It does not open with the old key.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The new key could not wrap.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// The randomness of one seal, drawn in one system call.
struct Fresh {
    dek: Zeroizing<[u8; KEY_BYTES]>,
    salt: [u8; SALT_BYTES],
    dek_nonce: [u8; NONCE_BYTES],
    nonce: [u8; NONCE_BYTES],
}

impl Fresh {
    fn draw() -> Result<Self, RandomnessUnavailable> {
        let mut drawn = Zeroizing::new([0; KEY_BYTES + SALT_BYTES + 2 * NONCE_BYTES]);
        fill(drawn.as_mut_slice())?;
        let (dek_from, rest) = drawn.split_at(KEY_BYTES);
        let (salt_from, rest) = rest.split_at(SALT_BYTES);
        let (dek_nonce_from, nonce_from) = rest.split_at(NONCE_BYTES);
        let mut dek = Zeroizing::new([0; KEY_BYTES]);
        let (mut salt, mut dek_nonce, mut nonce) =
            ([0; SALT_BYTES], [0; NONCE_BYTES], [0; NONCE_BYTES]);
        dek.copy_from_slice(dek_from);
        salt.copy_from_slice(salt_from);
        dek_nonce.copy_from_slice(dek_nonce_from);
        nonce.copy_from_slice(nonce_from);
        Ok(Self { dek, salt, dek_nonce, nonce })
    }
}

/// What a data key gives for one value at one place: the key that encrypts it, and the commitment to
/// that choice. Without the commitment one ciphertext can be made to open under two keys.
struct Derived {
    encryption: Zeroizing<[u8; KEY_BYTES]>,
    commitment: [u8; COMMITMENT_BYTES],
}

impl Derived {
    fn from(dek: &[u8; KEY_BYTES], salt: &[u8; SALT_BYTES], context: &[u8; 32]) -> Option<Self> {
        let hkdf = Hkdf::<Sha256>::new(Some(salt), dek);
        let mut encryption = Zeroizing::new([0; KEY_BYTES]);
        let mut commitment = [0; COMMITMENT_BYTES];
        hkdf.expand_multi_info(&[b"tokenone/v1/enc", context], encryption.as_mut_slice()).ok()?;
        hkdf.expand_multi_info(&[b"tokenone/v1/commit", context], &mut commitment).ok()?;
        Some(Self { encryption, commitment })
    }
}
