//! The grammar: in which order, and how near to each other, words make an attack.

use super::lexicon::Concepts;
use super::words::Word;
use crate::signature::Signature;

/// Words that are looked at for the next place of a rule.
const LOOK_AHEAD_WORDS: usize = 10;

/// A sequence of places, each to be taken by a word with one of its concepts.
pub struct Rule {
    pub signature: Signature,
    pub points: u16,
    /// Bytes between two places at most.
    gap: usize,
    places: &'static [Concepts],
    /// Whether the first word has to stand where an order begins.
    order: bool,
    /// Whether a sentence may end between two places.
    across: bool,
    /// Whether a quotation has to follow.
    quotation: bool,
    /// Whether the sentence has to end after the last word.
    closing: bool,
    /// Whether it is ordinary by itself, and counts only beside what is not.
    support: bool,
}

pub const fn rule(
    signature: Signature,
    points: u16,
    gap: usize,
    places: &'static [Concepts],
) -> Rule {
    Rule {
        signature,
        points,
        gap,
        places,
        order: false,
        across: false,
        quotation: false,
        closing: false,
        support: false,
    }
}

impl Rule {
    /// The first word stands where an order begins: at the start of a sentence, after "please", "you must", "and".
    pub const fn order(mut self) -> Self {
        self.order = true;
        self
    }

    /// Sentences may end between the places.
    pub const fn across(mut self) -> Self {
        self.across = true;
        self
    }

    /// Ordinary by itself: it counts only beside what is not.
    pub const fn support(mut self) -> Self {
        self.support = true;
        self
    }

    /// The sentence ends after the last place.
    pub const fn closing(mut self) -> Self {
        self.closing = true;
        self
    }

    /// A quotation mark follows the last place.
    pub const fn quotation(mut self) -> Self {
        self.quotation = true;
        self
    }
}

/// A rule that was met, by the bytes of the text it was met in.
#[derive(Clone, Debug)]
pub struct Met {
    pub signature: Signature,
    pub points: u16,
    /// Ordinary by itself.
    pub support: bool,
    pub start: usize,
    pub end: usize,
}

/// A set of rules, one bit each.
type RuleSet = [u64; RULES_MAX / 64];
const RULES_MAX: usize = 256;
/// The longest rule.
const PLACES_MAX: usize = 4;

/// All rules, by the concepts that may take each of their places.
pub struct Grammar {
    rules: &'static [Rule],
    /// For each place and concept, the rules whose place may be taken by it.
    taken_by: [[RuleSet; Concepts::BITS as usize]; PLACES_MAX],
    /// For each place, the rules that have no such place.
    shorter: [RuleSet; PLACES_MAX],
}

impl Grammar {
    pub fn new(rules: &'static [Rule]) -> Self {
        let mut taken_by = [[RuleSet::default(); Concepts::BITS as usize]; PLACES_MAX];
        let mut shorter = [RuleSet::default(); PLACES_MAX];
        for (index, rule) in rules.iter().take(RULES_MAX).enumerate() {
            let bit = 1 << (index % 64);
            for place in 0..PLACES_MAX {
                match rule.places.get(place) {
                    Some(concepts) => bits(*concepts)
                        .for_each(|concept| taken_by[place][concept][index / 64] |= bit),
                    None => shorter[place][index / 64] |= bit,
                }
            }
        }
        Self { rules, taken_by, shorter }
    }

    /// The rules that have a word for each of their places among those that were seen.
    fn possible(&self, seen: Concepts) -> RuleSet {
        let mut possible = [u64::MAX; RULES_MAX / 64];
        for (taken_by, shorter) in self.taken_by.iter().zip(&self.shorter) {
            let mut taken = *shorter;
            for concept in bits(seen) {
                join(&mut taken, &taken_by[concept]);
            }
            possible.iter_mut().zip(taken).for_each(|(possible, taken)| *possible &= taken);
        }
        possible
    }

    /// Every rule that is met, in the order of the words. `steps` counts the words looked at: for each word, no more
    /// than there are places in all rules times [`LOOK_AHEAD_WORDS`].
    pub fn meet(&self, text: &str, words: &[Word], steps: &mut usize) -> Vec<Met> {
        let seen = words.iter().fold(0, |seen, word| seen | word.concepts);
        let mut met = Vec::new();
        let mut left = self.possible(seen);
        if left == RuleSet::default() {
            return met;
        }
        let possible = left;
        for (index, word) in words.iter().enumerate() {
            for concept in bits(word.concepts) {
                for (part, rules) in self.taken_by[0][concept].iter().enumerate() {
                    for bit in bits_of(rules & left[part]) {
                        left[part] &= !(1 << bit);
                        let Some(rule) = self.rules.get(part * 64 + bit) else { continue };
                        if let Some(end) = meets(rule, text, &words[index..], steps) {
                            let &Rule { signature, points, support, .. } = rule;
                            let start = word.start as usize;
                            met.push(Met { signature, points, support, start, end });
                        }
                    }
                }
            }
            left = possible;
        }
        met
    }
}

