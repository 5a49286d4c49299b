//! Injections: texts that speak to the model over the head of whoever deployed it.
//!
//! A text is read as it stands and as it reads once tricks are undone ([`layers`]). One pass finds the words that
//! attacks are made of ([`words`], [`lexicon`]); a grammar looks for the order of words that makes an attack
//! ([`grammar`], [`rules`]), and the text's shape tells the rest ([`structure`]). Points add over the signatures
//! within a window, and the worst window is the text's score.

mod grammar;
mod keys;
mod layers;
mod lexicon;
mod literals;
mod rules;
mod score;
mod structure;
mod weights;
mod words;

use std::cell::LazyCell;
use std::ops::Range;
use std::sync::LazyLock;

use grammar::{Grammar, Met};
use layers::Layers;
use lexicon::{Concept, one};
use score::{Hidden, Score};

use crate::policy::{Channel, Mode, Policy};
use crate::verdict::{Finding, Report, Verdict};

/// Bytes of one text that are read; more than any model reads.
pub const TEXT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Readings of a text that are shown to people, and bytes of each.
const SHOWN_MAX: usize = 8;
const SHOWN_BYTES_MAX: usize = 2_000;
/// Words of a request in JSON, or of code, before a text is a text about something.
const CODE_WORDS_MIN: usize = 3;

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| Grammar::new(rules::RULES));

/// Scans one text that came in by `channel`.
pub fn scan(text: &str, channel: Channel, policy: &Policy) -> Report {
    if policy.mode == Mode::Off {
        return Report::default();
    }
    let text = &text[..text.floor_char_boundary(TEXT_BYTES_MAX)];
    let layers = Layers::read(text);
    let (score, steps) = weigh(&layers, channel, policy);
    let (points, findings) = score.worst();
    if findings.is_empty() {
        return Report { work: layers.bytes_read + steps, ..Report::default() };
    }
    let verdict = policy.verdict(points, findings.len(), is_about_attacks(&layers));
    let findings = if verdict == Verdict::Clean { Vec::new() } else { findings };
    Report { verdict, score: points, findings, work: layers.bytes_read + steps }
}

/// What a text reads like once its tricks are undone, for people who want to know why it was flagged: at most
/// [`SHOWN_MAX`] readings, the beginning of each.
pub fn undone(text: &str) -> Vec<String> {
    let text = &text[..text.floor_char_boundary(TEXT_BYTES_MAX)];
    let layers = Layers::read(text);
    let start = |text: &str| text[..text.floor_char_boundary(SHOWN_BYTES_MAX)].to_owned();
    // Most readings are of no meaning, since most texts play no tricks.
    let says = |(index, layer): (usize, &layers::Layer)| {
        let text = layers.text(index);
        let meant = index > 0 && !GRAMMAR.meet(text, &layer.words, &mut 0).is_empty();
        meant.then(|| start(text))
    };
    layers.all.iter().enumerate().filter_map(says).take(SHOWN_MAX).collect()
}

/// Which words of the lexicon stand where in a text as anyone reads it, tricks not undone, and what each does: the
/// numbers of its concepts, which mean the same within one build alone. For trials of other ways to judge a text.
pub fn concepts(text: &str) -> Vec<(Range<usize>, Vec<u8>)> {
    let text = &text[..text.floor_char_boundary(TEXT_BYTES_MAX)];
    let layers = Layers::read(text);
    let plain = layers.all.iter().enumerate().filter(|(_, layer)| layer.hidden_by.is_empty());
    plain
        .flat_map(|(index, layer)| layer.words.iter().map(move |word| (index, word)))
        .map(|(index, word)| {
            let span = layers.origin(index, word.start as usize..word.end as usize);
            (span, (0..128).filter(|concept| word.is(1 << concept)).collect())
        })
        .collect()
}

/// Everything seen in all layers, by where it stands in the text itself.
fn weigh(layers: &Layers<'_>, channel: Channel, policy: &Policy) -> (Score, usize) {
    let mut score = Score::default();
    let mut steps = 0;
    // Most texts never ask.
    let quoted = LazyCell::new(|| {
        if count(layers, Concept::Code) >= CODE_WORDS_MIN { weights::QUOTED_PERCENT } else { 100 }
    });
    for (index, layer) in layers.all.iter().enumerate() {
        // A deployer's own instructions say what they like, but have nothing to hide.
        if channel == Channel::System && layer.hidden_by.is_empty() {
            continue;
        }
        let text = layers.text(index);
        let mut met = GRAMMAR.meet(text, &layer.words, &mut steps);
        met.extend(structure::structures(text, &layer.words));
        let mut hidden = Hidden::default();
        for Met { signature, points, support, start, end } in met {
            let points = points * weights::percent(channel, signature) / 100 * *quoted / 100;
            if points == 0 || !policy.counts(signature) {
                continue;
            }
            let span = layers.origin(index, start..end);
            // What reads the same without undoing anything was not hidden, and is known already.
            if !layer.hidden_by.is_empty()
                && layers.text(0)[span.clone()].eq_ignore_ascii_case(&text[start..end])
            {
                continue;
            }
            let finding = Finding { signature, points, support, span };
            hidden.add(&finding);
            score.add(finding);
        }
        let Some(span) = hidden.worth() else { continue };
        for signature in layer.hidden_by.iter().filter(|signature| policy.counts(*signature)) {
            let points = weights::hiding(signature);
            score.add(Finding { signature, points, support: false, span: span.clone() });
        }
    }
    (score, steps)
}

/// Whether a text speaks about attacks, or is code that quotes one: that is marked, but never blocked.
fn is_about_attacks(layers: &Layers<'_>) -> bool {
    count(layers, Concept::About) > 0 || count(layers, Concept::Code) >= CODE_WORDS_MIN
}

fn count(layers: &Layers<'_>, concept: Concept) -> usize {
    layers.all.iter().flat_map(|layer| &layer.words).filter(|word| word.is(one(concept))).count()
}
