//! Sending what was prepared, in good order or as the script wants it.

use std::{io, time::Duration};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use tokio::time::sleep;

use crate::{
    bill::Meter,
    call::Call,
    dialect::{Dialect, Problem},
    script::{End, Script},
    sse::Piece,
    wire::Wire,
};

/// Every response carries this, also those that have no room for words.
const SIMULATED: HeaderName = HeaderName::from_static("x-simulated");
const SIMULATED_ERROR: HeaderName = HeaderName::from_static("x-simulated-error");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Anthropic's name for the same.
const ANTHROPIC_REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// The seconds that a scripted 429 asks its caller to wait when the script names none.
const RETRY_AFTER_S_DEFAULT: u64 = 1;

/// The wait before a connection is dropped in mid-answer, so that what went before is on the wire.
const FLUSH: Duration = Duration::from_millis(20);

/// An answer, ready to be sent.
pub(crate) enum Payload {
    /// One JSON document.
    Whole(Bytes),
    /// The pieces of an event stream.
    Stream(Vec<Piece>),
}

/// All that sending takes.
pub(crate) struct Delivery {
    pub(crate) call: Call,
    pub(crate) script: Script,
    /// Absent for what is not billed.
    pub(crate) meter: Option<Meter>,
    pub(crate) payload: Payload,
}

impl Delivery {
    /// Waits as scripted, then answers. The caller may go away at any await: the meter is dropped.
    pub(crate) async fn respond(self) -> Response {
        let Self { call, script, meter, payload } = self;
        if !script.latency.is_zero() {
            sleep(script.latency).await;
        }
        if let Some(step) = script.slow_head_step {
            slow_head(call.wire.as_ref(), step).await;
        }
        if let Some(status) = script.status {
            return scripted_error(&call, &script, status);
        }
        match script.end {
            Some(End::Hang) => std::future::pending().await,
            Some(End::Reset) => return respond(&call, &script, JSON, reset(call.wire.clone())),
            _ => {}
        }
        match payload {
            Payload::Whole(bytes) => whole(&call, &script, meter, bytes),
            Payload::Stream(pieces) => streamed(&call, &script, meter, pieces),
        }
    }
}

const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream; charset=utf-8";

/// Says on a response that it is simulated, and whose answer it is.
pub(crate) fn mark(headers: &mut HeaderMap, id: &str) {
    headers.insert(SIMULATED, HeaderValue::from_static("no model was asked"));
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(ANTHROPIC_REQUEST_ID, id.clone());
        headers.insert(REQUEST_ID, id);
    }
}

fn respond(call: &Call, script: &Script, content_type: &'static str, body: Body) -> Response {
    let content_type = if script.wrong_content_type { "text/html" } else { content_type };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    mark(headers, &call.id);
    response
}

