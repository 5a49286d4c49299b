//! Time as a parameter. Nobody but a [`Clock`] reads the wall clock.

use chrono::{DateTime, Utc};

/// Tells the time, in UTC. Tests bring their own.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::<Utc>::from(std::time::SystemTime::now())
    }
}
