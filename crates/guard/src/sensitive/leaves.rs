//! The strings of a JSON text, found without reading anything else of it.
//!
//! A string that a colon follows is a name, any other is a leaf. Nothing more of the grammar is needed:
//! in valid JSON quotes delimit strings and nothing else, so nesting costs nothing. Of a text that is no
//! JSON, what lies between quotes is read all the same, and what is open at the end ends there.

use std::borrow::Cow;
use std::ops::Range;

/// A string that is a value.
pub struct Leaf {
    /// What lies between the quotes.
    pub raw: Range<usize>,
    pub has_escapes: bool,
}

/// The leaves of a text, in order.
pub struct Leaves<'a> {
    json: &'a [u8],
    at: usize,
}

impl<'a> Leaves<'a> {
    pub fn new(json: &'a [u8]) -> Self {
        Self { json, at: 0 }
    }
}

impl Iterator for Leaves<'_> {
    type Item = Leaf;

    fn next(&mut self) -> Option<Leaf> {
        loop {
            let open = self.at + memchr::memchr(b'"', self.json.get(self.at..)?)?;
            let start = open + 1;
            let mut end = start;
            let mut has_escapes = false;
            loop {
                match memchr::memchr2(b'"', b'\\', &self.json[end..]) {
                    Some(found) if self.json[end + found] == b'\\' => {
                        has_escapes = true;
                        end = (end + found + 2).min(self.json.len());
                    }
                    Some(found) => break end += found,
                    None => break end = self.json.len(),
                }
            }
            self.at = end + 1;
            let rest = self.json.get(self.at..).unwrap_or_default();
            let next = rest.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
            if next == Some(&b':') {
                continue;
            }
            return Some(Leaf { raw: start..end, has_escapes });
        }
    }
}

/// One escape or one byte: how long it is as written, and what it stands for.
struct Piece {
    raw: usize,
    bytes: [u8; 4],
    length: usize,
}

fn piece(raw: &[u8]) -> Piece {
    let one = |raw: usize, byte: u8| Piece { raw, bytes: [byte, 0, 0, 0], length: 1 };
    match raw {
        [b'\\', b'n', ..] => one(2, b'\n'),
        [b'\\', b't', ..] => one(2, b'\t'),
        [b'\\', b'r', ..] => one(2, b'\r'),
        [b'\\', b'b', ..] => one(2, 8),
        [b'\\', b'f', ..] => one(2, 12),
        [b'\\', mark @ (b'"' | b'\\' | b'/'), ..] => one(2, *mark),
        [b'\\', b'u', ..] => unicode(raw),
        // What is no escape is read as it stands.
        [byte, ..] => one(1, *byte),
        [] => one(1, 0),
    }
}

/// `\uXXXX`, and two of them for a character beyond the first plane. Half a pair stands for U+FFFD.
fn unicode(raw: &[u8]) -> Piece {
    let unit = |at: usize| {
        let digits = raw.get(at..at + 6)?.strip_prefix(b"\\u")?;
        digits
            .iter()
            .try_fold(0_u32, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?))
    };
    let Some(first) = unit(0) else {
        return Piece { raw: 1, bytes: [b'\\', 0, 0, 0], length: 1 };
    };
    let (size, code) = match (first, unit(6)) {
        (0xd800..=0xdbff, Some(second @ 0xdc00..=0xdfff)) => {
            (12, 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))
        }
        _ => (6, first),
    };
    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    let mut bytes = [0; 4];
    let length = character.encode_utf8(&mut bytes).len();
    Piece { raw: size, bytes, length }
}

/// What a leaf says.
pub fn decoded<'a>(raw: &'a [u8], has_escapes: bool) -> Cow<'a, [u8]> {
    if !has_escapes {
        return Cow::Borrowed(raw);
    }
    let mut text = Vec::with_capacity(raw.len());
    let mut at = 0;
    while at < raw.len() {
        let plain = memchr::memchr(b'\\', &raw[at..]).unwrap_or(raw.len() - at);
        text.extend_from_slice(&raw[at..at + plain]);
        at += plain;
        if at == raw.len() {
            break;
        }
        let piece = piece(&raw[at..]);
        text.extend_from_slice(&piece.bytes[..piece.length]);
        at += piece.raw;
    }
    Cow::Owned(text)
}

/// Where places of the decoded text stand in the raw one. `places` ascend; a place within a character
/// moves to its end, so that ranges cover whole escapes.
pub fn raw_places(raw: &[u8], has_escapes: bool, places: &[usize]) -> Vec<usize> {
    if !has_escapes {
        return places.to_vec();
    }
    let mut found = Vec::with_capacity(places.len());
    let (mut at, mut decoded_at) = (0, 0);
    for place in places {
        while decoded_at < *place && at < raw.len() {
            let piece = piece(&raw[at..]);
            decoded_at += piece.length;
            at += piece.raw;
        }
        found.push(at.min(raw.len()));
    }
    found
}

/// Adds text as it may stand within a JSON string.
pub fn escape_into(text: &[u8], out: &mut Vec<u8>) {
    for byte in text {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..=31 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(*byte),
        }
    }
}
