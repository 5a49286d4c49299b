//! What providers did lately: aggregates over all tenants, and no tenant's row.

use chrono::{DateTime, Utc};

use crate::error::StoreError;
use crate::system::SystemTx;

/// The calls that one provider answered in one bucket of time, or in all of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// The provider's short name.
    pub provider: String,
    /// When the bucket begins; `None` for the whole period.
    pub bucket: Option<DateTime<Utc>>,
    /// Calls that were sent.
    pub calls: u64,
    /// Of these, those that the provider failed. A caller's own 4xx is none.
    pub faults: u64,
    /// Time to the first byte that half of the calls stayed below, in milliseconds; `None` where none
    /// had a first byte.
    pub p50_ms: Option<u64>,
    /// The same for 95 of 100.
    pub p95_ms: Option<u64>,
    /// The same for 99 of 100.
    pub p99_ms: Option<u64>,
}

impl SystemTx<'_> {
    /// What each provider did from one moment to another, in buckets of so many seconds (at least 60)
    /// and as a whole. Buckets and providers without a call are not there.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn provider_traffic(
        &mut self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        bucket_s: u32,
    ) -> Result<Vec<Traffic>, StoreError> {
        let rows = sqlx::query!(
            r#"select provider as "provider!", bucket, calls as "calls!", faults as "faults!",
                      p50_ms, p95_ms, p99_ms
               from sys.provider_traffic($1, $2, $3) order by 1, 2"#,
            from,
            to,
            i32::try_from(bucket_s).unwrap_or(i32::MAX),
        )
        .fetch_all(self.connection())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| Traffic {
                provider: row.provider,
                bucket: row.bucket,
                calls: count(row.calls),
                faults: count(row.faults),
                p50_ms: row.p50_ms.map(count),
                p95_ms: row.p95_ms.map(count),
                p99_ms: row.p99_ms.map(count),
            })
            .collect())
    }
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
