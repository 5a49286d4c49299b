//! The tenants' key-encryption keys, wrapped. The gateway seals payloads with them, the console opens
//! them; neither can without the master key, which is not here.

use std::str::FromStr;

use domain::ids::TenantId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::StoreError;
use crate::store::Store;

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
    /// How many wraps nodes have taken leave to do with it.
    pub wraps: u64,
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
    /// The key, wrapped.
    pub wrapped: Vec<u8>,
    /// By which master key.
    pub master_id: String,
}

/// Each in a transaction of its own, under the role that seals.
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

    /// Makes a key the tenant's active one if `replaces` still is (`None`: if there is none), and gives
    /// the one that is active afterwards: another node's, where that was faster.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn promote_kek(
        &self,
        tenant: TenantId,
        fresh: &NewKek,
        replaces: Option<Uuid>,
    ) -> Result<KekRow, StoreError> {
        let mut tx = self.gateway_tx(&[tenant.uuid()]).await?;
        if let Some(old) = replaces {
            // Waits for another node that does the same, and then finds nothing left to retire.
            sqlx::query!(
                "update app.kek set state = 'decrypt_only'
                 where tenant_id = $1 and id = $2 and state = 'active'",
                tenant.uuid(),
                old,
            )
            .execute(&mut *tx)
            .await?;
        }
        // The unique indexes let one of two nodes win.
        sqlx::query!(
            "insert into app.kek (tenant_id, id, version, wrapped, master_id)
             select $1, $2, coalesce(max(k.version), 0) + 1, $3, $4 from app.kek k where k.tenant_id = $1
             on conflict do nothing",
            tenant.uuid(),
            fresh.id,
            fresh.wrapped,
            fresh.master_id,
        )
        .execute(&mut *tx)
        .await?;
        let active = select(&mut tx, tenant.uuid(), None).await?;
        tx.commit().await?;
        active.ok_or(StoreError::Conflict { constraint: "kek_one_active".into() })
    }

    /// Adds to the number of wraps that nodes may do with a key; gives the number before.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] where the key has no wraps left to take, another [`StoreError`] where the
    /// tenant has no such key or the database does not answer.
    pub async fn take_wraps(
        &self,
        tenant: TenantId,
        id: Uuid,
        count: u32,
    ) -> Result<u64, StoreError> {
        let mut tx = self.gateway_tx(&[tenant.uuid()]).await?;
        let before = sqlx::query_scalar!(
            r#"update app.kek set wraps = wraps + $3 where tenant_id = $1 and id = $2
               returning wraps - $3 as "before!""#,
            tenant.uuid(),
            id,
            i64::from(count),
        )
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(before.unsigned_abs())
    }
}

async fn select(
    connection: &mut PgConnection,
    tenant: Uuid,
    id: Option<Uuid>,
) -> Result<Option<KekRow>, StoreError> {
    let row = sqlx::query!(
        "select tenant_id, id, version, wrapped, master_id, state, wraps from app.kek
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
            wraps: row.wraps.unsigned_abs(),
        })
    })
    .transpose()
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
