//! Letters put for others: ROT13, reversed text, Morse code.

use crate::normalise::View;

pub fn rot13(text: &str) -> View {
    let turned = |letter: u8, first: u8| char::from((letter - first + 13) % 26 + first);
    let letters = text.chars().map(|character| match character {
        'a'..='z' => turned(character as u8, b'a'),
        'A'..='Z' => turned(character as u8, b'A'),
        other => other,
    });
    View::aligned(letters.collect())
}

pub fn reversed(text: &str) -> View {
    let mut view = View::with_capacity(text.len());
    for (at, character) in text.char_indices().rev() {
        view.put(character, at..at + character.len_utf8());
    }
    view
}

/// Marks of a Morse letter at most (ITU-R M.1677).
const MARKS_MAX: usize = 6;
const LETTERS: [(&str, char); 39] = [
    (".-", 'a'),
    ("-...", 'b'),
    ("-.-.", 'c'),
    ("-..", 'd'),
    (".", 'e'),
    ("..-.", 'f'),
    ("--.", 'g'),
    ("....", 'h'),
    ("..", 'i'),
    (".---", 'j'),
    ("-.-", 'k'),
    (".-..", 'l'),
    ("--", 'm'),
    ("-.", 'n'),
    ("---", 'o'),
    (".--.", 'p'),
    ("--.-", 'q'),
    (".-.", 'r'),
    ("...", 's'),
    ("-", 't'),
    ("..-", 'u'),
    ("...-", 'v'),
    (".--", 'w'),
    ("-..-", 'x'),
    ("-.--", 'y'),
    ("--..", 'z'),
    ("-----", '0'),
    (".----", '1'),
    ("..---", '2'),
    ("...--", '3'),
    ("....-", '4'),
    (".....", '5'),
    ("-....", '6'),
    ("--...", '7'),
    ("---..", '8'),
    ("----.", '9'),
    (".-.-.-", '.'),
    ("--..--", ','),
    ("..--..", '?'),
];

/// The text with each group of dots and dashes as its letter; `/`, `|` and wide gaps part words.
pub fn unmorsed(text: &str) -> View {
    let mut view = View::with_capacity(text.len() / 3);
    let mut at = 0;
    for group in text.split_inclusive([' ', '\n', '\t']) {
        let marks = group.trim_end();
        let source = at..at + group.len();
        at += group.len();
        match marks {
            "/" | "|" | "" => {
                if !view.text.ends_with(' ') {
                    view.put(' ', source);
                }
            }
            _ if marks.len() <= MARKS_MAX
                && marks.bytes().all(|byte| matches!(byte, b'.' | b'-')) =>
            {
                if let Some((_, letter)) = LETTERS.iter().find(|(code, _)| *code == marks) {
                    view.put(*letter, source);
                }
            }
            _ => view.copy(group, source.start),
        }
    }
    view
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ciphers_are_undone() {
        assert_eq!(rot13("Vtaber nyy!").text, "Ignore all!");
        assert_eq!(reversed("erongI é").text, "é Ignore");
        let view = unmorsed(".. --. -. --- .-. . / .- .-.. .-..");
        assert_eq!(view.text, "ignore all");
        assert_eq!(view.source(&(0..6)), 0..20);
    }
}
