//! Text as Postgres takes it.
//!
//! A text column takes every character but NUL, and ours are bounded. What a stranger sent (a model's
//! name, a user agent) is therefore cut before it is bound: one bad string must not fail a batch that
//! carries other people's calls.

use std::borrow::Cow;

/// Cuts to `chars_max` characters and replaces NUL by U+FFFD.
pub(crate) fn bounded(text: &str, chars_max: usize) -> Cow<'_, str> {
    let end = text.char_indices().nth(chars_max).map_or(text.len(), |(index, _)| index);
    let cut = &text[..end];
    if cut.contains('\0') { Cow::Owned(cut.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(cut) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_at_characters_and_loses_its_nuls() {
        assert_eq!(bounded("", 3), "");
        assert_eq!(bounded("äöü", 3), "äöü");
        assert_eq!(bounded("äöüß", 3), "äöü");
        assert_eq!(bounded("a\0b", 3), "a\u{fffd}b");
    }
}
