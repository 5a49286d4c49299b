//! The obligation to settle. Whoever holds a call's hold owns one of these, and it settles exactly once:
//! in the ordinary way, or by being dropped when the call's task is cancelled or panics.
//!
//! Its place in the settler's queue is reserved before the call is admitted, so that settling never
//! waits and can be done in a destructor.

use std::sync::Arc;

use bytes::Bytes;
use domain::clock::Clock;
use domain::ids::ProviderId;
use domain::limits::PAYLOAD_BYTES_MAX;
use domain::outcome::Outcome;
use domain::provider::Surface;
use domain::refusal::Refusal;
use store::origins::Origin;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::OwnedPermit;

use crate::metric;
use crate::record::{self, SealedPayload, Settlement};
use crate::redact::Guarded;
use crate::room::Place;
use crate::snapshot::Target;
use crate::trail::{Owner, Trail};
use crate::under_way::{AtProvider, UnderWay};
use crate::upstream::meter::Meter;
use crate::upstream::outgoing::Left;

/// A call that must be settled.
pub(crate) struct Obligation {
    pub(crate) trail: Box<Trail>,
    pub(crate) owner: Owner,
    /// The target that answers; before the first attempt the one that bounds the hold.
    pub(crate) target: Arc<Target>,
    pub(crate) meter: Meter,
    pub(crate) upstream_request_id: Option<String>,
    /// What the answer leaves with the account that gave it.
    pub(crate) origin: Option<Origin>,
    /// Whether the request asks for what a provider bills beyond tokens.
    pub(crate) priced_apart: bool,
    /// What the guard has to know when the answer comes.
    pub(crate) guarded: Guarded,
    /// As the caller sent it, without its secrets.
    pub(crate) request: Bytes,
    pub(crate) answer: Kept,
    /// Whether the latest attempt has left this node.
    left: Left,
    /// What the request takes of this node's memory.
    _memory: Place,
    clock: Arc<dyn Clock>,
    /// Taken when it is settled.
    place: Option<OwnedPermit<Settlement>>,
    in_flight: InFlight,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) outcome: Outcome,
    /// What the client was told, or would have been.
    pub(crate) status: u16,
    pub(crate) code: Option<String>,
    pub(crate) note: Option<String>,
    /// Whether it was the client that was too slow, and not the provider.
    pub(crate) by_client: bool,
}

/// The beginning of what the client was sent, and the length of all of it.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) bytes: Vec<u8>,
    pub(crate) total_bytes: u64,
}

/// One of the calls that may be in flight, and the provider that it is at.
pub(crate) struct InFlight {
    _permit: OwnedSemaphorePermit,
    all: UnderWay,
    at: Option<AtProvider>,
}

impl Ending {
    pub(crate) const fn new(outcome: Outcome, status: u16) -> Self {
        Self { outcome, status, code: None, note: None, by_client: false }
    }

    /// The ending of a call that we answered with a refusal.
    pub(crate) fn refusal(outcome: Outcome, refusal: &Refusal) -> Self {
        let wire = refusal.wire();
        let mut ending = Self::new(outcome, wire.status);
        ending.code = Some(wire.code.into());
        ending
    }

    pub(crate) fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    pub(crate) const fn by_client(mut self) -> Self {
        self.by_client = true;
        self
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

impl Kept {
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.total_bytes = self.total_bytes.saturating_add(bytes.len() as u64);
        let room = PAYLOAD_BYTES_MAX.saturating_sub(self.bytes.len());
        self.bytes.extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
    }
}

impl InFlight {
    pub(crate) fn new(permit: OwnedSemaphorePermit, all: UnderWay) -> Self {
        metric::in_flight(1);
        Self { _permit: permit, all, at: None }
    }

    fn turn_to(&mut self, provider: ProviderId) {
        self.at = Some(self.all.at(provider));
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        metric::in_flight(-1);
    }
}

/// What an obligation is made of.
pub(crate) struct Terms {
    pub(crate) trail: Box<Trail>,
    pub(crate) owner: Owner,
    pub(crate) target: Arc<Target>,
    pub(crate) surface: Surface,
    pub(crate) priced_apart: bool,
    pub(crate) guarded: Guarded,
    pub(crate) request: Bytes,
    pub(crate) memory: Place,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) place: OwnedPermit<Settlement>,
    pub(crate) in_flight: InFlight,
}

impl Obligation {
    pub(crate) fn new(terms: Terms) -> Self {
        Self {
            trail: terms.trail,
            owner: terms.owner,
            target: terms.target,
            meter: Meter::new(terms.surface),
            upstream_request_id: None,
            origin: None,
            priced_apart: terms.priced_apart,
            guarded: terms.guarded,
            request: terms.request,
            answer: Kept::default(),
            left: Left::default(),
            _memory: terms.memory,
            clock: terms.clock,
            place: Some(terms.place),
            in_flight: terms.in_flight,
        }
    }

    /// Turns to a target, whose answer will be in the dialect of `surface`. Gives what notes that the
    /// request leaves: from then on the provider may bill.
    pub(crate) fn turn_to(&mut self, target: &Arc<Target>, surface: Surface) -> Left {
        self.target = Arc::clone(target);
        self.in_flight.turn_to(target.provider.id);
        self.trail.target = Some(Arc::clone(target));
        self.meter = Meter::new(surface);
        self.upstream_request_id = None;
        self.left = Left::default();
        self.left.clone()
    }

    /// Whether the call has been sent to the provider that it last turned to.
    pub(crate) fn is_sent(&self) -> bool {
        self.left.has()
    }

    /// Settles.
    pub(crate) fn settle(mut self, ending: &Ending, payload: Option<SealedPayload>) {
        self.fulfil(ending, payload);
    }

    /// Gives the call back: it was refused before it was sent. A hold that was made, or may have been,
    /// is voided.
    pub(crate) fn refuse(mut self, refusal: &Refusal) {
        self.fulfil(&Ending::refusal(Outcome::Refused, refusal), None);
    }

    fn fulfil(&mut self, ending: &Ending, payload: Option<SealedPayload>) {
        let Some(place) = self.place.take() else { return };
        let settlement = record::settlement(self, ending, payload, self.clock.now());
        metric::call_ended(self.trail.route, ending.outcome, self.trail.began.elapsed());
        place.send(settlement);
    }
}

impl Drop for Obligation {
    fn drop(&mut self) {
        if self.place.is_none() {
            return;
        }
        let ending = if self.is_sent() {
            Ending::new(Outcome::TimedOut, 503)
                .code("interrupted")
                .note("the node stopped before the end of the call")
        } else {
            Ending::refusal(Outcome::Refused, &Refusal::Unavailable)
        };
        self.fulfil(&ending, None);
    }
}
