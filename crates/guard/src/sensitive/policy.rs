//! What is done about which kind, and which values are let through.

use std::collections::{BTreeMap, BTreeSet};

use crate::sensitive::Kind;

/// What happens to a value of a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Action {
    /// It becomes the same words for every kind and value: nothing is told but that something was there.
    #[default]
    Mask,
    /// It becomes a placeholder that names its kind and is the same for the same value.
    Tag,
    /// It stays.
    Off,
}

/// A tenant's wishes: an action for all kinds, exceptions by kind, and values that are no secret.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    default: Action,
    by_kind: BTreeMap<String, Action>,
    allowed: BTreeSet<Vec<u8>>,
}

impl Policy {
    /// The same action for every kind.
    pub fn all(action: Action) -> Self {
        Self { default: action, ..Self::default() }
    }

    /// An exception for one kind, by its id; ids that do not exist are of no effect.
    #[must_use]
    pub fn with(mut self, kind: &str, action: Action) -> Self {
        self.by_kind.insert(kind.to_owned(), action);
        self
    }

    /// A value that is let through, compared without regard to ASCII case.
    #[must_use]
    pub fn allowing(mut self, value: &str) -> Self {
        self.allowed.insert(value.as_bytes().to_ascii_lowercase());
        self
    }

    /// What happens to this value of this kind.
    pub fn action(&self, kind: Kind, value: &[u8]) -> Action {
        let action = self.by_kind.get(kind.id()).copied().unwrap_or(self.default);
        if action == Action::Off || self.allowed.is_empty() {
            return action;
        }
        match self.allowed.contains(&value.to_ascii_lowercase()) {
            true => Action::Off,
            false => action,
        }
    }
}
