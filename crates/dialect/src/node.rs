//! JSON as it was written: read one level at a time, so that what is only carried (a schema, a tool's
//! arguments) keeps its very bytes, the order of its fields and the digits of its numbers.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Deepest nesting of arrays and objects that is read.
pub(crate) const DEPTH_MAX: usize = 128;

/// One JSON value, known to be well-formed and not nested too deeply.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'a>(&'a str);

/// What makes a text no JSON that is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Malformed {
    #[error("it is not JSON in UTF-8")]
    NotJson,
    #[error("it is nested more than {DEPTH_MAX} levels deep")]
    TooDeep,
}

/// An object's members in the order of writing. A member that is null counts as absent, as it does
/// for all three APIs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members<'a>(Vec<(Cow<'a, str>, Node<'a>)>);

impl<'a> Node<'a> {
    /// Reads a whole document.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let text = std::str::from_utf8(bytes).map_err(|_| Malformed::NotJson)?;
        Self::parse(text)
    }

    /// Reads a whole document from text.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Malformed> {
        if too_deep(text.as_bytes()) {
            return Err(Malformed::TooDeep);
        }
        let raw: &RawValue = serde_json::from_str(text).map_err(|_| Malformed::NotJson)?;
        Ok(Self(raw.get()))
    }

    /// The value as it was written.
    pub(crate) const fn raw(self) -> &'a str {
        self.0
    }

    pub(crate) fn is_null(self) -> bool {
        self.0 == "null"
    }

    pub(crate) fn is_object(self) -> bool {
        self.0.starts_with('{')
    }

    /// Null, false, zero, or an empty text, array or object: a wish for nothing.
    pub(crate) fn is_empty(self) -> bool {
        match self.0.as_bytes() {
            b"null" | b"false" | b"0" | b"0.0" | b"-0" | b"\"\"" => true,
            [b'[', inner @ .., b']'] | [b'{', inner @ .., b'}'] => {
                inner.iter().all(u8::is_ascii_whitespace)
            }
            _ => false,
        }
    }

    pub(crate) fn boolean(self) -> Option<bool> {
        match self.0 {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    pub(crate) fn text(self) -> Option<Cow<'a, str>> {
        if !self.0.starts_with('"') {
            return None;
        }
        serde_json::from_str::<Text<'a>>(self.0).ok().map(|text| text.0)
    }

    /// A whole number that is not negative; `12.0` is taken for what it is.
    pub(crate) fn whole(self) -> Option<u64> {
        self.0.strip_suffix(".0").unwrap_or(self.0).parse().ok()
    }

    pub(crate) fn number(self) -> Option<f64> {
        let first = *self.0.as_bytes().first()?;
        (first == b'-' || first.is_ascii_digit()).then(|| self.0.parse().ok()).flatten()
    }

    pub(crate) fn members(self) -> Option<Members<'a>> {
        if !self.is_object() {
            return None;
        }
        serde_json::from_str(self.0).ok()
    }

    pub(crate) fn elements(self) -> Option<Vec<Self>> {
        if !self.0.starts_with('[') {
            return None;
        }
        let raw: Vec<&'a RawValue> = serde_json::from_str(self.0).ok()?;
        Some(raw.into_iter().map(|raw| Self(raw.get())).collect())
    }

    /// A member of an object; absent where this is none.
    pub(crate) fn get(self, name: &str) -> Option<Self> {
        self.members().and_then(|members| members.get(name))
    }
}

impl<'a> Members<'a> {
    /// A member that is there and not null.
    pub(crate) fn get(&self, name: &str) -> Option<Node<'a>> {
        let (_, node) = self.0.iter().find(|(known, _)| known == name)?;
        (!node.is_null()).then_some(*node)
    }

    pub(crate) fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name).and_then(Node::text)
    }

    pub(crate) fn whole(&self, name: &str) -> Option<u64> {
        self.get(name).and_then(Node::whole)
    }

    /// An array's elements; none where there is no such array.
    pub(crate) fn elements(&self, name: &str) -> Vec<Node<'a>> {
        self.get(name).and_then(Node::elements).unwrap_or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Node<'a>)> {
        self.0.iter().map(|(name, node)| (&**name, *node))
    }

    /// A name that stands twice: which value counts would be anybody's guess.
    pub(crate) fn twice(&self) -> Option<&str> {
        let mut seen = HashSet::with_capacity(self.0.len());
        self.0.iter().find(|(name, _)| !seen.insert(&**name)).map(|(name, _)| &**name)
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(Text(name)) = map.next_key()? {
                    let raw: &'de RawValue = map.next_value()?;
                    members.push((name, Node(raw.get())));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Each)
    }
}

/// A string, borrowed where it holds no escapes.
struct Text<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Either)
    }
}

/// Whether brackets outside of strings nest deeper than is read. Needs no well-formed text.
fn too_deep(text: &[u8]) -> bool {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for byte in text {
        if quoted {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => quoted = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH_MAX {
            return true;
        }
    }
    false
}
