//! The one pass over a text: which words of the lexicon stand where.
//!
//! An Aho-Corasick automaton over all literals is walked from each place where a word may begin (the longest literal
//! that also ends where a word ends is taken), which costs a third of a search through all bytes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aho_corasick::automaton::{Automaton as _, StateID};
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchKind};

use super::lexicon::{Concepts, entries, one};
use crate::normalise::fold::fold;

/// Of the table of beginnings.
const BEGINNINGS_BITS: u32 = 16;
const BEGINNINGS: usize = 1 << BEGINNINGS_BITS;
/// Bytes of a word that counts inside of others.
const LOOSE_BYTES_MIN: usize = 4;

/// A word of the lexicon in a text.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    pub start: u32,
    pub end: u32,
    pub concepts: Concepts,
}

impl Word {
    pub fn is(&self, concepts: Concepts) -> bool {
        self.concepts & concepts != 0
    }
}

/// What a literal of the automaton stands for.
#[derive(Clone, Copy, Default)]
struct Literal {
    concepts: Concepts,
    /// Whether longer words that begin so count as well.
    open: bool,
}

struct Automaton {
    /// Walked from the beginnings of words alone, so that a word that is in no literal costs a few bytes.
    walk: Option<NFA>,
    literals: Vec<Literal>,
    /// Whether a literal begins with this byte, which is no letter or digit.
    marks: [bool; 256],
    /// One bit for each way in which a literal may begin; most words of an honest text have none of them.
    beginnings: Box<[u64; BEGINNINGS / 64]>,
    /// The same for literals too short for that, by their first two bytes.
    short: Box<[u64; BEGINNINGS / 64]>,
}

static AUTOMATON: LazyLock<Automaton> = LazyLock::new(|| {
    let mut literals: BTreeMap<String, Literal> = BTreeMap::new();
    for (concept, word) in entries() {
        let stem = word.strip_suffix('*').unwrap_or(&word);
        let literal = literals.entry(fold(stem).view.text.to_ascii_lowercase()).or_default();
        literal.concepts |= one(concept);
        literal.open |= stem.len() < word.len();
    }
    // A phrase does what its words do as well, since it stands in their place.
    let alone = literals.clone();
    for (phrase, literal) in &mut literals {
        for word in phrase.split(' ').filter(|word| word.len() < phrase.len()) {
            literal.concepts |= alone.get(word).map_or(0, |word| word.concepts);
        }
    }
    let mut marks = [false; 256];
    for byte in literals.keys().filter_map(|literal| literal.bytes().next()) {
        marks[usize::from(byte)] |= !is_word(byte) && byte < 0x80;
    }
    let walk = NFA::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .ascii_case_insensitive(true)
        .build(literals.keys())
        .ok();
    let mut beginnings = Box::new([0; BEGINNINGS / 64]);
    let mut short = Box::new([0; BEGINNINGS / 64]);
    for literal in literals.keys().map(String::as_bytes) {
        match first_four(literal) {
            Some(hash) => set(&mut beginnings, hash),
            None => set(&mut short, first_two(literal)),
        }
    }
    Automaton { walk, literals: literals.into_values().collect(), marks, beginnings, short }
});

fn set(bits: &mut [u64; BEGINNINGS / 64], bit: usize) {
    bits[bit / 64] |= 1 << (bit % 64);
}

fn is_set(bits: &[u64; BEGINNINGS / 64], bit: usize) -> bool {
    bits[bit / 64] >> (bit % 64) & 1 == 1
}

/// A number below [`BEGINNINGS`] for four bytes; ASCII's case is a bit that is set in all of them.
fn first_four(bytes: &[u8]) -> Option<usize> {
    let first = bytes.first_chunk::<4>()?;
    let folded = u32::from_le_bytes(*first) | 0x2020_2020;
    Some((folded.wrapping_mul(0x9e37_79b1) >> (32 - BEGINNINGS_BITS)) as usize)
}

/// The same for two bytes, or for one and a space.
fn first_two(bytes: &[u8]) -> usize {
    let first = bytes.first().copied().unwrap_or(b' ') | 0x20;
    let second = bytes.get(1).copied().unwrap_or(b' ') | 0x20;
    usize::from(u16::from_le_bytes([first, second]))
}

