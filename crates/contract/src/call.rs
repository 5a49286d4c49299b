//! One call: what was decided, said, used, charged, and when.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::caller::Caller;
use domain::guard::Findings;
use domain::ids::{CallId, PriceId};
use domain::money::NanoUsd;
use serde::{Deserialize, Serialize};

use crate::activity::CallRow;
use crate::fault::Fault;

/// Everything about a call except what it said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallDetail {
    /// Its row in the feed.
    pub row: CallRow,
    /// When it ended.
    pub ended_at: DateTime<Utc>,
    /// The `x-request-id` that the program was given.
    pub request_id: String,
    /// The provider's own request id.
    pub upstream_request_id: Option<String>,
    /// Where it came from.
    pub client_ip: Option<String>,
    /// The client's name for itself.
    pub user_agent: Option<String>,
    /// Tokens read from the provider's cache, part of the input.
    pub cached_input_tokens: u64,
    /// Tokens written to the provider's cache, part of the input.
    pub cache_write_tokens: u64,
    /// Tokens of reasoning, part of the output.
    pub reasoning_tokens: u64,
    /// Bytes received from the program.
    pub request_bytes: u64,
    /// Bytes sent to it.
    pub response_bytes: u64,
    /// What the provider charges us.
    pub cost: NanoUsd,
    /// The price the charge was computed with.
    pub price: Option<PriceView>,
    /// The parts of the latency, in order; they add up to the total.
    pub steps: Vec<Step>,
    /// What masking took while the answer came, in microseconds; `None` where nothing was to be masked.
    pub masking_us: Option<u64>,
    /// How the target was chosen; `None` where that is not written down.
    pub decision: Option<Decision>,
    /// What the guard found; `None` where there is nothing to say.
    pub guard: Option<Findings>,
    /// The ledger rows.
    pub ledger: LedgerView,
    /// A note on what went wrong, in our own words.
    pub note: Option<String>,
    /// Whether prompt and answer are kept.
    pub content_kept: bool,
    /// The neighbouring calls in the feed.
    pub newer: Option<CallId>,
    /// The neighbouring calls in the feed.
    pub older: Option<CallId>,
}

/// A part of the latency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its name: a verb of the call path.
    pub name: String,
    /// From the first byte received, in microseconds.
    pub start_us: u64,
    /// Its length in microseconds.
    pub length_us: u64,
    /// Whether we wait for the provider here.
    pub upstream: bool,
}

/// How the target of a call was chosen, and what came of each try.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// How the alias chooses among its targets: a word of [`domain::provider::Strategy`].
    pub strategy: String,
    /// What was weighed, in the order of the choice.
    pub candidates: Vec<Candidate>,
    /// What was tried, in order.
    pub attempts: Vec<Attempt>,
}

/// A target that was weighed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The provider's short name.
    pub provider: String,
    /// The model's name there.
    pub model: String,
    /// `taken`, `skipped`, `not_needed`.
    pub verdict: String,
    /// Why, in our own words.
    pub why: String,
}

/// A try at a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The provider's short name.
    pub provider: String,
    /// The model's name there.
    pub model: String,
    /// The provider's status, where it answered.
    pub status: Option<u16>,
    /// What came of it, in our own words.
    pub outcome: String,
    /// How long it waited before it began, in milliseconds.
    pub wait_ms: u64,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// The price that a call was charged with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceView {
    /// Its id.
    pub id: PriceId,
    /// Provider and model, as the catalogue names them.
    pub model: String,
    /// Per million input tokens.
    pub input_per_mtok: NanoUsd,
    /// Per million cached input tokens.
    pub cached_input_per_mtok: NanoUsd,
    /// Per million output tokens.
    pub output_per_mtok: NanoUsd,
    /// The tenant's markup in parts per million.
    pub markup_ppm: i32,
    /// SHA-256 of the price row, in hexadecimal.
    pub hash: String,
}

/// The ledger rows of one call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerView {
    /// The transfers, in order.
    pub transfers: Vec<TransferView>,
    /// Their signed entries.
    pub entries: Vec<EntryView>,
    /// The sum of all entries: zero, or the ledger is wrong.
    pub sum: NanoUsd,
}

/// A transfer between two accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferView {
    /// When.
    pub at: DateTime<Utc>,
    /// `hold`, `post`, `void`, `expire`, `late`.
    pub kind: String,
    /// `charge` or `cost`.
    pub leg: String,
    /// The account debited.
    pub debit: String,
    /// The account credited.
    pub credit: String,
    /// The amount.
    pub amount: NanoUsd,
    /// What of the hold was released.
    pub released: NanoUsd,
}

/// One signed leg of a transfer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryView {
    /// `hold`, `post`, …
    pub kind: String,
    /// The account.
    pub account: String,
    /// `pending` or `posted`.
    pub layer: String,
    /// Positive is a debit.
    pub amount: NanoUsd,
}

/// What a call said. Reading it is written into the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallContent {
    /// The request body as received.
    pub request: Payload,
    /// The answer as returned.
    pub response: Payload,
    /// The conversation, where the bodies could be read as one.
    pub turns: Vec<Turn>,
    /// A command that repeats the call, with a placeholder for the key.
    pub curl: String,
}

/// A stored body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// The text; bytes that are no UTF-8 are shown as the replacement character.
    pub text: String,
    /// Its full length in bytes.
    pub bytes: u64,
    /// Whether only the beginning was kept.
    pub truncated: bool,
}

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// `system`, `user`, `assistant`, `tool`.
    pub role: String,
    /// What was said; parts that are no text are described in brackets.
    pub text: String,
}

/// One call.
#[async_trait]
pub trait Calls: Send + Sync {
    /// Everything but what it said.
    async fn detail(&self, caller: &Caller, call_id: CallId) -> Result<CallDetail, Fault>;

    /// What it said, decrypted for this view, and written into the audit log first.
    async fn content(&self, caller: &Caller, call_id: CallId) -> Result<CallContent, Fault>;
}
