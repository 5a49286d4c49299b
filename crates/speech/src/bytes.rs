//! Strings that may hold a file's bytes: `data` and `result`. What else their object says decides, and
//! may be said behind them.

use std::ops::Range;

use crate::json::{Kind, Malformed, Scanner};
use crate::text::literal;

/// What an object says of itself.
#[derive(Default)]
pub(crate) struct Bytes {
    /// It calls itself a text, or a result in words.
    is_text: bool,
    /// It calls itself a file's bytes, or says in what format they are.
    is_file: bool,
    is_picture_call: bool,
    found: Vec<(&'static str, Range<usize>)>,
}

impl Bytes {
    /// Of an object that stands under this name.
    pub(crate) fn under(name: &str) -> Self {
        Self { is_file: matches!(name, "audio" | "input_audio"), ..Self::default() }
    }

    /// Looks at a member. Passes over its value, and says so, where it may be bytes.
    pub(crate) fn note(
        &mut self,
        text: &str,
        scanner: &mut Scanner<'_>,
        name: &str,
        kind: Kind,
    ) -> Result<bool, Malformed> {
        let found = match (name, kind) {
            ("data", Kind::String) => "data",
            ("result", Kind::String) => "result",
            ("type", Kind::String) => {
                let mut ahead = scanner.clone();
                let span = ahead.value()?;
                self.be(&literal(text, span));
                return Ok(false);
            }
            ("media_type" | "mime_type" | "mimeType" | "format", Kind::String) => {
                self.is_file = true;
                return Ok(false);
            }
            _ => return Ok(false),
        };
        self.found.push((found, scanner.value()?));
        Ok(true)
    }

    fn be(&mut self, kind: &str) {
        self.is_text = kind == "text";
        self.is_picture_call = kind == "image_generation_call";
        self.is_file |= matches!(
            kind,
            "base64" | "redacted_thinking" | "image" | "audio" | "reasoning.encrypted"
        );
    }

    /// Those of the strings that are words.
    pub(crate) fn words(self) -> impl Iterator<Item = (&'static str, Range<usize>)> {
        self.split(false)
    }

    /// Those that are a file's bytes.
    pub(crate) fn bytes(self) -> impl Iterator<Item = Range<usize>> {
        self.split(true).map(|(_, span)| span)
    }

    fn split(self, bytes: bool) -> impl Iterator<Item = (&'static str, Range<usize>)> {
        let data_is_bytes = self.is_file && !self.is_text;
        let result_is_bytes = self.is_picture_call;
        self.found.into_iter().filter(move |(name, _)| {
            bytes == if *name == "data" { data_is_bytes } else { result_is_bytes }
        })
    }
}
