//! What did it cost, and what was said? Hands the call over to the settler; the client has its answer
//! by now.

use domain::limits::PAYLOAD_BYTES_MAX;
use store::calls::PayloadRecord;
use vault::{Aad, CallBody, RingError};

use crate::deliver::Delivered;
use crate::gateway::Gateway;
use crate::metric;
use crate::obligation::Obligation;
use crate::origin;
use crate::record::SealedPayload;

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

/// Prompt and answer under the tenant's key. A call whose bodies cannot be sealed is settled without
/// them: nothing is ever kept in the clear. So is one for whose bodies there is no room, since its money
/// counts for more than its words.
async fn sealed(gateway: &Gateway, obligation: &Obligation) -> Option<SealedPayload> {
    let bytes = obligation.request.len().min(PAYLOAD_BYTES_MAX) + obligation.answer.bytes.len();
    let Some(place) = gateway.payloads().take(bytes) else {
        metric::payload_dropped();
        tracing::warn!(call = %obligation.trail.call_id, "no room to keep a call's bodies");
        return None;
    };
    match seal(gateway, obligation).await {
        Ok(record) => Some(SealedPayload { record, place }),
        Err(error) => {
            metric::payload_dropped();
            tracing::error!(call = %obligation.trail.call_id, %error, "a call's bodies cannot be sealed");
            None
        }
    }
}

async fn seal(gateway: &Gateway, obligation: &Obligation) -> Result<PayloadRecord, RingError> {
    let (tenant, project) = (obligation.owner.tenant_id, obligation.owner.project_id);
    let call = obligation.trail.call_id;
    let ring = gateway.ring();
    let kek = ring.active(tenant).await?;
    let place = |body| Aad::call_payload(ring.deployment(), tenant, project, call, body);
    let request = obligation.request.get(..PAYLOAD_BYTES_MAX).unwrap_or(&obligation.request);
    let answer = &obligation.answer;
    let response = match answer.total_bytes {
        0 => None,
        _ => Some(kek.seal(&place(CallBody::Response), &answer.bytes)?),
    };
    Ok(PayloadRecord {
        tenant_id: tenant,
        call_id: call,
        project_id: project,
        request: kek.seal(&place(CallBody::Request), request)?,
        response,
        request_bytes: obligation.request.len() as u64,
        response_bytes: answer.total_bytes,
        request_truncated: request.len() < obligation.request.len(),
        response_truncated: (answer.bytes.len() as u64) < answer.total_bytes,
    })
}
