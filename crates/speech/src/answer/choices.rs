//! Chunks of Chat and of Completions.

use super::desk::{Desk, Place};
use super::key::{Key, Step};
use super::protocol::{is_thought_name, is_thought_type};
use super::{Rewriter, Writing};
use crate::json::{Kind, Malformed, Scanner, look};
use crate::text::literal;

/// How deep within a delta texts are taken to grow. What lies deeper is whole in itself.
const GROWING_DEPTH_MAX: usize = 8;

/// Members of a chunk that another chunk of the same answer repeats.
const HEAD: [&str; 6] = ["id", "object", "created", "model", "system_fingerprint", "provider"];

/// Longest member that is repeated.
const HEAD_BYTES_MAX: usize = 256;

/// A delta of a choice.
struct Delta {
    choice: u64,
    path: Vec<Step>,
    /// The id of the call at hand.
    call: String,
    /// It says something that is no reasoning, so that the reasoning is over.
    speaks: bool,
}

/// Rewrites a chunk, and writes down what another one would begin with.
pub(super) fn chunk<'a, R: Rewriter, F: FnMut(Writing) -> R>(
    desk: &mut Desk<'a, '_, R, F>,
    scanner: &mut Scanner<'a>,
    head: &mut String,
) -> Result<(), Malformed> {
    let (mut begins, mut fails) = (String::new(), false);
    let text = desk.text;
    look(scanner, |name, kind, span| {
        fails |= name == "error" && kind != Kind::Null;
        let value = text.get(span).unwrap_or_default();
        if HEAD.contains(&name)
            && !matches!(kind, Kind::Object | Kind::Array)
            && value.len() <= HEAD_BYTES_MAX
        {
            begins.extend(["\"", name, "\":", value, ","]);
        }
    })?;
    // An error says nothing of the answer that it ends.
    if !begins.is_empty() {
        *head = begins;
    }
    desk.object(scanner, Place::TOP, &mut |desk, scanner, name| {
        if name != "choices" || scanner.kind()? != Kind::Array {
            return Ok(false);
        }
        scanner.array(|scanner, position| match scanner.kind()? {
            Kind::Object => choice(desk, scanner, position),
            _ => desk.value(scanner, Place::TOP.member("choices")),
        })?;
        Ok(true)
    })?;
    if fails {
        desk.close(|_, _| true);
    }
    Ok(())
}

