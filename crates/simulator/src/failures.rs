//! How often something was asked for, for faults that pass.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
};

/// So many keys are counted; the oldest is forgotten first, and then counts from zero again.
const KEYS_MAX: usize = 4096;

/// Counters by key.
#[derive(Default)]
pub(crate) struct Failures {
    counted: Mutex<Counted>,
}

#[derive(Default)]
struct Counted {
    counts: HashMap<String, u64>,
    /// In the order in which they were first counted.
    keys: VecDeque<String>,
}

impl Failures {
    /// How often this key was counted before; it is counted now.
    pub(crate) fn count(&self, key: String) -> u64 {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counted.counts.get_mut(&key) {
            *count += 1;
            return *count - 1;
        }
        if counted.keys.len() >= KEYS_MAX
            && let Some(oldest) = counted.keys.pop_front()
        {
            counted.counts.remove(&oldest);
        }
        counted.keys.push_back(key.clone());
        counted.counts.insert(key, 1);
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_counted_apart_and_a_bounded_number_of_them() {
        let failures = Failures::default();
        assert_eq!(["a", "a", "b", "a"].map(|key| failures.count(key.to_owned())), [0, 1, 0, 2]);
        for key in 0..KEYS_MAX {
            failures.count(key.to_string());
        }
        assert_eq!(failures.count("a".to_owned()), 0, "forgotten");
        assert_eq!(failures.counted.lock().unwrap().counts.len(), KEYS_MAX);
    }
}
