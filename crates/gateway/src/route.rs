//! Where does it go, and what can it cost at most?

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use dialect::{Translated, Unsupported};
use domain::ids::ProviderId;
use domain::money::NanoUsd;
use domain::provider::Surface;
use domain::refusal::Refusal;
use ledger::cost::{CostError, hold_bound};

use crate::ask::AskedParts;
use crate::decision::Decision;
use crate::gateway::Gateway;
use crate::order::order;
use crate::origin::recall;
use crate::redact::{Guarded, Redacted};
use crate::refuse::Refused;
use crate::snapshot::{Alias, LeftOut, Snapshot, Target};
use crate::translate::Order;
use crate::upstream::meter::BYTES_PER_TOKEN;

/// Surfaces whose dialects can be translated into each other, in the order of preference.
const TRANSLATED: [Surface; 3] = [Surface::Chat, Surface::Messages, Surface::Responses];

/// A call with the targets it may go to, and the amount that bounds its charge at the dearest of them.
pub(crate) struct Routed {
    asked: AskedParts,
    guarded: Guarded,
    plan: Plan,
    bound: Bound,
}

/// The most a call can be charged, and by which target's price.
#[derive(Clone, Debug)]
pub(crate) struct Bound {
    pub(crate) amount: NanoUsd,
    pub(crate) target: Arc<Target>,
}

/// What is tried, in order.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) candidates: VecDeque<Candidate>,
    pub(crate) decision: Decision,
    /// Whether the call may go to no other account than that of the first candidate.
    pub(crate) bound_to_account: bool,
}

/// A target that can serve the call.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) target: Arc<Target>,
    /// The surface that it is asked on.
    pub(crate) surface: Surface,
    /// The request in that surface's dialect, where that is not the caller's.
    pub(crate) translated: Option<Arc<Translated>>,
    /// Whether this call is the trial of a circuit that is half open.
    pub(crate) trial: bool,
}

impl Routed {
    pub(crate) fn into_parts(self) -> (AskedParts, Guarded, Plan, Bound) {
        (self.asked, self.guarded, self.plan, self.bound)
    }
}

/// Makes the plan.
pub(crate) async fn route(gateway: &Gateway, redacted: Redacted) -> Result<Routed, Refused> {
    let (mut asked, guarded) = redacted.into_parts();
    let Some(snapshot) = gateway.rules().confirmed() else {
        return Err(Refused::new(Refusal::Unavailable, asked.trail));
    };
    let model = asked.request.model();
    let Some(alias) = snapshot.alias(model) else {
        let refusal = Refusal::UnknownModel { model: model.to_owned() };
        return Err(Refused::new(refusal, asked.trail));
    };
    let origin = match recall(gateway, &asked).await {
        Ok(origin) => origin,
        Err(refusal) => return Err(Refused::new(refusal, asked.trail)),
    };
    let mut decision = Decision::new(alias.strategy);
    for left in &alias.left_out {
        decision.leave_out(&left.provider, &left.model, left.why);
    }
    let scene = Scene { gateway, snapshot: &snapshot, alias, origin, now: gateway.clock().now() };
    let (candidates, obstacle) = scene.weigh(&asked, &mut decision).await;
    let Some(bound) = dearest(&candidates, &asked) else {
        let refusal = scene.refusal(obstacle, asked.request.model());
        asked.trail.decision = Some(decision);
        return Err(Refused::new(refusal, asked.trail));
    };
    let Ok(bound) = bound else {
        let field = "max_completion_tokens".into();
        let reason = "the call could cost more than the ledger can hold".into();
        return Err(Refused::new(Refusal::InvalidBody { field, reason }, asked.trail));
    };
    asked.trail.routed(&bound.target);
    let bound_to_account = asked.request.bound_to_account();
    Ok(Routed { asked, guarded, plan: Plan { candidates, decision, bound_to_account }, bound })
}

/// What candidates are weighed against.
struct Scene<'a> {
    gateway: &'a Gateway,
    snapshot: &'a Snapshot,
    alias: &'a Alias,
    /// The account that the call goes on from.
    origin: Option<ProviderId>,
    now: DateTime<Utc>,
}

