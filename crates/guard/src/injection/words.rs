//! The one pass over a text: which words of the lexicon stand where.
//!
//! An Aho-Corasick automaton over all literals is walked from each place where a word may begin (the longest literal
//! that also ends where a word ends is taken), which costs a third of a search through all bytes.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use aho_corasick::automaton::{Automaton as _, StateID};
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchKind};

use super::lexicon::{Concepts, entries, one};
use crate::normalise::fold::fold;
use crate::normalise::survey::gather;

/// Of each table.
const BITS_LOG2: u32 = 15;
const BITS: usize = 1 << BITS_LOG2;
/// Bytes of a literal beyond ASCII by which it is known.
const STEM_BYTES: usize = 3;
/// Bytes of an open literal by which it is known; all of them are as long as the least.
const STEMS_BYTES: [usize; 3] = [3, 4, 5];
/// Sorts of words that literals begin with.
const IS_WORD: u8 = 1;
const GOES_ON: u8 = 2;
/// Changes the bit of a stem to that which says that no more of it has to be looked at.
const WHOLE_STEM: usize = BITS / 2 + 1;
/// Bytes of an honest text in which one word of the lexicon stands, about.
const BYTES_PER_WORD: usize = 48;
/// Depth to which the automaton has a table for each state: most walks end there.
const DENSE_DEPTH: usize = 4;
/// Bytes of a word that counts inside of others.
const LOOSE_BYTES_MIN: usize = 4;
/// Bytes of a text that are sorted at once into words and what divides them.
const BLOCK_BYTES: usize = 64;

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
    /// Walked where what stands in the text may be more than a word of the lexicon.
    walk: Option<NFA>,
    literals: Vec<Literal>,
    /// The literals that are one word, by what they are known by.
    words: HashMap<Key, Concepts, BuildHasherDefault<KeyHasher>>,
    /// Whether a literal begins with this byte, which is no letter or digit.
    marks: [bool; 256],
    /// Two bits for each word: whether it is a literal, and whether one begins with it and goes on.
    firsts: Box<[u8; BITS / 4]>,
    /// One bit for each literal that is more than a word: its first word and the two bytes of the next one, or of a mark
    /// and what follows it.
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
    let mut firsts = Box::new([0_u8; BITS / 4]);
    let (mut pairs, mut stems) = (Box::new([0; BITS / 64]), Box::new([0; BITS / 64]));
    let mut single = HashMap::default();
    for (text, literal) in &literals {
        let bytes = text.as_bytes();
        let Some(first) = bytes.first() else { continue };
        if *first >= 0x80 {
            set(&mut stems, stem_bit(bytes));
            continue;
        }
        if !is_word(*first) {
            marks[usize::from(*first)] = true;
            set(&mut pairs, mark_bit(bytes));
            continue;
        }
        let key = Key::of(bytes, 0, bytes.iter().take_while(|byte| is_word(**byte)).count());
        let sort = if key.length == bytes.len() { IS_WORD } else { GOES_ON };
        firsts[key.bit(0) / 4] |= sort << (key.bit(0) % 4 * 2);
        match &bytes[key.length..] {
            [] => {
                single.insert(key, literal.concepts);
                if literal.open {
                    set(&mut stems, key.stem_bit(STEMS_BYTES[0]));
                    set(&mut stems, key.stem_bit(key.length.min(STEMS_BYTES[2])) ^ WHOLE_STEM);
                }
            }
            [b' ', next] => set(&mut pairs, key.bit(pair(*next, b' '))),
            [next] => set(&mut pairs, key.bit(pair(*next, 0))),
            [b' ', next, second, ..] => set(&mut pairs, key.bit(pair(*next, *second))),
            [next, second, ..] => set(&mut pairs, key.bit(pair(*next, *second))),
        }
    }
    let walk = NFA::builder()
        .dense_depth(DENSE_DEPTH)
        .match_kind(MatchKind::LeftmostLongest)
        .ascii_case_insensitive(true)
        .build(literals.keys())
        .ok();
    let literals = literals.into_values().collect();
    Automaton { walk, literals, words: single, marks, firsts, pairs, stems }
});

fn set(bits: &mut Bits, bit: usize) {
    bits[bit / 64] |= 1 << (bit % 64);
}

fn is_set(bits: &Bits, bit: usize) -> bool {
    bits[bit / 64] >> (bit % 64) & 1 == 1
}

/// What a word of ASCII is known by, whatever its case: its first eight bytes, its last eight, and how many it has.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    head: u64,
    tail: u64,
    length: usize,
}

/// The case of ASCII, in eight bytes.
const CASES: u64 = 0x2020_2020_2020_2020;

