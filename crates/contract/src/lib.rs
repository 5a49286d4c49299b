//! What the console can ask, and what it is shown: one trait and its views per page.
//!
//! The browser build holds this crate, so nothing here knows SQL, HTTP or a secret. The traits are
//! implemented by `console`; pages reach them as `dyn` ports through server functions.

#![forbid(unsafe_code)]

pub mod access;
pub mod activity;
pub mod agents;
pub mod aliases;
pub mod call;
pub mod circuits;
pub mod draft;
pub mod fault;
pub mod frame;
pub mod guard;
pub mod keys;
pub mod kills;
pub mod providers;
pub mod set_up;
pub mod tenants;

use std::sync::Arc;

/// Every port of the console, as the server provides them to pages.
#[derive(Clone)]
pub struct Console {
    /// Signing in, the first run, and taking a seat.
    pub access: Arc<dyn access::Access>,
    /// What surrounds every page.
    pub frame: Arc<dyn frame::Frame>,
    /// The feed of calls.
    pub activity: Arc<dyn activity::Activity>,
    /// One call.
    pub call: Arc<dyn call::Calls>,
    /// The guard.
    pub guard: Arc<dyn guard::Guard>,
    /// API keys.
    pub keys: Arc<dyn keys::Keys>,
    /// Model aliases, for the operator.
    pub aliases: Arc<dyn aliases::Aliases>,
    /// Providers, for the operator.
    pub providers: Arc<dyn providers::Providers>,
    /// Circuits, for the operator.
    pub circuits: Arc<dyn circuits::Circuits>,
    /// The kill switch.
    pub kills: Arc<dyn kills::Kills>,
    /// Agents.
    pub agents: Arc<dyn agents::Agents>,
    /// Setting up a client.
    pub set_up: Arc<dyn set_up::SetUp>,
    /// Tenants, for the operator.
    pub tenants: Arc<dyn tenants::Tenants>,
}
