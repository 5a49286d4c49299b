//! Answers that come as a stream of events: each is passed on with the bytes it came with, at once; or,
//! where the provider speaks another dialect, said again in the caller's.

use std::time::Duration;

use bytes::Bytes;
use dialect::Step;
use domain::outcome::Outcome;
use domain::provider::Wire;
use domain::refusal::Refusal;
use http::header;

use crate::line::Line;
use crate::mask::{Mask, Written};
use crate::obligation::{Ending, Obligation};
use crate::patience::{Patience, Waited};
use crate::refuse::{self, Broken};
use crate::send::{Arrived, fault};
use crate::upstream::eventstream::Frames;
use crate::upstream::headers;
use crate::upstream::meter::Said;
use speech::sse::{Event, Splitter};

/// How long the end of the body may lag behind the event that announces it, before the connection is
/// given up instead of reused.
const TAIL_WAIT: Duration = Duration::from_millis(250);

/// Relays the stream.
pub(crate) async fn relay(arrived: &mut Arrived, mask: &mut Mask, line: &mut Line) -> Ending {
    let Arrived { obligation, response, patience, candidate, hides_usage } = arrived;
    let status = response.status().as_u16();
    // They are parts of their connection's buffer, which would live as long as the stream.
    let mut to_client = headers::to_client(&std::mem::take(response.headers_mut()));
    let framed = candidate.target.provider.wire == Wire::Bedrock;
    if framed || candidate.translated.is_some() {
        to_client.remove(header::CONTENT_TYPE);
    }
    line.open(to_client);
    let translator = candidate
        .translated
        .as_ref()
        .map(|translated| Box::new(dialect::Stream::new(translated.context.clone())));
    let mut relay =
        Relay { obligation, patience, line, translator, mask, hides_usage: *hides_usage, status };
    let mut frames = framed.then(Frames::default);
    let mut splitter = Splitter::default();
    loop {
        let waited = relay.patience.wait(relay.line, response.chunk()).await;
        let chunk = match waited {
            Waited::Ready(Ok(Some(chunk))) => chunk,
            Waited::Ready(Ok(None)) => return Box::pin(relay.ended(splitter)).await,
            Waited::Ready(Err(error)) => {
                let (outcome, refusal, _) = fault(&error);
                return relay.broken(outcome, &refusal, "the provider broke off").await;
            }
            Waited::TimedOut => {
                let (outcome, refusal) = (Outcome::TimedOut, Refusal::UpstreamTimeout);
                return relay.broken(outcome, &refusal, "not complete in time").await;
            }
            Waited::Abandoned => return relay.client_left(),
            Waited::Killed(scope) => return relay.killed(scope).await,
        };
        if !relay.patience.drained(chunk.len()) {
            return relay.client_left();
        }
        let read = match &mut frames {
            None => Ok(chunk),
            Some(frames) => frames.events(&chunk),
        };
        let Ok(events) = read else { return relay.unreadable("a frame cannot be read").await };
        splitter.push(&events);
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
                    return relay.unreadable("an event is too large").await;
                }
            }
        }
    }
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
    translator: Option<Box<dialect::Stream>>,
    mask: &'a mut Mask,
    hides_usage: bool,
    status: u16,
}

