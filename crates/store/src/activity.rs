//! The feed of calls: filtered, in keyset pages, newest first.

use chrono::{DateTime, TimeDelta, Utc};
use domain::cursor::Cursor;
use domain::ids::{CallId, KeyId, ProjectId};
use domain::money::NanoUsd;
use domain::outcome::Outcome;
use uuid::Uuid;

use crate::calls::NamedCall;
use crate::error::StoreError;
use crate::tenant::TenantTx;

/// Where counting newer calls stops.
pub const NEWER_MAX: u32 = 1_000;

/// How far a call's `started_at` may lie from the moment in its id. Ids choose the months to look in.
const ID_SLACK: TimeDelta = TimeDelta::days(1);

/// The latest moment that an id can hold: the year 10889.
const MILLIS_MAX: i64 = (1 << 48) - 1;

/// What to show; every part narrows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Started at or after.
    pub from: Option<DateTime<Utc>>,
    /// Started before.
    pub to: Option<DateTime<Utc>>,
    /// In this project.
    pub project_id: Option<ProjectId>,
    /// Made with this key.
    pub key_id: Option<KeyId>,
    /// Made by this agent, exactly.
    pub agent: Option<String>,
    /// Asked for this model, exactly.
    pub model: Option<String>,
    /// Served by this provider, by its short name.
    pub provider: Option<String>,
    /// Ended this way.
    pub outcome: Option<Outcome>,
    /// Answered with this refusal or error code.
    pub code: Option<String>,
    /// Debited at least this much.
    pub charge_at_least: Option<NanoUsd>,
    /// Took at least this long in total, in milliseconds.
    pub latency_ms_at_least: Option<u32>,
}

/// A page of the feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The rows, newest first.
    pub rows: Vec<NamedCall>,
    /// Whether there are older rows than these.
    pub older: bool,
    /// Whether there are newer rows than these.
    pub newer: bool,
}

/// The filter as it is bound: a range of ids, and the rest.
struct Bound<'f> {
    after: Uuid,
    before: Uuid,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    filter: &'f Filter,
    tenant: Uuid,
}

/// The three questions share their conditions; sqlx wants each as one literal.
macro_rules! matching {
    ($query:ident, $bound:expr, $head:tt, $tail:tt, $limit:expr) => {{
        let bound = $bound;
        let filter = bound.filter;
        sqlx::$query!(
            $head
                + r#" from app.call c
                      where c.tenant_id = $1 and c.id > $2 and c.id < $3
                        and ($4::timestamptz is null or c.started_at >= $4)
                        and ($5::timestamptz is null or c.started_at < $5)
                        and ($6::uuid is null or c.project_id = $6)
                        and ($7::uuid is null or c.key_id = $7)
                        and ($8::text is null or c.alias = $8)
                        and ($9::text is null or c.provider = $9)
                        and ($10::text is null or c.outcome = $10)
                        and ($11::text is null or c.code = $11)
                        and ($12::bigint is null or c.charge_nano >= $12)
                        and ($13::bigint is null or c.total_us >= $13)
                        and ($14::text is null or c.agent = $14)"#
                + $tail,
            bound.tenant,
            bound.after,
            bound.before,
            bound.from,
            bound.to,
            filter.project_id.map(|id| id.uuid()),
            filter.key_id.map(|id| id.uuid()),
            filter.model,
            filter.provider,
            filter.outcome.map(Outcome::as_str),
            filter.code,
            filter.charge_at_least.map(|nano| nano.0),
            filter.latency_ms_at_least.map(|ms| i64::from(ms) * 1_000),
            filter.agent,
            $limit,
        )
    }};
}

