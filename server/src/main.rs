//! `tokenone`: a security-first, multi-tenant gateway for LLM calls, with a control room.
//!
//! This crate wires: it reads the configuration, starts the parts in order, opens the doors, and closes
//! everything again. What the parts do is theirs.

#![forbid(unsafe_code)]
// Pages are deep types; the compiler needs room to see through them.
#![recursion_limit = "256"]

mod boot;
mod cli;
mod config;
mod demo;
mod edge;
mod estate;
mod http;
mod jobs;
mod keks;
mod log;
mod prober;
mod secrets;
mod simulated;
#[cfg(test)]
mod tests;

use std::process::ExitCode;

/// Gives memory back that a burst needed, such as hashing passwords at a first start, and touches no page before
/// it is written to: most of a connection's buffers never are.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    // One TLS stack for every client and for PostgreSQL, chosen before anything opens a connection.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        return cli::fail("a TLS provider was installed before ours");
    }
    cli::run()
}
