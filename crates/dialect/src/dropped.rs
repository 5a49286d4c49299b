//! What is left out of a translated request without a word, because the answer stays what it would be.
//!
//! This is the one table of it; `docs/translation.md` repeats it for people, and a test compares them.
//! What is not named here and has no translation is refused.

use domain::provider::Surface;

/// Where in a request a field stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the top of the body.
    Top,
    /// In a message, or an item of Responses' input.
    Message,
    /// In a piece of content.
    Part,
    /// In the definition of a tool.
    Tool,
}

/// A field that is left out.
#[derive(Clone, Copy, Debug)]
pub struct Dropped {
    /// The dialect that the field belongs to.
    pub client: Surface,
    /// Where it stands.
    pub place: Place,
    /// Its name.
    pub field: &'static str,
    /// Why it can be left out.
    pub why: &'static str,
}

const CACHE: &str =
    "steers the provider's prompt cache, which changes the price and not the answer";
const STORE: &str =
    "keeps the answer at the provider; what would be fetched there is refused later";
const SPEED: &str = "only makes the answer come sooner";
const LABELS: &str = "labels for the provider's own records";
const NO_TOOLS: &str = "concerns built-in tools, which are refused";
const PADDING: &str = "pads the stream against eavesdroppers; the gateway's stream is its own";
const DRAFT: &str = "how the tool's arguments are streamed";
const HINT: &str = "a hint that the other dialect has no word for";
const DEFERRED: &str =
    "spares the prompt the definition until it is searched for; here all are told at once";
const CREATED: &str = "filled in by the provider when it gave the item";

/// The table.
pub const DROPPED: &[Dropped] = &[
    top(Surface::Chat, "store", STORE),
    top(Surface::Chat, "metadata", LABELS),
    top(Surface::Chat, "prompt_cache_key", CACHE),
    top(Surface::Chat, "prompt_cache_retention", CACHE),
    top(Surface::Chat, "prompt_cache_options", CACHE),
    top(Surface::Chat, "prediction", SPEED),
    part(Surface::Chat, "prompt_cache_breakpoint", CACHE),
    part(Surface::Chat, "cache_control", CACHE),
    message(Surface::Chat, "name", HINT),
    message(Surface::Chat, "cache_control", CACHE),
    tool(Surface::Chat, "cache_control", CACHE),
    top(Surface::Responses, "store", STORE),
    top(Surface::Responses, "prompt_cache_key", CACHE),
    top(Surface::Responses, "prompt_cache_retention", CACHE),
    top(Surface::Responses, "prompt_cache_options", CACHE),
    top(Surface::Responses, "max_tool_calls", NO_TOOLS),
    top(Surface::Responses, "stream_options", PADDING),
    top(Surface::Responses, "client_metadata", LABELS),
    part(Surface::Responses, "prompt_cache_breakpoint", CACHE),
    part(Surface::Responses, "annotations", CREATED),
    part(Surface::Responses, "logprobs", CREATED),
    message(Surface::Responses, "id", CREATED),
    message(Surface::Responses, "status", CREATED),
    message(Surface::Responses, "phase", HINT),
    message(Surface::Responses, "internal_chat_message_metadata_passthrough", LABELS),
    top(Surface::Messages, "cache_control", CACHE),
    part(Surface::Messages, "cache_control", CACHE),
    tool(Surface::Messages, "cache_control", CACHE),
    tool(Surface::Messages, "defer_loading", DEFERRED),
    tool(Surface::Messages, "eager_input_streaming", DRAFT),
    tool(Surface::Messages, "input_examples", HINT),
    part(Surface::Messages, "caller", CREATED),
];

const fn top(client: Surface, field: &'static str, why: &'static str) -> Dropped {
    Dropped { client, place: Place::Top, field, why }
}

const fn message(client: Surface, field: &'static str, why: &'static str) -> Dropped {
    Dropped { client, place: Place::Message, field, why }
}

const fn part(client: Surface, field: &'static str, why: &'static str) -> Dropped {
    Dropped { client, place: Place::Part, field, why }
}

const fn tool(client: Surface, field: &'static str, why: &'static str) -> Dropped {
    Dropped { client, place: Place::Tool, field, why }
}

/// Whether a field is left out.
pub(crate) fn is_dropped(client: Surface, place: Place, field: &str) -> bool {
    DROPPED.iter().any(|d| d.client == client && d.place == place && d.field == field)
}
