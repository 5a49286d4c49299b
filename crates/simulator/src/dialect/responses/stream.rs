//! The events of a streamed response: each is named, numbered, and says which item it is about.

use serde::Serialize;
use serde_json::{Value, json as value};

use super::say::{self, Item, Part, Response, Stage};
use crate::{
    answer::{self, Call, Finish, Said, Tally},
    dialect::{Reply, json},
    event::Event,
    script::Script,
};

#[derive(Serialize)]
struct Whole<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    response: Response<'a>,
}

#[derive(Serialize)]
struct OfItem<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    output_index: usize,
    item: Item<'a>,
}

#[derive(Serialize)]
struct OfPart<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    item_id: &'a str,
    output_index: usize,
    #[serde(flatten)]
    place: Place,
    part: Part<'a>,
}

/// Something that grows, or is whole now.
#[derive(Serialize)]
struct OfText<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    item_id: &'a str,
    output_index: usize,
    #[serde(flatten)]
    place: Place,
    #[serde(flatten)]
    text: Grown<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<[(); 0]>,
}

/// Where in its item something is; a call has no parts.
#[derive(Clone, Copy, Default, Serialize)]
struct Place {
    #[serde(skip_serializing_if = "Option::is_none")]
    content_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary_index: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Grown<'a> {
    Delta(&'a str),
    Text(&'a str),
    Arguments(&'a str),
}

/// Writes the events of a response that comes to its end.
pub(crate) fn stream(reply: &Reply<'_>, script: &Script) -> Vec<Event> {
    let mut items = Items { reply, events: Vec::new(), output_index: 0 };
    items.whole("response.created", Stage::Begun);
    items.whole("response.in_progress", Stage::Begun);
    let mut tally = Tally::after(reply.answer.usage.reasoning_tokens);
    if !reply.answer.reasoning.is_empty() {
        items.reasoning();
    }
    match &reply.answer.said {
        Said::Text(text) => items.message(text, script.chunks, &mut tally),
        Said::Calls(calls) => {
            for (nth, call) in calls.iter().enumerate() {
                items.function_call(nth, call, script.chunks, &mut tally);
            }
        }
    }
    let ending = match reply.answer.finish {
        Finish::Length => "response.incomplete",
        Finish::Stop | Finish::ToolCall => "response.completed",
    };
    let response = say::response(reply, Stage::Ended);
    let data = json(&Whole { kind: ending, response });
    items.events.push(Event::closing(Some(ending), data));
    number(&mut items.events);
    items.events
}

/// Writes what a stream that goes wrong in the middle ends with, after so many events.
pub(crate) fn failure(reply: &Reply<'_>, events_before: usize) -> Vec<Event> {
    let error = json(&value!({
        "type": "error",
        "code": "server_error",
        "message": "Simulated: a provider's internal error.",
        "param": Value::Null,
    }));
    let kind = "response.failed";
    let failed = json(&Whole { kind, response: say::response(reply, Stage::Failed) });
    let mut events = vec![Event::control(Some("error"), error), Event::control(Some(kind), failed)];
    for (event, sequence) in events.iter_mut().zip(events_before as u64..) {
        event.sequence = Some(sequence);
    }
    events
}

fn number(events: &mut [Event]) {
    for (event, sequence) in events.iter_mut().zip(0..) {
        event.sequence = Some(sequence);
    }
}

/// The items of a response, one after the other.
struct Items<'r, 'a> {
    reply: &'r Reply<'a>,
    events: Vec<Event>,
    output_index: usize,
}

impl<'a> Items<'_, 'a> {
    fn control(&mut self, kind: &'static str, shape: &impl Serialize) {
        self.events.push(Event::control(Some(kind), json(shape)));
    }

    fn whole(&mut self, kind: &'static str, stage: Stage) {
        let response = say::response(self.reply, stage);
        self.control(kind, &Whole { kind, response });
    }

    fn open(&mut self, item: Item<'a>) {
        let kind = "response.output_item.added";
        self.control(kind, &OfItem { kind, output_index: self.output_index, item });
    }

    fn close(&mut self, item: Item<'a>) {
        let kind = "response.output_item.done";
        self.control(kind, &OfItem { kind, output_index: self.output_index, item });
        self.output_index += 1;
    }

    fn part(&mut self, kind: &'static str, item_id: &str, place: Place, part: Part<'_>) {
        let output_index = self.output_index;
        self.control(kind, &OfPart { kind, item_id, output_index, place, part });
    }

    fn text<'t>(&self, kind: &'static str, id: &'t str, place: Place, text: Grown<'t>) -> String {
        let logprobs = place.content_index.map(|_| []);
        let output_index = self.output_index;
        json(&OfText { kind, item_id: id, output_index, place, text, logprobs })
    }

    fn deltas(
        &mut self,
        kind: &'static str,
        item_id: &str,
        place: Place,
        (text, chunks): (&str, Option<u64>),
        tally: &mut Tally,
    ) {
        for text in answer::deltas(text, chunks) {
            let data = self.text(kind, item_id, place, Grown::Delta(text));
            self.events.push(Event::delta(Some(kind), data, tally.add(text)));
        }
    }

    fn done(&mut self, kind: &'static str, item_id: &str, place: Place, text: Grown<'_>) {
        let data = self.text(kind, item_id, place, text);
        self.events.push(Event::control(Some(kind), data));
    }

    /// The reasoning, which says what it was about only where a summary is asked for.
    fn reasoning(&mut self) {
        let id = say::item_id("rs", self.reply, None);
        let place = Place { summary_index: Some(0), ..Place::default() };
        self.open(say::reasoning(self.reply, None));
        if let Some(text) = say::summary(self.reply) {
            let part = |text| Part::SummaryText { text };
            self.part("response.reasoning_summary_part.added", &id, place, part(""));
            let kind = "response.reasoning_summary_text.delta";
            self.deltas(kind, &id, place, (text, None), &mut Tally::default());
            let kind = "response.reasoning_summary_text.done";
            self.done(kind, &id, place, Grown::Text(text));
            self.part("response.reasoning_summary_part.done", &id, place, part(text));
        }
        self.close(say::reasoning(self.reply, say::summary(self.reply)));
    }

    fn message(&mut self, text: &'a str, chunks: Option<u64>, tally: &mut Tally) {
        let id = say::item_id("msg", self.reply, None);
        let place = Place { content_index: Some(0), ..Place::default() };
        self.open(say::message(self.reply, None, Stage::Begun));
        self.part("response.content_part.added", &id, place, say::output_text(""));
        self.deltas("response.output_text.delta", &id, place, (text, chunks), tally);
        self.done("response.output_text.done", &id, place, Grown::Text(text));
        self.part("response.content_part.done", &id, place, say::output_text(text));
        self.close(say::message(self.reply, Some(text), Stage::Ended));
    }

    fn function_call(
        &mut self,
        nth: usize,
        call: &'a Call,
        chunks: Option<u64>,
        tally: &mut Tally,
    ) {
        let id = say::item_id("fc", self.reply, Some(nth));
        let arguments = (call.arguments.as_str(), chunks);
        self.open(say::function_call(self.reply, nth, call, Stage::Begun));
        let kind = "response.function_call_arguments.delta";
        self.deltas(kind, &id, Place::default(), arguments, tally);
        let kind = "response.function_call_arguments.done";
        self.done(kind, &id, Place::default(), Grown::Arguments(&call.arguments));
        self.close(say::function_call(self.reply, nth, call, Stage::Ended));
    }
}
