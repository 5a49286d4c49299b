//! The tenants' key-encryption keys, wrapped. The gateway seals payloads with them, the console opens
//! them; neither can without the master key, which is not here.

use std::str::FromStr;

use domain::ids::TenantId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::StoreError;
use crate::store::Store;
use crate::tenant::TenantTx;

/// What a key may still be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KekState {
    /// Everything; one per tenant.
    Active,
    /// Opening what it sealed.
    DecryptOnly,
    /// Nothing for now.
    Disabled,
    /// Nothing for ever.
    Destroyed,
}

/// A wrapped key.
#[derive(Clone, PartialEq, Eq)]
pub struct KekRow {
    /// The tenant.
    pub tenant_id: TenantId,
    /// Its id.
    pub id: Uuid,
    /// Its number in the tenant's row of keys, from 1.
    pub version: i32,
    /// The key, wrapped by a master key.
    pub wrapped: Vec<u8>,
    /// Which master key.
    pub master_id: String,
    /// What it may be used for.
    pub state: KekState,
}

impl std::fmt::Debug for KekRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KekRow")
            .field("id", &self.id)
            .field("version", &self.version)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// A key to keep as the tenant's active one.
#[derive(Clone)]
pub struct NewKek {
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub version: i32,
    /// The key, wrapped.
    pub wrapped: Vec<u8>,
    /// By which master key.
    pub master_id: String,
}

impl TenantTx<'_> {
    /// The tenant's active key.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn active_kek(&mut self) -> Result<Option<KekRow>, StoreError> {
        let tenant = self.tenant_uuid();
        select(self.connection(), tenant, None).await
    }

    /// A key of the tenant, whatever its state.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn kek(&mut self, id: Uuid) -> Result<Option<KekRow>, StoreError> {
        let tenant = self.tenant_uuid();
        select(self.connection(), tenant, Some(id)).await
    }

    /// Keeps a first key, unless the tenant has an active one already; gives the one that counts.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn insert_kek(&mut self, kek: &NewKek) -> Result<KekRow, StoreError> {
        let tenant = self.tenant_uuid();
        insert(self.connection(), tenant, kek).await
    }
}

/// The same for the gateway, each in a transaction of its own.
impl Store {
    /// The tenant's active key.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn active_kek(&self, tenant: TenantId) -> Result<Option<KekRow>, StoreError> {
        let mut tx = self.gateway_tx(&[tenant.uuid()]).await?;
        let kek = select(&mut tx, tenant.uuid(), None).await?;
        tx.commit().await?;
        Ok(kek)
    }

    /// A key of the tenant, whatever its state.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn kek(&self, tenant: TenantId, id: Uuid) -> Result<Option<KekRow>, StoreError> {
        let mut tx = self.gateway_tx(&[tenant.uuid()]).await?;
        let kek = select(&mut tx, tenant.uuid(), Some(id)).await?;
        tx.commit().await?;
        Ok(kek)
    }

    /// Keeps a first key, unless the tenant has an active one already; gives the one that counts.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn insert_kek(&self, tenant: TenantId, kek: &NewKek) -> Result<KekRow, StoreError> {
        let mut tx = self.gateway_tx(&[tenant.uuid()]).await?;
        let kek = insert(&mut tx, tenant.uuid(), kek).await?;
        tx.commit().await?;
        Ok(kek)
    }
}

async fn select(
    connection: &mut PgConnection,
    tenant: Uuid,
    id: Option<Uuid>,
) -> Result<Option<KekRow>, StoreError> {
    let row = sqlx::query!(
        "select tenant_id, id, version, wrapped, master_id, state from app.kek
         where tenant_id = $1 and case when $2::uuid is null then state = 'active' else id = $2 end",
        tenant,
        id,
    )
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(KekRow {
            tenant_id: row.tenant_id.into(),
            id: row.id,
            version: row.version,
            wrapped: row.wrapped,
            master_id: row.master_id,
            state: row.state.parse()?,
        })
    })
    .transpose()
}

async fn insert(
    connection: &mut PgConnection,
    tenant: Uuid,
    kek: &NewKek,
) -> Result<KekRow, StoreError> {
    // Two nodes may make a first key at once; the unique indexes let one of them win.
    sqlx::query!(
        "insert into app.kek (tenant_id, id, version, wrapped, master_id)
         values ($1, $2, $3, $4, $5) on conflict do nothing",
        tenant,
        kek.id,
        kek.version,
        kek.wrapped,
        kek.master_id,
    )
    .execute(&mut *connection)
    .await?;
    select(connection, tenant, None)
        .await?
        .ok_or(StoreError::Conflict { constraint: "kek_tenant_id_version_key".into() })
}

impl FromStr for KekState {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        Ok(match text {
            "active" => Self::Active,
            "decrypt_only" => Self::DecryptOnly,
            "disabled" => Self::Disabled,
            "destroyed" => Self::Destroyed,
            _ => return Err(StoreError::Unreadable { what: "state" }),
        })
    }
}