impl TenantTx<'_> {
    /// A page of calls that match.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn activity(
        &mut self,
        filter: &Filter,
        cursor: Cursor,
        rows: usize,
    ) -> Result<Page, StoreError> {
        // One more than the page holds tells whether there is another.
        let limit = i64::try_from(rows).unwrap_or(i64::MAX - 1) + 1;
        let (mut ids, more) = match cursor {
            Cursor::Newest => split(self.descending(filter, Uuid::max(), limit).await?, rows),
            Cursor::Before(id) => split(self.descending(filter, id.uuid(), limit).await?, rows),
            Cursor::After(id) => {
                let (mut ids, more) = split(self.ascending(filter, id.uuid(), limit).await?, rows);
                ids.reverse();
                (ids, more)
            }
        };
        let (older, newer) = match cursor {
            Cursor::Newest => (more, false),
            Cursor::Before(_) => {
                let newest = ids.first().copied();
                (more, self.any_newer(filter, newest, cursor).await?)
            }
            Cursor::After(_) => (self.any_older(filter, ids.last().copied()).await?, more),
        };
        let ids: Vec<CallId> = ids.drain(..).map(CallId::from).collect();
        Ok(Page { rows: self.calls(&ids).await?, older, newer })
    }

    /// How many calls match that are newer than `after`; counting stops at [`NEWER_MAX`].
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn newer_count(
        &mut self,
        filter: &Filter,
        after: Option<CallId>,
    ) -> Result<u32, StoreError> {
        let bound = self.bound(filter, after.map_or(Uuid::nil(), CallId::uuid), Uuid::max());
        let count = matching!(
            query_scalar,
            bound,
            r#"select count(*) as "count!" from (select 1 as one"#,
            " limit $15) x",
            i64::from(NEWER_MAX)
        )
        .fetch_one(self.connection())
        .await?;
        Ok(u32::try_from(count).unwrap_or(NEWER_MAX))
    }

    /// The latest call in reach, filter or not; `None` where there never was one.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn latest_call(&mut self) -> Result<Option<CallId>, StoreError> {
        let tenant = self.tenant_uuid();
        let projects: Vec<Uuid> = self.scope.projects.iter().map(|id| id.uuid()).collect();
        // One probe per project: a filter over the whole tenant would read past the others' calls.
        let latest = sqlx::query_scalar!(
            r#"select c.id as "id!"
               from unnest($2::uuid[]) p
               cross join lateral (
                 select c.id from app.call c where c.tenant_id = $1 and c.project_id = p
                 order by c.id desc limit 1) c
               order by c.id desc limit 1"#,
            tenant,
            &projects,
        )
        .fetch_optional(self.connection())
        .await?;
        Ok(latest.map(CallId::from))
    }

    async fn descending(
        &mut self,
        filter: &Filter,
        before: Uuid,
        limit: i64,
    ) -> Result<Vec<Uuid>, StoreError> {
        let bound = self.bound(filter, Uuid::nil(), before);
        Ok(matching!(query_scalar, bound, "select c.id", " order by c.id desc limit $15", limit)
            .fetch_all(self.connection())
            .await?)
    }

    async fn ascending(
        &mut self,
        filter: &Filter,
        after: Uuid,
        limit: i64,
    ) -> Result<Vec<Uuid>, StoreError> {
        let bound = self.bound(filter, after, Uuid::max());
        Ok(matching!(query_scalar, bound, "select c.id", " order by c.id limit $15", limit)
            .fetch_all(self.connection())
            .await?)
    }

    /// Whether there are rows above a page that was read downwards; an empty page lies below its
    /// cursor's row, which may match itself.
    async fn any_newer(
        &mut self,
        filter: &Filter,
        newest: Option<Uuid>,
        cursor: Cursor,
    ) -> Result<bool, StoreError> {
        let after = match (newest, cursor) {
            (Some(id), _) => id,
            (None, Cursor::Before(id)) => predecessor(id.uuid()),
            (None, _) => return Ok(false),
        };
        Ok(!self.ascending(filter, after, 1).await?.is_empty())
    }

    async fn any_older(
        &mut self,
        filter: &Filter,
        oldest: Option<Uuid>,
    ) -> Result<bool, StoreError> {
        let before = oldest.unwrap_or(Uuid::max());
        Ok(!self.descending(filter, before, 1).await?.is_empty())
    }

    fn bound<'f>(&self, filter: &'f Filter, after: Uuid, before: Uuid) -> Bound<'f> {
        // Moments that Postgres cannot hold are the same as none: no call lies beyond them.
        let from = filter.from.filter(|at| *at > DateTime::UNIX_EPOCH);
        let to = filter.to.filter(|at| at.timestamp_millis() < MILLIS_MAX);
        let first = from.and_then(|at| at.checked_sub_signed(ID_SLACK)).map_or(Uuid::nil(), floor);
        let last = to.and_then(|at| at.checked_add_signed(ID_SLACK)).map_or(Uuid::max(), floor);
        Bound {
            after: after.max(first),
            before: before.min(last),
            from,
            to: to.map(|at| at.max(DateTime::UNIX_EPOCH)),
            filter,
            tenant: self.tenant_uuid(),
        }
    }
}

/// The rows of a page, and whether there was one more.
fn split(mut ids: Vec<Uuid>, rows: usize) -> (Vec<Uuid>, bool) {
    let more = ids.len() > rows;
    ids.truncate(rows);
    (ids, more)
}

/// The smallest UUIDv7 of a moment (RFC 9562 section 5.7).
fn floor(at: DateTime<Utc>) -> Uuid {
    let millis = u128::try_from(at.timestamp_millis().clamp(0, MILLIS_MAX)).unwrap_or(0);
    Uuid::from_u128(millis << 80)
}

fn predecessor(id: Uuid) -> Uuid {
    Uuid::from_u128(id.as_u128().saturating_sub(1))
}
