//! Which passwords may be chosen: NIST SP 800-63B-4 section 3.1.1.2. Length counts, composition does
//! not; what an attacker would try first is refused, with the reason, so that the next one is better.

use std::collections::HashSet;
use std::sync::LazyLock;

use domain::limits::{PASSWORD_BYTES_MAX, PASSWORD_CHARS_MIN};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::email::Email;
use crate::guesses;

/// Why a password may not be chosen. Its text is for the person choosing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// Fewer characters than [`PASSWORD_CHARS_MIN`].
    #[error("use at least {PASSWORD_CHARS_MIN} characters; a few unrelated words are easy to keep")]
    TooShort,
    /// More bytes than [`PASSWORD_BYTES_MAX`].
    #[error("use at most {PASSWORD_BYTES_MAX} bytes")]
    TooLong,
    /// Line breaks and other characters that cannot be typed into a field.
    #[error("leave out line breaks and other control characters")]
    Control,
    /// One short piece, or very few characters, over and over.
    #[error("do not repeat one piece or a few characters")]
    Repeated,
    /// Made of what is tried first: common passwords, names, counting, keyboard rows, dates.
    #[error("do not build it from common passwords, names, counting, keyboard rows or dates")]
    Common,
    /// Holds the part of the e-mail address before the `@`.
    #[error("leave your e-mail address out of it")]
    HasEmail,
    /// Holds the name of this product.
    #[error("leave the name TokenOne out of it")]
    HasProduct,
}

/// Fewer different characters than this are a repetition, however long.
const DIFFERENT_CHARS_MIN: usize = 5;
/// Characters that must remain when everything common is taken out.
const OWN_CHARS_MIN: usize = 6;
/// A local part shorter than this occurs in words by chance.
const LOCAL_CHARS_MIN: usize = 4;
/// A run (`aaa`, `456`, `fed`) counts as one piece from this length.
const RUN_CHARS_MIN: usize = 3;
/// A piece of a keyboard row (`wert`, `lkjh`) counts from this length.
const ROW_CHARS_MIN: usize = 4;
const ROWS: [&str; 4] = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890"];
/// Shortest and longest word of the list, in characters.
const WORD_CHARS_MIN: usize = 4;
const WORD_CHARS_MAX: usize = 28;

/// What the public lists of breached passwords are built from, also in languages and phrases that
/// [`guesses`] does not know.
static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("common_passwords.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
});

/// Checks a password that `email`'s owner wants to use. Gives every reason at once.
///
/// # Errors
/// With all flaws, in the order of [`Flaw`].
pub fn check(password: &SecretString, email: &Email) -> Result<(), Vec<Flaw>> {
    let text = password.expose_secret();
    if text.len() > PASSWORD_BYTES_MAX {
        return Err(vec![Flaw::TooLong]);
    }
    let lower = Zeroizing::new(text.to_lowercase());
    let chars = Zeroizing::new(lower.chars().collect::<Vec<char>>());
    let local = email.local();
    let found = [
        (text.chars().count() < PASSWORD_CHARS_MIN, Flaw::TooShort),
        (text.chars().any(char::is_control), Flaw::Control),
        (repeats(&chars), Flaw::Repeated),
        (own_chars(&chars) < OWN_CHARS_MIN, Flaw::Common),
        (local.len() >= LOCAL_CHARS_MIN && lower.contains(local), Flaw::HasEmail),
        (squeezed(&chars).contains("tokenone"), Flaw::HasProduct),
    ];
    let mut flaws: Vec<Flaw> =
        found.iter().filter(|(has, _)| *has).map(|(_, flaw)| *flaw).collect();
    if flaws.is_empty() && guesses::too_few(text, email) {
        flaws.push(Flaw::Common);
    }
    if flaws.is_empty() { Ok(()) } else { Err(flaws) }
}

/// One piece shorter than a password may be, repeated; or hardly any different characters.
fn repeats(chars: &[char]) -> bool {
    let different: HashSet<&char> = chars.iter().collect();
    if different.len() < DIFFERENT_CHARS_MIN {
        return true;
    }
    let longest = (chars.len() / 2).min(PASSWORD_CHARS_MIN - 1);
    (1..=longest).any(|piece| chars.iter().skip(piece).zip(chars).all(|(later, now)| later == now))
}

