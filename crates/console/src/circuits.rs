//! Circuits, for the operator: how providers do, and deciding in a circuit's place.

mod spend;
mod view;

pub use spend::SpentToday;

use async_trait::async_trait;
use contract::circuits::{
    CircuitDetail, Circuits, CircuitsView, EVENTS_MAX, NewForce, ProbeView, UPTIME_DAYS,
};
use contract::fault::{Fault, Field, Reason as Why};
use domain::caller::{Caller, Scope};
use domain::circuit::FORCE_MINUTES_MAX;
use domain::ids::{ProviderId, TenantId};
use domain::role::Permission;
use serde_json::{Value, json};
use store::circuits::{CircuitProvider, CircuitRow, Dependant, WHOLE_PROVIDER};
use store::{Reason, SystemTx};

use crate::Services;
use crate::act::{Act, Actor, Event};
use crate::fault::Failure;
use crate::form;
use crate::prober::NotProbed;

#[async_trait]
impl Circuits for Services {
    async fn list(&self, caller: &Caller) -> Result<CircuitsView, Fault> {
        Ok(self.all_circuits(caller).await?)
    }

    async fn detail(&self, caller: &Caller, provider: &str) -> Result<CircuitDetail, Fault> {
        Ok(self.circuits_of(caller, provider).await?)
    }

    async fn force(&self, caller: &Caller, provider: &str, force: NewForce) -> Result<(), Fault> {
        Ok(self.force_circuit(caller, provider, &force).await?)
    }

    async fn clear(&self, caller: &Caller, provider: &str, model: &str) -> Result<(), Fault> {
        Ok(self.clear_circuit(caller, provider, model).await?)
    }

    async fn probe(
        &self,
        caller: &Caller,
        provider: &str,
        model: &str,
    ) -> Result<ProbeView, Fault> {
        Ok(self.probe_provider(caller, provider, model).await?)
    }
}

/// A provider that exists, and the model of it that is meant.
struct Target {
    provider: CircuitProvider,
    dependants: Vec<Dependant>,
    /// The circuit as it was found; `None` where nothing ever happened to it.
    circuit: Option<CircuitRow>,
}

impl Services {
    async fn all_circuits(&self, caller: &Caller) -> Result<CircuitsView, Failure> {
        caller.require(Permission::ReadProviders)?;
        let now = self.clock.now();
        let mut tx = self.store.system(Reason::Circuits).await?;
        let spent = self.spent.read(&mut tx, now).await?;
        let facts = view::Facts::read(&mut tx, now, spent).await?;
        drop(tx);
        let credentials = self.credentials().await?;
        Ok(CircuitsView { read_at: now, can_probe: true, providers: facts.providers(&credentials) })
    }

    async fn circuits_of(&self, caller: &Caller, slug: &str) -> Result<CircuitDetail, Failure> {
        let view = self.all_circuits(caller).await?;
        let since = view.read_at - chrono::TimeDelta::days(i64::from(UPTIME_DAYS));
        let mut tx = self.store.system(Reason::Circuits).await?;
        let id = provider(&mut tx, slug).await?.id;
        let events = tx.circuit_events(id, since, EVENTS_MAX).await?;
        let provider =
            view.providers.into_iter().find(|known| known.slug == slug).ok_or(Fault::NotFound)?;
        Ok(CircuitDetail {
            read_at: view.read_at,
            can_probe: view.can_probe,
            provider,
            events: events.into_iter().map(view::event).collect(),
        })
    }

    /// What may be told of the providers' keys, which are the platform's own secrets.
    async fn credentials(&self) -> Result<Vec<store::circuits::SecretFacts>, Failure> {
        let platform = Scope { tenant_id: TenantId::PLATFORM, projects: Vec::new() };
        Ok(self.store.tenant(&platform).await?.secret_facts().await?)
    }

    async fn force_circuit(
        &self,
        caller: &Caller,
        slug: &str,
        force: &NewForce,
    ) -> Result<(), Failure> {
        caller.require(Permission::ManageProviders)?;
        let reason = form::reason(Some(&force.reason))?;
        if !(1..=FORCE_MINUTES_MAX).contains(&force.minutes) {
            return Err(Failure::invalid(Field::Minutes, Why::NotWithinADay));
        }
        let mut act = Act::across(&self.store, Actor::person(caller), Reason::Circuits).await?;
        let target = target(act.tx(), slug, &force.model).await?;
        let until = act
            .tx()
            .force_circuit(&store::circuits::NewForce {
                provider_id: target.provider.id,
                model: &force.model,
                to: force.to,
                reason: &reason,
                by: &caller.email,
                minutes: force.minutes,
            })
            .await?;
        let after = json!({
            "forced": force.to.as_str(),
            "until": until,
            "minutes": force.minutes,
        });
        let event = Event {
            reason: Some(reason),
            before: Some(before(&target)),
            after: Some(after),
            ..about("circuit.force", &target.provider, &force.model)
        };
        act.done([(TenantId::PLATFORM, event)]).await
    }

