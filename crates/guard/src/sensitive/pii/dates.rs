//! Dates of birth: a date in any common form where words say that somebody was born.

use super::window::Window;
use super::{Found, kind};

const WORDS: &[&str] = &[
    "born",
    "birth",
    "birthday",
    "birthdate",
    "dob",
    "d.o.b",
    "b-day",
    "geboren",
    "geburtsdatum",
    "geburtstag",
    "geb.",
    "né le",
    "née le",
    "naissance",
    "nacimiento",
    "nacido",
    "nacida",
    "nascimento",
    "nascita",
    "nato il",
    "nata il",
    "geboortedatum",
    "född",
    "født",
    "syntymä",
    "doğum",
    "urodzenia",
    "рождения",
    "родился",
    "生年月日",
    "出生",
    "생년월일",
];

const MONTHS: &[&str] = &[
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mai",
    "juin", "juil", "août", "okt", "dez", "ene", "abr", "ago", "dic", "mär", "déc", "fév",
];

/// A date that begins with a digit.
pub fn detect(window: &Window<'_>) -> Option<Found> {
    if !window.at(0)?.is_ascii_digit() {
        return None;
    }
    let end = numeric(window).or_else(|| day_first(window))?;
    (window.is_boundary(end) && window.named(WORDS))
        .then_some(Found { kind: kind("date_of_birth"), length: end })
}

/// A date that begins with the name of a month.
pub fn month_first(window: &Window<'_>) -> Option<Found> {
    let month = month(window, 0)?;
    if !window.named(WORDS) {
        return None;
    }
    let mut at = window.run(month, 2, |byte| matches!(byte, b' ' | b'.'));
    let day = window.run(at, 2, |byte| byte.is_ascii_digit());
    if day == at {
        return None;
    }
    at = window.run(day, 2, |byte| byte.is_ascii_alphabetic());
    at = window.run(at, 2, |byte| matches!(byte, b',' | b' '));
    let year = window.run(at, 4, |byte| byte.is_ascii_digit());
    let end = if year - at == 4 { year } else { day };
    Some(Found { kind: kind("date_of_birth"), length: end })
}

fn numeric(window: &Window<'_>) -> Option<usize> {
    let mut at = 0;
    let mut sizes = [0; 3];
    let mut divider = 0;
    for (index, size) in sizes.iter_mut().enumerate() {
        if index > 0 {
            let found = window.at(at)?;
            if !matches!(found, b'/' | b'-' | b'.') || index == 2 && found != divider {
                return None;
            }
            divider = found;
            at += 1;
        }
        let end = window.run(at, 5, |byte| byte.is_ascii_digit());
        *size = end - at;
        at = end;
    }
    matches!(sizes, [4, 1 | 2, 1 | 2] | [1 | 2, 1 | 2, 2 | 4]).then_some(at)
}

/// `1 May 1977`, `1st of May, 1977`, `1. Mai 1977`.
fn day_first(window: &Window<'_>) -> Option<usize> {
    let day = window.run(0, 3, |byte| byte.is_ascii_digit());
    if day > 2 {
        return None;
    }
    let mut at = window.run(day, 3, |byte| byte.is_ascii_alphabetic() || byte == b'.');
    at = window.run(at, 2, |byte| byte == b' ');
    if window.slice(day..at).is_empty() {
        return None;
    }
    if window.at(at) == Some(b'o') || window.at(at) == Some(b'd') {
        let word = window.run(at, 3, |byte| byte.is_ascii_lowercase());
        if matches!(window.slice(at..word), b"of" | b"de") {
            at = window.run(word, 1, |byte| byte == b' ');
        }
    }
    at = month(window, at)?;
    at = window.run(at, 5, |byte| matches!(byte, b' ' | b',' | b'.' | b'd' | b'e'));
    let year = window.run(at, 5, |byte| byte.is_ascii_digit());
    (year - at == 4).then_some(year)
}

/// The end of a month's name.
fn month(window: &Window<'_>, start: usize) -> Option<usize> {
    let end = window.run(start, 12, |byte| byte.is_ascii_alphabetic() || byte >= 0x80);
    let name = window.slice(start..end);
    if name.len() < 3 {
        return None;
    }
    let begins = |month: &str| {
        name.get(..month.len()).is_some_and(|head| head.eq_ignore_ascii_case(month.as_bytes()))
    };
    MONTHS.iter().any(|month| begins(month)).then_some(end)
}
