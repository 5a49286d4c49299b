//! What a call costs and how money moves: usage, prices, charges, holds and double entry.
//!
//! Pure: no I/O, no clock, no async and no floating point. It knows no database, no HTTP and no
//! provider connection; it takes numbers and texts, and returns numbers and verdicts. It builds for
//! the browser too. The importer of prices (`src/bin`) does the reading and writing around it.

#![forbid(unsafe_code)]
#![deny(clippy::float_arithmetic)]

pub mod usage;

pub mod cost;
pub mod price;

pub mod book;
pub mod transfer;

pub mod catalogue;
pub mod decimal;
pub mod diff;
pub mod import;