/// How many characters are left when common pieces are taken out, reading `p4ssw0rd` both as it stands
/// and as it is meant.
fn own_chars(chars: &[char]) -> usize {
    let meant = Zeroizing::new(chars.iter().copied().map(meant).collect::<Vec<char>>());
    left_over(chars).min(left_over(&meant))
}

fn left_over(chars: &[char]) -> usize {
    let (mut at, mut own) = (0, 0);
    while let Some(rest) = chars.get(at..).filter(|rest| !rest.is_empty()) {
        let piece = word(rest).max(run(rest)).max(row(rest)).max(year(rest));
        // Spaces and punctuation between the pieces are what everybody adds.
        own += usize::from(piece == 0 && rest.first().is_some_and(|char| char.is_alphanumeric()));
        at += piece.max(1);
    }
    own
}

/// Length of the longest common word that `chars` begins with.
fn word(chars: &[char]) -> usize {
    let longest = chars.len().min(WORD_CHARS_MAX);
    let front = Zeroizing::new(chars.iter().take(longest).collect::<String>());
    (WORD_CHARS_MIN..=longest)
        .rev()
        .find(|length| {
            let end = front.char_indices().nth(*length).map_or(front.len(), |(end, _)| end);
            front.get(..end).is_some_and(|front| COMMON.contains(front))
        })
        .unwrap_or(0)
}

/// Length of a run of equal, rising or falling characters at the front.
fn run(chars: &[char]) -> usize {
    let step = |pair: &[char]| i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]));
    let Some(first) = chars.windows(2).next().map(step).filter(|step| step.abs() <= 1) else {
        return 0;
    };
    let length = 1 + chars.windows(2).take_while(|pair| step(pair) == first).count();
    if length >= RUN_CHARS_MIN { length } else { 0 }
}

/// Length of a piece of a keyboard row at the front, in either direction.
fn row(chars: &[char]) -> usize {
    let matching = |row: &mut dyn Iterator<Item = char>| {
        row.zip(chars).take_while(|(key, char)| key == *char).count()
    };
    let longest = ROWS.iter().flat_map(|row| {
        (0..row.len()).flat_map(move |at| {
            let (left, right) = row.split_at(at);
            [matching(&mut right.chars()), matching(&mut left.chars().rev())]
        })
    });
    longest.max().filter(|length| *length >= ROW_CHARS_MIN).unwrap_or(0)
}

/// Four, if a year of the last or this century stands at the front.
fn year(chars: &[char]) -> usize {
    match chars {
        [a, b, c, d, ..]
            if matches!((a, b), ('1', '9') | ('2', '0'))
                && c.is_ascii_digit()
                && d.is_ascii_digit() =>
        {
            4
        }
        _ => 0,
    }
}

