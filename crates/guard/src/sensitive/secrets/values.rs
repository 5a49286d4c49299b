//! What a secret's value looks like, and what only stands where one will be.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::sensitive::checks::{distinct, entropy_bits};

/// How much a name says about its value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// It may be a key of a dictionary as well as a key of a door.
    Weak,
    /// A secret, a token, a vendor's name.
    Strong,
    /// A password: may be short and made of words.
    Password,
    /// A header of authorisation: whatever follows is a credential.
    Header,
}

/// Whether a value is such a secret as its name announces.
pub fn is_secret(value: &[u8], trust: Trust, quoted: bool) -> bool {
    // What is cheap to see comes first: hostile texts consist of candidates.
    value.len() >= 6
        && value.len() <= super::tokens::RUN_BYTES_MAX
        && distinct(value) >= 4
        && looks_secret(value, trust, quoted)
        && !(value.len() <= 16 && is_sequence(value))
        && !is_placeholder(value)
        && !is_reference(value)
}

fn looks_secret(value: &[u8], trust: Trust, quoted: bool) -> bool {
    let (mut digits, mut capitals, mut small) = (0, 0, 0);
    for byte in value {
        digits += usize::from(byte.is_ascii_digit());
        capitals += usize::from(byte.is_ascii_uppercase());
        small += usize::from(byte.is_ascii_lowercase());
    }
    let letters = capitals + small;
    let symbols = value.len() - digits - letters;
    let mixed_case = capitals > 0 && small > 0;
    match trust {
        Trust::Header => value.len() >= 10 && digits > 0 && distinct(value) > 4,
        Trust::Password => {
            let varied =
                usize::from(digits > 0) + usize::from(symbols > 0) + usize::from(mixed_case);
            let least = if quoted { 1 } else { 2 };
            let named_so =
                || memchr::memmem::find(&value.to_ascii_lowercase(), b"password").is_some();
            letters > 0
                && value.len() >= 7
                && varied >= least
                && distinct(value) > 4
                && (digits > 0 || is_symbol_rich(value))
                && (quoted || !is_identifier(value))
                && !named_so()
        }
        Trust::Strong if digits == value.len() => digits >= 15,
        Trust::Strong => {
            let unlike_words = digits >= 2
                || (digits == 1 && mixed_case)
                || (mixed_case && value.len() >= 14 && entropy_bits(value) > 3.4);
            value.len() >= 10
                && letters > 0
                && unlike_words
                && entropy_bits(value) >= 2.8
                && !is_words(value)
        }
        Trust::Weak => {
            value.len() >= 16
                && letters > 1
                && digits >= 2
                && entropy_bits(value) >= 3.2
                && !is_words(value)
        }
    }
}

/// What documentation writes where a reader shall write a secret.
#[rustfmt::skip]
const PLACEHOLDERS: &[&str] = &[
    "example", "placeholder", "your", "xxxxx", "changeme", "change_me", "change-me", "replace", "insert", "dummy", "redacted", "<", "${", "{{", "...", "****", "todo", "[[secret", "$(", "%s",
];

/// What code writes where it takes a secret from elsewhere.
#[rustfmt::skip]
const REFERENCES: &[&str] = &[
    "process.env", "environ", "getenv", "secrets.", "config.", "self.", "this.", "os.", "env.", "settings.", "request.", "://",
];

/// All of the marks are looked for at once. Building from constant marks cannot fail.
static MARKED: LazyLock<[Option<AhoCorasick>; 2]> = LazyLock::new(|| {
    // A prefilter costs more than it saves: values are short.
    let built = |marks: &[&str], any_case: bool| {
        AhoCorasick::builder()
            .ascii_case_insensitive(any_case)
            .kind(Some(AhoCorasickKind::DFA))
            .prefilter(false)
            .build(marks)
            .ok()
    };
    [built(PLACEHOLDERS, true), built(REFERENCES, false)]
});

fn is_marked(marks: &Option<AhoCorasick>, value: &[u8]) -> bool {
    marks.as_ref().is_some_and(|marks| marks.is_match(value))
}

/// Whether a value is what documentation writes for one.
pub fn is_placeholder(value: &[u8]) -> bool {
    is_marked(&MARKED[0], &value[..value.len().min(128)])
}

/// A value that names where the secret is, instead of being it.
fn is_reference(value: &[u8]) -> bool {
    matches!(value[0], b'$' | b'/' | b'@' | b'%' | b'&' | b'*' | b'[' | b'{' | b'(' | b'.')
        && !(value[0] == b'$' && value.len() > 20)
        || value.iter().any(|byte| matches!(byte, b'(' | b')' | b'[' | b']' | b'{' | b'}'))
            && value.len() < 64
        || is_marked(&MARKED[1], value)
}

/// Words with few digits between: `max_output_tokens`, `text-embedding-3-large`, `PBKDF2WithHmacSHA1`, a host's name.
fn is_words(value: &[u8]) -> bool {
    let word = |part: &[u8]| {
        let digits = part.iter().filter(|byte| byte.is_ascii_digit()).count();
        let changes = |test: fn(&u8, &u8) -> bool| {
            part.windows(2).filter(|pair| test(&pair[0], &pair[1])).count()
        };
        let borders = changes(|one, two| one.is_ascii_digit() != two.is_ascii_digit());
        // A capital within a word begins the next one.
        let humps = changes(|one, two| one.is_ascii_lowercase() && two.is_ascii_uppercase());
        let vowels = part.iter().filter(|byte| b"aeiouyAEIOUY".contains(byte)).count();
        let letters = part.len() - digits;
        (digits == part.len() && digits <= 5)
            || (borders <= 1 && digits <= 5 || borders <= 3 && digits * 4 <= part.len())
                && humps * 4 <= letters
                && (vowels * 4 >= letters || letters <= 4)
    };
    let divides = |byte: &u8| {
        matches!(byte, b'_' | b'-' | b'.' | b'/' | b':' | b' ' | b'+' | b'=' | b'#' | b'^')
    };
    value.split(divides).filter(|part| !part.is_empty()).all(word)
}

/// The alphabet and the digits in their order, as in `A1b2C3d4` or `abcdef123456`.
fn is_sequence(value: &[u8]) -> bool {
    let mut last: [Option<u8>; 2] = [None; 2];
    let (mut pairs, mut steps) = (0, 0);
    for byte in value.iter().map(u8::to_ascii_lowercase).filter(u8::is_ascii_alphanumeric) {
        let sort = usize::from(byte.is_ascii_digit());
        if let Some(before) = last[sort].replace(byte) {
            pairs += 1;
            steps += usize::from(byte == before + 1);
        }
    }
    pairs >= 4 && steps * 10 >= pairs * 8
}

fn is_identifier(value: &[u8]) -> bool {
    value.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
        && is_words(value)
        && !value.iter().any(u8::is_ascii_digit)
}

fn is_symbol_rich(value: &[u8]) -> bool {
    value
        .iter()
        .filter(|byte| {
            matches!(
                byte,
                b'!' | b'@' | b'#' | b'$' | b'%' | b'^' | b'&' | b'*' | b'?' | b'+' | b'~'
            )
        })
        .count()
        > 0
        && !value.contains(&b' ')
}
