//! Reads and writes a whole answer of Messages.

use std::borrow::Cow;

use crate::context::Context;
use crate::custom;
use crate::fault::{Broken, broken};
use crate::node::{Members, Node};
use crate::pen::{Array, compact, object};
use crate::reply::{Finish, Part, Reply};
use crate::usage::Usage;

/// Reads an answer.
pub(crate) fn read(body: Node<'_>) -> Result<Reply<'_>, Broken> {
    let message = body.members().ok_or(broken("it is no object"))?;
    let content = message.get("content").and_then(Node::elements);
    let mut reply = Reply::default();
    for block in content.ok_or(broken("it holds no content"))? {
        if let Some(part) = block.members().and_then(|block| part(&block)) {
            reply.parts.push(part);
        }
    }
    let (end, explained) = finish(&message);
    reply.parts.extend(explained.map(Part::Refusal));
    reply.finish = end.given(reply.calls(), reply.refuses());
    reply.usage = message.get("usage").and_then(Usage::messages);
    Ok(reply)
}

/// A block as a part. Redacted thoughts cannot be read, and blocks of tools that run at the provider
/// do not come, since none are asked for.
fn part<'a>(block: &Members<'a>) -> Option<Part<'a>> {
    let some = |text: Cow<'a, str>| (!text.is_empty()).then_some(text);
    match &*block.text("type")? {
        "text" => some(block.text("text")?).map(Part::Text),
        "thinking" => some(block.text("thinking")?).map(Part::Thought),
        "tool_use" => Some(Part::Call {
            id: block.text("id").unwrap_or_default(),
            name: block.text("name")?,
            arguments: compact(block.get("input").map_or("{}", Node::raw)).into(),
            custom: false,
        }),
        _ => None,
    }
}

/// Reads the reason of an end, and what the provider says about a refusal.
pub(crate) fn finish<'a>(fields: &Members<'a>) -> (Finish, Option<Cow<'a, str>>) {
    let details = fields.get("stop_details").and_then(Node::members);
    let word = fields.text("stop_reason").unwrap_or_default();
    let finish = match &*word {
        "max_tokens" | "model_context_window_exceeded" => Finish::Length,
        "tool_use" => Finish::ToolCalls,
        "stop_sequence" => {
            let stop = fields.text("stop_sequence").unwrap_or_default();
            Finish::StopSequence(stop.into_owned())
        }
        "refusal" => {
            let explained = details.and_then(|details| details.text("explanation"));
            return (Finish::Refusal, explained.filter(|text| !text.is_empty()));
        }
        // `pause_turn` comes from tools that run at the provider, which are not asked for.
        _ => Finish::Stop,
    };
    (finish, None)
}

/// The word for the reason of an end.
pub(crate) const fn stop_reason(finish: &Finish) -> &'static str {
    match finish {
        Finish::Stop => "end_turn",
        Finish::StopSequence(_) => "stop_sequence",
        Finish::Length => "max_tokens",
        Finish::ToolCalls => "tool_use",
        Finish::Refusal | Finish::ContentFilter => "refusal",
    }
}

/// The stop sequence that ended the answer.
pub(crate) fn stop_sequence(finish: &Finish) -> Option<&str> {
    if let Finish::StopSequence(stop) = finish { Some(stop) } else { None }
}

/// Writes an answer.
pub(crate) fn write(reply: &Reply<'_>, context: &Context) -> Vec<u8> {
    let mut out = Vec::new();
    let estimate =
        || Usage::estimate(context.input_tokens_estimate, reply.bytes().try_into().unwrap_or(0));
    object(&mut out, |o| {
        o.text("id", &format!("msg_{}", context.answer_id));
        o.text("type", "message");
        o.text("role", "assistant");
        o.text("model", &context.model);
        o.array("content", |a| reply.parts.iter().for_each(|part| block(a, part)));
        o.text("stop_reason", stop_reason(&reply.finish));
        o.text_or_null("stop_sequence", stop_sequence(&reply.finish));
        reply.usage.unwrap_or_else(estimate).write_messages(o);
    });
    out
}

fn block(a: &mut Array<'_>, part: &Part<'_>) {
    a.object(|o| match part {
        Part::Thought(thought) => {
            o.text("type", "thinking");
            o.text("thinking", thought);
            o.text("signature", "");
        }
        Part::Text(text) | Part::Refusal(text) => {
            o.text("type", "text");
            o.text("text", text);
        }
        Part::Call { id, name, arguments, custom } => {
            o.text("type", "tool_use");
            o.text("id", id);
            o.text("name", name);
            let wrapped = custom.then(|| custom::wrapped(arguments));
            o.raw("input", &custom::object(wrapped.as_deref().unwrap_or(arguments)));
        }
    });
}
