//! The node: what all calls of this process share, and how it starts and stops.

use std::sync::Arc;
use std::time::Duration;

use domain::clock::Clock;
use domain::ids::NodeId;
use domain::outcome::Outcome;
use secrecy::SecretBox;
use store::nodes::Node;
use store::{Store, StoreError};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vault::KeyRing;

use crate::admitter::{self, Ask};
use crate::circuits::{self, Circuits, Report};
use crate::line::Line;
use crate::pace::Pace;
use crate::patience::Drains;
use crate::record::{self, SealedPayload, Settlement};
use crate::refuse::Refused;
use crate::room::Room;
use crate::serve::{Call, serve};
use crate::settings::{Settings, SettingsError};
use crate::snapshot::LoadError;
use crate::translate::Desk;
use crate::under_way::UnderWay;
use crate::upstream::client::Clients;
use crate::watch::{Rules, Watch};
use crate::{metric, reaper, settler};

/// How long the settler may still write after the deadline of a drain.
const FLUSH_WAIT: Duration = Duration::from_secs(5);

/// A key under which API keys are hashed.
pub struct Pepper {
    /// Its number, which the hashed keys name.
    pub id: i32,
    /// The key.
    pub key: SecretBox<[u8; 32]>,
}

/// What a gateway is made of.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The tenants' keys, to seal bodies and to open providers' credentials.
    pub ring: Arc<KeyRing>,
    /// The peppers in force, the current one first.
    pub peppers: Vec<Pepper>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Limits and times.
    pub settings: Settings,
}

/// The data plane of this node.
pub struct Gateway {
    rules: Arc<Rules>,
    ring: Arc<KeyRing>,
    peppers: Vec<Pepper>,
    clock: Arc<dyn Clock>,
    settings: Settings,
    clients: Clients,
    circuits: Arc<Circuits>,
    pace: Pace,
    desk: Desk,
    store: Store,
    bodies: Room,
    payloads: Room,
    admitter: mpsc::Sender<Ask>,
    settler: mpsc::Sender<Settlement>,
    in_flight: Arc<Semaphore>,
    under_way: UnderWay,
    drains: Arc<Semaphore>,
    calls: TaskTracker,
    jobs: TaskTracker,
    stop: Stop,
}

/// The stages of stopping.
#[derive(Default)]
struct Stop {
    /// No new calls.
    stopping: CancellationToken,
    /// Calls that still run are cut off.
    cut: CancellationToken,
    /// The settler writes what it has.
    flush: CancellationToken,
    /// The settler's time is over.
    give_up: CancellationToken,
    /// The rest stops.
    jobs: CancellationToken,
}

/// Why a gateway does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings contradict each other.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no pepper: no API key could ever be recognised.
    #[error("no pepper is given")]
    NoPepper,
    /// The guard's tables cannot be built.
    #[error("the guard cannot be built")]
    Guard,
    /// TLS towards providers cannot be set up.
    #[error("the client towards providers cannot be built")]
    Client(#[source] reqwest::Error),
}

/// How the node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    /// Whether it takes calls: its rules are confirmed, its tasks live, and it is not stopping.
    pub ready: bool,
    /// Since when its rules have not been confirmed.
    pub rules_age: Duration,
    /// The epoch of its rules.
    pub epoch: i64,
    /// Calls between admission and settlement.
    pub in_flight: usize,
    /// Settlements that wait for the database, those of calls in flight included.
    pub settlements_waiting: usize,
    /// Whether it is about to stop.
    pub stopping: bool,
}