    async fn clear_circuit(&self, caller: &Caller, slug: &str, model: &str) -> Result<(), Failure> {
        caller.require(Permission::ManageProviders)?;
        let mut act = Act::across(&self.store, Actor::person(caller), Reason::Circuits).await?;
        let target = target(act.tx(), slug, model).await?;
        let was = act.tx().clear_circuit(target.provider.id, model, &caller.email).await?;
        if was.is_none() {
            return Err(Fault::Conflict.into());
        }
        let event = Event {
            before: Some(before(&target)),
            after: Some(json!({ "forced": null })),
            ..about("circuit.clear", &target.provider, model)
        };
        act.done([(TenantId::PLATFORM, event)]).await
    }

    /// The provider is asked before the transaction begins: its answer may take its time.
    async fn probe_provider(
        &self,
        caller: &Caller,
        slug: &str,
        model: &str,
    ) -> Result<ProbeView, Failure> {
        caller.require(Permission::ManageProviders)?;
        let target = {
            let mut tx = self.store.system(Reason::Circuits).await?;
            target(&mut tx, slug, model).await?
        };
        let first = target.dependants.first().map_or(WHOLE_PROVIDER, |known| &known.model);
        let model = if model.is_empty() { first } else { model };
        let probe = self.prober.probe(target.provider.id, model).await;
        let probe = probed(probe.map_err(|NotProbed| Fault::Unavailable)?);
        let act = Act::across(&self.store, Actor::person(caller), Reason::Circuits).await?;
        let event = Event {
            after: Some(json!({
                "ok": probe.ok,
                "status": probe.status,
                "latency_ms": probe.latency_ms,
                "model_served": probe.model_served,
            })),
            ..about("provider.probe", &target.provider, model)
        };
        act.done([(TenantId::PLATFORM, event)]).await?;
        Ok(probe)
    }
}

async fn provider(tx: &mut SystemTx<'_>, slug: &str) -> Result<CircuitProvider, Failure> {
    let providers = tx.circuit_providers().await?;
    Ok(providers.into_iter().find(|known| known.slug == slug).ok_or(Fault::NotFound)?)
}

/// Finds what a form names: a provider, and a model only where an alias or a circuit knows it.
async fn target(tx: &mut SystemTx<'_>, slug: &str, model: &str) -> Result<Target, Failure> {
    let provider = provider(tx, slug).await?;
    let of = |id: ProviderId| id == provider.id;
    let mut dependants = tx.dependants().await?;
    dependants.retain(|known| of(known.provider_id));
    let circuits = tx.circuits().await?;
    let circuit = circuits.into_iter().find(|known| of(known.provider_id) && known.model == model);
    let known = model == WHOLE_PROVIDER
        || circuit.is_some()
        || dependants.iter().any(|known| known.model == model);
    if known { Ok(Target { provider, dependants, circuit }) } else { Err(Fault::NotFound.into()) }
}

fn before(target: &Target) -> Value {
    match &target.circuit {
        None => json!({ "state": "closed", "forced": null }),
        Some(row) => json!({
            "state": row.circuit.state.as_str(),
            "forced": row.circuit.forced.map(|forced| forced.to.as_str()),
            "until": row.circuit.forced.map(|forced| forced.until),
        }),
    }
}

fn about(action: &'static str, provider: &CircuitProvider, model: &str) -> Event {
    let target = if model == WHOLE_PROVIDER {
        provider.slug.clone()
    } else {
        format!("{}/{model}", provider.slug)
    };
    Event {
        action,
        target_kind: "provider",
        target_id: Some(provider.id.uuid()),
        target: Some(target),
        ..Event::default()
    }
}

fn probed(probe: domain::probe::Probe) -> ProbeView {
    ProbeView {
        ok: probe.ok,
        status: probe.status,
        latency_ms: u64::from(probe.latency_ms),
        model_served: probe.model_served,
        note: probe.note.unwrap_or_default(),
    }
}
