//! May it go out? The last step before the wire: nothing stops it, there is room on this node and a place
//! for its settlement, and a hold is durable in Postgres.

use std::sync::Arc;

use domain::refusal::Refusal;
use http::HeaderMap;
use store::{HoldRow, Verdict};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::oneshot;

use crate::admitter::{Ask, Judgement};
use crate::ask::AskedParts;
use crate::gateway::Gateway;
use crate::kills::Ear;
use crate::obligation::{InFlight, Obligation, Terms};
use crate::refuse::Refused;
use crate::request::AskedFor;
use crate::route::{Plan, Routed};

/// A call whose hold is durable. Nothing else can be sent, and it cannot be forgotten: it owns the
/// obligation to settle.
pub(crate) struct Admitted {
    obligation: Obligation,
    headers: HeaderMap,
    request: AskedFor,
    plan: Plan,
    ear: Ear,
}

/// The parts of [`Admitted`], for the step that consumes it.
pub(crate) struct AdmittedParts {
    pub(crate) obligation: Obligation,
    pub(crate) headers: HeaderMap,
    pub(crate) request: AskedFor,
    pub(crate) plan: Plan,
    pub(crate) ear: Ear,
}

impl Admitted {
    pub(crate) fn into_parts(self) -> AdmittedParts {
        let Self { obligation, headers, request, plan, ear } = self;
        AdmittedParts { obligation, headers, request, plan, ear }
    }
}

/// Admits the call.
pub(crate) async fn admit(gateway: &Gateway, routed: Routed) -> Result<Admitted, Refused> {
    let (asked, guarded, plan, bound) = routed.into_parts();
    let AskedParts { trail, owner, headers, body, request, .. } = asked;
    let (idempotency_key, request_hash) = (asked.idempotency_key, asked.request_hash);
    // It hears from now on, so that nothing can be stopped between this look and the next.
    let ear = Ear {
        rules: Arc::clone(gateway.shared_rules()),
        changed: gateway.rules().kills_changed(),
        clock: Arc::clone(gateway.clock()),
        owner,
        agent: trail.agent.clone(),
        provider: None,
    };
    if gateway.rules().confirmed().is_none() {
        return Err(Refused::new(Refusal::Unavailable, trail));
    }
    if let Some(scope) = ear.stopped() {
        return Err(Refused::new(Refusal::Killed { scope }, trail));
    }
    let Ok(permit) = Arc::clone(gateway.in_flight_slots()).try_acquire_owned() else {
        return Err(Refused::new(Refusal::Overloaded, trail));
    };
    let place = match gateway.settler().clone().try_reserve_owned() {
        Ok(place) => place,
        Err(TrySendError::Full(_)) => return Err(Refused::new(Refusal::Overloaded, trail)),
        Err(TrySendError::Closed(_)) => return Err(Refused::new(Refusal::Unavailable, trail)),
    };
    let row = HoldRow {
        call_id: trail.call_id,
        tenant_id: owner.tenant_id,
        project_id: owner.project_id,
        key_id: owner.key_id,
        price_id: bound.target.price.id(),
        amount: bound.amount,
        request_hash,
        idempotency_key,
    };
    let obligation = Obligation::new(Terms {
        trail,
        owner,
        target: bound.target,
        surface: request.surface(),
        priced_apart: request.priced_apart().is_some(),
        guarded,
        request: body,
        memory: asked.place,
        clock: Arc::clone(gateway.clock()),
        place,
        in_flight: InFlight::new(permit, gateway.under_way().clone()),
    });
    let obligation = hold(gateway, row, obligation).await?;
    Ok(Admitted { obligation, headers, request, plan, ear })
}

/// Asks the admitter, and waits until the hold is durable.
///
/// The obligation travels with the question. Should this call give up waiting, the answer finds nobody,
/// the obligation is dropped with it, and a hold that was made after all is voided.
async fn hold(
    gateway: &Gateway,
    row: HoldRow,
    obligation: Obligation,
) -> Result<Obligation, Refused> {
    let gone = |refusal| Refused { refusal, trail: None, prompt: None };
    let (answer, judged) = oneshot::channel();
    let ask = Ask { row, obligation, answer };
    if let Err(refused) = gateway.admitter().try_send(ask) {
        let (refusal, ask) = match refused {
            TrySendError::Full(ask) => (Refusal::Overloaded, ask),
            TrySendError::Closed(ask) => (Refusal::Unavailable, ask),
        };
        ask.obligation.refuse(&refusal);
        return Err(gone(refusal));
    }
    match tokio::time::timeout(gateway.settings().admit_wait, judged).await {
        Ok(Ok(Judgement { mut obligation, verdict: Ok(Verdict::Held) })) => {
            obligation.trail.admitted();
            Ok(obligation)
        }
        Ok(Ok(Judgement { obligation, verdict })) => {
            let refusal = match verdict {
                Ok(Verdict::Duplicate { call_id }) => Refusal::Duplicate { call_id },
                Ok(Verdict::InProgress { call_id }) => Refusal::InProgress { call_id },
                Ok(Verdict::Conflict) => Refusal::IdempotencyConflict,
                Ok(Verdict::Held) | Err(_) => Refusal::Unavailable,
            };
            obligation.refuse(&refusal);
            Err(gone(refusal))
        }
        Ok(Err(_)) | Err(_) => Err(gone(Refusal::Unavailable)),
    }
}
