//! Finds secrets: one pass of an Aho-Corasick automaton names candidates, then code that knows the form judges each.
//!
//! Four sorts of candidates: tokens with a form of their own (`tokens`), values given to a name that says
//! what they are (`named`), places that hold secrets (`places`: key blocks, addresses with a password),
//! and payment cards (`cards`), which have no letters to look for and are found by their digits.
//! Every candidate is judged within a bounded number of bytes, so the whole is linear in the text.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use aho_corasick::dfa::DFA;

use crate::sensitive::{Kind, Span, disjoint};

mod cards;
mod named;
mod places;
mod tokens;
mod values;
mod vendors;
mod walk;

pub(crate) use cards::card;

/// What a pattern of the automaton stands for.
#[derive(Clone, Copy)]
enum Clue {
    Token(usize),
    Name(named::Name),
    Place(places::Place),
}

struct Clues {
    automaton: Option<DFA>,
    by_pattern: Vec<Clue>,
}

static CLUES: LazyLock<Clues> = LazyLock::new(|| {
    let mut by_pattern = Vec::new();
    let mut patterns: Vec<&str> = Vec::new();
    for (index, token) in tokens::TOKENS.iter().enumerate() {
        patterns.push(token.prefix);
        by_pattern.push(Clue::Token(index));
    }
    for (word, name) in named::names() {
        patterns.push(word);
        by_pattern.push(Clue::Name(name));
    }
    for (mark, place) in places::PLACES {
        patterns.push(mark);
        by_pattern.push(Clue::Place(*place));
    }
    // Building from constant patterns cannot fail; a test holds that.
    let automaton =
        DFA::builder().ascii_case_insensitive(true).prefilter(false).build(&patterns).ok();
    Clues { automaton, by_pattern }
});

/// The secrets of a text, in order, none within another.
pub fn detect(text: &[u8]) -> Vec<Span> {
    detect_counting(text).0
}

/// As [`detect`], with the candidates that were judged and the bytes of long values that were looked at, which tests hold
/// to a bound.
pub fn detect_counting(text: &[u8]) -> (Vec<Span>, usize) {
    let mut spans = Vec::new();
    let mut candidates = cards::detect(text, &mut spans);
    let Some(automaton) = &CLUES.automaton else { return (spans, candidates) };
    // A long value found once need not be found again by what stands within it.
    let mut found_until = 0;
    let (mut named_memo, mut places_memo) = (named::Memo::default(), places::Memo::default());
    walk::each(automaton, text, |pattern, hit| {
        if hit.end <= found_until {
            return;
        }
        candidates += 1;
        let start = hit.start;
        let span = match CLUES.by_pattern[pattern] {
            Clue::Token(index) => {
                let token = &tokens::TOKENS[index];
                tokens::end(token, text, start)
                    .map(|end| Span { kind: token.kind, range: start..end })
            }
            Clue::Name(name) => named::value(name, text, hit, &mut named_memo),
            Clue::Place(place) => places::span(place, text, hit, &mut places_memo),
        };
        if let Some(span) = span {
            // Values that a name points at begin behind it; what lies between may still hold a clue.
            if span.range.start <= start {
                found_until = found_until.max(span.range.end);
            }
            spans.push(span);
        }
    });
    (preferring_known(spans), candidates + named_memo.looks + places_memo.looks)
}

/// Every kind of secret that can be found.
pub fn kinds() -> BTreeSet<Kind> {
    tokens::TOKENS
        .iter()
        .map(|token| token.kind)
        .chain(named::kinds())
        .chain(places::kinds())
        .chain([cards::CARD])
        .collect()
}

/// Where a form and a name both found the same value, the form says more of what it is.
fn preferring_known(mut spans: Vec<Span>) -> Vec<Span> {
    if spans.len() < 2 {
        return spans;
    }
    let mut known: Vec<(usize, usize)> = spans
        .iter()
        .filter(|span| !named::is_generic(span.kind))
        .map(|span| (span.range.start, span.range.end))
        .collect();
    known.sort_unstable();
    // With each, the furthest end until there.
    let mut furthest = 0;
    for (_, end) in &mut known {
        furthest = furthest.max(*end);
        *end = furthest;
    }
    let is_within_known = |span: &Span| {
        let before = known.partition_point(|(start, _)| *start <= span.range.start);
        before.checked_sub(1).is_some_and(|last| known[last].1 >= span.range.end)
    };
    spans.retain(|span| !named::is_generic(span.kind) || !is_within_known(span));
    disjoint(spans)
}

/// Whether a token may begin at `at`: nothing of a word stands before it, an escape in quoted source text aside.
fn begins_word(text: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return true };
    if !text[before].is_ascii_alphanumeric() && text[before] != b'_' {
        return true;
    }
    before > 0 && text[before - 1] == b'\\' && matches!(text[before], b'n' | b't' | b'r')
}
