//! Answers that come in one piece: completions that are not streamed, and the provider's errors.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use domain::outcome::Outcome;
use domain::provider::Wire;
use domain::refusal::Refusal;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use reqwest::Response;

use crate::line::Line;
use crate::mask::{self, Mask, Written};
use crate::metric;
use crate::obligation::{Ending, Obligation};
use crate::patience::{Patience, Waited};
use crate::refuse;
use crate::route::Candidate;
use crate::send::{Arrived, fault};
use crate::translate::Desk;
use crate::upstream::headers;

const UNREAD: &str = "the answer could not be looked through";

/// Reads the answer and passes it on.
pub(crate) async fn relay(
    arrived: &mut Arrived,
    mask: &mut Mask,
    line: &mut Line,
    desk: &Desk,
    bytes_max: usize,
) -> Ending {
    let Arrived { obligation, response, patience, candidate, .. } = arrived;
    let status = response.status();
    let provider_headers = std::mem::take(response.headers_mut());
    let mut teller = Teller { obligation, mask, line, candidate, desk, provider_headers };
    let body = match read(response, patience, teller.line, bytes_max).await {
        Ok(body) => body,
        Err(Unread::Abandoned) => return Ending::new(Outcome::ClientClosed, 499),
        Err(Unread::Refused(outcome, refusal, note)) => {
            return teller.refused(outcome, &refusal, note).await;
        }
    };
    if status.is_success() {
        return teller.success(status, body).await;
    }
    if status.is_client_error() || status.is_server_error() {
        return teller.error(status, body).await;
    }
    let note = "the provider answered with a redirect, which is not followed";
    teller.refused(Outcome::UpstreamFault, &Refusal::UpstreamInvalid, note).await
}

/// Tells the client what came.
struct Teller<'a> {
    obligation: &'a mut Obligation,
    mask: &'a mut Mask,
    line: &'a mut Line,
    candidate: &'a Candidate,
    desk: &'a Desk,
    provider_headers: HeaderMap,
}

impl Teller<'_> {
    async fn success(&mut self, status: StatusCode, body: Bytes) -> Ending {
        let invalid = Refusal::UpstreamInvalid;
        let Ok(is_error) = self.obligation.meter.whole(&body) else {
            let note = "the provider's answer is no JSON object";
            return self.refused(Outcome::UpstreamFault, &invalid, note).await;
        };
        if is_error {
            return self.error(status, body).await;
        }
        let body = match &self.candidate.translated {
            None => body,
            Some(translated) => match self.desk.answer(translated, body).await {
                Ok(Ok(body)) => body,
                Err(lost) => {
                    let call = self.obligation.trail.call_id;
                    tracing::error!(%call, %lost, "an answer is not translated");
                    let note = "the answer could not be translated";
                    return self.refused(Outcome::UpstreamFault, &Refusal::Internal, note).await;
                }
                Ok(Err(broken)) => {
                    return self.refused(Outcome::UpstreamFault, &invalid, broken.what).await;
                }
            },
        };
        if self.line.is_streaming() {
            let note = "the provider sent one piece where a stream was asked for";
            return self.refused(Outcome::UpstreamFault, &invalid, note).await;
        }
        let Some(written) = self.masked(body).await else {
            return self.refused(Outcome::UpstreamFault, &Refusal::Internal, UNREAD).await;
        };
        let taken = self.pass(status, written).await;
        let outcome = if taken { Outcome::Completed } else { Outcome::ClientClosed };
        Ending::new(outcome, status.as_u16())
    }

    /// An error of the provider reaches the client as it came: clients act on its wording. One that
    /// repeats the provider's key does not.
    async fn error(&mut self, status: StatusCode, body: Bytes) -> Ending {
        let provider = &self.candidate.target.provider;
        if provider.credential.as_ref().is_some_and(|credential| credential.occurs_in(&body)) {
            tracing::error!(provider = provider.slug, "a provider's error repeats its key");
            let note = "the provider's error could not be passed on";
            return self.refused(Outcome::UpstreamError, &Refusal::UpstreamInvalid, note).await;
        }
        let body = if self.speaks_otherwise() {
            let (from, to) = (self.candidate.surface, self.line.surface());
            dialect::error(from, to, status.as_u16(), &body).into()
        } else {
            body
        };
        let Some(written) = self.masked(body).await else {
            return self.refused(Outcome::UpstreamFault, &Refusal::Internal, UNREAD).await;
        };
        self.pass(status, written).await;
        Ending::new(Outcome::UpstreamError, status.as_u16())
            .code(format!("provider_{}", status.as_u16()))
    }

    /// The answer as it may be shown; `None` where it could not be looked through.
    async fn masked(&mut self, body: Bytes) -> Option<Written> {
        if !self.mask.is_needed() {
            return Some(Written::plain(body));
        }
        let bytes = body.len();
        let mut mask = std::mem::take(self.mask);
        let done = self.desk.run(bytes, move || (mask.whole(body), mask)).await;
        match done {
            Ok((written, mask)) => {
                *self.mask = mask;
                Some(written)
            }
            Err(lost) => {
                let call = self.obligation.trail.call_id;
                tracing::error!(%call, %lost, "an answer is not masked");
                None
            }
        }
    }

    /// Whether the provider's errors are not those of the client's dialect. Bedrock's are AWS's.
    fn speaks_otherwise(&self) -> bool {
        self.candidate.translated.is_some() || self.candidate.target.provider.wire == Wire::Bedrock
    }

    /// Gives the answer to the client, or an error inside the stream that has been opened for it. Says
    /// whether it was taken.
    async fn pass(&mut self, status: StatusCode, written: Written) -> bool {
        let Written { shown: body, kept } = written;
        if self.line.is_streaming() {
            let call_id = self.obligation.trail.call_id;
            let event = refuse::error_event(&body, self.line.surface(), call_id);
            self.obligation.answer.add(&event);
            return self.line.push(event).await;
        }
        if let Some(told) = self.mask.told() {
            self.line.mark(mask::HEADER, &told);
        }
        let mut to_client = headers::to_client(&self.provider_headers);
        if status.is_success() || self.speaks_otherwise() {
            // Whatever the provider called it: it is JSON, and must not be taken for a page.
            to_client.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        self.obligation.answer.add(kept.as_ref().unwrap_or(&body));
        let mut answer = http::Response::new(Body::from(body));
        *answer.status_mut() = status;
        *answer.headers_mut() = to_client;
        self.line.answer(answer)
    }

    async fn refused(&mut self, outcome: Outcome, refusal: &Refusal, note: &'static str) -> Ending {
        metric::refused(refusal);
        self.line.refuse(refusal).await;
        Ending::refusal(outcome, refusal).note(note)
    }
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
                let (outcome, refusal, _) = fault(&error);
                return Err(Unread::Refused(outcome, refusal, "the provider broke off"));
            }
            Waited::TimedOut => {
                let refusal = Refusal::UpstreamTimeout;
                return Err(Unread::Refused(Outcome::TimedOut, refusal, "not complete in time"));
            }
            Waited::Abandoned => return Err(Unread::Abandoned),
            Waited::Killed(scope) => {
                let refusal = Refusal::Killed { scope };
                let note = "cut off by the kill switch";
                return Err(Unread::Refused(Outcome::Killed, refusal, note));
            }
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
