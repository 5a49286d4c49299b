//! Where does it go, and what can it cost at most?

use std::sync::Arc;

use domain::money::NanoUsd;
use domain::refusal::Refusal;
use ledger::cost::hold_bound;

use crate::ask::{Asked, AskedParts};
use crate::gateway::Gateway;
use crate::refuse::Refused;
use crate::snapshot::Target;

/// A call with its target, and the amount that bounds its charge.
pub(crate) struct Routed {
    asked: AskedParts,
    target: Arc<Target>,
    bound: NanoUsd,
}

impl Routed {
    pub(crate) fn into_parts(self) -> (AskedParts, Arc<Target>, NanoUsd) {
        (self.asked, self.target, self.bound)
    }
}

/// Takes the first target that is active and has a price.
pub(crate) fn route(gateway: &Gateway, asked: Asked) -> Result<Routed, Refused> {
    let mut asked = asked.into_parts();
    let Some(snapshot) = gateway.rules().confirmed() else {
        return Err(Refused::new(Refusal::Unavailable, asked.trail));
    };
    let model = asked.request.model();
    let Some(alias) = snapshot.alias(model) else {
        let refusal = Refusal::UnknownModel { model: model.to_owned() };
        return Err(Refused::new(refusal, asked.trail));
    };
    let Some(target) = alias.targets.first() else {
        let refusal = if alias.unpriced {
            Refusal::Unpriced { model: model.to_owned() }
        } else {
            Refusal::UpstreamFault
        };
        return Err(Refused::new(refusal, asked.trail));
    };
    let request = &asked.request;
    let output = request.max_output_tokens().unwrap_or(u64::from(target.output_tokens_max));
    let bound = hold_bound(
        &target.price,
        asked.body.len() as u64,
        output,
        request.answers(),
        asked.owner.markup_ppm,
    );
    match bound {
        Ok(bound) => {
            let target = Arc::clone(target);
            asked.trail.routed(&target);
            Ok(Routed { asked, target, bound })
        }
        Err(_) => {
            let field = "max_completion_tokens".into();
            let reason = "the call could cost more than the ledger can hold".into();
            Err(Refused::new(Refusal::InvalidBody { field, reason }, asked.trail))
        }
    }
}
