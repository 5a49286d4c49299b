//! Takes the secrets out of a prompt. Only what lies within string leaves changes, and of those only the
//! secrets; every other byte stays: names, order, spaces, numbers, doubled names, how characters are escaped.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use crate::sensitive::leaves::{Leaves, decoded, raw_places};
use crate::sensitive::restore::Placeholders;
use crate::sensitive::{Action, DigestKey, Finding, Kind, Policy, secrets};

/// What stands where a secret was that nobody shall put back.
pub const REMOVED: &str = "[removed]";

/// Whether one of these parts and this place have a byte in common.
fn touch(parts: &[Range<usize>], place: &Range<usize>) -> bool {
    let next = parts.partition_point(|part| part.end <= place.start);
    parts.get(next).is_some_and(|part| part.start < place.end)
}

/// A prompt without its secrets.
pub struct Redaction<'a> {
    /// The text that was given, where nothing had to change.
    pub body: Cow<'a, [u8]>,
    pub findings: Vec<Finding>,
    /// What puts the secrets back into the answer.
    pub placeholders: Arc<Placeholders>,
}

/// A secret within the whole text.
struct Place {
    kind: Kind,
    raw: Range<usize>,
    value: Vec<u8>,
    action: Action,
}

/// Redacts the string leaves of a JSON text. `Tag` puts a placeholder, `Mask` a word that cannot be undone.
/// `kept` are parts of the text, in bytes, in order and apart from each other, that a protocol forbids to change.
pub fn redact<'a>(
    json: &'a [u8],
    policy: &Policy,
    key: &DigestKey,
    kept: &[Range<usize>],
) -> Redaction<'a> {
    let mut search = Search::new(policy);
    for leaf in Leaves::new(json) {
        let is_kept = touch(kept, &leaf.raw);
        let raw = &json[leaf.raw.clone()];
        let text = decoded(raw, leaf.has_escapes);
        // Placeholders must be new to the parts that are kept too.
        search.note_tags(&text);
        if !is_kept && !is_embedded_file(&text) {
            search.leaf(raw, leaf.raw.start, leaf.has_escapes, &text);
        }
    }
    search.replace(json, key)
}

/// Redacts a text that is no JSON, in one piece.
pub fn redact_text<'a>(text: &'a [u8], policy: &Policy, key: &DigestKey) -> Redaction<'a> {
    let mut search = Search::new(policy);
    search.note_tags(text);
    search.leaf(text, 0, false, text);
    search.replace(text, key)
}

/// A picture or a document: its characters are chance, and a change would break it.
fn is_embedded_file(text: &[u8]) -> bool {
    let head = &text[..text.len().min(100)];
    head.starts_with(b"data:") && memchr::memmem::find(head, b";base64,").is_some()
}

/// What all placeholders of a text begin with. A number follows where the text has that already.
const TAG: &[u8] = b"[[SECRET";

struct Search<'p> {
    policy: &'p Policy,
    places: Vec<Place>,
    tags: BTreeSet<u32>,
}

impl<'p> Search<'p> {
    fn new(policy: &'p Policy) -> Self {
        Self { policy, places: Vec::new(), tags: BTreeSet::new() }
    }

    /// Remembers which of our marks the text has already.
    fn note_tags(&mut self, text: &[u8]) {
        for at in memchr::memmem::find_iter(text, TAG) {
            let digits =
                text[at + TAG.len()..].iter().take(9).take_while(|byte| byte.is_ascii_digit());
            self.tags.insert(digits.fold(0, |number, digit| number * 10 + u32::from(digit - b'0')));
        }
    }

    fn leaf(&mut self, raw: &[u8], start: usize, has_escapes: bool, text: &[u8]) {
        let spans = secrets::detect(text);
        if spans.is_empty() {
            return;
        }
        let ends: Vec<usize> =
            spans.iter().flat_map(|span| [span.range.start, span.range.end]).collect();
        let ends = raw_places(raw, has_escapes, &ends);
        for (span, raw) in spans.iter().zip(ends.chunks_exact(2)) {
            let value = &text[span.range.clone()];
            let action = self.policy.action(span.kind, value);
            if action != Action::Off {
                let raw = start + raw[0]..start + raw[1];
                self.places.push(Place { kind: span.kind, raw, value: value.to_vec(), action });
            }
        }
    }

    fn replace<'a>(self, text: &'a [u8], key: &DigestKey) -> Redaction<'a> {
        let Some(number) = (0..=u32::MAX).find(|number| !self.tags.contains(number)) else {
            // No text holds four thousand million tags.
            return Redaction {
                body: Cow::Borrowed(text),
                findings: Vec::new(),
                placeholders: Arc::new(Placeholders::new(String::new())),
            };
        };
        let tag = if number == 0 { "[[SECRET:".to_owned() } else { format!("[[SECRET{number}:") };
        let mut placeholders = Placeholders::new(tag);
        if self.places.is_empty() {
            return Redaction {
                body: Cow::Borrowed(text),
                findings: Vec::new(),
                placeholders: Arc::new(placeholders),
            };
        }
        let mut body = Vec::with_capacity(text.len());
        let mut findings = Vec::with_capacity(self.places.len());
        let mut names: BTreeMap<(Kind, Vec<u8>), String> = BTreeMap::new();
        let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
        let mut done = 0;
        for place in self.places {
            body.extend_from_slice(&text[done..place.raw.start]);
            done = place.raw.end;
            let digest = key.digest(place.kind, &place.value);
            findings.push(Finding { kind: place.kind, range: place.raw, digest });
            if place.action == Action::Mask {
                body.extend_from_slice(REMOVED.as_bytes());
                continue;
            }
            let name =
                names.entry((place.kind, place.value)).or_insert_with_key(|(kind, value)| {
                    let count = counts.entry(*kind).or_default();
                    *count += 1;
                    placeholders.add(*kind, *count, value)
                });
            body.extend_from_slice(name.as_bytes());
        }
        body.extend_from_slice(&text[done..]);
        Redaction { body: Cow::Owned(body), findings, placeholders: Arc::new(placeholders) }
    }
}
