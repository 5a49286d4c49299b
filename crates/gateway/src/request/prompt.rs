//! The shape of what is said to the model: messages, input items, prompts. Only as much of it is looked
//! at as routing needs: whether there are images, and whether reasoning comes back that one account
//! alone can read.

use std::borrow::Cow;

use domain::provider::Capability;

use super::field::{expect, invalid, says_something};
use super::{Invalid, Needs};
use crate::origin::Mark;
use speech::json::{Kind, Scanner, unescape};

/// Most messages, input items or prompts of a request.
pub const ELEMENTS_MAX: usize = 100_000;

/// What was found on the way.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub(super) needs: Needs,
    /// Encrypted reasoning, or a reference to a stored item.
    pub(super) bound_to_account: bool,
    /// Marks of what is encrypted.
    pub(super) marks: Vec<Mark>,
    /// Marks of items that the provider is asked to find again by their ids.
    pub(super) stored: Vec<Mark>,
    /// A file that the provider keeps.
    file: bool,
}

/// Why a stored file is refused. Nothing can be stored through this gateway, so whatever has an id was stored
/// by somebody else, and the provider gives it to whoever has the operator's key, as all tenants have.
pub(super) const STORED_FILE: &str =
    "what a provider keeps under an id may be somebody else's; send the content itself";

impl Found {
    /// Refuses a file that is named by its id.
    fn own_files(&self, field: impl FnOnce() -> String) -> Result<(), Invalid> {
        if self.file { Err(invalid(field(), STORED_FILE)) } else { Ok(()) }
    }
}

/// `messages` of a chat or of Anthropic's dialect: objects with a role.
pub(super) fn messages(text: &str, scanner: &mut Scanner<'_>) -> Result<Found, Invalid> {
    expect(scanner, "messages", Kind::Array, "it must be an array")?;
    let mut found = Found::default();
    let mut count = 0;
    scanner.array(|scanner, index| {
        count = bounded("messages", index)?;
        message(text, scanner, index, &mut found)?;
        found.own_files(|| format!("messages[{index}]"))
    })?;
    if count == 0 { Err(invalid("messages", "it is empty")) } else { Ok(found) }
}

/// `input` of a response: a text, or items.
pub(super) fn items(text: &str, scanner: &mut Scanner<'_>) -> Result<Found, Invalid> {
    let mut found = Found::default();
    match scanner.kind()? {
        Kind::String => {
            scanner.value()?;
        }
        Kind::Array => scanner.array(|scanner, index| -> Result<(), Invalid> {
            bounded("input", index)?;
            if scanner.kind()? != Kind::Object {
                return Err(invalid(format!("input[{index}]"), "it must be an object"));
            }
            part(text, scanner, &mut found)?;
            found.own_files(|| format!("input[{index}]"))
        })?,
        _ => return Err(invalid("input", "it must be a string or an array")),
    }
    Ok(found)
}

/// `input` of embeddings or `prompt` of a completion: one text, one list of tokens, or several of
/// either. Gives how many.
pub(super) fn texts(scanner: &mut Scanner<'_>, field: &str) -> Result<u64, Invalid> {
    match scanner.kind()? {
        Kind::String => {
            scanner.value()?;
            Ok(1)
        }
        Kind::Array => {
            let (mut count, mut tokens) = (0_u64, false);
            scanner.array(|scanner, index| -> Result<(), Invalid> {
                bounded(field, index)?;
                let kind = scanner.kind()?;
                let is_token = kind == Kind::Number;
                if !matches!(kind, Kind::Number | Kind::String | Kind::Array | Kind::Object)
                    || (index > 0 && is_token != tokens)
                {
                    let at = format!("{field}[{index}]");
                    return Err(invalid(at, "it must be a string or a list of tokens"));
                }
                tokens = is_token;
                count += 1;
                scanner.value()?;
                Ok(())
            })?;
            match (count, tokens) {
                (0, _) => Err(invalid(field, "it is empty")),
                (_, true) => Ok(1),
                (count, false) => Ok(count),
            }
        }
        _ => Err(invalid(field, "it must be a string or an array")),
    }
}

fn bounded(field: &str, index: usize) -> Result<usize, Invalid> {
    if index >= ELEMENTS_MAX {
        return Err(invalid(field, format!("it has more than {ELEMENTS_MAX} elements")));
    }
    Ok(index + 1)
}

