//! Injections: texts that speak to the model over the head of whoever deployed it.
//!
//! A text is read as it stands and as it reads once tricks are undone ([`layers`]). One pass finds the words that
//! attacks are made of ([`words`], [`lexicon`]); a grammar looks for the order of words that makes an attack
//! ([`grammar`], [`rules`]), and the text's shape tells the rest ([`structure`]). Points add over the signatures
//! within a window, and the worst window is the text's score.

mod grammar;
mod layers;
pub mod lexicon;
mod rules;
mod structure;
mod weights;
pub mod words;

use std::sync::LazyLock;

use grammar::{Grammar, Met};
use layers::Layers;
use lexicon::{Concept, one};

use crate::policy::{Channel, Mode, Policy};
use crate::signature::{Signature, Signatures};
use crate::verdict::{Finding, Report, Verdict};

/// Bytes that add up: what lies further apart is no one attack.
pub const WINDOW_BYTES: usize = 2_000;
/// Findings that are weighed at most.
const FINDINGS_MAX: usize = 4_096;
/// Bytes of one text that are read; more than any model reads.
pub const TEXT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Words of a request in JSON, or of code, before a text is a text about something.
const CODE_WORDS_MIN: usize = 3;

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| Grammar::new(rules::RULES));

/// Scans one text that came in by `channel`.
pub fn scan(text: &str, channel: Channel, policy: &Policy) -> Report {
    if policy.mode == Mode::Off {
        return Report::default();
    }
    let end = crate::normalise::view::on_boundaries(text, 0..text.len().min(TEXT_BYTES_MAX)).start;
    let text = if end == 0 { &text[..floor(text)] } else { text };
    let layers = Layers::read(text);
    let mut findings = findings(&layers, channel, policy);
    findings.sort_by_key(|finding| finding.span.start);
    let (score, worst) = worst_window(&findings);
    let signatures = worst.iter().filter(|finding| finding.points > 0).count();
    let verdict = policy.verdict(score, signatures, is_about_attacks(&layers));
    let findings = if verdict == Verdict::Clean { Vec::new() } else { worst };
    Report { verdict, score, findings, bytes_read: layers.bytes_read }
}

fn floor(text: &str) -> usize {
    (0..=text.len().min(TEXT_BYTES_MAX)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Everything seen in all layers, by spans of the text itself.
fn findings(layers: &Layers<'_>, channel: Channel, policy: &Policy) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut steps = 0;
    let quoted = if count(layers, Concept::Code) >= CODE_WORDS_MIN { weights::QUOTED_PERCENT } else { 100 };
    for (index, layer) in layers.all.iter().enumerate() {
        // A deployer's own instructions say what they like, but have nothing to hide.
        if channel == Channel::System && layer.hidden_by.is_empty() {
            continue;
        }
        let text = layers.text(index);
        let mut met = GRAMMAR.meet(text, &layer.words, &mut steps);
        met.extend(structure::structures(text, &layer.words));
        let mut hidden: Option<(u16, std::ops::Range<usize>)> = None;
        let mut seen = Signatures::default();
        for Met { signature, points, support, start, end } in met {
            let span = layers.origin(index, start..end);
            let points = points * weights::percent(channel, signature) / 100 * quoted / 100;
            let known = !layer.hidden_by.is_empty()
                && findings.iter().any(|finding| {
                    finding.signature == signature && finding.points >= points && finding.span == span
                });
            if known || points == 0 || !policy.counts(signature) || findings.len() >= FINDINGS_MAX {
                continue;
            }
            let best = hidden.get_or_insert_with(|| (0, span.clone()));
            // Ordinary things are worth hiding only if they come together.
            let alone = seen.is_empty() || seen.contains(signature);
            let worth = if support && alone && points < weights::HIDDEN_SUPPORT_MIN { 0 } else { points };
            seen = seen.with(signature);
            if worth > best.0 {
                *best = (worth, span.clone());
            }
            findings.push(Finding { signature, points, support, span });
        }
        let Some((_, span)) = hidden.filter(|(points, _)| *points >= weights::HIDDEN_POINTS_MIN) else { continue };
        for signature in layer.hidden_by.iter().filter(|signature| policy.counts(*signature)) {
            let points = weights::hiding(signature);
            findings.push(Finding { signature, points, support: false, span: span.clone() });
        }
    }
    findings
}

/// The largest sum of each signature's best finding within a window, and those findings.
fn worst_window(findings: &[Finding]) -> (u16, Vec<Finding>) {
    let mut worst = (0_u16, Vec::new());
    for (index, first) in findings.iter().enumerate() {
        // A window begins at its first finding; one that adds nothing to an earlier window is not looked at.
        let window = findings[index..]
            .iter()
            .take_while(|finding| finding.span.start - first.span.start <= WINDOW_BYTES)
            .take(256);
        let mut best: [Option<&Finding>; 19] = [None; 19];
        for finding in window {
            let slot = &mut best[finding.signature as usize];
            if slot.is_none_or(|known| known.points < finding.points) {
                *slot = Some(finding);
            }
        }
        if best.iter().flatten().all(|finding| finding.support) {
            continue;
        }
        let sum = best.iter().flatten().map(|finding| finding.points).sum();
        if sum > worst.0 {
            worst = (sum, best.into_iter().flatten().cloned().collect());
        }
    }
    worst.1.sort_by_key(|finding| finding.span.start);
    worst
}

/// Whether a text speaks about attacks, or is code that quotes one: that is marked, but never blocked.
fn is_about_attacks(layers: &Layers<'_>) -> bool {
    count(layers, Concept::About) > 0 || count(layers, Concept::Code) >= CODE_WORDS_MIN
}

fn count(layers: &Layers<'_>, concept: Concept) -> usize {
    layers.all.iter().flat_map(|layer| &layer.words).filter(|word| word.is(one(concept))).count()
}

/// The signatures of a text, whatever they weigh; for tools that explain.
pub fn seen(text: &str, channel: Channel, policy: &Policy) -> Vec<(Signature, u16)> {
    let layers = Layers::read(text);
    findings(&layers, channel, policy).into_iter().map(|f| (f.signature, f.points)).collect()
}
