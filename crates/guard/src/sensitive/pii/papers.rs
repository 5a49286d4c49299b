//! Accounts, passports and other papers: by their check digits, or by the words that introduce them.

use super::window::{Window, is_word};
use super::{Found, kind};
use crate::sensitive::checks;

/// The length of each country's IBAN (ISO 13616, SWIFT's registry, release 99).
#[rustfmt::skip]
const IBANS: &[(&[u8; 2], usize)] = &[
    (b"AD", 24), (b"AE", 23), (b"AL", 28), (b"AT", 20), (b"AZ", 28), (b"BA", 20), (b"BE", 16), (b"BG", 22), (b"BH", 22),
    (b"BI", 27), (b"BR", 29), (b"BY", 28), (b"CH", 21), (b"CR", 22), (b"CY", 28),
    (b"CZ", 24), (b"DE", 22), (b"DJ", 27), (b"DK", 18), (b"DO", 28), (b"EE", 20), (b"EG", 29), (b"ES", 24), (b"FI", 18),
    (b"FK", 18), (b"FO", 18), (b"FR", 27), (b"GB", 22), (b"GE", 22), (b"GI", 23),
    (b"GL", 18), (b"GR", 27), (b"GT", 28), (b"HN", 28), (b"HR", 21), (b"HU", 28), (b"IE", 22), (b"IL", 23), (b"IQ", 23),
    (b"IS", 26), (b"IT", 27), (b"JO", 30), (b"KW", 30), (b"KZ", 20), (b"LB", 28),
    (b"LC", 32), (b"LI", 21), (b"LT", 20), (b"LU", 20), (b"LV", 21), (b"LY", 25), (b"MC", 27), (b"MD", 24), (b"ME", 22),
    (b"MK", 19), (b"MN", 20), (b"MR", 27), (b"MT", 31), (b"MU", 30), (b"NI", 28),
    (b"NL", 18), (b"NO", 15), (b"OM", 23), (b"PK", 24), (b"PL", 28), (b"PS", 29), (b"PT", 25), (b"QA", 29), (b"RO", 24),
    (b"RS", 22), (b"RU", 33), (b"SA", 24), (b"SC", 31), (b"SD", 18), (b"SE", 24),
    (b"SI", 19), (b"SK", 24), (b"SM", 27), (b"SO", 23), (b"ST", 25), (b"SV", 28), (b"TL", 23), (b"TN", 24), (b"TR", 26),
    (b"UA", 29), (b"VA", 22), (b"VG", 24), (b"XK", 20), (b"YE", 30),
];

/// An international account number, in one piece or in groups with single spaces or hyphens.
pub fn iban(window: &Window<'_>) -> Option<Found> {
    let country = [window.at(0)?.to_ascii_uppercase(), window.at(1)?.to_ascii_uppercase()];
    if !country.iter().all(u8::is_ascii_alphabetic) {
        return None;
    }
    let (_, length) = IBANS.iter().find(|(known, _)| **known == country)?;
    let mut text = [0_u8; 34];
    let mut count = 0;
    let mut at = 0;
    while count < *length {
        let byte = window.at(at)?;
        if byte.is_ascii_alphanumeric() {
            if matches!(count, 2 | 3) && !byte.is_ascii_digit() {
                return None;
            }
            text[count] = byte.to_ascii_uppercase();
            count += 1;
        } else if !matches!(byte, b' ' | b'-')
            || count < 4
            || !window.at(at + 1)?.is_ascii_alphanumeric()
        {
            return None;
        }
        at += 1;
    }
    let letters = window.slice(0..at).iter().filter(|byte| byte.is_ascii_alphabetic());
    let one_case =
        letters.clone().all(u8::is_ascii_uppercase) || letters.clone().all(u8::is_ascii_lowercase);
    let whole = one_case && window.is_boundary(at) && checks::iban(&text[..count]);
    whole.then_some(Found { kind: kind("iban"), length: at })
}

/// Words, the kind of number that follows them, and its least and most characters.
const INTRODUCED: &[(&[&str], &str, usize, usize)] = &[
    (
        &[
            "passport",
            "pasaporte",
            "reisepass",
            "passeport",
            "passaporto",
            "paspoort",
            "travel document",
        ],
        "passport",
        6,
        10,
    ),
    (
        &[
            "driver's license",
            "drivers license",
            "driver license",
            "driver's licence",
            "driving licence",
            "driving license",
            "driver’s license",
            "license number",
            "licence number",
            "führerschein",
            "permis de conduire",
        ],
        "driver_licence",
        5,
        18,
    ),
    (
        &["account number", "bank account", "acct", "account no", "kontonummer", "account #"],
        "bank_account",
        6,
        17,
    ),
    (
        &[
            "medical record",
            "mrn",
            "patient id",
            "health insurance",
            "insurance number",
            "policy number",
            "member id",
        ],
        "medical_number",
        5,
        16,
    ),
    (
        &[
            "national id",
            "id card",
            "identity card",
            "identity number",
            "id number",
            "id code",
            "identity code",
            "identification number",
            "dni",
            "cedula",
            "cédula",
            "social security",
            "ssn",
            "tax id",
            "personal number",
        ],
        "national_id",
        6,
        18,
    ),
];

/// A number whose kind only the words before it tell.
pub fn detect(window: &Window<'_>, word: usize) -> Option<Found> {
    let mut end = word;
    // Hyphens within, as licences are written.
    while window.at(end) == Some(b'-')
        && window.at(end + 1).is_some_and(|byte| byte.is_ascii_alphanumeric())
        && end < 20
    {
        end = window.run(end + 1, 20, |byte| byte.is_ascii_alphanumeric());
    }
    let text = window.slice(0..end);
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = text.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    if digits < 5
        || letters > 4
        || !window.is_boundary(end)
        || window.before(1).is_some_and(|byte| is_word(byte) || matches!(byte, b'$' | b'.' | b'/'))
    {
        return None;
    }
    let date = text.len() == 10 && text.iter().filter(|byte| **byte == b'-').count() == 2;
    let (_, id, ..) = INTRODUCED.iter().find(|(words, _, least, most)| {
        (*least..=*most).contains(&text.len()) && !date && window.named(words)
    })?;
    Some(Found { kind: kind(id), length: end })
}
