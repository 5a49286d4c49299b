//! What providers did lately: aggregates over all tenants, and no tenant's row.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::ids::{KeyId, ProjectId, ProviderId, TenantId};

use crate::error::StoreError;
use crate::system::SystemTx;
use crate::tenant::TenantTx;

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

/// Calls of the last minute that have this much in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinuteCalls {
    /// The project.
    pub project_id: ProjectId,
    /// The key.
    pub key_id: KeyId,
    /// The agent that they named.
    pub agent: Option<String>,
    /// How many they are.
    pub calls: u64,
}

/// Where counting the calls of a minute ends.
const MINUTE_CALLS_MAX: i32 = 100_000;

impl TenantTx<'_> {
    /// The calls of the last minute by project, key and agent, of the projects in reach.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn calls_minute(&mut self) -> Result<Vec<MinuteCalls>, StoreError> {
        let tenant = self.tenant_uuid();
        let rows = sqlx::query!(
            r#"select c.project_id, c.key_id, c.agent, count(*) as "calls!"
               from (
                 select k.project_id, k.key_id, k.agent from app.call k
                 where k.tenant_id = $1
                   and k.id >= app.uuid_floor(statement_timestamp() - interval '1 minute')
                 limit $2) c
               group by c.project_id, c.key_id, c.agent"#,
            tenant,
            i64::from(MINUTE_CALLS_MAX),
        )
        .fetch_all(self.connection())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| MinuteCalls {
                project_id: row.project_id.into(),
                key_id: row.key_id.into(),
                agent: row.agent,
                calls: count(row.calls),
            })
            .collect())
    }
}

/// How long a node's word of what is under way counts, in seconds: three of its signs of life.
const TOLD_S: i32 = 15;

impl SystemTx<'_> {
    /// The calls of the last minute by tenant and by the short name of the provider that was sent them,
    /// where one was.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn calls_minute(
        &mut self,
    ) -> Result<Vec<(TenantId, Option<String>, u64)>, StoreError> {
        let rows = sqlx::query!(
            r#"select tenant_id as "tenant_id!", provider, calls as "calls!" from sys.calls_minute($1)"#,
            MINUTE_CALLS_MAX,
        )
        .fetch_all(self.connection())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| (row.tenant_id.into(), row.provider, count(row.calls)))
            .collect())
    }

    /// The calls that are under way at each provider, as the nodes told lately.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn calls_in_flight(&mut self) -> Result<HashMap<ProviderId, u64>, StoreError> {
        let rows = sqlx::query!(
            r#"select told.key::uuid as "provider!", sum(told.value::bigint)::bigint as "calls!"
               from platform.node n cross join lateral jsonb_each_text(n.in_flight) told
               where n.seen_at > clock_timestamp() - make_interval(secs => $1)
               group by told.key"#,
            f64::from(TOLD_S),
        )
        .fetch_all(self.connection())
        .await?;
        Ok(rows.into_iter().map(|row| (row.provider.into(), count(row.calls))).collect())
    }

    /// What the settled calls that began at a moment or later cost at each provider, by its short name, in
    /// nano-USD. Providers without a call are not there.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn provider_spend(
        &mut self,
        from: DateTime<Utc>,
    ) -> Result<HashMap<String, i64>, StoreError> {
        let rows = sqlx::query!(
            r#"select provider as "provider!", cost_nano as "cost_nano!" from sys.provider_spend($1)"#,
            from,
        )
        .fetch_all(self.connection())
        .await?;
        Ok(rows.into_iter().map(|row| (row.provider, row.cost_nano)).collect())
    }

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
