//! Circuits: what the operator sees of providers, and deciding in a circuit's place.

use std::collections::HashMap;

use chrono::TimeDelta;
use contract::circuits::{CircuitView, NewForce, ProviderCircuit, UPTIME_DAYS};
use contract::fault::{Fault, Field, Reason};
use domain::caller::Caller;
use domain::circuit::{Cause, CircuitState, FAULTS_TO_OPEN, Fault as FaultKind, Force};
use domain::clock::Clock as _;
use domain::ids::{CallId, NodeId, ProviderId, TenantId};
use domain::money::NanoUsd;
use domain::outcome::Outcome;
use domain::role::{Permission, Role};
use domain::steps::Steps;
use store::calls::CallRecord;
use store::nodes::Node;

use crate::calls::record;
use crate::house::{House, OPERATOR};

fn force(to: Force, minutes: u32) -> NewForce {
    NewForce { model: String::new(), to, reason: " ticket 7 ".into(), minutes }
}

async fn open(house: &House, id: ProviderId, model: &str) {
    for _ in 0..FAULTS_TO_OPEN {
        let fault = house.store.circuit_fault(id, model, FaultKind::Overloaded, Some("HTTP 529"));
        fault.await.unwrap();
    }
}

async fn only(house: &House, caller: &Caller) -> ProviderCircuit {
    let mut view = house.console.circuits.list(caller).await.unwrap();
    assert_eq!(view.providers.len(), 1);
    view.providers.remove(0)
}

fn shown(circuit: &CircuitView) -> (CircuitState, CircuitState) {
    (circuit.state, circuit.own_state)
}

#[tokio::test]
async fn the_list_tells_what_a_provider_is_and_never_its_key() {
    let (house, operator) = House::new().await;
    house.provider("alpha").await;
    let alpha = only(&house, &operator).await;
    assert_eq!(alpha.name, "The alpha provider");
    assert_eq!(shown(&alpha.circuit), (CircuitState::Closed, CircuitState::Closed));
    assert_eq!((alpha.circuit.since, alpha.targets.len()), (None, 0));
    assert_eq!(alpha.credential.as_ref().unwrap().fingerprint, "f1-alpha");
    let dependant = &alpha.dependants[0];
    assert_eq!((dependant.alias.as_str(), dependant.model.as_str()), ("alpha-alias", "m"));
    assert_eq!((dependant.place, dependant.targets), (1, 1));
    assert_eq!(alpha.uptime.len(), UPTIME_DAYS as usize);
    let today = alpha.uptime.last().unwrap();
    assert_eq!((today.day, today.down_s), (house.clock.now().date_naive(), 0));
    assert!(alpha.uptime[..88].iter().all(|day| day.known_s == 0), "it was not there yet");
    assert_eq!((alpha.traffic.buckets.len(), alpha.traffic.total.calls), (12, 0));
}

#[tokio::test]
async fn a_circuit_that_opened_says_why_and_for_how_long() {
    let (house, operator) = House::new().await;
    let id = house.provider("alpha").await;
    open(&house, id, "").await;
    open(&house, id, "m").await;
    let alpha = only(&house, &operator).await;
    let circuit = &alpha.circuit;
    assert_eq!(shown(circuit), (CircuitState::Open, CircuitState::Open));
    assert_eq!((circuit.faults, circuit.reason), (FAULTS_TO_OPEN, Some(FaultKind::Overloaded)));
    assert_eq!(circuit.detail.as_deref(), Some("HTTP 529"));
    assert!(circuit.retry_at > circuit.since);
    assert_eq!(alpha.targets.len(), 1);
    assert_eq!(
        (alpha.targets[0].model.as_str(), alpha.targets[0].state),
        ("m", CircuitState::Open)
    );
    let detail = house.console.circuits.detail(&operator, "alpha").await.unwrap();
    assert_eq!(detail.provider, alpha);
    assert_eq!(detail.events.len(), 2);
    assert_eq!(detail.events[1].cause, Cause::Fault(FaultKind::Overloaded));
    let missing = house.console.circuits.detail(&operator, "beta").await;
    assert_eq!(missing.unwrap_err(), Fault::NotFound);
}

