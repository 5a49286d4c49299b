//! One attempt at one target: builds the request as the provider takes it, sends it, and judges the head
//! of the answer.

use std::time::Duration;

use bytes::Bytes;
use domain::circuit::Fault;
use domain::kill::KillScope;
use domain::outcome::Outcome;
use domain::provider::Wire;
use domain::refusal::Refusal;
use http::{HeaderMap, StatusCode, header};
use reqwest::Response;

use crate::gateway::Gateway;
use crate::line::Line;
use crate::obligation::{Ending, Obligation};
use crate::patience::{Patience, Waited};
use crate::request::bedrock_body;
use crate::route::Candidate;
use crate::send::{Out, fault};
use crate::upstream::headers::{self, Recipient};
use crate::upstream::outgoing::Outgoing;
use crate::upstream::sign;

/// What became of an attempt.
pub(crate) enum Tried {
    /// A head that ends the trying: a success, or an error that another target would give as well.
    Head(Response),
    /// The provider failed.
    Failed(Failed),
    /// The client has gone.
    Abandoned,
    /// The kill switch stops the call.
    Killed(KillScope),
}

/// A failure that another attempt may mend.
pub(crate) struct Failed {
    /// What it says of the provider; `None` where the provider is well and only our account there is not.
    pub(crate) fault: Option<Fault>,
    pub(crate) word: &'static str,
    /// The provider's error, to be passed on should nothing better come.
    pub(crate) response: Option<Response>,
    pub(crate) ending: Ending,
    pub(crate) refusal: Refusal,
    /// Whether another target may be tried.
    pub(crate) retryable: bool,
    /// Whether the same target may be tried again.
    pub(crate) same_again: bool,
    /// How long the provider asks us to wait.
    pub(crate) retry_after: Option<Duration>,
}

impl Tried {
    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Head(response) => Some(response.status().as_u16()),
            Self::Failed(failed) => failed.response.as_ref().map(|r| r.status().as_u16()),
            Self::Abandoned | Self::Killed(_) => None,
        }
    }

    /// The outcome in a word, for the decision.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::Head(_) => "answered",
            Self::Failed(failed) => failed.word,
            Self::Abandoned => "client_left",
            Self::Killed(_) => "killed",
        }
    }
}

/// Makes the attempt.
pub(crate) async fn attempt(
    gateway: &Gateway,
    out: &Out,
    candidate: &Candidate,
    (obligation, patience): (&mut Obligation, &mut Patience),
    line: &mut Line,
) -> Tried {
    let target = &candidate.target;
    let provider = &target.provider;
    let left = obligation.turn_to(target, candidate.surface);
    patience.towards(provider.drain, provider.id);
    let Some((url, headers, body)) = prepare(gateway, out, candidate, obligation) else {
        return Tried::Failed(unprepared(obligation));
    };
    let work = gateway
        .clients()
        .towards(provider.private_network)
        .post(url)
        .headers(headers)
        .body(reqwest::Body::wrap(Outgoing::new(body, left)))
        .send();
    match patience.wait(line, work).await {
        Waited::Ready(Ok(response)) => judge(response, obligation).await,
        Waited::Ready(Err(error)) => {
            let (outcome, refusal, fault) = fault(&error);
            // The URL in the error's text could carry what an operator put there.
            let error = error.without_url();
            let call = obligation.trail.call_id;
            tracing::warn!(%call, provider = provider.slug, %error, "the provider could not be reached");
            Tried::Failed(Failed {
                ending: Ending::refusal(outcome, &refusal)
                    .note("the provider could not be reached"),
                retryable: fault != Fault::Timeout,
                same_again: fault != Fault::Timeout,
                word: fault.as_str(),
                fault: Some(fault),
                refusal,
                response: None,
                retry_after: None,
            })
        }
        Waited::TimedOut => {
            let refusal = Refusal::UpstreamTimeout;
            Tried::Failed(Failed {
                ending: Ending::refusal(Outcome::TimedOut, &refusal).note("no answer in time"),
                fault: Some(Fault::Timeout),
                word: Fault::Timeout.as_str(),
                refusal,
                response: None,
                retryable: false,
                same_again: false,
                retry_after: None,
            })
        }
        Waited::Abandoned => Tried::Abandoned,
        Waited::Killed(scope) => Tried::Killed(scope),
    }
}

