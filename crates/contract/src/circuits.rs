//! Circuits, for the operator: which providers are left alone, why, since when, and what can be done.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use domain::caller::Caller;
use domain::circuit::{Cause, CircuitState, Fault as FaultKind, Force, Forced};
use domain::money::NanoUsd;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// How far back traffic is counted, in minutes.
pub const TRAFFIC_MINUTES: u32 = 60;
/// The length of one bucket of traffic, in minutes.
pub const BUCKET_MINUTES: u32 = 5;
/// How far back uptime is shown, in days, with today.
pub const UPTIME_DAYS: u32 = 90;
/// Most events in a provider's timeline.
pub const EVENTS_MAX: u32 = 100;

/// All providers with their circuits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CircuitsView {
    /// When this was true.
    pub read_at: DateTime<Utc>,
    /// Whether this server can probe a provider.
    pub can_probe: bool,
    /// The providers, by name.
    pub providers: Vec<ProviderCircuit>,
}

/// A provider and how it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderCircuit {
    /// Its short name.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Whether it is the built-in simulator.
    pub simulated: bool,
    /// Whether calls are sent to it at all.
    pub active: bool,
    /// The circuit of the provider as a whole.
    pub circuit: CircuitView,
    /// The circuits of models that failed or were forced by themselves.
    pub targets: Vec<CircuitView>,
    /// What it did in the last [`TRAFFIC_MINUTES`].
    pub traffic: Traffic,
    /// The last [`UPTIME_DAYS`], oldest first.
    pub uptime: Vec<UptimeDay>,
    /// The key that we show it; `None` for a server that wants none.
    pub credential: Option<Credential>,
    /// Calls that are under way at it, as each node told within the last few seconds.
    pub in_flight: u64,
    /// What its settled calls of this day (UTC) cost, by our prices.
    pub spent_today: NanoUsd,
    /// The aliases that it answers.
    pub dependants: Vec<Dependant>,
}

/// A circuit as it is at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CircuitView {
    /// The provider's name of the model; empty for the provider as a whole.
    pub model: String,
    /// What calls meet.
    pub state: CircuitState,
    /// What they would meet without the override.
    pub own_state: CircuitState,
    /// Since when calls meet this; `None` where it never changed.
    pub since: Option<DateTime<Utc>>,
    /// Faults in a row.
    pub faults: u32,
    /// The last of them.
    pub reason: Option<FaultKind>,
    /// What there is to say of it.
    pub detail: Option<String>,
    /// When a call may try it again, while it is open by itself.
    pub retry_at: Option<DateTime<Utc>>,
    /// A person's decision in its place.
    pub forced: Option<ForcedView>,
}

/// A person's decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForcedView {
    /// What was decided, and its end.
    pub forced: Forced,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: String,
}

/// Calls of all tenants that were sent to a provider: numbers only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traffic {
    /// The whole period.
    pub total: Bucket,
    /// Its parts, oldest first, each with its beginning; those without a call are there too.
    pub buckets: Vec<(DateTime<Utc>, Bucket)>,
}

/// Calls in a length of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// Calls that were sent.
    pub calls: u64,
    /// Of these, those that the provider failed.
    pub faults: u64,
    /// Time to the first byte that half of them stayed below, in milliseconds.
    pub p50_ms: Option<u64>,
    /// The same for 95 of 100.
    pub p95_ms: Option<u64>,
    /// The same for 99 of 100.
    pub p99_ms: Option<u64>,
}

/// A day of a provider's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UptimeDay {
    /// The day, in UTC.
    pub day: NaiveDate,
    /// How much of it is known, in seconds: less on the first day and today, none before.
    pub known_s: u32,
    /// For how much of that calls were kept from it, in seconds.
    pub down_s: u32,
}

/// What may be told of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// The beginning of a keyed digest.
    pub fingerprint: String,
    /// When it was set.
    pub set_at: DateTime<Utc>,
}

/// An alias that a provider answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependant {
    /// What programs ask for.
    pub alias: String,
    /// The model's name at the provider.
    pub model: String,
    /// Its place among the alias's targets, from 1.
    pub place: u16,
    /// How many targets the alias has: with one, nothing takes over.
    pub targets: u16,
}

/// One provider with what happened to its circuits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CircuitDetail {
    /// When this was true.
    pub read_at: DateTime<Utc>,
    /// Whether this server can probe it.
    pub can_probe: bool,
    /// The provider.
    pub provider: ProviderCircuit,
    /// The last changes, newest first, at most [`EVENTS_MAX`].
    pub events: Vec<EventView>,
}

/// A change of a circuit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventView {
    /// When.
    pub at: DateTime<Utc>,
    /// The model; empty for the provider as a whole.
    pub model: String,
    /// What the circuit did by itself before.
    pub from: CircuitState,
    /// What it does by itself from here on.
    pub to: CircuitState,
    /// What moved it.
    pub cause: Cause,
    /// The override that counts from here on.
    pub forced: Option<Forced>,
    /// What there is to say.
    pub detail: Option<String>,
    /// The person, where one did it.
    pub by: Option<String>,
}

/// An override to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewForce {
    /// The model; empty for the provider as a whole.
    pub model: String,
    /// What calls shall meet.
    pub to: Force,
    /// Why.
    pub reason: String,
    /// For how long, in minutes; at most [`domain::circuit::FORCE_MINUTES_MAX`].
    pub minutes: u32,
}

/// What a probe found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeView {
    /// Whether it answered as it should.
    pub ok: bool,
    /// Its HTTP status; `None` where no answer came.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub latency_ms: u64,
    /// The model that it says it served.
    pub model_served: Option<String>,
    /// What else there is to know.
    pub note: String,
}

/// Circuits, for the operator. A provider is named by its short name.
#[async_trait]
pub trait Circuits: Send + Sync {
    /// All providers.
    async fn list(&self, caller: &Caller) -> Result<CircuitsView, Fault>;

    /// One of them.
    async fn detail(&self, caller: &Caller, provider: &str) -> Result<CircuitDetail, Fault>;

    /// Decides in a circuit's place, for a while.
    async fn force(&self, caller: &Caller, provider: &str, force: NewForce) -> Result<(), Fault>;

    /// Ends such a decision; a conflict where there is none any more.
    async fn clear(&self, caller: &Caller, provider: &str, model: &str) -> Result<(), Fault>;

    /// Asks the provider for one small answer now; an empty model leaves the choice to us. Moves no
    /// circuit.
    async fn probe(&self, caller: &Caller, provider: &str, model: &str)
    -> Result<ProbeView, Fault>;
}
