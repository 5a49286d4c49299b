//! What a tenant or a project wants, as the guard takes it.

use std::sync::Arc;

use domain::guard::{self as wanted, Personal, SecondOpinion, Secrets};

use crate::policy::Policy as Injections;
use crate::sensitive::{Action, Policy as Sensitive};
use crate::signature::Signature;

/// A policy, ready for use.
#[derive(Debug)]
pub struct Wishes {
    /// What is done about injections.
    pub injections: Injections,
    /// Whether an ambiguous prompt is shown to somebody else.
    pub second_opinion: SecondOpinion,
    /// What is done about secrets in prompts; `None` where they are sent.
    pub secrets: Option<Sensitive>,
    /// Whether placeholders in the answer become the secrets again.
    pub restores: bool,
    /// What is done about personal data in answers.
    pub personal: Arc<Sensitive>,
    /// Whether anything is.
    pub masks: bool,
    /// Whether the model's reasoning is masked too.
    pub reasoning: bool,
}

impl Default for Wishes {
    fn default() -> Self {
        Self::of(&wanted::Policy::default())
    }
}

impl Wishes {
    /// Ids of signatures and kinds that do not exist are of no effect.
    pub fn of(policy: &wanted::Policy) -> Self {
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
                mode: policy.injections,
                suspicious_from: policy.suspicious_from,
                ambiguous_from: policy.ambiguous_from,
                blocked_from: policy.blocked_from,
                disabled: policy.disabled.iter().filter_map(|id| Signature::from_id(id)).collect(),
            },
            second_opinion: policy.second_opinion,
            secrets: secrets.map(|action| passing(policy, action)),
            restores: policy.restores && policy.secrets == Secrets::Tag,
            personal: Arc::new(passing(policy, personal)),
            masks: personal != Action::Off,
            reasoning: policy.reasoning,
        }
    }
}

/// An action for all, but for what the policy lets through.
fn passing(policy: &wanted::Policy, action: Action) -> Sensitive {
    let all = Sensitive::all(action);
    let kinds = policy.kinds_passed.iter();
    let all = kinds.fold(all, |passing, kind| passing.with(kind, Action::Off));
    policy.values_passed.iter().fold(all, |passing, value| passing.allowing(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Mode;

    #[test]
    fn a_policy_means_the_same_here() {
        let wishes = Wishes::default();
        assert_eq!(wishes.injections, Injections::default());
        assert!(wishes.masks && wishes.reasoning && wishes.secrets.is_some() && !wishes.restores);
        let off = Wishes::of(&wanted::Policy::off());
        assert!(off.injections.mode == Mode::Off && off.secrets.is_none() && !off.masks);
        let listed = wanted::Policy {
            disabled: vec!["coercion".into(), "no_such".into()],
            kinds_passed: vec!["email".into()],
            values_passed: vec!["555-0100".into()],
            ..wanted::Policy::default()
        };
        let wishes = Wishes::of(&listed);
        assert!(!wishes.injections.counts(Signature::Coercion));
        assert!(wishes.injections.counts(Signature::ToolHijack));
        let kinds = crate::sensitive::pii::kinds();
        let kind = |id: &str| *kinds.iter().find(|kind| kind.id() == id).unwrap();
        assert_eq!(wishes.personal.action(kind("email"), b"a@b.example"), Action::Off);
        assert_eq!(wishes.personal.action(kind("phone"), b"555-0100"), Action::Off);
        assert_eq!(wishes.personal.action(kind("phone"), b"555-0101"), Action::Mask);
    }
}
