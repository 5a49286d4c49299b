//! Responses' object of an answer, whole or on its way, and the items of its output.

use crate::context::Context;
use crate::fields::Fields;
use crate::node::Node;
use crate::pen::{self, Object, compact, object};
use crate::reply::{Finish, Part};
use crate::usage::Usage;

/// How far an answer is, or how it ended.
pub(crate) enum Outcome<'f> {
    InProgress,
    Completed,
    Incomplete(&'static str),
    Failed { code: &'f str, message: &'f str },
}

/// Fields of the request that the answer repeats, and what stands there otherwise.
const ECHOED: [(&str, &str); 14] = [
    ("instructions", "null"),
    ("max_output_tokens", "null"),
    ("metadata", "{}"),
    ("parallel_tool_calls", "true"),
    ("previous_response_id", "null"),
    ("prompt_cache_key", "null"),
    ("reasoning", r#"{"effort":null,"summary":null}"#),
    ("safety_identifier", "null"),
    ("temperature", "null"),
    ("text", r#"{"format":{"type":"text"}}"#),
    ("tool_choice", r#""auto""#),
    ("tools", "[]"),
    ("top_p", "null"),
    ("truncation", r#""disabled""#),
];

/// What an answer repeats of its request: the inside of an object.
pub(crate) fn echo(body: Node<'_>) -> String {
    let Ok(fields) = Fields::open(body, crate::fault::Path::ROOT) else { return String::new() };
    let members = ECHOED.iter().map(|(name, otherwise)| {
        let value = fields.get(name).map_or((*otherwise).to_owned(), |node| compact(node.raw()));
        format!("\"{name}\":{value}")
    });
    members.collect::<Vec<_>>().join(",")
}

impl Outcome<'_> {
    /// How an answer ended. A refusal in words is an answer like any other.
    pub(crate) const fn of(finish: &Finish, refusal_in_words: bool) -> Self {
        match finish {
            Finish::Length => Self::Incomplete("max_output_tokens"),
            Finish::ContentFilter => Self::Incomplete("content_filter"),
            Finish::Refusal if !refusal_in_words => Self::Incomplete("content_filter"),
            Finish::Stop | Finish::StopSequence(_) | Finish::ToolCalls | Finish::Refusal => {
                Self::Completed
            }
        }
    }

    /// The word of the status.
    pub(crate) const fn status(&self) -> &'static str {
        match self {
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Incomplete(_) => "incomplete",
            Self::Failed { .. } => "failed",
        }
    }
}

/// Writes the object.
pub(crate) fn response(
    o: &mut Object<'_>,
    context: &Context,
    outcome: &Outcome<'_>,
    items: &[Vec<u8>],
    usage: Option<&Usage>,
) {
    o.text("id", &format!("resp_{}", context.answer_id));
    o.text("object", "response");
    o.signed("created_at", context.created_unix_s);
    o.text("status", outcome.status());
    match outcome {
        Outcome::Failed { code, message } => o.object("error", |o| {
            o.text("code", code);
            o.text("message", message);
        }),
        _ => o.null("error"),
    }
    match outcome {
        Outcome::Incomplete(reason) => {
            o.object("incomplete_details", |o| o.text("reason", reason));
        }
        _ => o.null("incomplete_details"),
    }
    o.flag("background", false);
    o.text("model", &context.model);
    o.array("output", |a| items.iter().for_each(|item| a.raw(item)));
    o.flag("store", false);
    match usage {
        Some(usage) => usage.write_responses(o),
        None => o.null("usage"),
    }
    o.members(&context.echo);
}

/// The id of an item.
pub(crate) fn item_id(context: &Context, index: usize, part: &Part<'_>) -> String {
    let prefix = match part {
        Part::Thought(_) => "rs",
        Part::Text(_) | Part::Refusal(_) => "msg",
        Part::Call { custom: false, .. } => "fc",
        Part::Call { custom: true, .. } => "ctc",
    };
    format!("{prefix}_{}_{index}", context.answer_id)
}

/// An item of the output.
pub(crate) fn item(context: &Context, index: usize, part: &Part<'_>, status: &str) -> Vec<u8> {
    let mut out = Vec::new();
    object(&mut out, |o| {
        o.text("id", &item_id(context, index, part));
        match part {
            Part::Thought(_) => {
                o.text("type", "reasoning");
                o.array("summary", |a| {
                    if part.bytes() > 0 {
                        a.object(|o| content(o, part));
                    }
                });
            }
            Part::Text(_) | Part::Refusal(_) => {
                o.text("type", "message");
                o.text("status", status);
                o.text("role", "assistant");
                o.array("content", |a| {
                    if part.bytes() > 0 {
                        a.object(|o| content(o, part));
                    }
                });
            }
            Part::Call { id, name, arguments, custom } => {
                o.text("type", if *custom { "custom_tool_call" } else { "function_call" });
                o.text("status", status);
                o.text("call_id", id);
                let (group, name) = context.home(name);
                o.maybe_text("namespace", group);
                o.text("name", name);
                o.text(if *custom { "input" } else { "arguments" }, arguments);
            }
        }
    });
    out
}

/// The inside of a piece of content.
pub(crate) fn content(o: &mut Object<'_>, part: &Part<'_>) {
    match part {
        Part::Thought(text) => {
            o.text("type", "summary_text");
            o.text("text", text);
        }
        Part::Text(text) => {
            o.text("type", "output_text");
            o.text("text", text);
            o.array("annotations", |_: &mut pen::Array<'_>| {});
        }
        Part::Refusal(text) => {
            o.text("type", "refusal");
            o.text("refusal", text);
        }
        Part::Call { .. } => {}
    }
}
