//! A policy as somebody wants it, checked.

use contract::fault::{Field, Reason};
use domain::guard::{LISTED_MAX, Policy, Secrets, VALUE_BYTES_MAX};
use guard::sensitive::{pii, secrets};
use guard::signature::Signature;

use crate::fault::Failure;

/// The policy with its lists in order and each word once, or the first thing that is wrong with it.
pub(super) fn checked(mut policy: Policy) -> Result<Policy, Failure> {
    if !policy.is_ordered() {
        return Err(Failure::invalid(Field::Thresholds, Reason::NotAscending));
    }
    // Only a placeholder can become a secret again.
    policy.restores &= policy.secrets == Secrets::Tag;
    policy.disabled = words(policy.disabled);
    if policy.disabled.iter().any(|id| Signature::from_id(id).is_none()) {
        return Err(Failure::invalid(Field::Signatures, Reason::Unknown));
    }
    policy.kinds_passed = words(policy.kinds_passed);
    if let Some(flaw) = policy.kinds_passed.iter().find_map(|kind| unknown(kind)) {
        return Err(Failure::invalid(Field::Kinds, flaw));
    }
    policy.values_passed = words(policy.values_passed);
    if policy.values_passed.iter().any(|value| value.len() > VALUE_BYTES_MAX) {
        return Err(Failure::invalid(Field::Values, Reason::TooLong));
    }
    if policy.values_passed.iter().any(|value| value.chars().any(char::is_control)) {
        return Err(Failure::invalid(Field::Values, Reason::Malformed));
    }
    for (field, list) in
        [(Field::Kinds, &policy.kinds_passed), (Field::Values, &policy.values_passed)]
    {
        if list.len() > LISTED_MAX {
            return Err(Failure::invalid(field, Reason::TooLong));
        }
    }
    Ok(policy)
}

fn unknown(kind: &str) -> Option<Reason> {
    let known = secrets::kinds().into_iter().chain(pii::kinds()).any(|known| known.id() == kind);
    (!known).then_some(Reason::Unknown)
}

/// Trimmed, in order, each once, none empty.
fn words(list: Vec<String>) -> Vec<String> {
    let mut words: Vec<String> =
        list.iter().map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use contract::fault::Fault;

    use super::*;

    fn flaw(policy: Policy) -> (Field, Reason) {
        match checked(policy) {
            Err(Failure::Fault(Fault::Invalid { field, reason })) => (field, reason),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn lists_are_put_in_order_and_restoring_needs_placeholders() {
        let policy = checked(Policy {
            kinds_passed: vec![" phone ".into(), String::new(), "email".into(), "phone".into()],
            secrets: Secrets::Mask,
            restores: true,
            ..Policy::default()
        })
        .unwrap();
        assert_eq!(policy.kinds_passed, ["email", "phone"]);
        assert!(!policy.restores);
    }

    #[test]
    fn what_does_not_exist_is_told_by_its_field() {
        let of = Policy::default;
        let cases = [
            (Policy { blocked_from: 60, ..of() }, Field::Thresholds, Reason::NotAscending),
            (Policy { disabled: vec!["S99".into()], ..of() }, Field::Signatures, Reason::Unknown),
            (Policy { kinds_passed: vec!["mail".into()], ..of() }, Field::Kinds, Reason::Unknown),
            (
                Policy { values_passed: vec!["x".repeat(201)], ..of() },
                Field::Values,
                Reason::TooLong,
            ),
            (
                Policy { values_passed: vec!["a\0b".into()], ..of() },
                Field::Values,
                Reason::Malformed,
            ),
            (
                Policy { values_passed: (0..201).map(|n| n.to_string()).collect(), ..of() },
                Field::Values,
                Reason::TooLong,
            ),
        ];
        for (policy, field, reason) in cases {
            assert_eq!(flaw(policy.clone()), (field, reason), "{policy:?}");
        }
    }
}