fn join(set: &mut RuleSet, other: &RuleSet) {
    set.iter_mut().zip(other).for_each(|(set, other)| *set |= other);
}

/// The numbers of the concepts in a set.
fn bits(mut concepts: Concepts) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = concepts.trailing_zeros() as usize;
        if concepts == 0 {
            return None;
        }
        concepts &= concepts - 1;
        Some(lowest)
    })
}

/// The numbers of the bits that are set.
fn bits_of(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = set.trailing_zeros() as usize;
        if set == 0 {
            return None;
        }
        set &= set - 1;
        Some(lowest)
    })
}

/// Where the rule ends if its first place is taken by the first of `words`.
fn meets(rule: &Rule, text: &str, words: &[Word], steps: &mut usize) -> Option<usize> {
    let (mut last, mut rest) = words.split_first()?;
    for place in &rule.places[1..] {
        let mut found = None;
        for (index, word) in rest.iter().take(LOOK_AHEAD_WORDS).enumerate() {
            *steps += 1;
            if (word.start as usize).saturating_sub(last.end as usize) > rule.gap {
                break;
            }
            if word.is(*place) {
                found = Some(index);
                break;
            }
        }
        let found = found?;
        let next = &rest[found];
        if !rule.across && sentence_ends(&text.as_bytes()[last.end as usize..next.start as usize]) {
            return None;
        }
        last = next;
        rest = &rest[found + 1..];
    }
    let start = words.first().map_or(0, |word| word.start as usize);
    if rule.order && !order_begins(text, start) {
        return None;
    }
    if rule.closing && !sentence_closes(text, last.end as usize) {
        return None;
    }
    if rule.quotation && !quotation_follows(text, last.end as usize) {
        return None;
    }
    Some(last.end as usize)
}

/// Whether a sentence or a paragraph ends in a gap.
fn sentence_ends(gap: &[u8]) -> bool {
    gap.iter().enumerate().any(|(at, byte)| match byte {
        b'.' | b'!' | b'?' => gap.get(at + 1).is_none_or(|next| next.is_ascii_whitespace()),
        b'\n' => gap.get(at + 1) == Some(&b'\n'),
        // Where a string of JSON or of code ends, so does what it says.
        b'"' => matches!(gap.get(at + 1), Some(b',' | b':' | b'}' | b']' | b')')),
        b'{' | b'}' | b';' => true,
        _ => false,
    })
}

/// Words after which an order may come.
const BEFORE_ORDERS: [&str; 36] = [
    "please",
    "and",
    "then",
    "now",
    "just",
    "only",
    "must",
    "should",
    "you",
    "also",
    "instead",
    "or",
    "but",
    "simply",
    "kindly",
    "immediately",
    "first",
    "to",
    "so",
    "therefore",
    "always",
    "lets",
    "let's",
    "completely",
    "totally",
    "next",
    "pls",
    "me",
    "hey",
    "ok",
    "okay",
    "fully",
    "entirely",
    "all",
    "henceforth",
    "actually",
];

/// Whether an order can begin at `at`.
fn order_begins(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches([' ', '\t', '*', '_']);
    match before.chars().next_back() {
        None => true,
        Some(last) if last.is_alphanumeric() || last == '\'' => {
            let start = before
                .char_indices()
                .rev()
                .take(14)
                .take_while(|(_, character)| character.is_alphanumeric() || *character == '\'')
                .last()
                .map_or(before.len(), |(start, _)| start);
            let word = &before[start..];
            // A line that follows a question or a title without any mark.
            BEFORE_ORDERS.iter().any(|known| known.eq_ignore_ascii_case(word))
                || text[at..].chars().take(6).all(char::is_uppercase)
        }
        Some(_) => true,
    }
}

/// Whether a sentence, or the text, ends at `at`.
fn sentence_closes(text: &str, at: usize) -> bool {
    text[at..]
        .trim_start_matches([' ', '"', '\'', ')'])
        .chars()
        .next()
        .is_none_or(|next| matches!(next, '.' | '?' | '!' | '\n' | ';' | ':' | '<'))
}

/// Whether a quotation begins within a few bytes.
fn quotation_follows(text: &str, at: usize) -> bool {
    text.as_bytes()[at..]
        .iter()
        .take(24)
        .take_while(|byte| !matches!(byte, b'.' | b'?' | b'!' | b'(' | b'='))
        .any(|byte| matches!(byte, b'"' | b'`' | b'['))
        || text[at..].trim_start_matches([' ', ':']).starts_with('\'')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::injection::rules::RULES;

    #[test]
    fn every_rule_has_its_bit_and_every_place_its_table() {
        assert!(RULES.len() <= RULES_MAX);
        assert!(RULES.iter().all(|rule| (1..=PLACES_MAX).contains(&rule.places.len())));
    }
}