fn choice<'a, R: Rewriter, F: FnMut(Writing) -> R>(
    desk: &mut Desk<'a, '_, R, F>,
    scanner: &mut Scanner<'a>,
    position: usize,
) -> Result<(), Malformed> {
    let text = desk.text;
    let (mut index, mut finishes) = (None, false);
    look(scanner, |name, kind, span| match (name, kind) {
        ("index", Kind::Number) => index = text.get(span).and_then(|index| index.parse().ok()),
        ("finish_reason", Kind::String) => finishes = span.len() > 2,
        _ => {}
    })?;
    let choice = index.unwrap_or(position as u64);
    let mut speaks = false;
    let top = Place { depth: 1, ..Place::TOP.member("choices") };
    desk.object(scanner, top, &mut |desk, scanner, name| {
        match (name, scanner.kind()?) {
            ("delta", Kind::Object) => {
                let path = vec![Step::Name("delta".to_owned())];
                let mut delta = Delta { choice, path, call: String::new(), speaks };
                delta.grow(desk, scanner, top.member("delta"))?;
                speaks = delta.speaks;
            }
            ("text", Kind::String) => {
                let path = vec![Step::Name("text".to_owned())];
                desk.grow(scanner.value()?, Key::Choice { choice, path }, "");
            }
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    if finishes {
        desk.close_below(choice, &[], |_, _| true);
    } else if speaks {
        desk.close_below(choice, &[], |path, _| is_thought(path));
    }
    Ok(())
}

fn is_thought(path: &[Step]) -> bool {
    path.iter().any(|step| match step {
        Step::Name(name) => is_thought_name(name),
        Step::Element { kind, .. } => is_thought_type(kind),
    })
}

impl Delta {
    /// Every string below the value that comes next is a piece of a text, but for what the protocol reads.
    fn grow<'a, R: Rewriter, F: FnMut(Writing) -> R>(
        &mut self,
        desk: &mut Desk<'a, '_, R, F>,
        scanner: &mut Scanner<'a>,
        place: Place<'_>,
    ) -> Result<(), Malformed> {
        let kind = scanner.kind()?;
        let whole = self.path.len() > GROWING_DEPTH_MAX
            || (kind == Kind::Object && matches!(place.name, "arguments" | "input"));
        match kind {
            _ if whole => desk.value(scanner, place),
            Kind::String => {
                let span = scanner.value()?;
                if !desk.is_protocol(&span, place) {
                    self.speaks |= span.len() > 2 && !is_thought(&self.path);
                    let key = Key::Choice { choice: self.choice, path: self.path.clone() };
                    desk.grow(span, key, &self.call);
                }
                Ok(())
            }
            Kind::Object => self.object(desk, scanner, place),
            Kind::Array => scanner.array(|scanner, position| {
                if scanner.kind()? == Kind::Object {
                    self.element(desk, scanner, place, position)
                } else {
                    desk.value(scanner, place)
                }
            }),
            Kind::Number | Kind::Bool | Kind::Null => scanner.value().map(drop),
        }
    }

    fn object<'a, R: Rewriter, F: FnMut(Writing) -> R>(
        &mut self,
        desk: &mut Desk<'a, '_, R, F>,
        scanner: &mut Scanner<'a>,
        place: Place<'_>,
    ) -> Result<(), Malformed> {
        desk.object(scanner, place, &mut |desk, scanner, name| {
            self.path.push(Step::Name(name.to_owned()));
            self.grow(desk, scanner, place.member(name))?;
            self.path.pop();
            Ok(true)
        })
    }

    /// An element of a list. One that says which it is goes on in later events; so do the lists that
    /// are known to. Any other is whole in itself.
    fn element<'a, R: Rewriter, F: FnMut(Writing) -> R>(
        &mut self,
        desk: &mut Desk<'a, '_, R, F>,
        scanner: &mut Scanner<'a>,
        place: Place<'_>,
        position: usize,
    ) -> Result<(), Malformed> {
        let is_call = place.name == "tool_calls";
        let text = desk.text;
        let (mut index, mut kind, mut id) = (None, String::new(), String::new());
        look(scanner, |name, is, span| match (name, is) {
            ("index", Kind::Number) => index = text.get(span).and_then(|index| index.parse().ok()),
            ("type", Kind::String) if !is_call => kind = literal(text, span).into_owned(),
            ("id", Kind::String) if is_call => id = literal(text, span).into_owned(),
            _ => {}
        })?;
        if index.is_none() && !is_call && !matches!(place.name, "content" | "thinking") {
            return desk.value(scanner, place);
        }
        let position = if is_call && index.is_none() { position } else { 0 };
        self.path.push(Step::Element { index, position, kind });
        if is_call {
            self.end_former_call(desk, scanner, index, &id)?;
            self.speaks = true;
        }
        self.call = id;
        self.object(desk, scanner, place)?;
        self.call.clear();
        self.path.pop();
        Ok(())
    }

    /// Ends the call that had this index before. Some servers give all calls the same index, and some give
    /// none: another id is another call, and so is another name where there is no index.
    fn end_former_call<'a, R: Rewriter, F: FnMut(Writing) -> R>(
        &self,
        desk: &mut Desk<'a, '_, R, F>,
        scanner: &Scanner<'a>,
        index: Option<u64>,
        id: &str,
    ) -> Result<(), Malformed> {
        let mut named = false;
        if index.is_none() && id.is_empty() {
            let mut ahead = scanner.clone();
            ahead.object(|ahead, name| -> Result<(), Malformed> {
                if name == "function" && ahead.kind()? == Kind::Object {
                    look(ahead, |name, kind, span| {
                        named |= name == "name" && kind == Kind::String && span.len() > 2;
                    })?;
                }
                ahead.value().map(drop)
            })?;
        }
        if named || !id.is_empty() {
            desk.close_below(self.choice, &self.path, |_, open| {
                named || (!open.call.is_empty() && open.call != id)
            });
        }
        Ok(())
    }
}
