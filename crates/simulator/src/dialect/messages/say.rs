//! How a message is written.

use serde::Serialize;
use serde_json::{Value, json as value};

use crate::{
    answer::{self, Call, Finish, Said, Tally},
    dialect::{Dialect, Problem, Reply, json},
    event::Event,
    script::Script,
    seal,
    usage::AnthropicUsage,
};

#[derive(Serialize)]
struct Whole<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    role: &'static str,
    model: &'a str,
    content: &'a [Block<'a>],
    stop_reason: Option<&'static str>,
    stop_sequence: Option<()>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<AnthropicUsage>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block<'a> {
    Thinking { thinking: &'a str, signature: String },
    Text { text: &'a str },
    ToolUse { id: String, name: &'a str, input: Value },
}

#[derive(Serialize)]
#[serde(tag = "type")]
enum Delta<'a> {
    #[serde(rename = "thinking_delta")]
    Thinking { thinking: &'a str },
    #[serde(rename = "signature_delta")]
    Signature { signature: String },
    #[serde(rename = "text_delta")]
    Text { text: &'a str },
    #[serde(rename = "input_json_delta")]
    InputJson { partial_json: &'a str },
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Step<'a> {
    MessageStart {
        message: Whole<'a>,
    },
    ContentBlockStart {
        index: usize,
        content_block: Block<'a>,
    },
    ContentBlockDelta {
        index: usize,
        delta: Delta<'a>,
    },
    ContentBlockStop {
        index: usize,
    },
    MessageDelta {
        delta: Stop,
        #[serde(skip_serializing_if = "Option::is_none")]
        usage: Option<AnthropicUsage>,
    },
}

#[derive(Serialize)]
struct Stop {
    stop_reason: &'static str,
    stop_sequence: Option<()>,
}

/// Writes a message.
pub(crate) fn whole(reply: &Reply<'_>) -> String {
    let mut content = Vec::new();
    if let Some(thinking) = thinking(reply) {
        content.push(Block::Thinking { thinking, signature: seal::sign(thinking) });
    }
    match &reply.answer.said {
        Said::Text(text) => content.push(Block::Text { text }),
        Said::Calls(calls) => content.extend(
            calls.iter().enumerate().map(|(nth, call)| used(reply, nth, call, input(call))),
        ),
    }
    let stop_reason = Some(stop_reason(reply.answer.finish));
    json(&message(reply, &content, stop_reason, reply.answer.usage.anthropic()))
}

/// Writes the events of a streamed message, in the order that the reference gives.
pub(crate) fn stream(reply: &Reply<'_>, script: &Script) -> Vec<Event> {
    let mut blocks = Blocks::default();
    // A stream opens with one token of output already counted, as the provider's does.
    let start = message(reply, &[], None, reply.answer.usage.anthropic_so_far(1));
    blocks.events.push(control("message_start", &Step::MessageStart { message: start }));
    if let Some(thinking) = thinking(reply) {
        let mut tally = Tally::default();
        blocks.open(Block::Thinking { thinking: "", signature: String::new() });
        for text in answer::deltas(thinking, None) {
            blocks.delta(Delta::Thinking { thinking: text }, tally.add(text));
        }
        blocks.sign(seal::sign(thinking));
        blocks.close();
    }
    let mut tally = Tally::after(reply.answer.usage.reasoning_tokens);
    match &reply.answer.said {
        Said::Text(text) => {
            blocks.open(Block::Text { text: "" });
            for text in answer::deltas(text, script.chunks) {
                blocks.delta(Delta::Text { text }, tally.add(text));
            }
            blocks.close();
        }
        Said::Calls(calls) => {
            for (nth, call) in calls.iter().enumerate() {
                blocks.open(used(reply, nth, call, value!({})));
                for text in answer::deltas(&call.arguments, script.chunks) {
                    blocks.delta(Delta::InputJson { partial_json: text }, tally.add(text));
                }
                blocks.close();
            }
        }
    }
    let mut events = blocks.events;
    let delta = Stop { stop_reason: stop_reason(reply.answer.finish), stop_sequence: None };
    let usage = reply.answer.usage.anthropic();
    events.push(control("message_delta", &Step::MessageDelta { delta, usage }));
    let stop = json(&value!({"type": "message_stop"}));
    events.push(Event::closing(Some("message_stop"), stop));
    events
}

/// Writes what a stream that goes wrong in the middle ends with.
pub(crate) fn failure(reply: &Reply<'_>) -> Vec<Event> {
    let problem = Problem::scripted(http::StatusCode::INTERNAL_SERVER_ERROR);
    vec![Event::control(Some("error"), problem.body(Dialect::Anthropic, reply.id))]
}

/// The blocks of a streamed message, one after the other.
#[derive(Default)]
struct Blocks {
    events: Vec<Event>,
    index: usize,
}

impl Blocks {
    fn open(&mut self, content_block: Block<'_>) {
        let start = Step::ContentBlockStart { index: self.index, content_block };
        self.events.push(control("content_block_start", &start));
        if self.index == 0 {
            self.events.push(control("ping", &value!({"type": "ping"})));
        }
    }

    fn delta(&mut self, delta: Delta<'_>, generated: u64) {
        let data = json(&Step::ContentBlockDelta { index: self.index, delta });
        self.events.push(Event::delta(Some("content_block_delta"), data, generated));
    }

    fn sign(&mut self, signature: String) {
        let delta = Delta::Signature { signature };
        let step = Step::ContentBlockDelta { index: self.index, delta };
        self.events.push(control("content_block_delta", &step));
    }

    fn close(&mut self) {
        let stop = Step::ContentBlockStop { index: self.index };
        self.events.push(control("content_block_stop", &stop));
        self.index += 1;
    }
}

fn message<'a>(
    reply: &Reply<'a>,
    content: &'a [Block<'a>],
    stop_reason: Option<&'static str>,
    usage: Option<AnthropicUsage>,
) -> Whole<'a> {
    Whole {
        id: reply.id,
        kind: "message",
        role: "assistant",
        model: reply.model,
        content,
        stop_reason,
        stop_sequence: None,
        usage,
    }
}

fn control(name: &'static str, step: &impl Serialize) -> Event {
    Event::control(Some(name), json(step))
}

/// What was thought, or nothing in its place where the caller does not want to see it.
fn thinking<'a>(reply: &Reply<'a>) -> Option<&'a str> {
    let reasoning = reply.answer.reasoning.as_str();
    let seen = if reply.prompt.reasoning_shown { reasoning } else { "" };
    (!reasoning.is_empty()).then_some(seen)
}

fn used<'a>(reply: &Reply<'_>, nth: usize, call: &'a Call, input: Value) -> Block<'a> {
    Block::ToolUse { id: format!("toolu_{}-{nth}", reply.id), name: &call.name, input }
}

/// A tool's arguments as JSON; what `max_tokens` cut short is no JSON, and becomes an empty object.
fn input(call: &Call) -> Value {
    serde_json::from_str(&call.arguments).unwrap_or_else(|_| value!({}))
}

fn stop_reason(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "end_turn",
        Finish::Length => "max_tokens",
        Finish::ToolCall => "tool_use",
    }
}