/// Where it goes, with which headers and which body.
fn prepare(
    gateway: &Gateway,
    out: &Out,
    candidate: &Candidate,
    obligation: &Obligation,
) -> Option<(reqwest::Url, HeaderMap, Bytes)> {
    let target = &candidate.target;
    let provider = &target.provider;
    let model = &target.upstream_model;
    let url = provider.url(candidate.surface, model, out.request.streamed())?;
    let body = match &candidate.translated {
        Some(translated) => Bytes::from(translated.body.clone()),
        None => out.request.upstream_body(&out.body, model),
    };
    let body = match provider.wire {
        Wire::Bedrock => bedrock_body(&body, &headers::betas(&out.headers))?,
        Wire::Plain | Wire::Azure => body,
    };
    let credential = provider.credential.as_ref();
    let recipient = Recipient { surface: candidate.surface, wire: provider.wire, credential };
    let mut headers = headers::to_provider(&out.headers, recipient, obligation.trail.call_id);
    if let Some(key) = credential.and_then(|credential| credential.aws()) {
        let region = provider.region.as_deref()?;
        let at = gateway.clock().now().into();
        sign::post(&mut headers, &url, &body, key, region, at).ok()?;
    }
    Some((url, headers, body))
}

fn unprepared(obligation: &Obligation) -> Failed {
    let model = obligation.trail.model.clone().unwrap_or_default();
    let refusal = Refusal::NoTarget { model };
    Failed {
        fault: None,
        word: "not_addressable",
        response: None,
        ending: Ending::refusal(Outcome::Refused, &refusal)
            .note("the request could not be made for this provider"),
        refusal,
        retryable: true,
        same_again: false,
        retry_after: None,
    }
}

/// Whether a head is an answer, an error for the caller, or a reason to try elsewhere.
async fn judge(response: Response, obligation: &mut Obligation) -> Tried {
    obligation.upstream_request_id = headers::request_id(response.headers());
    let status = response.status();
    if status.is_success() {
        obligation.trail.first_byte();
        return Tried::Head(response);
    }
    let fault = Fault::of_status(status.as_u16());
    // Our key there is refused, or its account has no credit left: the caller can do nothing about it.
    let ours = matches!(
        status,
        StatusCode::UNAUTHORIZED | StatusCode::PAYMENT_REQUIRED | StatusCode::FORBIDDEN
    );
    let (response, exhausted) = if status == StatusCode::BAD_REQUEST {
        credit_exhausted(response).await
    } else {
        (response, false)
    };
    if fault.is_none() && !ours && !exhausted && status != StatusCode::REQUEST_TIMEOUT {
        obligation.trail.first_byte();
        return Tried::Head(response);
    }
    let refusal = Refusal::UpstreamFault;
    let word = match (fault, ours || exhausted) {
        (Some(fault), _) => fault.as_str(),
        (None, true) => "account_refused",
        (None, false) => "timeout",
    };
    Tried::Failed(Failed {
        fault,
        word,
        retry_after: retry_after(response.headers()),
        ending: Ending::refusal(Outcome::UpstreamError, &refusal),
        refusal,
        response: Some(response),
        retryable: true,
        same_again: !ours && !exhausted,
    })
}

/// Largest error of a provider that is looked into, in bytes.
const LOOKED_INTO_BYTES_MAX: u64 = 16 * 1024;

/// Whether a 400 says that the operator's account has run out, as Anthropic says it. The response comes
/// back whole, since nobody but the caller should lose by our looking.
async fn credit_exhausted(response: Response) -> (Response, bool) {
    let small = response.content_length().is_some_and(|bytes| bytes <= LOOKED_INTO_BYTES_MAX);
    if !small {
        return (response, false);
    }
    let (status, version) = (response.status(), response.version());
    let kept = response.headers().clone();
    let Ok(body) = response.bytes().await else {
        return (rebuilt(status, version, kept, Bytes::new()), false);
    };
    let exhausted = memchr::memmem::find(&body, b"credit balance is too low").is_some();
    (rebuilt(status, version, kept, body), exhausted)
}

fn rebuilt(
    status: StatusCode,
    version: http::Version,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut response = http::Response::new(body);
    *response.status_mut() = status;
    *response.version_mut() = version;
    *response.headers_mut() = headers;
    Response::from(response)
}

/// What `Retry-After` asks for, in either of its two spellings (RFC 9110 section 10.2.3; the date form is
/// not sent by any provider of models).
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    let millis = number("retry-after-ms").map(Duration::from_millis);
    millis.or_else(|| number(header::RETRY_AFTER.as_str()).map(Duration::from_secs))
}
