//! How hard the model is to think: OpenAI's effort, Anthropic's budget and effort.

/// What a request says about reasoning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reasoning {
    pub(crate) effort: Option<Effort>,
    /// Whether reasoning is asked for, however hard.
    pub(crate) wanted: bool,
    /// Whether the client asks to see it, where it has a word for that.
    pub(crate) shown: bool,
}

/// How hard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effort {
    Nothing,
    Minimal,
    Low,
    Medium,
    High,
    ExtraHigh,
    Max,
}

/// Fewest tokens that Anthropic takes as a budget of thinking.
const BUDGET_TOKENS_MIN: u64 = 1024;

/// Anthropic's models of the generations that think within a budget; every later one decides by
/// itself (`adaptive`) and refuses a budget. The list of old models does not grow.
const BUDGETED: [&str; 10] = [
    "claude-3",
    "claude-opus-4-0",
    "claude-opus-4-1",
    "claude-opus-4-2025",
    "claude-opus-4-5",
    "claude-sonnet-4-0",
    "claude-sonnet-4-2025",
    "claude-sonnet-4-5",
    "claude-haiku-4-5",
    "claude-4-",
];

impl Effort {
    /// OpenAI's word.
    pub(crate) fn read(word: &str) -> Option<Self> {
        Some(match word {
            "none" => Self::Nothing,
            "minimal" => Self::Minimal,
            "low" => Self::Low,
            "medium" => Self::Medium,
            "high" => Self::High,
            "xhigh" => Self::ExtraHigh,
            "max" => Self::Max,
            _ => return None,
        })
    }

    /// OpenAI's word; it has none for Anthropic's `max`.
    pub(crate) const fn openai(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::ExtraHigh | Self::Max => "xhigh",
        }
    }

    /// Anthropic's word; it has none below `low`.
    pub(crate) const fn anthropic(self) -> &'static str {
        match self {
            Self::Nothing | Self::Minimal | Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::ExtraHigh => "xhigh",
            Self::Max => "max",
        }
    }

    /// The effort that a budget of thinking stands for.
    pub(crate) const fn of_budget(tokens: u64) -> Self {
        match tokens {
            0..=4096 => Self::Low,
            4097..=12_288 => Self::Medium,
            _ => Self::High,
        }
    }

    /// The budget that stands for this effort within the bound of an answer, of which a fifth is left
    /// for the answer itself. None where the bound leaves no room to think.
    pub(crate) fn budget(self, output_tokens_max: u64) -> Option<u64> {
        let wanted = match self {
            Self::Nothing => return None,
            Self::Minimal => BUDGET_TOKENS_MIN,
            Self::Low => 2048,
            Self::Medium => 8192,
            Self::High => 16_384,
            Self::ExtraHigh | Self::Max => 32_768,
        };
        let room = output_tokens_max - output_tokens_max / 5;
        (output_tokens_max > BUDGET_TOKENS_MIN).then(|| wanted.min(room).max(BUDGET_TOKENS_MIN))
    }
}

/// Whether the model thinks within a budget.
pub(crate) fn is_budgeted(model: &str) -> bool {
    BUDGETED.iter().any(|name| model.contains(name)) || is_plain_four(model)
}

/// `claude-sonnet-4` and `claude-opus-4`, without a date.
fn is_plain_four(model: &str) -> bool {
    ["claude-sonnet-4", "claude-opus-4"]
        .iter()
        .any(|name| model.split_once(name).is_some_and(|(_, rest)| !rest.starts_with(['-', '.'])))
}
