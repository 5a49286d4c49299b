//! What a call used, in one normal form, whatever the provider's way of counting.
//!
//! OpenAI's `prompt_tokens` *include* the cached tokens; Anthropic's `input_tokens` *exclude* tokens
//! read from and written to the cache. Mixing these up bills cached tokens twice, or not at all, so
//! the difference is settled here, once, and nothing later ever subtracts.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The largest believable count of tokens of one kind in one call. It is far above any context
/// window; with it, no product of tokens and price can leave the range of the arithmetic.
pub const TOKENS_MAX: u64 = 1 << 40;

/// Tokens of one call by the rate that they are billed at. The five billed kinds are disjoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Usage {
    /// Input tokens billed at the full rate: neither read from nor written to a cache.
    pub input_tokens: u64,
    /// Input tokens read from the provider's cache.
    pub cached_input_tokens: u64,
    /// Input tokens written to the provider's cache, for as long as it keeps them by itself.
    pub cache_write_tokens: u64,
    /// Input tokens written to the provider's cache for an hour.
    pub cache_write_1h_tokens: u64,
    /// Output tokens, those of reasoning included.
    pub output_tokens: u64,
    /// Informational: the part of `output_tokens` spent on reasoning. Never billed again.
    pub reasoning_tokens: u64,
}

/// What a provider's usage object says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A credible report.
    Reported(Usage),
    /// There is none, or one too incomplete to bill from.
    Missing,
    /// There is one that cannot be true. It is put in suspense, never billed.
    Absurd(Absurd),
}

/// Why a report of usage cannot be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Absurd {
    /// The usage is some other JSON value than an object.
    #[error("the usage is not an object")]
    NotAnObject,
    /// The field is not a whole number.
    #[error("`{field}` is not a whole number")]
    NotWhole {
        /// The field of the provider's object.
        field: &'static str,
    },
    /// The field is below zero.
    #[error("`{field}` is negative")]
    Negative {
        /// The field of the provider's object.
        field: &'static str,
    },
    /// The field is larger than any call can use.
    #[error("`{field}` is larger than {bound} tokens")]
    TooLarge {
        /// The field of the provider's object.
        field: &'static str,
        /// The bound, in tokens.
        bound: u64,
    },
    /// A part is larger than the whole it is part of.
    #[error("`{part}` is larger than `{whole}`")]
    PartAboveWhole {
        /// The field of the part.
        part: &'static str,
        /// The field of the whole.
        whole: &'static str,
    },
}

impl Usage {
    /// Normalises OpenAI's counts, where `prompt` includes `cached` and `completion` includes
    /// `reasoning`. An absent count is zero.
    ///
    /// # Errors
    /// [`Absurd`] where a count is negative, beyond [`TOKENS_MAX`], or a part exceeds its whole.
    pub fn from_openai(
        prompt: Option<i64>,
        cached: Option<i64>,
        completion: Option<i64>,
        reasoning: Option<i64>,
    ) -> Result<Self, Absurd> {
        openai(
            tokens("prompt_tokens", prompt)?,
            tokens("cached_tokens", cached)?,
            0,
            tokens("completion_tokens", completion)?,
            tokens("reasoning_tokens", reasoning)?,
        )
    }

    /// Normalises Anthropic's counts, where `input` excludes both kinds of cached tokens. An absent
    /// count is zero.
    ///
    /// # Errors
    /// [`Absurd`] where a count is negative or beyond [`TOKENS_MAX`].
    pub fn from_anthropic(
        input: Option<i64>,
        cache_read: Option<i64>,
        cache_creation: Option<i64>,
        output: Option<i64>,
    ) -> Result<Self, Absurd> {
        Ok(Self {
            input_tokens: tokens("input_tokens", input)?,
            cached_input_tokens: tokens("cache_read_input_tokens", cache_read)?,
            cache_write_tokens: tokens("cache_creation_input_tokens", cache_creation)?,
            cache_write_1h_tokens: 0,
            output_tokens: tokens("output_tokens", output)?,
            reasoning_tokens: 0,
        })
    }

