//! Sealed secrets: the keys of providers. Only the vault opens one.

use domain::ids::SecretId;
use uuid::Uuid;

use crate::error::StoreError;
use crate::snapshot::SealedSecret;
use crate::tenant::TenantTx;

/// How long a sealed key may wait for its provider, in minutes.
const UNOWNED_MINUTES: i32 = 60;

/// A secret to keep.
#[derive(Clone)]
pub struct NewSecret {
    /// Its id, the same for all its versions.
    pub id: SecretId,
    /// Its version, from 1.
    pub version: i32,
    /// What it is for, in words that people read.
    pub label: String,
    /// The beginning of a keyed digest, to tell secrets apart.
    pub fingerprint: String,
    /// The envelope.
    pub blob: Vec<u8>,
    /// The tenant's key that wraps it.
    pub kek_id: Uuid,
}

impl TenantTx<'_> {
    /// Keeps a provider's key, the only version of it from here on: the ones before are destroyed, each
    /// with the only copy of its data key. Nodes learn of it with the commit.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where that version exists, [`StoreError::Refused`] where the tenant has
    /// no such key to wrap it.
    pub async fn insert_secret(&mut self, secret: &NewSecret) -> Result<(), StoreError> {
        let tenant = self.tenant_uuid();
        sqlx::query!(
            "insert into app.secret (tenant_id, id, version, kind, label, fingerprint, blob, kek_id)
             values ($1, $2, $3, 'provider_key', $4, $5, $6, $7)",
            tenant,
            secret.id.uuid(),
            secret.version,
            secret.label,
            secret.fingerprint,
            secret.blob,
            secret.kek_id,
        )
        .execute(self.connection())
        .await?;
        sqlx::query!(
            "delete from app.secret where tenant_id = $1 and id = $2 and version < $3",
            tenant,
            secret.id.uuid(),
            secret.version,
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Destroys a secret with all its versions; says how many rows that were.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn destroy_secret(&mut self, id: SecretId) -> Result<u64, StoreError> {
        let tenant = self.tenant_uuid();
        let done = sqlx::query!(
            "delete from app.secret where tenant_id = $1 and id = $2",
            tenant,
            id.uuid(),
        )
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected())
    }

    /// Destroys the keys that no provider has, as a start leaves one that ends between sealing a key and
    /// naming it; says how many. Younger ones than [`UNOWNED_MINUTES`] may be on their way to a provider
    /// and stay.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn destroy_unowned_secrets(&mut self) -> Result<u64, StoreError> {
        let tenant = self.tenant_uuid();
        let done = sqlx::query!(
            "delete from app.secret s
             where s.tenant_id = $1 and s.kind = 'provider_key'
               and s.created_at < clock_timestamp() - make_interval(mins => $2)
               and not exists (select from platform.provider p where p.secret_id = s.id)",
            tenant,
            UNOWNED_MINUTES,
        )
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected())
    }

    /// The latest version of a secret with its fingerprint.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn secret(
        &mut self,
        id: SecretId,
    ) -> Result<Option<(SealedSecret, String)>, StoreError> {
        let tenant = self.tenant_uuid();
        let row = sqlx::query!(
            "select id, version, blob, kek_id, fingerprint from app.secret
             where tenant_id = $1 and id = $2 order by version desc limit 1",
            tenant,
            id.uuid(),
        )
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|row| {
            let sealed = SealedSecret {
                id: row.id.into(),
                version: row.version,
                blob: row.blob,
                kek_id: row.kek_id,
            };
            (sealed, row.fingerprint)
        }))
    }
}
