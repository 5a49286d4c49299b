//! What both dialects ask, once their own words are taken off it.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{SeqAccess, Visitor, value::SeqAccessDeserializer},
};

/// A request for an answer.
#[derive(Debug)]
pub(crate) struct Prompt<'a> {
    /// As it was written, with its fault suffix.
    pub(crate) model: Cow<'a, str>,
    pub(crate) messages: usize,
    /// Bytes of text in all messages and system texts: what tokens are counted from.
    pub(crate) bytes: u64,
    /// The text of the last message by the user.
    pub(crate) last_user: Cow<'a, str>,
    pub(crate) stream: bool,
    /// Whether an OpenAI stream is to end with a usage chunk.
    pub(crate) include_usage: bool,
    pub(crate) max_tokens: Option<u64>,
    /// The first tool, unless the caller forbids tools.
    pub(crate) tool: Option<Cow<'a, str>>,
}

/// One message, in either dialect.
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

/// One part of a content. An image, a tool's result and the like have no text of their own.
#[derive(Debug, Deserialize)]
pub(crate) struct Part<'a> {
    #[serde(borrow, default)]
    text: Option<Cow<'a, str>>,
}

impl<'a> Content<'a> {
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Parts(parts) => {
                parts.iter().filter_map(|part| part.text.as_ref()).map(|t| t.len() as u64).sum()
            }
        }
    }

    /// The text, with a line break between parts.
    pub(crate) fn into_text(self) -> Cow<'a, str> {
        match self {
            Self::Text(text) => text,
            Self::Parts(parts) => {
                let texts: Vec<_> = parts.into_iter().filter_map(|part| part.text).collect();
                Cow::Owned(texts.join("\n"))
            }
        }
    }
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
