//! The usage that an answer reports, true unless a script asks for a lie.

use serde::Serialize;

use crate::script::UsageFault;

/// What a call used, and how it is to be misreported.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    pub(crate) prompt_tokens: u64,
    pub(crate) completion_tokens: u64,
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

/// The shape of OpenAI's chat completions.
#[derive(Debug, Serialize)]
pub(crate) struct OpenAiUsage {
    prompt_tokens: Count,
    completion_tokens: Count,
    total_tokens: Count,
    prompt_tokens_details: PromptDetails,
    completion_tokens_details: CompletionDetails,
}

#[derive(Debug, Default, Serialize)]
struct PromptDetails {
    cached_tokens: u64,
    audio_tokens: u64,
}

#[derive(Debug, Default, Serialize)]
struct CompletionDetails {
    reasoning_tokens: u64,
    audio_tokens: u64,
    accepted_prediction_tokens: u64,
    rejected_prediction_tokens: u64,
}

/// The shape of OpenAI's embeddings.
#[derive(Debug, Serialize)]
pub(crate) struct EmbeddingUsage {
    prompt_tokens: Count,
    total_tokens: Count,
}

/// The shape of Anthropic's messages.
#[derive(Debug, Serialize)]
pub(crate) struct AnthropicUsage {
    input_tokens: Count,
    cache_creation_input_tokens: u64,
    cache_read_input_tokens: u64,
    output_tokens: Count,
}

impl Usage {
    pub(crate) fn openai(self) -> Option<OpenAiUsage> {
        self.reported().then(|| OpenAiUsage {
            prompt_tokens: self.count(self.prompt_tokens),
            completion_tokens: self.count(self.completion_tokens),
            total_tokens: self.count(self.prompt_tokens.saturating_add(self.completion_tokens)),
            prompt_tokens_details: PromptDetails::default(),
            completion_tokens_details: CompletionDetails::default(),
        })
    }

    pub(crate) fn embedding(self) -> Option<EmbeddingUsage> {
        self.reported().then(|| EmbeddingUsage {
            prompt_tokens: self.count(self.prompt_tokens),
            total_tokens: self.count(self.prompt_tokens),
        })
    }

    pub(crate) fn anthropic(self) -> Option<AnthropicUsage> {
        self.anthropic_so_far(self.completion_tokens)
    }

    /// The usage of a message that has generated so much; a stream opens with one token.
    pub(crate) fn anthropic_so_far(self, output_tokens: u64) -> Option<AnthropicUsage> {
        self.reported().then(|| AnthropicUsage {
            input_tokens: self.count(self.prompt_tokens),
            cache_creation_input_tokens: 0,
            cache_read_input_tokens: 0,
            output_tokens: self.count(output_tokens),
        })
    }

    fn reported(self) -> bool {
        self.fault != UsageFault::Missing
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