/// Why a target cannot serve a call. Of several, the one that the caller can do most about is told.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Obstacle {
    Account,
    Unpriced(String),
    Region,
    Surface(String),
    Capability(&'static str),
    Context { tokens: u64, most: u32 },
    Untranslatable(String, String),
    Internal,
    Killed,
    Blocked { retry_after_s: u32 },
}

impl Scene<'_> {
    async fn weigh(
        &self,
        asked: &AskedParts,
        decision: &mut Decision,
    ) -> (VecDeque<Candidate>, Option<Obstacle>) {
        let mut candidates = VecDeque::new();
        let unpriced = self.alias.unpriced.then(|| asked.request.model().to_owned());
        let mut obstacle = unpriced.map(Obstacle::Unpriced);
        for target in order(self.alias, asked, self.gateway.pace()) {
            let fitted = match self.fit(&target, asked) {
                Ok(()) => self.address(&target, asked).await,
                Err(found) => Err(found),
            };
            match fitted {
                Ok(candidate) => {
                    decision.offer(&target, self.reason(&target));
                    candidates.push_back(candidate);
                }
                Err(found) => {
                    decision.skip(&target, found.why());
                    obstacle = obstacle.max(Some(found));
                }
            }
        }
        (candidates, obstacle)
    }

    /// Why no target is left. Where one account alone can go on, it matters what keeps that one away.
    fn refusal(&self, obstacle: Option<Obstacle>, model: &str) -> Refusal {
        let Some(origin) = self.origin else {
            return match obstacle {
                Some(found) => found.into_refusal(),
                None if self.alias.left_out.iter().any(|left| left.for_now) => Refusal::Unavailable,
                None => Refusal::NoTarget { model: model.to_owned() },
            };
        };
        let away = |reason: String, retry_after_s| Refusal::AccountAway { reason, retry_after_s };
        match obstacle {
            Some(Obstacle::Blocked { retry_after_s }) => {
                away("it has failed of late and is left alone".into(), Some(retry_after_s))
            }
            Some(found @ (Obstacle::Killed | Obstacle::Region | Obstacle::Surface(_))) => {
                away(found.why(), None)
            }
            None | Some(Obstacle::Account | Obstacle::Unpriced(_)) => {
                let of_it = |left: &&LeftOut| left.provider_id == origin;
                let why = self.alias.left_out.iter().find(of_it).map(|left| left.why);
                away(why.unwrap_or("the model does not lead to it any more").into(), None)
            }
            Some(of_the_request) => of_the_request.into_refusal(),
        }
    }

    /// Whether a target can serve the call now.
    fn fit(&self, target: &Arc<Target>, asked: &AskedParts) -> Result<(), Obstacle> {
        if self.origin.is_some_and(|origin| target.provider.id != origin) {
            return Err(Obstacle::Account);
        }
        if let Some(regions) = &self.alias.regions
            && target.provider.region.as_ref().is_none_or(|region| !regions.contains(region))
        {
            return Err(Obstacle::Region);
        }
        let request = &asked.request;
        if let Some(known) = &target.capabilities
            && let Some(missing) = request.needs().iter().find(|need| !known.contains(need))
        {
            return Err(Obstacle::Capability(missing.label()));
        }
        let tokens = asked.body.len() as u64 / BYTES_PER_TOKEN;
        if let Some(most) = target.context_tokens_max
            && tokens > u64::from(most)
        {
            return Err(Obstacle::Context { tokens, most });
        }
        if self.snapshot.kills.stop_provider(target.provider.id, self.now) {
            return Err(Obstacle::Killed);
        }
        if let Some(until) = self.gateway.circuits().blocked(target) {
            let seconds = (until - self.now).num_seconds().clamp(1, 3_600);
            return Err(Obstacle::Blocked { retry_after_s: u32::try_from(seconds).unwrap_or(1) });
        }
        Ok(())
    }

    /// The surface to ask on, and the request as that takes it.
    async fn address(
        &self,
        target: &Arc<Target>,
        asked: &AskedParts,
    ) -> Result<Candidate, Obstacle> {
        let wanted = asked.request.surface();
        if target.provider.serves(wanted) {
            let target = Arc::clone(target);
            return Ok(Candidate { target, surface: wanted, translated: None, trial: false });
        }
        let other = TRANSLATED
            .into_iter()
            .filter(|_| TRANSLATED.contains(&wanted))
            .find(|surface| target.provider.serves(*surface));
        let Some(surface) = other else {
            return Err(Obstacle::Surface(asked.request.model().to_owned()));
        };
        let order = Order {
            from: wanted,
            to: surface,
            upstream_model: target.upstream_model.clone(),
            output_tokens_max: target.output_tokens_max,
            input_tokens_estimate: (asked.body.len() as u64).div_ceil(BYTES_PER_TOKEN).max(1),
            created_unix_s: asked.trail.started_at.timestamp(),
            answer_id: asked.trail.call_id.to_string(),
        };
        match self.gateway.desk().request(asked.body.clone(), order).await {
            Ok(Ok(translated)) => {
                let translated = Some(Arc::new(translated));
                Ok(Candidate { target: Arc::clone(target), surface, translated, trial: false })
            }
            Ok(Err(Unsupported { field, reason })) => Err(Obstacle::Untranslatable(field, reason)),
            Err(lost) => {
                let call = asked.trail.call_id;
                tracing::error!(%call, %lost, "a request is not translated");
                Err(Obstacle::Internal)
            }
        }
    }

    /// Why a target stands where it does, in a few words.
    fn reason(&self, target: &Target) -> String {
        use domain::provider::Strategy as S;
        match self.alias.strategy {
            S::Priority => "in the order of the alias".into(),
            S::Weighted => format!("drawn with weight {}", target.weight),
            S::Cheapest => "by what this call can cost at most".into(),
            S::Fastest => {
                let pace = self.gateway.pace().of(target).as_millis();
                format!("by the mean time to its first byte, {pace} ms")
            }
        }
    }
}

