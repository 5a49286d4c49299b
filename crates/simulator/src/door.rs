//! The doors by which answers are asked for: what each of them reads, and how it writes.

use serde_json::{Map, Value};

use crate::{
    bill::Endpoint,
    dialect::{Dialect, Problem, Reply, chat, completions, messages, responses},
    event::Event,
    eventstream,
    pieces::Framing,
    prompt::Prompt,
    script::Script,
};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Surface {
    Chat,
    Completions,
    Messages,
    Responses,
}

/// A door, with what its path says already.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    pub(crate) surface: Surface,
    pub(crate) dialect: Dialect,
    pub(crate) endpoint: Endpoint,
    /// The model, where the path names it.
    pub(crate) model: Option<String>,
    /// Whether to stream, where the path says it.
    pub(crate) streams: bool,
}

impl Door {
    /// A door of OpenAI or Anthropic themselves.
    pub(crate) fn of(surface: Surface) -> Self {
        let (dialect, endpoint) = match surface {
            Surface::Chat => (Dialect::OpenAi, Endpoint::ChatCompletions),
            Surface::Completions => (Dialect::OpenAi, Endpoint::Completions),
            Surface::Messages => (Dialect::Anthropic, Endpoint::Messages),
            Surface::Responses => (Dialect::OpenAi, Endpoint::Responses),
        };
        Self { surface, dialect, endpoint, model: None, streams: false }
    }

    /// How the id of an answer begins.
    pub(crate) fn id_prefix(&self) -> &'static str {
        match (self.surface, self.dialect) {
            (Surface::Messages, Dialect::Bedrock) => "msg_bdrk_",
            (Surface::Messages, _) => "msg_",
            (Surface::Chat, _) => "chatcmpl-",
            (Surface::Completions, _) => "cmpl-",
            (Surface::Responses, _) => "resp_",
        }
    }

    /// Reads a request.
    pub(crate) fn parse<'a>(&'a self, body: &'a [u8]) -> Result<Prompt<'a>, Problem> {
        let named = self.model.as_deref();
        match (self.surface, self.dialect, named) {
            (Surface::Messages, Dialect::Bedrock, Some(model)) => {
                messages::parse_bedrock(body, model, self.streams)
            }
            (Surface::Messages, ..) => messages::parse(body),
            (Surface::Chat, ..) => chat::parse(body, named),
            (Surface::Completions, ..) => completions::parse(body, named),
            (Surface::Responses, ..) => responses::parse(body),
        }
    }

    /// Writes an answer as one JSON document.
    pub(crate) fn whole(&self, reply: &Reply<'_>) -> String {
        match self.surface {
            Surface::Chat => chat::whole(reply),
            Surface::Completions => completions::whole(reply),
            Surface::Messages => messages::whole(reply),
            Surface::Responses => responses::whole(reply),
        }
    }

    /// Writes an answer as the events of a stream.
    pub(crate) fn stream(&self, reply: &Reply<'_>, script: &Script) -> Vec<Event> {
        match (self.surface, self.dialect) {
            (Surface::Chat, _) => chat::stream(reply, script),
            (Surface::Completions, _) => completions::stream(reply, script),
            (Surface::Messages, Dialect::Bedrock) => {
                measured(reply, messages::stream(reply, script))
            }
            (Surface::Messages, _) => messages::stream(reply, script),
            (Surface::Responses, _) => responses::stream(reply, script),
        }
    }

    /// Writes what a stream that goes wrong ends with, after so many events.
    pub(crate) fn failure(&self, reply: &Reply<'_>, events_before: usize) -> Vec<Event> {
        match (self.surface, self.dialect) {
            (_, Dialect::Bedrock) => {
                let problem = Problem::scripted(http::StatusCode::INTERNAL_SERVER_ERROR);
                let body = problem.body(Dialect::Bedrock, reply.id);
                vec![Event::control(Some(eventstream::EXCEPTION), body)]
            }
            (Surface::Chat, _) => chat::failure(reply),
            (Surface::Completions, _) => completions::failure(reply),
            (Surface::Messages, _) => messages::failure(reply),
            (Surface::Responses, _) => responses::failure(reply, events_before),
        }
    }

    pub(crate) fn framing(&self) -> Framing {
        match self.dialect {
            Dialect::OpenAi | Dialect::Anthropic => Framing::Sse,
            Dialect::Bedrock => Framing::EventStream,
        }
    }
}

/// Bedrock sends no pings, and says in the last event what it measured.
fn measured(reply: &Reply<'_>, mut events: Vec<Event>) -> Vec<Event> {
    events.retain(|event| event.name != Some("ping"));
    let usage = reply.answer.usage;
    let mut metrics = Map::new();
    let mut put = |key: &str, number: u64| metrics.insert(key.to_owned(), Value::from(number));
    put("inputTokenCount", usage.fresh_tokens());
    put("outputTokenCount", usage.completion_tokens);
    put("invocationLatency", 1);
    put("firstByteLatency", 1);
    if usage.cached_tokens + usage.written_tokens() > 0 {
        put("cacheReadInputTokenCount", usage.cached_tokens);
        put("cacheWriteInputTokenCount", usage.written_tokens());
    }
    let stop = serde_json::json!({
        "type": "message_stop", "amazon-bedrock-invocationMetrics": metrics,
    });
    for event in events.iter_mut().filter(|event| event.closing) {
        event.data = stop.to_string();
    }
    events
}
