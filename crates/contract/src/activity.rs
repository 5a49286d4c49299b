//! The feed of calls: one row per call, newest first, live.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::caller::Caller;
use domain::cursor::Cursor;
use domain::guard::Verdict;
use domain::ids::{CallId, KeyId, ProjectId};
use domain::money::NanoUsd;
use domain::outcome::{Outcome, UsageSource};
use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// Longest window that may be asked for, in days.
pub const WINDOW_DAYS_MAX: i64 = 92;

/// What to show; every part narrows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityFilter {
    /// Started at or after.
    pub from: Option<DateTime<Utc>>,
    /// Started before.
    pub to: Option<DateTime<Utc>>,
    /// In this project.
    pub project_id: Option<ProjectId>,
    /// Made with this key.
    pub key_id: Option<KeyId>,
    /// Made by this agent (its name, exactly).
    pub agent: Option<String>,
    /// Asked for this model (the alias, exactly).
    pub model: Option<String>,
    /// Served by this provider (its short name, exactly).
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

/// One call in the feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRow {
    /// The call.
    pub id: CallId,
    /// When it was received.
    pub started_at: DateTime<Utc>,
    /// The project's id.
    pub project_id: ProjectId,
    /// The project's name.
    pub project: String,
    /// The key's id.
    pub key_id: KeyId,
    /// The key's name.
    pub key: String,
    /// The agent that made it, where the program named one.
    pub agent: Option<String>,
    /// The surface, such as `chat.completions`.
    pub surface: String,
    /// The model that was asked for; `None` when the request did not say.
    pub model: Option<String>,
    /// The model that the provider says it served.
    pub model_served: Option<String>,
    /// The provider's short name.
    pub provider: Option<String>,
    /// Whether the built-in simulator answered.
    pub simulated: bool,
    /// How bad the guard holds its prompt to be; `None` where it is clean.
    pub guard: Option<Verdict>,
    /// Whether it was streamed.
    pub streamed: bool,
    /// How it ended.
    pub outcome: Outcome,
    /// The status sent to the program.
    pub status: u16,
    /// The refusal or error code.
    pub code: Option<String>,
    /// Tokens of the prompt, cached ones included.
    pub input_tokens: u64,
    /// Tokens of the answer.
    pub output_tokens: u64,
    /// Where the counts come from.
    pub usage: UsageSource,
    /// What the tenant was charged.
    pub charge: NanoUsd,
    /// From the first byte received to the last byte sent, in microseconds.
    pub total_us: u64,
    /// To the first byte of the answer, in microseconds.
    pub first_byte_us: Option<u64>,
    /// Our own part of the latency, in microseconds.
    pub overhead_us: Option<u64>,
}

/// A page of the feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityPage {
    /// The rows, newest first.
    pub rows: Vec<CallRow>,
    /// Where older rows begin.
    pub older: Option<Cursor>,
    /// Where newer rows begin; `None` on the newest page.
    pub newer: Option<Cursor>,
    /// Whether the tenant has made any call at all: tells an empty tenant from an empty filter.
    pub any_calls: bool,
    /// The tenant's latest call, filter or not: what the live feed continues from.
    pub latest: Option<CallId>,
    /// Values to filter by.
    pub facets: Facets,
}

/// Values that occur, for the filter's choices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facets {
    /// Keys in reach.
    pub keys: Vec<(KeyId, String)>,
    /// Aliases on offer.
    pub models: Vec<String>,
    /// Providers configured.
    pub providers: Vec<String>,
}

/// The feed of calls.
#[async_trait]
pub trait Activity: Send + Sync {
    /// A page of it.
    async fn list(
        &self,
        caller: &Caller,
        filter: &ActivityFilter,
        cursor: Cursor,
    ) -> Result<ActivityPage, Fault>;

    /// How many calls match that are newer than `after` (counting stops at 1,000).
    async fn newer(
        &self,
        caller: &Caller,
        filter: &ActivityFilter,
        after: Option<CallId>,
    ) -> Result<u32, Fault>;
}
