//! How a refusal goes out: one body, one set of headers, one shape inside a stream.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use domain::ids::CallId;
use domain::refusal::Refusal;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::trail::Trail;

/// A step's refusal, with the trail of the call where it still has to be recorded.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) refusal: Refusal,
    /// `None` where an obligation has taken the record over.
    pub(crate) trail: Option<Box<Trail>>,
}

impl Refused {
    pub(crate) fn new(refusal: impl Into<Refusal>, trail: Box<Trail>) -> Self {
        Self { refusal: refusal.into(), trail: Some(trail) }
    }
}

/// OpenAI's error object. Its clients need `message`; the rest they show.
#[derive(Serialize)]
struct Envelope<'a> {
    error: Error<'a>,
}

#[derive(Serialize)]
struct Error<'a> {
    message: String,
    #[serde(rename = "type")]
    kind: &'a str,
    param: Option<&'a str>,
    code: &'a str,
}

/// The refusal as an HTTP answer.
pub(crate) fn response(refusal: &Refusal, call_id: CallId) -> Response {
    let wire = refusal.wire();
    let mut response = Response::new(Body::from(envelope(refusal)));
    *response.status_mut() =
        StatusCode::from_u16(wire.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let retry = if wire.should_retry { "true" } else { "false" };
    headers.insert("x-should-retry", HeaderValue::from_static(retry));
    if let Some(seconds) = wire.retry_after_s {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    stamp(&mut response, call_id);
    response
}

/// The refusal as the last event of a stream whose head has gone out already.
pub(crate) fn event(refusal: &Refusal) -> Bytes {
    let mut event = b"data: ".to_vec();
    event.extend_from_slice(&envelope(refusal));
    event.extend_from_slice(b"\n\n");
    event.into()
}

/// Names the call in an answer.
pub(crate) fn stamp(response: &mut Response, call_id: CallId) {
    if let Ok(id) = HeaderValue::from_str(&call_id.to_string()) {
        response.headers_mut().insert("x-request-id", id);
    }
}

fn envelope(refusal: &Refusal) -> Vec<u8> {
    let wire = refusal.wire();
    let error = Error {
        message: refusal.message(),
        kind: wire.kind,
        param: refusal.param(),
        code: wire.code,
    };
    // Strings and nothing else: this cannot fail, and if it did, an empty body would say as much.
    serde_json::to_vec(&Envelope { error }).unwrap_or_default()
}
