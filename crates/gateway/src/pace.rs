//! How fast each target has been of late, as this node saw it: what the strategy "fastest" goes by.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use domain::ids::ProviderId;

use crate::snapshot::Target;

/// The share that the newest call has in the mean: one in eight.
const NEWEST_SHARE: u32 = 8;

/// Times to the first byte, a moving mean per target.
#[derive(Debug, Default)]
pub(crate) struct Pace(RwLock<HashMap<(ProviderId, String), Duration>>);

impl Pace {
    /// Takes note of one call.
    pub(crate) fn note(&self, target: &Target, first_byte: Duration) {
        let key = (target.provider.id, target.upstream_model.clone());
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known
            .entry(key)
            .and_modify(|mean| *mean = (*mean * (NEWEST_SHARE - 1) + first_byte) / NEWEST_SHARE)
            .or_insert(first_byte);
    }

    /// The mean; nothing for a target that has not been tried, which so gets its try.
    pub(crate) fn of(&self, target: &Target) -> Duration {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let key = (target.provider.id, target.upstream_model.clone());
        known.get(&key).copied().unwrap_or_default()
    }
}
