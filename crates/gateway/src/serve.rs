//! The path of one call, from the first byte to the last ledger row: there and back, read from top to
//! bottom. Each step consumes what only the step before it can make.

use axum::body::Body;
use http::HeaderMap;

use crate::admit::admit;
use crate::ask::{ask, discard};
use crate::authenticate::authenticate;
use crate::deliver::deliver;
use crate::gateway::Gateway;
use crate::line::Line;
use crate::mask::{Masked, mask};
use crate::redact::redact;
use crate::refuse::Refused;
use crate::route::route;
use crate::screen::screen;
use crate::send::send;
use crate::settle::{sealed_prompt, settle};
use crate::trail::Trail;

/// A call as it came in.
pub(crate) struct Call {
    pub(crate) trail: Box<Trail>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
}

/// Serves a call. It runs in a task of its own: a client that hangs up cancels nothing here.
pub(crate) async fn serve(gateway: &Gateway, call: Call, mut line: Line) {
    if let Err(refused) = walk(gateway, call, &mut line).await {
        line.refuse(&refused.refusal).await;
        let payload = match (&refused.trail, &refused.prompt) {
            (Some(trail), Some((prompt, _))) => sealed_prompt(gateway, trail, prompt).await,
            _ => None,
        };
        gateway.note_refusal(&refused, payload);
    }
}

/// There and back.
async fn walk(gateway: &Gateway, call: Call, line: &mut Line) -> Result<(), Refused> {
    // The way back may take minutes, and needs less than half of the room that the way there does.
    let masked = Box::pin(there(gateway, call, line)).await?;
    let delivered = deliver(gateway, masked, line).await; //   as it comes, in the caller's dialect
    settle(gateway, delivered).await; //                       charge, cost, record
    Ok(())
}

/// Until an answer begins to arrive.
async fn there(gateway: &Gateway, call: Call, line: &mut Line) -> Result<Masked, Refused> {
    let Call { trail, headers, body } = call;
    let known = match authenticate(gateway, &headers, trail) {
        // whose key is this?
        Ok(known) => known,
        Err(refused) => {
            discard(&headers, body).await;
            return Err(refused);
        }
    };
    let surface = line.surface();
    let asked = ask(gateway, known, surface, headers, body).await?; // what does it want?
    let screened = screen(gateway, asked, line).await?; //     is the prompt safe to send?
    let redacted = redact(gateway, screened, line).await?; //  the secrets are taken out of it
    let routed = route(gateway, redacted).await?; //           where may it go, at what price?
    let admitted = admit(gateway, routed).await?; //           a durable hold, the last step before the wire
    let answer = send(gateway, admitted, line).await; //       the providers, until one answers
    Ok(mask(answer)) //                                        ours is put back, personal data is hidden
}
