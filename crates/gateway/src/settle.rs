//! What did it cost, and what was said? Hands the call over to the settler; the client has its answer
//! by now.

use bytes::Bytes;
use domain::ids::CallId;
use domain::limits::PAYLOAD_BYTES_MAX;
use store::calls::PayloadRecord;
use vault::{Aad, CallBody, RingError};

use crate::deliver::Delivered;
use crate::gateway::Gateway;
use crate::metric;
use crate::obligation::{Kept, Obligation};
use crate::origin;
use crate::record::SealedPayload;
use crate::trail::{Owner, Trail};

/// Settles the call.
pub(crate) async fn settle(gateway: &Gateway, delivered: Delivered) {
    let (mut obligation, ending) = delivered.into_parts();
    obligation.origin = origin::left(gateway, &obligation);
    let payload = if gateway.settings().keep_payloads && obligation.is_sent() {
        sealed(gateway, &obligation).await
    } else {
        None
    };
    obligation.settle(&ending, payload);
}

/// Prompt and answer under the tenant's key.
async fn sealed(gateway: &Gateway, obligation: &Obligation) -> Option<SealedPayload> {
    let Obligation { trail, owner, request, answer, .. } = obligation;
    seal_in_room(gateway, Said { call: trail.call_id, owner, request, answer: Some(answer) }).await
}

/// The prompt of a call that the guard refused.
pub(crate) async fn sealed_prompt(
    gateway: &Gateway,
    trail: &Trail,
    prompt: &Bytes,
) -> Option<SealedPayload> {
    if !gateway.settings().keep_payloads {
        return None;
    }
    let owner = trail.owner.as_ref()?;
    let said = Said { call: trail.call_id, owner, request: prompt, answer: None };
    seal_in_room(gateway, said).await
}

/// What a call said.
struct Said<'a> {
    call: CallId,
    owner: &'a Owner,
    request: &'a Bytes,
    answer: Option<&'a Kept>,
}

/// A call whose bodies cannot be sealed is settled without them: nothing is ever kept in the clear. So is
/// one for whose bodies there is no room, since its money counts for more than its words.
async fn seal_in_room(gateway: &Gateway, said: Said<'_>) -> Option<SealedPayload> {
    let answer = said.answer.map_or(0, |answer| answer.bytes.len());
    let bytes = said.request.len().min(PAYLOAD_BYTES_MAX) + answer;
    let call = said.call;
    let Some(place) = gateway.payloads().take(bytes) else {
        metric::payload_dropped();
        tracing::warn!(%call, "no room to keep a call's bodies");
        return None;
    };
    match seal(gateway, said).await {
        Ok(record) => Some(SealedPayload { record, place }),
        Err(error) => {
            metric::payload_dropped();
            tracing::error!(%call, %error, "a call's bodies cannot be sealed");
            None
        }
    }
}

async fn seal(gateway: &Gateway, said: Said<'_>) -> Result<PayloadRecord, RingError> {
    let Said { call, owner, request: body, answer } = said;
    let (tenant, project) = (owner.tenant_id, owner.project_id);
    let ring = gateway.ring();
    let kek = ring.active(tenant).await?;
    let place = |body| Aad::call_payload(ring.deployment(), tenant, project, call, body);
    let request = body.get(..PAYLOAD_BYTES_MAX).unwrap_or(body);
    let answer = answer.filter(|answer| answer.total_bytes > 0);
    let response = match answer {
        None => None,
        Some(answer) => Some(kek.seal(&place(CallBody::Response), &answer.bytes)?),
    };
    let response_bytes = answer.map_or(0, |answer| answer.total_bytes);
    Ok(PayloadRecord {
        tenant_id: tenant,
        call_id: call,
        project_id: project,
        request: kek.seal(&place(CallBody::Request), request)?,
        response,
        request_bytes: body.len() as u64,
        response_bytes,
        request_truncated: request.len() < body.len(),
        response_truncated: answer
            .is_some_and(|answer| (answer.bytes.len() as u64) < answer.total_bytes),
    })
}
