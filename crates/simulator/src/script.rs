//! What a caller asks to go wrong: `x-simulate: key=value;key=value`, or the same words after
//! `+fault=` in the model's name. Where both name a setting, the header wins.

mod words;

use std::time::Duration;

use http::StatusCode;

pub(crate) use words::{HEADER, SUFFIX, read};

/// Everything that can be asked for. The default is a provider in perfect health.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Script {
    /// `latency_ms=N`: this long before the first byte.
    pub(crate) latency: Duration,
    /// `chunk_delay_ms=N`: this long before each content delta of a stream.
    pub(crate) chunk_delay: Duration,
    /// `chunks=N`: so many content deltas, or for each call of a tool so many deltas of its
    /// arguments; a short answer in words is padded to one token for each.
    pub(crate) chunks: Option<u64>,
    /// `answer_tokens=N`: an answer of exactly so many tokens, besides those of its reasoning.
    pub(crate) answer_tokens: Option<u64>,
    /// `echo`: the answer repeats the whole last user message.
    pub(crate) echo: bool,
    /// `tool_call=NAME`: this tool is called, where tools are offered and none has just answered.
    pub(crate) tool_call: Option<String>,
    /// `tool_calls=N`: so many calls, of the tools in the order that they were offered in.
    pub(crate) tool_calls: Option<usize>,
    /// `reasoning_tokens=N`: so much reasoning, where the dialect has a place for it. Messages reason
    /// only when their caller has switched `thinking` on.
    pub(crate) reasoning_tokens: Option<u64>,
    /// `cached_tokens=N`: so much of the prompt is reported as read from a cache; a prompt that is
    /// not longer than this and what is written counts as one token longer.
    pub(crate) cached_tokens: u64,
    /// `cache_write_tokens=N`: so much of the prompt is reported as written to a cache.
    pub(crate) cache_write_tokens: u64,
    /// `cache_write_1h_tokens=N`: the same, kept for an hour; only Anthropic tells them apart.
    pub(crate) cache_write_1h_tokens: u64,
    /// `status=N`: an error of this status instead of an answer.
    pub(crate) status: Option<StatusCode>,
    /// `credit`: the error is the one of an account that has run out of money: Anthropic's 400, or
    /// OpenAI's 429, unless `status` says otherwise.
    pub(crate) credit: bool,
    /// `retry_after=N`: the `retry-after` seconds that go with `status`; 429 says 1 by itself.
    pub(crate) retry_after_s: Option<u64>,
    /// `retry_after_ms=N`: the `retry-after-ms` that goes with `status`.
    pub(crate) retry_after_ms: Option<u64>,
    /// `fail_first=N`: only the first N requests go wrong as `status`, `credit`, `reset` and the
    /// other ends say (503 when nothing is said), and later ones do not. Requests are counted by
    /// their `x-simulate-id`, or else by the model's name.
    pub(crate) fail_first: Option<u64>,
    /// `silence_ms=N`: head and status go out at once, and nothing follows for so long.
    pub(crate) silence: Duration,
    /// `silence_after=K:MS`: nothing comes for so long after K content deltas. Streams only.
    pub(crate) silence_after: Option<(u64, Duration)>,
    /// How the answer ends, if not well.
    pub(crate) end: Option<End>,
    /// `malformed_json`: status 200 with JSON that breaks off (in a stream, one event of it).
    pub(crate) malformed_json: bool,
    /// `wrong_content_type`: the right body under `text/html`.
    pub(crate) wrong_content_type: bool,
    /// `slow_headers` or `slow_headers=MS`: the head comes eight bytes at a time, this far apart.
    pub(crate) slow_head_step: Option<Duration>,
    /// `sse=…`
    pub(crate) sse: Sse,
    /// `usage=…` and `no_usage`
    pub(crate) usage: UsageFault,
}

/// The ways in which an answer does not come to its proper end. The last one named counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// `reset`: the connection is reset before any byte.
    Reset,
    /// `reset_after=K`: reset after K content deltas; a whole answer, in the middle of its body.
    ResetAfter(u64),
    /// `hang`: nothing ever comes.
    Hang,
    /// `hang_after=K`: nothing more comes after K deltas; a whole answer, half its body.
    HangAfter(u64),
    /// `error_after=K`: an error event after K deltas, under status 200. Streams only.
    ErrorAfter(u64),
    /// `forever`: the deltas never end until the caller goes. Streams only.
    Forever,
    /// `truncate`: half the body that `content-length` promises, then an orderly close.
    Truncate,
}

/// `sse=crlf,comments,split,nodone,garbage`, any of them; `broken_sse` is all five.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sse {
    /// Lines end in CR LF.
    pub(crate) crlf: bool,
    /// Comments stand between events and inside them.
    pub(crate) comments: bool,
    /// Events are cut into pieces of a few bytes.
    pub(crate) split: bool,
    /// The event that ends the stream is missing.
    pub(crate) nodone: bool,
    /// Lines that are no events, and bytes that are no UTF-8, follow the first delta.
    pub(crate) garbage: bool,
}

/// What is wrong with the reported usage. The bill is always right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum UsageFault {
    /// Nothing.
    #[default]
    None,
    /// `no_usage`: it is left out.
    Missing,
    /// `usage=negative`
    Negative,
    /// `usage=huge`: the largest unsigned 64-bit integer.
    Huge,
    /// `usage=string`: numbers in quotes.
    Text,
    /// `usage=zero`
    Zero,
}

impl Script {
    /// Whether the call is served at all, and so billed.
    pub(crate) fn bills(&self) -> bool {
        !self.refuses() && self.end != Some(End::Reset)
    }

    /// Whether an error is sent instead of an answer.
    pub(crate) fn refuses(&self) -> bool {
        self.status.is_some() || self.credit
    }

    /// Whether nothing is ever generated.
    pub(crate) fn hangs(&self) -> bool {
        self.end == Some(End::Hang)
    }

    /// Makes the one failure that `fail_first` needs where none is named.
    pub(crate) fn fail(&mut self) {
        if !self.refuses() && self.end.is_none() {
            self.status = Some(StatusCode::SERVICE_UNAVAILABLE);
        }
    }

    /// Takes back everything that `fail_first` limits.
    pub(crate) fn heal(&mut self) {
        self.status = None;
        self.credit = false;
        self.end = None;
    }
}
