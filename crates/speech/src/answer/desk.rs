//! Where a body lies while it is rewritten.

use std::ops::Range;

use super::edits::Edits;
use super::key::{Key, Step};
use super::protocol::{
    is_arguments, is_free, is_protocol, is_thought_name, is_thought_type, is_token,
};
use super::texts::{Open, Texts};
use super::{Options, Rewriter, Writing, is_json, rewrite};
use crate::bytes::Bytes;
use crate::json::{Kind, Malformed, Scanner, look};
use crate::text::{is_embedded_file, literal, piece};

/// How deep reasoning is looked for: `response`, its `output`, an item. What lies deeper is part of it.
const THOUGHTS_DEPTH_MAX: usize = 5;

/// Longest id of a call that is told from another.
const CALL_BYTES_MAX: usize = 256;

/// Where a value stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'n> {
    /// The name before the last.
    pub(super) parent: &'n str,
    pub(super) name: &'n str,
    pub(super) depth: usize,
    /// The names are somebody's own, not the protocol's.
    pub(super) free: bool,
}

impl Place<'_> {
    pub(super) const TOP: Self = Place { parent: "", name: "", depth: 0, free: false };

    /// The place of a member.
    pub(super) fn member<'n>(&'n self, name: &'n str) -> Place<'n> {
        let free = self.free || is_free(name);
        Place { parent: self.name, name, depth: self.depth + 1, free }
    }
}

/// What is told of each member of an object. Says whether it passed over its value.
pub(super) type Member<'m, 'a, 'd, R, F> =
    &'m mut dyn FnMut(&mut Desk<'a, 'd, R, F>, &mut Scanner<'a>, &str) -> Result<bool, Malformed>;

pub(super) struct Desk<'a, 'd, R, F> {
    pub(super) text: &'a str,
    pub(super) edits: Edits,
    pub(super) options: Options,
    /// It is an event, whose texts may have been begun before.
    streams: bool,
    begin: &'d mut F,
    texts: &'d mut Texts<R>,
}

impl<'a, 'd, R: Rewriter, F: FnMut(Writing) -> R> Desk<'a, 'd, R, F> {
    pub(super) fn new(
        text: &'a str,
        options: Options,
        streams: bool,
        begin: &'d mut F,
        texts: &'d mut Texts<R>,
    ) -> Self {
        Self { text, edits: Edits::default(), options, streams, begin, texts }
    }

    /// Rewrites every string below the value that comes next, each as a whole text.
    pub(super) fn value(
        &mut self,
        scanner: &mut Scanner<'a>,
        place: Place<'_>,
    ) -> Result<(), Malformed> {
        match scanner.kind()? {
            Kind::String => {
                let span = scanner.value()?;
                self.string(span, place);
                Ok(())
            }
            Kind::Object if is_arguments(place.name) && !place.free => {
                self.arguments(scanner, place)
            }
            Kind::Object => self.object(scanner, place, &mut |_, _, _| Ok(false)),
            Kind::Array => scanner
                .array(|scanner, _| self.value(scanner, Place { depth: place.depth + 1, ..place })),
            Kind::Number | Kind::Bool | Kind::Null => scanner.value().map(drop),
        }
    }

    /// Rewrites an object, but for what `member` does itself.
    pub(super) fn object(
        &mut self,
        scanner: &mut Scanner<'a>,
        place: Place<'_>,
        member: Member<'_, 'a, 'd, R, F>,
    ) -> Result<(), Malformed> {
        if self.passes_thought(scanner, place.depth)? {
            return Ok(());
        }
        let before = self.edits.len();
        let mut bytes = Bytes::under(place.name);
        let mut logprobs = Vec::new();
        scanner.object(|scanner, name| -> Result<(), Malformed> {
            let kind = scanner.kind()?;
            if !place.free {
                if bytes.note(self.text, scanner, &name, kind)? {
                    return Ok(());
                }
                if name == "logprobs" && matches!(kind, Kind::Object | Kind::Array) {
                    logprobs.push((scanner.value()?, kind));
                    return Ok(());
                }
                if is_thought_name(&name) && !self.options.reasoning {
                    return scanner.value().map(drop);
                }
            }
            if member(self, scanner, &name)? {
                return Ok(());
            }
            self.value(scanner, place.member(&name))
        })?;
        for (name, span) in bytes.words() {
            self.string(span, place.member(name));
        }
        if !self.options.logprobs && (self.streams || self.edits.len() > before) {
            for (span, kind) in logprobs {
                self.unspell(span, kind);
            }
        }
        Ok(())
    }

    /// Takes out what spells a text.
    fn unspell(&mut self, span: Range<usize>, kind: Kind) {
        let instead = if kind == Kind::Array { "[]" } else { "null" };
        let written = self.text.get(span.clone()).unwrap_or_default();
        if !written.bytes().filter(|byte| !byte.is_ascii_whitespace()).eq(instead.bytes()) {
            self.edits.json(span, instead.to_owned());
        }
    }