fn message(
    text: &str,
    scanner: &mut Scanner<'_>,
    index: usize,
    found: &mut Found,
) -> Result<(), Invalid> {
    if scanner.kind()? != Kind::Object {
        return Err(invalid(format!("messages[{index}]"), "it must be an object"));
    }
    let role = || format!("messages[{index}].role");
    let mut has_role = false;
    scanner.object(|scanner, name| -> Result<(), Invalid> {
        match &*name {
            "role" => {
                if has_role {
                    return Err(invalid(role(), "it is given twice"));
                }
                has_role = true;
                if scanner.kind()? != Kind::String {
                    return Err(invalid(role(), "it must be a string"));
                }
                let span = scanner.value()?;
                match unescape(text, span.start + 1..span.end - 1) {
                    Some(word) if !word.is_empty() => Ok(()),
                    _ => Err(invalid(role(), "it is empty")),
                }
            }
            "content" => parts(text, scanner, found),
            _ => {
                scanner.value()?;
                Ok(())
            }
        }
    })?;
    if has_role { Ok(()) } else { Err(invalid(role(), "it is missing")) }
}

/// Content that is a list of parts; of any other shape it is only passed over.
fn parts(text: &str, scanner: &mut Scanner<'_>, found: &mut Found) -> Result<(), Invalid> {
    if scanner.kind()? != Kind::Array {
        scanner.value()?;
        return Ok(());
    }
    scanner.array(|scanner, _| {
        if scanner.kind()? == Kind::Object {
            part(text, scanner, found)
        } else {
            scanner.value()?;
            Ok(())
        }
    })
}

/// An object with a type: a part of a message, or an input item, whose own content is looked through too.
fn part(text: &str, scanner: &mut Scanner<'_>, found: &mut Found) -> Result<(), Invalid> {
    let mut id = None;
    let (mut refers, mut sealed_here) = (false, false);
    scanner.object(|scanner, name| -> Result<(), Invalid> {
        let kind = scanner.kind()?;
        match (&*name, kind) {
            ("content" | "output", Kind::Array) => parts(text, scanner, found),
            ("type", Kind::String) => {
                let span = scanner.value()?;
                let word =
                    unescape(text, span.start + 1..span.end - 1).unwrap_or(Cow::Borrowed(""));
                match &*word {
                    "image" | "image_url" | "input_image" => found.needs.add(Capability::Images),
                    "item_reference" => refers = true,
                    _ => {}
                }
                Ok(())
            }
            ("file_id", Kind::String) => {
                found.file |= says_something(text, scanner)?;
                Ok(())
            }
            ("source" | "file" | "image_url", Kind::Object) => {
                scanner.object(|scanner, name| -> Result<(), Invalid> {
                    let says = says_something(text, scanner)?;
                    found.file |= name == "file_id" && says;
                    Ok(())
                })
            }
            ("encrypted_content", Kind::String) => {
                let span = scanner.value()?;
                if let Some(sealed) = unescape(text, span.start + 1..span.end - 1)
                    && !sealed.is_empty()
                {
                    sealed_here = true;
                    found.marks.push(Mark::of(&sealed));
                }
                Ok(())
            }
            ("id", Kind::String) => {
                let span = scanner.value()?;
                id = unescape(text, span.start + 1..span.end - 1);
                Ok(())
            }
            _ => {
                scanner.value()?;
                Ok(())
            }
        }
    })?;
    found.bound_to_account |= refers || sealed_here;
    let mark = id.filter(|id| !id.is_empty()).map(|id| Mark::of(&id));
    if refers {
        found.stored.extend(mark);
    } else if sealed_here {
        found.marks.extend(mark);
    }
    Ok(())
}

/// `tools`, of which none may look into what a provider keeps under an id. Says whether there are any.
pub(super) fn tools(text: &str, scanner: &mut Scanner<'_>, field: &str) -> Result<bool, Invalid> {
    if scanner.kind()? != Kind::Array {
        return says_something(text, scanner);
    }
    let mut any = false;
    scanner.array(|scanner, index| -> Result<(), Invalid> {
        any = true;
        bounded(field, index)?;
        if scanner.kind()? != Kind::Object {
            scanner.value()?;
            return Ok(());
        }
        let stored = |name: &str| invalid(format!("{field}[{index}].{name}"), STORED_FILE);
        scanner.object(|scanner, name| -> Result<(), Invalid> {
            match (&*name, scanner.kind()?) {
                ("vector_store_ids", _) if says_something(text, scanner)? => Err(stored(&name)),
                ("vector_store_ids", _) => Ok(()),
                ("container", Kind::Object) => scanner.object(|scanner, inner| {
                    let says = says_something(text, scanner)?;
                    if inner == "file_ids" && says {
                        Err(stored("container.file_ids"))
                    } else {
                        Ok(())
                    }
                }),
                _ => {
                    scanner.value()?;
                    Ok(())
                }
            }
        })
    })?;
    Ok(any)
}
