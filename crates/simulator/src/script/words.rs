//! The words of a script, read one by one.

use std::time::Duration;

use http::{HeaderMap, StatusCode};

use super::{End, Script, Sse, UsageFault};
use crate::dialect::Problem;

/// The header that carries a script.
pub(crate) const HEADER: &str = "x-simulate";

/// What separates a model's name from its script.
pub(crate) const SUFFIX: &str = "+fault=";

const DELAY_MS_MAX: u64 = 600_000;
const CHUNKS_MAX: u64 = 10_000;
const ANSWER_TOKENS_MAX: u64 = 100_000;
const TOKENS_MAX: u64 = 10_000_000;
const TOOL_CALLS_MAX: u64 = 16;
const NAME_BYTES_MAX: usize = 128;
const FAIL_FIRST_MAX: u64 = 1_000_000;
const RETRY_AFTER_S_MAX: u64 = 86_400;
const SLOW_HEAD_STEP_MS_DEFAULT: u64 = 20;

/// Splits a model's name from its script, and reads that and the header's.
///
/// # Errors
/// A 400 that names every setting which is unknown or has an impossible value.
pub(crate) fn read<'m>(model: &'m str, headers: &HeaderMap) -> Result<(&'m str, Script), Problem> {
    let (name, suffix) = model.split_once(SUFFIX).unwrap_or((model, ""));
    Ok((name, read_words(suffix, headers)?))
}

/// Reads a script of words that came with a model's name, and the header's on top of it.
fn read_words(suffix: &str, headers: &HeaderMap) -> Result<Script, Problem> {
    let mut script = Script::default();
    let mut refused = Vec::new();
    script.read(suffix, &mut refused);
    for value in headers.get_all(HEADER) {
        script.read(&String::from_utf8_lossy(value.as_bytes()), &mut refused);
    }
    if refused.is_empty() { Ok(script) } else { Err(Problem::simulation(&refused)) }
}

impl Script {
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
            "tool_call" => self.tool_call = Some(name(value)?),
            "tool_calls" => self.tool_calls = Some(tool_calls(value)?),
            "reasoning_tokens" => {
                self.reasoning_tokens = Some(number(value, 0, ANSWER_TOKENS_MAX)?);
            }
            "cached_tokens" => self.cached_tokens = tokens(value)?,
            "cache_write_tokens" => self.cache_write_tokens = tokens(value)?,
            "cache_write_1h_tokens" => self.cache_write_1h_tokens = tokens(value)?,
            "status" => self.status = Some(status(value)?),
            "credit" => self.credit = flag(value)?,
            "retry_after_ms" => self.retry_after_ms = Some(number(value, 0, DELAY_MS_MAX)?),
            "fail_first" => self.fail_first = Some(number(value, 0, FAIL_FIRST_MAX)?),
            "silence_ms" => self.silence = delay(value)?,
            "silence_after" => self.silence_after = Some(silence_after(value)?),
            "forever" => self.ends(flag(value)?, End::Forever),
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

fn tokens(value: &str) -> Option<u64> {
    number(value, 0, TOKENS_MAX)
}

fn name(value: &str) -> Option<String> {
    (1..=NAME_BYTES_MAX).contains(&value.len()).then(|| value.to_owned())
}

fn tool_calls(value: &str) -> Option<usize> {
    usize::try_from(number(value, 1, TOOL_CALLS_MAX)?).ok()
}

fn silence_after(value: &str) -> Option<(u64, Duration)> {
    let (deltas, ms) = value.split_once(':')?;
    Some((number(deltas, 0, CHUNKS_MAX)?, delay(ms)?))
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
        let problem =
            read("sim-small", &headers("bogus=1; reset ;chunks=0; sse=odd; silence_after=3"))
                .unwrap_err();
        for word in ["bogus=1", "chunks=0", "sse=odd", "silence_after=3"] {
            assert!(problem.message.contains(word), "{}", problem.message);
        }
        assert!(!problem.message.contains("reset"), "{}", problem.message);
    }

    #[test]
    fn a_healthy_provider_is_the_default() {
        let (model, script) = read("sim-large", &HeaderMap::new()).unwrap();
        assert_eq!((model, script), ("sim-large", Script::default()));
    }

    #[test]
    fn everything_that_the_page_lists_can_be_asked_for() {
        let page = include_str!("../home.html");
        let listed: Vec<_> = page
            .split("<tr><td><code>")
            .skip(1)
            .map(|row| row.split_once("</code>").unwrap().0)
            .collect();
        assert_eq!(listed.len(), 32);
        let (_, script) =
            read(&format!("sim-small{SUFFIX}{}", listed.join(";")), &HeaderMap::new()).unwrap();
        assert_eq!(script.silence_after, Some((3, Duration::from_millis(200))));
    }
}
