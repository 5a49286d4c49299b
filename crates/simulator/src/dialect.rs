//! The languages that the simulator speaks, and how each of them says no.

pub(crate) mod chat;
pub(crate) mod completions;
pub(crate) mod messages;
mod problem;
pub(crate) mod responses;

pub(crate) use problem::Problem;

use serde::Serialize;

use crate::{answer::Answer, prompt::Prompt, seal::Seal};

/// Whose shape errors have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    OpenAi,
    Anthropic,
    /// AWS's, around Anthropic's messages.
    Bedrock,
}

/// Everything that an answer on the wire is made of.
pub(crate) struct Reply<'a> {
    pub(crate) id: &'a str,
    /// Seconds since 1970.
    pub(crate) created: i64,
    pub(crate) model: &'a str,
    pub(crate) prompt: &'a Prompt<'a>,
    pub(crate) answer: &'a Answer,
    /// What seals reasoning for this caller.
    pub(crate) seal: &'a Seal,
}

/// JSON of one of our own shapes, which hold nothing that could fail to be written.
pub(crate) fn json(shape: &impl Serialize) -> String {
    serde_json::to_string(shape).unwrap_or_default()
}
