//! What a caller asks to go wrong: `x-simulate: key=value;key=value`, or the same words after
//! `+fault=` in the model's name. Where both name a setting, the header wins.

use std::time::Duration;

use http::{HeaderMap, StatusCode};

use crate::dialect::Problem;

/// The header that carries a script.
pub(crate) const HEADER: &str = "x-simulate";

/// What separates a model's name from its script.
const SUFFIX: &str = "+fault=";

const DELAY_MS_MAX: u64 = 600_000;
const CHUNKS_MAX: u64 = 10_000;
const ANSWER_TOKENS_MAX: u64 = 100_000;
const RETRY_AFTER_S_MAX: u64 = 86_400;
const SLOW_HEAD_STEP_MS_DEFAULT: u64 = 20;

/// Everything that can be asked for. The default is a provider in perfect health.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Script {
    /// `latency_ms=N`: this long before the first byte.
    pub(crate) latency: Duration,
    /// `chunk_delay_ms=N`: this long before each content delta of a stream.
    pub(crate) chunk_delay: Duration,
    /// `chunks=N`: so many content deltas; a short answer is padded to one token for each.
    pub(crate) chunks: Option<u64>,
    /// `answer_tokens=N`: an answer of exactly so many tokens.
    pub(crate) answer_tokens: Option<u64>,
    /// `echo`: the answer repeats the whole last user message.
    pub(crate) echo: bool,
    /// `status=N`: an error of this status instead of an answer.
    pub(crate) status: Option<StatusCode>,
    /// `retry_after=N`: the `retry-after` seconds that go with `status`; 429 says 1 by itself.
    pub(crate) retry_after_s: Option<u64>,
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

/// Splits a model's name from its script, and reads that and the header's.
///
/// # Errors
/// A 400 that names every setting which is unknown or has an impossible value.
pub(crate) fn read<'m>(model: &'m str, headers: &HeaderMap) -> Result<(&'m str, Script), Problem> {
    let (name, suffix) = model.split_once(SUFFIX).unwrap_or((model, ""));
    Ok((name, read_words(suffix, headers)?))
}

/// Reads a script of words that came with a model's name, and the header's on top of it.
pub(crate) fn read_words(suffix: &str, headers: &HeaderMap) -> Result<Script, Problem> {
    let mut script = Script::default();
    let mut refused = Vec::new();
    script.read(suffix, &mut refused);
    for value in headers.get_all(HEADER) {
        script.read(&String::from_utf8_lossy(value.as_bytes()), &mut refused);
    }
    if refused.is_empty() { Ok(script) } else { Err(Problem::simulation(&refused)) }
}

impl Script {
    /// Whether the call is served at all, and so billed.
    pub(crate) fn bills(&self) -> bool {
        self.status.is_none() && self.end != Some(End::Reset)
    }

    /// Whether nothing is ever generated.
    pub(crate) fn hangs(&self) -> bool {
        self.end == Some(End::Hang)
    }

    fn read(&mut self, words: &str, refused: &mut Vec<String>) {
        for word in words.split(';').map(str::trim).filter(|word| !word.is_empty()) {
            let (key, value) = word.split_once('=').unwrap_or((word, ""));
            if self.set(key.trim(), value.trim()).is_none() {
                refused.push(word.to_owned());
            }
        }
    }

