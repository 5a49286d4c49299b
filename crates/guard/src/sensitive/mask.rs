//! Masks personal data in an answer that is still arriving.
//!
//! The masker goes through the text once, from place to place. At each it asks what begins there, which
//! depends on [`pii::window::BEHIND_BYTES_MAX`] bytes before and at most [`pii::window::AHEAD_BYTES_MAX`] bytes
//! behind. Where the answer depends on bytes that have not arrived, it waits at that place. So the result
//! is the same for every way to cut the text, and at most [`HELD_BYTES_MAX`] bytes wait. A value longer
//! than the window is masked by its beginning; what goes on with characters of its sort goes with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::sensitive::pii::window::AHEAD_BYTES_MAX;
use crate::sensitive::pii::{Around, Judgement, MEMORY_BYTES, goes_on, judge};
use crate::sensitive::restore::{PLACEHOLDER_BYTES_MAX, Placeholders, Restorer, Writing};
use crate::sensitive::{Action, DigestKey, Finding, Kind, Policy};

/// The most bytes of one stream that wait: a value that may begin, behind a placeholder that may begin.
pub const HELD_BYTES_MAX: usize = AHEAD_BYTES_MAX + PLACEHOLDER_BYTES_MAX;

/// What stands where personal data was.
pub const MASKED: &str = "[masked]";

/// Masks one stream: one choice of an answer, one tool call's arguments.
pub struct Masker {
    policy: Arc<Policy>,
    key: Arc<DigestKey>,
    restorer: Option<Restorer>,
    /// What has arrived: first what was judged and is remembered, then, from `at`, what was not.
    text: Vec<u8>,
    at: usize,
    /// How much of the stream was forgotten: where `text` begins in it.
    origin: usize,
    /// A value that goes on, and whether it was masked.
    going_on: bool,
    json: Option<Json>,
    tags: BTreeMap<[u8; 16], usize>,
    findings: Vec<Finding>,
}

/// Where in a JSON text the masker stands.
#[derive(Default)]
struct Json {
    in_string: bool,
    /// The bytes of an escape that are still to come.
    escape: usize,
    /// Whether an escape ended just here: what stands before is no letter then.
    escaped: bool,
}

impl Masker {
    /// A masker of text, or of the JSON of a tool's arguments, which stays valid JSON.
    pub fn new(policy: Arc<Policy>, key: Arc<DigestKey>, writing: Writing) -> Self {
        Self {
            policy,
            key,
            restorer: None,
            text: Vec::new(),
            at: 0,
            origin: 0,
            going_on: false,
            json: (writing == Writing::Json).then(Json::default),
            tags: BTreeMap::new(),
            findings: Vec::new(),
        }
    }

    /// Puts our own placeholders' values back first. What is restored is masked like anything else.
    #[must_use]
    pub fn restoring(mut self, placeholders: Arc<Placeholders>) -> Self {
        let writing = if self.json.is_some() { Writing::Json } else { Writing::Text };
        self.restorer = Some(Restorer::new(placeholders, writing));
        self
    }

    /// Takes a piece of the answer, gives what is certain.
    pub fn push(&mut self, piece: &str) -> String {
        let restored = self.restorer.as_mut().map(|restorer| restorer.push(piece.as_bytes()));
        self.text.extend_from_slice(restored.as_deref().unwrap_or(piece.as_bytes()));
        self.pass(false)
    }

    /// Gives what was held back. Nothing may be pushed afterwards.
    pub fn finish(&mut self) -> String {
        if let Some(restorer) = &mut self.restorer {
            self.text.extend(restorer.finish());
        }
        self.pass(true)
    }

    /// How many bytes wait, at most [`HELD_BYTES_MAX`].
    pub fn held_bytes(&self) -> usize {
        let restorer = self.restorer.as_ref().map_or(0, Restorer::held_bytes);
        self.text.len() - self.at + restorer
    }

