//! Reads a JSON text into a tree, within limits.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Node;

/// Values that a tree holds at most; what follows is left to the text.
const VALUES_MAX: u32 = 2000;
/// Levels that a tree holds at most.
const LEVELS_MAX: u32 = 48;

/// The tree of a text, or `None` where the text is no JSON.
#[must_use]
pub fn tree(text: &str) -> Option<Node> {
    let raw: &RawValue = serde_json::from_str(text).ok()?;
    let mut left = VALUES_MAX;
    Some(value(raw, LEVELS_MAX, &mut left))
}

fn value(raw: &RawValue, levels: u32, left: &mut u32) -> Node {
    let text = raw.get();
    if *left == 0 || levels == 0 {
        return Node::Cut;
    }
    *left -= 1;
    match text.as_bytes().first() {
        Some(b'{') => match serde_json::from_str::<Fields<'_>>(text) {
            Ok(Fields(fields)) => {
                let mut inside = Vec::new();
                for (name, raw) in fields {
                    let json = value(raw, levels - 1, left);
                    let cut = json == Node::Cut;
                    inside.push((name, json));
                    if cut {
                        break;
                    }
                }
                Node::Object(inside)
            }
            Err(_) => Node::Cut,
        },
        Some(b'[') => match serde_json::from_str::<Vec<&RawValue>>(text) {
            Ok(items) => {
                let mut inside = Vec::new();
                for raw in items {
                    inside.push(value(raw, levels - 1, left));
                    if inside.last() == Some(&Node::Cut) {
                        break;
                    }
                }
                Node::List(inside)
            }
            Err(_) => Node::Cut,
        },
        Some(b'"') => Node::Text(text.to_owned()),
        Some(b't' | b'f' | b'n') => Node::Word(text.to_owned()),
        _ => Node::Number(text.to_owned()),
    }
}

/// The fields of an object in their order, repeated names included.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Vec<(String, &'de RawValue)>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Each).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_repetition_and_digits_stay_as_written() {
        let json = tree(r#" {"b": 1.10, "a": 12345678901234567890123, "b": [true, null]} "#);
        let word = |text: &str| Node::Word(text.into());
        assert_eq!(
            json,
            Some(Node::Object(vec![
                ("b".into(), Node::Number("1.10".into())),
                ("a".into(), Node::Number("12345678901234567890123".into())),
                ("b".into(), Node::List(vec![word("true"), word("null")])),
            ]))
        );
    }

    #[test]
    fn what_is_no_json_has_no_tree() {
        for text in ["", "{", "data: {}\n\n", "{} {}"] {
            assert_eq!(tree(text), None, "{text}");
        }
    }

    #[test]
    fn long_and_deep_texts_are_cut() {
        let long = format!("[{}0]", "0,".repeat(5000));
        let Some(Node::List(items)) = tree(&long) else { panic!("no array") };
        assert_eq!(items.len(), VALUES_MAX as usize);
        assert_eq!(items.last(), Some(&Node::Cut));
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        assert!(format!("{:?}", tree(&deep)).contains("Cut"));
    }
}
