//! Texts inside a text that are not shown, or are shown in another order than they stand.

use super::View;

/// What tags and variation selectors spell, if it is more than a few characters.
///
/// Tags mirror ASCII (Unicode 16, 23.9). Variation selectors can carry a byte each, which is how data is smuggled
/// behind an emoji.
pub fn smuggled(text: &str) -> Option<View> {
    // The first bytes of tags and selectors in UTF-8.
    memchr::memchr2(0xf3, 0xef, text.as_bytes())?;
    let mut view = View::default();
    let mut bytes: Vec<(u8, usize, usize)> = Vec::new();
    for (at, character) in text.char_indices() {
        let code = u32::from(character);
        let end = at + character.len_utf8();
        match code {
            0xe0020..=0xe007e | 0xe000a => {
                if let Some(plain) = char::from_u32(code - 0xe0000) {
                    view.put(plain, at..end);
                }
            }
            0xfe00..=0xfe0f => bytes.push(((code - 0xfe00) as u8, at, end)),
            0xe0100..=0xe01ef => bytes.push(((code - 0xe0100 + 16) as u8, at, end)),
            _ => {}
        }
    }
    for (byte, at, end) in bytes {
        if byte.is_ascii_graphic() || byte.is_ascii_whitespace() {
            view.put(char::from(byte), at..end);
        }
    }
    (view.text.len() >= 4).then_some(view)
}

/// The text as it shows where letters are forced to run from right to left (U+202E to U+202C or the line's end).
pub fn reordered(text: &str) -> Option<View> {
    if !text.contains('\u{202e}') {
        return None;
    }
    let mut view = View::with_capacity(text.len());
    let mut run: Option<Vec<(usize, char)>> = None;
    for (at, character) in text.char_indices() {
        match (character, run.as_mut()) {
            ('\u{202e}', _) => flush(&mut view, run.replace(Vec::new())),
            ('\u{202c}', Some(_)) => flush(&mut view, run.take()),
            (_, Some(letters)) => letters.push((at, character)),
            (_, None) => view.put(character, at..at + character.len_utf8()),
        }
    }
    flush(&mut view, run);
    Some(view)
}

fn flush(view: &mut View, run: Option<Vec<(usize, char)>>) {
    for (at, character) in run.into_iter().flatten().rev() {
        view.put(character, at..at + character.len_utf8());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_selectors_are_read() {
        let tags: String =
            "hidden".chars().filter_map(|c| char::from_u32(c as u32 + 0xe0000)).collect();
        let view = smuggled(&format!("a{tags}b")).unwrap();
        assert_eq!(view.text, "hidden");
        assert_eq!(view.source(&(0..6)), 1..25);
        let selectors: String =
            "hidden".chars().filter_map(|c| char::from_u32(c as u32 - 16 + 0xe0100)).collect();
        assert_eq!(smuggled(&format!("😀{selectors}")).unwrap().text, "hidden");
        assert_eq!(smuggled("❤\u{fe0f}"), None);
    }

    #[test]
    fn a_forced_direction_is_followed() {
        assert_eq!(reordered("a \u{202e}cba\u{202c} d").unwrap().text, "a abc d");
        assert_eq!(reordered("plain"), None);
    }
}
