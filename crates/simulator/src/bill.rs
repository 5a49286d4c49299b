//! What the simulator would have charged for: the other side's truth in every reconciliation.

use std::{
    collections::VecDeque,
    fs::{File, OpenOptions},
    io::Write,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use chrono::{DateTime, Utc};
use domain::clock::Clock;
use http::HeaderMap;
use serde::{Deserialize, Serialize};

use crate::config::{Config, ConfigError};

/// A caller's correlation id is cut to this length, so that a bill has a bounded size.
const CORRELATION_BYTES_MAX: usize = 128;

/// Which surface a call came in by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// `POST /v1/chat/completions`
    ChatCompletions,
    /// `POST /v1/completions`
    Completions,
    /// `POST /v1/responses`
    Responses,
    /// `POST /v1/messages`
    Messages,
    /// `POST /v1/embeddings`
    Embeddings,
    /// `POST /openai/deployments/{model}/chat/completions`
    AzureChatCompletions,
    /// `POST /openai/deployments/{model}/completions`
    AzureCompletions,
    /// `POST /openai/deployments/{model}/embeddings`
    AzureEmbeddings,
    /// `POST /model/{id}/invoke` and, where the bill says streamed,
    /// `POST /model/{id}/invoke-with-response-stream`
    BedrockInvoke,
}

/// One call that was accepted and served, in full or in part.
///
/// A call refused with an error status, or dropped by `reset` before its first byte, has no bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    /// The id that the answer carries in `id` (where its shape has one) and in `x-request-id`.
    pub id: String,
    /// The caller's `x-request-id`.
    pub x_request_id: Option<String>,
    /// The caller's `x-tokenone-call`, or `x-tokenone-call-id`.
    pub x_tokenone_call: Option<String>,
    /// The caller's `x-client-request-id`.
    pub x_client_request_id: Option<String>,
    /// The surface called.
    pub endpoint: Endpoint,
    /// The model, without its fault suffix.
    pub model: String,
    /// Whether the answer was a stream.
    pub streamed: bool,
    /// Tokens of the prompt, with those that were read from a cache and written to it.
    pub prompt_tokens: u64,
    /// Of the prompt, tokens read from a cache.
    #[serde(default)]
    pub cached_tokens: u64,
    /// Of the prompt, tokens written to a cache, for however long.
    #[serde(default)]
    pub cache_write_tokens: u64,
    /// Of those written, tokens that are kept for an hour.
    #[serde(default)]
    pub cache_write_1h_tokens: u64,
    /// Tokens generated. A stream that was cut stops generating; a whole answer is generated at
    /// once and billed in full even if its caller has gone.
    pub completion_tokens: u64,
    /// Of those generated, tokens of reasoning.
    #[serde(default)]
    pub reasoning_tokens: u64,
    /// Whether the whole answer was handed to the connection.
    pub completed: bool,
    /// The status of the answer.
    pub status: u16,
    /// When the call was accepted.
    pub at: DateTime<Utc>,
    /// How many milliseconds after that the caller's end of the connection was seen to be gone, where
    /// it was the caller that ended an answer which was not complete. A simulator that is stopped
    /// can not tell itself from its callers.
    #[serde(default)]
    pub closed_by_client_ms: Option<u64>,
}

/// Counts since the simulator was made. Nothing here is ever forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Requests received on any `/v1` surface.
    pub requests: u64,
    /// Bills written.
    pub bills: u64,
    /// Bills whose answer was not handed over in full.
    pub incomplete: u64,
    /// Prompt tokens billed.
    pub prompt_tokens: u64,
    /// Completion tokens billed.
    pub completion_tokens: u64,
    /// Calls being served now, whose bills are not written yet.
    pub open: u64,
}

/// Where bills are kept.
pub(crate) struct Book {
    clock: Arc<dyn Clock>,
    /// Tells this simulator's ids from those of another one, or of an earlier run.
    run: String,
    sequence: AtomicU64,
    kept: Mutex<VecDeque<Bill>>,
    kept_max: usize,
    file: Option<Mutex<File>>,
    counts: Counts,
}

#[derive(Default)]
struct Counts {
    requests: AtomicU64,
    bills: AtomicU64,
    incomplete: AtomicU64,
    prompt_tokens: AtomicU64,
    completion_tokens: AtomicU64,
    open: AtomicU64,
}