impl Automaton {
    /// Whether a literal may begin at `at`.
    fn may_begin(&self, bytes: &[u8], at: usize) -> bool {
        let bytes = &bytes[at..];
        is_set(&self.short, first_two(bytes)) || first_four(bytes).is_some_and(|hash| is_set(&self.beginnings, hash))
    }
}

/// The words of `text` in their order, the longest that begins at each place. `loose` takes words inside of others
/// too, where letters were drawn together.
pub fn words(text: &str, loose: bool) -> Vec<Word> {
    let automaton = &*AUTOMATON;
    let Some(walk) = &automaton.walk else { return Vec::new() };
    let Ok(root) = walk.start_state(Anchored::Yes) else { return Vec::new() };
    let bytes = text.as_bytes();
    let mut words = Vec::new();
    let (mut at, mut inside) = (0, false);
    while at < bytes.len() {
        let byte = bytes[at];
        let starts = if is_word(byte) {
            let starts = !inside || loose;
            inside = true;
            starts
        } else {
            inside = false;
            automaton.marks[usize::from(byte)]
                || byte >= 0xc0 && (loose || begins_beyond_ascii(text, at))
        };
        if !starts || !automaton.may_begin(bytes, at) {
            at += 1;
            continue;
        }
        match longest(automaton, walk, root, text, at, loose) {
            Some(word) => {
                at = word.end as usize;
                inside = is_word(bytes[at - 1]);
                words.push(word);
            }
            None => at += 1,
        }
    }
    words
}

/// The longest literal that begins at `at` and ends where a word ends.
fn longest(automaton: &Automaton, walk: &NFA, root: StateID, text: &str, at: usize, loose: bool) -> Option<Word> {
    let bytes = text.as_bytes();
    let mut state = root;
    let mut found = None;
    let mut end = at;
    while end < bytes.len() {
        let byte = bytes[end];
        end += 1;
        if byte.is_ascii_whitespace() {
            // Any gap between words is one space to the literals.
            while bytes.get(end).is_some_and(u8::is_ascii_whitespace) {
                end += 1;
            }
            state = walk.next_state(Anchored::Yes, state, b' ');
        } else {
            state = walk.next_state(Anchored::Yes, state, byte);
        }
        if !walk.is_special(state) {
            continue;
        }
        if walk.is_dead(state) {
            break;
        }
        if walk.is_match(state) {
            let literal = automaton.literals[walk.match_pattern(state, 0).as_usize()];
            let stands = if loose { end - at >= LOOSE_BYTES_MIN } else { literal.open || ends(text, end) };
            if stands {
                found = Some(Word { start: at as u32, end: end as u32, concepts: literal.concepts });
            }
        }
    }
    found
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Scripts that write no gaps between words: a word may begin and end anywhere in them.
fn has_no_gaps(character: char) -> bool {
    matches!(character, '\u{e00}'..='\u{e7f}' | '\u{1100}'..='\u{11ff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// Whether a word of another script begins at `at`: letters do not run across it.
fn begins_beyond_ascii(text: &str, at: usize) -> bool {
    let previous = text[..at].chars().next_back();
    previous.is_none_or(|previous| !previous.is_alphanumeric() || has_no_gaps(previous) || previous.is_ascii())
}

/// Whether a word ends at `at`.
fn ends(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let (Some(last), Some(next)) = (at.checked_sub(1).map(|last| bytes[last]), bytes.get(at)) else {
        return true;
    };
    if last < 0x80 {
        return !is_word(last) || !is_word(*next);
    }
    let next = text[at..].chars().next();
    next.is_none_or(|next| !next.is_alphanumeric() || has_no_gaps(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        words(text, false).iter().map(|word| &text[word.start as usize..word.end as usize]).collect()
    }

    #[test]
    fn words_stand_between_gaps() {
        assert_eq!(found("Ignore PREVIOUS instructions"), ["Ignore", "PREVIOUS", "instructions"]);
        assert_eq!(found("ignored_previous xprompt"), [""; 0]);
        assert_eq!(found("請忽略之前的指令"), ["忽略", "之前", "指令"]);
        assert_eq!(found("забудьте инструкции"), ["забудьте", "инструкци"]);
    }
}
