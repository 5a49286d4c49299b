//! The console's services over a real PostgreSQL, from the first run on.
//!
//! Goal: what each role may do, that nothing changes without its audit row, and that nobody learns what
//! is not theirs. Method: a small house of two tenants, built through the services themselves where
//! they can build it, and asked through the traits that pages use.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test, a panic is how a failure is told"
)]

mod access;
mod activity;
mod aliases;
mod audit;
mod calls;
mod circuits;
mod guard;
mod house;
mod keys;
mod kills;
mod providers;
mod roles;
mod tenants;
