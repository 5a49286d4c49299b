//! Anthropic's messages (API reference, "Messages", "Streaming messages" and "Count tokens"), also
//! as they are asked for on Bedrock.

mod ask;
mod say;

pub(crate) use ask::{parse, parse_bedrock, parse_count};
pub(crate) use say::{failure, stream, whole};