impl Key {
    fn of(bytes: &[u8], at: usize, length: usize) -> Self {
        // No branches: whether a word is long is nothing that a processor can foretell.
        let head = (load(bytes, at) | CASES) & (u64::MAX >> (64 - 8 * length.clamp(1, 8)));
        let tail = load(bytes, at + length.saturating_sub(8)) | CASES;
        Self { head, tail: if length > 8 { tail } else { 0 }, length }
    }

    /// Whether it says all of the word.
    fn is_whole(&self) -> bool {
        self.length <= 16
    }

    /// The bit of the word and what follows it, of which 0 is nothing.
    fn bit(&self, next: u64) -> usize {
        mix(self.head ^ self.tail.rotate_left(23) ^ next << 40 ^ (self.length as u64) << 56)
    }

    /// The bit of its first bytes.
    fn stem_bit(&self, length: usize) -> usize {
        mix(self.head & ((1 << (length * 8)) - 1))
    }
}

/// The eight bytes from `at` on; beyond the end there are zeroes.
fn load(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    match rest.first_chunk() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => rest.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)),
    }
}

/// A number of [`BITS_LOG2`] bits to which all bits of `number` add.
fn mix(number: u64) -> usize {
    let mixed = (number ^ number >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (64 - BITS_LOG2)) as usize
}

/// What follows a word: two bytes without their case, or one and nothing.
fn pair(next: u8, second: u8) -> u64 {
    u64::from(next | 0x20) << 8 | u64::from(second | 0x20)
}

/// Takes the hash that a [`Key`] has already.
#[derive(Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }
}

/// The bit of a mark and what follows it.
fn mark_bit(bytes: &[u8]) -> usize {
    mix(bytes.iter().take(2).fold(1, |number, byte| number << 8 | u64::from(byte | 0x20)))
}

/// The bit of a stem that is not ASCII.
fn stem_bit(bytes: &[u8]) -> usize {
    mix(load(bytes, 0) & ((1 << (STEM_BYTES * 8)) - 1))
}

/// Which bytes of a block are of words, and which others begin a character that is no gap.
struct Block {
    words: u64,
    others: u64,
}

impl Block {
    fn at(bytes: &[u8], at: usize) -> Self {
        match bytes[at..].first_chunk() {
            Some(full) => Self::of(full),
            None => {
                let mut padded = [b' '; BLOCK_BYTES];
                let rest = &bytes[at..];
                padded[..rest.len()].copy_from_slice(rest);
                Self::of(&padded)
            }
        }
    }

    fn of(bytes: &[u8; BLOCK_BYTES]) -> Self {
        let mut sorts = [0_u8; BLOCK_BYTES];
        for (sort, byte) in sorts.iter_mut().zip(bytes) {
            let word = (byte | 0x20).wrapping_sub(b'a') < 26
                || byte.wrapping_sub(b'0') < 10
                || *byte == b'_';
            let gap = *byte == b' ' || byte.wrapping_sub(9) < 5 || byte & 0xc0 == 0x80;
            *sort = u8::from(word) | u8::from(!word & !gap) << 1;
        }
        let (mut words, mut others) = (0, 0);
        for (index, group) in sorts.as_chunks::<8>().0.iter().enumerate() {
            let group = u64::from_le_bytes(*group);
            words |= gather(group) << (index * 8);
            others |= gather(group >> 1) << (index * 8);
        }
        Self { words, others }
    }
}

/// The words of `text` in their order, the longest that begins at each place. `loose` takes words inside of others
/// too, where letters were drawn together.
pub fn words(text: &str, loose: bool) -> Vec<Word> {
    let automaton = &*AUTOMATON;
    let Some(walk) = &automaton.walk else { return Vec::new() };
    let Ok(root) = walk.start_state(Anchored::Yes) else { return Vec::new() };
    let search = Search { automaton, walk, root, text };
    let mut words = Vec::with_capacity(text.len() / BYTES_PER_WORD);
    if loose {
        search.inside(&mut words);
    } else {
        search.between_gaps(&mut words);
    }
    words
}

struct Search<'a> {
    automaton: &'a Automaton,
    walk: &'a NFA,
    root: StateID,
    text: &'a str,
}

