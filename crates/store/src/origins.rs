//! Origins: which provider account made what only it can read.

use std::collections::HashMap;

use domain::ids::{ProjectId, ProviderId, TenantId};

use crate::error::StoreError;
use crate::store::Store;

/// What an answer left with the provider account that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The account.
    pub provider_id: ProviderId,
    /// Keyed digests of what later calls may refer to.
    pub marks: Vec<[u8; 32]>,
}

impl Store {
    /// The provider account that each of these marks of a project comes from; without the marks that are
    /// not known.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn origins(
        &self,
        tenant: TenantId,
        project: ProjectId,
        marks: &[[u8; 32]],
    ) -> Result<HashMap<[u8; 32], ProviderId>, StoreError> {
        let marks: Vec<&[u8]> = marks.iter().map(<[u8; 32]>::as_slice).collect();
        let mut tx = self.gateway_tx(&[tenant.uuid()]).await?;
        let rows = sqlx::query!(
            "select mark, provider_id from app.origin
             where tenant_id = $1 and project_id = $2 and mark = any ($3)
               and at >= now() - app.origin_keeps()",
            tenant.uuid(),
            project.uuid(),
            &marks as &[&[u8]],
        )
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        let found = rows.into_iter().filter_map(|row| {
            let mark = row.mark.try_into().ok()?;
            Some((mark, row.provider_id.into()))
        });
        Ok(found.collect())
    }

    /// Forgets origins whose time is over, at most `rows_max` of them, and says how many.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn forget_origins(&self, rows_max: u32) -> Result<i32, StoreError> {
        let rows_max = i32::try_from(rows_max).unwrap_or(i32::MAX);
        Ok(sqlx::query_scalar!(r#"select app.forget_origins($1) as "forgotten!""#, rows_max)
            .fetch_one(&self.gateway)
            .await?)
    }
}
