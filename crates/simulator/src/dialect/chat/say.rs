//! How a chat completion is written.

use serde::Serialize;

use crate::{
    answer::{self, Call, Finish, Said, Tally},
    dialect::{Dialect, Problem, Reply, json},
    event::Event,
    script::{Script, UsageFault},
    usage::OpenAiUsage,
};

/// What every answer says it was made by.
pub(crate) const FINGERPRINT: &str = "fp_simulated";
const TIER: &str = "default";

#[derive(Serialize)]
struct Completion<'a> {
    id: &'a str,
    object: &'static str,
    created: i64,
    model: &'a str,
    choices: [Choice<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<OpenAiUsage>,
    service_tier: &'static str,
    system_fingerprint: &'static str,
}

#[derive(Serialize)]
struct Choice<'a> {
    index: u8,
    message: Spoken<'a>,
    logprobs: Option<()>,
    finish_reason: &'static str,
}

#[derive(Serialize)]
struct Spoken<'a> {
    role: &'static str,
    content: Option<&'a str>,
    refusal: Option<()>,
    annotations: [(); 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_calls: Option<Vec<Spelled<'a>>>,
}

#[derive(Serialize)]
struct Spelled<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    function: Called<'a>,
}

#[derive(Serialize)]
struct Called<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    arguments: &'a str,
}

#[derive(Serialize)]
struct Chunk<'a> {
    id: &'a str,
    object: &'static str,
    created: i64,
    model: &'a str,
    service_tier: &'static str,
    system_fingerprint: &'static str,
    choices: &'a [ChunkChoice<'a>],
    /// Absent unless asked for; then null in every chunk but the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Option<OpenAiUsage>>,
}

#[derive(Serialize)]
struct ChunkChoice<'a> {
    index: u8,
    delta: Delta<'a>,
    logprobs: Option<()>,
    finish_reason: Option<&'static str>,
}

#[derive(Default, Serialize)]
struct Delta<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<Option<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_calls: Option<[Spelled<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<Option<()>>,
}

/// Writes a chat completion.
pub(crate) fn whole(reply: &Reply<'_>) -> String {
    let (content, tool_calls) = match &reply.answer.said {
        Said::Text(text) => (Some(text.as_str()), None),
        Said::Calls(calls) => {
            let spell = |(index, call)| Spelled { index: None, ..spelled(reply, index, call) };
            (None, Some(calls.iter().enumerate().map(spell).collect()))
        }
    };
    json(&Completion {
        id: reply.id,
        object: "chat.completion",
        created: reply.created,
        model: reply.model,
        choices: [Choice {
            index: 0,
            message: Spoken {
                role: "assistant",
                content,
                refusal: None,
                annotations: [],
                tool_calls,
            },
            logprobs: None,
            finish_reason: finish_reason(reply.answer.finish),
        }],
        usage: reply.answer.usage.openai(),
        service_tier: TIER,
        system_fingerprint: FINGERPRINT,
    })
}

/// Writes the chunks of a streamed completion: role, deltas, finish, usage if asked for, `[DONE]`.
pub(crate) fn stream(reply: &Reply<'_>, script: &Script) -> Vec<Event> {
    // What was reasoned is not shown, and was generated before anything that is.
    let mut tally = Tally::after(reply.answer.usage.reasoning_tokens);
    let mut events = Vec::new();
    match &reply.answer.said {
        Said::Text(text) => {
            let opening = Delta { content: Some(Some("")), ..opening() };
            events.push(Event::control(None, chunk(reply, opening, None)));
            for text in answer::deltas(text, script.chunks) {
                let delta = Delta { content: Some(Some(text)), ..Delta::default() };
                events.push(Event::delta(None, chunk(reply, delta, None), tally.add(text)));
            }
        }
        Said::Calls(calls) => {
            for (index, call) in calls.iter().enumerate() {
                let first = if index == 0 { opening() } else { Delta::default() };
                let open = Spelled {
                    function: Called { name: Some(&call.name), arguments: "" },
                    ..spelled(reply, index, call)
                };
                let opening = Delta { tool_calls: Some([open]), ..first };
                events.push(Event::control(None, chunk(reply, opening, None)));
                for text in answer::deltas(&call.arguments, script.chunks) {
                    let more = Spelled::more(index, text);
                    let delta = Delta { tool_calls: Some([more]), ..Delta::default() };
                    events.push(Event::delta(None, chunk(reply, delta, None), tally.add(text)));
                }
            }
        }
    }
    let finish = Some(finish_reason(reply.answer.finish));
    events.push(Event::control(None, chunk(reply, Delta::default(), finish)));
    if reply.prompt.include_usage && script.usage != UsageFault::Missing {
        let usage = json(&frame(reply, &[], Some(reply.answer.usage.openai())));
        events.push(Event::control(None, usage));
    }
    events.push(Event::closing(None, "[DONE]".to_owned()));
    events
}

/// Writes what a stream that goes wrong in the middle ends with.
pub(crate) fn failure(reply: &Reply<'_>) -> Vec<Event> {
    let problem = Problem::scripted(http::StatusCode::INTERNAL_SERVER_ERROR);
    vec![Event::control(None, problem.body(Dialect::OpenAi, reply.id))]
}

impl<'a> Spelled<'a> {
    /// More arguments of a call that was opened before.
    fn more(index: usize, arguments: &'a str) -> Self {
        let function = Called { name: None, arguments };
        Self { index: Some(index), id: None, kind: None, function }
    }
}

fn spelled<'a>(reply: &Reply<'_>, index: usize, call: &'a Call) -> Spelled<'a> {
    Spelled {
        index: Some(index),
        id: Some(format!("call_{}-{index}", reply.id)),
        kind: Some("function"),
        function: Called { name: Some(&call.name), arguments: &call.arguments },
    }
}

/// What the first chunk says, whatever else it says; without words, its content is null.
fn opening<'a>() -> Delta<'a> {
    Delta { role: Some("assistant"), content: Some(None), refusal: Some(None), ..Delta::default() }
}

fn chunk(reply: &Reply<'_>, delta: Delta<'_>, finish_reason: Option<&'static str>) -> String {
    let choices = [ChunkChoice { index: 0, delta, logprobs: None, finish_reason }];
    json(&frame(reply, &choices, reply.prompt.include_usage.then_some(None)))
}

fn frame<'a>(
    reply: &Reply<'a>,
    choices: &'a [ChunkChoice<'a>],
    usage: Option<Option<OpenAiUsage>>,
) -> Chunk<'a> {
    Chunk {
        id: reply.id,
        object: "chat.completion.chunk",
        created: reply.created,
        model: reply.model,
        service_tier: TIER,
        system_fingerprint: FINGERPRINT,
        choices,
        usage,
    }
}

fn finish_reason(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "stop",
        Finish::Length => "length",
        Finish::ToolCall => "tool_calls",
    }
}
