//! Secrets in prompts and personal data in answers.
//!
//! `secrets` and `pii` find, `redact` changes prompts, `restore` puts the values back, `mask` changes
//! answers. All of it reads bytes: no text is too odd, and what is not valid UTF-8 is passed on.

use std::ops::Range;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

pub mod secrets;

pub mod pii;

pub mod redact;

pub mod restore;

pub mod mask;

mod checks;
mod leaves;
mod policy;

pub use policy::{Action, Policy};

/// What a found value is, by an id that stays: `aws_access_key`, `iban`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kind(&'static str);

impl Kind {
    pub(crate) const fn new(id: &'static str) -> Self {
        Self(id)
    }

    /// The id, at most [`KIND_BYTES_MAX`] lower-case letters, digits and underscores.
    pub const fn id(self) -> &'static str {
        self.0
    }
}

/// The length of the longest id; a placeholder's length, and so a stream's delay, depends on it.
pub const KIND_BYTES_MAX: usize = 24;

/// A value that was found, by its place in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub kind: Kind,
    pub range: Range<usize>,
}

/// What is recorded of a value: where it was and a keyed digest, by which two findings can be told
/// to be of the same value, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub kind: Kind,
    /// In bytes of the text that was given, as it was given (of a JSON text, with its escapes).
    pub range: Range<usize>,
    pub digest: [u8; 16],
}

/// The key of the digests. Who holds it can test guesses, so it is as secret as the values.
pub struct DigestKey(Zeroizing<[u8; 32]>);

impl DigestKey {
    pub fn new(key: [u8; 32]) -> Self {
        Self(Zeroizing::new(key))
    }

    /// The first 16 bytes of HMAC-SHA256 over kind and value (RFC 2104; truncated as RFC 2104 §5 allows).
    pub(crate) fn digest(&self, kind: Kind, value: &[u8]) -> [u8; 16] {
        let mut short = [0; 16];
        // HMAC takes keys of any length, so this branch is always taken.
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.as_slice()) {
            mac.update(kind.id().as_bytes());
            mac.update(&[0]);
            mac.update(value);
            short.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        }
        short
    }
}

/// Sorts spans and leaves of those that overlap the one that begins first, of those the longest.
pub(crate) fn disjoint(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by(|one, two| {
        (one.range.start, two.range.end).cmp(&(two.range.start, one.range.end))
    });
    let mut end = 0;
    spans.retain(|span| {
        let keep = span.range.start >= end && !span.range.is_empty();
        if keep {
            end = span.range.end;
        }
        keep
    });
    spans
}
