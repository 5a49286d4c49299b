//! Answers that come in one piece: completions that are not streamed, and the provider's errors.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use domain::outcome::Outcome;
use domain::refusal::Refusal;
use http::{HeaderMap, HeaderValue, header};
use reqwest::Response;

use crate::deliver::refuse;
use crate::line::Line;
use crate::obligation::{Ending, Obligation};
use crate::patience::{Patience, Waited};
use crate::refuse;
use crate::send::{Arrived, fault};
use crate::upstream::headers;

/// Reads the answer and passes it on.
pub(crate) async fn relay(arrived: &mut Arrived, line: &mut Line, bytes_max: usize) -> Ending {
    let Arrived { obligation, response, patience, .. } = arrived;
    let status = response.status();
    let provider_headers = std::mem::take(response.headers_mut());
    let body = match read(response, patience, line, bytes_max).await {
        Ok(body) => body,
        Err(Unread::Abandoned) => return Ending::new(Outcome::ClientClosed, 499),
        Err(Unread::Refused(outcome, refusal, note)) => {
            return refused(obligation, line, outcome, &refusal, note);
        }
    };
    if !status.is_success() {
        return if status.is_client_error() || status.is_server_error() {
            provider_error(obligation, line, status, &provider_headers, body)
        } else {
            let note = "the provider answered with a redirect, which is not followed";
            refused(obligation, line, Outcome::UpstreamFault, &Refusal::UpstreamInvalid, note)
        };
    }
    let Ok(is_error) = obligation.meter.whole(&body) else {
        let note = "the provider's answer is no JSON object";
        return refused(obligation, line, Outcome::UpstreamFault, &Refusal::UpstreamInvalid, note);
    };
    let mut to_client = headers::to_client(&provider_headers);
    // Whatever the provider called it: it is JSON, and must not be taken for a page.
    to_client.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let taken = pass(obligation, line, status, to_client, body);
    let ending = |outcome| Ending::new(outcome, status.as_u16());
    match (taken, is_error) {
        (_, true) => ending(Outcome::UpstreamError).code("provider_error"),
        (true, false) => ending(Outcome::Completed),
        (false, false) => ending(Outcome::ClientClosed),
    }
}

/// An error of the provider reaches the client as it came: clients act on its wording. One that repeats
/// the provider's key does not.
fn provider_error(
    obligation: &mut Obligation,
    line: &mut Line,
    status: http::StatusCode,
    provider_headers: &HeaderMap,
    body: Bytes,
) -> Ending {
    let credential = obligation.target.credential.as_ref();
    if credential.is_some_and(|credential| credential.occurs_in(&body)) {
        tracing::error!(
            provider = obligation.target.provider,
            "a provider's error repeats its key"
        );
        let note = "the provider's error could not be passed on";
        return refused(obligation, line, Outcome::UpstreamError, &Refusal::UpstreamInvalid, note);
    }
    pass(obligation, line, status, headers::to_client(provider_headers), body);
    Ending::new(Outcome::UpstreamError, status.as_u16())
        .code(format!("provider_{}", status.as_u16()))
}

/// Gives the answer to the client. Says whether it was taken.
fn pass(
    obligation: &mut Obligation,
    line: &mut Line,
    status: http::StatusCode,
    to_client: HeaderMap,
    body: Bytes,
) -> bool {
    obligation.answer.add(&body);
    let mut answer = http::Response::new(Body::from(body));
    *answer.status_mut() = status;
    *answer.headers_mut() = to_client;
    refuse::stamp(&mut answer, obligation.trail.call_id);
    line.answer(answer)
}

fn refused(
    obligation: &Obligation,
    line: &mut Line,
    outcome: Outcome,
    refusal: &Refusal,
    note: &'static str,
) -> Ending {
    refuse(line, refusal, obligation.trail.call_id);
    Ending::refusal(outcome, refusal).note(note)
}

/// Why there is no body.
enum Unread {
    /// The client has gone, and so have we.
    Abandoned,
    /// The client is told so.
    Refused(Outcome, Refusal, &'static str),
}

async fn read(
    response: &mut Response,
    patience: &mut Patience,
    line: &mut Line,
    bytes_max: usize,
) -> Result<Bytes, Unread> {
    // Most answers come in one chunk, which is then passed on without a copy.
    let mut only = Bytes::new();
    let mut joined = BytesMut::new();
    loop {
        let chunk = match patience.wait(line, response.chunk()).await {
            Waited::Ready(Ok(Some(chunk))) => chunk,
            Waited::Ready(Ok(None)) => break,
            Waited::Ready(Err(error)) => {
                let (outcome, refusal) = fault(&error);
                return Err(Unread::Refused(outcome, refusal, "the provider broke off"));
            }
            Waited::TimedOut => {
                let refusal = Refusal::UpstreamTimeout;
                return Err(Unread::Refused(Outcome::TimedOut, refusal, "not complete in time"));
            }
            Waited::Abandoned => return Err(Unread::Abandoned),
        };
        if only.len() + joined.len() + chunk.len() > bytes_max {
            let refusal = Refusal::UpstreamInvalid;
            return Err(Unread::Refused(
                Outcome::UpstreamFault,
                refusal,
                "the answer is too large",
            ));
        }
        if !patience.drained(chunk.len()) {
            return Err(Unread::Abandoned);
        }
        if only.is_empty() && joined.is_empty() {
            only = chunk;
        } else {
            joined.extend_from_slice(&std::mem::take(&mut only));
            joined.extend_from_slice(&chunk);
        }
    }
    Ok(if joined.is_empty() { only } else { joined.freeze() })
}
