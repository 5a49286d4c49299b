//! Sealed secrets: the keys of providers. Only the vault opens one.

use domain::ids::SecretId;
use uuid::Uuid;

use crate::error::StoreError;
use crate::snapshot::SealedSecret;
use crate::tenant::TenantTx;

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
    /// Keeps a provider's key; nodes learn of it with the commit.
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
        Ok(())
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
