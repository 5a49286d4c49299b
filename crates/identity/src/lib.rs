//! Who somebody is: passwords, API keys, sessions, and how fast one may guess at them.
//!
//! Rules and computation only. This crate does no I/O, knows no SQL and no HTTP, reads no clock and
//! keeps no counts: it decides from what it is given.

#![forbid(unsafe_code)]

pub mod api_key;
pub mod email;
pub mod password;
pub mod policy;
pub mod session;
pub mod throttle;

mod guesses;
mod mac;