    /// All input tokens, cached or not: what the tiers of a price go by.
    #[must_use]
    pub const fn input_total(&self) -> u64 {
        self.input_tokens
            .saturating_add(self.cached_input_tokens)
            .saturating_add(self.cache_written_total())
    }

    /// All input tokens written to the provider's cache, for however long.
    #[must_use]
    pub const fn cache_written_total(&self) -> u64 {
        self.cache_write_tokens.saturating_add(self.cache_write_1h_tokens)
    }

    /// Whether nothing was used. From a provider that delivered an answer this is hardly true, and
    /// the caller may rather estimate.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        self.input_total() == 0 && self.output_tokens == 0
    }

    /// Checks input and output against a bound, such as twice the model's context window.
    ///
    /// # Errors
    /// [`Absurd::TooLarge`] where one of them is beyond `bound` tokens.
    pub const fn credible(&self, bound: u64) -> Result<(), Absurd> {
        if self.input_total() > bound {
            return Err(Absurd::TooLarge { field: "input", bound });
        }
        if self.output_tokens > bound {
            return Err(Absurd::TooLarge { field: "output", bound });
        }
        Ok(())
    }
}

impl Reading {
    /// Reads the `usage` of an OpenAI chat completion, or of a server that imitates it.
    ///
    /// Where prompt or completion is absent, it follows from `total_tokens`. Some servers count
    /// reasoning outside `completion_tokens`; they show it by a total that is larger by exactly the
    /// reasoning, which is then output like the rest.
    #[must_use]
    pub fn openai_chat(usage: Option<&Value>) -> Self {
        read(usage, |fields| {
            let total = count(fields, "total_tokens")?;
            let prompt = count(fields, "prompt_tokens")?;
            let completion = count(fields, "completion_tokens")?;
            let (Some(prompt), Some(mut completion)) = (
                prompt.or_else(|| total?.checked_sub(completion?)),
                completion.or_else(|| total?.checked_sub(prompt?)),
            ) else {
                return Ok(None);
            };
            let reasoning =
                nested(fields, "completion_tokens_details", "reasoning_tokens")?.unwrap_or(0);
            if reasoning > 0 && total == Some(prompt + completion + reasoning) {
                completion += reasoning;
            }
            let written =
                nested(fields, "prompt_tokens_details", "cache_write_tokens")?.unwrap_or(0);
            openai(prompt, cached(fields)?, written, completion, reasoning).map(Some)
        })
    }

    /// Reads the `usage` of an OpenAI response, whose names differ from a chat's.
    #[must_use]
    pub fn openai_responses(usage: Option<&Value>) -> Self {
        read(usage, |fields| {
            let total = count(fields, "total_tokens")?;
            let input = count(fields, "input_tokens")?;
            let output = count(fields, "output_tokens")?;
            let (Some(input), Some(output)) = (
                input.or_else(|| total?.checked_sub(output?)),
                output.or_else(|| total?.checked_sub(input?)),
            ) else {
                return Ok(None);
            };
            let detail = |name| nested(fields, "input_tokens_details", name);
            let cached = detail("cached_tokens")?.unwrap_or(0);
            let written = detail("cache_write_tokens")?.unwrap_or(0);
            let reasoning =
                nested(fields, "output_tokens_details", "reasoning_tokens")?.unwrap_or(0);
            openai(input, cached, written, output, reasoning).map(Some)
        })
    }

    /// Reads the `usage` of an OpenAI embeddings answer: input only.
    #[must_use]
    pub fn openai_embeddings(usage: Option<&Value>) -> Self {
        read(usage, |fields| {
            let prompt = count(fields, "prompt_tokens")?.or(count(fields, "total_tokens")?);
            Ok(prompt.map(|input_tokens| Usage { input_tokens, ..Usage::default() }))
        })
    }

