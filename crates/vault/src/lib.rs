//! Secrets at rest: envelopes, the ring of tenant keys, and where the master key lives.
//!
//! Three layers. The *master key* lives in a [`KeyStore`], outside the database and outside the data
//! directory. It wraps one key-encryption key ([`Kek`]) per tenant. A KEK wraps a fresh data key for
//! every sealed value. Each value is a [`Blob`], bound to the very row, column and version it was
//! sealed for by its [`Aad`], so that no ciphertext opens anywhere else.
//!
//! This crate knows no SQL and no HTTP, and never logs. Its only I/O is the file key store; wrapped
//! KEKs reach it through [`KekSource`].

#![forbid(unsafe_code)]

mod aad;
mod blob;
mod fingerprint;
mod kek;
mod key;
mod keystore;
mod lease;
mod ring;
mod source;

pub use aad::{Aad, CallBody};
pub use blob::{Algorithm, Blob, BlobError};
pub use fingerprint::fingerprint;
pub use kek::{Kek, KekId, OpenError, PLAINTEXT_BYTES_MAX, RewrapError, SealError, rewrap};
pub use key::{KEY_BYTES, Key256, RandomnessUnavailable};
pub use keystore::file::FileKeyStore;
pub use keystore::place::{default_location, ensure_outside};
pub use keystore::{FirstRun, Health, KeyStore, KeyStoreError, WrappedKey};
pub use lease::{WRAPS_ALARM, WRAPS_LEASED_PER_TURN, WRAPS_STOP, WrapLease, WrapsExhausted};
pub use ring::{KEK_AGE_SECONDS_MAX, KEKS_CACHED_MAX, KeyRing, RingError};
pub use source::{KekSource, SourceFault, StoredKek};