impl Relay<'_> {
    /// Passes an event on. Gives the ending where it was the last.
    async fn event(&mut self, event: Event) -> Option<Ending> {
        let said = event.data().map(|data| self.obligation.meter.event(&data));
        if self.translator.is_some() {
            return self.translate(&event, said).await;
        }
        if !(self.hides_usage && said == Some(Said::UsageOnly))
            && let Some(ending) = self.say(event).await
        {
            return Some(ending);
        }
        match said {
            Some(Said::Done) => Some(self.complete()),
            Some(Said::Error) => Some(self.provider_error()),
            Some(Said::UsageOnly | Said::Part | Said::Unreadable) | None => None,
        }
    }

    /// Says an event in the caller's dialect.
    async fn translate(&mut self, event: &Event, said: Option<Said>) -> Option<Ending> {
        let data = event.data()?;
        let translator = self.translator.as_mut()?;
        let mut out = Vec::new();
        let name = event.name();
        let step = translator.event(name.as_deref(), &data, &mut out);
        if !out.is_empty()
            && let Some(ending) = self.say_again(out).await
        {
            return Some(ending);
        }
        match (step, said) {
            (Ok(Step::Done), _) => Some(self.complete()),
            (Ok(Step::Failed), _) => Some(self.provider_error()),
            (Ok(Step::Going), _) => None,
            // What is no event of the dialect at all is passed over, as it is where nothing is translated.
            (Err(_), Some(Said::Unreadable)) => None,
            (Err(broken), _) => Some(self.unreadable(broken.what).await),
        }
    }

    /// Says an event to the client, through the guard.
    async fn say(&mut self, event: Event) -> Option<Ending> {
        if self.patience.client_left() {
            return None;
        }
        let written = self.mask.event(event);
        self.push(written).await
    }

    /// The same of events in the caller's dialect that a translator wrote.
    async fn say_again(&mut self, events: Vec<u8>) -> Option<Ending> {
        if self.patience.client_left() {
            return None;
        }
        let written = self.mask.events(events);
        self.push(written).await
    }

    /// Pushes bytes to a client that listens. Gives the ending where nothing more is to be read.
    async fn push(&mut self, written: Written) -> Option<Ending> {
        let Written { shown, kept } = written;
        self.obligation.answer.add(kept.as_ref().unwrap_or(&shown));
        if shown.is_empty() {
            return None;
        }
        match self.patience.push(self.line, shown).await {
            Waited::Ready(()) => None,
            Waited::Abandoned => Some(self.client_left()),
            Waited::Killed(scope) => Some(self.killed(scope).await),
            Waited::TimedOut => Some(
                Ending::refusal(Outcome::TimedOut, &Refusal::UpstreamTimeout)
                    .note("the client did not take the answer in time")
                    .by_client(),
            ),
        }
    }

    /// The provider's stream is over, with or without the event that says so.
    async fn ended(&mut self, splitter: Splitter) -> Ending {
        if let Some(event) = splitter.finish() {
            let said = event.data().map(|data| self.obligation.meter.event(&data));
            if self.translator.is_some() {
                if let Some(ending) = self.translate(&event, said).await {
                    return ending;
                }
            } else if let Some(ending) = self.last(event, said).await {
                return ending;
            }
        }
        let (outcome, refusal) = (Outcome::UpstreamFault, Refusal::UpstreamFault);
        if let Some(ending) = self.close(&refusal).await {
            return ending;
        }
        self.broken(outcome, &refusal, "the provider ended the stream before its end").await
    }

    /// Ends a translated stream whose provider said nothing of the end: some servers leave the formal
    /// last event out, and what is complete but for it is complete to a client of another dialect.
    async fn close(&mut self, refusal: &Refusal) -> Option<Ending> {
        let translator = self.translator.as_mut()?;
        let mut out = Vec::new();
        let step = translator.close(refusal.wire().code, &refusal.message(), &mut out);
        if let Some(ending) = self.say_again(out).await {
            return Some(ending);
        }
        (step == Step::Done).then(|| self.complete())
    }

    /// An event that nothing closed.
    async fn last(&mut self, event: Event, said: Option<Said>) -> Option<Ending> {
        let hidden = self.hides_usage && said == Some(Said::UsageOnly);
        // What broke off in the middle of its JSON would only break the client.
        if !hidden && said != Some(Said::Unreadable) {
            let mut closed = event.into_bytes().to_vec();
            closed.extend_from_slice(b"\n\n");
            if let Some(ending) = self.say_again(closed).await {
                return Some(ending);
            }
        }
        match said {
            Some(Said::Done) => Some(self.complete()),
            Some(Said::Error) => Some(self.provider_error()),
            _ => None,
        }
    }

    async fn unreadable(&mut self, note: &'static str) -> Ending {
        self.broken(Outcome::UpstreamFault, &Refusal::UpstreamInvalid, note).await
    }

    /// The kill switch ends the stream; whatever the provider's policy, nothing more is read.
    async fn killed(&mut self, scope: domain::kill::KillScope) -> Ending {
        let refusal = Refusal::Killed { scope };
        self.tell(&refusal).await;
        let code = refusal.wire().code;
        Ending::new(Outcome::Killed, self.status).code(code).note("cut off by the kill switch")
    }

    /// The stream cannot go on: the client is told inside it.
    async fn broken(&mut self, outcome: Outcome, refusal: &Refusal, note: &'static str) -> Ending {
        let left = self.patience.client_left();
        self.tell(refusal).await;
        if left {
            return self.client_left().note(note);
        }
        let code = refusal.wire().code;
        Ending::new(outcome, self.status).code(code).note(note)
    }

    /// Tells a client that listens why the stream ends. That it has gone by now changes nothing.
    async fn tell(&mut self, refusal: &Refusal) {
        if self.patience.client_left() {
            return;
        }
        let last = match &mut self.translator {
            Some(translator) => {
                let mut out = Vec::new();
                translator.fail(refusal.wire().code, &refusal.message(), &mut out);
                self.mask.events(out)
            }
            None => {
                let waited = self.mask.end().unwrap_or_else(|| Written::plain(Bytes::new()));
                let meter = &self.obligation.meter;
                let sequence = meter.next_sequence() + self.mask.added();
                let broken = Broken { answer_id: meter.id(), sequence };
                let call_id = self.obligation.trail.call_id;
                waited.and(&refuse::event(refusal, self.line.surface(), call_id, broken))
            }
        };
        let Written { shown, kept } = last;
        // A translated stream that has told its end already has no more to say.
        if shown.is_empty() {
            return;
        }
        self.obligation.answer.add(kept.as_ref().unwrap_or(&shown));
        let within = tokio::time::timeout(TAIL_WAIT, self.line.push(shown)).await;
        if within.is_err() {
            tracing::debug!("a slow client does not hear why its stream ends");
        }
    }

    fn provider_error(&self) -> Ending {
        Ending::new(Outcome::UpstreamFault, self.status)
            .code("provider_error")
            .note("the provider reported an error in mid-stream")
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
