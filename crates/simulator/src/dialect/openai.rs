//! OpenAI's chat completions (API reference, "Chat" and "Chat streaming").

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    answer::{Answer, Finish},
    dialect::{Problem, Reply, json},
    prompt::{self, Message, Prompt},
    script::{Script, UsageFault},
    sse::Event,
    tokens,
    usage::OpenAiUsage,
};

const FINGERPRINT: &str = "fp_simulated";
const TIER: &str = "default";

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    model: Cow<'a, str>,
    #[serde(borrow)]
    messages: Vec<Message<'a>>,
    stream: Option<bool>,
    stream_options: Option<StreamOptions>,
    max_tokens: Option<u64>,
    max_completion_tokens: Option<u64>,
    n: Option<u64>,
    #[serde(borrow)]
    tools: Option<Vec<Tool<'a>>>,
    #[serde(borrow)]
    tool_choice: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct StreamOptions {
    include_usage: Option<bool>,
}

#[derive(Deserialize)]
struct Tool<'a> {
    #[serde(borrow)]
    function: Option<Function<'a>>,
}

#[derive(Deserialize)]
struct Function<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

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
    tool_calls: Option<[Call<'a>; 1]>,
}

#[derive(Serialize)]
struct Call<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
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
    tool_calls: Option<[Call<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<Option<()>>,
}

/// Reads a request for a chat completion.
pub(crate) fn parse(body: &[u8]) -> Result<Prompt<'_>, Problem> {
    let request: Request<'_> = serde_json::from_slice(body).map_err(|error| {
        Problem::bad_request(format!("Not a chat completion request: {error}."))
    })?;
    if request.messages.is_empty() {
        return Err(Problem::bad_param("messages", "empty_array", "`messages` is empty."));
    }
    if request.n.is_some_and(|n| n != 1) {
        return Err(Problem::bad_param("n", "unsupported_value", "`n` can only be 1."));
    }
    let max_tokens = request.max_completion_tokens.or(request.max_tokens);
    if max_tokens == Some(0) {
        return Err(Problem::bad_param(
            "max_tokens",
            "integer_below_min_value",
            "`max_tokens` is at least 1.",
        ));
    }
    let tools_forbidden = request.tool_choice.is_some_and(|choice| choice.get() == "\"none\"");
    let tool = request
        .tools
        .filter(|_| !tools_forbidden)
        .and_then(|tools| tools.into_iter().find_map(|tool| tool.function))
        .map(|function| function.name);
    Ok(Prompt {
        model: request.model,
        messages: request.messages.len(),
        bytes: prompt::bytes(&request.messages),
        last_user: prompt::last_user(request.messages),
        stream: request.stream.unwrap_or(false),
        include_usage: request.stream_options.and_then(|o| o.include_usage).unwrap_or(false),
        max_tokens,
        tool,
    })
}

/// Writes a chat completion.
pub(crate) fn whole(reply: &Reply<'_>) -> String {
    let call_id = call_id(reply);
    let Answer { text, tool, .. } = reply.answer;
    let tool_calls = tool.as_deref().map(|name| {
        [Call {
            index: None,
            id: Some(&call_id),
            kind: Some("function"),
            function: Called { name: Some(name), arguments: text },
        }]
    });
    json(&Completion {
        id: reply.id,
        object: "chat.completion",
        created: reply.created,
        model: reply.model,
        choices: [Choice {
            index: 0,
            message: Spoken {
                role: "assistant",
                content: tool.is_none().then_some(text),
                refusal: None,
                annotations: [],
                tool_calls,
            },
            logprobs: None,
            finish_reason: finish_reason(reply.answer.finish),
        }],
        usage: reply.usage.openai(),
        service_tier: TIER,
        system_fingerprint: FINGERPRINT,
    })
}

/// Writes the chunks of a streamed completion: role, deltas, finish, usage if asked for, `[DONE]`.
pub(crate) fn stream(reply: &Reply<'_>, script: &Script, include_usage: bool) -> Vec<Event> {
    let call_id = call_id(reply);
    let asked = include_usage && script.usage != UsageFault::Missing;
    let deltas = reply.answer.deltas(script.chunks);
    let mut events = Vec::with_capacity(deltas.len() + 4);
    let opening = opening(reply.answer.tool.as_deref(), &call_id);
    events.push(Event::control(None, chunk(reply, opening, None, include_usage)));
    let mut bytes = 0;
    for text in deltas {
        bytes += text.len() as u64;
        let delta = match reply.answer.tool {
            Some(_) => Delta { tool_calls: Some([more_arguments(text)]), ..Delta::default() },
            None => Delta { content: Some(Some(text)), ..Delta::default() },
        };
        let data = chunk(reply, delta, None, include_usage);
        events.push(Event::delta(None, data, tokens::count(bytes)));
    }
    let finish = Some(finish_reason(reply.answer.finish));
    events.push(Event::control(None, chunk(reply, Delta::default(), finish, include_usage)));
    if asked {
        let usage = json(&frame(reply, &[], Some(reply.usage.openai())));
        events.push(Event::control(None, usage));
    }
    events.push(Event::closing(None, "[DONE]".to_owned()));
    events
}

fn opening<'a>(tool: Option<&'a str>, call_id: &'a str) -> Delta<'a> {
    let role = Some("assistant");
    let Some(name) = tool else {
        return Delta { role, content: Some(Some("")), refusal: Some(None), tool_calls: None };
    };
    let call = Call {
        index: Some(0),
        id: Some(call_id),
        kind: Some("function"),
        function: Called { name: Some(name), arguments: "" },
    };
    Delta { role, content: Some(None), refusal: Some(None), tool_calls: Some([call]) }
}

fn more_arguments(text: &str) -> Call<'_> {
    Call { index: Some(0), id: None, kind: None, function: Called { name: None, arguments: text } }
}

fn chunk(
    reply: &Reply<'_>,
    delta: Delta<'_>,
    finish_reason: Option<&'static str>,
    include_usage: bool,
) -> String {
    let choices = [ChunkChoice { index: 0, delta, logprobs: None, finish_reason }];
    json(&frame(reply, &choices, include_usage.then_some(None)))
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

fn call_id(reply: &Reply<'_>) -> String {
    format!("call_{}", reply.id)
}

fn finish_reason(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "stop",
        Finish::Length => "length",
        Finish::ToolCall => "tool_calls",
    }
}
