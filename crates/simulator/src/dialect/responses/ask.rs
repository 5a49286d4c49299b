//! What is asked of a response.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    dialect::Problem,
    prompt::{self, Content, Prompt, Reasoning},
    schema::Format,
    tools::{Choice, Tool, Tools},
};

/// What `include` says where reasoning is to come sealed.
const SEALED: &str = "reasoning.encrypted_content";

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    model: Option<Cow<'a, str>>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    stream: Option<bool>,
    #[serde(borrow)]
    include: Option<Vec<Cow<'a, str>>>,
    max_output_tokens: Option<u64>,
}

/// What the response repeats of its request, as it was written there.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Terms<'a> {
    #[serde(borrow)]
    pub(super) instructions: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) max_output_tokens: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) metadata: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) parallel_tool_calls: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) previous_response_id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) prompt_cache_key: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) reasoning: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) safety_identifier: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) store: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) temperature: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) text: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) tool_choice: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) tools: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) top_p: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) truncation: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) user: Option<&'a RawValue>,
    /// Whether reasoning is to come sealed.
    #[serde(skip)]
    pub(super) sealed: bool,
    /// Reasoning that the caller gives back, which must open.
    #[serde(skip)]
    given_back: Vec<GivenBack<'a>>,
}

/// Reasoning of an earlier response.
#[derive(Debug)]
struct GivenBack<'a> {
    id: Option<Cow<'a, str>>,
    sealed: Cow<'a, str>,
}

/// One item: a message, a call, its result, reasoning, and so on.
#[derive(Deserialize)]
struct Item<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    role: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    content: Option<Content<'a>>,
    /// The result of a call; those of other tools than functions have shapes of their own.
    #[serde(borrow, default)]
    output: Option<&'a RawValue>,
    #[serde(borrow, default)]
    encrypted_content: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Offer<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    parameters: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Effort<'a> {
    #[serde(borrow, default)]
    effort: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    summary: Option<Cow<'a, str>>,
}

#[derive(Default, Deserialize)]
struct Text<'a> {
    #[serde(borrow, default)]
    format: Option<Shape<'a>>,
}

#[derive(Deserialize)]
struct Shape<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    schema: Option<&'a RawValue>,
}

/// Reads a request for a response.
pub(crate) fn parse(body: &[u8]) -> Result<Prompt<'_>, Problem> {
    // Twice over the same bytes: what is answered, and what is only said again.
    let request: Request<'_> = serde_json::from_slice(body).map_err(unlike)?;
    let mut terms: Terms<'_> = serde_json::from_slice(body).map_err(unlike)?;
    if request.max_output_tokens == Some(0) {
        return Err(Problem::too_few_tokens("max_output_tokens"));
    }
    let instructions: Option<Content<'_>> = terms.instructions.map(read).transpose()?;
    let reasoning: Option<Effort<'_>> = terms.reasoning.map(read).transpose()?;
    let text: Option<Text<'_>> = terms.text.map(read).transpose()?;
    let items = match request.input {
        Some(input) if input.get().starts_with('"') => vec![Item::of_user(read(input)?)],
        Some(input) => read(input)?,
        None => Vec::new(),
    };
    if items.is_empty() && terms.previous_response_id.is_none() {
        return Err(Problem::bad_param("input", "missing_required_parameter", "`input` is empty."));
    }
    let bytes = items.iter().map(Item::bytes).sum::<u64>()
        + instructions.map_or(0, |instructions| instructions.bytes());
    let tools = tools(&terms, items.last())?;
    terms.sealed = request.include.is_some_and(|include| include.iter().any(|what| what == SEALED));
    let messages = items.len();
    let mut last_user = Cow::default();
    for item in items {
        if item.role.as_deref() == Some("user") {
            last_user = item.content.map(Content::into_text).unwrap_or_default();
        } else if let Some(sealed) = item.encrypted_content {
            terms.given_back.push(GivenBack { id: item.id, sealed });
        }
    }
    Ok(Prompt {
        model: prompt::model(None, request.model)?,
        messages,
        bytes,
        last_user,
        stream: request.stream.unwrap_or(false),
        max_tokens: request.max_output_tokens,
        tools,
        format: text.and_then(|text| text.format).map_or(Format::Words, Shape::format),
        reasoning_shown: reasoning.as_ref().is_some_and(|reasoning| reasoning.summary.is_some()),
        reasoning: reasoning.map_or(Reasoning::Unasked, |reasoning| {
            Reasoning::of_effort(reasoning.effort.as_deref().unwrap_or("medium"))
        }),
        terms: Some(Box::new(terms)),
        ..Prompt::default()
    })
}

fn unlike(error: serde_json::Error) -> Problem {
    Problem::bad_request(format!("Not a responses request: {error}."))
}

fn read<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Result<T, Problem> {
    serde_json::from_str(raw.get()).map_err(unlike)
}

fn tools<'a>(terms: &Terms<'a>, last: Option<&Item<'a>>) -> Result<Tools<'a>, Problem> {
    let offers: Option<Vec<Offer<'a>>> = terms.tools.map(read).transpose()?;
    let functions = offers.into_iter().flatten().filter(|offer| offer.kind == "function");
    Ok(Tools {
        offered: functions
            .filter_map(|offer| Some(Tool { name: offer.name?, schema: offer.parameters }))
            .collect(),
        choice: Choice::of_openai(terms.tool_choice),
        single: terms.parallel_tool_calls.is_some_and(|parallel| parallel.get() == "false"),
        answered: last.is_some_and(|item| item.kind.as_deref() == Some("function_call_output")),
    })
}

impl Terms<'_> {
    /// Refuses reasoning that does not open.
    pub(crate) fn check(&self, opens: impl Fn(&str) -> bool) -> Result<(), Problem> {
        let Some(shut) = self.given_back.iter().find(|given| !opens(&given.sealed)) else {
            return Ok(());
        };
        let whose = shut.id.as_deref().map(|id| format!(" for item {id}")).unwrap_or_default();
        Err(Problem {
            code: Some("invalid_encrypted_content"),
            ..Problem::bad_request(format!(
                "The encrypted content{whose} could not be verified. Reason: Encrypted content \
                 could not be decrypted or parsed."
            ))
        })
    }
}

impl<'a> Item<'a> {
    fn of_user(text: Cow<'a, str>) -> Self {
        Self {
            kind: None,
            id: None,
            role: Some("user".into()),
            content: Some(Content::Text(text)),
            output: None,
            encrypted_content: None,
        }
    }

    fn bytes(&self) -> u64 {
        let output =
            self.output.and_then(|raw| serde_json::from_str::<Content<'_>>(raw.get()).ok());
        self.content.iter().chain(&output).map(Content::bytes).sum()
    }
}

impl<'a> Shape<'a> {
    fn format(self) -> Format<'a> {
        match (&*self.kind, self.schema) {
            ("json_schema", Some(schema)) => Format::Schema(schema),
            ("json_schema" | "json_object", _) => Format::Object,
            _ => Format::Words,
        }
    }
}
