//! The two languages that the simulator speaks, and how each of them says no.

pub(crate) mod anthropic;
pub(crate) mod openai;
mod problem;

pub(crate) use problem::Problem;

use serde::Serialize;

use crate::{
    answer::Answer, bill::Endpoint, prompt::Prompt, script::Script, sse::Event, usage::Usage,
};

/// Whose wire a call speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    OpenAi,
    Anthropic,
}

/// Everything that an answer on the wire is made of.
#[derive(Debug)]
pub(crate) struct Reply<'a> {
    pub(crate) id: &'a str,
    /// Seconds since 1970.
    pub(crate) created: i64,
    pub(crate) model: &'a str,
    pub(crate) answer: &'a Answer,
    pub(crate) usage: Usage,
}

impl Dialect {
    /// How the id of an answer begins.
    pub(crate) fn id_prefix(self) -> &'static str {
        match self {
            Self::OpenAi => "chatcmpl-",
            Self::Anthropic => "msg_",
        }
    }

    /// The surface on which answers are asked for.
    pub(crate) fn endpoint(self) -> Endpoint {
        match self {
            Self::OpenAi => Endpoint::ChatCompletions,
            Self::Anthropic => Endpoint::Messages,
        }
    }

    /// Reads a request.
    pub(crate) fn parse(self, body: &[u8]) -> Result<Prompt<'_>, Problem> {
        match self {
            Self::OpenAi => openai::parse(body),
            Self::Anthropic => anthropic::parse(body),
        }
    }

    /// Writes an answer as one JSON document.
    pub(crate) fn whole(self, reply: &Reply<'_>) -> String {
        match self {
            Self::OpenAi => openai::whole(reply),
            Self::Anthropic => anthropic::whole(reply),
        }
    }

    /// Writes an answer as the events of a stream.
    pub(crate) fn stream(
        self,
        reply: &Reply<'_>,
        script: &Script,
        include_usage: bool,
    ) -> Vec<Event> {
        match self {
            Self::OpenAi => openai::stream(reply, script, include_usage),
            Self::Anthropic => anthropic::stream(reply, script),
        }
    }

    /// The event by which this dialect reports an error in the middle of a stream.
    pub(crate) fn error_event(self, id: &str) -> Event {
        let problem = Problem::scripted(http::StatusCode::INTERNAL_SERVER_ERROR);
        let name = match self {
            Self::OpenAi => None,
            Self::Anthropic => Some("error"),
        };
        Event::control(name, problem.body(self, id))
    }
}

/// JSON of one of our own shapes, which hold nothing that could fail to be written.
pub(crate) fn json(shape: &impl Serialize) -> String {
    serde_json::to_string(shape).unwrap_or_default()
}
