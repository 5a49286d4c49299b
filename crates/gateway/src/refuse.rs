//! How a refusal goes out: one set of headers, a body and an event in the caller's own dialect.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use domain::ids::CallId;
use domain::provider::Surface;
use domain::refusal::Refusal;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use crate::room::Place;
use crate::trail::Trail;

/// Whose error shape a caller reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Voice {
    /// OpenAI's.
    #[default]
    OpenAi,
    /// Anthropic's.
    Anthropic,
}

/// A step's refusal, with the trail of the call where it still has to be recorded.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) refusal: Refusal,
    /// `None` where an obligation has taken the record over.
    pub(crate) trail: Option<Box<Trail>>,
    /// What was asked, without its secrets, where somebody will want to look into it.
    pub(crate) prompt: Option<(Bytes, Place)>,
}

impl Refused {
    pub(crate) fn new(refusal: impl Into<Refusal>, trail: Box<Trail>) -> Self {
        Self { refusal: refusal.into(), trail: Some(trail), prompt: None }
    }

    /// As [`Self::new`], of a prompt that is kept.
    pub(crate) fn with_prompt(
        refusal: Refusal,
        trail: Box<Trail>,
        body: Bytes,
        place: Place,
    ) -> Self {
        Self { refusal, trail: Some(trail), prompt: Some((body, place)) }
    }
}

impl Voice {
    /// That of a surface.
    pub(crate) const fn of(surface: Surface) -> Self {
        match surface {
            Surface::Messages | Surface::CountTokens => Self::Anthropic,
            Surface::Chat | Surface::Responses | Surface::Embeddings | Surface::Completions => {
                Self::OpenAi
            }
        }
    }

    fn body(self, refusal: &Refusal, call_id: CallId) -> Vec<u8> {
        let body = match self {
            Self::OpenAi => json!({ "error": openai(refusal) }),
            Self::Anthropic => anthropic(refusal, call_id),
        };
        body.to_string().into_bytes()
    }
}

/// The refusal as an HTTP answer.
pub(crate) fn response(refusal: &Refusal, voice: Voice, call_id: CallId) -> Response {
    let wire = refusal.wire();
    let mut response = Response::new(Body::from(voice.body(refusal, call_id)));
    *response.status_mut() =
        StatusCode::from_u16(wire.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let retry = if wire.should_retry { "true" } else { "false" };
    headers.insert("x-should-retry", HeaderValue::from_static(retry));
    if let Some(seconds) = wire.retry_after_s {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    stamp(&mut response, voice, call_id);
    response
}

/// Where a stream was when it broke off: what its last event has to fit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Broken<'a> {
    /// The id of the answer, as its beginning gave it.
    pub(crate) answer_id: Option<&'a str>,
    /// The number of the next event, where the dialect counts them.
    pub(crate) sequence: u64,
}

/// The refusal as the last event of a stream whose head has gone out already.
pub(crate) fn event(
    refusal: &Refusal,
    surface: Surface,
    call_id: CallId,
    broken: Broken<'_>,
) -> Bytes {
    match surface {
        Surface::Messages | Surface::CountTokens => named("error", &anthropic(refusal, call_id)),
        Surface::Responses => {
            let wire = refusal.wire();
            failed(wire.code, &refusal.message(), call_id, broken)
        }
        Surface::Chat | Surface::Embeddings | Surface::Completions => {
            data(&json!({ "error": openai(refusal) }))
        }
    }
}

/// A provider's error body as an event, for a caller whose stream was opened before the error came.
pub(crate) fn error_event(body: &[u8], surface: Surface, call_id: CallId) -> Bytes {
    let said: Value = serde_json::from_slice(body).unwrap_or_default();
    match surface {
        Surface::Messages | Surface::CountTokens => named("error", &said),
        Surface::Responses => {
            let error = said.get("error");
            let word = |name| error.and_then(|error| error.get(name)).and_then(Value::as_str);
            let code = word("code").or_else(|| word("type")).unwrap_or("server_error");
            let message = word("message").unwrap_or("The provider reported an error.");
            failed(code, message, call_id, Broken::default())
        }
        Surface::Chat | Surface::Embeddings | Surface::Completions => data(&said),
    }
}

/// What keeps a silent stream alive on its way through proxies: a comment (WHATWG HTML section 9.2.6),
/// or Anthropic's own event for it.
pub(crate) const fn keep_alive(surface: Surface) -> &'static [u8] {
    match surface {
        Surface::Messages | Surface::CountTokens => b"event: ping\ndata: {\"type\": \"ping\"}\n\n",
        _ => b": keep-alive\n\n",
    }
}

/// Names the call in an answer, under the header that each family's clients read.
pub(crate) fn stamp(response: &mut Response, voice: Voice, call_id: CallId) {
    if let Ok(id) = HeaderValue::from_str(&call_id.to_string()) {
        if voice == Voice::Anthropic {
            response.headers_mut().insert("request-id", id.clone());
        }
        response.headers_mut().insert("x-request-id", id);
    }
}

/// OpenAI's error object. Its clients need `message`; the rest they show.
fn openai(refusal: &Refusal) -> Value {
    let wire = refusal.wire();
    json!({
        "message": refusal.message(),
        "type": wire.kind,
        "param": refusal.param(),
        "code": wire.code,
    })
}

/// Anthropic's error envelope (docs.anthropic.com, "Errors").
fn anthropic(refusal: &Refusal, call_id: CallId) -> Value {
    json!({
        "type": "error",
        "error": { "type": refusal.wire().anthropic_kind(), "message": refusal.message() },
        "request_id": call_id.to_string(),
    })
}

/// The event that ends a response which failed: clients wait for one of three and for no other.
fn failed(code: &str, message: &str, call_id: CallId, broken: Broken<'_>) -> Bytes {
    let id = broken.answer_id.map_or_else(|| format!("resp_{call_id}"), str::to_owned);
    let body = json!({
        "type": "response.failed",
        "sequence_number": broken.sequence,
        "response": {
            "id": id,
            "object": "response",
            "status": "failed",
            "error": { "code": code, "message": message },
            "output": [],
        },
    });
    named("response.failed", &body)
}

fn named(name: &str, body: &Value) -> Bytes {
    format!("event: {name}\ndata: {body}\n\n").into()
}

fn data(body: &Value) -> Bytes {
    format!("data: {body}\n\n").into()
}
