//! Numbers in groups, as people write cards and telephones.

use super::window::Window;
use super::{Found, kind, phone};
use crate::sensitive::checks::luhn;
use crate::sensitive::secrets::card;

const GROUPS_MAX: usize = 10;
const DIGITS_MAX: usize = 24;
const CARD_DIGITS_MIN: usize = 12;
const CARD_DIGITS_MAX: usize = 19;

/// Digits with what divides them.
pub struct Run {
    pub plus: bool,
    /// Whether the first group stands in brackets.
    pub bracketed: bool,
    digits: [u8; DIGITS_MAX],
    /// For each group: the digits until its end, the place behind it, and what divides it from the one before.
    groups: [(u8, u8, u8); GROUPS_MAX],
    pub count: usize,
}

impl Run {
    /// The first `count` groups' digits.
    pub fn digits(&self, count: usize) -> &[u8] {
        &self.digits[..usize::from(self.groups[count - 1].0)]
    }

    /// The place behind the first `count` groups.
    pub fn end(&self, count: usize) -> usize {
        usize::from(self.groups[count - 1].1)
    }

    /// The number of digits of a group.
    pub fn size(&self, group: usize) -> usize {
        let before = if group == 0 { 0 } else { self.groups[group - 1].0 };
        usize::from(self.groups[group].0 - before)
    }

    /// What stands before a group.
    pub fn divider(&self, group: usize) -> u8 {
        self.groups[group].2
    }

    /// Whether the first `count` groups have one divider.
    pub fn is_even(&self, count: usize) -> bool {
        (2..count).all(|group| self.divider(group) == self.divider(1))
    }

    /// Reads a run at the window's place.
    pub fn read(window: &Window<'_>) -> Option<Self> {
        let mut run = Self {
            plus: false,
            bracketed: false,
            digits: [0; DIGITS_MAX],
            groups: [(0, 0, 0); GROUPS_MAX],
            count: 0,
        };
        let mut at = 0;
        if window.at(at) == Some(b'+') {
            run.plus = true;
            at += 1;
        }
        let mut total = 0;
        let mut divider = 0;
        while run.count < GROUPS_MAX {
            let bracket = window.at(at) == Some(b'(');
            if bracket {
                run.bracketed |= run.count == 0;
                at += 1;
            }
            let end = window.run(at, DIGITS_MAX + 1, |byte| byte.is_ascii_digit());
            let group = window.slice(at..end);
            if group.is_empty() || total + group.len() > DIGITS_MAX {
                break;
            }
            for digit in group {
                run.digits[total] = digit - b'0';
                total += 1;
            }
            at = end;
            if bracket {
                if window.at(at) != Some(b')') {
                    // An open bracket belongs to the sentence; digits alone may still be something.
                    return if run.count == 0 { None } else { Some(run) };
                }
                at += 1;
            }
            // Both are places in a window.
            run.groups[run.count] = (total as u8, at as u8, divider);
            run.count += 1;
            // One divider, or a space with a bracket, or none where a bracket opens or has closed.
            let Some(next) = window.at(at) else { break };
            divider = next;
            if matches!(next, b' ' | b'-' | b'.' | b'/') {
                at += 1;
                if next == b' '
                    && matches!(window.at(at), Some(b'-'))
                    && window.at(at + 1) == Some(b' ')
                {
                    at += 2;
                }
            } else if !(next == b'(' || bracket && next.is_ascii_digit()) {
                break;
            }
            if !window.at(at).is_some_and(|byte| byte.is_ascii_digit() || byte == b'(') {
                break;
            }
        }
        (run.count > 0).then_some(run)
    }
}

pub fn detect(window: &Window<'_>) -> Option<Found> {
    if window.continues_number() {
        return None;
    }
    phone::detect(window, &Run::read(window)?)
}

/// A telephone number in a run that was read.
pub fn phone_of(window: &Window<'_>, run: &Run) -> Option<Found> {
    if window.continues_number() { None } else { phone::detect(window, run) }
}

/// Whether what continues a number may be a card behind another card.
pub fn follows_card(window: &Window<'_>) -> bool {
    window.before(1) == Some(b' ') && window.follows_card()
}

/// A payment card in a run that was read, which continues no number, or follows a card.
pub fn card_of(window: &Window<'_>, run: &Run) -> Option<Found> {
    const WORDS: &[&str] = &[
        "card",
        "visa",
        "mastercard",
        "amex",
        "credit",
        "debit",
        "karte",
        "tarjeta",
        "carte",
        "carta",
        "cartão",
        "kaart",
    ];
    if run.plus || run.bracketed {
        return None;
    }
    (1..=run.count).rev().find_map(|count| {
        let (digits, end) = (run.digits(count), run.end(count));
        if digits.len() < CARD_DIGITS_MIN {
            return None;
        }
        let divided =
            count == 1 || run.is_even(count) && count >= 3 && matches!(run.divider(1), b' ' | b'-');
        let known = card(digits)
            || digits.len() <= CARD_DIGITS_MAX
                && luhn(digits)
                && digits[0] != 0
                && window.named(WORDS);
        let found = divided && known && window.is_boundary(end);
        found.then_some(Found { kind: kind("credit_card"), length: end })
    })
}
