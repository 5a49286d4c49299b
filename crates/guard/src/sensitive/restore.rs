//! Puts secrets back into an answer, where their placeholders stand.

use std::collections::BTreeMap;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::sensitive::leaves::escape_into;
use crate::sensitive::{KIND_BYTES_MAX, Kind};

/// The longest placeholder. A stream waits for so many bytes at most until it knows whether it sees one.
pub const PLACEHOLDER_BYTES_MAX: usize = KIND_BYTES_MAX + 24;

/// The secrets of a call, by their placeholders. They are wiped when it is dropped.
pub struct Placeholders {
    tag: String,
    values: BTreeMap<String, Zeroizing<Vec<u8>>>,
}

impl Placeholders {
    pub(crate) fn new(tag: String) -> Self {
        Self { tag, values: BTreeMap::new() }
    }

    /// A new placeholder for a value.
    pub(crate) fn add(&mut self, kind: Kind, count: usize, value: &[u8]) -> String {
        let name = format!("{}{}:{count}]]", self.tag, kind.id());
        self.values.insert(name.clone(), Zeroizing::new(value.to_vec()));
        name
    }

    /// How many different secrets there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// How a value is written where it is put.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Writing {
    /// As it is.
    #[default]
    Text,
    /// With JSON's escapes, for the arguments of a tool.
    Json,
}

/// Restores one stream of text, whatever pieces it comes in.
pub struct Restorer {
    placeholders: Arc<Placeholders>,
    writing: Writing,
    held: Vec<u8>,
}

impl Restorer {
    pub fn new(placeholders: Arc<Placeholders>, writing: Writing) -> Self {
        Self { placeholders, writing, held: Vec::new() }
    }

    /// Takes a piece, gives what is certain.
    pub fn push(&mut self, piece: &[u8]) -> Vec<u8> {
        if self.placeholders.is_empty() {
            return piece.to_vec();
        }
        self.held.extend_from_slice(piece);
        self.pass(false)
    }

    /// Gives what was held back.
    pub fn finish(&mut self) -> Vec<u8> {
        self.pass(true)
    }

    /// How many bytes wait.
    pub(crate) fn held_bytes(&self) -> usize {
        self.held.len()
    }

    fn pass(&mut self, ends: bool) -> Vec<u8> {
        let tag = self.placeholders.tag.as_bytes();
        let mut out = Vec::with_capacity(self.held.len());
        let mut at = 0;
        while at < self.held.len() {
            let Some(bracket) = memchr::memchr(b'[', &self.held[at..]) else {
                out.extend_from_slice(&self.held[at..]);
                at = self.held.len();
                break;
            };
            out.extend_from_slice(&self.held[at..at + bracket]);
            at += bracket;
            let rest = &self.held[at..];
            let rest = &rest[..rest.len().min(PLACEHOLDER_BYTES_MAX)];
            let begins = rest.starts_with(tag) || tag.starts_with(rest);
            let close = memchr::memmem::find(rest, b"]]").map(|close| &rest[..close + 2]);
            let value = close.and_then(|name| {
                Some((name.len(), self.placeholders.values.get(std::str::from_utf8(name).ok()?)?))
            });
            if let Some((length, value)) = value {
                match self.writing {
                    Writing::Text => out.extend_from_slice(value),
                    Writing::Json => escape_into(value, &mut out),
                }
                at += length;
            } else if begins && close.is_none() && rest.len() < PLACEHOLDER_BYTES_MAX && !ends {
                break;
            } else {
                out.push(b'[');
                at += 1;
            }
        }
        self.held.drain(..at);
        out
    }
}

/// Restores a whole text.
pub fn restore(text: &[u8], placeholders: Arc<Placeholders>, writing: Writing) -> Vec<u8> {
    let mut restorer = Restorer::new(placeholders, writing);
    let mut out = restorer.push(text);
    out.extend(restorer.finish());
    out
}