impl Gateway {
    /// Reads the rules, connects the batches, and starts the tasks of the node.
    ///
    /// # Errors
    /// [`StartError`] where it could not serve a single call.
    pub async fn start(parts: Parts) -> Result<Arc<Self>, StartError> {
        let Parts { store, ring, peppers, clock, settings } = parts;
        settings.check()?;
        if peppers.is_empty() {
            return Err(StartError::NoPepper);
        }
        let clients = Clients::build(settings.connect_wait).map_err(StartError::Client)?;
        let allow = settings.egress_allow.clone();
        let rules = match Rules::load(&store, &ring, settings.confirm_wait, allow).await {
            Ok(rules) => Arc::new(rules),
            Err(LoadError::Store(error)) => return Err(error.into()),
        };
        let node = Node {
            id: NodeId::mint(),
            name: settings.node_name.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: clock.now(),
        };
        // The first call waits for nothing.
        let warm = tokio::task::spawn_blocking(guard::warm_up);
        let (circuits, reports) =
            Circuits::load(store.clone(), Arc::clone(&clock), node.id).await?;
        let (admitting, settling) = (store.batch().await?, store.batch().await?);
        let waiting = settings.calls_in_flight_max + settings.settlements_waiting_max;
        let (admitter, asks) = mpsc::channel(settings.calls_in_flight_max);
        let (settler, settlements) = mpsc::channel(waiting);
        let gateway = Arc::new(Self {
            rules,
            ring,
            peppers,
            clock,
            clients,
            circuits,
            pace: Pace::default(),
            desk: Desk::default(),
            store: store.clone(),
            bodies: Room::new(settings.bodies_bytes_max),
            payloads: Room::new(settings.payloads_bytes_max),
            admitter,
            settler,
            in_flight: Arc::new(Semaphore::new(settings.calls_in_flight_max)),
            under_way: UnderWay::default(),
            drains: Arc::new(Semaphore::new(settings.drains_max)),
            calls: TaskTracker::new(),
            jobs: TaskTracker::new(),
            stop: Stop::default(),
            settings,
        });
        if warm.await.is_err() {
            return Err(StartError::Guard);
        }
        gateway.run_admitter(admitting, asks);
        gateway.run_settler(settling, settlements);
        gateway.run_jobs(store, node, reports);
        Ok(gateway)
    }

    /// Whether the node takes calls, and how much it has to do.
    #[must_use]
    pub fn health(&self) -> Health {
        let (rules_age, stopping) = (self.rules.age(), self.is_stopping());
        let alive = !self.admitter.is_closed() && !self.settler.is_closed();
        Health {
            ready: alive && !stopping && rules_age <= self.settings.confirm_wait,
            rules_age,
            epoch: self.rules.epoch(),
            in_flight: self.in_flight(),
            settlements_waiting: self.settler.max_capacity() - self.settler.capacity(),
            stopping,
        }
    }