fn scripted_error(call: &Call, script: &Script, status: StatusCode) -> Response {
    let mut response = Problem::scripted(status).response(call.dialect, &call.id);
    let headers = response.headers_mut();
    headers.insert(SIMULATED_ERROR, HeaderValue::from(status.as_u16()));
    let limited = status == StatusCode::TOO_MANY_REQUESTS;
    if let Some(seconds) = script.retry_after_s.or(limited.then_some(RETRY_AFTER_S_DEFAULT)) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Outside our own server nobody can slow a head down: then it all comes late instead.
async fn slow_head(wire: Option<&Wire>, step: Duration) {
    match wire {
        Some(wire) => wire.slow_head(step),
        None => sleep(step).await,
    }
}

/// A body that fails before its first byte: the server drops the connection with the head unsent.
fn reset(wire: Option<Wire>) -> Body {
    Body::from_stream(stream::once(async move { Err::<Bytes, _>(abort(wire.as_ref())) }))
}

fn abort(wire: Option<&Wire>) -> io::Error {
    if let Some(wire) = wire {
        wire.reset_on_close();
    }
    io::Error::new(io::ErrorKind::ConnectionReset, "a simulated reset")
}

fn whole(call: &Call, script: &Script, mut meter: Option<Meter>, bytes: Bytes) -> Response {
    let bytes = if script.malformed_json { bytes.slice(..bytes.len() * 2 / 3) } else { bytes };
    let how = match script.end {
        Some(End::ResetAfter(_)) => Tail::Reset,
        Some(End::HangAfter(_)) => Tail::Hang,
        Some(End::Truncate) => Tail::Close,
        _ => {
            if let Some(meter) = &mut meter {
                meter.complete();
            }
            return respond(call, script, JSON, Body::from(bytes));
        }
    };
    let promised = bytes.len();
    let half = Piece { bytes: bytes.slice(..promised / 2), begins_delta: false, generated: None };
    let flow = Flow::new(call, script, meter, vec![half], how);
    promise(respond(call, script, JSON, flow.body()), promised)
}

fn streamed(
    call: &Call,
    script: &Script,
    meter: Option<Meter>,
    mut pieces: Vec<Piece>,
) -> Response {
    let (keep, how) = match script.end {
        Some(End::ResetAfter(deltas)) => (after_deltas(&pieces, deltas), Tail::Reset),
        Some(End::HangAfter(deltas)) => (after_deltas(&pieces, deltas), Tail::Hang),
        Some(End::ErrorAfter(deltas)) => (after_deltas(&pieces, deltas), Tail::ErrorEvent),
        Some(End::Truncate) => (pieces.len() / 2, Tail::Close),
        _ => (pieces.len(), Tail::Complete),
    };
    let promised: usize = pieces.iter().map(|piece| piece.bytes.len()).sum();
    pieces.truncate(keep);
    let response =
        respond(call, script, EVENTS, Flow::new(call, script, meter, pieces, how).body());
    if how == Tail::Close { promise(response, promised) } else { response }
}

/// Says how long the body would have been. The body itself is of no known size, so the server
/// believes this.
fn promise(mut response: Response, bytes: usize) -> Response {
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    response
}

/// How many pieces come up to and including so many deltas; before the first delta is what opens
/// the stream.
fn after_deltas(pieces: &[Piece], deltas: u64) -> usize {
    let mut begun = 0;
    for (index, piece) in pieces.iter().enumerate() {
        if begun == deltas && (piece.begins_delta || deltas > 0 && ended(pieces, index)) {
            return index;
        }
        begun += u64::from(piece.begins_delta);
    }
    pieces.len()
}

/// Whether the piece before this one completes a delta.
fn ended(pieces: &[Piece], index: usize) -> bool {
    index > 0 && pieces[index - 1].generated.is_some()
}

/// What comes after the last piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tail {
    Complete,
    Close,
    Reset,
    Hang,
    ErrorEvent,
}

/// A body on its way. While it lives the meter does, and a dropped body writes the bill.
struct Flow {
    pieces: std::vec::IntoIter<Piece>,
    chunk_delay: Duration,
    meter: Option<Meter>,
    tail: Tail,
    wire: Option<Wire>,
    dialect: Dialect,
    id: String,
}

impl Flow {
    fn new(
        call: &Call,
        script: &Script,
        meter: Option<Meter>,
        pieces: Vec<Piece>,
        tail: Tail,
    ) -> Self {
        Self {
            pieces: pieces.into_iter(),
            chunk_delay: script.chunk_delay,
            meter,
            tail,
            wire: call.wire.clone(),
            dialect: call.dialect,
            id: call.id.clone(),
        }
    }

    fn body(self) -> Body {
        Body::from_stream(stream::unfold(Some(self), |flow| async move { flow?.step().await }))
    }

    async fn step(mut self) -> Option<(io::Result<Bytes>, Option<Self>)> {
        if let Some(piece) = self.pieces.next() {
            if piece.begins_delta && !self.chunk_delay.is_zero() {
                sleep(self.chunk_delay).await;
            }
            if let Some(meter) = &mut self.meter {
                if let Some(tokens) = piece.generated {
                    meter.generated(tokens);
                }
                if self.pieces.as_slice().is_empty() && self.tail == Tail::Complete {
                    meter.complete();
                }
            }
            return Some((Ok(piece.bytes), Some(self)));
        }
        match self.tail {
            Tail::Complete => None,
            Tail::Close => {
                sleep(FLUSH).await;
                None
            }
            Tail::Hang => std::future::pending().await,
            Tail::Reset => {
                sleep(FLUSH).await;
                Some((Err(abort(self.wire.as_ref())), None))
            }
            Tail::ErrorEvent => {
                let event = self.dialect.error_event(&self.id).bytes();
                Some((Ok(event), None))
            }
        }
    }
}