#[tokio::test]
async fn traffic_is_what_all_tenants_sent_in_the_last_hour() {
    let (house, operator) = House::new().await;
    house.provider("alpha").await;
    let tenant = house.tenant(&operator, "acme").await;
    let key = house.key(&tenant.admin, tenant.project, "server").await;
    let call = |outcome, status, first_byte_us| CallRecord {
        provider: Some("alpha".into()),
        outcome,
        status,
        steps: Steps { first_byte_us, ..Steps::default() },
        ..record(&house, tenant.id, tenant.project, key)
    };
    let records = [
        call(Outcome::Completed, 200, Some(20_000)),
        call(Outcome::UpstreamError, 404, Some(20_000)),
        call(Outcome::UpstreamFault, 502, None),
        CallRecord { provider: None, ..call(Outcome::Refused, 429, None) },
    ];
    house.store.batch().await.unwrap().settle(&[], &records, &[]).await.unwrap();
    house.clock.advance(TimeDelta::seconds(1));
    let traffic = only(&house, &operator).await.traffic;
    assert_eq!((traffic.total.calls, traffic.total.faults), (3, 1));
    assert_eq!((traffic.total.p50_ms, traffic.total.p99_ms), (Some(20), Some(20)));
    assert_eq!(traffic.buckets.iter().map(|(_, bucket)| bucket.calls).sum::<u64>(), 3);
}

#[tokio::test]
async fn what_is_under_way_and_what_today_cost_are_told_by_provider() {
    let (house, operator) = House::new().await;
    let alpha = house.provider("alpha").await;
    let tenant = house.tenant(&operator, "acme").await;
    let key = house.key(&tenant.admin, tenant.project, "server").await;
    let call = CallRecord {
        provider: Some("alpha".into()),
        cost: NanoUsd(1_000),
        ..record(&house, tenant.id, tenant.project, key)
    };
    let yesterday = CallRecord {
        id: CallId::mint(),
        started_at: call.started_at - TimeDelta::days(1),
        ..call.clone()
    };
    let elsewhere =
        CallRecord { id: CallId::mint(), provider: Some("beta".into()), ..call.clone() };
    let records = [call, yesterday, elsewhere];
    house.store.batch().await.unwrap().settle(&[], &records, &[]).await.unwrap();
    let node = |name: &str| Node {
        id: NodeId::mint(),
        name: name.into(),
        version: "0.1.0".into(),
        started_at: house.clock.now(),
    };
    let told = |calls: u32| HashMap::from([(alpha, calls), (ProviderId::mint(), 9)]);
    let (one, two) = (node("one"), node("two"));
    house.store.node_beat(&one, 1, &told(7)).await.unwrap();
    house.store.node_beat(&one, 1, &told(3)).await.unwrap();
    house.store.node_beat(&two, 1, &told(2)).await.unwrap();
    let view = only(&house, &operator).await;
    assert_eq!((view.in_flight, view.spent_today), (5, NanoUsd(1_000)), "the last word of each");
    // What a node said that is not heard of any more does not count.
    house
        .as_superuser(
            "update platform.node set seen_at = seen_at - interval '1 min' where name = 'two'",
        )
        .await;
    assert_eq!(only(&house, &operator).await.in_flight, 3);
}

#[tokio::test]
async fn a_decision_is_in_force_until_it_ends_and_on_record_for_ever() {
    let (house, operator) = House::new().await;
    let id = house.provider("alpha").await;
    let circuits = &house.console.circuits;
    circuits.force(&operator, "alpha", force(Force::Open, 5)).await.unwrap();
    let circuit = only(&house, &operator).await.circuit;
    assert_eq!(shown(&circuit), (CircuitState::Open, CircuitState::Closed));
    let forced = circuit.forced.unwrap();
    assert_eq!((forced.forced.to, forced.reason.as_str()), (Force::Open, "ticket 7"));
    assert_eq!(forced.by, OPERATOR);

    circuits.clear(&operator, "alpha", "").await.unwrap();
    assert_eq!(circuits.clear(&operator, "alpha", "").await.unwrap_err(), Fault::Conflict);
    let m = NewForce { model: "m".into(), ..force(Force::Closed, 1_440) };
    circuits.force(&operator, "alpha", m).await.unwrap();

    let log = house.log(TenantId::PLATFORM).await;
    let rows: Vec<_> = log.iter().take(3).map(|row| &row.entry).collect();
    let actions: Vec<_> = rows.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["circuit.force", "circuit.clear", "circuit.force"]);
    assert_eq!(rows[0].target.as_deref(), Some("alpha/m"));
    assert_eq!(rows[2].target.as_deref(), Some("alpha"));
    assert_eq!(rows[2].target_id, Some(id.uuid()));
    assert_eq!(rows[2].reason.as_deref(), Some("ticket 7"));
    assert_eq!(rows[2].after.as_ref().unwrap()["forced"], "open");
    assert_eq!(rows[1].before.as_ref().unwrap()["forced"], "open");

    // It ends by itself, whether or not anybody touches the circuit.
    house.clock.advance(TimeDelta::days(2));
    let alpha = only(&house, &operator).await;
    let ended = &alpha.targets[0];
    assert_eq!((ended.state, &ended.forced), (CircuitState::Closed, &None));
    assert!(ended.since > alpha.circuit.since);
}

