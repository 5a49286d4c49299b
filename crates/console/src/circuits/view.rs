//! From rows to what the page shows: one view per provider, out of what is known at one moment.

use std::collections::HashMap;

use chrono::{DateTime, DurationRound as _, NaiveDate, TimeDelta, Utc};
use contract::circuits::{
    BUCKET_MINUTES, Bucket, CircuitView, Credential, EventView, ForcedView, ProviderCircuit,
    TRAFFIC_MINUTES, Traffic, UPTIME_DAYS, UptimeDay,
};
use domain::circuit::{Circuit, CircuitState};
use domain::ids::ProviderId;
use domain::money::NanoUsd;
use store::circuits::{
    CircuitEvent, CircuitProvider, CircuitRow, Dependant, SecretFacts, WHOLE_PROVIDER,
};
use store::{StoreError, SystemTx, traffic};

/// A day, in seconds.
const DAY_S: i64 = 86_400;

/// What the database knows of all providers at a moment.
pub(super) struct Facts {
    now: DateTime<Utc>,
    /// When the first bucket of traffic begins.
    traffic_from: DateTime<Utc>,
    providers: Vec<CircuitProvider>,
    circuits: Vec<CircuitRow>,
    changes: HashMap<(ProviderId, String), DateTime<Utc>>,
    dependants: Vec<Dependant>,
    traffic: Vec<traffic::Traffic>,
    /// Calls under way, by provider.
    in_flight: HashMap<ProviderId, u64>,
    /// What today's calls cost, in nano-USD, by the provider's short name.
    spent: HashMap<String, i64>,
    /// Seconds down, by provider and day.
    down: HashMap<(ProviderId, NaiveDate), u32>,
}

impl Facts {
    pub(super) async fn read(
        tx: &mut SystemTx<'_>,
        now: DateTime<Utc>,
        spent: HashMap<String, i64>,
    ) -> Result<Self, StoreError> {
        let traffic_from = first_bucket(now);
        let down = tx.circuit_downtime(midnight(first_day(now)), now).await?;
        let changes = tx.circuit_changes().await?;
        Ok(Self {
            now,
            traffic_from,
            providers: tx.circuit_providers().await?,
            circuits: tx.circuits().await?,
            changes: changes.into_iter().map(|c| ((c.provider_id, c.model), c.at)).collect(),
            dependants: tx.dependants().await?,
            traffic: tx.provider_traffic(traffic_from, now, BUCKET_MINUTES * 60).await?,
            in_flight: tx.calls_in_flight().await?,
            spent,
            down: down.into_iter().map(|d| ((d.provider_id, d.day), d.seconds)).collect(),
        })
    }

    pub(super) fn providers(&self, credentials: &[SecretFacts]) -> Vec<ProviderCircuit> {
        self.providers.iter().map(|provider| self.provider(provider, credentials)).collect()
    }

    fn provider(&self, provider: &CircuitProvider, credentials: &[SecretFacts]) -> ProviderCircuit {
        let (whole, targets): (Vec<_>, Vec<_>) = self
            .circuits
            .iter()
            .filter(|row| row.provider_id == provider.id)
            .map(|row| self.circuit(row))
            .partition(|circuit| circuit.model == WHOLE_PROVIDER);
        let credential = credentials.iter().find(|facts| Some(facts.id) == provider.secret_id);
        ProviderCircuit {
            slug: provider.slug.clone(),
            name: provider.name.clone(),
            simulated: provider.simulated,
            active: provider.active,
            circuit: whole.into_iter().next().unwrap_or_else(untouched),
            targets,
            traffic: self.traffic(&provider.slug),
            uptime: self.uptime(provider),
            credential: credential.map(|facts| Credential {
                fingerprint: facts.fingerprint.clone(),
                set_at: facts.set_at,
            }),
            in_flight: self.in_flight.get(&provider.id).copied().unwrap_or_default(),
            spent_today: NanoUsd(self.spent.get(&provider.slug).copied().unwrap_or_default()),
            dependants: self.dependants(provider.id),
        }
    }

