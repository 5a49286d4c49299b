//! A PostgreSQL of our own, started and stopped with us.
//!
//! `make run` and the tests need a database on a machine that has none. This crate finds the
//! server's binaries, makes a cluster in a data folder, and runs it on loopback as somebody who is
//! not root. A larger installation gives a database URL instead and never comes here.
//!
//! It knows processes, files and ports. It may not know SQL, our schema, or who connects.

#![forbid(unsafe_code)]

mod account;
mod address;
mod binaries;
mod configuration;
mod error;
mod files;
mod initdb;
mod layout;
mod pidfile;
mod port;
mod postgres;
mod postmaster;

pub use account::reachable_or;
pub use address::Address;
pub use binaries::{BIN_DIR_VARIABLE, find_bin_dir};
pub use configuration::Durability;
pub use error::Error;
pub use postgres::{Options, Postgres};
pub use postmaster::{running, stop};
