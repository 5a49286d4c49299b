//! Reads the stream of Responses.

use std::collections::HashSet;

use super::answer::finish;
use super::place::{Places, Says};
use crate::delta::{Delta, Key, Kind};
use crate::failure::Failure;
use crate::fault::{Broken, broken};
use crate::node::{Members, Node};
use crate::usage::Usage;

/// What has been heard.
#[derive(Debug, Default)]
pub(crate) struct Ear {
    /// Parts of which something has come. Some servers send a part only when it is done.
    heard: HashSet<Key>,
    calls: HashSet<Key>,
    places: Places,
}

/// Which list of an item a part is in.
#[derive(Clone, Copy)]
enum List {
    Whole,
    Content,
    Summary,
}

impl Ear {
    /// Reads one event.
    pub(crate) fn hear<'a>(
        &mut self,
        event: Node<'a>,
        deltas: &mut Vec<Delta<'a>>,
    ) -> Result<(), Broken> {
        let fields = event.members().ok_or(broken("an event is no object"))?;
        let kind = fields.text("type").unwrap_or_default();
        match &*kind {
            "response.created" | "response.in_progress" | "response.queued" => {
                deltas.push(Delta::Begin);
            }
            "response.output_item.added" => self.item(&fields, false, deltas)?,
            "response.output_item.done" => self.item(&fields, true, deltas)?,
            "response.completed" | "response.incomplete" => ended(&fields, deltas)?,
            "response.failed" | "response.cancelled" => {
                let response = fields.get("response");
                let failure = response.and_then(|response| Failure::read(response, None));
                deltas.push(Delta::Failed(failure.unwrap_or_default()));
            }
            "error" => {
                deltas.push(Delta::Failed(Failure::read(event, None).unwrap_or_default()));
            }
            kind => self.part(kind, &fields, deltas)?,
        }
        Ok(())
    }

    fn part<'a>(
        &mut self,
        event: &str,
        fields: &Members<'a>,
        deltas: &mut Vec<Delta<'a>>,
    ) -> Result<(), Broken> {
        let (of, step) = event.rsplit_once('.').unwrap_or_default();
        let (kind, list, whole) = match of {
            "response.output_text" => (Some(Kind::Text), List::Content, "text"),
            "response.refusal" => (Some(Kind::Refusal), List::Content, "refusal"),
            "response.reasoning_summary_text" => (Some(Kind::Thought), List::Summary, "text"),
            "response.reasoning_text" => (Some(Kind::Thought), List::Content, "text"),
            "response.function_call_arguments" => (None, List::Whole, "arguments"),
            "response.custom_tool_call_input" => (None, List::Whole, "input"),
            // Events of tools that run at the provider, and what may come in later versions.
            _ => return Ok(()),
        };
        let index = match list {
            List::Whole => None,
            List::Content => fields.whole("content_index"),
            List::Summary => fields.whole("summary_index"),
        };
        let key = key(self.places.of(fields, Says::Part)?, list, index.unwrap_or(0));
        let text = match step {
            "delta" => fields.text("delta"),
            "done" if !self.heard.contains(&key) => fields.text(whole),
            _ => None,
        };
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.heard.insert(key);
            match kind {
                Some(kind) => deltas.push(Delta::Text { key, kind, text }),
                None => deltas.push(Delta::Arguments { key, text }),
            }
        }
        if step == "done" {
            deltas.push(Delta::End { key });
        }
        Ok(())
    }

    /// An item that is added or done. A text has events of its own, but where a server sends none.
    fn item<'a>(
        &mut self,
        fields: &Members<'a>,
        done: bool,
        deltas: &mut Vec<Delta<'a>>,
    ) -> Result<(), Broken> {
        let item = fields.get("item").and_then(Node::members).unwrap_or_default();
        let place = self.places.of(fields, if done { Says::Done } else { Says::Added })?;
        let custom = match &*item.text("type").unwrap_or_default() {
            "function_call" => false,
            "custom_tool_call" => true,
            _ if done => {
                self.unheard(place, &item, deltas);
                return Ok(());
            }
            _ => return Ok(()),
        };
        let key = key(place, List::Whole, 0);
        if self.calls.insert(key) {
            let id = item.text("call_id").unwrap_or_default();
            let name = item.text("name").ok_or(broken("a function call names no function"))?;
            deltas.push(Delta::Call { key, id, name, custom });
        }
        if done {
            let arguments = item.text(if custom { "input" } else { "arguments" });
            if let Some(text) = arguments.filter(|text| !text.is_empty() && self.heard.insert(key))
            {
                deltas.push(Delta::Arguments { key, text });
            }
            deltas.push(Delta::End { key });
        }
        Ok(())
    }

    /// Tells the texts of a done item of which nothing was heard before.
    fn unheard<'a>(&mut self, place: u64, item: &Members<'a>, deltas: &mut Vec<Delta<'a>>) {
        let thinks = item.text("type").as_deref() == Some("reasoning");
        for (list, name) in [(List::Summary, "summary"), (List::Content, "content")] {
            for (index, part) in (0_u64..).zip(item.elements(name)) {
                let Some(part) = part.members() else { continue };
                let (kind, text) = match (part.text("text"), part.text("refusal")) {
                    (Some(text), _) if thinks => (Kind::Thought, text),
                    (Some(text), _) => (Kind::Text, text),
                    (None, Some(refusal)) => (Kind::Refusal, refusal),
                    (None, None) => continue,
                };
                let key = key(place, list, index);
                if !text.is_empty() && self.heard.insert(key) {
                    deltas.push(Delta::Text { key, kind, text });
                    deltas.push(Delta::End { key });
                }
            }
        }
    }
}

fn ended(fields: &Members<'_>, deltas: &mut Vec<Delta<'_>>) -> Result<(), Broken> {
    let response = fields.get("response").and_then(Node::members);
    let response = response.ok_or(broken("the last event holds no response"))?;
    if let Some(usage) = response.get("usage").and_then(Usage::responses) {
        deltas.push(Delta::Usage(usage));
    }
    deltas.push(Delta::Finish(finish(&response).ok_or(broken("the response is not complete"))?));
    deltas.push(Delta::Done);
    Ok(())
}

/// A part's key: its item's place, then its own.
fn key(item: u64, list: List, index: u64) -> Key {
    let list = match list {
        List::Whole => 0,
        List::Content => 1,
        List::Summary => 2,
    };
    item.wrapping_shl(24) | list << 20 | index & 0xf_ffff
}
