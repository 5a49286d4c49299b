//! API keys: listed, made, revoked. The key itself is never here; its keyed hash is.

use chrono::{DateTime, Utc};
use domain::ids::{KeyId, ProjectId};

use crate::error::StoreError;
use crate::tenant::TenantTx;

/// A key in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// Its id.
    pub id: KeyId,
    /// Its name, unique in the project.
    pub name: String,
    /// Its beginning and end, as people may see it.
    pub shown: String,
    /// The project's id.
    pub project_id: ProjectId,
    /// The project's name.
    pub project: String,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it stops working.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked; `None` while it is not.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Who revoked it.
    pub revoked_by: Option<String>,
    /// When it last made a call.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A key to keep.
#[derive(Clone)]
pub struct NewKey {
    /// Its id.
    pub id: KeyId,
    /// The project.
    pub project_id: ProjectId,
    /// Its name.
    pub name: String,
    /// The key's HMAC-SHA256 under the pepper.
    pub mac: [u8; 32],
    /// Which pepper.
    pub pepper: i32,
    /// Its beginning and end.
    pub shown: String,
    /// Who makes it, readable for ever.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it stops working.
    pub expires_at: Option<DateTime<Utc>>,
}

impl TenantTx<'_> {
    /// The keys in reach, newest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn keys(&mut self) -> Result<Vec<KeyRow>, StoreError> {
        self.select_keys(None).await
    }

    /// One key, where it is in reach.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn key(&mut self, id: KeyId) -> Result<Option<KeyRow>, StoreError> {
        Ok(self.select_keys(Some(id)).await?.pop())
    }

    /// Keeps a new key; nodes learn of it with the commit.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the project has a key of this name, [`StoreError::Refused`]
    /// where the project is out of reach.
    pub async fn create_key(&mut self, key: &NewKey) -> Result<(), StoreError> {
        let tenant = self.tenant_uuid();
        sqlx::query!(
            "insert into app.api_key (tenant_id, project_id, id, name, mac, pepper, shown,
                                      created_by, created_at, expires_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            tenant,
            key.project_id.uuid(),
            key.id.uuid(),
            key.name,
            &key.mac[..],
            key.pepper,
            key.shown,
            key.created_by,
            key.created_at,
            key.expires_at,
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Revokes a key for good; nodes learn of it with the commit. `false` where there is none in reach
    /// or it is revoked already.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn revoke_key(
        &mut self,
        id: KeyId,
        by: &str,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let tenant = self.tenant_uuid();
        let done = sqlx::query!(
            "update app.api_key set state = 'revoked', revoked_by = $3, revoked_at = $4
             where tenant_id = $1 and id = $2 and state = 'active'",
            tenant,
            id.uuid(),
            by,
            at,
        )
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Ids and names of the keys in reach, by name: the choices of a filter.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn key_names(&mut self) -> Result<Vec<(KeyId, String)>, StoreError> {
        let tenant = self.tenant_uuid();
        let rows = sqlx::query!(
            "select id, name from app.api_key where tenant_id = $1 order by name, id",
            tenant
        )
        .fetch_all(self.connection())
        .await?;
        Ok(rows.into_iter().map(|row| (row.id.into(), row.name)).collect())
    }

    async fn select_keys(&mut self, id: Option<KeyId>) -> Result<Vec<KeyRow>, StoreError> {
        let tenant = self.tenant_uuid();
        let rows = sqlx::query!(
            r#"select k.id, k.name, k.shown, k.project_id, p.name as project, k.created_by,
                      k.created_at, k.expires_at, k.revoked_at, k.revoked_by,
                      c.started_at as "last_used_at?"
               from app.api_key k
               join app.project p on p.tenant_id = k.tenant_id and p.id = k.project_id
               left join lateral (
                 select c.started_at from app.call c
                 where c.tenant_id = k.tenant_id and c.key_id = k.id
                 order by c.id desc limit 1) c on true
               where k.tenant_id = $1 and ($2::uuid is null or k.id = $2)
               order by k.created_at desc, k.id desc"#,
            tenant,
            id.map(|id| id.uuid()),
        )
        .fetch_all(self.connection())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| KeyRow {
                id: row.id.into(),
                name: row.name,
                shown: row.shown,
                project_id: row.project_id.into(),
                project: row.project,
                created_by: row.created_by,
                created_at: row.created_at,
                expires_at: row.expires_at,
                revoked_at: row.revoked_at,
                revoked_by: row.revoked_by,
                last_used_at: row.last_used_at,
            })
            .collect())
    }
}
