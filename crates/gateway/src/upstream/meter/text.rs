//! How many bytes of text a value holds, counted without building it.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Members that name things and are no text of the answer: who speaks, which tool, which signature.
const NAMES: [&str; 8] =
    ["role", "id", "type", "call_id", "status", "signature", "encrypted_content", "item_id"];

/// The bytes of all strings in a value, however deep: content, refusals, reasoning, tool arguments.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Text(pub(super) u64);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Strings)
    }
}

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
            if NAMES.contains(&&*name) {
                map.next_value::<IgnoredAny>()?;
            } else {
                bytes = bytes.saturating_add(map.next_value::<Text>()?.0);
            }
        }
        Ok(Text(bytes))
    }
}
