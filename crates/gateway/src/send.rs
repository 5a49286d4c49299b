//! Over the wire: sends an admitted call to its provider and waits for the head of the answer.

use domain::outcome::Outcome;
use domain::refusal::Refusal;
use reqwest::Response;
use tokio::time::Instant;

use crate::admit::Admitted;
use crate::gateway::Gateway;
use crate::line::Line;
use crate::obligation::{Ending, Obligation};
use crate::patience::{Patience, Waited};
use crate::upstream::headers;

/// What came back.
pub(crate) enum Answer {
    /// A head; the body follows.
    Arrived(Box<Arrived>),
    /// Nothing came.
    Lost(Box<Lost>),
}

/// A call without an answer.
pub(crate) struct Lost {
    pub(crate) obligation: Obligation,
    pub(crate) ending: Ending,
    /// What the client hears of it, where there is one.
    pub(crate) tell: Option<Refusal>,
}

/// The head of an answer, and what it takes to deliver the rest.
pub(crate) struct Arrived {
    pub(crate) obligation: Obligation,
    pub(crate) response: Response,
    pub(crate) patience: Patience,
    /// Whether the event with the usage is ours and must not reach the client.
    pub(crate) hides_usage: bool,
}

/// Sends the call. This takes an [`Admitted`] and nothing else: what has no hold cannot go out.
pub(crate) async fn send(gateway: &Gateway, admitted: Admitted, line: &mut Line) -> Answer {
    let (mut obligation, from_client, body, request) = admitted.into_parts();
    if line.is_closed() {
        let ending =
            Ending::new(Outcome::ClientClosed, 499).note("the client left before it was sent");
        return lost(obligation, ending, None);
    }
    let target = &obligation.target;
    let credential = target.credential.as_ref().map(|credential| credential.header());
    let to_provider = headers::to_provider(&from_client, credential, obligation.trail.call_id);
    let work = gateway
        .client()
        .post(target.chat_url.clone())
        .headers(to_provider)
        .body(request.upstream_body(&body, &target.upstream_model))
        .send();
    let until = Instant::from_std(obligation.trail.began) + gateway.settings().call_wait;
    let mut patience = Patience::new(until, target.drain, gateway.drains());
    obligation.sent();
    match patience.wait(line, work).await {
        Waited::Ready(Ok(response)) => {
            obligation.trail.first_byte();
            obligation.upstream_request_id = headers::request_id(response.headers());
            let hides_usage = request.hides_usage();
            Answer::Arrived(Box::new(Arrived { obligation, response, patience, hides_usage }))
        }
        Waited::Ready(Err(error)) => {
            let (outcome, refusal) = fault(&error);
            // The URL in the error's text could carry what an operator put there.
            let error = error.without_url();
            let call = obligation.trail.call_id;
            tracing::warn!(%call, provider = obligation.target.provider, %error, "the provider could not be reached");
            let ending =
                Ending::refusal(outcome, &refusal).note("the provider could not be reached");
            lost(obligation, ending, Some(refusal))
        }
        Waited::TimedOut => {
            let refusal = Refusal::UpstreamTimeout;
            let ending = Ending::refusal(Outcome::TimedOut, &refusal).note("no answer in time");
            lost(obligation, ending, Some(refusal))
        }
        Waited::Abandoned => {
            let ending =
                Ending::new(Outcome::ClientClosed, 499).note("the client left before the answer");
            lost(obligation, ending, None)
        }
    }
}

fn lost(obligation: Obligation, ending: Ending, tell: Option<Refusal>) -> Answer {
    Answer::Lost(Box::new(Lost { obligation, ending, tell }))
}

/// What a transport error means.
pub(crate) fn fault(error: &reqwest::Error) -> (Outcome, Refusal) {
    if error.is_timeout() {
        (Outcome::TimedOut, Refusal::UpstreamTimeout)
    } else {
        (Outcome::UpstreamFault, Refusal::UpstreamFault)
    }
}
