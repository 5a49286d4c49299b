//! Reads the stream of Messages.

use std::borrow::Cow;

use super::answer::finish;
use crate::delta::{Delta, Key, Kind};
use crate::failure::Failure;
use crate::fault::{Broken, broken};
use crate::node::{Members, Node};
use crate::pen::compact;
use crate::usage::Usage;

/// Where the explanation of a refusal goes, which belongs to no block.
const EXPLAINED: Key = Key::MAX;

/// What has been heard.
#[derive(Debug, Default)]
pub(crate) struct Ear {
    usage: Usage,
}

impl Ear {
    /// Reads one event.
    pub(crate) fn hear<'a>(
        &mut self,
        event: Node<'a>,
        deltas: &mut Vec<Delta<'a>>,
    ) -> Result<(), Broken> {
        let fields = event.members().ok_or(broken("an event is no object"))?;
        match &*fields.text("type").unwrap_or_default() {
            "message_start" => {
                let message = fields.get("message").and_then(Node::members).unwrap_or_default();
                self.usage(&message, deltas);
                deltas.push(Delta::Begin);
            }
            "content_block_start" => {
                let block = fields.get("content_block").and_then(Node::members);
                let block = block.ok_or(broken("a block that starts is none"))?;
                start(index(&fields)?, &block, deltas)?;
            }
            "content_block_delta" => {
                let delta = fields.get("delta").and_then(Node::members);
                more(index(&fields)?, &delta.ok_or(broken("a delta is none"))?, deltas);
            }
            "content_block_stop" => deltas.push(Delta::End { key: index(&fields)? }),
            "message_delta" => {
                self.usage(&fields, deltas);
                let delta = fields.get("delta").and_then(Node::members).unwrap_or_default();
                if delta.get("stop_reason").is_some() {
                    let (finish, explained) = finish(&delta);
                    if let Some(text) = explained {
                        deltas.push(Delta::Text { key: EXPLAINED, kind: Kind::Refusal, text });
                    }
                    deltas.push(Delta::Finish(finish));
                }
            }
            "message_stop" => deltas.push(Delta::Done),
            "error" => {
                deltas.push(Delta::Failed(Failure::read(event, None).unwrap_or_default()));
            }
            // `ping`, and what may come in later versions.
            _ => {}
        }
        Ok(())
    }

    fn usage(&mut self, fields: &Members<'_>, deltas: &mut Vec<Delta<'_>>) {
        if fields.get("usage").is_some_and(|usage| self.usage.lay_messages(usage)) {
            deltas.push(Delta::Usage(self.usage));
        }
    }
}

fn index(fields: &Members<'_>) -> Result<Key, Broken> {
    fields.whole("index").ok_or(broken("an event of a block has no index"))
}

fn start<'a>(key: Key, block: &Members<'a>, deltas: &mut Vec<Delta<'a>>) -> Result<(), Broken> {
    match &*block.text("type").unwrap_or_default() {
        "text" => text(key, Kind::Text, block.text("text"), deltas),
        "thinking" => text(key, Kind::Thought, block.text("thinking"), deltas),
        "tool_use" => {
            let id = block.text("id").unwrap_or_default();
            let name = block.text("name").ok_or(broken("a tool use names no tool"))?;
            deltas.push(Delta::Call { key, id, name, custom: false });
            if let Some(input) = block.get("input").filter(|input| !input.is_empty()) {
                deltas.push(Delta::Arguments { key, text: compact(input.raw()).into() });
            }
        }
        _ => {}
    }
    Ok(())
}

fn more<'a>(key: Key, delta: &Members<'a>, deltas: &mut Vec<Delta<'a>>) {
    match &*delta.text("type").unwrap_or_default() {
        "text_delta" => text(key, Kind::Text, delta.text("text"), deltas),
        "thinking_delta" => text(key, Kind::Thought, delta.text("thinking"), deltas),
        "input_json_delta" => {
            if let Some(text) = delta.text("partial_json").filter(|text| !text.is_empty()) {
                deltas.push(Delta::Arguments { key, text });
            }
        }
        // Signatures are for their maker, and citations are not asked for.
        _ => {}
    }
}

fn text<'a>(key: Key, kind: Kind, text: Option<Cow<'a, str>>, deltas: &mut Vec<Delta<'a>>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        deltas.push(Delta::Text { key, kind, text });
    }
}
