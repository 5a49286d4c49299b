//! Over the wire: sends an admitted call to its targets, one after the other, until one begins to answer.
//!
//! Another attempt is made only while the client has not seen a byte of an answer. A fault of a provider
//! leads to the next target; where there is none, the same ones are tried again after a pause.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use domain::circuit::Fault;
use domain::outcome::Outcome;
use domain::refusal::Refusal;
use http::HeaderMap;
use tokio::time::{Instant, sleep};

use crate::admit::{Admitted, AdmittedParts};
use crate::attempt::{Failed, Tried, attempt};
use crate::backoff::pause;
use crate::circuits::{Leave, Verdict};
use crate::decision::Decision;
use crate::gateway::Gateway;
use crate::line::Line;
use crate::obligation::{Ending, Obligation};
use crate::patience::{Patience, Waited, Waits};
use crate::request::AskedFor;
use crate::route::{Candidate, Plan};
use crate::snapshot::Target;

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
    pub(crate) response: reqwest::Response,
    pub(crate) patience: Patience,
    pub(crate) candidate: Candidate,
    /// Whether the event with the usage is ours and must not reach the client.
    pub(crate) hides_usage: bool,
}

/// Sends the call. This takes an [`Admitted`] and nothing else: what has no hold cannot go out.
pub(crate) async fn send(gateway: &Gateway, admitted: Admitted, line: &mut Line) -> Answer {
    let AdmittedParts { obligation, headers, request, plan, ear } = admitted.into_parts();
    if line.is_closed() {
        let ending =
            Ending::new(Outcome::ClientClosed, 499).note("the client left before it was sent");
        return lost(obligation, ending, None);
    }
    let settings = gateway.settings();
    let patience = Patience::new(Waits {
        until: Instant::from_std(obligation.trail.began) + settings.call_wait,
        drains: gateway.drains(),
        quiet: request.streamed().then_some(settings.keep_alive),
        ear,
    });
    let body = obligation.request.clone();
    let Plan { candidates, decision, bound_to_account } = plan;
    let mut sending = Sending {
        gateway,
        deadline: deadline(&headers),
        out: Out { headers, request, body },
        bound_to_account,
        decision,
        candidates: candidates.into_iter().collect(),
        blamed: Vec::new(),
        obligation,
        patience,
    };
    let answer = sending.run(line).await;
    sending.finish(answer)
}

/// What goes out, whoever it goes to.
pub(crate) struct Out {
    pub(crate) headers: HeaderMap,
    pub(crate) request: AskedFor,
    pub(crate) body: Bytes,
}

/// A call that is being sent.
struct Sending<'a> {
    gateway: &'a Gateway,
    out: Out,
    /// When the caller itself gives up, where it says so.
    deadline: Option<Instant>,
    bound_to_account: bool,
    decision: Decision,
    candidates: Vec<Candidate>,
    /// The targets whose circuits know of this call.
    blamed: Vec<Arc<Target>>,
    obligation: Obligation,
    patience: Patience,
}

/// How sending ended.
enum Sent {
    /// A head came, of an answer or of an error that is the caller's.
    Head(reqwest::Response, Candidate),
    /// No attempt brought one.
    Nothing(Ending, Option<Refusal>),
}

