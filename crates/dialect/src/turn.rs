//! What is asked, in one form that all three dialects are read into and written from.
//!
//! A conversation is a flat list of items, as Responses has it; Chat and Messages gather items into
//! messages. Reasoning of earlier turns is no item: it is signed or encrypted for the provider that
//! made it, and is left out wherever a request changes its dialect.

use std::borrow::Cow;

use crate::effort::Reasoning;

/// A request for an answer.
#[derive(Debug, Default)]
pub(crate) struct Prompt<'a> {
    pub(crate) model: Cow<'a, str>,
    pub(crate) items: Vec<Item<'a>>,
    pub(crate) tools: Vec<Tool<'a>>,
    pub(crate) choice: Option<Choice<'a>>,
    /// Whether several tools may be called at once.
    pub(crate) parallel: Option<bool>,
    pub(crate) format: Option<Format<'a>>,
    pub(crate) reasoning: Reasoning,
    pub(crate) output_tokens_max: Option<u64>,
    pub(crate) sampling: Sampling<'a>,
    pub(crate) stop: Vec<Cow<'a, str>>,
    /// Who the end user is, as an opaque name.
    pub(crate) user: Option<Cow<'a, str>>,
    pub(crate) tier: Option<Tier>,
    pub(crate) verbosity: Option<Cow<'a, str>>,
    /// Labels of the caller, as an object.
    pub(crate) labels: Option<&'a str>,
    pub(crate) stream: bool,
    /// Whether the client wants usage in the stream (Chat).
    pub(crate) include_usage: bool,
}

/// Numbers as they were written.
#[derive(Debug, Default)]
pub(crate) struct Sampling<'a> {
    pub(crate) temperature: Option<&'a str>,
    pub(crate) top_p: Option<&'a str>,
    pub(crate) top_k: Option<&'a str>,
    pub(crate) seed: Option<&'a str>,
    pub(crate) presence_penalty: Option<&'a str>,
    pub(crate) frequency_penalty: Option<&'a str>,
    pub(crate) logit_bias: Option<&'a str>,
}

/// One thing in a conversation.
#[derive(Debug)]
pub(crate) enum Item<'a> {
    /// Instructions above the conversation or in the middle of it.
    System { voice: Voice, texts: Vec<Cow<'a, str>> },
    /// What the user says.
    User(Vec<Part<'a>>),
    /// What the model said.
    Said { text: Cow<'a, str>, refusal: bool },
    /// A tool that the model called.
    Call(Call<'a>),
    /// What the tool gave.
    Result { call_id: Cow<'a, str>, parts: Vec<Part<'a>>, failed: bool },
}

/// How instructions are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Voice {
    /// Beside the conversation: Responses' `instructions`, Messages' `system`.
    Above,
    System,
    Developer,
}

/// A piece of content.
#[derive(Debug)]
pub(crate) enum Part<'a> {
    Text(Cow<'a, str>),
    Image { source: Source<'a>, detail: Option<Cow<'a, str>> },
    File { source: Source<'a>, name: Option<Cow<'a, str>> },
}

/// Where the bytes of an image or file are.
#[derive(Debug)]
pub(crate) enum Source<'a> {
    Base64 { media: Cow<'a, str>, data: Cow<'a, str> },
    Url(Cow<'a, str>),
}

/// A call of a tool.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) id: Cow<'a, str>,
    pub(crate) name: Cow<'a, str>,
    /// JSON for a function, free text for a custom tool.
    pub(crate) arguments: Cow<'a, str>,
    pub(crate) custom: bool,
}

/// A tool that the model may call.
#[derive(Debug)]
pub(crate) struct Tool<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) description: Option<Cow<'a, str>>,
    pub(crate) input: Input<'a>,
    /// The group that the client has it in (Responses), and its name there.
    pub(crate) home: Option<(Cow<'a, str>, Cow<'a, str>)>,
}

/// What a tool takes.
#[derive(Debug)]
pub(crate) enum Input<'a> {
    /// An object after a JSON schema.
    Schema { schema: Option<&'a str>, strict: Option<bool> },
    /// Free text (OpenAI's custom tools), bound by a grammar or not.
    Text { grammar: Option<Grammar<'a>> },
}

/// A grammar that free text follows.
#[derive(Debug)]
pub(crate) struct Grammar<'a> {
    /// `lark` or `regex`.
    pub(crate) syntax: Cow<'a, str>,
    pub(crate) definition: Cow<'a, str>,
}

/// Which tool is to be called.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Choice<'a> {
    Auto,
    Nothing,
    Any,
    Named(Cow<'a, str>),
}

/// What shape the answer has.
#[derive(Debug)]
pub(crate) enum Format<'a> {
    /// Any JSON object.
    Object,
    /// JSON after a schema.
    Schema {
        name: Option<Cow<'a, str>>,
        description: Option<Cow<'a, str>>,
        schema: &'a str,
        strict: Option<bool>,
    },
}

/// Which capacity serves the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tier {
    Auto,
    Standard,
    Flex,
    Scale,
    Priority,
}

impl Prompt<'_> {
    /// Names of the tools that take free text.
    pub(crate) fn custom_tools(&self) -> Vec<String> {
        let custom = self.tools.iter().filter(|tool| matches!(tool.input, Input::Text { .. }));
        custom.map(|tool| tool.name.clone().into_owned()).collect()
    }

    /// Tools that the client has in groups: the name here, the group, and the name in it.
    pub(crate) fn grouped_tools(&self) -> Vec<(String, String, String)> {
        let home = |tool: &Tool<'_>| {
            let (group, name) = tool.home.clone()?;
            Some((tool.name.clone().into_owned(), group.into_owned(), name.into_owned()))
        };
        self.tools.iter().filter_map(home).collect()
    }
}

impl Item<'_> {
    /// Whether the model speaks.
    pub(crate) const fn is_answer(&self) -> bool {
        matches!(self, Self::Said { .. } | Self::Call(_))
    }
}

/// Texts as one, a paragraph each.
pub(crate) fn joined(texts: &[Cow<'_, str>]) -> String {
    texts.join("\n\n")
}
