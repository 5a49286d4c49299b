//! The nouns of TokenOne and the rules that hold wherever they appear.
//!
//! This crate does no I/O, has no async, reads no clock and imports no other crate of ours: it builds
//! for the server and for the browser alike.

#![forbid(unsafe_code)]

pub mod address;
pub mod caller;
pub mod circuit;
pub mod clock;
pub mod cursor;
pub mod guard;
pub mod ids;
pub mod kill;
pub mod limits;
pub mod money;
pub mod outcome;
pub mod probe;
pub mod provider;
pub mod refusal;
pub mod role;
pub mod steps;
pub mod words;