impl Search<'_> {
    /// Words at any place.
    fn inside(&self, words: &mut Vec<Word>) {
        let mut at = 0;
        while at < self.text.len() {
            let found = if self.text.is_char_boundary(at) { self.longest(at, true) } else { None };
            at = found.map_or(at + 1, |word| word.end as usize);
            words.extend(found);
        }
    }

    /// Words that begin where a word of the text does.
    fn between_gaps(&self, words: &mut Vec<Word>) {
        let bytes = self.text.as_bytes();
        // What was passed already, and whether the last block ended within a word.
        let (mut passed, mut under_way) = (0, 0);
        for base in (0..bytes.len()).step_by(BLOCK_BYTES) {
            let block = Block::at(bytes, base);
            let begins = block.words & !(block.words << 1 | under_way);
            under_way = block.words >> (BLOCK_BYTES - 1);
            let mut events = begins | block.others;
            while events != 0 {
                let place = events.trailing_zeros();
                events &= events - 1;
                let at = base + place as usize;
                if at < passed {
                    continue;
                }
                if block.others >> place & 1 == 1 {
                    passed = self.mark(at, words);
                    continue;
                }
                let run = (!(block.words >> place)).trailing_zeros() as usize;
                let mut end = at + run;
                if end == base + BLOCK_BYTES {
                    end += word_run(&bytes[end..]);
                }
                passed = self.word(at, end, words);
            }
        }
    }

    /// Reads the word of the text from `at` to `end`; returns what is passed with it.
    fn word(&self, mut at: usize, mut end: usize, words: &mut Vec<Word>) -> usize {
        let bytes = self.text.as_bytes();
        loop {
            let found = self.word_found(at, end);
            words.extend(found);
            // A shorter literal than its word is an open one: the rest of the word is passed with it.
            at = found.map_or(end, |word| end.max(word.end as usize));
            let within =
                at > end && at < bytes.len() && is_word(bytes[at]) && is_word(bytes[at - 1]);
            if !within {
                return at;
            }
            end = at + word_run(&bytes[at..]);
        }
    }

    fn word_found(&self, at: usize, end: usize) -> Option<Word> {
        let (automaton, bytes) = (self.automaton, self.text.as_bytes());
        let key = Key::of(bytes, at, end - at);
        let stem = is_set(&automaton.stems, key.stem_bit(STEMS_BYTES[0]))
            && STEMS_BYTES
                .into_iter()
                .any(|length| is_set(&automaton.stems, key.stem_bit(length) ^ WHOLE_STEM));
        let first = automaton.firsts[key.bit(0) / 4] >> (key.bit(0) % 4 * 2);
        if first & (IS_WORD | GOES_ON) == 0 && !stem {
            return None;
        }
        let goes_on = || {
            let after = &bytes[end..];
            let gap = after.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let Some(next) = after.get(gap) else { return false };
            let second = after.get(gap + 1).copied().unwrap_or(b' ');
            let second = if second.is_ascii_whitespace() { b' ' } else { second };
            is_set(&automaton.pairs, key.bit(pair(*next, second)))
                || !is_word(second) && is_set(&automaton.pairs, key.bit(pair(*next, b' ')))
                || gap == 0 && is_set(&automaton.pairs, key.bit(pair(*next, 0)))
        };
        if stem || !key.is_whole() || first & GOES_ON != 0 && goes_on() {
            return self.longest(at, false);
        }
        if first & IS_WORD == 0 {
            return None;
        }
        let concepts = *automaton.words.get(&key)?;
        Some(Word { start: at as u32, end: end as u32, concepts })
    }

    /// Reads a byte that is of no word of ASCII; returns what is passed with it.
    fn mark(&self, at: usize, words: &mut Vec<Word>) -> usize {
        let (automaton, bytes) = (self.automaton, self.text.as_bytes());
        let known = match bytes[at] {
            byte @ 0..0x80 => {
                automaton.marks[usize::from(byte)]
                    && is_set(&automaton.pairs, mark_bit(&bytes[at..]))
            }
            0x80.. => {
                is_set(&automaton.stems, stem_bit(&bytes[at..]))
                    && begins_beyond_ascii(self.text, at)
            }
        };
        let found = if known { self.longest(at, false) } else { None };
        words.extend(found);
        let passed = found.map_or(at + 1, |word| word.end as usize);
        // A literal that ends within a word leaves the rest of it to be read.
        if found.is_some()
            && passed < bytes.len()
            && is_word(bytes[passed])
            && is_word(bytes[passed - 1])
        {
            return self.word(passed, passed + word_run(&bytes[passed..]), words);
        }
        passed
    }

    /// The longest literal that begins at `at` and ends where a word ends.
    fn longest(&self, at: usize, loose: bool) -> Option<Word> {
        let (walk, bytes) = (self.walk, self.text.as_bytes());
        let mut state = self.root;
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
                let literal = self.automaton.literals[pattern.as_usize()];
                let stands = if loose {
                    end - at >= LOOSE_BYTES_MIN
                } else {
                    literal.open || ends(self.text, end)
                };
                if stands {
                    let (start, end) = (at as u32, end as u32);
                    found = Some(Word { start, end, concepts: literal.concepts });
                }
            }
        }
        found
    }
}

/// How many bytes of a word stand at the beginning.
fn word_run(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| is_word(**byte)).count()
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
