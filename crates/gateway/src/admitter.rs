//! Group commit of holds: while one batch commits, the next one gathers. A batch is one statement, and
//! its answers are joined by call id, never by position.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use domain::ids::CallId;
use store::{BatchConnection, HoldRow, StoreError, Verdict};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::metric;
use crate::obligation::Obligation;

/// A call that wants to be held.
pub(crate) struct Ask {
    pub(crate) row: HoldRow,
    pub(crate) obligation: Obligation,
    pub(crate) answer: oneshot::Sender<Judgement>,
}

/// What became of it.
pub(crate) struct Judgement {
    pub(crate) obligation: Obligation,
    pub(crate) verdict: Result<Verdict, NotHeld>,
}

/// The store did not answer: nothing is known to be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotHeld;

/// How to admit.
pub(crate) struct Terms {
    pub(crate) batch_max: usize,
    pub(crate) hold_seconds: u32,
    /// How long one attempt at a batch may take.
    pub(crate) wait: Duration,
}

type Verdicts = HashMap<CallId, Verdict>;

/// Admits until all senders are gone.
pub(crate) async fn run(
    mut connection: BatchConnection,
    mut inbox: mpsc::Receiver<Ask>,
    terms: Terms,
) {
    let mut asks = Vec::with_capacity(terms.batch_max);
    while inbox.recv_many(&mut asks, terms.batch_max).await > 0 {
        // Who has given up waiting is not held.
        asks.retain(|ask| !ask.answer.is_closed());
        let rows: Vec<HoldRow> = asks.iter().map(|ask| ask.row.clone()).collect();
        let begun = Instant::now();
        let verdicts = judge(&mut connection, &rows, &terms).await;
        metric::admitted(rows.len(), begun.elapsed());
        for ask in asks.drain(..) {
            let verdict = verdicts.get(&ask.row.call_id).copied().ok_or(NotHeld);
            // Where nobody waits any more, the obligation is dropped here and voids the hold.
            let _ = ask.answer.send(Judgement { obligation: ask.obligation, verdict });
        }
    }
    connection.close().await;
}

/// Holds a batch. A lost connection is tried once more, since holding twice is holding once; a batch
/// that one of its calls spoils is held call by call.
async fn judge(connection: &mut BatchConnection, rows: &[HoldRow], terms: &Terms) -> Verdicts {
    let error = match attempt(connection, rows, terms).await {
        Ok(verdicts) => return verdicts,
        Err(error) => error,
    };
    match error {
        Some(error) if !error.is_retryable() => {
            tracing::error!(%error, calls = rows.len(), "a batch of holds was refused");
            let mut verdicts = Verdicts::new();
            if rows.len() > 1 {
                for row in rows {
                    let one = attempt(connection, std::slice::from_ref(row), terms).await;
                    verdicts.extend(one.unwrap_or_default());
                }
            }
            verdicts
        }
        Some(error) => {
            tracing::warn!(%error, "holding failed and is tried once more");
            attempt(connection, rows, terms).await.unwrap_or_default()
        }
        None => {
            tracing::warn!("holding took too long");
            Verdicts::new()
        }
    }
}

/// One attempt; the error is `None` where it took too long.
async fn attempt(
    connection: &mut BatchConnection,
    rows: &[HoldRow],
    terms: &Terms,
) -> Result<Verdicts, Option<StoreError>> {
    match timeout(terms.wait, connection.admit(rows, terms.hold_seconds)).await {
        Ok(result) => result.map_err(Some),
        Err(_) => Err(None),
    }
}
