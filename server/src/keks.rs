//! Lets the vault's key ring find wrapped keys in the database.

use async_trait::async_trait;
use domain::ids::TenantId;
use store::Store;
use vault::{KekId, KekSource, SourceFault, StoredKek};

/// Wrapped keys as rows.
pub struct Keks {
    store: Store,
}

impl Keks {
    /// Over this store.
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self { store }
    }
}
