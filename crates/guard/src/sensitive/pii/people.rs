//! Names and street addresses, where what stands around them leaves little doubt.

use super::window::{Window, is_word};
use super::{Found, dates, kind};

const TITLES: &[&[u8]] = &[
    b"Mr",
    b"Mrs",
    b"Ms",
    b"Miss",
    b"Dr",
    b"Prof",
    b"Herr",
    b"Frau",
    b"Mme",
    b"Monsieur",
    b"Madame",
    b"Sra",
    b"Signor",
    b"Signora",
    b"Sir",
];

/// What stands directly before a name that somebody gives.
const INTRODUCTIONS: &[&str] = &[
    "my name is ",
    "name is ",
    "full name: ",
    "i am called ",
    "mein name ist ",
    "ich heiße ",
    "je m'appelle ",
    "me llamo ",
    "mi nombre es ",
    "mi chiamo ",
    "meu nome é ",
    "ik heet ",
    "patient: ",
    "customer: ",
    "employee: ",
    "dear ",
];

const STREETS: &[&[u8]] = &[
    b"street",
    b"st",
    b"avenue",
    b"ave",
    b"road",
    b"rd",
    b"boulevard",
    b"blvd",
    b"lane",
    b"ln",
    b"drive",
    b"dr",
    b"court",
    b"ct",
    b"place",
    b"pl",
    b"square",
    b"sq",
    b"terrace",
    b"way",
    b"parkway",
    b"pkwy",
    b"highway",
    b"hwy",
    b"crescent",
    b"close",
    b"circle",
    b"cir",
    b"trail",
    b"alley",
    b"row",
    b"gardens",
    b"grove",
    b"mews",
];

/// What begins with a letter: a title with a name, a name that was introduced, a month of birth, a street.
pub fn detect(window: &Window<'_>) -> Option<Found> {
    if window.at(0)?.is_ascii_lowercase() {
        return None;
    }
    let word = word_end(window, 0);
    if let Some(found) = dates::month_first(window) {
        return Some(found);
    }
    if let Some(found) = street_first(window, word) {
        return Some(found);
    }
    if TITLES.contains(&window.slice(0..word)) {
        let dot = word + usize::from(window.at(word) == Some(b'.'));
        let start = dot + usize::from(window.at(dot) == Some(b' '));
        let end = name_end(window, start);
        return (start > dot && end > start)
            .then_some(Found { kind: kind("person_name"), length: end });
    }
    let introduced = window.stands_behind(INTRODUCTIONS);
    let listed = !introduced && window.stands_behind(&["name: "]);
    let end = if introduced || listed { name_end(window, 0) } else { 0 };
    let pronoun = matches!(
        window.slice(0..word),
        b"Sir"
            | b"Madam"
            | b"All"
            | b"Team"
            | b"Customer"
            | b"The"
            | b"A"
            | b"I"
            | b"Not"
            | b"None"
    );
    // In a list of fields a name is a person's when it has two words.
    (end > 0 && !pronoun && !(listed && window.slice(0..end).iter().all(|byte| *byte != b' ')))
        .then_some(Found { kind: kind("person_name"), length: end })
}

fn word_end(window: &Window<'_>, start: usize) -> usize {
    window.run(start, 32, |byte| is_word(byte) && byte != b'_')
}

/// The end of up to four words with capitals; initials and particles may stand between.
fn name_end(window: &Window<'_>, start: usize) -> usize {
    let mut end = start;
    let mut at = start;
    for _ in 0..4 {
        let capital = window.at(at).is_some_and(|byte| byte.is_ascii_uppercase() || byte >= 0xc3);
        let word = window.run(at, 32, |byte| {
            byte.is_ascii_alphabetic() || byte >= 0x80 || byte == b'\'' || byte == b'-'
        });
        let particle = matches!(
            window.slice(at..word),
            b"von"
                | b"van"
                | b"de"
                | b"der"
                | b"den"
                | b"da"
                | b"di"
                | b"del"
                | b"la"
                | b"bin"
                | b"al"
        );
        if word == at || !(capital || particle && end > start) {
            break;
        }
        let initial = word - at == 1 && window.at(word) == Some(b'.');
        let stop = word + usize::from(initial);
        if capital {
            end = stop;
        }
        if window.at(stop) != Some(b' ') {
            break;
        }
        at = stop + 1;
    }
    while end > start && matches!(window.slice(end - 1..end), b"'" | b"-") {
        end -= 1;
    }
    end
}

/// `221B Baker Street, Apt. 4`: a number, words with capitals, a word for a street.
pub fn address(window: &Window<'_>) -> Option<Found> {
    let number = window.run(0, 7, |byte| byte.is_ascii_alphanumeric());
    let digits = window.slice(0..number).iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 || digits > 5 || number - digits > 1 || window.at(number) != Some(b' ') {
        return None;
    }
    let mut at = number + 1;
    let mut numbered = false;
    for place in 0..5 {
        let word = word_end(window, at);
        let text = window.slice(at..word);
        // A street has a number in its name once at most.
        let number = text.iter().all(u8::is_ascii_digit);
        if text.is_empty()
            || number && std::mem::replace(&mut numbered, true)
            || !(text[0].is_ascii_uppercase() || text[0] >= 0xc3 || text[0].is_ascii_digit())
        {
            return None;
        }
        if place > 0
            && text.len() > 1
            && text[0].is_ascii_alphabetic()
            && STREETS.iter().any(|street| street.eq_ignore_ascii_case(text))
        {
            let end = word + usize::from(window.at(word) == Some(b'.') && text.len() <= 4);
            return Some(Found { kind: kind("street_address"), length: unit_end(window, end) });
        }
        let dot = word + usize::from(window.at(word) == Some(b'.'));
        if window.at(dot) != Some(b' ') {
            return None;
        }
        at = dot + 1;
    }
    None
}

/// The end of `, Apt. 4`, `Suite 250`, if that follows.
fn unit_end(window: &Window<'_>, end: usize) -> usize {
    let start = window.run(end, 2, |byte| matches!(byte, b',' | b' '));
    let word = word_end(window, start);
    if !matches!(
        window.slice(start..word),
        b"Apt" | b"Apartment" | b"Suite" | b"Unit" | b"Flat" | b"Ste"
    ) {
        return end;
    }
    let number = window.run(word, 3, |byte| matches!(byte, b'.' | b' ' | b'#'));
    let last = window.run(number, 6, |byte| byte.is_ascii_alphanumeric());
    if last > number && last - number < 6 { last } else { end }
}

/// `Hauptstraße 12`, `rue de Rivoli 5` is not; `PO Box 12`.
fn street_first(window: &Window<'_>, word: usize) -> Option<Found> {
    let text = window.slice(0..word);
    let german =
        [&b"stra\xc3\x9fe"[..], b"strasse", b"gasse", b"platz", b"allee", b"gatan", b"straat"]
            .iter()
            .any(|end| text.len() > end.len() && text.ends_with(end));
    let start = if german {
        word
    } else if matches!(text, b"PO" | b"POB") && window.slice_matches(word, b" Box") {
        word + 4
    } else {
        return None;
    };
    if window.at(start) != Some(b' ') {
        return None;
    }
    let digits = window.run(start + 1, 6, |byte| byte.is_ascii_digit());
    let end = window.run(digits, 1, |byte| byte.is_ascii_lowercase());
    (digits > start + 1 && window.is_boundary(end))
        .then_some(Found { kind: kind("street_address"), length: end })
}
