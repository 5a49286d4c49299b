//! Writes the stream of Chat: the role, deltas, the reason of the end, usage if asked for, `[DONE]`.

use super::answer::finish_reason;
use crate::context::Context;
use crate::pen::{Array, Object, event};
use crate::reply::{Finish, Part};
use crate::usage::Usage;

/// What has been told.
#[derive(Debug, Default)]
pub(crate) struct Mouth {
    calls: usize,
    refused: bool,
}

impl Mouth {
    pub(crate) fn begin(&self, context: &Context, out: &mut Vec<u8>) {
        chunk(context, out, None, |o| {
            o.text("role", "assistant");
            o.text("content", "");
        });
    }

    pub(crate) fn open(&mut self, context: &Context, part: &Part<'_>, out: &mut Vec<u8>) {
        self.refused |= matches!(part, Part::Refusal(_));
        let Part::Call { id, name, custom, .. } = part else { return };
        let index = self.calls;
        self.calls += 1;
        let (kind, input) = if *custom { ("custom", "input") } else { ("function", "arguments") };
        tool_call(context, out, index, |o| {
            o.text("id", id);
            o.text("type", kind);
            o.object(kind, |o| {
                o.text("name", name);
                o.text(input, "");
            });
        });
    }

    pub(crate) fn more(&self, context: &Context, part: &Part<'_>, text: &str, out: &mut Vec<u8>) {
        match part {
            Part::Thought(_) => chunk(context, out, None, |o| o.text("reasoning_content", text)),
            Part::Text(_) => chunk(context, out, None, |o| o.text("content", text)),
            Part::Refusal(_) => chunk(context, out, None, |o| o.text("refusal", text)),
            Part::Call { custom, .. } => {
                let (kind, input) =
                    if *custom { ("custom", "input") } else { ("function", "arguments") };
                let index = self.calls.saturating_sub(1);
                tool_call(context, out, index, |o| o.object(kind, |o| o.text(input, text)));
            }
        }
    }

    pub(crate) fn finish(
        &self,
        context: &Context,
        finish: &Finish,
        usage: Option<&Usage>,
        out: &mut Vec<u8>,
    ) {
        chunk(context, out, Some(finish_reason(finish, self.refused)), |_| {});
        if context.include_usage
            && let Some(usage) = usage
        {
            event(out, None, |o| {
                head(context, o);
                o.array("choices", |_: &mut Array<'_>| {});
                usage.write_chat(o);
            });
        }
        out.extend_from_slice(b"data: [DONE]\n\n");
    }
}

fn head(context: &Context, o: &mut Object<'_>) {
    o.text("id", &format!("chatcmpl-{}", context.answer_id));
    o.text("object", "chat.completion.chunk");
    o.signed("created", context.created_unix_s);
    o.text("model", &context.model);
}

fn chunk(
    context: &Context,
    out: &mut Vec<u8>,
    finish_reason: Option<&str>,
    delta: impl FnOnce(&mut Object<'_>),
) {
    event(out, None, |o| {
        head(context, o);
        o.array("choices", |a| {
            a.object(|o| {
                o.index("index", 0);
                o.object("delta", delta);
                o.null("logprobs");
                o.text_or_null("finish_reason", finish_reason);
            });
        });
        if context.include_usage {
            o.null("usage");
        }
    });
}

fn tool_call(
    context: &Context,
    out: &mut Vec<u8>,
    index: usize,
    fill: impl FnOnce(&mut Object<'_>),
) {
    chunk(context, out, None, |o| {
        o.array("tool_calls", |a| {
            a.object(|o| {
                o.index("index", index);
                fill(o);
            });
        });
    });
}
