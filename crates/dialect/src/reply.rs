//! What is answered, in one form.

use std::borrow::Cow;

use crate::usage::Usage;

/// A whole answer.
#[derive(Debug, Default)]
pub(crate) struct Reply<'a> {
    pub(crate) parts: Vec<Part<'a>>,
    pub(crate) finish: Finish,
    pub(crate) usage: Option<Usage>,
}

/// A part of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Thought(Cow<'a, str>),
    Text(Cow<'a, str>),
    Refusal(Cow<'a, str>),
    Call { id: Cow<'a, str>, name: Cow<'a, str>, arguments: Cow<'a, str>, custom: bool },
}

/// Why an answer ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Finish {
    #[default]
    Stop,
    /// At a text that the client named.
    StopSequence(String),
    /// At the bound of the answer, or of the context.
    Length,
    /// To let tools run.
    ToolCalls,
    /// The model refused.
    Refusal,
    /// A filter beside the model stepped in.
    ContentFilter,
}

impl Finish {
    /// The same, as it must be once it is known what was said: some servers say `stop` although they
    /// call a tool, and some do not say that they refuse.
    pub(crate) fn given(self, calls: bool, refusal: bool) -> Self {
        match self {
            Self::Stop if calls => Self::ToolCalls,
            Self::ToolCalls if !calls => Self::Stop,
            Self::Stop if refusal => Self::Refusal,
            finish => finish,
        }
    }

    /// Whether the last part was cut short.
    pub(crate) const fn cuts(&self, refusal_in_words: bool) -> bool {
        match self {
            Self::Length | Self::ContentFilter => true,
            Self::Refusal => !refusal_in_words,
            Self::Stop | Self::StopSequence(_) | Self::ToolCalls => false,
        }
    }
}

impl Reply<'_> {
    pub(crate) fn calls(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Call { .. }))
    }

    pub(crate) fn refuses(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Refusal(_)))
    }

    /// Bytes of all that was said, for an estimate.
    pub(crate) fn bytes(&self) -> usize {
        self.parts.iter().map(Part::bytes).sum()
    }
}

impl Part<'_> {
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Thought(text) | Self::Text(text) | Self::Refusal(text) => text.len(),
            Self::Call { name, arguments, .. } => name.len() + arguments.len(),
        }
    }
}
