//! Writes the stream of Responses: the life of the answer, of each item, and of each piece in it, and
//! always exactly one event that ends it.

use std::borrow::Cow;

use super::response::{Outcome, content, item, item_id, response};
use crate::context::Context;
use crate::failure::Failure;
use crate::pen::{Array, Object, event};
use crate::reply::{Finish, Part};
use crate::usage::Usage;

/// What has been told.
#[derive(Debug, Default)]
pub(crate) struct Mouth {
    begun: bool,
    sequence_number: u64,
    /// Items that are done, as they stand in the last event.
    items: Vec<Vec<u8>>,
    /// The text of the part that is open.
    text: String,
    refused: bool,
}

impl Mouth {
    pub(crate) fn begin(&mut self, context: &Context, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        for name in ["response.created", "response.in_progress"] {
            self.tell(out, name, |o| {
                let outcome = Outcome::InProgress;
                o.object("response", |o| response(o, context, &outcome, &[], None));
            });
        }
    }

    pub(crate) fn open(&mut self, context: &Context, part: &Part<'_>, out: &mut Vec<u8>) {
        self.refused |= matches!(part, Part::Refusal(_));
        self.text.clear();
        let index = self.items.len();
        let empty = with(part, "");
        self.tell(out, "response.output_item.added", |o| {
            o.index("output_index", index);
            let item = item(context, index, &empty, "in_progress");
            o.raw("item", &String::from_utf8_lossy(&item));
        });
        let name = match part {
            Part::Thought(_) => "response.reasoning_summary_part.added",
            Part::Text(_) | Part::Refusal(_) => "response.content_part.added",
            Part::Call { .. } => return,
        };
        self.piece(context, part, out, name, |o| o.object("part", |o| content(o, &empty)));
    }

    pub(crate) fn more(
        &mut self,
        context: &Context,
        part: &Part<'_>,
        text: &str,
        out: &mut Vec<u8>,
    ) {
        self.text.push_str(text);
        let name = format!("{}.delta", names(part).0);
        self.piece(context, part, out, &name, |o| {
            o.text("delta", text);
            logprobs(o, part);
        });
    }

    /// Closes the part that is open, which is complete or not.
    pub(crate) fn close(
        &mut self,
        context: &Context,
        part: &Part<'_>,
        complete: bool,
        out: &mut Vec<u8>,
    ) {
        let text = std::mem::take(&mut self.text);
        let whole = with(part, &text);
        let (of, field) = names(part);
        self.piece(context, part, out, &format!("{of}.done"), |o| {
            o.text(field, &text);
            logprobs(o, part);
        });
        let done = match part {
            Part::Thought(_) => Some("response.reasoning_summary_part.done"),
            Part::Text(_) | Part::Refusal(_) => Some("response.content_part.done"),
            Part::Call { .. } => None,
        };
        if let Some(done) = done {
            self.piece(context, part, out, done, |o| o.object("part", |o| content(o, &whole)));
        }
        let index = self.items.len();
        let status = if complete { "completed" } else { "incomplete" };
        let item = item(context, index, &whole, status);
        self.tell(out, "response.output_item.done", |o| {
            o.index("output_index", index);
            o.raw("item", &String::from_utf8_lossy(&item));
        });
        self.items.push(item);
    }

    pub(crate) fn finish(
        &mut self,
        context: &Context,
        finish: &Finish,
        usage: Option<&Usage>,
        out: &mut Vec<u8>,
    ) {
        let outcome = Outcome::of(finish, self.refused);
        self.end(context, &outcome, usage, out);
    }

    pub(crate) fn fail(&mut self, context: &Context, failure: &Failure, out: &mut Vec<u8>) {
        self.begin(context, out);
        let (code, message) = (failure.response_code(), &*failure.message);
        self.end(context, &Outcome::Failed { code, message }, None, out);
    }

    fn end(
        &mut self,
        context: &Context,
        outcome: &Outcome<'_>,
        usage: Option<&Usage>,
        out: &mut Vec<u8>,
    ) {
        let items = std::mem::take(&mut self.items);
        self.tell(out, &format!("response.{}", outcome.status()), |o| {
            o.object("response", |o| response(o, context, outcome, &items, usage));
        });
    }

    /// An event of the part that is open.
    fn piece(
        &mut self,
        context: &Context,
        part: &Part<'_>,
        out: &mut Vec<u8>,
        name: &str,
        fill: impl FnOnce(&mut Object<'_>),
    ) {
        let index = self.items.len();
        self.tell(out, name, |o| {
            o.text("item_id", &item_id(context, index, part));
            o.index("output_index", index);
            match part {
                Part::Thought(_) => o.index("summary_index", 0),
                Part::Text(_) | Part::Refusal(_) => o.index("content_index", 0),
                Part::Call { .. } => {}
            }
            fill(o);
        });
    }

    fn tell(&mut self, out: &mut Vec<u8>, name: &str, fill: impl FnOnce(&mut Object<'_>)) {
        let sequence_number = self.sequence_number;
        self.sequence_number += 1;
        event(out, Some(name), |o| {
            o.text("type", name);
            o.whole("sequence_number", sequence_number);
            fill(o);
        });
    }
}

/// The same part with another text.
fn with<'t>(part: &'t Part<'_>, text: &'t str) -> Part<'t> {
    let text = Cow::Borrowed(text);
    match part {
        Part::Thought(_) => Part::Thought(text),
        Part::Text(_) => Part::Text(text),
        Part::Refusal(_) => Part::Refusal(text),
        Part::Call { id, name, custom, .. } => Part::Call {
            id: Cow::Borrowed(id),
            name: Cow::Borrowed(name),
            arguments: text,
            custom: *custom,
        },
    }
}

/// How a part's events begin, and what the last one calls its text.
const fn names(part: &Part<'_>) -> (&'static str, &'static str) {
    match part {
        Part::Thought(_) => ("response.reasoning_summary_text", "text"),
        Part::Text(_) => ("response.output_text", "text"),
        Part::Refusal(_) => ("response.refusal", "refusal"),
        Part::Call { custom: false, .. } => ("response.function_call_arguments", "arguments"),
        Part::Call { custom: true, .. } => ("response.custom_tool_call_input", "input"),
    }
}

/// The list that comes with a text although it is not asked for.
fn logprobs(o: &mut Object<'_>, part: &Part<'_>) {
    if matches!(part, Part::Text(_)) {
        o.array("logprobs", |_: &mut Array<'_>| {});
    }
}
