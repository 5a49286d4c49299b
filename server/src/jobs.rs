//! What is done now and then: forgetting keys, and sweeping out what is over.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use domain::clock::Clock;
use store::{Office, Reason, Store, StoreError, sessions};
use vault::KeyRing;

/// How often keys that are past their time are dropped from memory, so that an idle process forgets too.
const FORGET_EVERY: Duration = Duration::from_secs(10);
/// How often ended sessions and old failed attempts are deleted, by one node.
const SWEEP_EVERY: Duration = Duration::from_secs(600);
/// How long failed attempts are kept, in hours: far longer than any throttle looks back.
const ATTEMPTS_HOURS: i64 = 24;

/// Starts the jobs; they end with the process.
pub fn start(store: Store, ring: Arc<KeyRing>, clock: Arc<dyn Clock>) {
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(FORGET_EVERY).await;
            ring.sweep();
        }
    });
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(SWEEP_EVERY).await;
            if let Err(error) = sweep(&store, &*clock).await {
                tracing::warn!(%error, "the sweep failed and is tried again later");
            }
        }
    });
}

async fn sweep(store: &Store, clock: &dyn Clock) -> Result<(), StoreError> {
    let Some(_office) = store.lead(Office::Housekeeper).await? else { return Ok(()) };
    let now = clock.now();
    let sessions = sessions::delete_expired(store, now).await?;
    let mut tx = store.system(Reason::Housekeeping).await?;
    let attempts = tx.delete_attempts_before(now - TimeDelta::hours(ATTEMPTS_HOURS)).await?;
    tx.commit().await?;
    tracing::debug!(sessions, attempts, "swept");
    Ok(())
}
