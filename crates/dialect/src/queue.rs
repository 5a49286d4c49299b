//! The parts of an answer in the order in which they began, told one after the other.
//!
//! A provider may let several calls grow at once, and does not always say when one is complete; the
//! streams of Messages and Responses, as clients read them, hold one open part at a time. The first
//! part is told as it grows; what grows behind it is kept until its turn.

use std::collections::VecDeque;

use crate::delta::{Key, Kind};
use crate::fault::{Broken, broken};
use crate::reply::Part;

/// Parts that are not closed yet.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    parts: VecDeque<Growing>,
}

/// A part that grows.
#[derive(Debug)]
pub(crate) struct Growing {
    key: Key,
    /// What it is, without its text.
    pub(crate) part: Part<'static>,
    /// Text that has come and is not told.
    pub(crate) held: String,
    /// Whether its text is told only when complete.
    pub(crate) whole: bool,
    pub(crate) opened: bool,
    ended: bool,
    shape: Shape,
}

impl Queue {
    /// Begins a call.
    pub(crate) fn call(&mut self, key: Key, part: Part<'static>, whole: bool) {
        self.push(key, part, whole);
    }

    /// Adds to a text, which begins here if it is not growing.
    pub(crate) fn text(&mut self, key: Key, kind: Kind, text: &str) {
        let grows = |growing: &Growing| growing.key == key && !growing.ended;
        // What comes behind another part begins anew, as it would in the whole answer.
        if !self.parts.back().is_some_and(grows) {
            let part = match kind {
                Kind::Thought => Part::Thought("".into()),
                Kind::Text => Part::Text("".into()),
                Kind::Refusal => Part::Refusal("".into()),
            };
            self.push(key, part, false);
        }
        if let Some(growing) = self.parts.back_mut() {
            growing.held.push_str(text);
        }
    }

    /// Adds to a call's arguments.
    pub(crate) fn arguments(&mut self, key: Key, text: &str) -> Result<(), Broken> {
        let grows = |growing: &&mut Growing| growing.key == key && !growing.ended;
        match self.parts.iter_mut().find(grows) {
            Some(growing) => {
                growing.held.push_str(text);
                growing.shape.read(text);
                Ok(())
            }
            None if text.trim_ascii().is_empty() => Ok(()),
            None => Err(broken("arguments come for a call that is not open")),
        }
    }

    /// Marks a part as complete.
    pub(crate) fn end(&mut self, key: Key) {
        for growing in self.parts.iter_mut().filter(|growing| growing.key == key) {
            growing.ended = true;
        }
    }

    /// Marks all parts as complete.
    pub(crate) fn end_all(&mut self) {
        self.parts.iter_mut().for_each(|growing| growing.ended = true);
    }

    /// The part whose turn it is.
    pub(crate) fn front(&mut self) -> Option<&mut Growing> {
        self.parts.front_mut()
    }

    /// The part whose turn is over: nothing is missing from it, and another has begun or, where the
    /// answer is `finished`, none will. The last part waits for that, since only the end of the answer
    /// says whether it was cut short.
    pub(crate) fn pop_over(&mut self, finished: bool) -> Option<Growing> {
        let front = self.parts.front()?;
        let call = matches!(front.part, Part::Call { .. });
        let whole = front.ended || !call || front.shape.is_closed();
        let over = if self.parts.len() > 1 { whole } else { finished && front.ended };
        if over { self.parts.pop_front() } else { None }
    }

    /// The part whose turn it is, when the stream fails: whole, or cut short.
    pub(crate) fn pop_failed(&mut self) -> Option<(Growing, bool)> {
        let front = self.parts.pop_front().filter(|front| front.opened)?;
        let whole = front.ended;
        Some((front, whole))
    }

    /// Whether no other part waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    fn push(&mut self, key: Key, part: Part<'static>, whole: bool) {
        self.parts.push_back(Growing {
            key,
            part,
            held: String::new(),
            whole,
            opened: false,
            ended: false,
            shape: Shape::default(),
        });
    }
}

/// Whether the text so far is one closed JSON object or array.
#[derive(Debug, Default)]
struct Shape {
    depth: usize,
    begun: bool,
    quoted: bool,
    escaped: bool,
}

impl Shape {
    fn read(&mut self, text: &str) {
        for byte in text.bytes() {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.quoted => self.escaped = true,
                b'"' => self.quoted = !self.quoted,
                _ if self.quoted => {}
                b'{' | b'[' => {
                    self.depth += 1;
                    self.begun = true;
                }
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
    }

    const fn is_closed(&self) -> bool {
        self.begun && self.depth == 0 && !self.quoted
    }
}
