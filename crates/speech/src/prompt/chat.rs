//! Messages of a chat, and of Anthropic's dialect.

use super::Channel;
use super::ear::{Ear, Place};
use crate::json::{Kind, Malformed, Scanner, look};
use crate::text::literal;

/// `messages`.
pub(super) fn messages<'a>(ear: &mut Ear<'a>, scanner: &mut Scanner<'a>) -> Result<(), Malformed> {
    scanner.array(|scanner, index| {
        let mark = ear.enter_at(index);
        if scanner.kind()? == Kind::Object {
            let channel = role(ear, scanner)?.unwrap_or(Channel::User);
            message(ear, scanner, channel)?;
        } else {
            ear.leaves(scanner, Place::of(Channel::User), "")?;
        }
        ear.leave(mark);
        Ok(())
    })
}

/// Whose words the object that comes next holds, where it says so. A role that nobody knows is a user's.
pub(super) fn role<'a>(ear: &Ear<'a>, scanner: &Scanner<'a>) -> Result<Option<Channel>, Malformed> {
    let role = word(ear, scanner, "role")?;
    Ok(match &*role {
        "" => None,
        "tool" | "function" => Some(Channel::Tool),
        "system" | "developer" | "assistant" | "model" => Some(Channel::System),
        _ => Some(Channel::User),
    })
}

/// What the object that comes next calls this of itself. Where it does so twice, the last counts, as it
/// does for nearly every reader.
pub(super) fn word<'a>(
    ear: &Ear<'a>,
    scanner: &Scanner<'a>,
    name: &str,
) -> Result<std::borrow::Cow<'a, str>, Malformed> {
    let mut found = None;
    look(scanner, |member, kind, span| {
        if member == name {
            found = (kind == Kind::String).then_some(span);
        }
    })?;
    Ok(found.map_or_else(Default::default, |span| literal(ear.text(), span)))
}

/// A message of a channel: its content in parts, and whatever else it holds.
pub(super) fn message<'a>(
    ear: &mut Ear<'a>,
    scanner: &mut Scanner<'a>,
    channel: Channel,
) -> Result<(), Malformed> {
    ear.object(scanner, Place::of(channel), &mut |ear, scanner, name| {
        if name == "content" {
            return content(ear, scanner, channel);
        }
        ear.leaves(scanner, Place::of(channel), name)
    })
}

fn content<'a>(
    ear: &mut Ear<'a>,
    scanner: &mut Scanner<'a>,
    channel: Channel,
) -> Result<(), Malformed> {
    match scanner.kind()? {
        Kind::Array => scanner.array(|scanner, index| {
            let mark = ear.enter_at(index);
            part(ear, scanner, channel)?;
            ear.leave(mark);
            Ok(())
        }),
        _ => part(ear, scanner, channel),
    }
}

/// A part of a message. What a tool gave stays the tool's, whatever it calls its parts.
fn part<'a>(
    ear: &mut Ear<'a>,
    scanner: &mut Scanner<'a>,
    channel: Channel,
) -> Result<(), Malformed> {
    if scanner.kind()? != Kind::Object {
        return ear.leaves(scanner, Place::of(channel), "content");
    }
    let kind = word(ear, scanner, "type")?;
    let channel = match &*kind {
        _ if channel == Channel::Tool => channel,
        kind if kind.ends_with("tool_result") => Channel::Tool,
        "document" | "search_result" | "input_file" | "file" => Channel::Document,
        kind if kind.ends_with("tool_use") => Channel::System,
        _ => channel,
    };
    let is_call = kind.ends_with("tool_use");
    ear.object(scanner, Place::of(channel), &mut |ear, scanner, name| {
        // The arguments of a tool have the tool's own names.
        let free = is_call && name == "input";
        let place = if free { Place::free(channel) } else { Place::of(channel) };
        ear.leaves(scanner, place, name)
    })
}
