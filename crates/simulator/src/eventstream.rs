//! Messages of `application/vnd.amazon.eventstream`, which Bedrock streams in.

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::{BufMut, Bytes, BytesMut};
use serde::Serialize;

use crate::{dialect::json, event::Event};

/// The name of an event that is an exception, and not a part of the answer.
pub(crate) const EXCEPTION: &str = "internalServerException";

/// What makes chunks differ in size from the text in them.
const PADDING: &str = "abcdefghijklmnopqrstuvwxyz";

#[derive(Serialize)]
struct Chunk<'a> {
    bytes: String,
    p: &'a str,
}

/// An event on the wire: a chunk, or the exception that it is named for.
pub(crate) fn write(event: &Event) -> Bytes {
    let text = event.text();
    if event.name == Some(EXCEPTION) {
        return message("exception", ":exception-type", EXCEPTION, text.into_owned());
    }
    let p = &PADDING[..1 + text.len() % PADDING.len()];
    let chunk = json(&Chunk { bytes: STANDARD.encode(&*text), p });
    message("event", ":event-type", "chunk", chunk)
}

/// A message whose last byte is wrong, so that its checksum is.
pub(crate) fn garbage() -> Bytes {
    let mut bytes =
        BytesMut::from(&*message("event", ":event-type", "chunk", "{not json".to_owned()));
    if let Some(last) = bytes.last_mut() {
        *last ^= 0xff;
    }
    bytes.freeze()
}

fn message(kind: &'static str, type_name: &'static str, of: &'static str, data: String) -> Bytes {
    let header = |name, value: &'static str| Header::new(name, HeaderValue::String(value.into()));
    let message = Message::new(data)
        .add_header(header(type_name, of))
        .add_header(header(":content-type", "application/json"))
        .add_header(header(":message-type", kind));
    let mut buffer = BytesMut::new();
    // Only sizes beyond what a message may have are refused, and ours are far from that.
    let mut written = (&mut buffer).limit(usize::MAX);
    match write_message_to(&message, &mut written) {
        Ok(()) => buffer.freeze(),
        Err(_) => Bytes::new(),
    }
}