    /// Passes over an object that is reasoning, where that stays as it is.
    fn passes_thought(
        &mut self,
        scanner: &mut Scanner<'a>,
        depth: usize,
    ) -> Result<bool, Malformed> {
        if self.options.reasoning || depth > THOUGHTS_DEPTH_MAX {
            return Ok(false);
        }
        let mut is_thought = false;
        look(scanner, |name, kind, span| {
            if name == "type" && kind == Kind::String {
                is_thought = is_thought_type(&literal(self.text, span));
            }
        })?;
        if is_thought {
            scanner.value()?;
        }
        Ok(is_thought)
    }

    fn string(&mut self, span: Range<usize>, place: Place<'_>) {
        if place.free || !self.is_protocol(&span, place) {
            let writing = if place.name == "arguments" { Writing::Json } else { Writing::Text };
            self.words(span, writing);
        }
    }

    pub(super) fn is_protocol(&self, span: &Range<usize>, place: Place<'_>) -> bool {
        let is_token = || is_token(&literal(self.text, span.clone()));
        is_protocol(place.parent, place.name, is_token)
    }

    /// A whole text.
    fn words(&mut self, span: Range<usize>, writing: Writing) {
        let text = literal(self.text, span.clone());
        if text.is_empty() || is_embedded_file(&text) {
            return;
        }
        let said = rewrite(&text, (self.begin)(writing));
        if said != *text {
            self.edits.text(span, said);
        }
    }

    /// The arguments of a tool as an object. They are rewritten as the JSON that they are; should that not
    /// come out as JSON, string by string.
    fn arguments(&mut self, scanner: &mut Scanner<'a>, place: Place<'_>) -> Result<(), Malformed> {
        let mut ahead = scanner.clone();
        let span = ahead.value()?;
        let json = self.text.get(span.clone()).unwrap_or_default();
        if json == "{}" {
            *scanner = ahead;
            return Ok(());
        }
        let said = rewrite(json, (self.begin)(Writing::Json));
        if is_json(&said).is_err() {
            return self.value(scanner, Place { free: true, ..place });
        }
        if said != json {
            self.edits.json(span, said);
        }
        *scanner = ahead;
        Ok(())
    }

    /// A piece of a text that grows. `call` is the id of the call that says it, where it is one's.
    pub(super) fn grow(&mut self, span: Range<usize>, key: Key, call: &str) {
        let writing = key.writing();
        if !self.texts.has_room(&key) {
            return self.words(span, writing);
        }
        let begins = !self.texts.open.contains_key(&key);
        if begins && is_embedded_file(&literal(self.text, span.clone())) {
            return;
        }
        let event = self.texts.event();
        let begin = || Box::new(Open::new((self.begin)(writing)));
        let open = self.texts.open.entry(Box::new(key)).or_insert_with(begin);
        if !call.is_empty() && call.len() <= CALL_BYTES_MAX {
            call.clone_into(&mut open.call);
        }
        let (piece, is_all) = piece(self.text, span.clone(), &mut open.half);
        let said = open.rewriter.push(&piece);
        let same = is_all && said == *piece;
        let edit = if same { self.edits.same(span) } else { self.edits.text(span, said) };
        open.literal = (event, edit);
    }

    /// Ends texts. What is left of each goes behind what this event says of it, or before the event.
    pub(super) fn close(&mut self, ends: impl Fn(&Key, &Open<R>) -> bool) {
        let keys = self.texts.open.iter().filter(|(key, open)| ends(key, open));
        let keys = keys.map(|(key, _)| Key::clone(key)).collect();
        self.end(keys);
    }

    /// Ends texts of a choice whose paths begin like this. Only those are looked at: an event may hold many
    /// choices, and many calls.
    pub(super) fn close_below(
        &mut self,
        choice: u64,
        begins: &[Step],
        ends: impl Fn(&[Step], &Open<R>) -> bool,
    ) {
        let first = Key::Choice { choice, path: begins.to_vec() };
        let from = self.texts.open.range::<Key, _>(first..);
        let keys = from.map_while(|(key, open)| match &**key {
            Key::Choice { choice: of, path } if *of == choice && path.starts_with(begins) => {
                Some((key, ends(path, open)))
            }
            _ => None,
        });
        let keys = keys.filter(|(_, ends)| *ends).map(|(key, _)| Key::clone(key)).collect();
        self.end(keys);
    }

    fn end(&mut self, keys: Vec<Key>) {
        for key in keys {
            let Some(open) = self.texts.open.remove(&key) else { continue };
            let literal = open.literal;
            let tail = open.finish();
            if tail.is_empty() {
                continue;
            }
            match literal {
                (event, edit) if event == self.texts.event() => {
                    self.edits.append(self.text, edit, &tail);
                }
                _ => self.texts.tails.push((key, tail)),
            }
        }
    }
}
