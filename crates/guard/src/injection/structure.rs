//! What the shape of a text tells, beyond the order of its words: forged marks between roles, forged dialogues.

use super::grammar::Met;
use super::lexicon::{Concept, one};
use super::words::Word;
use crate::signature::Signature;

/// Turns of a forged dialogue before it counts, and before it counts as many.
const TURNS_MIN: usize = 4;
const TURNS_MANY: usize = 12;
/// Bytes around a mark in which rules of dashes, equals signs and hashes are looked for.
const RULE_BYTES: usize = 12;

pub fn structures(text: &str, words: &[Word]) -> Vec<Met> {
    let mut met = Vec::new();
    delimiters(text, words, &mut met);
    turns(text, words, &mut met);
    met
}

fn met(signature: Signature, points: u16, word: &Word) -> Met {
    Met { signature, points, support: false, start: word.start as usize, end: word.end as usize }
}

/// Marks that only the serving side writes, and ends of an input that has not ended.
fn delimiters(text: &str, words: &[Word], found: &mut Vec<Met>) {
    let mut marks = 0;
    for word in words.iter().filter(|word| word.is(one(Concept::Delimiter))) {
        let (start, end) = (word.start as usize, word.end as usize);
        let mark = &text[start..end];
        let points = if mark.starts_with(['<', '[', '(', '#']) {
            marks += 1;
            if marks > 1 { 35 } else { 30 }
        } else if ruled(text, start, end) {
            40
        } else if mark.starts_with("system") && begins_line(text, start) {
            30
        } else {
            continue;
        };
        found.push(met(Signature::RoleDelimiterSpoof, points, word));
    }
}

/// Whether a rule (`-----`, `=====`, `#####`) stands on the same line beside it.
fn ruled(text: &str, start: usize, end: usize) -> bool {
    let is_rule = |byte: &u8| matches!(byte, b'-' | b'=' | b'#' | b'*' | b'>' | b'<' | b'_' | b'~');
    let bytes = text.as_bytes();
    let before = &bytes[start.saturating_sub(RULE_BYTES)..start];
    let after = &bytes[end..(end + 3 * RULE_BYTES).min(bytes.len())];
    let before =
        before.iter().rev().take_while(|byte| **byte != b'\n').filter(|b| is_rule(b)).count();
    let after = after.iter().take_while(|byte| **byte != b'\n').filter(|b| is_rule(b)).count();
    before >= 3 || after >= 3
}

fn begins_line(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches([' ', '\t', '*', '#', '>']);
    before.is_empty() || before.ends_with('\n')
}

/// A dialogue in which somebody else has already said yes.
fn turns(text: &str, words: &[Word], found: &mut Vec<Met>) {
    let mut turns = 0;
    let (mut first, mut last) = (None, 0);
    let mut crimes = 0;
    for word in words {
        if word.is(one(Concept::RoleTurn)) && begins_line(text, word.start as usize) {
            turns += 1;
            first.get_or_insert(word.start as usize);
            last = word.end as usize;
        }
        crimes += usize::from(word.is(one(Concept::Crime)));
    }
    let Some(start) = first.filter(|_| turns >= TURNS_MIN) else { return };
    let points = match (turns >= TURNS_MANY, crimes * 4 >= turns) {
        (true, true) => 55,
        (true, false) => 20,
        (false, true) => 20,
        (false, false) => 0,
    };
    if points > 0 {
        let signature = Signature::ManyShotDialogue;
        // The first turns stand for the dialogue, so that they count beside what was said there.
        found.push(Met { signature, points, support: false, start, end: last });
    }
}
