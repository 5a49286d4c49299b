//! Text as Postgres takes it.
//!
//! A text column takes every character but NUL, and ours are bounded. What a stranger sent (a model's
//! name, a user agent) is therefore cut before it is bound: one bad string must not fail a batch that
//! carries other people's calls.

use std::borrow::Cow;
use std::str::FromStr;

use domain::words::UnknownWord;

use crate::error::StoreError;

/// Cuts to `chars_max` characters and replaces NUL by U+FFFD.
pub(crate) fn bounded(text: &str, chars_max: usize) -> Cow<'_, str> {
    let end = text.char_indices().nth(chars_max).map_or(text.len(), |(index, _)| index);
    let cut = &text[..end];
    if cut.contains('\0') { Cow::Owned(cut.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(cut) }
}

/// Reads a word of a closed list. `what` is the column.
pub(crate) fn word<T: FromStr<Err = UnknownWord>>(
    what: &'static str,
    text: &str,
) -> Result<T, StoreError> {
    text.parse().map_err(|UnknownWord| StoreError::Unreadable { what })
}

/// Reads several.
pub(crate) fn words<T: FromStr<Err = UnknownWord>>(
    what: &'static str,
    texts: &[String],
) -> Result<Vec<T>, StoreError> {
    texts.iter().map(|text| word(what, text)).collect()
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
