//! Answers that come as a stream of events: each is passed on with the bytes it came with, at once.

use axum::body::Body;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use domain::outcome::Outcome;
use domain::refusal::Refusal;
use http::HeaderValue;
use std::time::Duration;

use crate::line::Line;
use crate::obligation::{Ending, Obligation};
use crate::patience::{Patience, Waited};
use crate::refuse;
use crate::send::{Arrived, fault};
use crate::sse::{Event, Splitter};
use crate::upstream::headers;
use crate::upstream::meter::Said;

/// How long the end of the body may lag behind the event that announces it, before the connection is
/// given up instead of reused.
const TAIL_WAIT: Duration = Duration::from_millis(250);

/// Relays the stream.
pub(crate) async fn relay(arrived: &mut Arrived, line: &mut Line) -> Ending {
    let Arrived { obligation, response, patience, hides_usage } = arrived;
    let status = response.status().as_u16();
    open(obligation, response, line);
    let mut relay = Relay { obligation, patience, line, hides_usage: *hides_usage, status };
    let mut splitter = Splitter::default();
    loop {
        let waited = relay.patience.wait(relay.line, response.chunk()).await;
        let chunk = match waited {
            Waited::Ready(Ok(Some(chunk))) => chunk,
            Waited::Ready(Ok(None)) => return relay.ended(splitter).await,
            Waited::Ready(Err(error)) => {
                let (outcome, refusal) = fault(&error);
                return relay.broken(outcome, &refusal, "the provider broke off").await;
            }
            Waited::TimedOut => {
                let (outcome, refusal) = (Outcome::TimedOut, Refusal::UpstreamTimeout);
                return relay.broken(outcome, &refusal, "not complete in time").await;
            }
            Waited::Abandoned => return relay.client_left(),
        };
        if !relay.patience.drained(chunk.len()) {
            return relay.client_left();
        }
        splitter.push(&chunk);
        loop {
            match splitter.next_event() {
                Ok(None) => break,
                Ok(Some(event)) => {
                    if let Some(ending) = relay.event(event).await {
                        finish(relay.line, response, &ending).await;
                        return ending;
                    }
                }
                Err(error) => {
                    tracing::warn!(call = %relay.obligation.trail.call_id, %error, "a stream is cut");
                    let (outcome, refusal) = (Outcome::UpstreamFault, Refusal::UpstreamInvalid);
                    return relay.broken(outcome, &refusal, "an event is too large").await;
                }
            }
        }
    }
}

/// Gives the head to the client.
fn open(obligation: &Obligation, response: &reqwest::Response, line: &mut Line) {
    let mut head = Response::new(Body::empty());
    *head.status_mut() = response.status();
    *head.headers_mut() = headers::to_client(response.headers());
    // A proxy between us and the client must not gather or keep what is meant to flow.
    head.headers_mut().insert(http::header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    head.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    refuse::stamp(&mut head, obligation.trail.call_id);
    line.open(head.into_parts().0);
}

/// Ends the client's answer, then reads the provider's to its very end, so that the connection can be
/// used again.
async fn finish(line: &mut Line, response: &mut reqwest::Response, ending: &Ending) {
    line.close();
    if matches!(ending.outcome, Outcome::Completed | Outcome::ClientClosed) {
        let tail = async { while let Ok(Some(_)) = response.chunk().await {} };
        let _ = tokio::time::timeout(TAIL_WAIT, tail).await;
    }
}

/// A stream under way.
struct Relay<'a> {
    obligation: &'a mut Obligation,
    patience: &'a mut Patience,
    line: &'a mut Line,
    hides_usage: bool,
    status: u16,
}

impl Relay<'_> {
    /// Passes an event on. Gives the ending where it was the last.
    async fn event(&mut self, event: Event) -> Option<Ending> {
        let said = event.data().map(|data| self.obligation.meter.event(&data));
        if !(self.hides_usage && said == Some(Said::UsageOnly))
            && let Some(ending) = self.push(event.into_bytes()).await
        {
            return Some(ending);
        }
        match said {
            Some(Said::Done) => Some(self.complete()),
            Some(Said::Error) => Some(
                Ending::new(Outcome::UpstreamFault, self.status)
                    .code("provider_error")
                    .note("the provider reported an error in mid-stream"),
            ),
            Some(Said::UsageOnly | Said::Part | Said::Unreadable) | None => None,
        }
    }

    /// Pushes bytes to a client that listens. Gives the ending where nothing more is to be read.
    async fn push(&mut self, bytes: Bytes) -> Option<Ending> {
        if self.patience.client_left() {
            return None;
        }
        self.obligation.answer.add(&bytes);
        match self.patience.push(self.line, bytes).await {
            Waited::Ready(()) => None,
            Waited::Abandoned => Some(self.client_left()),
            Waited::TimedOut => Some(
                Ending::refusal(Outcome::TimedOut, &Refusal::UpstreamTimeout)
                    .note("the client did not take the answer in time"),
            ),
        }
    }

    /// The provider's stream is over, with or without the event that says so.
    async fn ended(&mut self, splitter: Splitter) -> Ending {
        if let Some(event) = splitter.finish() {
            let said = event.data().map(|data| self.obligation.meter.event(&data));
            let hidden = self.hides_usage && said == Some(Said::UsageOnly);
            // What broke off in the middle of its JSON would only break the client.
            if !hidden && said != Some(Said::Unreadable) {
                let mut closed = BytesMut::from(&event.into_bytes()[..]);
                closed.extend_from_slice(b"\n\n");
                if let Some(ending) = self.push(closed.freeze()).await {
                    return ending;
                }
            }
            if said == Some(Said::Done) {
                return self.complete();
            }
        }
        let (outcome, refusal) = (Outcome::UpstreamFault, Refusal::UpstreamFault);
        self.broken(outcome, &refusal, "the provider ended the stream before its end").await
    }

    /// The stream cannot go on: the client is told inside it.
    async fn broken(&mut self, outcome: Outcome, refusal: &Refusal, note: &'static str) -> Ending {
        let left = self.patience.client_left();
        // That the client has gone by now changes nothing.
        let _ = self.push(refuse::event(refusal)).await;
        if left {
            return self.client_left().note(note);
        }
        let code = refusal.wire().code;
        Ending::new(outcome, self.status).code(code).note(note)
    }

    fn complete(&self) -> Ending {
        if self.patience.client_left() {
            return self.client_left();
        }
        let ending = Ending::new(Outcome::Completed, self.status);
        match self.obligation.meter.unreadable() {
            0 => ending,
            events => ending.note(format!("{events} events of the stream could not be read")),
        }
    }

    fn client_left(&self) -> Ending {
        Ending::new(Outcome::ClientClosed, self.status)
    }
}
