//! OpenAI's chat completions (API reference, "Chat" and "Chat streaming").

pub(crate) mod compose;
pub(crate) mod parse;

mod message;
pub(crate) mod tool;

pub(crate) mod answer;
pub(crate) mod hear;
pub(crate) mod tell;
