//! The input of Responses, and definitions of tools.

use super::Channel;
use super::chat::{message, role, word};
use super::ear::{Ear, Place};
use crate::json::{Kind, Malformed, Scanner};

/// `input`, as a list.
pub(super) fn items<'a>(ear: &mut Ear<'a>, scanner: &mut Scanner<'a>) -> Result<(), Malformed> {
    scanner.array(|scanner, index| {
        let mark = ear.enter_at(index);
        if scanner.kind()? == Kind::Object {
            item(ear, scanner)?;
        } else {
            ear.leaves(scanner, Place::of(Channel::User), "input")?;
        }
        ear.leave(mark);
        Ok(())
    })
}

fn item<'a>(ear: &mut Ear<'a>, scanner: &mut Scanner<'a>) -> Result<(), Malformed> {
    let kind = word(ear, scanner, "type")?;
    let role = role(ear, scanner)?;
    match (&*kind, role) {
        ("message" | "", role) => message(ear, scanner, role.unwrap_or(Channel::User)),
        ("reasoning" | "mcp_list_tools" | "mcp_approval_request", _) => {
            ear.leaves(scanner, Place::of(Channel::System), "")
        }
        ("mcp_approval_response", _) => ear.leaves(scanner, Place::of(Channel::User), ""),
        (kind, _) if kind.ends_with("_call") => call(ear, scanner),
        (kind, Some(role)) if !kind.ends_with("_output") => message(ear, scanner, role),
        // Outputs of tools; and what is not known and has no speaker did not come from a person.
        _ => ear.leaves(scanner, Place::of(Channel::Tool), ""),
    }
}

/// A call of a tool. Those that ran at the provider hold what came of it as well.
fn call<'a>(ear: &mut Ear<'a>, scanner: &mut Scanner<'a>) -> Result<(), Malformed> {
    ear.object(scanner, Place::of(Channel::System), &mut |ear, scanner, name| {
        let place = match name {
            "error" | "output" | "outputs" | "result" | "results" => Place::of(Channel::Tool),
            // The arguments of a tool have the tool's own names.
            "arguments" | "input" => Place::free(Channel::System),
            _ => Place::of(Channel::System),
        };
        ear.leaves(scanner, place, name)
    })
}

/// `prompt`: a text that the provider keeps, and what to put into it.
pub(super) fn template<'a>(ear: &mut Ear<'a>, scanner: &mut Scanner<'a>) -> Result<(), Malformed> {
    let user = Place::of(Channel::User);
    ear.object(scanner, user, &mut |ear, scanner, name| match (name, scanner.kind()?) {
        ("version", _) => scanner.value().map(drop),
        ("variables", Kind::Object) => scanner.object(|scanner, name| {
            let mark = ear.enter(&name);
            // A variable may be called anything; a part that stands for one has the protocol's names.
            let is_text = scanner.kind()? == Kind::String;
            ear.leaves(scanner, if is_text { Place::free(Channel::User) } else { user }, &name)?;
            ear.leave(mark);
            Ok(())
        }),
        _ => ear.leaves(scanner, user, name),
    })
}

/// `tools`: the model reads their names, descriptions and schemas, and not how they are reached.
pub(super) fn tools<'a>(ear: &mut Ear<'a>, scanner: &mut Scanner<'a>) -> Result<(), Malformed> {
    let system = Place::of(Channel::System);
    scanner.array(|scanner, index| {
        let mark = ear.enter_at(index);
        if scanner.kind()? == Kind::Object {
            ear.object(scanner, system, &mut |ear, scanner, name| match name {
                "headers" => scanner.value().map(drop),
                _ => ear.leaves(scanner, system, name),
            })?;
        } else {
            ear.leaves(scanner, system, "")?;
        }
        ear.leave(mark);
        Ok(())
    })
}
