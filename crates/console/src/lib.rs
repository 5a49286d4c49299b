//! What people do at the console: one file per service, each behind its trait of `contract`.
//!
//! Every question runs in a transaction whose scope comes from the caller, and every change through
//! [`act`], which writes the audit row in the same transaction: there is no change without its row.
//!
//! This crate may import `domain`, `contract`, `guard`, `identity`, `vault` and `store`. It knows no
//! HTTP, no cookie and no SQL, and reads no clock but the one it is given.

#![forbid(unsafe_code)]

mod access;
mod activity;
mod agents;
mod aliases;
mod call;
mod circuits;
mod frame;
mod guard;
mod keys;
mod kills;
mod providers;
mod set_up;
mod tenants;

mod act;
mod fault;
mod form;
mod prober;

use std::sync::Arc;

use domain::clock::Clock;
use identity::password::Passwords;
use secrecy::SecretString;
use store::Store;
use vault::KeyRing;
use zeroize::Zeroizing;

pub use circuits::SpentToday;
pub use prober::{NotProbed, Prober};

/// Which pepper new keys are hashed under; stored with each of them.
pub const PEPPER_ID: i32 = 1;

/// What the services stand on.
pub struct Services {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Hashes passwords, a few at a time; shared with nobody, or the bound would not hold.
    pub passwords: Passwords,
    /// Opens prompts and answers. It also knows the deployment they were sealed for.
    pub ring: Arc<KeyRing>,
    /// What API keys are hashed under: the pepper of [`PEPPER_ID`].
    pub pepper: Zeroizing<[u8; 32]>,
    /// Names the buckets that failed sign-ins are counted in, and tells providers' keys apart.
    pub throttle_key: Zeroizing<[u8; 32]>,
    /// Proves that whoever makes the first account can read the server's console. It is worth nothing
    /// as soon as there is an account; `None` closes the first run.
    pub setup_token: Option<SecretString>,
    /// Sends a provider a test call.
    pub prober: Arc<dyn Prober>,
    /// Scheme, host and port under which people and programs reach this instance.
    pub base_url: String,
    /// Whether the built-in simulator answers calls, which every page then says.
    pub simulated: bool,
    /// What was spent today at each provider.
    pub spent: SpentToday,
}

/// Every port of the console over these services.
#[must_use]
pub fn console(services: Services) -> contract::Console {
    let services = Arc::new(services);
    contract::Console {
        access: services.clone(),
        frame: services.clone(),
        activity: services.clone(),
        call: services.clone(),
        circuits: services.clone(),
        guard: services.clone(),
        keys: services.clone(),
        aliases: services.clone(),
        providers: services.clone(),
        kills: services.clone(),
        agents: services.clone(),
        set_up: services.clone(),
        tenants: services,
    }
}
