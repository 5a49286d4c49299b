//! The circuits of providers and their models, as this node knows them. The rule is `domain::circuit`, the
//! truth is in the database; a node applies what it sees at once, tells it, and hears of the others.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::circuit::{Circuit, CircuitState, Fault, Gate, Policy};
use domain::clock::Clock;
use domain::ids::{NodeId, ProviderId};
use store::circuits::WHOLE_PROVIDER;
use store::{Channel, Listener, Store, StoreError};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::metric;
use crate::route::Candidate;
use crate::snapshot::Target;

/// Reports that may wait for the database; beyond, they are left out, and the node's own view stays.
const REPORTS_WAITING_MAX: usize = 1_024;
/// How often all circuits are read, whatever was heard.
const READ_EVERY: Duration = Duration::from_secs(2);

/// Pauses before a change that the database did not take is told again.
const TELL_AGAIN_AFTER: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(500)];

type Key = (ProviderId, String);

/// The circuits of one node.
pub(crate) struct Circuits {
    known: RwLock<HashMap<Key, Circuit>>,
    reports: mpsc::Sender<Report>,
    store: Store,
    clock: Arc<dyn Clock>,
    node: NodeId,
    policy: Policy,
}

/// What a call's end says of the provider that it went to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It answered, if only to say that the caller is wrong.
    Well,
    /// It failed.
    Fault(Fault),
    /// Nothing: the client left, or the call was stopped.
    Nothing,
}

/// What is told to the database.
#[derive(Debug)]
pub(crate) struct Report {
    provider: ProviderId,
    model: String,
    verdict: Verdict,
    status: Option<u16>,
}

/// Leave to send one call.
#[derive(Debug)]
pub(crate) enum Leave {
    /// It may go.
    Granted,
    /// It may not, until then.
    Blocked(DateTime<Utc>),
}

impl Circuits {
    /// Reads them, and gives what they report.
    pub(crate) async fn load(
        store: Store,
        clock: Arc<dyn Clock>,
        node: NodeId,
    ) -> Result<(Arc<Self>, mpsc::Receiver<Report>), StoreError> {
        let (reports, reported) = mpsc::channel(REPORTS_WAITING_MAX);
        let policy = Policy::default();
        let circuits =
            Arc::new(Self { known: RwLock::default(), reports, store, clock, node, policy });
        circuits.read().await?;
        Ok((circuits, reported))
    }

    /// Until when a target is blocked, if it is: the reason to pass it over when a plan is made.
    pub(crate) fn blocked(&self, target: &Target) -> Option<DateTime<Utc>> {
        let now = self.clock.now();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if known.is_empty() {
            return None;
        }
        keys(target)
            .filter_map(|key| {
                let circuit = known.get(&key)?;
                match circuit.allows(now) {
                    // A trial is nearly always over long before its lease.
                    Gate::Blocked { until } if circuit.shows(now) == CircuitState::HalfOpen => {
                        Some(until.min(now + TimeDelta::seconds(1)))
                    }
                    Gate::Blocked { until } => Some(until),
                    Gate::Pass | Gate::Trial => None,
                }
            })
            .max()
    }

    /// Asks for leave to send. Only a call that would be the trial of a half-open circuit asks the
    /// database, for nodes must agree on who makes it.
    pub(crate) async fn leave(&self, candidate: &mut Candidate) -> Leave {
        if let Some(until) = self.blocked(&candidate.target) {
            return Leave::Blocked(until);
        }
        for (provider, model) in self.trials(&candidate.target) {
            // In a box: hardly any call comes here, and every open stream would carry the room for it.
            let taken = self.store.circuit_take_trial(provider, &model, self.node);
            let taken = Box::pin(taken).await;
            if let Err(error) = &taken {
                tracing::warn!(%error, "a trial cannot be taken");
            }
            if !taken.unwrap_or(false) {
                // What was taken of the other circuit is given back; what another call holds stays its own.
                self.note(candidate, Verdict::Nothing, None);
                return Leave::Blocked(self.clock.now() + TimeDelta::seconds(1));
            }
            candidate.trial = true;
            let now = self.clock.now();
            self.change(&(provider, model), |circuit| circuit.take_trial(now).unwrap_or(circuit));
        }
        Leave::Granted
    }

