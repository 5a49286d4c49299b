//! What a detector may look at: a bounded piece of text before and behind the place where it stands.
//!
//! Whether more text would change its mind is not for the detector to say. The window notes whether
//! anyone looked beyond what has arrived; then the judgement waits. A judgement during which nobody did
//! is the same whatever arrives later. So a stream is judged as the whole text is, however it was cut.

use std::cell::{Cell, OnceCell, RefCell};
use std::ops::Range;

use crate::sensitive::secrets::card;

/// How far ahead a detector sees. It bounds what a stream holds back.
pub const AHEAD_BYTES_MAX: usize = 80;

/// How far back a detector sees: where the words stand that say what a number is.
pub const BEHIND_BYTES_MAX: usize = 80;

/// How far ahead the words may stand that say what a number was.
const WORDS_AHEAD_BYTES: usize = 32;

pub struct Window<'a> {
    behind: &'a [u8],
    ahead: &'a [u8],
    /// Whether nothing comes after `ahead`, or nothing that the detectors may see.
    closed: bool,
    /// Whether the whole text begins at the window's place, and ends with it.
    begins: bool,
    ends: bool,
    looked_beyond: Cell<bool>,
    looks: Cell<usize>,
    behind_words: OnceCell<Words>,
    continues_number: OnceCell<bool>,
    /// The answers of [`Self::named`] by the address of the words: the same words are asked for many times.
    named: RefCell<Vec<(usize, bool)>>,
}

impl<'a> Window<'a> {
    /// The window at `at` in what has arrived of a text. `begins` says that `text` starts where the
    /// whole text does, `ends` that all of it has arrived.
    pub fn new(text: &'a [u8], at: usize, begins: bool, ends: bool) -> Self {
        let behind = at.saturating_sub(BEHIND_BYTES_MAX);
        let ahead = text.len().min(at + AHEAD_BYTES_MAX);
        Self {
            behind: &text[behind..at],
            ahead: &text[at..ahead],
            closed: ends || ahead - at == AHEAD_BYTES_MAX,
            begins: begins && at == 0,
            ends: ends && ahead == text.len(),
            looked_beyond: Cell::new(false),
            looks: Cell::new(0),
            behind_words: OnceCell::new(),
            continues_number: OnceCell::new(),
            named: RefCell::new(Vec::new()),
        }
    }

    /// The byte at a place ahead; nothing at the end of the text and beyond the window.
    pub fn at(&self, place: usize) -> Option<u8> {
        self.looks.set(self.looks.get() + 1);
        let byte = self.ahead.get(place).copied();
        if byte.is_none() && !self.closed {
            self.looked_beyond.set(true);
        }
        byte
    }

    /// As [`Self::at`], for those who ask again where it matters what has not arrived.
    pub fn peek(&self, place: usize) -> Option<u8> {
        self.ahead.get(place).copied()
    }

    /// Whether somebody looked at what has not arrived yet.
    pub fn looked_beyond(&self) -> bool {
        self.looked_beyond.get()
    }

    /// How often a byte was looked at.
    pub fn looks(&self) -> usize {
        self.looks.get()
    }

