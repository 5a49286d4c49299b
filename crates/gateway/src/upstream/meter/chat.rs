//! OpenAI's older surfaces: chat completions, completions, embeddings.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::text::Text;
use super::{Meter, NoAnswer, Said, Sight, read};

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
    #[serde(borrow, default)]
    service_tier: Option<&'a RawValue>,
    #[serde(default)]
    choices: Option<Choices>,
}

pub(super) fn event(meter: &mut Meter, data: &[u8]) -> Result<Said, NoAnswer> {
    if data == b"[DONE]" {
        return Ok(Said::Done);
    }
    let chunk: Answer<'_> = read(data)?;
    if chunk.error.is_some() {
        return Ok(Said::Error);
    }
    let choices = chunk.choices.as_ref().map_or(0, |choices| choices.count);
    let usage = chunk.usage.is_some();
    meter.take(&sight(&chunk));
    Ok(if usage && choices == 0 { Said::UsageOnly } else { Said::Part })
}

pub(super) fn whole(meter: &mut Meter, body: &[u8]) -> Result<bool, NoAnswer> {
    let answer: Answer<'_> = read(body)?;
    meter.take(&sight(&answer));
    Ok(answer.error.is_some() && answer.choices.is_none_or(|choices| choices.count == 0))
}

fn sight<'a>(answer: &Answer<'a>) -> Sight<'a> {
    Sight {
        id: answer.id,
        model: answer.model,
        usage: answer.usage,
        text_bytes: answer.choices.as_ref().map_or(0, |choices| choices.text_bytes),
        tier: answer.service_tier,
    }
}

/// How many choices there are, and the bytes of text in them.
#[derive(Default)]
struct Choices {
    count: u64,
    text_bytes: u64,
}

/// The bytes of text in one choice.
struct Choice(u64);

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
                    // `text` is a completion's; the others a chat's.
                    if matches!(&*name, "delta" | "message" | "text") {
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
