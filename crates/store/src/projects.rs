//! What a seat shows of its surroundings: the tenant's name and its projects.

use domain::ids::{ProjectId, TenantId};

use crate::error::StoreError;
use crate::tenant::TenantTx;

/// The tenant of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantRow {
    /// Its id.
    pub id: TenantId,
    /// Its short name.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Whether it is active.
    pub active: bool,
}

/// A project in reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectRow {
    /// Its id.
    pub id: ProjectId,
    /// Its short name.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Whether it is active.
    pub active: bool,
}

impl TenantTx<'_> {
    /// The tenant itself.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn tenant(&mut self) -> Result<Option<TenantRow>, StoreError> {
        let tenant = self.tenant_uuid();
        let row = sqlx::query!(
            r#"select tenant_id, slug, name, state = 'active' as "active!"
               from app.tenant where tenant_id = $1"#,
            tenant
        )
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|row| TenantRow {
            id: row.tenant_id.into(),
            slug: row.slug,
            name: row.name,
            active: row.active,
        }))
    }

    /// The projects in reach, by name.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn projects(&mut self) -> Result<Vec<ProjectRow>, StoreError> {
        let tenant = self.tenant_uuid();
        let rows = sqlx::query!(
            r#"select id, slug, name, state = 'active' as "active!"
               from app.project where tenant_id = $1 order by name, id"#,
            tenant
        )
        .fetch_all(self.connection())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| ProjectRow {
                id: row.id.into(),
                slug: row.slug,
                name: row.name,
                active: row.active,
            })
            .collect())
    }
}
