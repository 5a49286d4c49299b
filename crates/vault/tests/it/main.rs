//! The vault from outside. `forge` is a second implementation of the blob's format, from its
//! description alone, so that the two check each other.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

mod commitment;
mod envelope;
mod forge;
mod keystore;
mod ring;
mod wycheproof;
