//! Tenants, as the operator sees them: made, listed, never looked into.

use chrono::{DateTime, Utc};
use domain::ids::{ProjectId, TenantId};

use crate::error::StoreError;
use crate::system::SystemTx;

/// A tenant in the operator's list: counts and times only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantSummary {
    /// Its id.
    pub id: TenantId,
    /// Its short name.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Projects it has.
    pub projects: u32,
    /// People in it.
    pub people: u32,
    /// Active keys it has.
    pub keys: u32,
    /// When it last made a call.
    pub last_call_at: Option<DateTime<Utc>>,
}

impl SystemTx<'_> {
    /// Makes a tenant with its ledger accounts.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the short name is taken, [`StoreError::Invalid`] where a value is
    /// out of bounds.
    pub async fn create_tenant(
        &mut self,
        id: TenantId,
        slug: &str,
        name: &str,
        markup_ppm: u32,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "select sys.create_tenant($1, $2, $3, $4) as done",
            id.uuid(),
            slug,
            name,
            i32::try_from(markup_ppm).map_err(|_| StoreError::invalid("markup_ppm"))?,
        )
        .fetch_one(self.connection())
        .await?;
        Ok(())
    }

    /// Makes a project.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the tenant has one of this short name.
    pub async fn create_project(
        &mut self,
        tenant: TenantId,
        id: ProjectId,
        slug: &str,
        name: &str,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "select sys.create_project($1, $2, $3, $4) as done",
            tenant.uuid(),
            id.uuid(),
            slug,
            name,
        )
        .fetch_one(self.connection())
        .await?;
        Ok(())
    }

    /// All tenants but the platform's own, by name.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn tenants(&mut self) -> Result<Vec<TenantSummary>, StoreError> {
        let rows = sqlx::query!(
            r#"select tenant_id as "id!", slug as "slug!", name as "name!",
                      created_at as "created_at!", projects as "projects!", people as "people!",
                      keys as "keys!", last_call_at
               from sys.tenants()"#
        )
        .fetch_all(self.connection())
        .await?;
        let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
        Ok(rows
            .into_iter()
            .map(|row| TenantSummary {
                id: row.id.into(),
                slug: row.slug,
                name: row.name,
                created_at: row.created_at,
                projects: count(row.projects),
                people: count(row.people),
                keys: count(row.keys),
                last_call_at: row.last_call_at,
            })
            .collect())
    }
}
