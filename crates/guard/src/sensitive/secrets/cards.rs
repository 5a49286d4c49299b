//! Payment cards: the issuer's prefix, the length that goes with it, and Luhn's check digit (ISO/IEC 7812-1).

use crate::sensitive::checks::{distinct, luhn};
use crate::sensitive::{Kind, Span};

pub const CARD: Kind = Kind::new("credit_card");

/// The digits of the shortest and the longest card.
pub const DIGITS_MIN: usize = 12;
pub const DIGITS_MAX: usize = 19;

/// Finds cards in a text and says how many runs of digits it looked at.
pub fn detect(text: &[u8], spans: &mut Vec<Span>) -> usize {
    let mut runs = 0;
    let mut at = 0;
    // Thirteen characters of a card hold a digit at every fourth place, whatever divides its groups.
    while at < text.len() {
        if !text[at].is_ascii_digit() {
            at += 4;
            continue;
        }
        runs += 1;
        let start = run_start(text, at);
        let end = run_end(text, start);
        let mut card_ended = None;
        let mut group = Some(start);
        while let Some(start) = group.filter(|start| end - start >= DIGITS_MIN) {
            // A card may follow another with one space between.
            let follows = card_ended.is_some_and(|ended| ended + 1 == start);
            let found = card_at(text, start, end).filter(|_| follows || opens(text, start));
            let rest = found.unwrap_or(start);
            if let Some(found) = found {
                spans.push(Span { kind: CARD, range: start..found });
                card_ended = Some(found);
            }
            group = next_group(text, rest, end);
        }
        at = end.max(at) + 1;
    }
    runs
}

/// Where the digits and single dividers begin that lead to `at`.
fn run_start(text: &[u8], at: usize) -> usize {
    let mut start = at;
    while start > 0 && at - start < 64 {
        let before = text[start - 1];
        let divides =
            matches!(before, b' ' | b'-') && start > 1 && text[start - 2].is_ascii_digit();
        if !(before.is_ascii_digit() || divides && text[start].is_ascii_digit()) {
            break;
        }
        start -= 1;
    }
    start
}

/// The end of digits that single spaces or hyphens divide.
fn run_end(text: &[u8], start: usize) -> usize {
    let mut end = start;
    let mut at = start;
    while let Some(byte) = text.get(at) {
        if byte.is_ascii_digit() {
            end = at + 1;
        } else if !matches!(byte, b' ' | b'-') || at != end || at - start > 512 {
            break;
        }
        at += 1;
    }
    end
}

/// The place of the first digit behind the divider that follows `from`.
fn next_group(text: &[u8], from: usize, run_end: usize) -> Option<usize> {
    let digits_end = (from..run_end).find(|at| !text[*at].is_ascii_digit())?;
    (digits_end..run_end).find(|at| text[*at].is_ascii_digit())
}

/// The end of a card that begins at `start`. Groups must be divided alike.
fn card_at(text: &[u8], start: usize, run_end: usize) -> Option<usize> {
    // Groups of cards have four digits or more, first the issuer's.
    let mut digits = [0_u8; DIGITS_MAX];
    let mut count = 0;
    let mut groups = 1;
    let mut divider = 0;
    let mut best = None;
    for at in start..run_end {
        let byte = text[at];
        if byte.is_ascii_digit() {
            if count == DIGITS_MAX {
                break;
            }
            digits[count] = byte - b'0';
            count += 1;
            let closes =
                text.get(at + 1).is_none_or(|next| !next.is_ascii_alphanumeric() && *next != b'_');
            let whole = groups == 1 || groups >= 3;
            if closes && whole && count >= DIGITS_MIN && card(&digits[..count]) {
                best = Some(at + 1);
            }
        } else if count >= 4 && (divider == 0 || divider == byte) {
            divider = byte;
            groups += 1;
        } else {
            break;
        }
    }
    best
}

/// Whether a card may begin here: not within a word, nor behind a group of four that belongs to a longer number.
fn opens(text: &[u8], start: usize) -> bool {
    let Some(before) = start.checked_sub(1) else { return true };
    let group = &text[..before];
    let group = &group[group
        .iter()
        .rev()
        .take(5)
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .fold(before, |at, _| at - 1)..];
    let other = text[before] == b' ' && before > 4 && text[before - 5] == b'-';
    let continues = !other
        && matches!(text[before], b' ' | b'-')
        && group.len() == 4
        && group.iter().any(u8::is_ascii_digit);
    !text[before].is_ascii_alphanumeric()
        && !matches!(text[before], b'_' | b'.' | b'$')
        && !continues
}

/// Whether digits are a card's: a known issuer, its length, and the check digit.
pub(crate) fn card(digits: &[u8]) -> bool {
    issued(digits) && luhn(digits) && distinct(digits) > 1
}

/// The ranges of issuer identification numbers that are in use, and the lengths of their numbers.
fn issued(digits: &[u8]) -> bool {
    if digits.len() < 12 {
        return false;
    }
    let prefix = |length: usize| {
        digits[..length].iter().fold(0_u32, |number, digit| number * 10 + u32::from(*digit))
    };
    let (two, three, four) = (prefix(2), prefix(3), prefix(4));
    match digits.len() {
        13 => digits[0] == 4 || matches!(two, 50 | 56..=58 | 63 | 67),
        14 => matches!(three, 300..=305 | 309) || matches!(two, 36 | 38 | 39),
        15 => {
            matches!(two, 34 | 37)
                || matches!(four, 2131 | 1800 | 2014 | 2149)
                || digits.starts_with(&[1, 2, 2, 0, 0, 0])
        }
        16 => {
            digits[0] == 4
                || matches!(two, 51..=55 | 35 | 36 | 38 | 39 | 62 | 64 | 65 | 50 | 56..=58 | 60 | 81 | 82)
                || matches!(four, 2200..=2204 | 2221..=2720 | 6011 | 6304 | 6759 | 6761..=6763 | 5018 | 5020 | 5038 | 9792)
        }
        17 | 18 => matches!(two, 62 | 50 | 56..=58 | 63 | 67),
        19 => digits[0] == 4 || matches!(two, 62 | 64 | 65 | 50 | 56..=58 | 63 | 67 | 60 | 36),
        _ => false,
    }
}