    /// `None` for a setting that does not exist or a value that it can not have.
    fn set(&mut self, key: &str, value: &str) -> Option<()> {
        match key {
            "latency_ms" => self.latency = delay(value)?,
            "chunk_delay_ms" => self.chunk_delay = delay(value)?,
            "chunks" => self.chunks = Some(number(value, 1, CHUNKS_MAX)?),
            "answer_tokens" => self.answer_tokens = Some(number(value, 1, ANSWER_TOKENS_MAX)?),
            "echo" => self.echo = flag(value)?,
            "status" => self.status = Some(status(value)?),
            "retry_after" => self.retry_after_s = Some(number(value, 0, RETRY_AFTER_S_MAX)?),
            "reset" => self.ends(flag(value)?, End::Reset),
            "reset_after" => self.end = Some(End::ResetAfter(number(value, 0, CHUNKS_MAX)?)),
            "hang" => self.ends(flag(value)?, End::Hang),
            "hang_after" => self.end = Some(End::HangAfter(number(value, 0, CHUNKS_MAX)?)),
            "error_after" => self.end = Some(End::ErrorAfter(number(value, 0, CHUNKS_MAX)?)),
            "truncate" => self.ends(flag(value)?, End::Truncate),
            "malformed_json" => self.malformed_json = flag(value)?,
            "wrong_content_type" => self.wrong_content_type = flag(value)?,
            "slow_headers" => self.slow_head_step = slow_head_step(value)?,
            "sse" => self.sse = sse(value)?,
            "broken_sse" => self.sse = Sse::all(flag(value)?),
            "usage" => self.usage = usage(value)?,
            "no_usage" if flag(value)? => self.usage = UsageFault::Missing,
            "no_usage" => {}
            _ => return None,
        }
        Some(())
    }

    fn ends(&mut self, wanted: bool, end: End) {
        if wanted {
            self.end = Some(end);
        } else if self.end == Some(end) {
            self.end = None;
        }
    }
}

impl Sse {
    fn all(on: bool) -> Self {
        Self { crlf: on, comments: on, split: on, nodone: on, garbage: on }
    }
}

fn number(value: &str, min: u64, max: u64) -> Option<u64> {
    value.parse().ok().filter(|number| (min..=max).contains(number))
}

fn delay(value: &str) -> Option<Duration> {
    number(value, 0, DELAY_MS_MAX).map(Duration::from_millis)
}

fn flag(value: &str) -> Option<bool> {
    match value {
        "" | "1" | "true" => Some(true),
        "0" | "false" => Some(false),
        _ => None,
    }
}

/// Only errors: a success of another status would be a different protocol, not a fault.
fn status(value: &str) -> Option<StatusCode> {
    let code = u16::try_from(number(value, 400, 599)?).ok()?;
    StatusCode::from_u16(code).ok()
}

fn slow_head_step(value: &str) -> Option<Option<Duration>> {
    match value {
        "" | "true" => Some(Some(Duration::from_millis(SLOW_HEAD_STEP_MS_DEFAULT))),
        "0" | "false" => Some(None),
        _ => delay(value).map(Some),
    }
}

fn sse(value: &str) -> Option<Sse> {
    let mut sse = Sse::default();
    for word in value.split(',').map(str::trim) {
        match word {
            "crlf" => sse.crlf = true,
            "comments" => sse.comments = true,
            "split" => sse.split = true,
            "nodone" => sse.nodone = true,
            "garbage" => sse.garbage = true,
            _ => return None,
        }
    }
    Some(sse)
}

fn usage(value: &str) -> Option<UsageFault> {
    match value {
        "negative" => Some(UsageFault::Negative),
        "huge" => Some(UsageFault::Huge),
        "string" => Some(UsageFault::Text),
        "zero" => Some(UsageFault::Zero),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(script: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(
            http::HeaderName::from_static(HEADER),
            http::HeaderValue::from_static(script),
        )])
    }

    #[test]
    fn a_header_wins_over_the_models_name() {
        let (model, script) =
            read("sim-small+fault=latency_ms=5;chunks=3", &headers("latency_ms=7")).unwrap();
        assert_eq!(model, "sim-small");
        assert_eq!(script.latency, Duration::from_millis(7));
        assert_eq!(script.chunks, Some(3));
    }

    #[test]
    fn every_unknown_setting_is_named() {
        let problem = read("sim-small", &headers("bogus=1; reset ;chunks=0; sse=odd")).unwrap_err();
        for word in ["bogus=1", "chunks=0", "sse=odd"] {
            assert!(problem.message.contains(word), "{}", problem.message);
        }
        assert!(!problem.message.contains("reset"), "{}", problem.message);
    }

    #[test]
    fn a_healthy_provider_is_the_default() {
        let (model, script) = read("sim-large", &HeaderMap::new()).unwrap();
        assert_eq!((model, script), ("sim-large", Script::default()));
    }
}
