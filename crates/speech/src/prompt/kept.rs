//! What redaction must let be.

use std::ops::Range;

use domain::provider::Surface;

use crate::bytes::Bytes;
use crate::json::{Kind, Malformed, Scanner, look};
use crate::text::literal;

/// Names under which a string is never words: a secret that stands under one of them passes, except where
/// the model chose the names itself, in the arguments of its calls.
///
/// - What the protocol itself reads: `model`, `role`, `type`, `object`, `status`, `media_type`,
///   `finish_reason`, `stop_reason`, `service_tier`. A change here makes the request another one.
/// - References to what the provider keeps: ids of all sorts, `container`, `conversation`,
///   `prompt_cache_key`. A changed one names something else, or nothing.
/// - What is sealed by its maker: `signature`, `encrypted_*`. A changed one is refused.
/// - Bytes in letters: `b64_json`, `file_data`. Chance finds secrets in them, and a change breaks the file.
/// - Addresses that the provider is to fetch: `url`, `image_url`, `file_url`, `server_url`. A presigned
///   address is worth nothing without the key in it, and the caller means to hand it over.
/// - Credentials that are meant for the provider: `authorization`, `authorization_token`.
///
/// `data` is not among them: of a document in plain text it is the text. Where it is a file's bytes, its
/// place is one of the ranges that [`kept`] gives.
pub const KEPT_NAMES: &[&str] = &[
    "approval_request_id",
    "authorization",
    "authorization_token",
    "b64_json",
    "call_id",
    "container",
    "container_id",
    "conversation",
    "encrypted_content",
    "encrypted_index",
    "encrypted_stdout",
    "file_data",
    "file_id",
    "file_url",
    "finish_reason",
    "id",
    "image_url",
    "item_id",
    "media_type",
    "mime_type",
    "model",
    "object",
    "previous_response_id",
    "prompt_cache_key",
    "role",
    "server_url",
    "service_tier",
    "signature",
    "status",
    "stop_reason",
    "tool_call_id",
    "tool_use_id",
    "type",
    "url",
    "vector_store_ids",
];

pub(super) fn is_kept(name: &str) -> bool {
    KEPT_NAMES.binary_search(&name).is_ok()
}

/// Parts of the body that redaction must not change, in order and apart from each other: Anthropic's first
/// block of `system` (it proves which client calls) and its thinking, which is signed; reasoning items of
/// Responses; servers and tools that carry the credentials they are to be called with; files' bytes; and
/// what stands under a name of [`KEPT_NAMES`].
///
/// # Errors
/// [`Malformed`] where the body is no JSON.
pub fn kept(surface: Surface, body: &str) -> Result<Vec<Range<usize>>, Malformed> {
    let mut keeper = Keeper { text: body, kept: Vec::new() };
    let mut scanner = Scanner::new(body);
    let is_messages = matches!(surface, Surface::Messages | Surface::CountTokens);
    if scanner.kind()? == Kind::Object {
        scanner.object(|scanner, name| {
            let kind = scanner.kind()?;
            match &*name {
                "system" if is_messages && kind == Kind::Array => keeper.first(scanner),
                "mcp_servers" if is_messages => keeper.whole(scanner),
                "messages" if is_messages && kind == Kind::Array => keeper.messages(scanner),
                "input" if surface == Surface::Responses && kind == Kind::Array => {
                    keeper.elements(scanner, &["reasoning"])
                }
                "tools" if surface == Surface::Responses && kind == Kind::Array => {
                    keeper.elements(scanner, &["mcp"])
                }
                _ if kind == Kind::String && is_kept(&name) => keeper.whole(scanner),
                _ => keeper.files(scanner, false),
            }
        })?;
    } else {
        keeper.files(&mut scanner, false)?;
    }
    scanner.end()?;
    keeper.kept.sort_unstable_by_key(|range| range.start);
    Ok(keeper.kept)
}

struct Keeper<'a> {
    text: &'a str,
    kept: Vec<Range<usize>>,
}

impl<'a> Keeper<'a> {
    fn whole(&mut self, scanner: &mut Scanner<'a>) -> Result<(), Malformed> {
        self.kept.push(scanner.value()?);
        Ok(())
    }

    fn first(&mut self, scanner: &mut Scanner<'a>) -> Result<(), Malformed> {
        scanner.array(
            |scanner, index| {
                if index == 0 { self.whole(scanner) } else { self.files(scanner, false) }
            },
        )
    }

    fn messages(&mut self, scanner: &mut Scanner<'a>) -> Result<(), Malformed> {
        scanner.array(|scanner, _| {
            if scanner.kind()? != Kind::Object {
                return self.files(scanner, false);
            }
            scanner.object(|scanner, name| match (&*name, scanner.kind()?) {
                ("content", Kind::Array) => {
                    self.elements(scanner, &["thinking", "redacted_thinking"])
                }
                (name, Kind::String) if is_kept(name) => self.whole(scanner),
                _ => self.files(scanner, false),
            })
        })
    }

    /// A list, of which objects of these types are kept.
    fn elements(&mut self, scanner: &mut Scanner<'a>, types: &[&str]) -> Result<(), Malformed> {
        scanner.array(|scanner, _| {
            let mut is_kept = false;
            if scanner.kind()? == Kind::Object {
                look(scanner, |name, kind, span| {
                    if name == "type" && kind == Kind::String {
                        is_kept = types.contains(&&*literal(self.text, span));
                    }
                })?;
            }
            if is_kept { self.whole(scanner) } else { self.files(scanner, false) }
        })
    }

    /// The files' bytes below the value that comes next, and what stands under names that are kept. Within
    /// what the model itself named, arguments of its calls, a name says nothing: that is `free`.
    fn files(&mut self, scanner: &mut Scanner<'a>, free: bool) -> Result<(), Malformed> {
        match scanner.kind()? {
            Kind::Object => {
                let mut bytes = Bytes::default();
                scanner.object(|scanner, name| -> Result<(), Malformed> {
                    let kind = scanner.kind()?;
                    if bytes.note(self.text, scanner, &name, kind)? {
                        return Ok(());
                    }
                    match kind {
                        Kind::String if !free && is_kept(&name) => self.whole(scanner),
                        Kind::Array if !free && name == "vector_store_ids" => self.whole(scanner),
                        _ => self.files(scanner, free || matches!(&*name, "input" | "arguments")),
                    }
                })?;
                self.kept.extend(bytes.bytes());
                Ok(())
            }
            Kind::Array => scanner.array(|scanner, _| self.files(scanner, free)),
            _ => scanner.value().map(drop),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::KEPT_NAMES;

    #[test]
    fn the_list_can_be_searched() {
        assert!(KEPT_NAMES.is_sorted());
    }
}
