//! Calls: one record per call, its prompt and answer, and its neighbours in the feed.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use domain::guard::Findings;
use domain::ids::{CallId, KeyId, PriceId, ProjectId, TenantId};
use domain::money::NanoUsd;
use domain::outcome::{Outcome, UsageSource};
use domain::steps::Steps;
use serde_json::Value;
use uuid::Uuid;

use crate::error::StoreError;
use crate::guard::findings;
use crate::origins::Origin;
use crate::tenant::TenantTx;

/// A call, as it is written down once it is over. Texts longer than their column are cut; counts are
/// whole and never negative; times in `_us` are microseconds since the first byte of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRecord {
    /// Its id.
    pub id: CallId,
    /// Its tenant.
    pub tenant_id: TenantId,
    /// Its project.
    pub project_id: ProjectId,
    /// The key it was made with.
    pub key_id: KeyId,
    /// The price it was charged with; `None` where it was refused before there was one.
    pub price_id: Option<PriceId>,
    /// When its first byte was received. Lies within a day of the moment in its id.
    pub started_at: DateTime<Utc>,
    /// When its last byte was sent.
    pub ended_at: DateTime<Utc>,
    /// Tokens of the prompt, cached ones included.
    pub input_tokens: u64,
    /// Of those, read from the provider's cache.
    pub cached_input_tokens: u64,
    /// Of those, written to the provider's cache.
    pub cache_write_tokens: u64,
    /// Of these, written to be kept for an hour.
    pub cache_write_1h_tokens: u64,
    /// Tokens of the answer, reasoning included.
    pub output_tokens: u64,
    /// Of those, reasoning.
    pub reasoning_tokens: u64,
    /// What the tenant was charged.
    pub charge: NanoUsd,
    /// What the provider charges us.
    pub cost: NanoUsd,
    /// Bytes received from the program.
    pub request_bytes: u64,
    /// Bytes sent to it.
    pub response_bytes: u64,
    /// When each step was done.
    pub steps: Steps,
    /// When the last byte was sent, in microseconds since the first was received.
    pub total_us: u64,
    /// The tenant's markup, in parts per million of the cost.
    pub markup_ppm: u32,
    /// The status sent to the program.
    pub status: u16,
    /// Whether it was streamed.
    pub streamed: bool,
    /// Whether the built-in simulator answered.
    pub simulated: bool,
    /// The surface, such as `chat.completions`.
    pub surface: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Where the token counts come from.
    pub usage_source: UsageSource,
    /// The model that was asked for, as the caller wrote it.
    pub alias: Option<String>,
    /// The model that the provider says it served.
    pub model_served: Option<String>,
    /// The provider's short name.
    pub provider: Option<String>,
    /// The refusal or error code.
    pub code: Option<String>,
    /// A note on what went wrong, in our own words.
    pub note: Option<String>,
    /// The request id that the program was given.
    pub request_id: String,
    /// The provider's own request id.
    pub upstream_request_id: Option<String>,
    /// Where it came from.
    pub client_ip: Option<IpAddr>,
    /// The client's name for itself.
    pub user_agent: Option<String>,
    /// The agent that made it, as `x-tokenone-agent` named it.
    pub agent: Option<String>,
    /// How its target was chosen, in the form of `contract::call::Decision`. Written down unless it is
    /// larger than [`DECISION_BYTES_MAX`], and read by [`TenantTx::call_decision`] only.
    pub decision: Option<Value>,
    /// What the guard found; `None` where there is nothing to say.
    pub guard: Option<Findings>,
    /// What the answer left with the provider account that made it. Written down, and read by
    /// [`crate::Store::origins`] only.
    pub origin: Option<Origin>,
}

/// Largest decision that is kept, in bytes of compact JSON.
pub const DECISION_BYTES_MAX: usize = 8 * 1024;

/// A call with the names that people know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCall {
    /// The call.
    pub call: CallRecord,
    /// The project's name.
    pub project: String,
    /// The key's name.
    pub key: String,
}

