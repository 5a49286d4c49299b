//! From what is known of a call to what is written down: the resolution of its hold, and its row in the
//! feed.

use std::time::Instant;

use chrono::{DateTime, Utc};
use domain::money::NanoUsd;
use domain::outcome::{Outcome, UsageSource};
use domain::provider::Surface;
use domain::refusal::Refusal;
use ledger::cost::{CostError, charge, cost};
use ledger::usage::Usage;
use store::calls::{CallRecord, PayloadRecord};
use store::holds::ExpiredHold;
use store::{Payable, Resolution, ResolutionKind};

use crate::bill::{Bill, bill};
use crate::obligation::{Ending, Obligation};
use crate::refuse::Voice;
use crate::room::Place;
use crate::trail::{Owner, Route, Trail};

/// Everything the settler writes for one call, in one transaction.
#[derive(Debug)]
pub(crate) struct Settlement {
    /// `None` where nothing was held.
    pub(crate) resolution: Option<Resolution>,
    pub(crate) record: CallRecord,
    pub(crate) payload: Option<SealedPayload>,
    /// Since when it waits.
    pub(crate) since: Instant,
}

/// Sealed bodies on their way to the database.
#[derive(Debug)]
pub(crate) struct SealedPayload {
    pub(crate) record: PayloadRecord,
    /// What they take of this node's memory.
    pub(crate) place: Place,
}

/// The settlement of a call that was, or may have been, held.
pub(crate) fn settlement(
    obligation: &Obligation,
    ending: &Ending,
    payload: Option<SealedPayload>,
    now: DateTime<Utc>,
) -> Settlement {
    let Obligation { trail, owner, target, meter, .. } = obligation;
    let counts = trail.route != Route::To(Surface::CountTokens);
    let billed = if obligation.is_sent() && counts {
        bill(ending.outcome, meter, trail.request_bytes)
    } else {
        Bill::Nothing
    };
    let mut record = of_trail(trail, *owner, ending, now);
    record.model_served = meter.model().map(str::to_owned);
    record.upstream_request_id =
        obligation.upstream_request_id.clone().or_else(|| meter.id().map(str::to_owned));
    record.response_bytes = obligation.answer.total_bytes;
    record.origin = obligation.origin.clone();
    record.price_id = Some(target.price.id());
    let mut resolution = Resolution {
        call_id: trail.call_id,
        tenant_id: owner.tenant_id,
        kind: ResolutionKind::Void,
        charge: NanoUsd::ZERO,
        charge_remainder: 0,
        cost: NanoUsd::ZERO,
        cost_remainder: 0,
        payable: Payable::Provider,
        price_id: target.price.id(),
    };
    if let Bill::Used { usage, source, doubtful } = billed {
        let apart = meter.priced_apart() || obligation.priced_apart;
        if apart && record.note.is_none() {
            record.note = Some("the provider bills more than tokens, which is not priced".into());
        }
        let hours = target.price.tariff().lacks_hours(&usage);
        if hours && record.note.is_none() {
            record.note =
                Some("the model has no price for what its cache keeps for an hour".into());
        }
        let doubtful = doubtful || apart || hours;
        match post(&mut resolution, obligation, &usage, doubtful) {
            Ok(()) => {
                count(&mut record, &usage, source);
                record.charge = resolution.charge;
                record.cost = resolution.cost;
            }
            Err(error) => {
                tracing::error!(call = %trail.call_id, %error, "a call cannot be priced; it is not charged");
                record.note = Some(format!("not charged: {error}"));
            }
        }
    }
    Settlement { resolution: Some(resolution), record, payload, since: Instant::now() }
}

/// The record of a call that was refused before anything was held. `None` where nobody knows whose it
/// was.
pub(crate) fn refusal(
    trail: &Trail,
    refusal: &Refusal,
    payload: Option<SealedPayload>,
    now: DateTime<Utc>,
) -> Option<Settlement> {
    let ending = Ending::refusal(Outcome::Refused, refusal).note(refusal.message());
    let record = of_trail(trail, trail.owner?, &ending, now);
    Some(Settlement { resolution: None, record, payload, since: Instant::now() })
}

