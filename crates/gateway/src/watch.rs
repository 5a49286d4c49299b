//! Keeps the snapshot current: hears of changes, asks every second besides, and knows how long ago the
//! rules were last confirmed. A node that cannot confirm them refuses every call: a key revoked
//! elsewhere must not go on working here because the database cannot be reached.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, Guard};
use domain::clock::Clock;
use store::nodes::Node;
use store::{Channel, Listener, Store, StoreError};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use vault::KeyRing;

use crate::snapshot::{LoadError, Snapshot};
use crate::under_way::UnderWay;
use crate::upstream::egress::EgressAllow;

/// How long one look at the epoch may take.
const LOOK_WAIT: Duration = Duration::from_secs(3);
/// How often a node gives a sign of life.
const TELL_EVERY: Duration = Duration::from_secs(5);
/// How long after a provider's key could not be opened it is tried again, in milliseconds.
const TRY_AGAIN_MS: u64 = 5_000;

/// The rules, and when they were last known to be current.
pub(crate) struct Rules {
    current: ArcSwap<Snapshot>,
    since: Instant,
    /// Milliseconds after `since`.
    confirmed_ms: AtomicU64,
    /// When they were last read, in milliseconds after `since`.
    read_ms: AtomicU64,
    confirm_wait: Duration,
    allow: EgressAllow,
    /// Told when what is stopped has changed.
    kills: watch::Sender<()>,
}

impl Rules {
    /// Reads the rules for the first time.
    pub(crate) async fn load(
        store: &Store,
        ring: &KeyRing,
        confirm_wait: Duration,
        allow: EgressAllow,
    ) -> Result<Self, LoadError> {
        let since = Instant::now();
        let snapshot = Snapshot::load(store, ring, &allow, &Snapshot::default()).await?;
        let current = ArcSwap::from_pointee(snapshot);
        let (confirmed_ms, read_ms) = (AtomicU64::new(0), AtomicU64::new(0));
        let (kills, _) = watch::channel(());
        Ok(Self { current, since, confirmed_ms, read_ms, confirm_wait, allow, kills })
    }

    /// The rules, where they are confirmed.
    pub(crate) fn confirmed(&self) -> Option<Guard<Arc<Snapshot>>> {
        (self.age() <= self.confirm_wait).then(|| self.current.load())
    }

    /// The rules as this node knows them, confirmed or not.
    pub(crate) fn current(&self) -> Guard<Arc<Snapshot>> {
        self.current.load()
    }

    /// Hears when what is stopped changes.
    pub(crate) fn kills_changed(&self) -> watch::Receiver<()> {
        self.kills.subscribe()
    }

    /// How long ago they were confirmed.
    pub(crate) fn age(&self) -> Duration {
        let confirmed = Duration::from_millis(self.confirmed_ms.load(Ordering::Acquire));
        self.since.elapsed().saturating_sub(confirmed)
    }

    /// The epoch they are of.
    pub(crate) fn epoch(&self) -> i64 {
        self.current.load().epoch
    }

    /// Notes that the rules were current at `moment`.
    fn confirm(&self, moment: Instant) {
        self.confirmed_ms.fetch_max(self.millis(moment), Ordering::AcqRel);
    }

    /// Whether a provider's key could not be opened, and it is time to try again.
    fn wants_another_try(&self, snapshot: &Snapshot, now: Instant) -> bool {
        let since = self.millis(now).saturating_sub(self.read_ms.load(Ordering::Acquire));
        snapshot.incomplete && since >= TRY_AGAIN_MS
    }

    fn millis(&self, moment: Instant) -> u64 {
        let millis = moment.saturating_duration_since(self.since).as_millis();
        u64::try_from(millis).unwrap_or(u64::MAX)
    }

    /// Compares the epoch, and reads the rules anew where it differs or a new price takes effect.
    async fn look(
        &self,
        store: &Store,
        ring: &KeyRing,
        clock: &dyn Clock,
    ) -> Result<(), LoadError> {
        // What is confirmed is the moment before the question, not that of the answer.
        let asked = Instant::now();
        let before = self.current.load_full();
        let price_due = before.next_price_at.is_some_and(|at| at <= clock.now());
        let changed = store.epoch().await? != before.epoch;
        if changed || price_due || self.wants_another_try(&before, asked) {
            let snapshot = Snapshot::load(store, ring, &self.allow, &before).await?;
            tracing::debug!(epoch = snapshot.epoch, "the rules changed");
            let kills_differ = snapshot.kills != before.kills;
            self.current.store(Arc::new(snapshot));
            if kills_differ {
                self.kills.send_replace(());
            }
            self.read_ms.store(self.millis(asked), Ordering::Release);
        }
        self.confirm(asked);
        Ok(())
    }
}

/// What watching takes.
pub(crate) struct Watch {
    pub(crate) rules: Arc<Rules>,
    pub(crate) store: Store,
    pub(crate) ring: Arc<KeyRing>,
    pub(crate) clock: Arc<dyn Clock>,
    /// This node, which tells which rules it follows.
    pub(crate) node: Node,
    /// Its calls, by provider.
    pub(crate) under_way: UnderWay,
}

impl Watch {
    /// Watches until told to stop.
    pub(crate) async fn run(self, poll_every: Duration, stop: CancellationToken) {
        let mut tick = interval(poll_every);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut ears = Ears::default();
        let mut failing = false;
        let mut told = None;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = tick.tick() => {}
                () = ears.hear(&self.store) => {}
            }
            let look = self.rules.look(&self.store, &self.ring, &*self.clock);
            let looked = timeout(LOOK_WAIT, look).await;
            let failed = !matches!(looked, Ok(Ok(())));
            if failed && !failing {
                match looked {
                    Ok(Err(error)) => tracing::warn!(%error, "the rules cannot be confirmed"),
                    _ => tracing::warn!("the rules cannot be confirmed in time"),
                }
            } else if failing && !failed {
                tracing::info!("the rules are confirmed again");
            }
            failing = failed;
            if !failed {
                self.tell(&mut told).await;
            }
        }
    }

    /// Tells which rules are in force here: at once when they are new, and now and then as a sign of life.
    async fn tell(&self, told: &mut Option<(i64, Instant)>) {
        let epoch = self.rules.epoch();
        if told.is_some_and(|(known, at)| known == epoch && at.elapsed() < TELL_EVERY) {
            return;
        }
        let in_flight = self.under_way.by_provider();
        let beat = self.store.node_beat(&self.node, epoch, &in_flight);
        match timeout(LOOK_WAIT, beat).await {
            Ok(Ok(())) => *told = Some((epoch, Instant::now())),
            Ok(Err(error)) => tracing::debug!(%error, "the node's sign of life is not taken"),
            Err(_) => tracing::debug!("the node's sign of life is not taken in time"),
        }
    }
}

/// Hears of changes where it can. Polling does not depend on it.
#[derive(Default)]
struct Ears(Option<Listener>);

impl Ears {
    /// Returns when something was heard; never with an error.
    async fn hear(&mut self, store: &Store) {
        loop {
            if let Some(listener) = &mut self.0 {
                if listener.recv().await.is_ok() {
                    return;
                }
                self.0 = None;
            }
            match self.open(store).await {
                Ok(()) => return,
                Err(_) => tokio::time::sleep(Duration::from_secs(1)).await,
            }
        }
    }

    async fn open(&mut self, store: &Store) -> Result<(), StoreError> {
        self.0 = Some(store.listen(Channel::Epoch).await?);
        Ok(())
    }
}
