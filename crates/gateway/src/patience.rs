//! How long a call waits for its provider, and for whom.
//!
//! While the client listens, a call has its whole time. Once the client has hung up, the provider's
//! policy decides: *cancel* closes the provider's connection at once; *drain* reads on, to learn the
//! usage, within a shorter time, a number of bytes, and a number of drains at once.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep_until};

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

/// The waits of one call.
#[derive(Debug)]
pub(crate) struct Patience {
    timer: Pin<Box<Sleep>>,
    drains: Drains,
    /// Whether the provider is to be drained when the client hangs up.
    drain: bool,
    left: Option<Drain>,
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
}

impl Patience {
    pub(crate) fn new(until: Instant, drain: bool, drains: Drains) -> Self {
        Self { timer: Box::pin(sleep_until(until)), drains, drain, left: None }
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
                () = line.hung_up() => {
                    line.close();
                    if !self.read_on() {
                        return Waited::Abandoned;
                    }
                }
                () = &mut self.timer => {
                    return if self.client_left() { Waited::Abandoned } else { Waited::TimedOut };
                }
            }
        }
    }

    /// Pushes a piece to the client, who may be slow, or gone: then it is ready as well where the
    /// answer is read on without it.
    pub(crate) async fn push(&mut self, line: &mut Line, piece: Bytes) -> Waited<()> {
        let taken = tokio::select! {
            biased;
            taken = line.push(piece) => taken,
            () = &mut self.timer => return Waited::TimedOut,
        };
        if taken || self.read_on() { Waited::Ready(()) } else { Waited::Abandoned }
    }

    /// Counts bytes that came after the client had gone. Says whether to read on.
    pub(crate) fn drained(&mut self, bytes: usize) -> bool {
        let Some(drain) = &mut self.left else { return true };
        drain.bytes = drain.bytes.saturating_add(bytes as u64);
        drain.bytes <= self.drains.bytes_max
    }

    fn read_on(&mut self) -> bool {
        if !self.drain {
            return false;
        }
        let Ok(slot) = Arc::clone(&self.drains.slots).try_acquire_owned() else {
            metric::drain_refused();
            return false;
        };
        metric::drains(1);
        self.left = Some(Drain { bytes: 0, _slot: slot });
        let until = self.timer.deadline().min(Instant::now() + self.drains.wait);
        self.timer.as_mut().reset(until);
        true
    }
}

impl Drop for Drain {
    fn drop(&mut self) {
        metric::drains(-1);
    }
}