    fn circuit(&self, row: &CircuitRow) -> CircuitView {
        let circuit = &row.circuit;
        let changed = self.changes.get(&(row.provider_id, row.model.clone())).copied();
        // An override that has ended, and that nothing has touched since, changed it when it ended.
        let lapsed = circuit.forced.map(|forced| forced.until).filter(|until| *until <= self.now);
        let forced = circuit.force(self.now).map(|forced| ForcedView {
            forced,
            reason: row.forced_reason.clone().unwrap_or_default(),
            by: row.forced_by.clone().unwrap_or_default(),
        });
        CircuitView {
            model: row.model.clone(),
            state: circuit.shows(self.now),
            own_state: circuit.state,
            since: lapsed.or(changed),
            faults: circuit.faults,
            reason: row.reason,
            detail: row.detail.clone(),
            retry_at: retry_at(circuit),
            forced,
        }
    }

    fn traffic(&self, slug: &str) -> Traffic {
        let ours = || self.traffic.iter().filter(|row| row.provider == slug);
        let found = |at: Option<DateTime<Utc>>| {
            ours().find(|row| row.bucket == at).map(bucket).unwrap_or_default()
        };
        let buckets = (0..TRAFFIC_MINUTES / BUCKET_MINUTES)
            .map(|index| self.traffic_from + minutes(index * BUCKET_MINUTES))
            .map(|at| (at, found(Some(at))))
            .collect();
        Traffic { total: found(None), buckets }
    }

    fn uptime(&self, provider: &CircuitProvider) -> Vec<UptimeDay> {
        first_day(self.now)
            .iter_days()
            .take(UPTIME_DAYS as usize)
            .map(|day| {
                let (begins, ends) = (midnight(day), midnight(day) + TimeDelta::seconds(DAY_S));
                let known = ends.min(self.now) - begins.max(provider.created_at);
                let known_s = u32::try_from(known.num_seconds().clamp(0, DAY_S)).unwrap_or(0);
                let down = self.down.get(&(provider.id, day)).copied().unwrap_or_default();
                UptimeDay { day, known_s, down_s: down.min(known_s) }
            })
            .collect()
    }

    fn dependants(&self, provider: ProviderId) -> Vec<contract::circuits::Dependant> {
        self.dependants
            .iter()
            .filter(|row| row.provider_id == provider)
            .map(|row| contract::circuits::Dependant {
                alias: row.alias.clone(),
                model: row.model.clone(),
                place: row.ordinal.saturating_add(1),
                targets: row.targets,
            })
            .collect()
    }
}

/// An event as people read it.
pub(super) fn event(event: CircuitEvent) -> EventView {
    EventView {
        at: event.at,
        model: event.model,
        from: event.from,
        to: event.to,
        cause: event.cause,
        forced: event.forced,
        detail: event.detail,
        by: event.by,
    }
}

/// The circuit of a provider that nothing ever happened to.
fn untouched() -> CircuitView {
    CircuitView {
        model: WHOLE_PROVIDER.into(),
        state: CircuitState::Closed,
        own_state: CircuitState::Closed,
        since: None,
        faults: 0,
        reason: None,
        detail: None,
        retry_at: None,
        forced: None,
    }
}

fn retry_at(circuit: &Circuit) -> Option<DateTime<Utc>> {
    match circuit.state {
        CircuitState::Closed => None,
        CircuitState::Open => circuit.until,
        CircuitState::HalfOpen => circuit.trial_until,
    }
}

fn bucket(row: &traffic::Traffic) -> Bucket {
    Bucket {
        calls: row.calls,
        faults: row.faults,
        p50_ms: row.p50_ms,
        p95_ms: row.p95_ms,
        p99_ms: row.p99_ms,
    }
}

/// Buckets begin at round times; the last one holds the present moment.
fn first_bucket(now: DateTime<Utc>) -> DateTime<Utc> {
    let last = now.duration_trunc(minutes(BUCKET_MINUTES)).unwrap_or(now);
    last - minutes(TRAFFIC_MINUTES - BUCKET_MINUTES)
}

fn first_day(now: DateTime<Utc>) -> NaiveDate {
    (now - TimeDelta::days(i64::from(UPTIME_DAYS) - 1)).date_naive()
}

pub(super) fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc()
}

fn minutes(minutes: u32) -> TimeDelta {
    TimeDelta::minutes(i64::from(minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_round_and_end_with_the_present() {
        let now: DateTime<Utc> = "2026-03-01T10:13:20Z".parse().unwrap();
        assert_eq!(first_bucket(now), "2026-03-01T09:15:00Z".parse::<DateTime<Utc>>().unwrap());
        assert_eq!(first_day(now).to_string(), "2025-12-02");
    }
}
