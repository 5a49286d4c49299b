//! The feed of calls.

use async_trait::async_trait;
use chrono::TimeDelta;
use contract::activity::{
    Activity, ActivityFilter, ActivityPage, CallRow, Facets, WINDOW_DAYS_MAX,
};
use contract::fault::{Fault, Field, Reason};
use domain::caller::Caller;
use domain::clock::Clock;
use domain::cursor::{Cursor, PAGE_ROWS};
use domain::guard::Verdict;
use domain::ids::CallId;
use domain::limits::MODEL_BYTES_MAX;
use domain::role::Permission;
use store::TenantTx;
use store::activity::Filter;
use store::calls::NamedCall;

use crate::Services;
use crate::call::steps::overhead_us;
use crate::fault::Failure;

#[async_trait]
impl Activity for Services {
    async fn list(
        &self,
        caller: &Caller,
        filter: &ActivityFilter,
        cursor: Cursor,
    ) -> Result<ActivityPage, Fault> {
        let scope = caller.scope(Permission::ReadActivity)?;
        let filter = narrowed(filter, &*self.clock)?;
        Ok(self.page(&scope, &filter, cursor).await?)
    }

    async fn newer(
        &self,
        caller: &Caller,
        filter: &ActivityFilter,
        after: Option<CallId>,
    ) -> Result<u32, Fault> {
        let scope = caller.scope(Permission::ReadActivity)?;
        let filter = narrowed(filter, &*self.clock)?;
        let count = async {
            let mut tx = self.store.tenant(&scope).await?;
            Ok::<_, Failure>(tx.newer_count(&filter, after).await?)
        };
        Ok(count.await?)
    }
}

impl Services {
    async fn page(
        &self,
        scope: &domain::caller::Scope,
        filter: &Filter,
        cursor: Cursor,
    ) -> Result<ActivityPage, Failure> {
        let mut tx = self.store.tenant(scope).await?;
        let page = tx.activity(filter, cursor, PAGE_ROWS).await?;
        let latest = tx.latest_call().await?;
        let facets = facets(&mut tx).await?;
        // An empty page has no row to continue from; from its cursor on, the way leads back.
        let first = page.rows.first().map(|row| row.call.id);
        let last = page.rows.last().map(|row| row.call.id);
        let newer = match (page.newer, first, cursor) {
            (false, ..) => None,
            (true, Some(id), _) => Some(Cursor::After(id)),
            (true, None, _) => Some(Cursor::Newest),
        };
        let older = match (page.older, last, cursor) {
            (false, ..) => None,
            (true, Some(id), _) => Some(Cursor::Before(id)),
            (true, None, _) => Some(Cursor::Newest),
        };
        Ok(ActivityPage {
            rows: page.rows.into_iter().map(row).collect(),
            older,
            newer,
            any_calls: latest.is_some(),
            latest,
            facets,
        })
    }
}

async fn facets(tx: &mut TenantTx<'_>) -> Result<Facets, Failure> {
    Ok(Facets {
        keys: tx.key_names().await?,
        models: tx.alias_names().await?,
        providers: tx.provider_names().await?,
    })
}

/// Checks a filter, which came from a URL. A window has two ends: where one is missing, it is the
/// present or the longest window before the other.
fn narrowed(filter: &ActivityFilter, clock: &dyn Clock) -> Result<Filter, Failure> {
    let wrong = |reason| Err(Failure::invalid(Field::Filter, reason));
    let window = TimeDelta::days(WINDOW_DAYS_MAX);
    let (from, to) = (filter.from, filter.to);
    let from = from.or_else(|| to.and_then(|to| to.checked_sub_signed(window)));
    if let Some(from) = from {
        let until = to.unwrap_or_else(|| clock.now());
        if to.is_some_and(|to| to <= from) {
            return wrong(Reason::Malformed);
        }
        if until.signed_duration_since(from) > window {
            return wrong(Reason::TooFar);
        }
    }
    let texts = [&filter.agent, &filter.model, &filter.provider, &filter.code];
    if texts.into_iter().flatten().any(|text| text.len() > MODEL_BYTES_MAX || text.contains('\0')) {
        return wrong(Reason::Malformed);
    }
    Ok(Filter {
        from,
        to,
        project_id: filter.project_id,
        key_id: filter.key_id,
        agent: filter.agent.clone(),
        model: filter.model.clone(),
        provider: filter.provider.clone(),
        outcome: filter.outcome,
        code: filter.code.clone(),
        charge_at_least: filter.charge_at_least,
        latency_ms_at_least: filter.latency_ms_at_least,
    })
}

/// A call as the feed shows it.
pub(crate) fn row(named: NamedCall) -> CallRow {
    let overhead_us = overhead_us(&named.call.steps, named.call.total_us);
    let NamedCall { call, project, key } = named;
    CallRow {
        id: call.id,
        started_at: call.started_at,
        project_id: call.project_id,
        project,
        key_id: call.key_id,
        key,
        agent: call.agent,
        surface: call.surface,
        model: call.alias,
        model_served: call.model_served,
        provider: call.provider,
        simulated: call.simulated,
        guard: call
            .guard
            .as_ref()
            .map(|found| found.verdict)
            .filter(|verdict| *verdict != Verdict::Clean),
        streamed: call.streamed,
        outcome: call.outcome,
        status: call.status,
        code: call.code,
        input_tokens: call.input_tokens,
        output_tokens: call.output_tokens,
        usage: call.usage_source,
        charge: call.charge,
        total_us: call.total_us,
        first_byte_us: call.steps.first_byte_us,
        overhead_us,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Utc};

    struct At(DateTime<Utc>);

    impl Clock for At {
        fn now(&self) -> DateTime<Utc> {
            self.0
        }
    }

    fn day(day: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(day)
    }

    fn window(from: Option<i64>, to: Option<i64>) -> Result<Filter, Failure> {
        let filter =
            ActivityFilter { from: from.map(day), to: to.map(day), ..ActivityFilter::default() };
        narrowed(&filter, &At(day(1_000)))
    }

    #[test]
    fn a_window_has_two_ends_and_a_longest_length() {
        assert_eq!(window(None, None).unwrap().from, None);
        assert_eq!(window(None, Some(500)).unwrap().from, Some(day(408)));
        assert_eq!(window(Some(908), None).unwrap().to, None);
        assert!(window(Some(100), Some(192)).is_ok());
        for (from, to, reason) in [
            (Some(100), Some(193), Reason::TooFar),
            (Some(907), None, Reason::TooFar),
            (Some(5), Some(5), Reason::Malformed),
            (Some(6), Some(5), Reason::Malformed),
        ] {
            let Err(Failure::Fault(fault)) = window(from, to) else { panic!("{from:?} {to:?}") };
            assert_eq!(fault, Fault::Invalid { field: Field::Filter, reason });
        }
    }

    #[test]
    fn texts_in_a_filter_are_bounded() {
        for text in ["x".repeat(257), "a\0b".into()] {
            let filter = ActivityFilter { model: Some(text), ..ActivityFilter::default() };
            assert!(narrowed(&filter, &At(day(1))).is_err());
        }
    }
}
