//! Reads and writes a whole answer of Chat.

use std::borrow::Cow;

use crate::context::Context;
use crate::fault::{Broken, broken};
use crate::node::{Members, Node};
use crate::pen::{Array, Object, object};
use crate::reply::{Finish, Part, Reply};
use crate::usage::Usage;

/// Reads an answer.
pub(crate) fn read(body: Node<'_>) -> Result<Reply<'_>, Broken> {
    let completion = body.members().ok_or(broken("it is no object"))?;
    let choices = completion.elements("choices");
    let choice = choices.first().and_then(|choice| choice.members());
    let choice = choice.ok_or(broken("it holds no choice"))?;
    let message = choice.get("message").and_then(Node::members);
    let message = message.ok_or(broken("its choice holds no message"))?;
    let mut reply = Reply::default();
    said(&message, &mut |part| reply.parts.push(part));
    for call in message.elements("tool_calls") {
        reply.parts.push(tool_call(call)?);
    }
    let word = choice.text("finish_reason");
    reply.finish = word.map_or(Finish::Stop, |word| finish(&word));
    reply.finish = reply.finish.clone().given(reply.calls(), reply.refuses());
    reply.usage = completion.get("usage").and_then(Usage::chat);
    Ok(reply)
}

/// What a message or a delta says, calls aside, in the order of thinking.
pub(crate) fn said<'a>(message: &Members<'a>, say: &mut impl FnMut(Part<'a>)) {
    let thought = ["reasoning_content", "reasoning"].iter().find_map(|name| message.text(name));
    let mut some = |text: Cow<'a, str>, part: fn(Cow<'a, str>) -> Part<'a>| {
        if !text.is_empty() {
            say(part(text));
        }
    };
    if let Some(thought) = thought {
        some(thought, Part::Thought);
    }
    if let Some(text) = message.text("content") {
        some(text, Part::Text);
    }
    // Some servers give content in parts.
    for part in message.elements("content") {
        let Some(part) = part.members() else { continue };
        if let Some(text) = part.text("text") {
            some(text, Part::Text);
        }
        for thought in part.elements("thinking") {
            if let Some(text) = thought.get("text").and_then(Node::text) {
                some(text, Part::Thought);
            }
        }
    }
    if let Some(refusal) = message.text("refusal") {
        some(refusal, Part::Refusal);
    }
}

fn tool_call(call: Node<'_>) -> Result<Part<'_>, Broken> {
    let call = call.members().ok_or(broken("a tool call is no object"))?;
    let function = call.get("function").and_then(Node::members);
    let custom = call.get("custom").and_then(Node::members);
    let (called, input, custom) = match (function, custom) {
        (Some(function), _) => (function, "arguments", false),
        (None, Some(custom)) => (custom, "input", true),
        (None, None) => return Err(broken("a tool call calls nothing")),
    };
    Ok(Part::Call {
        id: call.text("id").unwrap_or_default(),
        name: called.text("name").ok_or(broken("a tool call names no tool"))?,
        arguments: arguments(&called, input),
        custom,
    })
}

/// Arguments as text; some servers send the object itself.
pub(crate) fn arguments<'a>(called: &Members<'a>, name: &str) -> Cow<'a, str> {
    match called.get(name) {
        None => Cow::Borrowed(""),
        Some(node) => node.text().unwrap_or_else(|| crate::pen::compact(node.raw()).into()),
    }
}

/// Reads the reason of an end.
pub(crate) fn finish(word: &str) -> Finish {
    match word {
        "length" => Finish::Length,
        "tool_calls" | "function_call" => Finish::ToolCalls,
        "content_filter" => Finish::ContentFilter,
        _ => Finish::Stop,
    }
}

/// The word for the reason of an end. A refusal in words ends like any answer.
pub(crate) const fn finish_reason(finish: &Finish, refusal_in_words: bool) -> &'static str {
    match finish {
        Finish::Stop | Finish::StopSequence(_) => "stop",
        Finish::Length => "length",
        Finish::ToolCalls => "tool_calls",
        Finish::Refusal if refusal_in_words => "stop",
        Finish::Refusal | Finish::ContentFilter => "content_filter",
    }
}

/// Writes an answer.
pub(crate) fn write(reply: &Reply<'_>, context: &Context) -> Vec<u8> {
    let mut out = Vec::new();
    object(&mut out, |o| {
        o.text("id", &format!("chatcmpl-{}", context.answer_id));
        o.text("object", "chat.completion");
        o.signed("created", context.created_unix_s);
        o.text("model", &context.model);
        o.array("choices", |a| {
            a.object(|o| {
                o.index("index", 0);
                o.object("message", |o| message(o, reply));
                o.null("logprobs");
                o.text("finish_reason", finish_reason(&reply.finish, reply.refuses()));
            });
        });
        if let Some(usage) = &reply.usage {
            usage.write_chat(o);
        }
    });
    out
}

fn message(o: &mut Object<'_>, reply: &Reply<'_>) {
    let mut thought = String::new();
    let mut text: Option<String> = None;
    let mut refusal: Option<String> = None;
    for part in &reply.parts {
        match part {
            Part::Thought(more) => thought.push_str(more),
            Part::Text(more) => text.get_or_insert_default().push_str(more),
            Part::Refusal(more) => refusal.get_or_insert_default().push_str(more),
            Part::Call { .. } => {}
        }
    }
    // An answer of nothing is still a text; one of tools or a refusal alone is none.
    if text.is_none() && refusal.is_none() && !reply.calls() {
        text = Some(String::new());
    }
    o.text("role", "assistant");
    o.text_or_null("content", text.as_deref());
    o.text_or_null("refusal", refusal.as_deref());
    if !thought.is_empty() {
        o.text("reasoning_content", &thought);
    }
    if reply.calls() {
        o.array("tool_calls", |a| reply.parts.iter().for_each(|part| write_call(a, part)));
    }
}

fn write_call(a: &mut Array<'_>, part: &Part<'_>) {
    let Part::Call { id, name, arguments, custom } = part else { return };
    let (kind, input) = if *custom { ("custom", "input") } else { ("function", "arguments") };
    a.object(|o| {
        o.text("id", id);
        o.text("type", kind);
        o.object(kind, |o| {
            o.text("name", name);
            o.text(input, arguments);
        });
    });
}
