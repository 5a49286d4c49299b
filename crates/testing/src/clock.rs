//! A clock that stands still until it is told otherwise.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::Clock;

/// 2026-01-01T00:00:00Z, in microseconds: where a new clock stands.
const START_MICROSECONDS: i64 = 1_767_225_600_000_000;

/// Tells the time it was set to, in whole microseconds as PostgreSQL keeps them. Clones share it.
#[derive(Clone, Debug)]
pub struct ManualClock {
    microseconds: Arc<AtomicI64>,
}

impl ManualClock {
    /// A clock at 2026-01-01T00:00:00Z.
    #[must_use]
    pub fn new() -> ManualClock {
        ManualClock { microseconds: Arc::new(AtomicI64::new(START_MICROSECONDS)) }
    }

    /// A clock at a given moment.
    #[must_use]
    pub fn at(moment: DateTime<Utc>) -> ManualClock {
        let clock = ManualClock::new();
        clock.set(moment);
        clock
    }

    /// Turns the clock, forwards or back.
    pub fn set(&self, moment: DateTime<Utc>) {
        self.microseconds.store(moment.timestamp_micros(), Ordering::SeqCst);
    }

    /// Lets time pass; a negative step turns it back.
    pub fn advance(&self, step: TimeDelta) {
        let step = step.num_microseconds().unwrap_or(i64::MAX);
        self.microseconds.fetch_add(step, Ordering::SeqCst);
    }
}

impl Default for ManualClock {
    fn default() -> ManualClock {
        ManualClock::new()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.microseconds.load(Ordering::SeqCst))
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_passes_only_when_told_and_for_all_clones() {
        let clock = ManualClock::new();
        let shared = clock.clone();
        assert_eq!(clock.now().to_rfc3339(), "2026-01-01T00:00:00+00:00");
        clock.advance(TimeDelta::seconds(90));
        assert_eq!(shared.now().to_rfc3339(), "2026-01-01T00:01:30+00:00");
        assert_eq!(ManualClock::at(shared.now()).now(), clock.now());
    }
}
