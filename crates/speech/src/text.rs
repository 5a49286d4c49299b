//! What strings say, whatever they say.

use std::borrow::Cow;
use std::ops::Range;

use crate::json::unescape;

/// The text of a string whose literal stands here, quotes included.
pub(crate) fn literal(text: &str, span: Range<usize>) -> Cow<'_, str> {
    unescape_lossy(text, span.start + 1..span.end.saturating_sub(1))
}

/// A piece of a text that may be cut within a character: one that is written as two escapes. The first
/// half waits in `half` for the second. Says as well whether the piece is all that is written here.
pub(crate) fn piece<'a>(
    text: &'a str,
    span: Range<usize>,
    half: &mut String,
) -> (Cow<'a, str>, bool) {
    let inner = text.get(span.start + 1..span.end.saturating_sub(1)).unwrap_or_default();
    let whole = inner.len() - if ends_in_half(inner) { HALF_BYTES } else { 0 };
    if half.is_empty() && whole == inner.len() {
        return (literal(text, span), true);
    }
    let (said, rest) = inner.split_at(whole);
    let written = format!("\"{half}{said}\"");
    rest.clone_into(half);
    (Cow::Owned(literal(&written, 0..written.len()).into_owned()), false)
}

/// How long half a character is written.
const HALF_BYTES: usize = r"\ud83d".len();

/// Whether the first half of a character is the last thing written.
fn ends_in_half(inner: &str) -> bool {
    let Some(at) = inner.len().checked_sub(HALF_BYTES) else { return false };
    let (Some(before), Some(last)) = (inner.get(..at), inner.get(at..)) else { return false };
    let code = last.strip_prefix("\\u").and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let is_escape = before.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 0;
    is_escape && matches!(code, Some(0xd800..=0xdbff))
}

/// A picture, a sound or a document in an address: its characters are chance, and a change would break it.
pub(crate) fn is_embedded_file(text: &str) -> bool {
    let head = text.as_bytes();
    let head = head.get(..100).unwrap_or(head);
    head.starts_with(b"data:") && memchr::memmem::find(head, b";base64,").is_some()
}

/// What stands between quotes. Half a character is read as U+FFFD.
fn unescape_lossy(text: &str, between_quotes: Range<usize>) -> Cow<'_, str> {
    if let Some(whole) = unescape(text, between_quotes.clone()) {
        return whole;
    }
    let mut rest = text.get(between_quotes).unwrap_or_default();
    let mut out = String::with_capacity(rest.len());
    while let Some((plain, escape)) = rest.split_once('\\') {
        out.push_str(plain);
        let (character, behind) = escaped(escape);
        out.push(character);
        rest = behind;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// What the escape behind a backslash stands for, and what follows it.
fn escaped(escape: &str) -> (char, &str) {
    let mut characters = escape.chars();
    let character = match characters.next() {
        Some('u') => return hexadecimal(escape),
        Some('n') => '\n',
        Some('t') => '\t',
        Some('r') => '\r',
        Some('b') => '\u{8}',
        Some('f') => '\u{c}',
        other => other.unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    (character, characters.as_str())
}

/// `uXXXX`, and two of them for a character beyond the first plane.
fn hexadecimal(escape: &str) -> (char, &str) {
    let unit = |text: &str| u32::from_str_radix(text.strip_prefix('u')?.get(..4)?, 16).ok();
    let behind = escape.get(5..).unwrap_or_default();
    let first = unit(escape).unwrap_or(0xfffd);
    let second = behind.strip_prefix('\\').and_then(unit);
    match (first, second) {
        (0xd800..=0xdbff, Some(second @ 0xdc00..=0xdfff)) => {
            let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            (character, behind.get(6..).unwrap_or_default())
        }
        _ => (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), behind),
    }
}

#[cfg(test)]
mod tests {
    use super::{literal, piece};

    #[test]
    fn halves_of_a_character_are_put_together() {
        let mut half = String::new();
        let pieces = [r#""a\ud83d""#, r#""\ude00b""#, r#""\\ud83d""#, r#""\ud83d""#, r#""c""#];
        let said = pieces.map(|written| piece(written, 0..written.len(), &mut half).0);
        assert_eq!(
            said.map(|said| said.into_owned()),
            ["a", "\u{1f600}b", "\\ud83d", "", "\u{fffd}c"]
        );
    }

    #[test]
    fn half_a_character_is_read_and_whole_ones_stay() {
        let cases = [
            (r#""\ud83d\ude00 \u00e4\n\"\\""#, "\u{1f600} ä\n\"\\"),
            (r#""a\ud83d""#, "a\u{fffd}"),
            (r#""\ude00\ud83d\ud83d\ude00b\/\t""#, "\u{fffd}\u{fffd}\u{1f600}b/\t"),
            (r#""\ud83d\n\ud83dä""#, "\u{fffd}\n\u{fffd}ä"),
            ("", ""),
        ];
        for (written, said) in cases {
            assert_eq!(literal(written, 0..written.len()), said, "{written}");
        }
    }
}
