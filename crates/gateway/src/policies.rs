//! What tenants and projects want of the guard, ready for use.

use std::collections::HashMap;
use std::sync::Arc;

use domain::guard::{self as wanted, Personal, Policy, Secrets};
use domain::ids::{ProjectId, TenantId};
use guard::policy::{Mode, Policy as Injections};
use guard::sensitive::{Action, Policy as Sensitive};
use guard::signature::Signature;
use store::guard::PolicyEntry;

use crate::trail::Owner;

/// The policies of all tenants.
#[derive(Debug, Default)]
pub(crate) struct Policies {
    own: HashMap<(TenantId, Option<ProjectId>), Arc<Wishes>>,
    default: Arc<Wishes>,
}

/// A policy as the guard takes it.
#[derive(Debug)]
pub(crate) struct Wishes {
    /// What is done about injections.
    pub(crate) injections: Injections,
    /// What is done about secrets in prompts; `None` where they are sent.
    pub(crate) secrets: Option<Sensitive>,
    /// Whether placeholders in the answer become the secrets again.
    pub(crate) restores: bool,
    /// What is done about personal data in answers.
    pub(crate) personal: Arc<Sensitive>,
    /// Whether anything is.
    pub(crate) masks: bool,
    /// Whether the model's reasoning is masked too.
    pub(crate) reasoning: bool,
}

impl Policies {
    pub(crate) fn of(entries: &[PolicyEntry]) -> Self {
        let own = entries.iter().map(|entry| {
            ((entry.tenant_id, entry.project_id), Arc::new(Wishes::of(&entry.policy)))
        });
        Self { own: own.collect(), default: Arc::default() }
    }

    /// The project's policy, or the tenant's, or what holds where nobody said anything.
    pub(crate) fn for_owner(&self, owner: &Owner) -> Arc<Wishes> {
        let project = self.own.get(&(owner.tenant_id, Some(owner.project_id)));
        let found = project.or_else(|| self.own.get(&(owner.tenant_id, None)));
        Arc::clone(found.unwrap_or(&self.default))
    }
}

impl Default for Wishes {
    fn default() -> Self {
        Self::of(&Policy::default())
    }
}

impl Wishes {
    pub(crate) fn of(policy: &Policy) -> Self {
        let secrets = match policy.secrets {
            Secrets::Off => None,
            Secrets::Tag => Some(Action::Tag),
            Secrets::Mask => Some(Action::Mask),
        };
        let personal = match policy.personal {
            Personal::Off => Action::Off,
            Personal::Mask => Action::Mask,
            Personal::Tag => Action::Tag,
        };
        Self {
            injections: Injections {
                mode: match policy.injections {
                    wanted::Mode::Off => Mode::Off,
                    wanted::Mode::Monitor => Mode::Monitor,
                    wanted::Mode::Block => Mode::Block,
                },
                suspicious_from: policy.suspicious_from,
                ambiguous_from: policy.ambiguous_from,
                blocked_from: policy.blocked_from,
                disabled: policy.disabled.iter().filter_map(|id| Signature::from_id(id)).collect(),
            },
            secrets: secrets.map(|action| passing(policy, Sensitive::all(action))),
            restores: policy.restores && policy.secrets == Secrets::Tag,
            personal: Arc::new(passing(policy, Sensitive::all(personal))),
            masks: personal != Action::Off,
            reasoning: policy.reasoning,
        }
    }
}

/// With what the policy lets through.
fn passing(policy: &Policy, sensitive: Sensitive) -> Sensitive {
    let kinds = policy.kinds_passed.iter();
    let sensitive = kinds.fold(sensitive, |passing, kind| passing.with(kind, Action::Off));
    policy.values_passed.iter().fold(sensitive, |passing, value| passing.allowing(value))
}
