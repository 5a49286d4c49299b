//! The ground the other tests stand on, tested.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is how a failure is told")]

mod database;
mod private;
