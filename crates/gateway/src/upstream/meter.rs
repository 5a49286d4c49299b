//! What an answer says about itself: its id, the model that served it, its usage, and how much text
//! it holds, which is what an estimate rests on when there is no usage to be had.

use std::borrow::Cow;
use std::fmt;

use ledger::usage::{Reading, Usage};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// Most tokens of input or output of one call that are believed: several times the largest context
/// window on sale.
pub const TOKENS_CREDIBLE_MAX: u64 = 1 << 24;
/// Bytes of text that make one token in an estimate, a common rule of thumb for English.
pub const BYTES_PER_TOKEN: u64 = 4;
/// Longest id or model name of a provider that is kept, in bytes.
const NAME_BYTES_MAX: usize = 200;

/// Counts while an answer passes by.
#[derive(Clone, Debug, Default)]
pub struct Meter {
    deltas: u64,
    text_bytes: u64,
    usage: Option<Value>,
    id: Option<String>,
    model: Option<String>,
    unreadable: u64,
}

/// What one event of a stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// `[DONE]`: the stream is complete.
    Done,
    /// The provider reports a failure in mid-stream.
    Error,
    /// Usage and no choices: the event that comes for `include_usage`.
    UsageOnly,
    /// A part of the answer.
    Part,
    /// Data that is no chat completion chunk.
    Unreadable,
}

/// The body is not a JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer is no JSON object")]
pub struct NoAnswer;

impl Meter {
    /// Reads the data of one event of a stream.
    pub fn event(&mut self, data: &[u8]) -> Said {
        let data = data.trim_ascii();
        if data == b"[DONE]" {
            return Said::Done;
        }
        let Ok(chunk) = Answer::read(data) else {
            self.unreadable += 1;
            return Said::Unreadable;
        };
        if chunk.error.is_some() {
            return Said::Error;
        }
        let choices = chunk.choices.as_ref().map_or(0, |choices| choices.count);
        let usage = chunk.usage.is_some();
        self.take(&chunk);
        if usage && choices == 0 { Said::UsageOnly } else { Said::Part }
    }

    /// Reads an answer that is not streamed. Says whether it is an error under a status of success, as
    /// some providers send.
    ///
    /// # Errors
    /// [`NoAnswer`] where it is no answer at all.
    pub fn whole(&mut self, body: &[u8]) -> Result<bool, NoAnswer> {
        let answer = Answer::read(body)?;
        self.take(&answer);
        Ok(answer.error.is_some() && answer.choices.is_none_or(|choices| choices.count == 0))
    }

    fn take(&mut self, answer: &Answer<'_>) {
        if let Some(choices) = &answer.choices {
            self.deltas += u64::from(choices.text_bytes > 0);
            self.text_bytes = self.text_bytes.saturating_add(choices.text_bytes);
        }
        if let Some(usage) = answer.usage {
            self.usage = serde_json::from_str(usage.get()).ok();
        }
        if self.id.is_none() {
            self.id = name(answer.id);
        }
        if self.model.is_none() {
            self.model = name(answer.model);
        }
    }

    /// Whether any text has come.
    #[must_use]
    pub const fn delivered(&self) -> bool {
        self.text_bytes > 0
    }

    /// How many events could not be read.
    #[must_use]
    pub const fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// The provider's id of the answer.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The model that the provider says it served.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// What the provider reports.
    #[must_use]
    pub fn reading(&self) -> Reading {
        Reading::openai_chat(self.usage.as_ref()).within(TOKENS_CREDIBLE_MAX)
    }

    /// Our own count: a token for every four bytes, and for the output at least one for each delta,
    /// since a provider sends no empty ones.
    #[must_use]
    pub fn estimate(&self, request_bytes: u64) -> Usage {
        let output = self.text_bytes.div_ceil(BYTES_PER_TOKEN).max(self.deltas);
        Usage {
            input_tokens: request_bytes.div_ceil(BYTES_PER_TOKEN).max(1),
            output_tokens: output,
            ..Usage::default()
        }
    }
}

/// The parts of a completion or chunk that are read; the rest is passed over, though checked.
#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    model: Option<&'a RawValue>,
    #[serde(borrow, default)]
    usage: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
    #[serde(default)]
    choices: Option<Choices>,
}

impl<'a> Answer<'a> {
    /// An object and nothing else: serde would take an array of the fields' values as well.
    fn read(text: &'a [u8]) -> Result<Self, NoAnswer> {
        if text.trim_ascii_start().first() != Some(&b'{') {
            return Err(NoAnswer);
        }
        serde_json::from_slice(text).map_err(|_| NoAnswer)
    }
}

fn name(raw: Option<&RawValue>) -> Option<String> {
    let name: Cow<'_, str> = serde_json::from_str::<String>(raw?.get()).ok()?.into();
    let mut name: String = name.chars().filter(|c| !c.is_control()).collect();
    name.truncate(name.floor_char_boundary(NAME_BYTES_MAX));
    Some(name)
}

/// How many choices there are, and the bytes of text in them.
#[derive(Default)]
struct Choices {
    count: u64,
    text_bytes: u64,
}

/// The bytes of text in one choice.
struct Choice(u64);

/// The bytes of all strings in a value, however deep: content, refusals, reasoning, tool arguments.
struct Text(u64);

impl<'de> Deserialize<'de> for Choices {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Choices;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of choices")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Choices, A::Error> {
                let mut choices = Choices::default();
                while let Some(Choice(bytes)) = seq.next_element()? {
                    choices.count += 1;
                    choices.text_bytes = choices.text_bytes.saturating_add(bytes);
                }
                Ok(choices)
            }
        }
        deserializer.deserialize_seq(Each)
    }
}

impl<'de> Deserialize<'de> for Choice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Choice;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a choice")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Choice, A::Error> {
                let mut bytes = 0_u64;
                while let Some(name) = map.next_key::<Cow<'de, str>>()? {
                    if matches!(&*name, "delta" | "message") {
                        bytes = bytes.saturating_add(map.next_value::<Text>()?.0);
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(Choice(bytes))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Strings;
        impl<'de> Visitor<'de> for Strings {
            type Value = Text;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }
            fn visit_str<E>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.len() as u64))
            }
            fn visit_unit<E>(self) -> Result<Text, E> {
                Ok(Text(0))
            }
            fn visit_bool<E>(self, _: bool) -> Result<Text, E> {
                Ok(Text(0))
            }
            fn visit_i64<E>(self, _: i64) -> Result<Text, E> {
                Ok(Text(0))
            }
            fn visit_u64<E>(self, _: u64) -> Result<Text, E> {
                Ok(Text(0))
            }
            fn visit_f64<E>(self, _: f64) -> Result<Text, E> {
                Ok(Text(0))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Text, A::Error> {
                let mut bytes = 0_u64;
                while let Some(Text(more)) = seq.next_element()? {
                    bytes = bytes.saturating_add(more);
                }
                Ok(Text(bytes))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text, A::Error> {
                let mut bytes = 0_u64;
                while let Some(name) = map.next_key::<Cow<'de, str>>()? {
                    // Who speaks, and what names a tool call, is no text of the answer.
                    if matches!(&*name, "role" | "id" | "type") {
                        map.next_value::<IgnoredAny>()?;
                    } else {
                        bytes = bytes.saturating_add(map.next_value::<Text>()?.0);
                    }
                }
                Ok(Text(bytes))
            }
        }
        deserializer.deserialize_any(Strings)
    }
}
