//! What is asked of a message.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    dialect::Problem,
    prompt::{self, Content, Message, Prompt, REASONING_TOKENS_DEFAULT, Reasoning},
    schema::Format,
    tokens,
    tools::{Choice, Tool, Tools},
};

/// What a request on Bedrock must say: Bedrock's own version, or the one of Anthropic's that their
/// latest clients send there.
const BEDROCK_VERSIONS: [&str; 2] = ["bedrock-2023-05-31", "2026-10-21"];

/// The beta features that Bedrock knows; it refuses all others, where Anthropic ignores them.
const BEDROCK_BETAS: [&str; 15] = [
    "compact-2026-01-12",
    "computer-use-2024-10-22",
    "computer-use-2025-01-24",
    "computer-use-2025-11-24",
    "context-1m-2025-08-07",
    "context-management-2025-06-27",
    "dev-full-thinking-2025-05-14",
    "effort-2025-11-24",
    "fine-grained-tool-streaming-2025-05-14",
    "interleaved-thinking-2025-05-14",
    "output-128k-2025-02-19",
    "search-results-2025-06-09",
    "token-efficient-tools-2025-02-19",
    "tool-examples-2025-10-29",
    "tool-search-tool-2025-10-19",
];

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    model: Option<Cow<'a, str>>,
    #[serde(borrow)]
    messages: Vec<Message<'a>>,
    #[serde(borrow, default)]
    system: Option<Content<'a>>,
    max_tokens: Option<u64>,
    stream: Option<bool>,
    #[serde(borrow)]
    tools: Option<Vec<Offer<'a>>>,
    #[serde(borrow)]
    tool_choice: Option<Chosen<'a>>,
    #[serde(borrow)]
    thinking: Option<Thinking<'a>>,
    #[serde(borrow)]
    output_config: Option<Output<'a>>,
    /// The older name of `output_config.format`.
    #[serde(borrow)]
    output_format: Option<Shape<'a>>,
    #[serde(borrow)]
    anthropic_version: Option<Cow<'a, str>>,
    #[serde(borrow)]
    anthropic_beta: Option<Vec<Cow<'a, str>>>,
}

#[derive(Deserialize)]
struct Offer<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    input_schema: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Chosen<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    disable_parallel_tool_use: Option<bool>,
}

#[derive(Deserialize)]
struct Thinking<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    budget_tokens: Option<u64>,
    #[serde(borrow)]
    display: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Output<'a> {
    #[serde(borrow)]
    format: Option<Shape<'a>>,
}

#[derive(Deserialize)]
struct Shape<'a> {
    #[serde(borrow)]
    schema: Option<&'a RawValue>,
}

/// Reads a request for a message.
pub(crate) fn parse(body: &[u8]) -> Result<Prompt<'_>, Problem> {
    let request = read(body)?;
    let max_tokens = request.max_tokens;
    let prompt = request.prompt(None)?;
    match max_tokens {
        Some(_) => Ok(prompt),
        None => Err(Problem::bad_request("max_tokens: field required")),
    }
}

/// Reads a request for the length of a message's prompt, which sets no limit to an answer.
pub(crate) fn parse_count(body: &[u8]) -> Result<Prompt<'_>, Problem> {
    read(body)?.prompt(None)
}

/// Reads a request that came by Bedrock, whose path says the model and whether to stream.
pub(crate) fn parse_bedrock<'a>(
    body: &'a [u8],
    model: &'a str,
    stream: bool,
) -> Result<Prompt<'a>, Problem> {
    let request = read(body)?;
    let extraneous = request.model.is_some().then_some("model");
    if let Some(key) = extraneous.or(request.stream.is_some().then_some("stream")) {
        return Err(Problem::bad_request(format!(
            "Malformed input request: #: extraneous key [{key}] is not permitted, please reformat \
             your input and try again."
        )));
    }
    let version = request.anthropic_version.as_deref().unwrap_or("none");
    if !BEDROCK_VERSIONS.contains(&version) {
        let [own, _] = BEDROCK_VERSIONS;
        return Err(Problem::bad_request(format!(
            "Invalid API version: {}; `anthropic_version` must be \"{own}\".",
            tokens::prefix(version, 100)
        )));
    }
    let betas = request.anthropic_beta.iter().flatten();
    if let Some(beta) = betas.into_iter().find(|beta| !BEDROCK_BETAS.contains(&&***beta)) {
        return Err(Problem::bad_request(format!("invalid beta flag: {beta}")));
    }
    if request.max_tokens.is_none() {
        return Err(Problem::bad_request("max_tokens: Field required"));
    }
    Ok(Prompt { stream, ..request.prompt(Some(model))? })
}