impl Obstacle {
    fn why(&self) -> String {
        match self {
            Self::Account => "the call goes on from what another account alone can read".into(),
            Self::Internal => "the request could not be translated for it".into(),
            Self::Unpriced(_) => "it has no price".into(),
            Self::Region => "its provider is not in a region that the alias allows".into(),
            Self::Surface(_) => "its provider does not serve this surface".into(),
            Self::Capability(missing) => format!("the model cannot do: {missing}"),
            Self::Context { tokens, most } => {
                format!("the prompt has about {tokens} tokens, the model takes {most}")
            }
            Self::Untranslatable(field, reason) => {
                format!("`{field}` cannot be said in its dialect: {reason}")
            }
            Self::Killed => "the kill switch stops its provider".into(),
            Self::Blocked { retry_after_s } => {
                format!("its circuit is open for {retry_after_s} s more")
            }
        }
    }

    fn into_refusal(self) -> Refusal {
        let model = |reason: String| Refusal::InvalidBody { field: "model".into(), reason };
        match self {
            Self::Account => model("no target of it is where the call goes on from".into()),
            Self::Internal => Refusal::Internal,
            Self::Unpriced(model) => Refusal::Unpriced { model },
            Self::Region => model("no target of it is in a region that is allowed".into()),
            Self::Surface(_) => model("it is not served on this route".into()),
            Self::Capability(missing) => model(format!("no target of it can do: {missing}")),
            Self::Context { tokens, most } => Refusal::ContextTooLong { tokens, most },
            Self::Untranslatable(field, reason) => Refusal::InvalidBody { field, reason },
            Self::Killed => Refusal::Killed { scope: domain::kill::KillScope::Provider },
            Self::Blocked { retry_after_s } => Refusal::CircuitOpen { retry_after_s },
        }
    }
}

/// The candidate that bounds the charge; `None` where there is none.
fn dearest(
    candidates: &VecDeque<Candidate>,
    asked: &AskedParts,
) -> Option<Result<Bound, CostError>> {
    let bounds = candidates.iter().map(|candidate| {
        let target = &candidate.target;
        let translated = candidate.translated.as_ref().map_or(0, |other| other.body.len());
        let bytes = asked.body.len().max(translated) as u64;
        let output = target.output_bound(&asked.request);
        let (answers, markup) = (asked.request.answers(), asked.owner.markup_ppm);
        hold_bound(&target.price, bytes, output, answers, markup)
            .map(|amount| Bound { amount, target: Arc::clone(target) })
    });
    bounds.reduce(|one, other| match (one, other) {
        (Ok(one), Ok(other)) => Ok(if other.amount > one.amount { other } else { one }),
        (Err(error), _) | (_, Err(error)) => Err(error),
    })
}
