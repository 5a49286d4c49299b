//! How long a call waits for its provider, and for whom.
//!
//! While the client listens, a call has its whole time. Once the client has hung up, the provider's
//! policy decides: *cancel* closes the provider's connection at once; *drain* reads on, to learn the
//! usage, within a shorter time, a number of bytes, and a number of drains at once. The kill switch ends
//! the waiting of either.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use domain::kill::KillScope;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use crate::kills::Ear;
use crate::line::Line;
use crate::metric;

/// The bounds of a drain.
#[derive(Clone, Debug)]
pub(crate) struct Drains {
    /// One permit per drain.
    pub(crate) slots: Arc<Semaphore>,
    pub(crate) wait: Duration,
    pub(crate) bytes_max: u64,
}

/// What a call's waits are made of.
pub(crate) struct Waits {
    /// The end of the call's time.
    pub(crate) until: Instant,
    pub(crate) drains: Drains,
    /// After so much silence the client is told that its stream still lives; `None` for an answer in
    /// one piece.
    pub(crate) quiet: Option<Duration>,
    /// Hears the kill switch.
    pub(crate) ear: Ear,
}

/// The waits of one call.
pub(crate) struct Patience {
    timer: Pin<Box<Sleep>>,
    drains: Drains,
    /// Whether the provider is to be drained when the client hangs up.
    drain: bool,
    left: Option<Drain>,
    quiet: Option<Quiet>,
    ear: Ear,
}

/// The silence towards the client.
struct Quiet {
    every: Duration,
    timer: Pin<Box<Sleep>>,
}

/// A client that has hung up, and the drain that goes on without it.
#[derive(Debug)]
struct Drain {
    bytes: u64,
    _slot: OwnedSemaphorePermit,
}

/// What waiting came to.
#[derive(Debug)]
pub(crate) enum Waited<T> {
    /// It is there.
    Ready(T),
    /// The call's time is over.
    TimedOut,
    /// The client has gone and nothing more is waited for.
    Abandoned,
    /// The kill switch stops the call.
    Killed(KillScope),
}

impl Patience {
    pub(crate) fn new(waits: Waits) -> Self {
        let Waits { until, drains, quiet, ear } = waits;
        let quiet = quiet.map(|every| Quiet { every, timer: Box::pin(sleep(every)) });
        Self { timer: Box::pin(sleep_until(until)), drains, drain: true, left: None, quiet, ear }
    }

    /// Takes the policy of the provider that is called next.
    pub(crate) fn towards(&mut self, drain: bool, provider: domain::ids::ProviderId) {
        self.drain = drain;
        self.ear.provider = Some(provider);
    }

    /// What is left of the call's time.
    pub(crate) fn left(&self) -> Duration {
        self.timer.deadline().saturating_duration_since(Instant::now())
    }

    /// Whether the client has hung up and the answer is read without it.
    pub(crate) const fn client_left(&self) -> bool {
        self.left.is_some()
    }

    /// Waits for `work`, the end of the call's time, or the end of our interest.
    pub(crate) async fn wait<T>(
        &mut self,
        line: &mut Line,
        work: impl Future<Output = T>,
    ) -> Waited<T> {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                biased;
                value = &mut work => return Waited::Ready(value),
                scope = self.ear.killed() => return Waited::Killed(scope),
                () = line.hung_up() => {
                    line.close();
                    if !read_on(&self.drains, self.drain, &mut self.left, &mut self.timer) {
                        return Waited::Abandoned;
                    }
                }
                () = &mut self.timer => {
                    return if self.left.is_some() { Waited::Abandoned } else { Waited::TimedOut };
                }
                () = silence(&mut self.quiet) => line.keep_alive(),
            }
        }
    }

    /// Pushes a piece to the client, who may be slow, or gone: then it is ready as well where the
    /// answer is read on without it.
    pub(crate) async fn push(&mut self, line: &mut Line, piece: Bytes) -> Waited<()> {
        let taken = tokio::select! {
            biased;
            taken = line.push(piece) => taken,
            scope = self.ear.killed() => return Waited::Killed(scope),
            () = &mut self.timer => return Waited::TimedOut,
        };
        if let Some(quiet) = &mut self.quiet {
            quiet.timer.as_mut().reset(Instant::now() + quiet.every);
        }
        if taken || read_on(&self.drains, self.drain, &mut self.left, &mut self.timer) {
            Waited::Ready(())
        } else {
            Waited::Abandoned
        }
    }

    /// Counts bytes that came after the client had gone. Says whether to read on.
    pub(crate) fn drained(&mut self, bytes: usize) -> bool {
        let Some(drain) = &mut self.left else { return true };
        drain.bytes = drain.bytes.saturating_add(bytes as u64);
        drain.bytes <= self.drains.bytes_max
    }
}

/// Waits for a silence that is too long, and begins the next one.
async fn silence(quiet: &mut Option<Quiet>) {
    let Some(quiet) = quiet else { return std::future::pending().await };
    quiet.timer.as_mut().await;
    quiet.timer.as_mut().reset(Instant::now() + quiet.every);
}

/// Begins a drain, where the policy and its bounds allow one more.
fn read_on(
    drains: &Drains,
    drain: bool,
    left: &mut Option<Drain>,
    timer: &mut Pin<Box<Sleep>>,
) -> bool {
    if !drain {
        return false;
    }
    let Ok(slot) = Arc::clone(&drains.slots).try_acquire_owned() else {
        metric::drain_refused();
        return false;
    };
    metric::drains(1);
    *left = Some(Drain { bytes: 0, _slot: slot });
    let until = timer.deadline().min(Instant::now() + drains.wait);
    timer.as_mut().reset(until);
    true
}

impl Drop for Drain {
    fn drop(&mut self) {
        metric::drains(-1);
    }
}
