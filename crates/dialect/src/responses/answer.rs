//! Reads and writes a whole answer of Responses.

use std::borrow::Cow;

use super::response::{Outcome, item, response};
use crate::context::Context;
use crate::fault::{Broken, broken};
use crate::node::{Members, Node};
use crate::pen::object;
use crate::reply::{Finish, Part, Reply};
use crate::usage::Usage;

/// Reads an answer.
pub(crate) fn read(body: Node<'_>) -> Result<Reply<'_>, Broken> {
    let fields = body.members().ok_or(broken("it is no object"))?;
    let output = fields.get("output").and_then(Node::elements);
    let mut reply = Reply::default();
    for item in output.ok_or(broken("it holds no output"))? {
        let Some(item) = item.members() else { continue };
        parts(&item, &mut reply.parts)?;
    }
    let end = finish(&fields).ok_or(broken("it is not complete"))?;
    reply.finish = end.given(reply.calls(), reply.refuses());
    reply.usage = fields.get("usage").and_then(Usage::responses);
    Ok(reply)
}

fn parts<'a>(item: &Members<'a>, parts: &mut Vec<Part<'a>>) -> Result<(), Broken> {
    let mut some = |text: Option<Cow<'a, str>>, part: fn(Cow<'a, str>) -> Part<'a>| {
        parts.extend(text.filter(|text| !text.is_empty()).map(part));
    };
    match &*item.text("type").unwrap_or_default() {
        "message" => {
            for part in item.elements("content") {
                let Some(part) = part.members() else { continue };
                some(part.text("text"), Part::Text);
                some(part.text("refusal"), Part::Refusal);
            }
        }
        "reasoning" => {
            for part in item.elements("summary").into_iter().chain(item.elements("content")) {
                some(part.get("text").and_then(Node::text), Part::Thought);
            }
        }
        "function_call" => parts.push(call(item, "arguments", false)?),
        "custom_tool_call" => parts.push(call(item, "input", true)?),
        // Items of tools that run at the provider do not come, since none are asked for.
        _ => {}
    }
    Ok(())
}

fn call<'a>(item: &Members<'a>, input: &str, custom: bool) -> Result<Part<'a>, Broken> {
    Ok(Part::Call {
        id: item.text("call_id").unwrap_or_default(),
        name: item.text("name").ok_or(broken("a function call names no function"))?,
        arguments: item.text(input).unwrap_or_default(),
        custom,
    })
}

/// Reads the reason of an end; none where it has not ended well.
pub(crate) fn finish(fields: &Members<'_>) -> Option<Finish> {
    match &*fields.text("status").unwrap_or(Cow::Borrowed("completed")) {
        "completed" => Some(Finish::Stop),
        "incomplete" => {
            let reason = fields.get("incomplete_details").and_then(|node| node.get("reason"));
            match reason.and_then(Node::text).as_deref() {
                Some("content_filter") => Some(Finish::ContentFilter),
                _ => Some(Finish::Length),
            }
        }
        _ => None,
    }
}

/// Writes an answer.
pub(crate) fn write(reply: &Reply<'_>, context: &Context) -> Vec<u8> {
    let items: Vec<Vec<u8>> = reply
        .parts
        .iter()
        .enumerate()
        .map(|(index, part)| {
            let cut = index + 1 == reply.parts.len() && reply.finish.cuts(reply.refuses());
            item(context, index, part, if cut { "incomplete" } else { "completed" })
        })
        .collect();
    let outcome = Outcome::of(&reply.finish, reply.refuses());
    let mut out = Vec::new();
    object(&mut out, |o| response(o, context, &outcome, &items, reply.usage.as_ref()));
    out
}
