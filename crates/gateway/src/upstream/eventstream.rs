//! Bedrock's streams: AWS event-stream frames around Anthropic's events, given on as the server-sent
//! events that Anthropic itself sends, so that nothing behind this knows the difference.

use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use aws_smithy_types::event_stream::Message;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use serde::Deserialize;
use serde_json::json;

/// Largest frame that is waited for, in bytes; AWS sends 16 MiB at most.
const FRAME_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Turns frames into events.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    decoder: MessageFrameDecoder,
    buffer: BytesMut,
}

/// The bytes are no event stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the provider's stream has a frame that cannot be read")]
pub(crate) struct BrokenFrame;

/// The payload of a `chunk` frame.
#[derive(Deserialize)]
struct Chunk {
    bytes: String,
}

#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "type")]
    kind: String,
}

impl Frames {
    /// Takes bytes as they come and gives the events that are complete.
    pub(crate) fn events(&mut self, bytes: &[u8]) -> Result<Bytes, BrokenFrame> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() > FRAME_BYTES_MAX {
            return Err(BrokenFrame);
        }
        let mut out = Vec::new();
        loop {
            match self.decoder.decode_frame(&mut self.buffer) {
                Ok(DecodedFrame::Complete(message)) => event(&message, &mut out)?,
                Ok(DecodedFrame::Incomplete) => return Ok(out.into()),
                Err(_) => return Err(BrokenFrame),
            }
        }
    }
}

fn event(message: &Message, out: &mut Vec<u8>) -> Result<(), BrokenFrame> {
    let header = |wanted: &str| {
        let found = message.headers().iter().find(|header| header.name().as_str() == wanted)?;
        found.value().as_string().ok().map(|text| text.as_str().to_owned())
    };
    if header(":message-type").as_deref() != Some("event") {
        let kind = header(":exception-type").or_else(|| header(":error-code"));
        exception(&kind.unwrap_or_default(), message.payload(), out);
        return Ok(());
    }
    if header(":event-type").as_deref() != Some("chunk") {
        return Ok(());
    }
    let chunk: Chunk = serde_json::from_slice(message.payload()).map_err(|_| BrokenFrame)?;
    let data = STANDARD.decode(chunk.bytes).map_err(|_| BrokenFrame)?;
    let kind: Kind = serde_json::from_slice(&data).map_err(|_| BrokenFrame)?;
    write(&kind.kind, &data, out);
    Ok(())
}

/// What Bedrock reports as an exception is an `error` event to Anthropic's clients.
fn exception(kind: &str, payload: &[u8], out: &mut Vec<u8>) {
    let said: serde_json::Value = serde_json::from_slice(payload).unwrap_or_default();
    let message = said.get("message").and_then(serde_json::Value::as_str);
    let kind = match kind {
        "throttlingException" => "rate_limit_error",
        "validationException" => "invalid_request_error",
        "serviceUnavailableException" => "overloaded_error",
        _ => "api_error",
    };
    let message = message.unwrap_or("the provider reported an error");
    let data = json!({"type": "error", "error": {"type": kind, "message": message}});
    write("error", data.to_string().as_bytes(), out);
}

fn write(kind: &str, data: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b"event: ");
    out.extend(kind.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')));
    out.extend_from_slice(b"\ndata: ");
    // JSON as Anthropic writes it has no line breaks; should it have some, they are only white space.
    out.extend(data.iter().map(|byte| if matches!(byte, b'\r' | b'\n') { b' ' } else { *byte }));
    out.extend_from_slice(b"\n\n");
}
