//! What is asked of a chat completion.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    dialect::Problem,
    prompt::{self, Message, Prompt, Reasoning},
    schema::Format,
    tools::{Choice, Tool, Tools},
};

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    model: Option<Cow<'a, str>>,
    #[serde(borrow)]
    messages: Vec<Message<'a>>,
    stream: Option<bool>,
    stream_options: Option<StreamOptions>,
    max_tokens: Option<u64>,
    max_completion_tokens: Option<u64>,
    n: Option<u64>,
    #[serde(borrow)]
    tools: Option<Vec<Offer<'a>>>,
    #[serde(borrow)]
    tool_choice: Option<&'a RawValue>,
    parallel_tool_calls: Option<bool>,
    #[serde(borrow)]
    response_format: Option<Shape<'a>>,
    #[serde(borrow)]
    reasoning_effort: Option<Cow<'a, str>>,
}

/// What is asked of a stream.
#[derive(Deserialize)]
pub(crate) struct StreamOptions {
    pub(crate) include_usage: Option<bool>,
}

#[derive(Deserialize)]
struct Offer<'a> {
    #[serde(borrow)]
    function: Option<Function<'a>>,
}

#[derive(Deserialize)]
struct Function<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    parameters: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Shape<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    json_schema: Option<Schema<'a>>,
}

#[derive(Deserialize)]
struct Schema<'a> {
    #[serde(borrow)]
    schema: Option<&'a RawValue>,
}

/// Reads a request for a chat completion. The path may have named the model already.
pub(crate) fn parse<'a>(body: &'a [u8], named: Option<&'a str>) -> Result<Prompt<'a>, Problem> {
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
        return Err(Problem::too_few_tokens("max_tokens"));
    }
    let functions = request.tools.into_iter().flatten().filter_map(|offer| offer.function);
    let tools = Tools {
        offered: functions.map(|f| Tool { name: f.name, schema: f.parameters }).collect(),
        choice: Choice::of_openai(request.tool_choice),
        single: request.parallel_tool_calls == Some(false),
        answered: request.messages.last().is_some_and(|message| message.role == "tool"),
    };
    Ok(Prompt {
        model: prompt::model(named, request.model)?,
        messages: request.messages.len(),
        bytes: prompt::bytes(&request.messages),
        last_user: prompt::last_user(request.messages),
        stream: request.stream.unwrap_or(false),
        include_usage: request.stream_options.and_then(|o| o.include_usage).unwrap_or(false),
        max_tokens,
        tools,
        format: request.response_format.map_or(Format::Words, Shape::format),
        reasoning: request
            .reasoning_effort
            .map_or(Reasoning::Unasked, |effort| Reasoning::of_effort(&effort)),
        ..Prompt::default()
    })
}

impl<'a> Shape<'a> {
    fn format(self) -> Format<'a> {
        match (&*self.kind, self.json_schema.and_then(|schema| schema.schema)) {
            ("json_schema", Some(schema)) => Format::Schema(schema),
            ("json_schema" | "json_object", _) => Format::Object,
            _ => Format::Words,
        }
    }
}
