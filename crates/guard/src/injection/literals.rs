//! The lexicon as the search through a text uses it: a table of its words, an automaton of its phrases, and bits that tell
//! from what neither knows.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;
use std::sync::LazyLock;

use aho_corasick::MatchKind;
use aho_corasick::nfa::contiguous::NFA;

use super::keys::{BITS, Bits, Key, KeyHasher, mark_bit, pair, set, stem_bit};
use super::lexicon::{Concepts, entries, one};
use super::words::is_word;
use crate::normalise::fold::fold;

/// Bytes of an open literal by which it is known; all of them are as long as the least.
pub const STEMS_BYTES: [usize; 3] = [3, 4, 5];
/// Sorts of words that literals begin with.
pub const IS_WORD: u8 = 1;
pub const GOES_ON: u8 = 2;
/// Changes the bit of a stem to that which says that no more of it has to be looked at.
pub const WHOLE_STEM: usize = BITS / 2 + 1;
/// Depth to which the automaton has a table for each state: most walks end there.
const DENSE_DEPTH: usize = 4;

/// What a literal of the automaton stands for.
#[derive(Clone, Copy, Default)]
pub struct Literal {
    pub concepts: Concepts,
    /// Whether longer words that begin so count as well.
    pub open: bool,
}

pub struct Automaton {
    /// Walked where what stands in the text may be more than a word of the lexicon.
    pub walk: Option<NFA>,
    pub literals: Vec<Literal>,
    /// The literals that are one word, by what they are known by.
    pub words: HashMap<Key, Concepts, BuildHasherDefault<KeyHasher>>,
    /// Whether a literal begins with this byte, which is no letter or digit.
    pub marks: [bool; 256],
    /// Two bits for each word: whether it is a literal, and whether one begins with it and goes on.
    pub firsts: Box<[u8; BITS / 4]>,
    /// One bit for each literal that is more than a word: its first word and the two bytes of the next one, or of a mark
    /// and what follows it.
    pub pairs: Box<Bits>,
    /// One bit for each hash of what open literals, and those beyond ASCII, begin with.
    pub stems: Box<Bits>,
}

pub static AUTOMATON: LazyLock<Automaton> = LazyLock::new(|| {
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
