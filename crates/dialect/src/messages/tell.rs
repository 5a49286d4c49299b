//! Writes the stream of Messages, in the order that its reference gives: `message_start`, each block
//! from its start to its stop, `message_delta`, `message_stop`.

use super::answer::{stop_reason, stop_sequence};
use crate::context::Context;
use crate::custom;
use crate::pen::{Array, Object, event};
use crate::reply::{Finish, Part};
use crate::usage::Usage;

/// What has been told.
#[derive(Debug, Default)]
pub(crate) struct Mouth {
    /// The number of the block that is open, or comes next.
    block: usize,
    /// The text of a custom tool, which is told as the function that stands for it, when complete.
    custom: Option<String>,
}

impl Mouth {
    /// Begins. Clients count on input tokens that are not zero here, although the provider may tell
    /// them only at the end; until then our own count stands for them.
    pub(crate) fn begin(&self, context: &Context, usage: Option<&Usage>, out: &mut Vec<u8>) {
        let estimate = Usage::estimate(context.input_tokens_estimate, 0);
        let known = usage.filter(|usage| usage.input > 0);
        event(out, Some("message_start"), |o| {
            o.text("type", "message_start");
            o.object("message", |o| {
                o.text("id", &format!("msg_{}", context.answer_id));
                o.text("type", "message");
                o.text("role", "assistant");
                o.text("model", &context.model);
                o.array("content", |_: &mut Array<'_>| {});
                o.null("stop_reason");
                o.null("stop_sequence");
                known.unwrap_or(&estimate).write_messages(o);
            });
        });
    }

    pub(crate) fn open(&mut self, part: &Part<'_>, out: &mut Vec<u8>) {
        if let Part::Call { custom: true, .. } = part {
            self.custom = Some(String::new());
        }
        self.block(out, "content_block_start", |o| {
            o.object("content_block", |o| match part {
                Part::Thought(_) => {
                    o.text("type", "thinking");
                    o.text("thinking", "");
                    o.text("signature", "");
                }
                Part::Text(_) | Part::Refusal(_) => {
                    o.text("type", "text");
                    o.text("text", "");
                }
                Part::Call { id, name, .. } => {
                    o.text("type", "tool_use");
                    o.text("id", id);
                    o.text("name", name);
                    o.object("input", |_: &mut Object<'_>| {});
                }
            });
        });
    }

    pub(crate) fn more(&mut self, part: &Part<'_>, text: &str, out: &mut Vec<u8>) {
        if let Some(held) = &mut self.custom {
            held.push_str(text);
            return;
        }
        let (kind, field) = match part {
            Part::Thought(_) => ("thinking_delta", "thinking"),
            Part::Text(_) | Part::Refusal(_) => ("text_delta", "text"),
            Part::Call { .. } => ("input_json_delta", "partial_json"),
        };
        self.delta(out, kind, field, text);
    }

    pub(crate) fn close(&mut self, out: &mut Vec<u8>) {
        if let Some(held) = self.custom.take() {
            self.delta(out, "input_json_delta", "partial_json", &custom::wrapped(&held));
        }
        self.block(out, "content_block_stop", |_| {});
        self.block += 1;
    }

    pub(crate) fn finish(&self, finish: &Finish, usage: &Usage, out: &mut Vec<u8>) {
        event(out, Some("message_delta"), |o| {
            o.text("type", "message_delta");
            o.object("delta", |o| {
                o.text("stop_reason", stop_reason(finish));
                o.text_or_null("stop_sequence", stop_sequence(finish));
            });
            usage.write_messages(o);
        });
        event(out, Some("message_stop"), |o| o.text("type", "message_stop"));
    }

    fn delta(&self, out: &mut Vec<u8>, kind: &str, field: &str, text: &str) {
        self.block(out, "content_block_delta", |o| {
            o.object("delta", |o| {
                o.text("type", kind);
                o.text(field, text);
            });
        });
    }

    fn block(&self, out: &mut Vec<u8>, name: &str, fill: impl FnOnce(&mut Object<'_>)) {
        event(out, Some(name), |o| {
            o.text("type", name);
            o.index("index", self.block);
            fill(o);
        });
    }
}
