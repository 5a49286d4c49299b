//! Which text a piece belongs to, and how another piece of it is said.

use super::Writing;
use super::edits::quote;

/// A text that grows over events.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// Of a choice of Chat or Completions: the way to it from the choice.
    Choice { choice: u64, path: Vec<Step> },
    /// Of a block of Messages: the member of a delta of this type.
    Block { index: u64, kind: String, member: String },
    /// Of an item of Responses: the type of the event, and where the item stands.
    Item { kind: String, place: ItemPlace },
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Name(String),
    /// An element by the index that it gives itself; without one, by its position.
    Element {
        index: Option<u64>,
        position: usize,
        kind: String,
    },
}

/// Where something stands in Responses' output. Servers leave some of it out.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ItemPlace {
    pub(super) item: Option<String>,
    pub(super) output: Option<u64>,
    pub(super) content: Option<u64>,
    pub(super) summary: Option<u64>,
}

impl ItemPlace {
    /// Whether nothing says that these are two places.
    pub(super) fn may_be(&self, other: &Self) -> bool {
        fn agree<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
            one.zip(other).is_none_or(|(one, other)| one == other)
        }
        agree(self.item.as_ref(), other.item.as_ref())
            && agree(self.output.as_ref(), other.output.as_ref())
            && agree(self.content.as_ref(), other.content.as_ref())
            && agree(self.summary.as_ref(), other.summary.as_ref())
    }
}

impl Key {
    pub(super) fn writing(&self) -> Writing {
        let is_arguments = match self {
            Self::Choice { path, .. } => {
                matches!(path.last(), Some(Step::Name(name)) if name == "arguments")
            }
            Self::Block { member, .. } => member == "partial_json",
            Self::Item { kind, .. } => kind.trim_end_matches(".delta").ends_with("arguments"),
        };
        if is_arguments { Writing::Json } else { Writing::Text }
    }

    /// The bytes of all names in it, which a provider decides.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Choice { path, .. } => path
                .iter()
                .map(|step| match step {
                    Step::Name(name) => name.len(),
                    Step::Element { kind, .. } => kind.len(),
                })
                .sum(),
            Self::Block { kind, member, .. } => kind.len() + member.len(),
            Self::Item { kind, place } => kind.len() + place.item.as_ref().map_or(0, String::len),
        }
    }

    /// The name and the data of an event that says more of the text. `head` are members of a chunk, each
    /// with a comma behind it.
    pub(super) fn event(&self, tail: &str, head: &str, number: Option<u64>) -> (&str, String) {
        let mut value = String::with_capacity(tail.len() + 128);
        quote(tail, &mut value);
        match self {
            Self::Choice { choice, path } => {
                let inner = nested(path, value);
                let is_chat = inner.starts_with("{\"delta\"");
                let logprobs = if is_chat { "" } else { ",\"logprobs\":null" };
                let inner = inner.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
                let inner = inner.unwrap_or_default();
                let data = format!(
                    "{{{head}\"choices\":[{{\"index\":{choice},{inner}{logprobs},\"finish_reason\":null}}]}}"
                );
                ("", data)
            }
            Self::Block { index, kind, member } => {
                let mut data = format!(
                    "{{\"type\":\"content_block_delta\",\"index\":{index},\"delta\":{{\"type\":"
                );
                quote(kind, &mut data);
                data.push(',');
                quote(member, &mut data);
                data.push(':');
                data.push_str(&value);
                data.push_str("}}");
                ("content_block_delta", data)
            }
            Self::Item { kind, place } => (kind, item(kind, place, &value, number)),
        }
    }
}

fn item(kind: &str, place: &ItemPlace, value: &str, number: Option<u64>) -> String {
    let mut data = String::from("{\"type\":");
    quote(kind, &mut data);
    let mut whole = |name: &str, value: Option<u64>| {
        if let Some(value) = value {
            data.push_str(&format!(",\"{name}\":{value}"));
        }
    };
    whole("sequence_number", number);
    whole("output_index", place.output);
    whole("content_index", place.content);
    whole("summary_index", place.summary);
    if let Some(id) = &place.item {
        data.push_str(",\"item_id\":");
        quote(id, &mut data);
    }
    data.push_str(",\"delta\":");
    data.push_str(value);
    if kind == "response.output_text.delta" {
        data.push_str(",\"logprobs\":[]");
    }
    data.push('}');
    data
}

/// The value at the end of a path.
fn nested(path: &[Step], mut value: String) -> String {
    for step in path.iter().rev() {
        let mut outer = String::with_capacity(value.len() + 48);
        match step {
            Step::Name(name) => {
                outer.push('{');
                quote(name, &mut outer);
                outer.push(':');
                outer.push_str(&value);
                outer.push('}');
            }
            Step::Element { index, kind, .. } => {
                outer.push_str("[{");
                if let Some(index) = index {
                    outer.push_str(&format!("\"index\":{index},"));
                }
                if !kind.is_empty() {
                    outer.push_str("\"type\":");
                    quote(kind, &mut outer);
                    outer.push(',');
                }
                // Behind an element comes a name, so that its value is an object.
                outer.push_str(value.strip_prefix('{').unwrap_or("}"));
                outer.push(']');
            }
        }
        value = outer;
    }
    value
}
