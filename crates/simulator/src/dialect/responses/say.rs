//! How a response is written, whole or as far as it has come.

use serde::Serialize;
use serde_json::{Value, json as value, value::RawValue};

use super::Terms;
use crate::{
    answer::{Call, Finish, Said},
    dialect::{Reply, json},
    usage::ResponsesUsage,
};

#[derive(Serialize)]
pub(super) struct Response<'a> {
    id: &'a str,
    object: &'static str,
    created_at: i64,
    completed_at: Option<i64>,
    status: &'static str,
    background: bool,
    error: Option<Value>,
    incomplete_details: Option<Value>,
    instructions: Option<&'a RawValue>,
    max_output_tokens: Option<&'a RawValue>,
    max_tool_calls: Option<u64>,
    metadata: Kept<'a>,
    model: &'a str,
    output: Vec<Item<'a>>,
    parallel_tool_calls: Kept<'a>,
    previous_response_id: Option<&'a RawValue>,
    prompt_cache_key: Option<&'a RawValue>,
    reasoning: Kept<'a>,
    safety_identifier: Option<&'a RawValue>,
    service_tier: &'static str,
    store: Kept<'a>,
    temperature: Kept<'a>,
    text: Kept<'a>,
    tool_choice: Kept<'a>,
    tools: Kept<'a>,
    top_logprobs: u64,
    top_p: Kept<'a>,
    truncation: Kept<'a>,
    usage: Option<ResponsesUsage>,
    user: Option<&'a RawValue>,
}

/// A term of the request, or what holds without it.
#[derive(Serialize)]
#[serde(untagged)]
enum Kept<'a> {
    Said(&'a RawValue),
    Usual(Value),
}

/// An item of the output.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Item<'a> {
    Reasoning {
        id: String,
        summary: Vec<Part<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        encrypted_content: Option<String>,
    },
    Message {
        id: String,
        status: &'static str,
        role: &'static str,
        content: Vec<Part<'a>>,
    },
    FunctionCall {
        id: String,
        status: &'static str,
        call_id: String,
        name: &'a str,
        arguments: &'a str,
    },
}

/// A part of an item.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Part<'a> {
    SummaryText { text: &'a str },
    OutputText { text: &'a str, annotations: [(); 0], logprobs: [(); 0] },
}

/// How far a response or an item has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Begun,
    Ended,
    Failed,
}

/// Writes a response.
pub(crate) fn whole(reply: &Reply<'_>) -> String {
    json(&response(reply, Stage::Ended))
}

/// A response as far as it has come: while it has not ended, it has no output and no usage yet.
pub(super) fn response<'a>(reply: &Reply<'a>, stage: Stage) -> Response<'a> {
    let none = Terms::default();
    let terms = reply.prompt.terms.as_deref().unwrap_or(&none);
    let ended = stage == Stage::Ended;
    let cut = ended && reply.answer.finish == Finish::Length;
    Response {
        id: reply.id,
        object: "response",
        created_at: reply.created,
        completed_at: (ended && !cut).then_some(reply.created),
        status: status(reply, stage),
        background: false,
        error: (stage == Stage::Failed).then(failure),
        incomplete_details: cut.then(|| value!({"reason": "max_output_tokens"})),
        instructions: terms.instructions,
        max_output_tokens: terms.max_output_tokens,
        max_tool_calls: None,
        metadata: kept(terms.metadata, value!({})),
        model: reply.model,
        output: if ended { output(reply) } else { Vec::new() },
        parallel_tool_calls: kept(terms.parallel_tool_calls, value!(true)),
        previous_response_id: terms.previous_response_id,
        prompt_cache_key: terms.prompt_cache_key,
        reasoning: kept(terms.reasoning, value!({"effort": null, "summary": null})),
        safety_identifier: terms.safety_identifier,
        service_tier: "default",
        store: kept(terms.store, value!(true)),
        temperature: kept(terms.temperature, value!(1.0)),
        text: kept(terms.text, value!({"format": {"type": "text"}})),
        tool_choice: kept(terms.tool_choice, value!("auto")),
        tools: kept(terms.tools, value!([])),
        top_logprobs: 0,
        top_p: kept(terms.top_p, value!(1.0)),
        truncation: kept(terms.truncation, value!("disabled")),
        usage: ended.then(|| reply.answer.usage.responses()).flatten(),
        user: terms.user,
    }
}

fn kept(said: Option<&RawValue>, usual: Value) -> Kept<'_> {
    said.map_or(Kept::Usual(usual), Kept::Said)
}

fn failure() -> Value {
    value!({"code": "server_error", "message": "Simulated: a provider's internal error."})
}

fn status(reply: &Reply<'_>, stage: Stage) -> &'static str {
    match (stage, reply.answer.finish) {
        (Stage::Begun, _) => "in_progress",
        (Stage::Failed, _) => "failed",
        (Stage::Ended, Finish::Length) => "incomplete",
        (Stage::Ended, Finish::Stop | Finish::ToolCall) => "completed",
    }
}

fn output<'a>(reply: &Reply<'a>) -> Vec<Item<'a>> {
    let mut items = Vec::new();
    if !reply.answer.reasoning.is_empty() {
        items.push(reasoning(reply, summary(reply)));
    }
    match &reply.answer.said {
        Said::Text(text) => items.push(message(reply, Some(text), Stage::Ended)),
        Said::Calls(calls) => items.extend(
            (calls.iter().enumerate())
                .map(|(nth, call)| function_call(reply, nth, call, Stage::Ended)),
        ),
    }
    items
}

/// What may be seen of the reasoning.
pub(super) fn summary<'a>(reply: &Reply<'a>) -> Option<&'a str> {
    reply.prompt.reasoning_shown.then_some(reply.answer.reasoning.as_str())
}

pub(super) fn reasoning<'a>(reply: &Reply<'a>, summary: Option<&'a str>) -> Item<'a> {
    let id = item_id("rs", reply, None);
    let sealed = reply.prompt.terms.as_ref().is_some_and(|terms| terms.sealed);
    Item::Reasoning {
        summary: summary.map(|text| Part::SummaryText { text }).into_iter().collect(),
        encrypted_content: sealed.then(|| reply.seal.seal(&id)),
        id,
    }
}

pub(super) fn message<'a>(reply: &Reply<'a>, text: Option<&'a str>, stage: Stage) -> Item<'a> {
    Item::Message {
        id: item_id("msg", reply, None),
        status: status(reply, stage),
        role: "assistant",
        content: text.map(output_text).into_iter().collect(),
    }
}

pub(super) fn output_text(text: &str) -> Part<'_> {
    Part::OutputText { text, annotations: [], logprobs: [] }
}

pub(super) fn function_call<'a>(
    reply: &Reply<'a>,
    nth: usize,
    call: &'a Call,
    stage: Stage,
) -> Item<'a> {
    Item::FunctionCall {
        id: item_id("fc", reply, Some(nth)),
        status: status(reply, stage),
        call_id: item_id("call", reply, Some(nth)),
        name: &call.name,
        arguments: if stage == Stage::Begun { "" } else { &call.arguments },
    }
}

/// An item's id: the response's own, under another prefix.
pub(super) fn item_id(prefix: &str, reply: &Reply<'_>, nth: Option<usize>) -> String {
    let own = reply.id.split_once('_').map_or(reply.id, |(_, own)| own);
    match nth {
        Some(nth) => format!("{prefix}_{own}-{nth}"),
        None => format!("{prefix}_{own}"),
    }
}
