//! Cleans up after nodes that died: releases their holds once these have expired. One node at a time
//! does so, and forgets idempotency keys and origins whose time is over. Also makes the partitions of the months to come.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use domain::clock::Clock;
use store::{BatchConnection, Leadership, Office, Store, StoreError};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::{metric, record};

/// Holds released in one transaction.
const ROWS_MAX: u32 = 500;
/// How far back a round looks, once the first has looked at everything.
const LOOK_BACK: TimeDelta = TimeDelta::hours(2);
/// Rounds between two that look at everything again.
const ROUNDS_PER_SWEEP: u32 = 500;
/// Rounds between two that look for idempotency keys and origins to forget.
const ROUNDS_PER_FORGETTING: u32 = 60;
/// Rows of each forgotten in one transaction. Admissions with an idempotency key wait for it, so it is short.
const FORGOTTEN_MAX: u32 = 5_000;
/// How often partitions are looked after.
const PARTITIONS_EVERY: Duration = Duration::from_secs(6 * 60 * 60);

/// Reaps until told to stop.
pub(crate) async fn run(
    store: Store,
    clock: Arc<dyn Clock>,
    every: Duration,
    stop: CancellationToken,
) {
    let mut tick = interval(every);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut reaper = Reaper { store, clock, office: None, connection: None, round: 0 };
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = tick.tick() => {}
        }
        if let Err(error) = reaper.round().await {
            tracing::warn!(%error, "expired holds could not be released");
            reaper.office = None;
            reaper.connection = None;
        }
    }
    if let Some(office) = reaper.office {
        // Without it another node takes over when the connection ends, which is soon.
        let _ = office.resign().await;
    }
}

/// Makes partitions until told to stop.
pub(crate) async fn keep_partitions(store: Store, clock: Arc<dyn Clock>, stop: CancellationToken) {
    let mut tick = interval(PARTITIONS_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        match store.make_partitions(clock.now()).await {
            Ok(0) => {}
            Ok(made) => tracing::info!(made, "made partitions"),
            Err(error) => {
                tracing::warn!(%error, "partitions could not be made; rows go to the default one")
            }
        }
    }
}

struct Reaper {
    store: Store,
    clock: Arc<dyn Clock>,
    office: Option<Leadership>,
    connection: Option<BatchConnection>,
    round: u32,
}

impl Reaper {
    async fn round(&mut self) -> Result<(), StoreError> {
        let held = match &mut self.office {
            Some(office) => office.is_held().await,
            None => false,
        };
        if !held {
            self.office = self.store.lead(Office::Reaper).await?;
            self.round = 0;
        }
        if self.office.is_none() {
            return Ok(());
        }
        let everything = self.round.is_multiple_of(ROUNDS_PER_SWEEP);
        if self.round.is_multiple_of(ROUNDS_PER_FORGETTING) {
            self.store.forget_idempotency(FORGOTTEN_MAX).await?;
            self.store.forget_origins(FORGOTTEN_MAX).await?;
        }
        self.round = self.round.wrapping_add(1);
        let since = (!everything).then(|| self.clock.now() - LOOK_BACK);
        loop {
            let holds = self.store.expired_holds(since, ROWS_MAX).await?;
            if holds.is_empty() {
                return Ok(());
            }
            let now = self.clock.now();
            let (resolutions, records): (Vec<_>, Vec<_>) =
                holds.iter().map(|hold| record::expiry(hold, now)).unzip();
            let connection = match &mut self.connection {
                Some(connection) => connection,
                None => self.connection.insert(self.store.batch().await?),
            };
            let settled = connection.settle(&resolutions, &records, &[]).await?;
            metric::expired(settled.len());
            tracing::warn!(calls = settled.len(), "released the holds of calls that nobody ended");
            if settled.is_empty() {
                return Ok(());
            }
        }
    }
}