impl Book {
    pub(crate) fn open(config: &Config, clock: Arc<dyn Clock>) -> Result<Self, ConfigError> {
        let file = config.log_file.as_deref().map(open_log).transpose()?.map(Mutex::new);
        let run = format!("{:x}-{:x}", clock.now().timestamp_micros(), std::process::id());
        Ok(Self {
            clock,
            run,
            sequence: AtomicU64::new(1),
            kept: Mutex::new(VecDeque::new()),
            kept_max: config.bills_kept_max,
            file,
            counts: Counts::default(),
        })
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(crate) fn count_request(&self) {
        self.counts.requests.fetch_add(1, Relaxed);
    }

    /// An id that no other call of this or any other run has.
    pub(crate) fn next_id(&self, prefix: &str) -> String {
        format!("{prefix}sim-{}-{}", self.run, self.sequence.fetch_add(1, Relaxed))
    }

    pub(crate) fn bills(&self) -> Vec<Bill> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    pub(crate) fn totals(&self) -> Totals {
        Totals {
            requests: self.counts.requests.load(Relaxed),
            bills: self.counts.bills.load(Relaxed),
            incomplete: self.counts.incomplete.load(Relaxed),
            prompt_tokens: self.counts.prompt_tokens.load(Relaxed),
            completion_tokens: self.counts.completion_tokens.load(Relaxed),
            open: self.counts.open.load(Relaxed),
        }
    }

    fn write(&self, bill: Bill) {
        self.counts.bills.fetch_add(1, Relaxed);
        self.counts.incomplete.fetch_add(u64::from(!bill.completed), Relaxed);
        self.counts.prompt_tokens.fetch_add(bill.prompt_tokens, Relaxed);
        self.counts.completion_tokens.fetch_add(bill.completion_tokens, Relaxed);
        if let Some(file) = &self.file {
            append(file, &bill);
        }
        if self.kept_max > 0 {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() >= self.kept_max {
                kept.pop_front();
            }
            kept.push_back(bill);
        }
        // Last, so that whoever sees no open call also sees every bill.
        self.counts.open.fetch_sub(1, Relaxed);
    }
}

/// One call while it is being served. Dropping it writes the bill, however the call ended.
pub(crate) struct Meter {
    book: Arc<Book>,
    bill: Option<Bill>,
    /// What the reasoning comes to, which is generated first.
    reasoning_tokens: u64,
    /// Whether an end that the script wants was come to, so that the caller did not make it.
    ended: bool,
}

impl Meter {
    /// A meter for a bill that says how much is to be reasoned, of which nothing is yet.
    pub(crate) fn open(book: &Arc<Book>, mut bill: Bill) -> Self {
        book.counts.open.fetch_add(1, Relaxed);
        let reasoning_tokens = std::mem::take(&mut bill.reasoning_tokens);
        Self { book: Arc::clone(book), bill: Some(bill), reasoning_tokens, ended: false }
    }

    /// The answer is a stream, whose tokens are generated as they are sent.
    pub(crate) fn streamed(&mut self) {
        if let Some(bill) = &mut self.bill {
            bill.streamed = true;
        }
    }

    /// So many completion tokens have been generated by now.
    pub(crate) fn generated(&mut self, tokens: u64) {
        if let Some(bill) = &mut self.bill {
            bill.completion_tokens = tokens;
            bill.reasoning_tokens = tokens.min(self.reasoning_tokens);
        }
    }

    /// The whole answer has been handed over.
    pub(crate) fn complete(&mut self) {
        if let Some(bill) = &mut self.bill {
            bill.completed = true;
        }
    }

    /// The answer is over, though not complete.
    pub(crate) fn ended(&mut self) {
        self.ended = true;
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        if let Some(mut bill) = self.bill.take() {
            if !bill.completed && !self.ended {
                let passed = self.book.now().signed_duration_since(bill.at).num_milliseconds();
                bill.closed_by_client_ms = Some(u64::try_from(passed).unwrap_or(0));
            }
            self.book.write(bill);
        }
    }
}

/// The correlation id in a header, cut to its longest length.
pub(crate) fn correlation(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.as_bytes();
    let end = value.len().min(CORRELATION_BYTES_MAX);
    Some(String::from_utf8_lossy(&value[..end]).into_owned())
}

fn open_log(path: &Path) -> Result<File, ConfigError> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(|source| ConfigError::Log { path: path.to_owned(), source })
}

/// One write per line, straight to the file: a reader sees every finished call at once, and nothing
/// is lost when the process is killed.
fn append(file: &Mutex<File>, bill: &Bill) {
    let written = serde_json::to_vec(bill).map_err(std::io::Error::from).and_then(|mut line| {
        line.push(b'\n');
        file.lock().unwrap_or_else(PoisonError::into_inner).write_all(&line)
    });
    if let Err(error) = written {
        tracing::error!(%error, bill = bill.id, "a simulated bill could not be logged");
    }
}