/// The record of a call whose node died, and the release of its hold. What cannot be proven is not
/// charged.
pub(crate) fn expiry(hold: &ExpiredHold, now: DateTime<Utc>) -> (Resolution, CallRecord) {
    let resolution = Resolution {
        call_id: hold.call_id,
        tenant_id: hold.tenant_id,
        kind: ResolutionKind::Expire,
        charge: NanoUsd::ZERO,
        charge_remainder: 0,
        cost: NanoUsd::ZERO,
        cost_remainder: 0,
        payable: Payable::Provider,
        price_id: hold.price_id,
    };
    let owner = Owner {
        tenant_id: hold.tenant_id,
        project_id: hold.project_id,
        key_id: hold.key_id,
        markup_ppm: 0,
    };
    let trail = Trail::of_hold(hold);
    let ending = Ending::new(Outcome::Expired, 503)
        .code("expired")
        .note("the node died before the end of the call; nothing was charged");
    let mut record = of_trail(&trail, owner, &ending, now);
    record.price_id = Some(hold.price_id);
    record.total_us = (now - hold.at).num_microseconds().unwrap_or(0).unsigned_abs();
    (resolution, record)
}

fn post(
    resolution: &mut Resolution,
    obligation: &Obligation,
    usage: &Usage,
    doubtful: bool,
) -> Result<(), CostError> {
    let price = &obligation.target.price;
    let charged = charge(price, usage, obligation.owner.markup_ppm)?;
    let owed = cost(price, usage)?;
    resolution.kind = ResolutionKind::Post;
    resolution.charge = charged.amount;
    resolution.charge_remainder = charged.remainder;
    resolution.cost = owed.amount;
    resolution.cost_remainder = i64::from(owed.remainder);
    resolution.payable = if doubtful { Payable::Suspense } else { Payable::Provider };
    Ok(())
}

fn count(record: &mut CallRecord, usage: &Usage, source: UsageSource) {
    record.input_tokens = usage.input_total();
    record.cached_input_tokens = usage.cached_input_tokens;
    record.cache_write_tokens = usage.cache_written_total();
    record.cache_write_1h_tokens = usage.cache_write_1h_tokens;
    record.output_tokens = usage.output_tokens;
    record.reasoning_tokens = usage.reasoning_tokens;
    record.usage_source = source;
}

fn of_trail(trail: &Trail, owner: Owner, ending: &Ending, now: DateTime<Utc>) -> CallRecord {
    CallRecord {
        id: trail.call_id,
        tenant_id: owner.tenant_id,
        project_id: owner.project_id,
        key_id: owner.key_id,
        price_id: trail.target.as_ref().map(|target| target.price.id()),
        started_at: trail.started_at,
        ended_at: now,
        input_tokens: 0,
        cached_input_tokens: 0,
        cache_write_tokens: 0,
        cache_write_1h_tokens: 0,
        output_tokens: 0,
        reasoning_tokens: 0,
        charge: NanoUsd::ZERO,
        cost: NanoUsd::ZERO,
        request_bytes: trail.request_bytes,
        response_bytes: 0,
        steps: trail.steps,
        total_us: trail.elapsed_us(),
        markup_ppm: owner.markup_ppm.unsigned_abs(),
        status: ending.status,
        streamed: trail.streamed,
        simulated: trail.target.as_ref().is_some_and(|target| target.provider.simulated),
        surface: trail.route.as_str().to_owned(),
        outcome: ending.outcome,
        usage_source: UsageSource::Nothing,
        alias: trail.model.clone(),
        model_served: None,
        provider: trail.target.as_ref().map(|target| target.provider.slug.clone()),
        agent: trail.agent.as_ref().map(ToString::to_string),
        decision: trail.decision.as_ref().and_then(|d| serde_json::to_value(d).ok()),
        guard: trail.guard.as_deref().filter(|found| !found.is_empty()).cloned(),
        origin: None,
        code: ending.code.clone(),
        note: ending.note.clone(),
        request_id: trail.call_id.to_string(),
        upstream_request_id: None,
        client_ip: trail.client_ip,
        user_agent: trail.user_agent.clone(),
    }
}

impl Trail {
    /// Of a call of which only the hold is left, which does not say by which route it came.
    fn of_hold(hold: &ExpiredHold) -> Self {
        Self::new(hold.call_id, Route::Other, Voice::default(), hold.at)
    }
}
