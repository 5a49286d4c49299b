//! What a text hides, and what it is after.
//!
//! This crate is pure: it reads a text and returns values. It does no I/O, knows no clock, no tenant and no wire
//! format, and never panics on any input; all work is bounded by the constants `*_MAX` of its modules.
//! What is done about a finding is decided by whoever calls.

pub mod decode;
pub mod injection;
pub mod normalise;
pub mod policy;
pub mod sensitive;
pub mod signature;
pub mod verdict;
pub mod wishes;
