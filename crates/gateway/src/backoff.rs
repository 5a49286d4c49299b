//! How long to wait before the same providers are tried again.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use domain::ids::CallId;

/// The first pause at most, in milliseconds; each further one may be twice as long.
const FIRST_MS: u64 = 200;
/// The longest pause that we choose ourselves, in milliseconds.
const LONGEST_MS: u64 = 4_000;
/// The longest time that a provider may ask us to wait, in seconds; for more the caller is told instead.
const ASKED_S_MAX: u64 = 10;

/// The pause after so many attempts: full jitter (Brooker, "Exponential Backoff And Jitter", AWS
/// Architecture Blog, 2015), never shorter than the provider asks. `None` where it asks for too much.
pub(crate) fn pause(
    call: CallId,
    attempts: u32,
    retry_after: Option<Duration>,
) -> Option<Duration> {
    let most = FIRST_MS.saturating_mul(1 << attempts.saturating_sub(1).min(16)).min(LONGEST_MS);
    // The call's id is random enough to spread calls, and needs no generator.
    let mut hasher = DefaultHasher::new();
    (call, attempts).hash(&mut hasher);
    let jittered = Duration::from_millis(hasher.finish() % most + 1);
    match retry_after {
        Some(asked) if asked > Duration::from_secs(ASKED_S_MAX) => None,
        Some(asked) => Some(asked.max(jittered)),
        None => Some(jittered),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_are_spread_and_heed_the_provider() {
        let calls: Vec<CallId> = (0..500).map(|_| CallId::mint()).collect();
        let mean = |attempts| {
            let sum: Duration = calls.iter().filter_map(|call| pause(*call, attempts, None)).sum();
            u64::try_from(sum.as_millis()).unwrap() / 500
        };
        assert!((70..130).contains(&mean(1)), "{}", mean(1));
        assert!((150..250).contains(&mean(2)), "{}", mean(2));
        assert!(mean(40) < LONGEST_MS);
        let second = Duration::from_secs(1);
        assert!(pause(calls[0], 1, Some(second)) >= Some(second));
        assert_eq!(pause(calls[0], 1, Some(second * 11)), None);
    }
}