/// What a call said, sealed by the vault under the tenant's key.
#[derive(Clone, PartialEq, Eq)]
pub struct PayloadRecord {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The call.
    pub call_id: CallId,
    /// The project.
    pub project_id: ProjectId,
    /// The sealed request.
    pub request: Vec<u8>,
    /// The sealed answer.
    pub response: Option<Vec<u8>>,
    /// The request's full length in bytes.
    pub request_bytes: u64,
    /// The answer's full length in bytes.
    pub response_bytes: u64,
    /// Whether only the request's beginning was kept.
    pub request_truncated: bool,
    /// Whether only the answer's beginning was kept.
    pub response_truncated: bool,
}

impl std::fmt::Debug for PayloadRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PayloadRecord").field("call_id", &self.call_id).finish_non_exhaustive()
    }
}

/// The calls next to one in the feed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// The next newer one.
    pub newer: Option<CallId>,
    /// The next older one.
    pub older: Option<CallId>,
}

impl TenantTx<'_> {
    /// One call, where it is in reach.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn call(&mut self, id: CallId) -> Result<Option<NamedCall>, StoreError> {
        Ok(self.calls(&[id]).await?.pop())
    }

    /// These calls, newest first; those out of reach are missing.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn calls(&mut self, ids: &[CallId]) -> Result<Vec<NamedCall>, StoreError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let tenant = self.tenant_uuid();
        let rows = sqlx::query!(
            r#"select c.tenant_id, c.id, c.project_id, c.key_id, c.price_id, c.started_at,
                      c.ended_at, c.input_tokens, c.cached_input_tokens,
                      c.cache_write_tokens, c.cache_write_1h_tokens, c.output_tokens,
                      c.reasoning_tokens,
                      c.charge_nano, c.cost_nano, c.request_bytes, c.response_bytes,
                      c.authenticated_us, c.asked_us, c.screened_us, c.redacted_us,
                      c.routed_us, c.admitted_us, c.first_byte_us,
                      c.upstream_done_us, c.masking_us, c.total_us, c.markup_ppm, c.status, c.streamed,
                      c.simulated, c.surface, c.outcome, c.usage_source, c.alias,
                      c.model_served, c.provider, c.code, c.note, c.request_id,
                      c.upstream_request_id, c.user_agent, c.agent, c.guard,
                      host(c.client_ip) as client_ip, p.name as project, k.name as key
               from app.call c
               join app.project p on p.tenant_id = c.tenant_id and p.id = c.project_id
               join app.api_key k on k.tenant_id = c.tenant_id and k.id = c.key_id
               where c.tenant_id = $1 and c.id = any ($2)
               order by c.id desc"#,
            tenant,
            &ids,
        )
        .fetch_all(self.connection())
        .await?;
        rows.into_iter()
            .map(|row| {
                let call = CallRecord {
                    tenant_id: row.tenant_id.into(),
                    id: row.id.into(),
                    project_id: row.project_id.into(),
                    key_id: row.key_id.into(),
                    price_id: row.price_id.map(PriceId::from),
                    started_at: row.started_at,
                    ended_at: row.ended_at,
                    input_tokens: row.input_tokens.unsigned_abs(),
                    cached_input_tokens: row.cached_input_tokens.unsigned_abs(),
                    cache_write_tokens: row.cache_write_tokens.unsigned_abs(),
                    cache_write_1h_tokens: row.cache_write_1h_tokens.unsigned_abs(),
                    output_tokens: row.output_tokens.unsigned_abs(),
                    reasoning_tokens: row.reasoning_tokens.unsigned_abs(),
                    charge: NanoUsd(row.charge_nano),
                    cost: NanoUsd(row.cost_nano),
                    request_bytes: row.request_bytes.unsigned_abs(),
                    response_bytes: row.response_bytes.unsigned_abs(),
                    steps: Steps {
                        authenticated_us: row.authenticated_us.map(i64::unsigned_abs),
                        asked_us: row.asked_us.map(i64::unsigned_abs),
                        screened_us: row.screened_us.map(i64::unsigned_abs),
                        redacted_us: row.redacted_us.map(i64::unsigned_abs),
                        routed_us: row.routed_us.map(i64::unsigned_abs),
                        admitted_us: row.admitted_us.map(i64::unsigned_abs),
                        first_byte_us: row.first_byte_us.map(i64::unsigned_abs),
                        upstream_done_us: row.upstream_done_us.map(i64::unsigned_abs),
                        masking_us: row.masking_us.map(i64::unsigned_abs),
                    },
                    total_us: row.total_us.unsigned_abs(),
                    markup_ppm: u32::try_from(row.markup_ppm)
                        .map_err(|_| unreadable("markup_ppm"))?,
                    status: u16::try_from(row.status).map_err(|_| unreadable("status"))?,
                    streamed: row.streamed,
                    simulated: row.simulated,
                    surface: row.surface,
                    outcome: row.outcome.parse().map_err(|_| unreadable("outcome"))?,
                    usage_source: row
                        .usage_source
                        .parse()
                        .map_err(|_| unreadable("usage_source"))?,
                    alias: row.alias,
                    model_served: row.model_served,
                    provider: row.provider,
                    code: row.code,
                    note: row.note,
                    request_id: row.request_id,
                    upstream_request_id: row.upstream_request_id,
                    client_ip: row.client_ip.and_then(|ip| ip.parse().ok()),
                    user_agent: row.user_agent,
                    agent: row.agent,
                    decision: None,
                    guard: row.guard.map(findings).transpose()?,
                    origin: None,
                };
                Ok(NamedCall { call, project: row.project, key: row.key })
            })
            .collect()
    }

    /// How the target of a call was chosen, where that is written down: not read with the call itself,
    /// since a feed needs none.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn call_decision(&mut self, id: CallId) -> Result<Option<Value>, StoreError> {
        let tenant = self.tenant_uuid();
        let found = sqlx::query_scalar!(
            "select decision from app.call where tenant_id = $1 and id = $2",
            tenant,
            id.uuid(),
        )
        .fetch_optional(self.connection())
        .await?;
        Ok(found.flatten())
    }

    /// The calls just newer and just older than one, of those in reach.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn call_neighbours(&mut self, id: CallId) -> Result<Neighbours, StoreError> {
        let tenant = self.tenant_uuid();
        let row = sqlx::query!(
            r#"select
                 (select c.id from app.call c where c.tenant_id = $1 and c.id > $2
                  order by c.id limit 1) as newer,
                 (select c.id from app.call c where c.tenant_id = $1 and c.id < $2
                  order by c.id desc limit 1) as older"#,
            tenant,
            id.uuid(),
        )
        .fetch_one(self.connection())
        .await?;
        Ok(Neighbours { newer: row.newer.map(CallId::from), older: row.older.map(CallId::from) })
    }

    /// Whether prompt and answer of a call are kept.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn has_payload(&mut self, id: CallId) -> Result<bool, StoreError> {
        let tenant = self.tenant_uuid();
        Ok(sqlx::query_scalar!(
            r#"select exists (select from app.call_payload
                              where tenant_id = $1 and call_id = $2) as "kept!""#,
            tenant,
            id.uuid(),
        )
        .fetch_one(self.connection())
        .await?)
    }

    /// What a call said, sealed. Whoever asks has written into the audit log first.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn payload(&mut self, id: CallId) -> Result<Option<PayloadRecord>, StoreError> {
        let tenant = self.tenant_uuid();
        let row = sqlx::query!(
            "select * from app.call_payload where tenant_id = $1 and call_id = $2",
            tenant,
            id.uuid(),
        )
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|row| PayloadRecord {
            tenant_id: row.tenant_id.into(),
            call_id: row.call_id.into(),
            project_id: row.project_id.into(),
            request: row.request,
            response: row.response,
            request_bytes: row.request_bytes.unsigned_abs(),
            response_bytes: row.response_bytes.unsigned_abs(),
            request_truncated: row.request_truncated,
            response_truncated: row.response_truncated,
        }))
    }
}

const fn unreadable(what: &'static str) -> StoreError {
    StoreError::Unreadable { what }
}
