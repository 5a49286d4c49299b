//! The texts that are growing, each with its rewriter.

use std::collections::BTreeMap;

use super::Rewriter;
use super::key::Key;

/// Most texts that grow at once. A piece of any further one is rewritten as a text of its own, so that
/// what is cut in two is then not found; no model speaks with so many voices.
const TEXTS_MAX: usize = 1_024;

/// Longest names of a text, in bytes; one with longer names is rewritten piece by piece as well.
const KEY_BYTES_MAX: usize = 1_024;

/// Both sides of the map lie in boxes, since it has room for eleven from its first entry on.
pub(super) struct Texts<R> {
    pub(super) open: BTreeMap<Box<Key>, Box<Open<R>>>,
    /// What is left of texts that have ended, to be said before the event at hand.
    pub(super) tails: Vec<(Key, String)>,
    /// Counts events, so that it is known which literals are still at hand.
    event: u64,
}

/// A text that grows.
pub(super) struct Open<R> {
    pub(super) rewriter: R,
    /// The id of the call whose arguments it is.
    pub(super) call: String,
    /// The last literal of it: the event, and the edit.
    pub(super) literal: (u64, usize),
    /// Half a character, as it was written, whose other half is to come.
    pub(super) half: String,
}

impl<R: Rewriter> Open<R> {
    pub(super) const fn new(rewriter: R) -> Self {
        Self { rewriter, call: String::new(), literal: (0, 0), half: String::new() }
    }

    /// What is left at its end.
    pub(super) fn finish(mut self) -> String {
        let mut tail = String::new();
        if !self.half.is_empty() {
            tail.push_str(&self.rewriter.push("\u{fffd}"));
        }
        tail.push_str(&self.rewriter.finish());
        tail
    }
}

impl<R> Default for Texts<R> {
    fn default() -> Self {
        Self { open: BTreeMap::new(), tails: Vec::new(), event: 0 }
    }
}

impl<R> Texts<R> {
    pub(super) const fn next_event(&mut self) {
        self.event += 1;
    }

    pub(super) const fn event(&self) -> u64 {
        self.event
    }

    pub(super) fn has_room(&self, key: &Key) -> bool {
        key.bytes() <= KEY_BYTES_MAX && (self.open.len() < TEXTS_MAX || self.open.contains_key(key))
    }
}
