//! Lets the vault's key ring find wrapped keys in the database.

use async_trait::async_trait;
use domain::ids::TenantId;
use store::keks::{KekRow, KekState, NewKek};
use store::{Store, StoreError};
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

#[async_trait]
impl KekSource for Keks {
    async fn by_id(&self, tenant: TenantId, id: KekId) -> Result<Option<StoredKek>, SourceFault> {
        let row = self.store.kek(tenant, id.uuid()).await.map_err(fault)?;
        // A key that was disabled or destroyed opens nothing, whoever still has its wrapped form.
        let usable = |row: &KekRow| matches!(row.state, KekState::Active | KekState::DecryptOnly);
        Ok(row.filter(usable).map(stored))
    }

    async fn active(&self, tenant: TenantId) -> Result<Option<StoredKek>, SourceFault> {
        Ok(self.store.active_kek(tenant).await.map_err(fault)?.map(stored))
    }

    async fn promote(
        &self,
        fresh: StoredKek,
        replaces: Option<KekId>,
    ) -> Result<StoredKek, SourceFault> {
        let tenant = fresh.tenant;
        let fresh =
            NewKek { id: fresh.id.uuid(), wrapped: fresh.wrapped, master_id: fresh.master_id };
        let replaces = replaces.map(KekId::uuid);
        self.store.promote_kek(tenant, &fresh, replaces).await.map(stored).map_err(fault)
    }

    async fn take_wraps(
        &self,
        tenant: TenantId,
        id: KekId,
        count: u32,
    ) -> Result<u64, SourceFault> {
        self.store.take_wraps(tenant, id.uuid(), count).await.map_err(fault)
    }
}

fn stored(row: KekRow) -> StoredKek {
    StoredKek {
        id: row.id.into(),
        tenant: row.tenant_id,
        master_id: row.master_id,
        wrapped: row.wrapped,
        wraps: row.wraps,
    }
}

fn fault(error: StoreError) -> SourceFault {
    SourceFault(Box::new(error))
}
