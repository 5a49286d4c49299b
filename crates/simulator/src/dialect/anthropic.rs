//! Anthropic's messages (API reference, "Messages" and "Streaming messages").

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json as value};

use crate::{
    answer::Finish,
    dialect::{Problem, Reply, json},
    prompt::{self, Content, Message, Prompt},
    script::Script,
    sse::Event,
    tokens,
    usage::AnthropicUsage,
};

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    model: Cow<'a, str>,
    #[serde(borrow)]
    messages: Vec<Message<'a>>,
    #[serde(borrow, default)]
    system: Option<Content<'a>>,
    max_tokens: u64,
    stream: Option<bool>,
    #[serde(borrow)]
    tools: Option<Vec<Tool<'a>>>,
    #[serde(borrow)]
    tool_choice: Option<Choice<'a>>,
}

#[derive(Deserialize)]
struct Tool<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
}

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
    Text { text: &'a str },
    ToolUse { id: &'a str, name: &'a str, input: &'a Value },
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Delta<'a> {
    TextDelta { text: &'a str },
    InputJsonDelta { partial_json: &'a str },
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Step<'a> {
    MessageStart {
        message: Whole<'a>,
    },
    ContentBlockStart {
        index: u8,
        content_block: Block<'a>,
    },
    ContentBlockDelta {
        index: u8,
        delta: Delta<'a>,
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

/// Reads a request for a message.
pub(crate) fn parse(body: &[u8]) -> Result<Prompt<'_>, Problem> {
    let request: Request<'_> = serde_json::from_slice(body)
        .map_err(|error| Problem::bad_request(format!("Not a messages request: {error}.")))?;
    if request.messages.is_empty() {
        return Err(Problem::bad_request("messages: at least one message is required"));
    }
    if request.max_tokens == 0 {
        return Err(Problem::bad_request("max_tokens: must be at least 1"));
    }
    let tools_forbidden = request.tool_choice.is_some_and(|choice| choice.kind == "none");
    let tool = request
        .tools
        .filter(|_| !tools_forbidden)
        .and_then(|tools| tools.into_iter().next())
        .map(|tool| tool.name);
    let system_bytes = request.system.as_ref().map_or(0, Content::bytes);
    Ok(Prompt {
        model: request.model,
        messages: request.messages.len(),
        bytes: prompt::bytes(&request.messages) + system_bytes,
        last_user: prompt::last_user(request.messages),
        stream: request.stream.unwrap_or(false),
        include_usage: true,
        max_tokens: Some(request.max_tokens),
        tool,
    })
}

/// Writes a message.
pub(crate) fn whole(reply: &Reply<'_>) -> String {
    let tool_id = tool_id(reply);
    let input = reply.answer.tool.as_ref().map(|name| (name, input(&reply.answer.text)));
    let block = match &input {
        Some((name, input)) => Block::ToolUse { id: &tool_id, name, input },
        None => Block::Text { text: &reply.answer.text },
    };
    json(&message(reply, &[block], Some(stop_reason(reply.answer.finish)), reply.usage.anthropic()))
}

/// Writes the events of a streamed message, in the order that the reference gives.
pub(crate) fn stream(reply: &Reply<'_>, script: &Script) -> Vec<Event> {
    let tool_id = tool_id(reply);
    let empty = value!({});
    let deltas = reply.answer.deltas(script.chunks);
    let mut events = Vec::with_capacity(deltas.len() + 6);
    // A stream opens with one token of output already counted, as the provider's does.
    let start = message(reply, &[], None, reply.usage.anthropic_so_far(1));
    events.push(control("message_start", &Step::MessageStart { message: start }));
    let content_block = match &reply.answer.tool {
        Some(name) => Block::ToolUse { id: &tool_id, name, input: &empty },
        None => Block::Text { text: "" },
    };
    events
        .push(control("content_block_start", &Step::ContentBlockStart { index: 0, content_block }));
    events.push(control("ping", &value!({"type": "ping"})));
    let mut bytes = 0;
    for text in deltas {
        bytes += text.len() as u64;
        let delta = match reply.answer.tool {
            Some(_) => Delta::InputJsonDelta { partial_json: text },
            None => Delta::TextDelta { text },
        };
        let data = json(&Step::ContentBlockDelta { index: 0, delta });
        events.push(Event::delta(Some("content_block_delta"), data, tokens::count(bytes)));
    }
    events.push(control("content_block_stop", &value!({"type": "content_block_stop", "index": 0})));
    let delta = Stop { stop_reason: stop_reason(reply.answer.finish), stop_sequence: None };
    let usage = reply.usage.anthropic();
    events.push(control("message_delta", &Step::MessageDelta { delta, usage }));
    let stop = json(&value!({"type": "message_stop"}));
    events.push(Event::closing(Some("message_stop"), stop));
    events
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

/// A tool's arguments as JSON; what `max_tokens` cut short is no JSON, and becomes an empty object.
fn input(arguments: &str) -> Value {
    serde_json::from_str(arguments).unwrap_or_else(|_| value!({}))
}

fn tool_id(reply: &Reply<'_>) -> String {
    format!("toolu_{}", reply.id)
}

fn stop_reason(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "end_turn",
        Finish::Length => "max_tokens",
        Finish::ToolCall => "tool_use",
    }
}
