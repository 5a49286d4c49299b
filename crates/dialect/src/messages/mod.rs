//! Anthropic's messages (API reference, "Messages" and "Streaming messages").

pub(crate) mod compose;
pub(crate) mod parse;

mod message;
mod tool;

pub(crate) mod answer;
pub(crate) mod hear;
pub(crate) mod tell;