    /// Calls between admission and settlement.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.settings.calls_in_flight_max - self.in_flight.available_permits()
    }

    /// Stops: refuses new calls, lets those in flight end until `wait` has passed, cuts off the rest,
    /// each settled by what was delivered, and writes every settlement. Says whether all calls came to
    /// their own end and everything was written.
    pub async fn drain(&self, wait: Duration) -> bool {
        let deadline = Instant::now() + wait;
        self.stop.stopping.cancel();
        self.calls.close();
        let ended = timeout_at(deadline, self.calls.wait()).await.is_ok();
        self.stop.cut.cancel();
        self.calls.wait().await;
        self.stop.flush.cancel();
        self.stop.jobs.cancel();
        self.jobs.close();
        let written = timeout_at(deadline.max(Instant::now()) + FLUSH_WAIT, self.jobs.wait()).await;
        self.stop.give_up.cancel();
        if written.is_err() {
            self.jobs.wait().await;
        }
        ended && written.is_ok()
    }

    /// Takes no more calls from now on.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stop.stopping.is_cancelled()
    }

    /// Serves a call in a task of its own.
    pub(crate) fn spawn(self: &Arc<Self>, call: Call, line: Line) {
        let gateway = Arc::clone(self);
        let cut = self.stop.cut.clone();
        self.calls.spawn(async move {
            cut.run_until_cancelled(Box::pin(serve(&gateway, call, line))).await;
        });
    }

    /// Counts a refusal, and records it where its caller is known. Under a storm of refusals the feed
    /// leaves some out, rather than hold up settlements.
    pub(crate) fn note_refusal(&self, refused: &Refused, payload: Option<SealedPayload>) {
        metric::refused(&refused.refusal);
        let Some(trail) = &refused.trail else { return };
        metric::call_ended(trail.route, Outcome::Refused, trail.began.elapsed());
        let crowded = self.settler.capacity() <= self.settings.calls_in_flight_max;
        let now = self.clock.now();
        let Some(settlement) = record::refusal(trail, &refused.refusal, payload, now) else {
            return;
        };
        if crowded || self.settler.try_send(settlement).is_err() {
            metric::record_dropped();
        }
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    pub(crate) const fn shared_rules(&self) -> &Arc<Rules> {
        &self.rules
    }

    pub(crate) fn circuits(&self) -> &Circuits {
        &self.circuits
    }

    pub(crate) const fn pace(&self) -> &Pace {
        &self.pace
    }

    pub(crate) const fn desk(&self) -> &Desk {
        &self.desk
    }

    pub(crate) const fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) const fn bodies(&self) -> &Room {
        &self.bodies
    }

    pub(crate) const fn payloads(&self) -> &Room {
        &self.payloads
    }

    pub(crate) fn ring(&self) -> &KeyRing {
        &self.ring
    }

    pub(crate) fn peppers(&self) -> &[Pepper] {
        &self.peppers
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    pub(crate) const fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) const fn clients(&self) -> &Clients {
        &self.clients
    }

    pub(crate) const fn admitter(&self) -> &mpsc::Sender<Ask> {
        &self.admitter
    }

    pub(crate) const fn settler(&self) -> &mpsc::Sender<Settlement> {
        &self.settler
    }

    pub(crate) const fn under_way(&self) -> &UnderWay {
        &self.under_way
    }

    pub(crate) const fn in_flight_slots(&self) -> &Arc<Semaphore> {
        &self.in_flight
    }

    pub(crate) fn drains(&self) -> Drains {
        Drains {
            slots: Arc::clone(&self.drains),
            wait: self.settings.drain_wait,
            bytes_max: self.settings.drain_bytes_max,
        }
    }

    fn run_admitter(&self, connection: store::BatchConnection, asks: mpsc::Receiver<Ask>) {
        let terms = admitter::Terms {
            batch_max: self.settings.admit_batch_max,
            hold_seconds: self.settings.hold_seconds,
            wait: self.settings.admit_wait,
        };
        let stop = self.stop.jobs.clone();
        self.jobs.spawn(async move {
            stop.run_until_cancelled(admitter::run(connection, asks, terms)).await;
        });
    }

    fn run_settler(&self, connection: store::BatchConnection, inbox: mpsc::Receiver<Settlement>) {
        let terms = settler::Terms {
            batch_max: self.settings.settle_batch_max,
            gather: self.settings.settle_gather,
            flush: self.stop.flush.clone(),
            give_up: self.stop.give_up.clone(),
        };
        self.jobs.spawn(settler::run(connection, inbox, terms));
    }

    fn run_jobs(&self, store: Store, node: Node, reports: mpsc::Receiver<Report>) {
        let stop = || self.stop.jobs.clone();
        let (rules, ring) = (Arc::clone(&self.rules), Arc::clone(&self.ring));
        let clock = || Arc::clone(&self.clock);
        let every = self.settings.poll_every;
        let under_way = self.under_way.clone();
        let watch = Watch { rules, store: store.clone(), ring, clock: clock(), node, under_way };
        self.jobs.spawn(watch.run(every, stop()));
        self.jobs.spawn(circuits::run(Arc::clone(&self.circuits), reports, stop()));
        let every = self.settings.reap_every;
        self.jobs.spawn(reaper::run(store.clone(), clock(), every, stop()));
        self.jobs.spawn(reaper::keep_partitions(store, clock(), stop()));
    }
}