impl Sending<'_> {
    async fn run(&mut self, line: &mut Line) -> Sent {
        let mut made = 0;
        let mut at = 0;
        let mut wait = Duration::ZERO;
        let mut last: Option<(Failed, Candidate)> = None;
        loop {
            let Some((index, candidate)) = self.next(at).await else {
                return blocked(last);
            };
            let began = Instant::now();
            let hands = (&mut self.obligation, &mut self.patience);
            let tried = attempt(self.gateway, &self.out, &candidate, hands, line).await;
            made += 1;
            let took = began.elapsed();
            let target = &candidate.target;
            let status = tried.status();
            self.decision.tried(target, status, tried.word(), wait, took);
            let failed = match tried {
                Tried::Head(response) => {
                    self.gateway.pace().note(target, took);
                    return Sent::Head(response, candidate);
                }
                Tried::Abandoned => {
                    self.gateway.circuits().note(&candidate, Verdict::Nothing, None);
                    let note = "the client left before the answer";
                    return Sent::Nothing(Ending::new(Outcome::ClientClosed, 499).note(note), None);
                }
                Tried::Killed(scope) => {
                    self.gateway.circuits().note(&candidate, Verdict::Nothing, None);
                    let refusal = Refusal::Killed { scope };
                    let ending = Ending::refusal(Outcome::Killed, &refusal);
                    return Sent::Nothing(ending, Some(refusal));
                }
                Tried::Failed(failed) => failed,
            };
            self.blame(&candidate, failed.verdict(), status);
            let again = self.again(&failed, index, made);
            let Some((next, pause)) = again else { return failed.give_up(candidate) };
            tracing::info!(
                call = %self.obligation.trail.call_id,
                provider = target.provider.slug,
                status,
                outcome = failed.word,
                "another attempt follows"
            );
            (at, wait) = (next, pause);
            last = Some((failed, candidate));
            match self.patience.wait(line, sleep(wait)).await {
                Waited::Ready(()) if self.patience.client_left() => {
                    return Sent::Nothing(Ending::new(Outcome::ClientClosed, 499), None);
                }
                Waited::Ready(()) => {}
                Waited::Killed(scope) => {
                    let refusal = Refusal::Killed { scope };
                    let ending = Ending::refusal(Outcome::Killed, &refusal);
                    return Sent::Nothing(ending, Some(refusal));
                }
                Waited::Abandoned => {
                    return Sent::Nothing(Ending::new(Outcome::ClientClosed, 499), None);
                }
                Waited::TimedOut => return blocked(last),
            }
        }
    }

    /// Tells the circuits of a failed attempt. One call counts once against a target, however often it is
    /// tried there: what opens a circuit is that calls fail, not that one of them is repeated.
    fn blame(&mut self, candidate: &Candidate, verdict: Verdict, status: Option<u16>) {
        let target = &candidate.target;
        let known = self.blamed.iter().any(|blamed| Arc::ptr_eq(blamed, target));
        if matches!(verdict, Verdict::Fault(_)) {
            if known {
                return self.gateway.circuits().note(candidate, Verdict::Nothing, None);
            }
            self.blamed.push(Arc::clone(target));
        }
        self.gateway.circuits().note(candidate, verdict, status);
    }

    /// The next candidate whose circuits let the call pass, from this place on.
    async fn next(&mut self, from: usize) -> Option<(usize, Candidate)> {
        for index in from..self.candidates.len() {
            let mut candidate = self.candidates.get(index)?.clone();
            match self.gateway.circuits().leave(&mut candidate).await {
                Leave::Granted => return Some((index, candidate)),
                Leave::Blocked(until) => {
                    let why = format!("its circuit is open until {}", until.format("%H:%M:%S"));
                    self.decision.withdraw(&candidate.target, &why);
                }
            }
        }
        None
    }

    /// Where to go on after a failure, and after what pause; `None` where it is the end.
    fn again(&self, failed: &Failed, index: usize, made: u32) -> Option<(usize, Duration)> {
        let enough = made >= self.gateway.settings().attempts_max;
        // For a client that has gone, an answer is read to its end, but none is asked for anew.
        if !failed.retryable || enough || self.patience.client_left() {
            return None;
        }
        let provider = self.candidates.get(index)?.target.provider.id;
        let another = (index + 1..self.candidates.len()).find(|next| {
            let same = self.candidates.get(*next).is_some_and(|c| c.target.provider.id == provider);
            // What one account alone can read goes to no other.
            !self.bound_to_account || same
        });
        // Another target is fresh and need not wait; the same ones get time to recover.
        let (next, pause) = match another {
            Some(next) => (next, Duration::ZERO),
            None if !failed.same_again => return None,
            None => {
                let first = if self.bound_to_account { index } else { 0 };
                (first, pause(self.obligation.trail.call_id, made, failed.retry_after)?)
            }
        };
        let left = self.patience.left();
        let to_deadline = self.deadline.map(|at| at.saturating_duration_since(Instant::now()));
        (pause < left && to_deadline.is_none_or(|left| pause < left)).then_some((next, pause))
    }

    fn finish(self, sent: Sent) -> Answer {
        let Self { mut obligation, patience, decision, out, .. } = self;
        obligation.trail.decision = Some(decision);
        match sent {
            Sent::Nothing(ending, tell) => lost(obligation, ending, tell),
            Sent::Head(response, candidate) => {
                let hides_usage = candidate.translated.is_none() && out.request.hides_usage();
                Answer::Arrived(Box::new(Arrived {
                    obligation,
                    response,
                    patience,
                    candidate,
                    hides_usage,
                }))
            }
        }
    }
}

impl Failed {
    /// What it says of the provider: that it is well where it refuses our account, and nothing where it
    /// was not even called.
    const fn verdict(&self) -> Verdict {
        match self.fault {
            Some(fault) => Verdict::Fault(fault),
            None if self.response.is_some() => Verdict::Well,
            None => Verdict::Nothing,
        }
    }

    /// The provider's own error, where there is one to pass on.
    fn give_up(self, candidate: Candidate) -> Sent {
        match self.response {
            Some(response) => Sent::Head(response, candidate),
            None => Sent::Nothing(self.ending, Some(self.refusal)),
        }
    }
}

/// Nothing was sent, or nothing more can be: what is told is the last failure, if there was one.
fn blocked(last: Option<(Failed, Candidate)>) -> Sent {
    match last {
        Some((failed, candidate)) => failed.give_up(candidate),
        None => {
            let refusal = Refusal::CircuitOpen { retry_after_s: 1 };
            Sent::Nothing(Ending::refusal(Outcome::Refused, &refusal), Some(refusal))
        }
    }
}

fn lost(obligation: Obligation, ending: Ending, tell: Option<Refusal>) -> Answer {
    Answer::Lost(Box::new(Lost { obligation, ending, tell }))
}

/// When the caller gives up, as the official SDKs say in a header of theirs, in seconds.
fn deadline(headers: &HeaderMap) -> Option<Instant> {
    let seconds: f64 = headers.get("x-stainless-timeout")?.to_str().ok()?.trim().parse().ok()?;
    let time = Duration::try_from_secs_f64(seconds).ok()?;
    Instant::now().checked_add(time)
}

/// What a transport error means.
pub(crate) fn fault(error: &reqwest::Error) -> (Outcome, Refusal, Fault) {
    if error.is_connect() {
        (Outcome::UpstreamFault, Refusal::UpstreamFault, Fault::Connect)
    } else if error.is_timeout() {
        (Outcome::TimedOut, Refusal::UpstreamTimeout, Fault::Timeout)
    } else {
        (Outcome::UpstreamFault, Refusal::UpstreamFault, Fault::BrokenAnswer)
    }
}
