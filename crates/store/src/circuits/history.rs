//! What circuits did: their changes one by one, since when they are as they are, and how long they kept
//! calls from a provider on each day.

use chrono::{DateTime, NaiveDate, Utc};
use domain::circuit::{Cause, CircuitState, Forced};
use domain::ids::ProviderId;
use uuid::Uuid;

use super::{forced, state, unreadable};
use crate::error::StoreError;
use crate::system::SystemTx;

/// Most events in one answer.
pub const EVENT_ROWS_MAX: u32 = 1_000;

/// A change of a circuit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircuitEvent {
    /// Its id.
    pub id: Uuid,
    /// The provider.
    pub provider_id: ProviderId,
    /// The model; empty for the provider as a whole.
    pub model: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What the circuit did by itself before.
    pub from: CircuitState,
    /// What it does by itself from here on.
    pub to: CircuitState,
    /// What moved it.
    pub cause: Cause,
    /// The override that counts from here on.
    pub forced: Option<Forced>,
    /// What there is to say: a status, a person's reason.
    pub detail: Option<String>,
    /// The person, where one did it.
    pub by: Option<String>,
}

/// When a circuit last changed its state or its override.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircuitChange {
    /// The provider.
    pub provider_id: ProviderId,
    /// The model; empty for the provider as a whole.
    pub model: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// How long a provider's circuit was not closed on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Downtime {
    /// The provider.
    pub provider_id: ProviderId,
    /// The day, in UTC.
    pub day: NaiveDate,
    /// For how long, in seconds.
    pub seconds: u32,
}

impl SystemTx<'_> {
    /// Up to `rows` changes of a provider's circuits since a moment, the latest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn circuit_events(
        &mut self,
        provider: ProviderId,
        since: DateTime<Utc>,
        rows: u32,
    ) -> Result<Vec<CircuitEvent>, StoreError> {
        let found = sqlx::query!(
            r#"select id, model, at, from_state, to_state, cause, forced, forced_until, detail, by
               from platform.circuit_event
               where provider_id = $1 and at >= $2 order by at desc, id desc limit $3"#,
            provider.uuid(),
            since,
            i64::from(rows.min(EVENT_ROWS_MAX)),
        )
        .fetch_all(self.connection())
        .await?;
        found
            .into_iter()
            .map(|row| {
                Ok(CircuitEvent {
                    id: row.id,
                    provider_id: provider,
                    model: row.model,
                    at: row.at,
                    from: state(&row.from_state)?,
                    to: state(&row.to_state)?,
                    cause: row.cause.parse().map_err(|_| unreadable("cause"))?,
                    forced: forced(row.forced, row.forced_until)?,
                    detail: row.detail,
                    by: row.by,
                })
            })
            .collect()
    }

    /// The last change of each circuit that ever changed.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn circuit_changes(&mut self) -> Result<Vec<CircuitChange>, StoreError> {
        let rows = sqlx::query!(
            "select c.provider_id, c.model, e.at
             from platform.circuit c
             cross join lateral (
               select e.at from platform.circuit_event e
               where e.provider_id = c.provider_id and e.model = c.model
               order by e.at desc limit 1) e"
        )
        .fetch_all(self.connection())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| CircuitChange {
                provider_id: row.provider_id.into(),
                model: row.model,
                at: row.at,
            })
            .collect())
    }

    /// Each day since `from` on which a provider as a whole was kept from calls, by itself or by a
    /// person, counting up to `now`.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn circuit_downtime(
        &mut self,
        from: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Downtime>, StoreError> {
        let rows = sqlx::query!(
            r#"with event as (
                 select p.id as provider_id, e.at, e.to_state, e.forced,
                        lead(e.at, 1, $2::timestamptz) over (partition by p.id order by e.at, e.id) as next_at,
                        coalesce(e.forced_until, e.at) as forced_until
                 from platform.provider p
                 join platform.circuit_event e on e.provider_id = p.id and e.model = '' and e.at < $2
                   -- The last one before the period says how it began.
                   and e.at >= coalesce((
                     select max(b.at) from platform.circuit_event b
                     where b.provider_id = p.id and b.model = '' and b.at < $1), $1)
               ), span as (
                 select provider_id, at as starts, least(forced_until, next_at) as ends from event
                 where forced = 'open'
                 union all
                 select provider_id, least(forced_until, next_at), next_at from event
                 where to_state <> 'closed'
               ), part as (
                 select s.provider_id, d.day,
                        greatest(s.starts at time zone 'utc', d.day) as starts,
                        least(s.ends at time zone 'utc', d.day + interval '1 day') as ends
                 from span s
                 cross join lateral generate_series(
                   date_trunc('day', greatest(s.starts, $1) at time zone 'utc'),
                   s.ends at time zone 'utc', interval '1 day') d (day)
                 where s.ends > s.starts)
               select provider_id as "provider_id!", day::date as "day!",
                      ceil(sum(extract(epoch from ends - starts)))::bigint as "seconds!"
               from part where ends > starts
               group by provider_id, day order by provider_id, day"#,
            from,
            now,
        )
        .fetch_all(self.connection())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| Downtime {
                provider_id: row.provider_id.into(),
                day: row.day,
                seconds: u32::try_from(row.seconds).unwrap_or(u32::MAX),
            })
            .collect())
    }
}
