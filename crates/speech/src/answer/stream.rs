//! An answer that arrives as events.

use domain::provider::Surface;

use super::desk::{Desk, Place};
use super::key::Key;
use super::texts::Texts;
use super::{Options, Rewriter, Writing, blocks, choices, is_json, items, plain};
use crate::json::{Malformed, Scanner};
use crate::sse::Event;

/// Rewrites events one by one. Every event goes on, in its order; what had to wait at the end of a text
/// is said by an event of ours before the one that ends it.
pub struct Stream<R> {
    surface: Surface,
    options: Options,
    texts: Texts<R>,
    /// What a chunk of this answer begins with.
    head: String,
    /// How many events of ours have gone out among numbered ones.
    added: u64,
    /// The number of the event that comes next, where events are numbered.
    number: Option<u64>,
    /// Whether events have names.
    named: bool,
    /// The last event was cut off.
    cut: bool,
}

impl<R: Rewriter> Stream<R> {
    /// At the beginning of an answer.
    #[must_use]
    pub fn new(surface: Surface, options: Options) -> Self {
        Self {
            surface,
            options,
            texts: Texts::default(),
            head: String::new(),
            added: 0,
            number: None,
            named: false,
            cut: false,
        }
    }

    /// How many events of ours stand among numbered ones: by so many the number of one that somebody else
    /// adds is higher than those that came said.
    #[must_use]
    pub const fn added(&self) -> u64 {
        self.added
    }

    /// Takes one event, and adds what goes to the client: its very bytes where nothing changed.
    pub fn event(
        &mut self,
        event: &Event,
        begin: &mut impl FnMut(Writing) -> R,
        out: &mut Vec<u8>,
    ) {
        let Some(data) = event.data() else {
            out.extend_from_slice(event.bytes());
            return;
        };
        self.texts.next_event();
        self.named |= event.name().is_some();
        let text = String::from_utf8_lossy(&data);
        let rewritten = match text.trim() {
            "" => None,
            "[DONE]" => {
                self.end(out);
                None
            }
            _ => match is_json(&text).and_then(|()| self.rewrite(&text, begin, out)) {
                Ok(rewritten) => {
                    // Several lines are joined by line feeds, which are only space in JSON.
                    rewritten.map(|json| json.replace('\n', " "))
                }
                Err(_) => {
                    if !event.is_closed() {
                        self.end(out);
                    }
                    let said = plain(&text, begin);
                    (said != *text).then_some(said)
                }
            },
        };
        match rewritten {
            Some(data) => event.with_data(&data, out),
            None => out.extend_from_slice(event.bytes()),
        }
        self.cut = !event.is_closed();
    }

    /// The stream ends without the event that says so, or breaks: adds what waits, as events.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        for (key, open) in std::mem::take(&mut self.texts.open) {
            let tail = open.finish();
            if !tail.is_empty() {
                self.texts.tails.push((*key, tail));
            }
        }
        if self.cut && !self.texts.tails.is_empty() {
            out.extend_from_slice(b"\n\n");
            self.cut = false;
        }
        self.say_tails(None, out);
    }

    /// Rewrites the data of an event. What must be said before it is.
    fn rewrite(
        &mut self,
        text: &str,
        begin: &mut impl FnMut(Writing) -> R,
        out: &mut Vec<u8>,
    ) -> Result<Option<String>, Malformed> {
        let mut desk = Desk::new(text, self.options, true, begin, &mut self.texts);
        let mut scanner = Scanner::new(text);
        let mut numbered = None;
        match self.surface {
            _ if !text.trim_start().starts_with('{') => desk.value(&mut scanner, Place::TOP)?,
            Surface::Messages | Surface::CountTokens => blocks::event(&mut desk, &mut scanner)?,
            Surface::Responses => numbered = items::event(&mut desk, &mut scanner)?,
            Surface::Chat | Surface::Completions | Surface::Embeddings => {
                choices::chunk(&mut desk, &mut scanner, &mut self.head)?;
            }
        }
        let mut edits = desk.edits;
        self.say_tails(numbered.as_ref().map(|(number, _)| *number), out);
        if let (Some((was, span)), Some(number)) = (numbered, self.number) {
            if number != was {
                edits.json(span, number.to_string());
            }
            self.number = Some(number.saturating_add(1));
        }
        Ok(edits.finish(text))
    }

    /// Says what is left of texts, before the event that had this number, if there is one. What comes
    /// next is then numbered behind it.
    fn say_tails(&mut self, was: Option<u64>, out: &mut Vec<u8>) {
        let first = was.map(|was| was.saturating_add(self.added)).or(self.number);
        self.number = first;
        if self.texts.tails.is_empty() {
            return;
        }
        let count = self.texts.tails.len() as u64;
        self.added = self.added.saturating_add(count);
        self.number = first.map(|first| first.saturating_add(count));
        self.say(first, out);
    }

    fn say(&mut self, mut number: Option<u64>, out: &mut Vec<u8>) {
        for (key, tail) in self.texts.tails.drain(..) {
            let (name, data) = key.event(&tail, &self.head, number);
            number = number.map(|number| number.saturating_add(1));
            if self.named && !matches!(key, Key::Choice { .. }) {
                out.extend_from_slice(b"event: ");
                out.extend_from_slice(name.as_bytes());
                out.push(b'\n');
            }
            out.extend_from_slice(b"data: ");
            out.extend_from_slice(data.as_bytes());
            out.extend_from_slice(b"\n\n");
        }
    }
}