#[tokio::test]
async fn a_decision_needs_a_reason_an_end_and_something_to_decide() {
    let (house, operator) = House::new().await;
    house.provider("alpha").await;
    let circuits = &house.console.circuits;
    let before = house.actions(TenantId::PLATFORM).await;
    let invalid = |field, reason| Fault::Invalid { field, reason };
    for (new, fault) in [
        (
            NewForce { reason: "  ".into(), ..force(Force::Open, 5) },
            invalid(Field::Reason, Reason::Missing),
        ),
        (
            NewForce { reason: "x".repeat(501), ..force(Force::Open, 5) },
            invalid(Field::Reason, Reason::TooLong),
        ),
        (force(Force::Open, 0), invalid(Field::Minutes, Reason::NotWithinADay)),
        (force(Force::Open, 1_441), invalid(Field::Minutes, Reason::NotWithinADay)),
        (NewForce { model: "x".into(), ..force(Force::Open, 5) }, Fault::NotFound),
    ] {
        let answer = circuits.force(&operator, "alpha", new.clone()).await;
        assert_eq!(answer.unwrap_err(), fault, "{new:?}");
    }
    let nobody = circuits.force(&operator, "beta", force(Force::Open, 5)).await;
    assert_eq!(nobody.unwrap_err(), Fault::NotFound);
    assert_eq!(circuits.clear(&operator, "alpha", "x").await.unwrap_err(), Fault::NotFound);
    let probe = circuits.probe(&operator, "alpha", "x").await;
    assert_eq!(probe.unwrap_err(), Fault::NotFound);
    assert_eq!(house.actions(TenantId::PLATFORM).await, before);
    assert_eq!(house.store.circuits().await.unwrap(), []);
}

#[tokio::test]
async fn a_probe_asks_once_and_moves_no_circuit() {
    let (house, operator) = House::new().await;
    let id = house.provider("alpha").await;
    let probe = house.console.circuits.probe(&operator, "alpha", "").await.unwrap();
    assert_eq!((probe.ok, probe.status, probe.latency_ms), (true, Some(200), 12));
    assert_eq!(probe.model_served.as_deref(), Some("m-2026"), "the first alias's model");
    assert_eq!(house.tries.asked(), [(id, "m".to_owned())]);
    assert_eq!(house.store.circuits().await.unwrap(), []);
    let row = house.log(TenantId::PLATFORM).await.remove(0);
    assert_eq!(row.entry.action, "provider.probe");
    assert_eq!(row.entry.target.as_deref(), Some("alpha/m"));
    assert_eq!(row.entry.after.unwrap()["status"], 200);
}

#[tokio::test]
async fn circuits_are_the_operators_alone() {
    let (house, operator) = House::new().await;
    house.provider("alpha").await;
    let tenant = house.tenant(&operator, "acme").await;
    let member = house.person(tenant.id, Role::Member, "mia@acme.example", &[tenant.project]).await;
    let auditor = house.person(tenant.id, Role::Auditor, "aud@acme.example", &[]).await;
    let circuits = &house.console.circuits;
    let (read, manage) = (
        Fault::Forbidden(Permission::ReadProviders),
        Fault::Forbidden(Permission::ManageProviders),
    );
    for caller in [&tenant.admin, &member, &auditor] {
        assert_eq!(circuits.list(caller).await.unwrap_err(), read);
        assert_eq!(circuits.detail(caller, "alpha").await.unwrap_err(), read);
        let forced = circuits.force(caller, "alpha", force(Force::Open, 5)).await;
        assert_eq!(forced.unwrap_err(), manage);
        assert_eq!(circuits.clear(caller, "alpha", "").await.unwrap_err(), manage);
        assert_eq!(circuits.probe(caller, "alpha", "").await.unwrap_err(), manage);
    }
    let seated = house.caller(operator.account_id, Some(tenant.id)).await.unwrap();
    assert!(circuits.list(&seated).await.is_ok(), "the operator's seat takes nothing away");
}