    /// Reads the `usage` of an Anthropic message.
    #[must_use]
    pub fn anthropic(usage: Option<&Value>) -> Self {
        Self::anthropic_stream(usage, None)
    }

    /// Reads the usage of an Anthropic stream: that of `message_start` with that of the last
    /// `message_delta` laid over it, since the counts of a delta are cumulative.
    #[must_use]
    pub fn anthropic_stream(start: Option<&Value>, delta: Option<&Value>) -> Self {
        let start = start.filter(|value| !value.is_null());
        let delta = delta.filter(|value| !value.is_null());
        let merged = match (start, delta) {
            (Some(Value::Object(start)), Some(Value::Object(delta))) => {
                let known = delta.iter().filter(|(_, value)| !value.is_null());
                let mut merged = start.clone();
                merged.extend(known.map(|(name, value)| (name.clone(), value.clone())));
                Some(Value::Object(merged))
            }
            (Some(_), Some(_)) => return Self::Absurd(Absurd::NotAnObject),
            (one, other) => one.or(other).cloned(),
        };
        read(merged.as_ref(), |fields| {
            let summed = iterations(fields)?;
            let fields = summed.as_ref().unwrap_or(fields);
            let input = count(fields, "input_tokens")?;
            let output = count(fields, "output_tokens")?;
            let (Some(input_tokens), Some(output_tokens)) = (input, output) else {
                return Ok(None);
            };
            let thought = nested(fields, "output_tokens_details", "thinking_tokens")?.unwrap_or(0);
            let hour = nested(fields, "cache_creation", "ephemeral_1h_input_tokens")?.unwrap_or(0);
            let written = count(fields, "cache_creation_input_tokens")?.unwrap_or(hour);
            let shorter = written.checked_sub(hour).ok_or(Absurd::PartAboveWhole {
                part: "ephemeral_1h_input_tokens",
                whole: "cache_creation_input_tokens",
            })?;
            Ok(Some(Usage {
                input_tokens,
                cached_input_tokens: count(fields, "cache_read_input_tokens")?.unwrap_or(0),
                cache_write_tokens: shorter,
                cache_write_1h_tokens: hour,
                output_tokens,
                reasoning_tokens: thought.min(output_tokens),
            }))
        })
    }

    /// The same reading, absurd where it exceeds `bound` tokens of input or of output.
    #[must_use]
    pub fn within(self, bound: u64) -> Self {
        match self {
            Self::Reported(usage) => match usage.credible(bound) {
                Ok(()) => Self::Reported(usage),
                Err(absurd) => Self::Absurd(absurd),
            },
            other => other,
        }
    }
}

/// Anthropic's counts over all that a call took, where a compaction of the conversation was a part of it:
/// the counts at the top then leave it out, though it is billed (platform.claude.com, "Compaction",
/// section "Understanding usage"). `None` where there was none.
fn iterations(fields: &Map<String, Value>) -> Result<Option<Map<String, Value>>, Absurd> {
    const SUMMED: [&str; 4] =
        ["input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"];
    let kind = |one: &Value| one.get("type").and_then(Value::as_str).map(str::to_owned);
    let Some(Value::Array(iterations)) = fields.get("iterations") else { return Ok(None) };
    if !iterations.iter().any(|one| kind(one).as_deref() == Some("compaction")) {
        return Ok(None);
    }
    let mut summed = fields.clone();
    for field in SUMMED {
        let mut sum = 0_u64;
        for one in iterations.iter().filter_map(Value::as_object) {
            sum = sum.saturating_add(count(one, field)?.unwrap_or(0));
        }
        summed.insert(field.into(), sum.into());
    }
    let mut hour = 0_u64;
    for one in iterations.iter().filter_map(Value::as_object) {
        let more = nested(one, "cache_creation", "ephemeral_1h_input_tokens")?;
        hour = hour.saturating_add(more.unwrap_or(0));
    }
    let cache_creation = Map::from_iter([("ephemeral_1h_input_tokens".to_owned(), hour.into())]);
    summed.insert("cache_creation".into(), Value::Object(cache_creation));
    Ok(Some(summed))
}

