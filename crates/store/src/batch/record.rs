//! Writing calls and payloads down, inside the settlement's transaction.

use chrono::{DateTime, Utc};
use domain::guard::Findings;
use domain::limits::AGENT_NAME_BYTES_MAX;
use domain::steps::Steps;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::calls::{CallRecord, DECISION_BYTES_MAX, PayloadRecord};
use crate::error::StoreError;
use crate::text::bounded;

const ALIAS_CHARS_MAX: usize = 256;
const CODE_CHARS_MAX: usize = 100;
const NOTE_CHARS_MAX: usize = 500;
const UPSTREAM_ID_CHARS_MAX: usize = 200;
const USER_AGENT_CHARS_MAX: usize = 300;

/// Inserts the calls, completes those that were given up as expired, and sends the notices: one round
/// trip for all three.
pub(super) async fn calls(
    connection: &mut PgConnection,
    calls: &[CallRecord],
    notices: &[String],
) -> Result<(), StoreError> {
    if calls.is_empty() {
        return Ok(());
    }
    let columns = CallColumns::of(calls);
    sqlx::query!(
        r#"with rows as (
             insert into app.call as c (
               tenant_id, id, project_id, key_id, price_id, started_at, ended_at,
               input_tokens, cached_input_tokens, cache_write_tokens, output_tokens,
               reasoning_tokens, charge_nano, cost_nano, request_bytes, response_bytes,
               authenticated_us, asked_us, screened_us, redacted_us, routed_us, admitted_us,
               first_byte_us, upstream_done_us, masking_us, total_us, markup_ppm, status, streamed, simulated, surface, outcome,
               usage_source, alias, model_served, provider, code, note, request_id,
               upstream_request_id, client_ip, user_agent, agent, decision,
               cache_write_1h_tokens, guard)
             select
               u.tenant_id, u.id, u.project_id, u.key_id, u.price_id, u.started_at,
               u.ended_at, u.input_tokens, u.cached_input_tokens, u.cache_write_tokens,
               u.output_tokens, u.reasoning_tokens, u.charge_nano, u.cost_nano,
               u.request_bytes, u.response_bytes, u.authenticated_us, u.asked_us,
               u.screened_us, u.redacted_us, u.routed_us, u.admitted_us, u.first_byte_us,
               u.upstream_done_us, u.masking_us, u.total_us,
               u.markup_ppm, u.status, u.streamed, u.simulated, u.surface, u.outcome,
               u.usage_source, u.alias, u.model_served, u.provider, u.code, u.note,
               u.request_id, u.upstream_request_id, u.client_ip::inet, u.user_agent, u.agent,
               u.decision, u.cache_write_1h_tokens, u.guard
             from (
               select distinct on (tenant_id, id) * from unnest(
                 $1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[],
                 $6::timestamptz[], $7::timestamptz[], $8::bigint[], $9::bigint[],
                 $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[],
                 $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[], $19::bigint[],
                 $20::bigint[], $21::bigint[], $22::bigint[], $23::int[], $24::smallint[],
                 $25::boolean[], $26::boolean[], $27::text[], $28::text[], $29::text[],
                 $30::text[], $31::text[], $32::text[], $33::text[], $34::text[],
                 $35::text[], $36::text[], $37::text[], $38::text[], $39::text[], $40::jsonb[],
                 $41::bigint[], $42::jsonb[], $43::bigint[], $44::bigint[], $45::bigint[],
                 $46::bigint[])
               u (tenant_id, id, project_id, key_id, price_id, started_at, ended_at,
                  input_tokens, cached_input_tokens, cache_write_tokens, output_tokens,
                  reasoning_tokens, charge_nano, cost_nano, request_bytes, response_bytes,
                  authenticated_us, routed_us, admitted_us, first_byte_us,
                  upstream_done_us, total_us, markup_ppm, status, streamed, simulated,
                  surface, outcome, usage_source, alias, model_served, provider, code,
                  note, request_id, upstream_request_id, client_ip, user_agent, agent,
                  decision, cache_write_1h_tokens, guard, asked_us, screened_us,
                  redacted_us, masking_us)) u
             order by tenant_id, id
             on conflict (tenant_id, id) do update set
               price_id = excluded.price_id, started_at = excluded.started_at,
               ended_at = excluded.ended_at, input_tokens = excluded.input_tokens,
               cached_input_tokens = excluded.cached_input_tokens,
               cache_write_tokens = excluded.cache_write_tokens,
               cache_write_1h_tokens = excluded.cache_write_1h_tokens,
               output_tokens = excluded.output_tokens,
               reasoning_tokens = excluded.reasoning_tokens,
               charge_nano = excluded.charge_nano, cost_nano = excluded.cost_nano,
               request_bytes = excluded.request_bytes,
               response_bytes = excluded.response_bytes,
               authenticated_us = excluded.authenticated_us,
               asked_us = excluded.asked_us, screened_us = excluded.screened_us,
               redacted_us = excluded.redacted_us, routed_us = excluded.routed_us,
               admitted_us = excluded.admitted_us, first_byte_us = excluded.first_byte_us,
               upstream_done_us = excluded.upstream_done_us,
               masking_us = excluded.masking_us, total_us = excluded.total_us,
               markup_ppm = excluded.markup_ppm, status = excluded.status,
               streamed = excluded.streamed, simulated = excluded.simulated,
               surface = excluded.surface, outcome = excluded.outcome,
               usage_source = excluded.usage_source, alias = excluded.alias,
               model_served = excluded.model_served, provider = excluded.provider,
               code = excluded.code, note = excluded.note,
               request_id = excluded.request_id,
               upstream_request_id = excluded.upstream_request_id,
               client_ip = excluded.client_ip, user_agent = excluded.user_agent,
               agent = excluded.agent, decision = excluded.decision,
               guard = excluded.guard
             where c.outcome = 'expired' and excluded.outcome <> 'expired')
           select pg_notify('tokenone_calls', piece) from unnest($47::text[]) piece"#,
        &columns.tenant_id,
        &columns.id,
        &columns.project_id,
        &columns.key_id,
        &columns.price_id as &[Option<Uuid>],
        &columns.started_at,
        &columns.ended_at,
        &columns.input_tokens,
        &columns.cached_input_tokens,
        &columns.cache_write_tokens,
        &columns.output_tokens,
        &columns.reasoning_tokens,
        &columns.charge_nano,
        &columns.cost_nano,
        &columns.request_bytes,
        &columns.response_bytes,
        &columns.authenticated_us as &[Option<i64>],
        &columns.routed_us as &[Option<i64>],
        &columns.admitted_us as &[Option<i64>],
        &columns.first_byte_us as &[Option<i64>],
        &columns.upstream_done_us as &[Option<i64>],
        &columns.total_us,
        &columns.markup_ppm,
        &columns.status,
        &columns.streamed,
        &columns.simulated,
        &columns.surface,
        &columns.outcome,
        &columns.usage_source,
        &columns.alias as &[Option<String>],
        &columns.model_served as &[Option<String>],
        &columns.provider as &[Option<String>],
        &columns.code as &[Option<String>],
        &columns.note as &[Option<String>],
        &columns.request_id,
        &columns.upstream_request_id as &[Option<String>],
        &columns.client_ip as &[Option<String>],
        &columns.user_agent as &[Option<String>],
        &columns.agent as &[Option<String>],
        &columns.decision as &[Option<Value>],
        &columns.cache_write_1h_tokens,
        &columns.guard as &[Option<Value>],
        &columns.asked_us as &[Option<i64>],
        &columns.screened_us as &[Option<i64>],
        &columns.redacted_us as &[Option<i64>],
        &columns.masking_us as &[Option<i64>],
        notices,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Inserts the payloads; one that is there already stays.
pub(super) async fn payloads(
    connection: &mut PgConnection,
    payloads: &[PayloadRecord],
) -> Result<(), StoreError> {
    if payloads.is_empty() {
        return Ok(());
    }
    let column = |pick: fn(&PayloadRecord) -> Uuid| payloads.iter().map(pick).collect::<Vec<_>>();
    let flag = |pick: fn(&PayloadRecord) -> bool| payloads.iter().map(pick).collect::<Vec<_>>();
    let size = |pick: fn(&PayloadRecord) -> u64| {
        payloads.iter().map(|row| count(pick(row))).collect::<Vec<_>>()
    };
    let requests: Vec<&[u8]> = payloads.iter().map(|row| row.request.as_slice()).collect();
    let responses: Vec<Option<&[u8]>> =
        payloads.iter().map(|row| row.response.as_deref()).collect();
    sqlx::query!(
        r#"insert into app.call_payload (tenant_id, call_id, project_id, request, response,
             request_bytes, response_bytes, request_truncated, response_truncated)
           select u.* from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bytea[], $5::bytea[],
             $6::bigint[], $7::bigint[], $8::boolean[], $9::boolean[])
             u (tenant_id, call_id, project_id, request, response,
                request_bytes, response_bytes, request_truncated, response_truncated)
           order by u.tenant_id, u.call_id
           on conflict do nothing"#,
        &column(|row| row.tenant_id.uuid()),
        &column(|row| row.call_id.uuid()),
        &column(|row| row.project_id.uuid()),
        &requests as &[&[u8]],
        &responses as &[Option<&[u8]>],
        &size(|row| row.request_bytes),
        &size(|row| row.response_bytes),
        &flag(|row| row.request_truncated),
        &flag(|row| row.response_truncated),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Inserts what the calls left with the accounts that answered them; what is known already stays.
pub(super) async fn origins(
    connection: &mut PgConnection,
    calls: &[CallRecord],
) -> Result<(), StoreError> {
    let (mut tenants, mut projects) = (Vec::new(), Vec::new());
    let (mut providers, mut marks) = (Vec::new(), Vec::<&[u8]>::new());
    for call in calls {
        let Some(origin) = &call.origin else { continue };
        for mark in &origin.marks {
            tenants.push(call.tenant_id.uuid());
            projects.push(call.project_id.uuid());
            providers.push(origin.provider_id.uuid());
            marks.push(mark);
        }
    }
    if marks.is_empty() {
        return Ok(());
    }
    // A provider that has been removed meanwhile can continue nothing.
    sqlx::query!(
        r#"insert into app.origin (tenant_id, project_id, provider_id, mark)
           select u.* from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bytea[])
             u (tenant_id, project_id, provider_id, mark)
           where exists (select from platform.provider p where p.id = u.provider_id)
           order by u.tenant_id, u.project_id, u.mark
           on conflict do nothing"#,
        &tenants,
        &projects,
        &providers,
        &marks as &[&[u8]],
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// One array per column of `app.call`.
#[derive(Default)]
struct CallColumns {
    tenant_id: Vec<Uuid>,
    id: Vec<Uuid>,
    project_id: Vec<Uuid>,
    key_id: Vec<Uuid>,
    price_id: Vec<Option<Uuid>>,
    started_at: Vec<DateTime<Utc>>,
    ended_at: Vec<DateTime<Utc>>,
    input_tokens: Vec<i64>,
    cached_input_tokens: Vec<i64>,
    cache_write_tokens: Vec<i64>,
    cache_write_1h_tokens: Vec<i64>,
    output_tokens: Vec<i64>,
    reasoning_tokens: Vec<i64>,
    charge_nano: Vec<i64>,
    cost_nano: Vec<i64>,
    request_bytes: Vec<i64>,
    response_bytes: Vec<i64>,
    authenticated_us: Vec<Option<i64>>,
    asked_us: Vec<Option<i64>>,
    screened_us: Vec<Option<i64>>,
    redacted_us: Vec<Option<i64>>,
    routed_us: Vec<Option<i64>>,
    admitted_us: Vec<Option<i64>>,
    first_byte_us: Vec<Option<i64>>,
    upstream_done_us: Vec<Option<i64>>,
    masking_us: Vec<Option<i64>>,
    total_us: Vec<i64>,
    markup_ppm: Vec<i32>,
    status: Vec<i16>,
    streamed: Vec<bool>,
    simulated: Vec<bool>,
    surface: Vec<String>,
    outcome: Vec<String>,
    usage_source: Vec<String>,
    alias: Vec<Option<String>>,
    model_served: Vec<Option<String>>,
    provider: Vec<Option<String>>,
    code: Vec<Option<String>>,
    note: Vec<Option<String>>,
    request_id: Vec<String>,
    upstream_request_id: Vec<Option<String>>,
    client_ip: Vec<Option<String>>,
    user_agent: Vec<Option<String>>,
    agent: Vec<Option<String>>,
    decision: Vec<Option<Value>>,
    guard: Vec<Option<Value>>,
}

impl CallColumns {
    fn of(calls: &[CallRecord]) -> Self {
        let mut columns = Self::default();
        for call in calls {
            columns.push_identity(call);
            columns.push_numbers(call);
            columns.push_words(call);
        }
        columns
    }

    fn push_identity(&mut self, call: &CallRecord) {
        self.tenant_id.push(call.tenant_id.uuid());
        self.id.push(call.id.uuid());
        self.project_id.push(call.project_id.uuid());
        self.key_id.push(call.key_id.uuid());
        self.price_id.push(call.price_id.map(|id| id.uuid()));
        self.started_at.push(call.started_at);
        self.ended_at.push(call.ended_at);
    }

    fn push_numbers(&mut self, call: &CallRecord) {
        self.input_tokens.push(count(call.input_tokens));
        self.cached_input_tokens.push(count(call.cached_input_tokens.min(call.input_tokens)));
        let written = call.cache_write_tokens.min(call.input_tokens);
        self.cache_write_tokens.push(count(written));
        self.cache_write_1h_tokens.push(count(call.cache_write_1h_tokens.min(written)));
        self.output_tokens.push(count(call.output_tokens));
        self.reasoning_tokens.push(count(call.reasoning_tokens));
        self.charge_nano.push(call.charge.0);
        self.cost_nano.push(call.cost.0);
        self.request_bytes.push(count(call.request_bytes));
        self.response_bytes.push(count(call.response_bytes));
        self.push_steps(&call.steps);
        self.total_us.push(count(call.total_us));
        self.markup_ppm.push(i32::try_from(call.markup_ppm).unwrap_or(i32::MAX));
        self.status.push(i16::try_from(call.status).unwrap_or(500).clamp(100, 599));
        self.streamed.push(call.streamed);
        self.simulated.push(call.simulated);
    }

    fn push_steps(&mut self, steps: &Steps) {
        self.authenticated_us.push(steps.authenticated_us.map(count));
        self.asked_us.push(steps.asked_us.map(count));
        self.screened_us.push(steps.screened_us.map(count));
        self.redacted_us.push(steps.redacted_us.map(count));
        self.routed_us.push(steps.routed_us.map(count));
        self.admitted_us.push(steps.admitted_us.map(count));
        self.first_byte_us.push(steps.first_byte_us.map(count));
        self.upstream_done_us.push(steps.upstream_done_us.map(count));
        self.masking_us.push(steps.masking_us.map(count));
    }

    fn push_words(&mut self, call: &CallRecord) {
        self.surface.push(bounded(&call.surface, 100).into_owned());
        self.outcome.push(call.outcome.as_str().to_owned());
        self.usage_source.push(call.usage_source.as_str().to_owned());
        self.alias.push(cut(call.alias.as_deref(), ALIAS_CHARS_MAX));
        self.model_served.push(cut(call.model_served.as_deref(), ALIAS_CHARS_MAX));
        self.provider.push(cut(call.provider.as_deref(), CODE_CHARS_MAX));
        self.code.push(cut(call.code.as_deref(), CODE_CHARS_MAX));
        self.note.push(cut(call.note.as_deref(), NOTE_CHARS_MAX));
        self.request_id.push(bounded(&call.request_id, CODE_CHARS_MAX).into_owned());
        self.upstream_request_id
            .push(cut(call.upstream_request_id.as_deref(), UPSTREAM_ID_CHARS_MAX));
        self.client_ip.push(call.client_ip.map(|ip| ip.to_string()));
        self.user_agent.push(cut(call.user_agent.as_deref(), USER_AGENT_CHARS_MAX));
        self.agent.push(cut(call.agent.as_deref(), AGENT_NAME_BYTES_MAX));
        self.decision.push(call.decision.as_ref().and_then(kept));
        self.guard.push(call.guard.as_ref().and_then(kept_findings));
    }
}

/// A count as Postgres holds it; none that is real reaches the limit.
fn count(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A decision as Postgres takes it: it refuses NUL within JSON, and the column what is too large, which
/// must not fail a batch. The column counts JSON with spaces, at most twice as long as without.
fn kept(decision: &Value) -> Option<Value> {
    let text = decision.to_string();
    let fits = text.len() <= DECISION_BYTES_MAX && !text.contains("\\u0000");
    fits.then(|| decision.clone())
}

/// Largest findings that are kept, in bytes of compact JSON: the column counts it with spaces, and one call
/// with too many must not fail a batch that carries other people's.
const FINDINGS_BYTES_MAX: usize = 16 * 1024;

/// Findings as Postgres takes them: no larger than the column, and with no NUL, which a name in the path of a
/// text may hold.
fn kept_findings(found: &Findings) -> Option<Value> {
    if found.is_empty() {
        return None;
    }
    let mut found = found.clone();
    loop {
        let text = serde_json::to_string(&found).ok()?;
        if text.len() <= FINDINGS_BYTES_MAX {
            return serde_json::from_str(&text.replace("\\u0000", "\\ufffd")).ok();
        }
        found.halve();
    }
}

fn cut(text: Option<&str>, chars_max: usize) -> Option<String> {
    text.map(|text| bounded(text, chars_max).into_owned())
}