/// The letter that a digit or sign commonly stands for.
const fn meant(char: char) -> char {
    match char {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// Letters alone, as they are meant: `T0ken-One` is the product's name as well.
fn squeezed(chars: &[char]) -> Zeroizing<String> {
    let letters = chars.iter().copied().map(meant).filter(|char| char.is_alphabetic());
    Zeroizing::new(letters.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaws(password: &str) -> Vec<Flaw> {
        let email = Email::parse("margarethe@example.org").unwrap();
        check(&SecretString::from(password), &email).err().unwrap_or_default()
    }

    #[test]
    fn long_and_unlikely_passwords_are_taken_whatever_they_are_made_of() {
        for good in [
            "correct mule voltage paperclip",
            "winterliche Teekanne am Fenster",
            "wxzq-plmh-trkd-vbsn",
            "8472610935718264",
            "ありがとう朝の図書館で待っています",
            "🦔 hedgehogs cross at midnight",
            "vK9#tq2Lm@x7Rp4z",
            "my password is a lie, and so is this",
            // At random, of the least length.
            "kemubcrdlsbqgbc",
            "nnchcrnbsdhuusb",
            "ssmbhbrejnerdsj",
            "NGP1GEDQ95Y771X",
            "SNSFX9Z6WEH4MZK",
            "94CEYZ097EFV8ED",
        ] {
            assert_eq!(flaws(good), [], "{good}");
        }
    }

    #[test]
    fn the_length_is_counted_in_characters_and_bounded_in_bytes() {
        assert_eq!(flaws("vK9#tq2Lm@x7Rp"), [Flaw::TooShort]);
        assert_eq!(flaws("朝の図書館で静かに待っている人"), []);
        assert_eq!(flaws(&"long enough ".repeat(100)), [Flaw::TooLong]);
    }

    #[test]
    fn what_everybody_tries_is_refused() {
        for common in [
            "passwordpassword1",
            "Password123456789!",
            "P4$$w0rd-P4$$w0rd-2024",
            "123456789012345678",
            "qwertyuiopasdfghjkl",
            "0987654321poiuytrewq",
            "abcdefghijklmnopqrst",
            "Summer2024Winter2025!",
            "iloveyou-iloveyou-iloveyou",
            "letmein letmein dragon",
            "adminadmin12345678",
            "changeme-changeme-1",
            "correct horse battery staple",
            "welcome.to.monkey.2023",
        ] {
            assert!(flaws(common).contains(&Flaw::Common), "{common}: {:?}", flaws(common));
        }
    }

    #[test]
    fn what_is_quickly_guessed_is_refused() {
        for guessable in [
            // Names, words and titles with digits behind them.
            "christopher1234",
            "unbelievable1234",
            "international1999",
            "starwars episode1",
            "jessica.ashley.1",
            "Gandalf the Grey",
            // The same piece twice, with something in between or after.
            "sunshine sunshine",
            "barcelona-barcelona",
            "zeppelinzeppelin2",
            "drowssapdrowssap1",
            // Walks over the keyboard that are no rows.
            "1qaz2wsx3edc4rfv",
            "zaq12wsxcde34rfv",
            "qazwsxedcrfvtgb",
            "a1b2c3d4e5f6g7h8",
            // Dates and numbers.
            "Alexander12/05/1987",
            "Elizabeth01011990",
            "3141592653589793",
            // Who chooses it.
            "M4rg4reth3-1234",
        ] {
            assert_eq!(flaws(guessable), [Flaw::Common], "{guessable}");
        }
    }

    #[test]
    fn the_longest_password_is_estimated_as_well() {
        let long = "4@8({[</><+!|1".repeat(PASSWORD_BYTES_MAX / 14 - 1);
        assert_eq!(flaws(&long), [Flaw::Repeated]);
        assert_eq!(flaws(&format!("{long} quiet otter")), []);
    }

    #[test]
    fn repetition_is_refused() {
        for repeated in
            ["xkqvxkqvxkqvxkqv", "aaaaaaaaaaaaaaaaaaaa", "vzvzzvvzvzzvvzzv", "ab7 ab7 ab7 ab7 "]
        {
            assert!(flaws(repeated).contains(&Flaw::Repeated), "{repeated}");
        }
    }

    #[test]
    fn the_address_and_the_product_are_refused() {
        assert_eq!(flaws("purple Margarethe umbrella"), [Flaw::HasEmail]);
        assert_eq!(flaws("T0ken-One umbrella purple"), [Flaw::HasProduct]);
        assert_eq!(flaws("purple umbrella\nand a tree"), [Flaw::Control]);
    }

    #[test]
    fn all_reasons_come_at_once() {
        assert_eq!(flaws("tokenone"), [Flaw::TooShort, Flaw::HasProduct]);
        assert_eq!(flaws(""), [Flaw::TooShort, Flaw::Repeated, Flaw::Common]);
    }

    #[test]
    fn the_list_holds_what_the_scan_can_find() {
        assert!(COMMON.len() > 300);
        for word in COMMON.iter() {
            let length = word.chars().count();
            assert!((WORD_CHARS_MIN..=WORD_CHARS_MAX).contains(&length), "{word}");
            assert_eq!(*word, word.trim().to_lowercase());
        }
    }
}
