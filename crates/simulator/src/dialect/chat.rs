//! OpenAI's chat completions (API reference, "Chat" and "Chat streaming").

mod ask;
mod say;

pub(crate) use ask::{StreamOptions, parse};
pub(crate) use say::{FINGERPRINT, failure, stream, whole};
