//! How many calls of this node are under way at each provider: what the console shows to somebody who waits
//! for one to be drained.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::ids::ProviderId;

/// The count. One lock for all of it: it is held for a few instructions, twice per attempt.
#[derive(Clone, Default)]
pub(crate) struct UnderWay(Arc<Mutex<HashMap<ProviderId, u32>>>);

/// One call that is at a provider, until it is dropped.
pub(crate) struct AtProvider {
    all: UnderWay,
    provider: ProviderId,
}

impl UnderWay {
    /// Counts a call at a provider.
    pub(crate) fn at(&self, provider: ProviderId) -> AtProvider {
        self.change(|calls| *calls.entry(provider).or_default() += 1);
        AtProvider { all: self.clone(), provider }
    }

    /// The calls by provider; those without one are not there.
    pub(crate) fn by_provider(&self) -> HashMap<ProviderId, u32> {
        self.change(|calls| calls.clone())
    }

    fn change<T>(&self, change: impl FnOnce(&mut HashMap<ProviderId, u32>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for AtProvider {
    fn drop(&mut self) {
        self.all.change(|calls| {
            if let Some(count) = calls.get_mut(&self.provider) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    calls.remove(&self.provider);
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_counts_at_one_provider_until_it_ends() {
        let all = UnderWay::default();
        let (near, far) = (ProviderId::mint(), ProviderId::mint());
        let first = all.at(near);
        let mut moving = Some(all.at(near));
        assert_eq!(all.by_provider(), HashMap::from([(near, 2)]));
        drop(moving.replace(all.at(far)));
        assert_eq!(all.by_provider(), HashMap::from([(near, 1), (far, 1)]));
        drop((first, moving));
        assert_eq!(all.by_provider(), HashMap::new());
    }
}
