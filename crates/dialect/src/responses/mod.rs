//! OpenAI's responses (API reference, "Responses" and "Streaming events").

pub(crate) mod compose;
pub(crate) mod parse;

mod item;
mod place;
mod tool;

pub(crate) mod answer;
pub(crate) mod hear;
pub(crate) mod response;
pub(crate) mod tell;