    /// What was found so far; ranges count the bytes of the stream as it was restored.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    fn pass(&mut self, ends: bool) -> String {
        let mut out = Vec::with_capacity(self.text.len() - self.at + 16);
        while self.at < self.text.len() {
            if self.going_on {
                if goes_on(self.text[self.at]) {
                    self.at += 1;
                    self.extend_last();
                    continue;
                }
                self.going_on = false;
            }
            if self.json.as_mut().is_some_and(|json| json.is_in_escape(self.text[self.at])) {
                out.push(self.text[self.at]);
                self.at += 1;
                continue;
            }
            let fresh = self.json.as_ref().is_some_and(|json| json.escaped);
            let around = Around { fresh, begins: self.origin == 0, ends };
            match judge(&self.text, self.at, around, &mut 0) {
                Judgement::Wait if !ends => break,
                Judgement::Nothing | Judgement::Wait => {
                    out.push(self.text[self.at]);
                    self.at += 1;
                    if let Some(json) = &mut self.json {
                        json.escaped = false;
                    }
                }
                Judgement::Value { kind, length, open } => {
                    self.value(kind, length, open, &mut out);
                    if let Some(json) = &mut self.json {
                        json.escaped = false;
                    }
                }
            }
        }
        self.forget();
        // Pieces are text and places are whole characters', so nothing is lost here.
        String::from_utf8(out)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    fn value(&mut self, kind: Kind, length: usize, open: bool, out: &mut Vec<u8>) {
        let value = &self.text[self.at..self.at + length];
        let action = self.policy.action(kind, value);
        if action == Action::Off {
            out.extend_from_slice(value);
            self.at += length;
            return;
        }
        let digest = self.key.digest(kind, value);
        // A bare number of JSON becomes a string, or the text were none any more.
        let quote: &[u8] =
            if self.json.as_ref().is_some_and(|json| !json.in_string) { b"\"" } else { b"" };
        out.extend_from_slice(quote);
        if action == Action::Tag {
            let next = self.tags.len() + 1;
            let number = *self.tags.entry(digest).or_insert(next);
            out.extend_from_slice(format!("[[PII:{}:{number}]]", kind.id()).as_bytes());
        } else {
            out.extend_from_slice(MASKED.as_bytes());
        }
        out.extend_from_slice(quote);
        let start = self.origin + self.at;
        self.findings.push(Finding { kind, range: start..start + length, digest });
        self.at += length;
        self.going_on = open;
    }

    fn extend_last(&mut self) {
        if let Some(finding) = self.findings.last_mut() {
            finding.range.end += 1;
        }
    }

    /// Lets go of what no judgement can depend on any more.
    fn forget(&mut self) {
        const SPARE_BYTES: usize = 1_024;
        if self.at > MEMORY_BYTES + SPARE_BYTES {
            let gone = self.at - MEMORY_BYTES - 1;
            self.text.drain(..gone);
            self.at -= gone;
            self.origin += gone;
        }
    }
}

impl Json {
    /// Whether a byte belongs to an escape, or is the quote of a string.
    fn is_in_escape(&mut self, byte: u8) -> bool {
        if self.escape > 0 {
            self.escape -= 1;
            if self.escape == 0 && byte == b'u' && !self.escaped {
                self.escape = 4;
                self.escaped = true;
                return true;
            }
            self.escaped = true;
            return true;
        }
        if byte == b'\\' && self.in_string {
            self.escape = 1;
            self.escaped = false;
            return true;
        }
        if byte == b'"' {
            self.in_string = !self.in_string;
            self.escaped = false;
            return true;
        }
        false
    }
}

/// Masks a whole text.
pub fn mask(
    text: &str,
    policy: Arc<Policy>,
    key: Arc<DigestKey>,
    writing: Writing,
) -> (String, Vec<Finding>) {
    let mut masker = Masker::new(policy, key, writing);
    let mut out = masker.push(text);
    out.push_str(&masker.finish());
    (out, masker.findings)
}
