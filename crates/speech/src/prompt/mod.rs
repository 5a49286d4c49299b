//! What is said to a model: every string of a body that it will read, by the channel that it came by, and
//! what of the body must reach the provider as it is.
//!
//! What is not known is taken for words. Settings that no model reads are known by their names
//! ([`settings`]), and so are the members of parts that hold no words ([`KEPT_NAMES`]).

mod chat;
mod ear;
mod items;
mod kept;
mod settings;

use std::borrow::Cow;

use domain::provider::Surface;

pub use domain::guard::Channel;
pub use kept::{KEPT_NAMES, kept};

use crate::json::{Kind, Malformed, Scanner};
use ear::{Ear, Place};

/// Most strings that are told apart. What a longer prompt says beyond them is told in one piece per
/// channel, so that a body of a million empty strings costs no more than its own size.
pub const SAID_MAX: usize = 16_384;

/// One string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said<'a> {
    pub channel: Channel,
    /// Where it stands, as in `messages[3].content[0].text`. Long paths end in `…`.
    pub path: String,
    /// What it says, without escapes. Half a character stands for U+FFFD.
    pub text: Cow<'a, str>,
}

/// Every string that the model will read, in the order of the body.
///
/// # Errors
/// [`Malformed`] where the body is no JSON.
pub fn said(surface: Surface, body: &str) -> Result<Vec<Said<'_>>, Malformed> {
    let mut ear = Ear::new(body);
    let mut scanner = Scanner::new(body);
    let unknown = if surface == Surface::Embeddings { Channel::Document } else { Channel::User };
    if scanner.kind()? == Kind::Object {
        scanner.object(|scanner, name| {
            let mark = ear.enter(&name);
            member(&mut ear, scanner, surface, &name, unknown)?;
            ear.leave(mark);
            Ok::<_, Malformed>(())
        })?;
    } else {
        ear.leaves(&mut scanner, Place::of(unknown), "")?;
    }
    scanner.end()?;
    Ok(ear.finish())
}

/// A member of the body itself.
fn member<'a>(
    ear: &mut Ear<'a>,
    scanner: &mut Scanner<'a>,
    surface: Surface,
    name: &str,
    unknown: Channel,
) -> Result<(), Malformed> {
    let kind = scanner.kind()?;
    match (surface, name, kind) {
        (Surface::Chat | Surface::Messages | Surface::CountTokens, "messages", Kind::Array) => {
            chat::messages(ear, scanner)
        }
        (Surface::Responses, "input", Kind::Array) => items::items(ear, scanner),
        (Surface::Responses, "prompt", Kind::Object) => items::template(ear, scanner),
        (_, "tools" | "functions", Kind::Array) => items::tools(ear, scanner),
        (_, name, _) if settings::INSTRUCTIONS.contains(&name) => {
            ear.leaves(scanner, Place::of(Channel::System), name)
        }
        (_, "documents", _) => ear.leaves(scanner, Place::of(Channel::Document), name),
        (_, name, _) if settings::is_setting(surface, name) => scanner.value().map(drop),
        _ => ear.leaves(scanner, Place::of(unknown), name),
    }
}
