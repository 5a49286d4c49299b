//! OpenAI's older completions (API reference, "Completions").

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::chat::{FINGERPRINT, StreamOptions};
use crate::{
    answer::{self, Finish, Said, Tally},
    dialect::{Dialect, Problem, Reply, json},
    event::Event,
    prompt::{self, Prompt},
    script::{Script, UsageFault},
    tokens::BYTES_PER_TOKEN,
    usage::OpenAiUsage,
};

/// What the reference says of a request that names no limit.
const MAX_TOKENS_DEFAULT: u64 = 16;

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    model: Option<Cow<'a, str>>,
    #[serde(borrow)]
    prompt: Input<'a>,
    stream: Option<bool>,
    stream_options: Option<StreamOptions>,
    max_tokens: Option<u64>,
    n: Option<u64>,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "`prompt` must be a string, a list of one string or a list of tokens"
)]
enum Input<'a> {
    Text(#[serde(borrow)] Cow<'a, str>),
    Tokens(Vec<u32>),
    Texts([Cow<'a, str>; 1]),
    TokenLists([Vec<u32>; 1]),
}

#[derive(Serialize)]
struct Completion<'a> {
    id: &'a str,
    object: &'static str,
    created: i64,
    model: &'a str,
    system_fingerprint: &'static str,
    choices: &'a [Choice<'a>],
    /// Absent from a stream unless asked for; then null in every chunk but the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Option<OpenAiUsage>>,
}

#[derive(Serialize)]
struct Choice<'a> {
    text: &'a str,
    index: u8,
    logprobs: Option<()>,
    finish_reason: Option<&'static str>,
}

/// Reads a request for a completion. The path may have named the model already.
pub(crate) fn parse<'a>(body: &'a [u8], named: Option<&'a str>) -> Result<Prompt<'a>, Problem> {
    let request: Request<'_> = serde_json::from_slice(body)
        .map_err(|error| Problem::bad_request(format!("Not a completion request: {error}.")))?;
    if request.n.is_some_and(|n| n != 1) {
        return Err(Problem::bad_param("n", "unsupported_value", "`n` can only be 1."));
    }
    if request.max_tokens == Some(0) {
        return Err(Problem::too_few_tokens("max_tokens"));
    }
    let (bytes, last_user) = request.prompt.read();
    Ok(Prompt {
        model: prompt::model(named, request.model)?,
        messages: 1,
        bytes,
        last_user,
        stream: request.stream.unwrap_or(false),
        include_usage: request.stream_options.and_then(|o| o.include_usage).unwrap_or(false),
        max_tokens: request.max_tokens.or(Some(MAX_TOKENS_DEFAULT)),
        ..Prompt::default()
    })
}

impl<'a> Input<'a> {
    /// How many bytes there are, and what they say; tokens say nothing, and are as long as any.
    fn read(self) -> (u64, Cow<'a, str>) {
        match self {
            Self::Text(text) | Self::Texts([text]) => (text.len() as u64, text),
            Self::Tokens(tokens) | Self::TokenLists([tokens]) => {
                (tokens.len() as u64 * BYTES_PER_TOKEN, Cow::default())
            }
        }
    }
}

/// Writes a completion.
pub(crate) fn whole(reply: &Reply<'_>) -> String {
    let choices = [choice(text(reply), Some(finish_reason(reply.answer.finish)))];
    json(&completion(reply, &choices, reply.answer.usage.openai().map(Some)))
}

/// Writes the chunks of a streamed completion: deltas, finish, usage if asked for, `[DONE]`.
pub(crate) fn stream(reply: &Reply<'_>, script: &Script) -> Vec<Event> {
    let chunk = |text, finish| {
        let unsaid = reply.prompt.include_usage.then_some(None);
        json(&completion(reply, &[choice(text, finish)], unsaid))
    };
    let mut tally = Tally::default();
    let mut events: Vec<Event> = answer::deltas(text(reply), script.chunks)
        .into_iter()
        .map(|text| Event::delta(None, chunk(text, None), tally.add(text)))
        .collect();
    let finish = Some(finish_reason(reply.answer.finish));
    events.push(Event::control(None, chunk("", finish)));
    if reply.prompt.include_usage && script.usage != UsageFault::Missing {
        let usage = json(&completion(reply, &[], Some(reply.answer.usage.openai())));
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

fn completion<'a>(
    reply: &Reply<'a>,
    choices: &'a [Choice<'a>],
    usage: Option<Option<OpenAiUsage>>,
) -> Completion<'a> {
    Completion {
        id: reply.id,
        object: "text_completion",
        created: reply.created,
        model: reply.model,
        system_fingerprint: FINGERPRINT,
        choices,
        usage,
    }
}

fn choice<'a>(text: &'a str, finish_reason: Option<&'static str>) -> Choice<'a> {
    Choice { text, index: 0, logprobs: None, finish_reason }
}

/// No tools are offered here, so that everything said is text.
fn text<'a>(reply: &Reply<'a>) -> &'a str {
    match &reply.answer.said {
        Said::Text(text) => text,
        Said::Calls(_) => "",
    }
}

fn finish_reason(finish: Finish) -> &'static str {
    match finish {
        Finish::Length => "length",
        Finish::Stop | Finish::ToolCall => "stop",
    }
}