    /// Takes note of how a call to a target ended.
    pub(crate) fn note(&self, candidate: &Candidate, verdict: Verdict, status: Option<u16>) {
        let verdict = match verdict {
            // Says nothing of the provider; a trial that it ends is given back.
            Verdict::Fault(fault) if !self.policy.counts(fault) => Verdict::Nothing,
            verdict => verdict,
        };
        // A trial is given back by the call that made it, and by no other.
        if verdict == Verdict::Nothing && !candidate.trial {
            return;
        }
        // Where no circuit is known, all are clean: nearly every call ends here.
        if !matches!(verdict, Verdict::Fault(_)) && self.knows_none() {
            return;
        }
        let now = self.clock.now();
        for key in keys(&candidate.target) {
            let worth_telling = match verdict {
                Verdict::Fault(_) => {
                    self.change(&key, |circuit| circuit.fault(now));
                    true
                }
                Verdict::Well => self.changes(&key, |circuit| circuit.success(now)),
                Verdict::Nothing => self.changes(&key, |circuit| {
                    if circuit.trial_until.is_some() { circuit.release_trial(now) } else { circuit }
                }),
            };
            if worth_telling {
                let (provider, model) = key;
                let report = Report { provider, model, verdict, status };
                if self.reports.try_send(report).is_err() {
                    metric::circuit_report_dropped();
                }
            }
        }
    }

    fn knows_none(&self) -> bool {
        self.known.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// The circuits whose trial this call would be.
    fn trials(&self, target: &Target) -> Vec<Key> {
        let now = self.clock.now();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if known.is_empty() {
            return Vec::new();
        }
        let trial = |key: &Key| known.get(key).is_some_and(|c| c.allows(now) == Gate::Trial);
        keys(target).filter(trial).collect()
    }

    /// Changes a circuit that is known and not clean. Says whether it did.
    fn changes(&self, key: &Key, change: impl FnOnce(Circuit) -> Circuit) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let clean = known.get(key).is_none_or(Circuit::is_clean);
        drop(known);
        if !clean {
            self.change(key, change);
        }
        !clean
    }

    fn change(&self, key: &Key, change: impl FnOnce(Circuit) -> Circuit) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let circuit = known.entry(key.clone()).or_default();
        *circuit = change(*circuit);
    }

    async fn read(&self) -> Result<(), StoreError> {
        let rows = self.store.circuits().await?;
        let read = rows.into_iter().map(|row| ((row.provider_id, row.model), row.circuit));
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = read.collect();
        Ok(())
    }

    /// Tells, and tries again where the database does not answer in its second: a trial that is not given
    /// back keeps every node from the provider for a minute.
    async fn tell(&self, report: &Report) -> Result<(), StoreError> {
        for pause in TELL_AGAIN_AFTER {
            match self.tell_once(report).await {
                Ok(()) => return Ok(()),
                Err(error) => tracing::debug!(%error, "a circuit's change is told again"),
            }
            tokio::time::sleep(pause).await;
        }
        self.tell_once(report).await
    }

    async fn tell_once(&self, report: &Report) -> Result<(), StoreError> {
        let Report { provider, model, verdict, status } = report;
        let provider = *provider;
        let after = match verdict {
            Verdict::Fault(fault) => {
                let detail = status.map(|status| format!("status {status}"));
                Some(self.store.circuit_fault(provider, model, *fault, detail.as_deref()).await?)
            }
            Verdict::Well => self.store.circuit_success(provider, model).await?,
            Verdict::Nothing => {
                self.store.circuit_release_trial(provider, model, self.node).await?;
                None
            }
        };
        if let Some(row) = after {
            self.change(&(provider, model.clone()), |_| row.circuit);
        }
        Ok(())
    }
}

/// A target has two circuits: its provider's as a whole, and its model's there.
fn keys(target: &Target) -> impl Iterator<Item = Key> {
    let provider = target.provider.id;
    [(provider, WHOLE_PROVIDER.to_owned()), (provider, target.upstream_model.clone())].into_iter()
}

/// Tells and hears until told to stop.
pub(crate) async fn run(
    circuits: Arc<Circuits>,
    mut reported: mpsc::Receiver<Report>,
    stop: CancellationToken,
) {
    let mut tick = interval(READ_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut listener: Option<Listener> = None;
    loop {
        let told = tokio::select! {
            () = stop.cancelled() => return,
            report = reported.recv() => match report {
                Some(report) => circuits.tell(&report).await,
                None => return,
            },
            () = heard(&mut listener, &circuits.store) => circuits.read().await,
            _ = tick.tick() => circuits.read().await,
        };
        if let Err(error) = told {
            tracing::warn!(%error, "the circuits of other nodes are out of reach");
        }
    }
}

/// Returns when another node, or this one, changed a circuit.
async fn heard(listener: &mut Option<Listener>, store: &Store) {
    loop {
        match listener {
            Some(ears) => {
                if ears.recv().await.is_ok() {
                    return;
                }
                *listener = None;
            }
            None => match store.listen(Channel::Circuits).await {
                Ok(ears) => *listener = Some(ears),
                Err(_) => tokio::time::sleep(READ_EVERY).await,
            },
        }
    }
}
