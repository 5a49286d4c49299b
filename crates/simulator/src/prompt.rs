//! What all dialects ask, once their own words are taken off it.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{SeqAccess, Visitor, value::SeqAccessDeserializer},
};
use serde_json::value::RawValue;

use crate::{
    dialect::{Problem, responses::Terms},
    schema::Format,
    seal,
    tools::Tools,
};

/// A request for an answer.
#[derive(Debug, Default)]
pub(crate) struct Prompt<'a> {
    /// As it was written, with its fault suffix.
    pub(crate) model: Cow<'a, str>,
    pub(crate) messages: usize,
    /// Bytes of text in all messages and system texts: what tokens are counted from.
    pub(crate) bytes: u64,
    /// The text of the last message by the user.
    pub(crate) last_user: Cow<'a, str>,
    pub(crate) stream: bool,
    /// Whether a stream of chat completions or completions is to end with a usage chunk.
    pub(crate) include_usage: bool,
    pub(crate) max_tokens: Option<u64>,
    pub(crate) tools: Tools<'a>,
    pub(crate) format: Format<'a>,
    pub(crate) reasoning: Reasoning,
    /// Whether the caller gets to see what was reasoned.
    pub(crate) reasoning_shown: bool,
    /// What a response says again of its request.
    pub(crate) terms: Option<Box<Terms<'a>>>,
}

/// How much is reasoned before the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Reasoning {
    /// The dialect has no place for it, or the caller has not switched it on.
    #[default]
    Never,
    /// Nothing was said of it; a script may say something.
    Unasked,
    /// So many tokens, unless a script says otherwise.
    Asked(u64),
}

impl Reasoning {
    /// What one of OpenAI's words for effort asks for.
    pub(crate) fn of_effort(effort: &str) -> Self {
        Self::Asked(match effort {
            "none" => 0,
            "minimal" => 16,
            "low" => 32,
            "high" => 128,
            "xhigh" | "max" => 256,
            _ => REASONING_TOKENS_DEFAULT,
        })
    }
}

/// The reasoning of a medium effort.
pub(crate) const REASONING_TOKENS_DEFAULT: u64 = 64;

/// One message, in chats as in messages.
#[derive(Debug, Deserialize)]
pub(crate) struct Message<'a> {
    #[serde(borrow)]
    pub(crate) role: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(crate) content: Option<Content<'a>>,
}

/// A message's content: a string, or a list of parts of which only the texts are read.
#[derive(Debug)]
pub(crate) enum Content<'a> {
    Text(Cow<'a, str>),
    Parts(Vec<Part<'a>>),
}

/// One part of a content. An image and the like have no text of their own.
#[derive(Debug, Deserialize)]
pub(crate) struct Part<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    text: Option<Cow<'a, str>>,
    /// A content of its own, in a tool's result. Other parts put other things here.
    #[serde(borrow, default)]
    content: Option<&'a RawValue>,
    #[serde(borrow, default)]
    thinking: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    signature: Option<Cow<'a, str>>,
}

impl<'a> Part<'a> {
    fn is_result(&self) -> bool {
        self.kind.as_deref() == Some("tool_result")
    }

    fn inner(&self) -> Option<Content<'a>> {
        let content = self.content.filter(|_| self.is_result())?;
        serde_json::from_str(content.get()).ok()
    }

    fn bytes(&self) -> u64 {
        let text = self.text.as_ref().map_or(0, |text| text.len() as u64);
        text + self.inner().map_or(0, |content| content.bytes())
    }

    fn into_text(self) -> Option<Cow<'a, str>> {
        let inner = self.inner();
        self.text.or_else(|| inner.map(Content::into_text))
    }
}

impl<'a> Content<'a> {
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Parts(parts) => parts.iter().map(Part::bytes).sum(),
        }
    }

    /// The text, with a line break between parts.
    pub(crate) fn into_text(self) -> Cow<'a, str> {
        match self {
            Self::Text(text) => text,
            Self::Parts(parts) => {
                let texts: Vec<_> = parts.into_iter().filter_map(Part::into_text).collect();
                Cow::Owned(texts.join("\n"))
            }
        }
    }

    /// Whether a tool's result is among the parts.
    pub(crate) fn has_result(&self) -> bool {
        matches!(self, Self::Parts(parts) if parts.iter().any(Part::is_result))
    }

    /// Whether some thinking carries a signature of ours and is not what was signed.
    pub(crate) fn has_altered_thinking(&self) -> bool {
        let Self::Parts(parts) = self else { return false };
        parts.iter().any(|part| match (&part.thinking, &part.signature) {
            (Some(thinking), Some(signature)) => seal::altered(thinking, signature),
            _ => false,
        })
    }
}

/// The model that the path names, or else the body.
pub(crate) fn model<'a>(
    named: Option<&'a str>,
    written: Option<Cow<'a, str>>,
) -> Result<Cow<'a, str>, Problem> {
    named.map(Cow::Borrowed).or(written).ok_or_else(|| {
        Problem::bad_request("missing field `model`: the request must say which model it is for.")
    })
}

/// Bytes of text in all messages.
pub(crate) fn bytes(messages: &[Message<'_>]) -> u64 {
    messages.iter().filter_map(|message| message.content.as_ref()).map(Content::bytes).sum()
}

/// The text of the last message by the user; empty when there is none.
pub(crate) fn last_user<'a>(messages: Vec<Message<'a>>) -> Cow<'a, str> {
    messages
        .into_iter()
        .rfind(|message| message.role == "user")
        .and_then(|message| message.content)
        .map(Content::into_text)
        .unwrap_or_default()
}

/// Written out, because a derived untagged enum would copy every message before it tries a variant
/// and would name none of them in its error.
impl<'de: 'a, 'a> Deserialize<'de> for Content<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Content<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a content: a string or a list of parts")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Content::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Content::Text(Cow::Owned(text.to_owned())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(Content::Parts)
            }
        }

        deserializer.deserialize_any(Either)
    }
}