    /// What lies between two places that were looked at.
    pub fn slice(&self, range: Range<usize>) -> &'a [u8] {
        self.ahead.get(range).unwrap_or_default()
    }

    /// The `nth` byte to the left, from 1.
    pub fn before(&self, nth: usize) -> Option<u8> {
        self.behind.len().checked_sub(nth).map(|at| self.behind[at])
    }

    /// The end of the run that passes `test`, from `place`.
    pub fn run(&self, place: usize, max: usize, test: impl Fn(u8) -> bool) -> usize {
        let rest = self.ahead.get(place..).unwrap_or_default();
        let length = rest.iter().take(max).take_while(|byte| test(**byte)).count();
        // What ended the run was looked at as well.
        self.looks.set(self.looks.get() + length + 1);
        if length == rest.len() && length < max && !self.closed {
            self.looked_beyond.set(true);
        }
        place + length
    }

    /// Whether no ASCII letter, digit or underscore stands at `place`: some scripts put no space behind a number.
    pub fn is_boundary(&self, place: usize) -> bool {
        self.at(place).is_none_or(|byte| !byte.is_ascii_alphanumeric() && byte != b'_')
    }

    /// Whether one of the words stands to the left, without regard to ASCII case.
    pub fn named(&self, words: &'static [&'static str]) -> bool {
        let address = words.as_ptr().addr();
        let known =
            self.named.borrow().iter().find(|(known, _)| *known == address).map(|known| known.1);
        known.unwrap_or_else(|| {
            let behind = self.behind_words.get_or_init(|| self.words_of(self.behind));
            let named = behind.has(words);
            self.named.borrow_mut().push((address, named));
            named
        })
    }

    /// As [`Self::named`], or the words follow on the same line behind `end`.
    pub fn named_around(&self, end: usize, words: &'static [&'static str]) -> bool {
        if self.named(words) {
            return true;
        }
        let line = self.run(end, WORDS_AHEAD_BYTES, |byte| !matches!(byte, b'\n' | b';'));
        self.words_of(self.slice(end..line)).has(words)
    }

    fn words_of(&self, text: &[u8]) -> Words {
        self.looks.set(self.looks.get() + text.len());
        Words::of(text)
    }

    /// Whether one of the words follows at once, behind at most three marks (`555-0132 (office)`).
    pub fn named_directly_behind(&self, end: usize, words: &[&str]) -> bool {
        let start = self.run(end, 3, |byte| matches!(byte, b' ' | b'-' | b',' | b'(' | b'\\'));
        if start == end {
            return false;
        }
        let word = self.run(start, 8, |byte| byte.is_ascii_alphabetic());
        let lower = self.slice(start..word).to_ascii_lowercase();
        words.iter().any(|known| known.as_bytes() == lower)
    }

    /// Whether a number that begins here goes on with one that stands to the left, is an amount, or lies in a path.
    pub fn continues_number(&self) -> bool {
        *self.continues_number.get_or_init(|| self.goes_on_from_the_left())
    }

    fn goes_on_from_the_left(&self) -> bool {
        let Some(before) = self.before(1) else { return false };
        let digit_before = self.before(2).is_some_and(|byte| byte.is_ascii_digit());
        if matches!(before, b'$' | b'#' | b'+')
            || matches!(before, b'.' | b'-' | b'/' | b':') && digit_before
        {
            return true;
        }
        // Groups of four with a space between: the number began further to the left.
        let group = self.behind[..self.behind.len() - 1]
            .iter()
            .rev()
            .take(6)
            .take_while(|byte| byte.is_ascii_alphanumeric());
        let four = group.count() == 4 && self.before(6) != Some(b'-');
        before == b' ' && digit_before && four
            || before == b' '
                && (2..=5).all(|nth| {
                    self.before(nth)
                        .is_some_and(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
                })
                && self.before(6) == Some(b' ')
    }

    /// Whether a payment card ends right before, with one space between.
    pub fn follows_card(&self) -> bool {
        let mut digits: Vec<u8> = Vec::with_capacity(19);
        let mut divided = false;
        for byte in self.behind.iter().rev().skip(1) {
            match byte {
                b'0'..=b'9' if digits.len() < 19 => digits.insert(0, byte - b'0'),
                b' ' | b'-' if !divided => {}
                _ => break,
            }
            divided = !byte.is_ascii_digit();
            if digits.len() >= 12 && card(&digits) {
                return true;
            }
        }
        false
    }

    /// Whether one of the phrases ends right before the window's place, without regard to ASCII case.
    pub fn stands_behind(&self, phrases: &[&str]) -> bool {
        let ends = |phrase: &&str| {
            let from = self.behind.len().checked_sub(phrase.len());
            from.is_some_and(|from| self.behind[from..].eq_ignore_ascii_case(phrase.as_bytes()))
        };
        phrases.iter().any(ends)
    }

    /// Whether `word` stands at a place ahead.
    pub fn slice_matches(&self, place: usize, word: &[u8]) -> bool {
        word.iter().enumerate().all(|(nth, byte)| self.at(place + nth) == Some(*byte))
    }

    /// Whether the whole text is what stands between here and `end`: then that is what was asked for.
    pub fn is_alone(&self, end: usize) -> bool {
        self.begins && end < AHEAD_BYTES_MAX && self.at(end).is_none() && self.ends
    }
}

/// Letters, digits and the underscore; every byte of a character beyond ASCII counts as a letter.
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// A text without its case, and where words begin in it: where no word is under way (`tel` in `tel.`, not in `hotel`).
/// Scripts without spaces have no such place, so that a word may begin at each of their characters.
struct Words {
    text: Vec<u8>,
    begins: Vec<u8>,
    /// One bit for each byte that a word begins with.
    firsts: [u64; 4],
}

impl Words {
    fn of(text: &[u8]) -> Self {
        let mut words = Self { text: Vec::new(), begins: Vec::new(), firsts: [0; 4] };
        // A loop without a branch sees at once that nothing but numbers stand there.
        let letters =
            text.iter().fold(false, |any, byte| any | byte.is_ascii_alphabetic() | (*byte >= 0x80));
        if !letters {
            return words;
        }
        let mut under_way = false;
        for (at, byte) in text.iter().enumerate() {
            if byte.is_ascii_alphabetic() && !under_way || *byte >= 0x80 {
                let first = usize::from(byte.to_ascii_lowercase());
                words.firsts[first / 64] |= 1 << (first % 64);
                // A text is a window, which is shorter than that.
                words.begins.push(at.min(usize::from(u8::MAX)) as u8);
            }
            under_way = byte.is_ascii_alphanumeric();
        }
        words.text = text.to_ascii_lowercase();
        words
    }

    fn has(&self, words: &[&str]) -> bool {
        !self.begins.is_empty()
            && words.iter().any(|word| {
                let first = usize::from(word.as_bytes()[0]);
                self.firsts[first / 64] >> (first % 64) & 1 == 1
                    && self
                        .begins
                        .iter()
                        .any(|at| self.text[usize::from(*at)..].starts_with(word.as_bytes()))
            })
    }
}
