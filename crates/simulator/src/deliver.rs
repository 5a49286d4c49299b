//! Sending what was prepared, in good order or as the script wants it.

use std::io;

use axum::{body::Body, response::Response};
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use tokio::time::sleep;

use crate::{
    bill::Meter,
    call::Call,
    dialect::{Dialect, Problem},
    event::Refrain,
    flow::{Flow, Tail, abort},
    pieces::{Framing, Piece},
    script::{End, Script},
    wire::Wire,
};

/// Every response carries this, also those that have no room for words.
const SIMULATED: HeaderName = HeaderName::from_static("x-simulated");
const SIMULATED_ERROR: HeaderName = HeaderName::from_static("x-simulated-error");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Anthropic's name for the same.
const ANTHROPIC_REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
/// And AWS's.
const AWS_REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const RETRY_AFTER_MS: HeaderName = HeaderName::from_static("retry-after-ms");
/// What is inside the messages of a stream.
const BEDROCK_CONTENT_TYPE: HeaderName = HeaderName::from_static("x-amzn-bedrock-content-type");

/// The seconds that a scripted 429 asks its caller to wait when the script names none.
const RETRY_AFTER_S_DEFAULT: u64 = 1;

/// An answer, ready to be sent.
pub(crate) enum Payload {
    /// One JSON document.
    Whole(Bytes),
    Stream {
        framing: Framing,
        pieces: Vec<Piece>,
        /// What comes after the pieces, without end.
        refrain: Option<Refrain>,
    },
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
            // Outside our own server nobody can slow a head down: then it all comes late instead.
            match &call.wire {
                Some(wire) => wire.slow_head(step),
                None => sleep(step).await,
            }
        }
        if script.refuses() {
            return scripted_error(&call, &script);
        }
        match script.end {
            Some(End::Hang) => std::future::pending().await,
            Some(End::Reset) => return respond(&call, &script, JSON, reset(call.wire.clone())),
            _ => {}
        }
        match payload {
            Payload::Whole(bytes) => whole(&call, &script, meter, bytes),
            Payload::Stream { framing, pieces, refrain } => {
                streamed(&call, &script, meter, framing, (pieces, refrain))
            }
        }
    }
}

const JSON: &str = "application/json";

/// Says on a response that it is simulated, and whose answer it is.
pub(crate) fn mark(headers: &mut HeaderMap, dialect: Dialect, id: &str) {
    headers.insert(SIMULATED, HeaderValue::from_static("no model was asked"));
    let Ok(id) = HeaderValue::from_str(id) else { return };
    if dialect == Dialect::Bedrock {
        headers.insert(AWS_REQUEST_ID, id.clone());
    }
    headers.insert(ANTHROPIC_REQUEST_ID, id.clone());
    headers.insert(REQUEST_ID, id);
}

fn respond(call: &Call, script: &Script, content_type: &'static str, body: Body) -> Response {
    let content_type = if script.wrong_content_type { "text/html" } else { content_type };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    mark(headers, call.dialect, &call.id);
    response
}

fn scripted_error(call: &Call, script: &Script) -> Response {
    let problem = match script.status {
        Some(status) if !script.credit => Problem::scripted(status),
        status => Problem::out_of_credit(call.dialect, status),
    };
    let mut response = problem.response(call.dialect, &call.id);
    let headers = response.headers_mut();
    headers.insert(SIMULATED_ERROR, HeaderValue::from(problem.status.as_u16()));
    let limited = problem.status == http::StatusCode::TOO_MANY_REQUESTS && !script.credit;
    if let Some(seconds) = script.retry_after_s.or(limited.then_some(RETRY_AFTER_S_DEFAULT)) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Some(ms) = script.retry_after_ms {
        headers.insert(RETRY_AFTER_MS, HeaderValue::from(ms));
    }
    response
}

/// A body that fails before its first byte: the server drops the connection with the head unsent.
fn reset(wire: Option<Wire>) -> Body {
    Body::from_stream(stream::once(async move { Err::<Bytes, io::Error>(abort(wire.as_ref())) }))
}

fn whole(call: &Call, script: &Script, mut meter: Option<Meter>, bytes: Bytes) -> Response {
    let bytes = if script.malformed_json { bytes.slice(..bytes.len() * 2 / 3) } else { bytes };
    let promised = bytes.len();
    let (keep, tail) = match script.end {
        Some(End::ResetAfter(_)) => (promised / 2, Tail::Reset),
        Some(End::HangAfter(_)) => (promised / 2, Tail::Hang),
        Some(End::Truncate) => (promised / 2, Tail::Close),
        _ if script.silence.is_zero() => {
            if let Some(meter) = &mut meter {
                meter.complete();
            }
            return respond(call, script, JSON, Body::from(bytes));
        }
        _ => (promised, Tail::Complete),
    };
    let piece = Piece { bytes: bytes.slice(..keep), begins_delta: false, generated: None };
    let flow = Flow::new(call, script, meter, vec![piece], tail);
    promise(respond(call, script, JSON, flow.body()), promised)
}

fn streamed(
    call: &Call,
    script: &Script,
    meter: Option<Meter>,
    framing: Framing,
    (mut pieces, refrain): (Vec<Piece>, Option<Refrain>),
) -> Response {
    let (keep, tail) = match (script.end, refrain) {
        (Some(End::ResetAfter(deltas)), _) => (after_deltas(&pieces, deltas), Tail::Reset),
        (Some(End::HangAfter(deltas)), _) => (after_deltas(&pieces, deltas), Tail::Hang),
        (Some(End::ErrorAfter(_)), _) => (pieces.len(), Tail::Broken),
        (Some(End::Truncate), _) => (pieces.len() / 2, Tail::Close),
        (_, Some(refrain)) => (pieces.len(), Tail::Forever(refrain, framing)),
        _ => (pieces.len(), Tail::Complete),
    };
    let promised: usize = pieces.iter().map(|piece| piece.bytes.len()).sum();
    let closes = matches!(tail, Tail::Close);
    pieces.truncate(keep);
    let flow = Flow::new(call, script, meter, pieces, tail);
    let mut response = respond(call, script, framing.content_type(), flow.body());
    if matches!(framing, Framing::EventStream) {
        response.headers_mut().insert(BEDROCK_CONTENT_TYPE, HeaderValue::from_static(JSON));
    }
    if closes { promise(response, promised) } else { response }
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
