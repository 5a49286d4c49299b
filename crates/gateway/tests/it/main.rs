//! The gateway over real HTTP, with a real Postgres and a simulated provider.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod bad_input;
mod circuits;
mod egress;
mod furniture;
mod fuzzed;
mod guard;
mod hangup;
mod house;
mod idle;
mod invoice;
mod kills;
mod mask;
mod once;
#[path = "../../../dialect/tests/it/order.rs"]
mod order;
mod origin;
mod path;
mod room;
mod routing;
mod rules;
mod second;
mod sse;
mod stopping;
mod streams;
mod surfaces;
mod translated;
mod usage;
mod watching;
mod wires;