fn read(body: &[u8]) -> Result<Request<'_>, Problem> {
    serde_json::from_slice(body)
        .map_err(|error| Problem::bad_request(format!("Not a messages request: {error}.")))
}

impl<'a> Request<'a> {
    fn prompt(self, named: Option<&'a str>) -> Result<Prompt<'a>, Problem> {
        self.check()?;
        let shape = self.output_config.and_then(|output| output.format).or(self.output_format);
        let answered = self.messages.last().and_then(|message| message.content.as_ref());
        let tools = Tools {
            answered: answered.is_some_and(Content::has_result),
            single: self.tool_choice.as_ref().and_then(|c| c.disable_parallel_tool_use)
                == Some(true),
            choice: self.tool_choice.map_or(Choice::Free, Chosen::choice),
            offered: (self.tools.into_iter().flatten())
                .map(|offer| Tool { name: offer.name, schema: offer.input_schema })
                .collect(),
        };
        let system_bytes = self.system.as_ref().map_or(0, Content::bytes);
        Ok(Prompt {
            model: prompt::model(named, self.model)?,
            messages: self.messages.len(),
            bytes: prompt::bytes(&self.messages) + system_bytes,
            last_user: prompt::last_user(self.messages),
            stream: self.stream.unwrap_or(false),
            max_tokens: self.max_tokens,
            tools,
            format: match shape {
                Some(Shape { schema: Some(schema) }) => Format::Schema(schema),
                Some(Shape { schema: None }) => Format::Object,
                None => Format::Words,
            },
            reasoning: self.thinking.as_ref().map_or(Reasoning::Never, Thinking::reasoning),
            reasoning_shown: self.thinking.is_some_and(|t| t.display.as_deref() != Some("omitted")),
            ..Prompt::default()
        })
    }

    fn check(&self) -> Result<(), Problem> {
        if self.messages.is_empty() {
            return Err(Problem::bad_request("messages: at least one message is required"));
        }
        if self.max_tokens == Some(0) {
            return Err(Problem::bad_request("max_tokens: must be at least 1"));
        }
        let mut contents = self.messages.iter().filter_map(|message| message.content.as_ref());
        if contents.any(Content::has_altered_thinking) {
            return Err(Problem::bad_request("Invalid `signature` in `thinking` block"));
        }
        let budget = self.thinking.as_ref().and_then(|thinking| thinking.budget_tokens);
        match (budget, self.max_tokens) {
            (Some(budget), Some(max_tokens)) if budget >= max_tokens => Err(Problem::bad_request(
                "`max_tokens` must be greater than `thinking.budget_tokens`.",
            )),
            _ => Ok(()),
        }
    }
}

impl<'a> Chosen<'a> {
    fn choice(self) -> Choice<'a> {
        match (&*self.kind, self.name) {
            ("none", _) => Choice::Never,
            ("any", _) => Choice::Always,
            ("tool", Some(name)) => Choice::Named(name),
            _ => Choice::Free,
        }
    }
}

impl Thinking<'_> {
    fn reasoning(&self) -> Reasoning {
        let budget = self.budget_tokens.unwrap_or(u64::MAX);
        match &*self.kind {
            "disabled" => Reasoning::Never,
            _ => Reasoning::Asked(budget.min(REASONING_TOKENS_DEFAULT)),
        }
    }
}
