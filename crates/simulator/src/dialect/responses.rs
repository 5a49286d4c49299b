//! OpenAI's responses (API reference, "Responses" and "Streaming events").

mod ask;
mod say;
mod stream;

pub(crate) use ask::{Terms, parse};
pub(crate) use say::whole;
pub(crate) use stream::{failure, stream};
