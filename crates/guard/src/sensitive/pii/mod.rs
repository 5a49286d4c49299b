//! Finds personal data, one place after the other, each judged by what stands close to it.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::sensitive::{Kind, Span};

mod crypto;
mod dates;
mod mail;
mod national;
mod network;
mod numbers;
mod papers;
mod people;
mod phone;
pub mod window;

use window::{AHEAD_BYTES_MAX, BEHIND_BYTES_MAX, Window, is_word};

/// What a place in the text turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// Nothing begins here; so many bytes can be passed.
    Nothing,
    /// A value of this length, and whether it goes on behind the window with characters of its sort.
    Value { kind: Kind, length: usize, open: bool },
    /// It depends on what comes.
    Wait,
}

/// A value that a detector found, with its length from the window's place.
pub(crate) struct Found {
    pub kind: Kind,
    pub length: usize,
}

pub(crate) const fn kind(id: &'static str) -> Kind {
    Kind::new(id)
}

/// Every kind of personal data that can be found.
pub fn kinds() -> BTreeSet<Kind> {
    const OTHERS: &[&str] = &[
        "email",
        "phone",
        "credit_card",
        "iban",
        "ip_address",
        "mac_address",
        "crypto_address",
        "date_of_birth",
        "person_name",
        "street_address",
        "passport",
        "driver_licence",
        "bank_account",
        "medical_number",
        "national_id",
    ];
    OTHERS.iter().map(|id| kind(id)).chain(national::kinds()).collect()
}

/// The personal data of a whole text, in order, none within another.
pub fn detect(text: &[u8]) -> Vec<Span> {
    detect_counting(text).0
}

/// As [`detect`], with how often a byte was looked at, which tests hold to a bound.
pub fn detect_counting(text: &[u8]) -> (Vec<Span>, usize) {
    let mut spans = Vec::new();
    let mut looks = 0;
    let mut at = 0;
    while at < text.len() {
        match judge(text, at, Around { fresh: false, begins: true, ends: true }, &mut looks) {
            Judgement::Value { kind, length, open } => {
                let range = at..value_end(text, at, length, open);
                at = range.end;
                spans.push(Span { kind, range });
            }
            Judgement::Nothing | Judgement::Wait => at += 1,
        }
    }
    (spans, looks)
}

fn value_end(text: &[u8], at: usize, length: usize, open: bool) -> usize {
    let end = at + length;
    let more = text[end..].iter().take_while(|byte| open && goes_on(**byte)).count();
    end + more
}

/// The characters with which a value goes on that was longer than the window.
pub(crate) fn goes_on(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'.' | b'-' | b'%' | b'+')
}

/// What is known of a place beside the text that has arrived.
#[derive(Clone, Copy)]
pub(crate) struct Around {
    /// What stands before, though a letter, is none: an escape ended there.
    pub fresh: bool,
    /// The text starts where the whole text does.
    pub begins: bool,
    /// All of it has arrived.
    pub ends: bool,
}

/// Judges the place `at` in what has arrived of a text, and counts how often a byte is looked at.
pub(crate) fn judge(text: &[u8], at: usize, around: Around, looks: &mut usize) -> Judgement {
    let byte = text[at];
    let opens = byte.is_ascii_alphanumeric() || byte >= 0xc0 || matches!(byte, b'+' | b'(' | b':');
    // A word under way is passed; ASCII within another script begins one, since some scripts have no spaces.
    let before = at
        .checked_sub(1)
        .map(|before| text[before])
        .filter(|before| !around.fresh && is_word(*before));
    if !opens || is_word(byte) && before.is_some_and(|before| before.is_ascii() == byte.is_ascii())
    {
        return Judgement::Nothing;
    }
    let window = Window::new(text, at, around.begins, around.ends);
    let found = detectors(&window, byte);
    // A value ends with a whole character.
    let found = found.map(|Found { kind, length }| Found {
        kind,
        length: window.run(length, 3, |byte| byte & 0xc0 == 0x80),
    });
    *looks += window.looks();
    if window.looked_beyond() {
        return Judgement::Wait;
    }
    match found {
        Some(Found { kind, length }) => {
            Judgement::Value { kind, length, open: length >= AHEAD_BYTES_MAX }
        }
        None => Judgement::Nothing,
    }
}

/// The first that knows what begins here. Those that are surest come first.
fn detectors(window: &Window<'_>, byte: u8) -> Option<Found> {
    if byte >= 0x80 {
        return mail::detect(window).or_else(|| people::detect(window));
    }
    if matches!(byte, b'+' | b'(') {
        return numbers::detect(window);
    }
    if byte == b':' {
        return network::detect(window);
    }
    let word = window.run(0, AHEAD_BYTES_MAX, |byte| byte.is_ascii_alphanumeric());
    let letters_only = window.slice(0..word).iter().all(u8::is_ascii_alphabetic);
    let mail = mail::detect(window);
    if mail.is_some() {
        return mail;
    }
    let network = network::detect(window);
    if network.is_some() {
        return network;
    }
    if letters_only {
        // Few forms begin with letters that a space or a hyphen divides from the digits.
        let divided = word <= 3
            && matches!(window.at(word), Some(b' ' | b'-'))
            && window.at(word + 1).is_some_and(|byte| byte.is_ascii_digit());
        let national = if divided { national::detect(window, byte) } else { None };
        return national.or_else(|| people::detect(window));
    }
    // What continues another number is none of its own, unless a card follows a card.
    let number =
        byte.is_ascii_digit() && (!window.continues_number() || numbers::follows_card(window));
    let run = OnceCell::new();
    let run =
        || if number { run.get_or_init(|| numbers::Run::read(window)).as_ref() } else { None };
    crypto::detect(window, word)
        .or_else(|| papers::iban(window))
        .or_else(|| dates::detect(window))
        .or_else(|| numbers::card_of(window, run()?))
        .or_else(|| national::detect(window, byte))
        .or_else(|| numbers::phone_of(window, run()?))
        .or_else(|| papers::detect(window, word))
        .or_else(|| people::address(window))
}

/// The longest stretch of text before a place that its judgement can depend on.
pub(crate) const MEMORY_BYTES: usize = BEHIND_BYTES_MAX;
