//! The usage that an answer reports, true unless a script asks for a lie.

use serde::Serialize;

use crate::script::UsageFault;

/// What a call used, and how it is to be misreported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// The whole prompt, with what was read from a cache and written to it.
    pub(crate) prompt_tokens: u64,
    pub(crate) cached_tokens: u64,
    /// Written to a cache for five minutes.
    pub(crate) cache_write_tokens: u64,
    /// Written to a cache for an hour.
    pub(crate) cache_write_1h_tokens: u64,
    /// All that was generated, with the reasoning.
    pub(crate) completion_tokens: u64,
    pub(crate) reasoning_tokens: u64,
    pub(crate) fault: UsageFault,
}

/// A number on the wire, which a fault may make into something that is none.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Count {
    Plain(u64),
    Negative(i64),
    Text(String),
}

/// The shape of OpenAI's chat completions and completions. The prompt includes what was cached.
#[derive(Debug, Serialize)]
pub(crate) struct OpenAiUsage {
    prompt_tokens: Count,
    completion_tokens: Count,
    total_tokens: Count,
    prompt_tokens_details: PromptDetails,
    completion_tokens_details: CompletionDetails,
}

#[derive(Debug, Serialize)]
struct PromptDetails {
    cached_tokens: u64,
    cache_write_tokens: u64,
    audio_tokens: u64,
}

#[derive(Debug, Serialize)]
struct CompletionDetails {
    reasoning_tokens: u64,
    audio_tokens: u64,
    accepted_prediction_tokens: u64,
    rejected_prediction_tokens: u64,
}

/// The shape of OpenAI's responses. The input includes what was cached.
#[derive(Debug, Serialize)]
pub(crate) struct ResponsesUsage {
    input_tokens: Count,
    input_tokens_details: InputDetails,
    output_tokens: Count,
    output_tokens_details: OutputDetails,
    total_tokens: Count,
}

#[derive(Debug, Serialize)]
struct InputDetails {
    cached_tokens: u64,
    cache_write_tokens: u64,
}

#[derive(Debug, Serialize)]
struct OutputDetails {
    reasoning_tokens: u64,
}

/// The shape of OpenAI's embeddings.
#[derive(Debug, Serialize)]
pub(crate) struct EmbeddingUsage {
    prompt_tokens: Count,
    total_tokens: Count,
}

/// The shape of Anthropic's messages. The input excludes what was cached.
#[derive(Debug, Serialize)]
pub(crate) struct AnthropicUsage {
    input_tokens: Count,
    cache_creation_input_tokens: u64,
    cache_read_input_tokens: u64,
    cache_creation: CacheCreation,
    output_tokens: Count,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_tokens_details: Option<ThinkingDetails>,
    service_tier: &'static str,
}

#[derive(Debug, Serialize)]
struct CacheCreation {
    ephemeral_5m_input_tokens: u64,
    ephemeral_1h_input_tokens: u64,
}

#[derive(Debug, Serialize)]
struct ThinkingDetails {
    thinking_tokens: u64,
}

impl Usage {
    /// The usage of a call that generates nothing.
    pub(crate) fn of_prompt(prompt_tokens: u64, fault: UsageFault) -> Self {
        Self { prompt_tokens, fault, ..Self::default() }
    }

    /// What was written to a cache, for however long.
    pub(crate) fn written_tokens(&self) -> u64 {
        self.cache_write_tokens + self.cache_write_1h_tokens
    }

    /// What was neither read from a cache nor written to it.
    pub(crate) fn fresh_tokens(&self) -> u64 {
        self.prompt_tokens.saturating_sub(self.cached_tokens + self.written_tokens())
    }

    pub(crate) fn openai(self) -> Option<OpenAiUsage> {
        self.reported().then(|| OpenAiUsage {
            prompt_tokens: self.count(self.prompt_tokens),
            completion_tokens: self.count(self.completion_tokens),
            total_tokens: self.total(),
            prompt_tokens_details: PromptDetails {
                cached_tokens: self.cached_tokens,
                cache_write_tokens: self.written_tokens(),
                audio_tokens: 0,
            },
            completion_tokens_details: CompletionDetails {
                reasoning_tokens: self.reasoning_tokens,
                audio_tokens: 0,
                accepted_prediction_tokens: 0,
                rejected_prediction_tokens: 0,
            },
        })
    }

    pub(crate) fn responses(self) -> Option<ResponsesUsage> {
        self.reported().then(|| ResponsesUsage {
            input_tokens: self.count(self.prompt_tokens),
            input_tokens_details: InputDetails {
                cached_tokens: self.cached_tokens,
                cache_write_tokens: self.written_tokens(),
            },
            output_tokens: self.count(self.completion_tokens),
            output_tokens_details: OutputDetails { reasoning_tokens: self.reasoning_tokens },
            total_tokens: self.total(),
        })
    }

    pub(crate) fn embedding(self) -> Option<EmbeddingUsage> {
        self.reported().then(|| EmbeddingUsage {
            prompt_tokens: self.count(self.prompt_tokens),
            total_tokens: self.count(self.prompt_tokens),
        })
    }

    pub(crate) fn anthropic(self) -> Option<AnthropicUsage> {
        let thinking = ThinkingDetails { thinking_tokens: self.reasoning_tokens };
        let usage = self.anthropic_so_far(self.completion_tokens)?;
        Some(AnthropicUsage { output_tokens_details: Some(thinking), ..usage })
    }

    /// The usage of a message that has generated so much; a stream opens with one token.
    pub(crate) fn anthropic_so_far(self, output_tokens: u64) -> Option<AnthropicUsage> {
        self.reported().then(|| AnthropicUsage {
            input_tokens: self.count(self.fresh_tokens()),
            cache_creation_input_tokens: self.written_tokens(),
            cache_read_input_tokens: self.cached_tokens,
            cache_creation: CacheCreation {
                ephemeral_5m_input_tokens: self.cache_write_tokens,
                ephemeral_1h_input_tokens: self.cache_write_1h_tokens,
            },
            output_tokens: self.count(output_tokens),
            output_tokens_details: None,
            service_tier: "standard",
        })
    }

    fn reported(self) -> bool {
        self.fault != UsageFault::Missing
    }

    fn total(self) -> Count {
        self.count(self.prompt_tokens.saturating_add(self.completion_tokens))
    }

    fn count(self, tokens: u64) -> Count {
        match self.fault {
            UsageFault::None | UsageFault::Missing => Count::Plain(tokens),
            UsageFault::Negative => {
                Count::Negative(i64::try_from(tokens).map_or(i64::MIN, |tokens| -tokens))
            }
            UsageFault::Huge => Count::Plain(u64::MAX),
            UsageFault::Text => Count::Text(tokens.to_string()),
            UsageFault::Zero => Count::Plain(0),
        }
    }
}
