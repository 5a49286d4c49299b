//! Server-sent events as they arrive (WHATWG HTML, section 9.2): where each one ends, and what its
//! data says. The bytes of an event stay, unless it is asked for with other data.

use std::borrow::Cow;

use bytes::{Bytes, BytesMut};
use memchr::memchr2;

/// Largest event, in bytes: bounds what a stream without line ends can make us hold.
pub const EVENT_BYTES_MAX: usize = 4 * 1024 * 1024;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Cuts a stream into events, wherever the network cut it.
#[derive(Debug)]
pub struct Splitter {
    buffer: BytesMut,
    /// Largest event that is given out.
    event_bytes_max: usize,
    /// Where the current line begins in the buffer.
    line_at: usize,
    /// How far the buffer has been searched for line ends.
    searched: usize,
    /// The last byte searched was a CR that ended a line; an LF right behind it belongs to it.
    after_cr: bool,
    /// An event has been given out, so that a byte order mark can no longer come.
    begun: bool,
}

/// The event is larger than it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event is larger than {EVENT_BYTES_MAX} bytes")]
pub struct TooLarge;

/// One event, comment or empty line, with the line ends that close it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    bytes: Bytes,
    first: bool,
}

impl Default for Splitter {
    fn default() -> Self {
        Self {
            buffer: BytesMut::new(),
            event_bytes_max: EVENT_BYTES_MAX,
            line_at: 0,
            searched: 0,
            after_cr: false,
            begun: false,
        }
    }
}

impl Splitter {
    /// For events that we wrote ourselves, which may be as large as what they were made of became.
    #[must_use]
    pub fn of_ours() -> Self {
        Self { event_bytes_max: usize::MAX, ..Self::default() }
    }

    /// Takes the next bytes of the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole event, as soon as the empty line behind it has begun to arrive.
    ///
    /// # Errors
    /// [`TooLarge`] where the limit is passed without one.
    pub fn next_event(&mut self) -> Result<Option<Event>, TooLarge> {
        loop {
            if self.after_cr && self.searched < self.buffer.len() {
                self.after_cr = false;
                if self.buffer[self.searched] == b'\n' {
                    self.searched += 1;
                    self.line_at = self.searched;
                }
            }
            let Some(offset) = memchr2(b'\n', b'\r', &self.buffer[self.searched..]) else {
                self.searched = self.buffer.len();
                return if self.searched > self.event_bytes_max { Err(TooLarge) } else { Ok(None) };
            };
            let end = self.searched + offset;
            let empty = end == self.line_at;
            let mut next = end + 1;
            self.after_cr = self.buffer[end] == b'\r';
            if self.after_cr && next < self.buffer.len() {
                self.after_cr = false;
                next += usize::from(self.buffer[next] == b'\n');
            }
            (self.line_at, self.searched) = (next, next);
            if empty {
                return Ok(Some(self.cut(next)));
            }
            if next > self.event_bytes_max {
                return Err(TooLarge);
            }
        }
    }

    /// What is left when the stream has ended: an event that no empty line closed.
    #[must_use]
    pub fn finish(mut self) -> Option<Event> {
        let length = self.buffer.len();
        let event = self.cut(length);
        (!event.bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n'))).then_some(event)
    }

    fn cut(&mut self, length: usize) -> Event {
        let bytes = self.buffer.split_to(length).freeze();
        // A stream that waits holds no room for what has gone.
        if self.buffer.is_empty() {
            self.buffer = BytesMut::new();
        }
        (self.line_at, self.searched) = (0, 0);
        Event { bytes, first: !std::mem::replace(&mut self.begun, true) }
    }
}

impl Event {
    /// Its bytes as they came.
    #[must_use]
    pub const fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Its bytes, without a copy.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.bytes
    }

    /// Its name: the value of its last `event` line. `None` where there is none, or it is no text.
    #[must_use]
    pub fn name(&self) -> Option<Cow<'_, str>> {
        let mut name = None;
        for line in Lines(self.without_mark()) {
            if let Some(value) = value_of(line, b"event") {
                name = std::str::from_utf8(value).ok();
            }
        }
        name.map(Cow::Borrowed)
    }

    fn without_mark(&self) -> &[u8] {
        if self.first { self.bytes.strip_prefix(BOM).unwrap_or(&self.bytes) } else { &self.bytes }
    }

    /// Its data: the values of its `data` lines, joined by line feeds. `None` for a comment or
    /// anything else that dispatches nothing.
    #[must_use]
    pub fn data(&self) -> Option<Cow<'_, [u8]>> {
        let mut data: Option<Cow<'_, [u8]>> = None;
        for line in Lines(self.without_mark()) {
            let Some(value) = value_of(line, b"data") else { continue };
            match &mut data {
                None => data = Some(Cow::Borrowed(value)),
                Some(joined) => {
                    joined.to_mut().push(b'\n');
                    joined.to_mut().extend_from_slice(value);
                }
            }
        }
        data
    }
}

impl Event {
    /// Whether an empty line closes it. One that none closes is the last of a stream that was cut.
    pub(crate) fn is_closed(&self) -> bool {
        [b"\n\n".as_slice(), b"\r\r", b"\n\r", b"\n\r\n"]
            .iter()
            .any(|end| self.bytes.ends_with(end))
            || self.without_mark().iter().all(|byte| matches!(byte, b'\r' | b'\n'))
    }

    /// Adds the event with other data. Its other lines stay as they are, several lines of data become one,
    /// and a line feed within the new data begins another.
    pub(crate) fn with_data(&self, data: &str, out: &mut Vec<u8>) {
        let body = self.without_mark();
        out.extend_from_slice(self.bytes.get(..self.bytes.len() - body.len()).unwrap_or_default());
        let mut lines = Lines(body);
        let (mut rest, mut written) = (body, false);
        while let Some(line) = lines.next() {
            let ending = rest.get(line.len()..rest.len() - lines.0.len()).unwrap_or_default();
            rest = lines.0;
            match value_of(line, b"data") {
                None => out.extend_from_slice(line),
                Some(_) if written => continue,
                Some(value) => {
                    written = true;
                    let head = line.get(..line.len() - value.len()).unwrap_or_default();
                    write_data(head, data, out);
                }
            }
            out.extend_from_slice(ending);
        }
    }
}

/// Writes lines of data, the last without its end.
fn write_data(head: &[u8], data: &str, out: &mut Vec<u8>) {
    for (index, line) in data.split(['\n', '\r']).enumerate() {
        if index > 0 {
            out.push(b'\n');
        }
        out.extend_from_slice(if head.ends_with(b":") { head } else { b"data: " });
        if head.ends_with(b":") && line.starts_with(' ') {
            out.push(b' ');
        }
        out.extend_from_slice(line.as_bytes());
    }
}

/// The value of a line of this field.
fn value_of<'a>(line: &'a [u8], field: &[u8]) -> Option<&'a [u8]> {
    let rest = line.strip_prefix(field)?;
    match rest.split_first() {
        None => Some(rest),
        Some((b':', value)) => Some(value.strip_prefix(b" ").unwrap_or(value)),
        Some(_) => None,
    }
}

/// The lines of an event, ended by LF, CR LF or CR.
struct Lines<'a>(&'a [u8]);

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let Some(end) = memchr2(b'\n', b'\r', self.0) else {
            return Some(std::mem::take(&mut self.0));
        };
        let (line, rest) = self.0.split_at(end);
        self.0 = rest.strip_prefix(b"\r\n").unwrap_or_else(|| rest.get(1..).unwrap_or_default());
        Some(line)
    }
}
