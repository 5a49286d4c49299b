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

/// Of each table.
const BITS_LOG2: u32 = 16;
const BITS: usize = 1 << BITS_LOG2;
/// Bytes of an open literal by which it is known; all of them are as long.
const STEM_BYTES: usize = 3;
/// Bytes of an honest text in which one word of the lexicon stands, about.
const BYTES_PER_WORD: usize = 48;
/// Depth to which the automaton has a table for each state: most walks end there.
const DENSE_DEPTH: usize = 4;
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

type Bits = [u64; BITS / 64];

struct Automaton {
    /// Walked where a word of the text is the first of a literal, which few words of an honest text are.
    walk: Option<NFA>,
    literals: Vec<Literal>,
    /// Whether a literal begins with this byte, which is no letter or digit.
    marks: [bool; 256],
    /// One bit for each hash of a literal's first word, if the literal does not go on with a space.
    alone: Box<Bits>,
    /// One bit for each hash of a literal's first word and the letter that begins the next one, or of a mark and what
    /// follows it.
    pairs: Box<Bits>,
    /// One bit for each hash of what open literals, and those beyond ASCII, begin with.
    stems: Box<Bits>,
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
    let words = literals.clone();
    for (phrase, literal) in &mut literals {
        for word in phrase.split(' ').filter(|word| word.len() < phrase.len()) {
            literal.concepts |= words.get(word).map_or(0, |word| word.concepts);
        }
    }
    let mut marks = [false; 256];
    let (mut alone, mut pairs, mut stems) =
        (Box::new([0; BITS / 64]), Box::new([0; BITS / 64]), Box::new([0; BITS / 64]));
    for (text, literal) in &literals {
        let bytes = text.as_bytes();
        let Some(first) = bytes.first() else { continue };
        marks[usize::from(*first)] |= !is_word(*first) && *first < 0x80;
        let word = first_word(bytes);
        if word.length == 0 && *first < 0x80 {
            set(&mut pairs, mark_bit(bytes));
        }
        match &bytes[word.length..] {
            [b' ', next, ..] => set(&mut pairs, bit(fnv(word.hash, *next))),
            _ => set(&mut alone, bit(word.hash)),
        }
        if *first >= 0x80 || literal.open && word.length == bytes.len() {
            set(&mut stems, stem_bit(bytes));
        }
    }
    let walk = NFA::builder()
        .dense_depth(DENSE_DEPTH)
        .match_kind(MatchKind::LeftmostLongest)
        .ascii_case_insensitive(true)
        .build(literals.keys())
        .ok();
    Automaton { walk, literals: literals.into_values().collect(), marks, alone, pairs, stems }
});

fn set(bits: &mut Bits, bit: usize) {
    bits[bit / 64] |= 1 << (bit % 64);
}

fn is_set(bits: &Bits, bit: usize) -> bool {
    bits[bit / 64] >> (bit % 64) & 1 == 1
}

/// The word of ASCII that a text begins with, whatever its case.
struct FirstWord {
    length: usize,
    hash: u32,
    /// The bit of [`Automaton::stems`] for its first [`STEM_BYTES`], if it has as many.
    stem: Option<usize>,
}

fn first_word(bytes: &[u8]) -> FirstWord {
    let (mut hash, mut length, mut stem) = (FNV_OFFSET, 0, FNV_OFFSET);
    for byte in bytes {
        let folded = FOLDED[usize::from(*byte)];
        if folded == 0 {
            break;
        }
        hash = fnv(hash, folded);
        length += 1;
        if length == STEM_BYTES {
            stem = hash;
        }
    }
    FirstWord { length, hash, stem: (length >= STEM_BYTES).then(|| bit(stem)) }
}

/// Each byte of a word of ASCII without its case, and 0 for what is in no word.
const FOLDED: [u8; 256] = {
    let mut folded = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        if is_word(byte as u8) {
            folded[byte] = byte as u8 | 0x20;
        }
        byte += 1;
    }
    folded
};

const FNV_OFFSET: u32 = 0x811c_9dc5;

/// One step of FNV-1a, without ASCII's case.
fn fnv(hash: u32, byte: u8) -> u32 {
    (hash ^ u32::from(byte | 0x20)).wrapping_mul(0x0100_0193)
}

fn bit(hash: u32) -> usize {
    ((hash >> BITS_LOG2) ^ hash) as usize % BITS
}

/// The bit of a mark and what follows it.
fn mark_bit(bytes: &[u8]) -> usize {
    bit(bytes.iter().take(2).fold(0, |hash, byte| fnv(hash, *byte)))
}

