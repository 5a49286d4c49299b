//! What changes in a text.

use std::ops::Range;

use crate::text::literal;

/// The changes, in any order and apart from each other.
#[derive(Default)]
pub(super) struct Edits(Vec<Edit>);

struct Edit {
    span: Range<usize>,
    put: Put,
}

enum Put {
    /// The literal stays, unless something is added to it.
    Same,
    /// A string with this text.
    Text(String),
    /// This JSON.
    Json(String),
}

impl Edits {
    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    /// Remembers a literal that stays. What it gives stands for it.
    pub(super) fn same(&mut self, span: Range<usize>) -> usize {
        self.push(span, Put::Same)
    }

    pub(super) fn text(&mut self, span: Range<usize>, text: String) -> usize {
        self.push(span, Put::Text(text))
    }

    pub(super) fn json(&mut self, span: Range<usize>, json: String) {
        self.push(span, Put::Json(json));
    }

    fn push(&mut self, span: Range<usize>, put: Put) -> usize {
        self.0.push(Edit { span, put });
        self.0.len() - 1
    }

    /// Adds to the end of a string.
    pub(super) fn append(&mut self, whole: &str, edit: usize, tail: &str) {
        let Some(edit) = self.0.get_mut(edit) else { return };
        match &mut edit.put {
            Put::Text(text) => text.push_str(tail),
            put => {
                let text = literal(whole, edit.span.clone()).into_owned() + tail;
                *put = Put::Text(text);
            }
        }
    }

    /// The text with its changes; `None` where there are none.
    pub(super) fn finish(mut self, whole: &str) -> Option<String> {
        self.0.retain(|edit| !matches!(edit.put, Put::Same));
        if self.0.is_empty() {
            return None;
        }
        self.0.sort_unstable_by_key(|edit| edit.span.start);
        let mut out = String::with_capacity(whole.len());
        let mut done = 0;
        for edit in self.0 {
            out.push_str(whole.get(done..edit.span.start).unwrap_or_default());
            done = edit.span.end;
            match edit.put {
                Put::Same => {}
                Put::Text(text) => quote(&text, &mut out),
                Put::Json(json) => out.push_str(&json),
            }
        }
        out.push_str(whole.get(done..).unwrap_or_default());
        Some(out)
    }
}

/// Writes a string.
pub(super) fn quote(text: &str, out: &mut String) {
    out.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        // Each of these bytes is a whole character.
        out.push_str(text.get(plain..at).unwrap_or_default());
        plain = at + 1;
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            _ => out.push_str(&format!("\\u{byte:04x}")),
        }
    }
    out.push_str(text.get(plain..).unwrap_or_default());
    out.push('"');
}
