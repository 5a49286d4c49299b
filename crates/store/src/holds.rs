//! Holds whose time is over: what nodes that died have left behind.

use chrono::{DateTime, Utc};
use domain::ids::{CallId, KeyId, PriceId, ProjectId, TenantId};

use crate::error::StoreError;
use crate::store::Store;

/// Most holds in one answer.
pub const EXPIRED_ROWS_MAX: u32 = 5_000;

/// A hold that ran out and that nothing resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpiredHold {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The call it was made for.
    pub call_id: CallId,
    /// The project.
    pub project_id: ProjectId,
    /// The key.
    pub key_id: KeyId,
    /// The price it was computed with.
    pub price_id: PriceId,
    /// When it was made.
    pub at: DateTime<Utc>,
}

impl Store {
    /// Up to `rows` holds that expired after `since` and are still open. `None` looks at all that ever
    /// were, which is for a start; a tick looks back an hour or so.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the database does not answer.
    pub async fn expired_holds(
        &self,
        since: Option<DateTime<Utc>>,
        rows: u32,
    ) -> Result<Vec<ExpiredHold>, StoreError> {
        let rows = i32::try_from(rows.min(EXPIRED_ROWS_MAX)).unwrap_or(i32::MAX);
        let found = sqlx::query!(
            r#"select tenant_id as "tenant_id!", call_id as "call_id!", project_id as "project_id!",
                      key_id as "key_id!", price_id as "price_id!", at as "at!"
               from sys.expired_holds(coalesce($1::timestamptz, '-infinity'), $2)"#,
            since,
            rows,
        )
        .fetch_all(&self.gateway)
        .await?;
        Ok(found
            .into_iter()
            .map(|row| ExpiredHold {
                tenant_id: row.tenant_id.into(),
                call_id: row.call_id.into(),
                project_id: row.project_id.into(),
                key_id: row.key_id.into(),
                price_id: row.price_id.into(),
                at: row.at,
            })
            .collect())
    }
}
