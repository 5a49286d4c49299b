//! The store against a real PostgreSQL.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the way tests do")]

mod attacks;
mod circuits;
mod console;
mod context;
mod estate;
mod kills;
mod ledger;
mod ledger_attacks;
mod model;
mod mutations;
mod node;
mod partitions;
mod people;
mod routing;
mod tenancy;
mod verify;
