//! Reads the stream of Chat: chunks, and `[DONE]`.

use std::borrow::Cow;

use super::answer::{arguments, finish, said};
use crate::delta::{Delta, Key, Kind};
use crate::failure::Failure;
use crate::fault::{Broken, broken};
use crate::node::{Members, Node};
use crate::reply::Part;
use crate::usage::Usage;

/// Keys below this one are texts.
const CALLS_FROM: Key = 16;

/// What has been heard.
#[derive(Debug, Default)]
pub(crate) struct Ear {
    calls: Vec<Heard>,
}

/// A call, by the index that the provider gives it and by its id. The index alone does not do: some
/// servers give none, or the same to all.
#[derive(Debug)]
struct Heard {
    index: Option<u64>,
    id: String,
}

impl Ear {
    /// Reads one chunk.
    pub(crate) fn hear<'a>(
        &mut self,
        chunk: Node<'a>,
        deltas: &mut Vec<Delta<'a>>,
    ) -> Result<(), Broken> {
        let chunk_fields = chunk.members().ok_or(broken("a chunk is no object"))?;
        if chunk_fields.get("error").is_some() {
            let failure = Failure::read(chunk, None).unwrap_or_default();
            deltas.push(Delta::Failed(failure));
            return Ok(());
        }
        deltas.push(Delta::Begin);
        let choices = chunk_fields.elements("choices");
        if let Some(choice) = choices.first().and_then(|choice| choice.members()) {
            if let Some(delta) = choice.get("delta").and_then(Node::members) {
                self.delta(&delta, deltas)?;
            }
            if let Some(word) = choice.text("finish_reason") {
                deltas.push(Delta::Finish(finish(&word)));
            }
        }
        if let Some(usage) = chunk_fields.get("usage").and_then(Usage::chat) {
            deltas.push(Delta::Usage(usage));
        }
        Ok(())
    }

    fn delta<'a>(
        &mut self,
        delta: &Members<'a>,
        deltas: &mut Vec<Delta<'a>>,
    ) -> Result<(), Broken> {
        said(delta, &mut |part| match part {
            Part::Thought(text) => deltas.push(Delta::Text { key: 0, kind: Kind::Thought, text }),
            Part::Text(text) => deltas.push(Delta::Text { key: 1, kind: Kind::Text, text }),
            Part::Refusal(text) => deltas.push(Delta::Text { key: 2, kind: Kind::Refusal, text }),
            Part::Call { .. } => {}
        });
        for call in delta.elements("tool_calls") {
            let call = call.members().ok_or(broken("a tool call is no object"))?;
            self.call(&call, deltas)?;
        }
        Ok(())
    }

    fn call<'a>(&mut self, call: &Members<'a>, deltas: &mut Vec<Delta<'a>>) -> Result<(), Broken> {
        let custom = call.get("custom").and_then(Node::members);
        let (called, input, custom) = match (call.get("function").and_then(Node::members), custom) {
            (Some(function), _) => (function, "arguments", false),
            (None, Some(custom)) => (custom, "input", true),
            (None, None) => (Members::default(), "arguments", false),
        };
        let index = call.whole("index");
        let id = call.text("id").unwrap_or_default();
        let key = match self.known(index, &id) {
            Some(position) => CALLS_FROM + position,
            None => {
                let name = called.text("name").filter(|name| !name.is_empty());
                let name = name.ok_or(broken("a tool call names no tool"))?;
                let key = CALLS_FROM + self.calls.len() as Key;
                self.calls.push(Heard { index, id: id.clone().into_owned() });
                deltas.push(Delta::Call { key, id, name, custom });
                key
            }
        };
        let text: Cow<'a, str> = arguments(&called, input);
        if !text.is_empty() {
            deltas.push(Delta::Arguments { key, text });
        }
        Ok(())
    }

    /// The call that is meant: the last one of this index, unless an id says that it is another.
    fn known(&self, index: Option<u64>, id: &str) -> Option<Key> {
        let same_id = |heard: &Heard| id.is_empty() || heard.id == id;
        let same_index = |heard: &Heard| index.is_none() || heard.index == index;
        let last = self.calls.iter().rposition(same_index)?;
        self.calls.get(last).filter(|heard| same_id(heard)).map(|_| last as Key)
    }
}
