//! What an answer says about itself: its id, the model that served it, its usage, and how much text
//! it holds, which is what an estimate rests on when there is no usage to be had.

mod chat;
mod messages;
mod responses;
mod text;

use std::borrow::Cow;

use domain::provider::Surface;
use ledger::usage::{Reading, Usage};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::origin::{Mark, STORED_MAX};

/// Most tokens of input or output of one call that are believed: several times the largest context
/// window on sale.
pub const TOKENS_CREDIBLE_MAX: u64 = 1 << 24;
/// Bytes of text that make one token in an estimate, a common rule of thumb for English.
pub const BYTES_PER_TOKEN: u64 = 4;
/// Longest id or model name of a provider that is kept, in bytes.
const NAME_BYTES_MAX: usize = 200;
/// Tiers of service that cost what the catalogue says.
const TIERS: [&str; 4] = ["default", "standard", "standard_only", "auto"];

/// Counts while an answer in the dialect of one surface passes by.
#[derive(Clone, Debug)]
pub struct Meter {
    surface: Surface,
    deltas: u64,
    text_bytes: u64,
    usage: Option<Value>,
    /// What Anthropic's `message_start` said, which later counts are laid over.
    usage_at_start: Option<Value>,
    id: Option<String>,
    model: Option<String>,
    unreadable: u64,
    /// Something was billed that no price of ours covers.
    priced_apart: bool,
    /// What only the account that answers can read.
    marks: Vec<Mark>,
    /// The number behind the last event's, where the dialect counts them.
    next_sequence: u64,
}

/// What one event of a stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// The event that ends a complete stream.
    Done,
    /// The provider reports a failure in mid-stream.
    Error,
    /// Usage and no choices: the event that comes for `include_usage`.
    UsageOnly,
    /// A part of the answer.
    Part,
    /// Data that is none of the dialect's events.
    Unreadable,
}

/// The body is not a JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer is no JSON object")]
pub struct NoAnswer;

/// What one event or answer adds.
#[derive(Debug, Default)]
struct Sight<'a> {
    id: Option<&'a RawValue>,
    model: Option<&'a RawValue>,
    usage: Option<&'a RawValue>,
    text_bytes: u64,
    tier: Option<&'a RawValue>,
}

impl Meter {
    /// For an answer in the dialect of this surface: the provider's, where it is translated.
    #[must_use]
    pub const fn new(surface: Surface) -> Self {
        Self {
            surface,
            deltas: 0,
            text_bytes: 0,
            usage: None,
            usage_at_start: None,
            id: None,
            model: None,
            unreadable: 0,
            priced_apart: false,
            marks: Vec::new(),
            next_sequence: 0,
        }
    }

    /// Reads the data of one event of a stream.
    pub fn event(&mut self, data: &[u8]) -> Said {
        let data = data.trim_ascii();
        let said = match self.surface {
            Surface::Messages | Surface::CountTokens => messages::event(self, data),
            Surface::Responses => responses::event(self, data),
            Surface::Chat | Surface::Completions | Surface::Embeddings => chat::event(self, data),
        };
        said.unwrap_or_else(|NoAnswer| {
            self.unreadable += 1;
            Said::Unreadable
        })
    }

    /// Reads an answer that is not streamed. Says whether it is an error under a status of success, as
    /// some providers send.
    ///
    /// # Errors
    /// [`NoAnswer`] where it is no answer at all.
    pub fn whole(&mut self, body: &[u8]) -> Result<bool, NoAnswer> {
        match self.surface {
            Surface::Messages | Surface::CountTokens => messages::whole(self, body),
            Surface::Responses => responses::whole(self, body),
            Surface::Chat | Surface::Completions | Surface::Embeddings => chat::whole(self, body),
        }
    }

