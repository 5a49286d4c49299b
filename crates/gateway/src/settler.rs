//! Group commit of settlements: the resolution of each hold, the call's row and its sealed bodies, many
//! calls in one transaction, off every caller's path.

use std::time::{Duration, Instant};

use store::calls::{CallRecord, PayloadRecord};
use store::{BatchConnection, Resolution, StoreError};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::metric;
use crate::record::Settlement;
use crate::room::Place;

/// The pauses between tries, from the first to the longest.
const PAUSE_MIN: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(2);
/// How long one try may take.
const TRY_WAIT: Duration = Duration::from_secs(15);
/// Bodies that one transaction carries at most, in bytes, a single call aside.
const PORTION_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How to settle.
pub(crate) struct Terms {
    pub(crate) batch_max: usize,
    pub(crate) gather: Duration,
    /// No more will come: write what is there and end.
    pub(crate) flush: CancellationToken,
    /// The time to do so is over.
    pub(crate) give_up: CancellationToken,
}

/// Settles until told to flush and everything promised a place has come.
pub(crate) async fn run(
    mut connection: BatchConnection,
    mut inbox: mpsc::Receiver<Settlement>,
    terms: Terms,
) {
    let mut batch = Vec::with_capacity(terms.batch_max);
    loop {
        let count = tokio::select! {
            biased;
            count = inbox.recv_many(&mut batch, terms.batch_max) => count,
            () = terms.flush.cancelled(), if !inbox.is_closed() => {
                inbox.close();
                continue;
            }
        };
        if count == 0 {
            break;
        }
        gather(&mut inbox, &mut batch, &terms).await;
        let written = batch.len();
        let oldest = batch.first().map(|settlement| settlement.since);
        let begun = Instant::now();
        for lists in Lists::portions(batch.drain(..)) {
            write(&mut connection, lists, &terms).await;
        }
        metric::settled(written, inbox.len(), begun.elapsed());
        if let Some(since) = oldest {
            metric::settle_lag(since.elapsed());
        }
    }
    connection.close().await;
}

/// Waits a little for more company: a batch costs the database nearly the same, whatever its size.
async fn gather(
    inbox: &mut mpsc::Receiver<Settlement>,
    batch: &mut Vec<Settlement>,
    terms: &Terms,
) {
    if batch.len() >= terms.batch_max || inbox.is_closed() {
        return;
    }
    sleep(terms.gather).await;
    while batch.len() < terms.batch_max {
        let Ok(more) = inbox.try_recv() else { return };
        batch.push(more);
    }
}

/// A batch as the store takes it.
#[derive(Default)]
struct Lists {
    resolutions: Vec<Resolution>,
    records: Vec<CallRecord>,
    payloads: Vec<PayloadRecord>,
    /// The payloads' memory, given back when they are written.
    places: Vec<Place>,
}

impl Lists {
    /// The batch in portions that the database writes well within its time, however large the bodies.
    fn portions(batch: impl Iterator<Item = Settlement>) -> Vec<Self> {
        let mut portions = vec![Self::default()];
        let mut bytes = 0;
        for settlement in batch {
            let more = settlement.payload.as_ref().map_or(0, |payload| {
                let payload = &payload.record;
                payload.request.len() + payload.response.as_ref().map_or(0, Vec::len)
            });
            if bytes > 0 && bytes + more > PORTION_BYTES_MAX {
                portions.push(Self::default());
                bytes = 0;
            }
            bytes += more;
            if let Some(lists) = portions.last_mut() {
                lists.resolutions.extend(settlement.resolution);
                lists.records.push(settlement.record);
                if let Some(payload) = settlement.payload {
                    lists.payloads.push(payload.record);
                    lists.places.push(payload.place);
                }
            }
        }
        portions
    }

    /// The same, call by call.
    fn apart(self) -> Vec<Self> {
        let Self { mut resolutions, records, mut payloads, places: _places } = self;
        let mut apart = Vec::with_capacity(records.len());
        for record in records {
            let id = record.id;
            apart.push(Self {
                resolutions: resolutions.extract_if(.., |one| one.call_id == id).collect(),
                payloads: payloads.extract_if(.., |one| one.call_id == id).collect(),
                records: vec![record],
                places: Vec::new(),
            });
        }
        apart
    }
}

/// Writes a batch, again and again while the database is away. A batch that one of its calls spoils is
/// written call by call, so that one cannot hold up the others.
async fn write(connection: &mut BatchConnection, lists: Lists, terms: &Terms) {
    let Err((lists, error)) = persist(connection, lists, terms).await else { return };
    let Some(error) = error else { return lost(&lists, "the node stops") };
    if lists.records.len() == 1 {
        tracing::error!(call = %lists.records[0].id, %error, "a settlement is refused");
        return lost(&lists, "the database refuses it");
    }
    tracing::error!(%error, calls = lists.records.len(), "a batch of settlements is refused");
    for one in lists.apart() {
        if let Err((one, error)) = persist(connection, one, terms).await {
            let call = one.records.first().map(|record| record.id.to_string());
            tracing::error!(
                call,
                error = error.map(tracing::field::display),
                "a settlement is refused"
            );
            lost(&one, "the database refuses it");
        }
    }
}

/// Tries until it is written, refused, or there is no more time (then there is no error).
async fn persist(
    connection: &mut BatchConnection,
    lists: Lists,
    terms: &Terms,
) -> Result<(), (Lists, Option<StoreError>)> {
    let mut pause = PAUSE_MIN;
    let mut doubted = false;
    loop {
        let attempt = connection.settle(&lists.resolutions, &lists.records, &lists.payloads);
        let written = tokio::select! {
            written = timeout(TRY_WAIT, attempt) => written,
            () = terms.give_up.cancelled() => return Err((lists, None)),
        };
        match written {
            Ok(Ok(_)) => return Ok(()),
            // The connection is at fault at least as likely as the rows: it is made anew, once.
            Ok(Err(error)) if !doubted && may_be_the_connection(&error) => {
                tracing::warn!(%error, "settling is tried on a new connection");
                doubted = true;
            }
            Ok(Err(error)) if !error.is_retryable() => return Err((lists, Some(error))),
            Ok(Err(error)) => tracing::warn!(%error, "settling is tried again"),
            Err(_) => tracing::warn!("settling took too long and is tried again"),
        }
        tokio::select! {
            () = sleep(pause) => pause = (pause * 2).min(PAUSE_MAX),
            () = terms.give_up.cancelled() => return Err((lists, None)),
        }
    }
}

/// Whether an error can come from the connection's context and not from what is written: a context is
/// refused after the machine was suspended, and an unknown error says nothing of the rows.
fn may_be_the_connection(error: &StoreError) -> bool {
    match error {
        StoreError::Internal(_) => true,
        StoreError::Refused { code, .. } => code == "42501",
        _ => false,
    }
}

/// Their holds expire and are released by the reaper: the tenant is not charged, and the calls are in
/// the feed as expired.
fn lost(lists: &Lists, reason: &'static str) {
    metric::settlements_lost(lists.records.len());
    tracing::error!(
        calls = lists.records.len(),
        reason,
        "settlements are lost; their holds will expire"
    );
}
