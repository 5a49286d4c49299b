//! Server-sent events (WHATWG HTML), in good form or as a script wants them.

use bytes::Bytes;

use crate::{event::Event, script::Sse};

/// What stands where only events should.
pub(crate) const GARBAGE: &[u8] =
    b"a line that is no field\nevent: simulated_nonsense\ndata: {not json\n\n\
    data: \xff\xfe\xfd\n\n:\nretry: soon\nid\n\n";

/// An event on the wire.
pub(crate) fn write(event: &Event, sse: Sse) -> Bytes {
    let end = if sse.crlf { "\r\n" } else { "\n" };
    let mut text = String::with_capacity(event.data.len() + 64);
    if sse.comments {
        text.extend([": a simulated comment", end, end]);
    }
    if let Some(name) = event.name {
        text.extend(["event: ", name, end]);
    }
    if sse.comments {
        text.extend([":", end]);
    }
    text.extend(["data: ", &event.text(), end, end]);
    Bytes::from(text)
}