    fn take(&mut self, sight: &Sight<'_>) {
        self.deltas += u64::from(sight.text_bytes > 0);
        self.text_bytes = self.text_bytes.saturating_add(sight.text_bytes);
        if let Some(usage) = sight.usage.and_then(|usage| serde_json::from_str(usage.get()).ok()) {
            self.notice_extras(&usage);
            self.usage = Some(usage);
        }
        if self.id.is_none() {
            self.id = name(sight.id);
        }
        if self.model.is_none() {
            self.model = name(sight.model);
        }
        if let Some(tier) =
            sight.tier.and_then(|raw| serde_json::from_str::<String>(raw.get()).ok())
        {
            self.priced_apart |= !TIERS.contains(&tier.as_str());
        }
    }

    /// Server tools and tiers that Anthropic reports within the usage.
    fn notice_extras(&mut self, usage: &Value) {
        let tools = usage.get("server_tool_use").and_then(Value::as_object);
        let used = tools.is_some_and(|tools| tools.values().any(|n| n.as_u64() > Some(0)));
        let tier = usage.get("service_tier").and_then(Value::as_str);
        self.priced_apart |= used || tier.is_some_and(|tier| !TIERS.contains(&tier));
    }

    /// Whether any text has come.
    #[must_use]
    pub const fn delivered(&self) -> bool {
        self.text_bytes > 0
    }

    /// How many events could not be read.
    #[must_use]
    pub const fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// Whether the provider bills something beyond tokens: a search it made, a dearer tier. What we owe
    /// it is then in doubt.
    #[must_use]
    pub const fn priced_apart(&self) -> bool {
        self.priced_apart
    }

    /// Whether the usage known so far is that of the beginning: Anthropic reports the input first and the
    /// output last.
    #[must_use]
    pub const fn only_begun(&self) -> bool {
        self.usage_at_start.is_some() && self.usage.is_none()
    }

    /// The number of the event that would follow, where the dialect counts events.
    #[must_use]
    pub const fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    /// What later calls may refer to and only the account that answered can read: the ids of the response
    /// and of its items, and what is encrypted in them. OpenAI's responses have such.
    #[must_use]
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    fn mark(&mut self, raw: Option<&RawValue>) {
        let Some(text) = raw.and_then(|raw| serde_json::from_str::<Cow<'_, str>>(raw.get()).ok())
        else {
            return;
        };
        let mark = Mark::of(&text);
        if !text.is_empty() && self.marks.len() < STORED_MAX && !self.marks.contains(&mark) {
            self.marks.push(mark);
        }
    }

    /// The provider's id of the answer.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The model that the provider says it served.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// What the provider reports.
    #[must_use]
    pub fn reading(&self) -> Reading {
        let usage = self.usage.as_ref();
        let reading = match self.surface {
            Surface::Messages => Reading::anthropic_stream(self.usage_at_start.as_ref(), usage),
            Surface::Responses => Reading::openai_responses(usage),
            Surface::Embeddings => Reading::openai_embeddings(usage),
            Surface::Chat | Surface::Completions => Reading::openai_chat(usage),
            Surface::CountTokens => Reading::Missing,
        };
        reading.within(TOKENS_CREDIBLE_MAX)
    }

    /// Our own count: a token for every four bytes, and for the output at least one for each delta,
    /// since a provider sends no empty ones.
    #[must_use]
    pub fn estimate(&self, request_bytes: u64) -> Usage {
        let output = self.text_bytes.div_ceil(BYTES_PER_TOKEN).max(self.deltas);
        Usage {
            input_tokens: request_bytes.div_ceil(BYTES_PER_TOKEN).max(1),
            output_tokens: output,
            ..Usage::default()
        }
    }
}

/// An object and nothing else: serde would take an array of the fields' values as well.
fn read<'a, T: serde::Deserialize<'a>>(text: &'a [u8]) -> Result<T, NoAnswer> {
    if text.trim_ascii_start().first() != Some(&b'{') {
        return Err(NoAnswer);
    }
    serde_json::from_slice(text).map_err(|_| NoAnswer)
}

fn name(raw: Option<&RawValue>) -> Option<String> {
    let name: String = serde_json::from_str(raw?.get()).ok()?;
    let mut name: String = name.chars().filter(|c| !c.is_control()).collect();
    name.truncate(name.floor_char_boundary(NAME_BYTES_MAX));
    Some(name)
}
