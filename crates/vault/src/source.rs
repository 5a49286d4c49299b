//! Where wrapped tenant keys are kept; implemented over the database.

use async_trait::async_trait;
use domain::ids::TenantId;

use crate::kek::KekId;

/// A tenant's KEK as it lies in the database: wrapped by the master key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredKek {
    /// The key's id, which every blob names.
    pub id: KekId,
    /// Whose key it is.
    pub tenant: TenantId,
    /// Which master key version wrapped it; shows the progress of a rotation.
    pub master_id: String,
    /// What the key store gave back for it.
    pub wrapped: Vec<u8>,
    /// How many wraps nodes have taken from it so far.
    pub wraps: u64,
}

/// The place of wrapped keys did not answer. Carries the cause for the log, never for a caller.
#[derive(Debug, thiserror::Error)]
#[error("the wrapped keys cannot be read")]
pub struct SourceFault(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Fetches and keeps wrapped tenant keys.
#[async_trait]
pub trait KekSource: Send + Sync {
    /// The tenant's key of that id, active or retired. `None` when the tenant has no such key: then
    /// what it sealed is gone for good.
    async fn by_id(&self, tenant: TenantId, id: KekId) -> Result<Option<StoredKek>, SourceFault>;

    /// The key the tenant seals with today; `None` for a tenant that has not sealed yet.
    async fn active(&self, tenant: TenantId) -> Result<Option<StoredKek>, SourceFault>;

    /// Makes `fresh` the tenant's active key if `replaces` still is (`None`: if there is none), and
    /// returns the key that is active afterwards, which is another node's when that was faster.
    async fn promote(
        &self,
        fresh: StoredKek,
        replaces: Option<KekId>,
    ) -> Result<StoredKek, SourceFault>;

    /// Durably adds `count` to the key's number of wraps and returns the number before.
    async fn take_wraps(&self, tenant: TenantId, id: KekId, count: u32)
    -> Result<u64, SourceFault>;
}