/// OpenAI's counts in normal form. The prompt includes what was read from a cache and, where it is told,
/// what was written to one.
fn openai(
    prompt: u64,
    cached: u64,
    written: u64,
    completion: u64,
    reasoning: u64,
) -> Result<Usage, Absurd> {
    let above = |part| Absurd::PartAboveWhole { part, whole: "prompt_tokens" };
    let uncached = prompt.checked_sub(cached).ok_or(above("cached_tokens"))?;
    let input_tokens = uncached.checked_sub(written).ok_or(above("cache_write_tokens"))?;
    if reasoning > completion {
        return Err(Absurd::PartAboveWhole {
            part: "reasoning_tokens",
            whole: "completion_tokens",
        });
    }
    Ok(Usage {
        input_tokens,
        cached_input_tokens: cached,
        cache_write_tokens: written,
        cache_write_1h_tokens: 0,
        output_tokens: completion,
        reasoning_tokens: reasoning,
    })
}

/// Cached tokens, under the names that OpenAI, DeepSeek and Moonshot give them.
fn cached(fields: &Map<String, Value>) -> Result<u64, Absurd> {
    if let Some(tokens) = nested(fields, "prompt_tokens_details", "cached_tokens")? {
        return Ok(tokens);
    }
    if let Some(tokens) = count(fields, "prompt_cache_hit_tokens")? {
        return Ok(tokens);
    }
    Ok(count(fields, "cached_tokens")?.unwrap_or(0))
}

/// Applies `normal` to the fields of a usage object.
fn read(
    usage: Option<&Value>,
    normal: impl FnOnce(&Map<String, Value>) -> Result<Option<Usage>, Absurd>,
) -> Reading {
    match usage {
        None | Some(Value::Null) => Reading::Missing,
        Some(Value::Object(fields)) => match normal(fields) {
            Ok(Some(usage)) => Reading::Reported(usage),
            Ok(None) => Reading::Missing,
            Err(absurd) => Reading::Absurd(absurd),
        },
        Some(_) => Reading::Absurd(Absurd::NotAnObject),
    }
}

/// A count inside an optional object of details.
fn nested(
    fields: &Map<String, Value>,
    object: &'static str,
    field: &'static str,
) -> Result<Option<u64>, Absurd> {
    match fields.get(object) {
        Some(Value::Object(details)) => count(details, field),
        _ => Ok(None),
    }
}

/// A count that may be absent or null. A whole number written as `12.0` is taken for what it is;
/// the digits are read as text, so that no value passes through floating point.
fn count(fields: &Map<String, Value>, field: &'static str) -> Result<Option<u64>, Absurd> {
    let number = match fields.get(field) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number,
        Some(_) => return Err(Absurd::NotWhole { field }),
    };
    if let Some(tokens) = number.as_u64() {
        return bounded(field, tokens).map(Some);
    }
    let text = number.to_string();
    if text.starts_with('-') {
        return Err(Absurd::Negative { field });
    }
    if let Some(whole) = text.strip_suffix(".0").and_then(|digits| digits.parse().ok()) {
        return bounded(field, whole).map(Some);
    }
    if text.contains('e') && !text.contains("e-") {
        return Err(Absurd::TooLarge { field, bound: TOKENS_MAX });
    }
    Err(Absurd::NotWhole { field })
}

/// A count that was already read as an integer; absent is zero.
fn tokens(field: &'static str, count: Option<i64>) -> Result<u64, Absurd> {
    match u64::try_from(count.unwrap_or(0)) {
        Ok(tokens) => bounded(field, tokens),
        Err(_) => Err(Absurd::Negative { field }),
    }
}

const fn bounded(field: &'static str, tokens: u64) -> Result<u64, Absurd> {
    if tokens > TOKENS_MAX {
        return Err(Absurd::TooLarge { field, bound: TOKENS_MAX });
    }
    Ok(tokens)
}
