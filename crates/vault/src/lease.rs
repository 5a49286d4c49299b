//! How often a KEK may still wrap.
//!
//! AES-GCM-SIV with random 96-bit nonces stays safe for 2^32 wraps under one key (NIST SP 800-38D
//! section 8.3 for the bound on random nonces). The count must outlive a crash and hold across nodes,
//! yet no seal may wait for the database: a node takes wraps in turns of a few thousand, durably, and
//! spends them from memory. A crash wastes at most one turn.

use std::sync::atomic::{AtomicU64, Ordering};

/// No key wraps more often than this.
pub const WRAPS_STOP: u64 = 1 << 32;
/// From here on the ring gives the tenant a new key, and [`crate::Kek::wraps_alarm`] says so.
pub const WRAPS_ALARM: u64 = 1 << 28;
/// How many wraps a node takes at once.
pub const WRAPS_LEASED_PER_TURN: u32 = 1 << 16;

/// The key has wrapped as often as it ever may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key has reached the number of wraps at which it must be replaced")]
pub struct WrapsExhausted;

/// Wraps that this node may make with one key, without asking anybody.
#[derive(Debug, Default)]
pub struct WrapLease {
    left: AtomicU64,
    /// The durable count when the last turn was taken, that turn included.
    taken: AtomicU64,
}

impl WrapLease {
    /// A lease with no wraps in it: for keys that only open.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a turn of `count` wraps, given that `before` wraps had been taken from the key until then.
    /// The part of the turn that lies beyond [`WRAPS_STOP`] is not granted.
    ///
    /// # Errors
    /// When nothing can be granted.
    pub fn extend(&self, before: u64, count: u32) -> Result<(), WrapsExhausted> {
        let granted = WRAPS_STOP.saturating_sub(before).min(u64::from(count));
        if granted == 0 {
            return Err(WrapsExhausted);
        }
        self.taken.fetch_max(before.saturating_add(granted), Ordering::AcqRel);
        self.left.fetch_add(granted, Ordering::AcqRel);
        Ok(())
    }

    /// Takes one wrap.
    ///
    /// # Errors
    /// When none is left.
    pub fn spend(&self) -> Result<(), WrapsExhausted> {
        self.left
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| left.checked_sub(1))
            .map(|_| ())
            .map_err(|_| WrapsExhausted)
    }

    /// How many are left.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.left.load(Ordering::Acquire)
    }

    /// Whether the key has passed [`WRAPS_ALARM`].
    #[must_use]
    pub fn alarm(&self) -> bool {
        self.taken.load(Ordering::Acquire) >= WRAPS_ALARM
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d13_the_count_stops_hard() {
        let lease = WrapLease::none();
        assert_eq!(lease.spend(), Err(WrapsExhausted));
        lease.extend(WRAPS_STOP - 2, WRAPS_LEASED_PER_TURN).unwrap();
        assert_eq!(lease.left(), 2);
        assert!(lease.alarm());
        assert_eq!((lease.spend(), lease.spend()), (Ok(()), Ok(())));
        assert_eq!(lease.spend(), Err(WrapsExhausted));
        assert_eq!(lease.extend(WRAPS_STOP, 1), Err(WrapsExhausted));
        assert_eq!(lease.extend(u64::MAX, 1), Err(WrapsExhausted));
    }

    #[test]
    fn d13_the_alarm_rings_before_the_stop() {
        let lease = WrapLease::none();
        lease.extend(WRAPS_ALARM - 2, 1).unwrap();
        assert!(!lease.alarm());
        lease.extend(WRAPS_ALARM - 1, 1).unwrap();
        assert!(lease.alarm());
    }

    #[test]
    fn threads_never_spend_more_than_was_leased() {
        let lease = WrapLease::none();
        lease.extend(0, 10_000).unwrap();
        let spent: usize = std::thread::scope(|scope| {
            let hands: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| (0..5_000).filter(|_| lease.spend().is_ok()).count()))
                .collect();
            hands.into_iter().map(|hand| hand.join().unwrap()).sum()
        });
        assert_eq!(spent, 10_000);
    }
}
