//! Postgres: the only crate that knows SQL.
//!
//! Four ways in, and no other:
//! - [`TenantTx`]: a transaction that shows one tenant's rows and, of those, the projects in reach.
//! - [`SystemTx`]: the named questions that look across tenants, and the operator's own tables.
//! - [`BatchConnection`]: the gateway's group commits, over the tenants of one batch.
//! - [`Store`] itself: the gateway's snapshot, keys of the vault, holds that ran out, notices.
//!
//! The pools are private and no method gives a connection. That a tenant's rows stay its own does not
//! rest on this crate alone: the database checks a signed context on every statement (see
//! `migrations/0001_tenancy.sql`), and [`Store::verify`] refuses a database where it would not.
//!
//! This crate may import `domain` and nothing else of ours: it stores what vault and ledger made
//! without knowing how.

#![forbid(unsafe_code)]

mod batch;
mod context;
mod error;
mod lead;
mod notices;
mod prepare;
mod scram;
mod store;
mod system;
mod tenant;
mod text;
mod urls;

pub mod accounts;
pub mod activity;
pub mod agents;
pub mod aliases;
pub mod attempts;
pub mod audit;
pub mod calls;
pub mod circuits;
pub mod guard;
pub mod holds;
pub mod keks;
pub mod keys;
pub mod kills;
pub mod ledger;
pub mod nodes;
pub mod origins;
pub mod prices;
pub mod projects;
pub mod providers;
pub mod secrets;
pub mod sessions;
pub mod snapshot;
pub mod tenants;
pub mod traffic;
pub mod verify;

pub use batch::{BatchConnection, HoldRow, Payable, Resolution, ResolutionKind, Settled, Verdict};
pub use context::CONTEXT_SECONDS;
pub use error::{Cause, StoreError};
pub use lead::{Leadership, Office};
pub use notices::{Channel, Listener, Notice};
pub use prepare::{RuntimeSecrets, install_secrets, migrate};
pub use store::{PoolSizes, Store};
pub use system::{Reason, SystemTx};
pub use tenant::TenantTx;
pub use urls::{CONSOLE_ROLE, GATEWAY_ROLE, RuntimeUrls, runtime_urls};