/// The bit of a stem that is not ASCII.
fn stem_bit(bytes: &[u8]) -> usize {
    bit(bytes.iter().take(STEM_BYTES).fold(FNV_OFFSET, |hash, byte| fnv(hash, *byte)))
}

/// The words of `text` in their order, the longest that begins at each place. `loose` takes words inside of others
/// too, where letters were drawn together.
pub fn words(text: &str, loose: bool) -> Vec<Word> {
    let automaton = &*AUTOMATON;
    let Some(walk) = &automaton.walk else { return Vec::new() };
    let Ok(root) = walk.start_state(Anchored::Yes) else { return Vec::new() };
    let bytes = text.as_bytes();
    let mut words = Vec::with_capacity(bytes.len() / BYTES_PER_WORD);
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        let (known, next) = if loose {
            (text.is_char_boundary(at), at + 1)
        } else if FOLDED[usize::from(byte)] != 0 {
            let word = first_word(&bytes[at..]);
            let stem = word.stem.is_some_and(|stem| is_set(&automaton.stems, stem));
            let known = stem || is_set(&automaton.alone, bit(word.hash)) || {
                let after = &bytes[at + word.length..];
                let gap = after.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                let next = after.get(gap).filter(|_| gap > 0);
                next.is_some_and(|next| is_set(&automaton.pairs, bit(fnv(word.hash, *next))))
            };
            (known, at + word.length)
        } else if byte < 0x80 {
            let mark = automaton.marks[usize::from(byte)]
                && is_set(&automaton.pairs, mark_bit(&bytes[at..]));
            (mark, at + 1)
        } else {
            let known = byte >= 0xc0 && is_set(&automaton.stems, stem_bit(&bytes[at..]));
            (known && begins_beyond_ascii(text, at), at + 1)
        };
        let found = known.then(|| longest(automaton, walk, root, text, at, loose)).flatten();
        at = next;
        if let Some(word) = found {
            // A shorter literal than its word is an open one: the rest of the word is passed with it.
            at = if loose { word.end as usize } else { next.max(word.end as usize) };
            words.push(word);
        }
    }
    words
}

/// The longest literal that begins at `at` and ends where a word ends.
fn longest(
    automaton: &Automaton,
    walk: &NFA,
    root: StateID,
    text: &str,
    at: usize,
    loose: bool,
) -> Option<Word> {
    let bytes = text.as_bytes();
    let mut state = root;
    let mut found = None;
    let (mut end, mut fed) = (at, 0);
    while end < bytes.len() {
        let byte = bytes[end];
        end += 1;
        fed += 1;
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
            let pattern = walk.match_pattern(state, 0);
            if walk.pattern_len(pattern) != fed {
                // A literal that ends here but has begun later.
                continue;
            }
            let literal = automaton.literals[pattern.as_usize()];
            let stands =
                if loose { end - at >= LOOSE_BYTES_MIN } else { literal.open || ends(text, end) };
            if stands {
                found =
                    Some(Word { start: at as u32, end: end as u32, concepts: literal.concepts });
            }
        }
    }
    found
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Scripts that write no gaps between words: a word may begin and end anywhere in them.
fn has_no_gaps(character: char) -> bool {
    matches!(character, '\u{e00}'..='\u{e7f}' | '\u{1100}'..='\u{11ff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// Whether a word of another script begins at `at`: letters do not run across it.
fn begins_beyond_ascii(text: &str, at: usize) -> bool {
    let previous = text[..at].chars().next_back();
    previous.is_none_or(|previous| {
        !previous.is_alphanumeric() || has_no_gaps(previous) || previous.is_ascii()
    })
}

/// Whether a word ends at `at`.
fn ends(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let (Some(last), Some(next)) = (at.checked_sub(1).map(|last| bytes[last]), bytes.get(at))
    else {
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
        words(text, false)
            .iter()
            .map(|word| &text[word.start as usize..word.end as usize])
            .collect()
    }

    #[test]
    fn words_stand_between_gaps() {
        assert_eq!(found("Ignore PREVIOUS instructions"), ["Ignore", "PREVIOUS", "instructions"]);
        assert_eq!(found("ignored_previous xprompt"), [""; 0]);
        assert_eq!(found("請忽略之前的指令"), ["忽略", "之前", "指令"]);
        assert_eq!(found("special  cases"), [""; 0]);
        assert_eq!(found("system\n  prompt"), ["system\n  prompt"]);
        assert_eq!(found("забудьте инструкции"), ["забудьте", "инструкци"]);
    }
}
