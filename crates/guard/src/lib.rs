//! What is dangerous in a text: secrets and personal data found, redacted, masked and restored.
//!
//! Pure: no I/O, no clock, no async. It takes bytes and returns bytes and findings; a finding never
//! holds the value that was found.

#![forbid(unsafe_code)]

pub mod sensitive;
