//! Translation between the three dialects in which programs ask for an answer: Chat completions and
//! Responses of OpenAI, and Messages of Anthropic. Both ways, whole and streamed, tools included.
//!
//! Pure: no I/O, no clock, no async. It knows no HTTP, no provider and no price; it takes bytes, and
//! returns bytes or says what stands in the way. Each dialect is read into one form and written from it
//! (`turn` for what is asked, `reply` for what is answered, `delta` for what streams), so that every
//! pair works. What cannot be said in the other dialect is refused by its path; what may be left out is
//! one table, [`dropped::DROPPED`]. Both are told to people in `docs/translation.md`.
//!
//! Bounds: nesting of 128 levels, no recursion on input, memory in proportion to it.

#![forbid(unsafe_code)]

mod context;
mod fault;

pub mod dropped;
mod reach;

mod delta;
mod effort;
mod reply;
mod turn;
mod usage;

mod chat;
mod messages;
mod responses;

mod custom;
mod failure;
mod queue;
mod stream;

mod fields;
mod media;
mod node;
mod pen;

use std::borrow::Cow;

use domain::provider::Surface;

pub use crate::context::{Context, Translated, Wanted};
pub use crate::fault::{Broken, Unsupported};
pub use crate::stream::{Step, Stream};

use crate::fault::{Path, broken};
use crate::node::{Malformed, Node};
use crate::reply::Part;
use crate::turn::{Item, Prompt};

const SILENT: &str = "it holds nothing to answer";
const PREFILLED: &str = "it ends with words of the model: one of the two dialects would go on with \
    them, the other would answer anew";

/// Whether a dialect is one of those that are translated.
#[must_use]
pub const fn speaks(surface: Surface) -> bool {
    matches!(surface, Surface::Chat | Surface::Responses | Surface::Messages)
}

/// Translates a request from the client's dialect into the provider's.
///
/// # Errors
/// [`Unsupported`] names the first field that the provider's dialect has no words for, or that is not
/// what the client's dialect says it must be.
pub fn request(
    client: Surface,
    provider: Surface,
    body: &[u8],
    wanted: &Wanted<'_>,
) -> Result<Translated, Unsupported> {
    if !speaks(client) || !speaks(provider) {
        return Err(Path::ROOT.refuse("requests to this route are not translated"));
    }
    let node = Node::read(body).map_err(|error: Malformed| Path::ROOT.refuse(error.to_string()))?;
    let prompt = match client {
        Surface::Messages => messages::parse::parse(node, provider)?,
        Surface::Responses => responses::parse::parse(node, provider)?,
        _ => chat::parse::parse(node, provider)?,
    };
    sensible(client, provider, &prompt)?;
    let body = match provider {
        Surface::Messages => messages::compose::compose(&prompt, wanted),
        Surface::Responses => responses::compose::compose(&prompt, wanted),
        _ => chat::compose::compose(&prompt, wanted),
    };
    let echo = match client {
        Surface::Responses => responses::response::echo(node),
        _ => String::new(),
    };
    let context = Context {
        client,
        provider,
        stream: prompt.stream,
        include_usage: prompt.include_usage,
        answer_id: wanted.answer_id.to_owned(),
        created_unix_s: wanted.created_unix_s,
        input_tokens_estimate: wanted.input_tokens_estimate,
        custom_tools: if provider == Surface::Responses {
            Vec::new()
        } else {
            prompt.custom_tools()
        },
        grouped_tools: prompt.grouped_tools(),
        echo,
        model: prompt.model.into_owned(),
    };
    Ok(Translated { body, context })
}

/// Refuses a conversation that the two dialects would take differently.
fn sensible(client: Surface, provider: Surface, prompt: &Prompt<'_>) -> Result<(), Unsupported> {
    let field = if client == Surface::Responses { "input" } else { "messages" };
    let path = Path::ROOT.field(field);
    let mut spoken = prompt.items.iter().filter(|item| !matches!(item, Item::System { .. }));
    let Some(last) = spoken.next_back() else {
        return if provider == Surface::Messages { Err(path.refuse(SILENT)) } else { Ok(()) };
    };
    let anthropic = |surface| surface == Surface::Messages;
    if last.is_answer() && anthropic(client) != anthropic(provider) {
        return Err(path.refuse(PREFILLED));
    }
    Ok(())
}

/// Translates a whole answer from the provider's dialect into the client's.
///
/// # Errors
/// [`Broken`] where the body is no answer in the provider's dialect.
pub fn answer(context: &Context, body: &[u8]) -> Result<Vec<u8>, Broken> {
    let node = Node::read(body).map_err(|_| broken("it is no JSON"))?;
    let mut reply = match context.provider {
        Surface::Messages => messages::answer::read(node)?,
        Surface::Responses => responses::answer::read(node)?,
        _ => chat::answer::read(node)?,
    };
    let mut calls = 0;
    for part in &mut reply.parts {
        let Part::Call { id, name, arguments, custom } = part else { continue };
        if id.is_empty() {
            *id = context.call_id(calls).into();
        }
        calls += 1;
        if !*custom && context.is_custom(name) {
            *custom = true;
            *arguments = Cow::Owned(custom::unwrapped(arguments));
        }
    }
    Ok(match context.client {
        Surface::Messages => messages::answer::write(&reply, context),
        Surface::Responses => responses::answer::write(&reply, context),
        _ => chat::answer::write(&reply, context),
    })
}

/// A provider's error body in the client's dialect: the message word for word, the type by the status.
#[must_use]
pub fn error(provider: Surface, client: Surface, status: u16, body: &[u8]) -> Vec<u8> {
    failure::translate(provider, client, status, body)
}
