//! Circuits that many nodes share: the database's machine against the domain's, and races on it.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::caller::Scope;
use domain::circuit::{
    COOLDOWN_FIRST_S, COOLDOWN_MAX_S, Cause, Circuit, CircuitState, FAULTS_TO_OPEN, Fault, Force,
    Forced, Gate, TRIAL_LEASE_S,
};
use domain::clock::{Clock, SystemClock};
use domain::ids::{NodeId, ProviderId, TenantId};
use domain::outcome::Outcome;
use domain::provider::{Auth, ProviderKind, Surface, Wire};
use domain::steps::Steps;
use sqlx::PgConnection;
use store::calls::CallRecord;
use store::circuits::{CircuitEvent, CircuitRow, NewForce, WHOLE_PROVIDER};
use store::providers::{OnHangup, ProviderSpec};
use store::{Channel, Notice, Reason, StoreError};

use crate::estate::{Dice, House, Tenant, code, id_at, number, run};

/// Random lives of a circuit, and events in each.
const LIVES: u64 = 12;
const EVENTS: usize = 60;

async fn provider(house: &House, slug: &str) -> ProviderId {
    let mut tx = house.store.system(Reason::Configure).await.unwrap();
    let spec = ProviderSpec {
        id: ProviderId::mint(),
        slug: slug.into(),
        name: slug.into(),
        kind: ProviderKind::Simulator,
        base_url: "http://127.0.0.1:9/v1".into(),
        auth: Auth::Bearer,
        wire: Wire::Plain,
        surfaces: vec![Surface::Chat],
        region: None,
        api_version: None,
        private_network: true,
        secret_id: None,
        on_hangup: OnHangup::Drain,
        active: true,
    };
    let id = tx.upsert_provider(&spec).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn only(house: &House) -> CircuitRow {
    let mut rows = house.store.circuits().await.unwrap();
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

async fn events(house: &House, provider: ProviderId) -> Vec<CircuitEvent> {
    let mut tx = house.store.system(Reason::Circuits).await.unwrap();
    let mut events = tx.circuit_events(provider, DateTime::UNIX_EPOCH, 1_000).await.unwrap();
    events.reverse();
    events
}

fn force(provider_id: ProviderId, to: Force) -> NewForce<'static> {
    NewForce {
        provider_id,
        model: WHOLE_PROVIDER,
        to,
        reason: "maintenance",
        by: "op@example.test",
        minutes: 5,
    }
}

/// One event in the database's machine, at a moment of our choice.
async fn step(
    connection: &mut PgConnection,
    provider: ProviderId,
    event: &str,
    node: NodeId,
    now: DateTime<Utc>,
) -> bool {
    sqlx::query_scalar("select platform.circuit_step($1, '', $2, null, $3, $4, $5, $6, $7, $8)")
        .bind(provider.uuid())
        .bind(event)
        .bind(node.uuid())
        .bind(now)
        .bind(i32::try_from(FAULTS_TO_OPEN).unwrap())
        .bind(i32::try_from(COOLDOWN_FIRST_S).unwrap())
        .bind(i32::try_from(COOLDOWN_MAX_S).unwrap())
        .bind(i32::try_from(TRIAL_LEASE_S).unwrap())
        .fetch_one(connection)
        .await
        .unwrap()
}

/// An override that began in the past or in the future of the real clock.
async fn force_at(connection: &mut PgConnection, provider: ProviderId, forced: Forced) {
    sqlx::query(
        "insert into platform.circuit as c (provider_id, forced, forced_until, forced_reason, forced_by)
         values ($1, $2, $3, 'r', 'b')
         on conflict (provider_id, model) do update set forced = excluded.forced,
           forced_until = excluded.forced_until, forced_reason = 'r', forced_by = 'b'",
    )
    .bind(provider.uuid())
    .bind(forced.to.as_str())
    .bind(forced.until)
    .execute(connection)
    .await
    .unwrap();
}

#[tokio::test]
async fn the_database_and_the_domain_keep_the_same_rule() {
    let house = House::new().await;
    let mut admin = house.admin().await;
    let start = SystemClock.now() - TimeDelta::days(1);
    let start = DateTime::from_timestamp(start.timestamp(), 0).unwrap();
    let mut seen = BTreeSet::new();
    for life in 0..LIVES {
        let provider = provider(&house, &format!("p{life}")).await;
        let (mut dice, mut now, node) = (Dice::new(life + 1), start, NodeId::mint());
        let mut circuit = Circuit::CLOSED;
        for number in 0..EVENTS {
            let event = dice.below(16);
            let context = format!("life {life}, event {number} ({event}), {circuit:?}");
            match event {
                0..=6 => {
                    let fault = Fault::ALL[dice.below(Fault::ALL.len())];
                    step(&mut admin, provider, fault.as_str(), node, now).await;
                    circuit = circuit.fault(now);
                }
                7 => {
                    step(&mut admin, provider, "success", node, now).await;
                    circuit = circuit.success(now);
                }
                8..=10 => {
                    let taken = step(&mut admin, provider, "trial", node, now).await;
                    let ours = circuit.take_trial(now);
                    assert_eq!(taken, ours.is_some(), "{context}");
                    circuit = ours.unwrap_or(Circuit { forced: circuit.force(now), ..circuit });
                }
                11 => {
                    step(&mut admin, provider, "release", node, now).await;
                    circuit = circuit.release_trial(now);
                }
                12 => {
                    let to = Force::ALL[dice.below(2)];
                    let until =
                        now + TimeDelta::seconds(1 + i64::try_from(dice.below(90)).unwrap());
                    circuit.forced = Some(Forced { to, until });
                    force_at(&mut admin, provider, Forced { to, until }).await;
                }
                _ => now += TimeDelta::seconds(i64::try_from(dice.below(40)).unwrap()),
            }
            let rows = house.store.circuits().await.unwrap();
            let stored = rows.iter().find(|row| row.provider_id == provider);
            assert_eq!(stored.map_or(Circuit::CLOSED, |row| row.circuit), circuit, "{context}");
            seen.insert((circuit.state.as_str(), circuit.cooldown_s));
        }
    }
    assert!(seen.contains(&("open", 40)), "the lives are too tame: {seen:?}");
    // Each change of state is written down, and each follows from the one before. The place of a row is the
    // order of writing: several have the same moment here.
    let broken = "select count(*) from (
        select from_state, lag(to_state) over (partition by provider_id order by ctid) as before
        from platform.circuit_event where cause <> 'expired') e where before <> from_state";
    assert_eq!(number(&mut admin, broken).await.unwrap(), 0);
}

#[tokio::test]
async fn faults_from_many_nodes_open_it_exactly_once() {
    let house = House::new().await;
    let provider = provider(&house, "sim").await;
    let mut tasks = Vec::new();
    for _ in 0..24 {
        let store = house.store.clone();
        tasks.push(tokio::spawn(async move {
            let fault = store.circuit_fault(provider, "m", Fault::ServerError, Some("HTTP 500"));
            fault.await.unwrap()
        }));
    }
    let mut opened = 0;
    for task in tasks {
        opened += usize::from(task.await.unwrap().circuit.state == CircuitState::Open);
    }
    assert_eq!(opened, 20, "the fifth and all after it see it open");
    let row = only(&house).await;
    assert_eq!((row.model.as_str(), row.circuit.faults), ("m", FAULTS_TO_OPEN));
    assert_eq!((row.reason, row.detail.as_deref()), (Some(Fault::ServerError), Some("HTTP 500")));
    assert!(matches!(row.circuit.allows(SystemClock.now()), Gate::Blocked { .. }));
    let events = events(&house, provider).await;
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].from, events[0].to), (CircuitState::Closed, CircuitState::Open));
    assert_eq!(events[0].cause, Cause::Fault(Fault::ServerError));
}

#[tokio::test]
async fn one_of_many_nodes_gets_the_trial_and_its_success_closes_it() {
    let house = House::new().await;
    let provider = provider(&house, "sim").await;
    let node = NodeId::mint();
    let trial = |node| house.store.circuit_take_trial(provider, WHOLE_PROVIDER, node);
    assert!(!trial(node).await.unwrap(), "a circuit that never failed has none");
    for _ in 0..FAULTS_TO_OPEN {
        house.store.circuit_fault(provider, "", Fault::Connect, None).await.unwrap();
    }
    assert!(!trial(node).await.unwrap(), "the cool-down is not over");
    let mut admin = house.admin().await;
    let over = "update platform.circuit set until = clock_timestamp() - interval '1 second'";
    run(&mut admin, over).await.unwrap();
    let mut tasks = Vec::new();
    for _ in 0..12 {
        let (store, node) = (house.store.clone(), NodeId::mint());
        tasks.push(tokio::spawn(async move {
            store.circuit_take_trial(provider, "", node).await.unwrap().then_some(node)
        }));
    }
    let mut winners = Vec::new();
    for task in tasks {
        winners.extend(task.await.unwrap());
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(only(&house).await.trial_node, Some(winners[0]));
    // Only who has it can give it back; then another may take it.
    assert!(!house.store.circuit_release_trial(provider, "", node).await.unwrap());
    assert!(house.store.circuit_release_trial(provider, "", winners[0]).await.unwrap());
    assert!(trial(node).await.unwrap());
    assert!(!trial(winners[0]).await.unwrap());
    // A node that died with it holds it for its lease and no longer.
    run(&mut admin, "update platform.circuit set trial_until = clock_timestamp()").await.unwrap();
    assert!(trial(winners[0]).await.unwrap());
    let row = house.store.circuit_success(provider, "").await.unwrap().unwrap();
    assert_eq!(row.circuit, Circuit::CLOSED);
    assert_eq!(row.reason, None);
    let causes: Vec<_> = events(&house, provider).await.iter().map(|event| event.cause).collect();
    use Cause as C;
    assert_eq!(causes, [C::Fault(Fault::Connect), C::Trial, C::Success]);
    assert_eq!(house.store.circuit_success(provider, "other").await.unwrap(), None);
}

#[tokio::test]
async fn nodes_hear_of_what_concerns_them_and_of_nothing_else() {
    let house = House::new().await;
    let provider = provider(&house, "sim").await;
    let mut admin = house.admin().await;
    let mut listener = house.store.listen(Channel::Circuits).await.unwrap();
    let mut heard = async |mark: &str| {
        run(&mut admin, format!("notify tokenone_circuits, '{mark}'")).await.unwrap();
        let mut notices = 0;
        while listener.recv().await.unwrap() != Notice::Payload(mark.into()) {
            notices += 1;
        }
        notices
    };
    let fault = || house.store.circuit_fault(provider, "", Fault::Timeout, None);
    fault().await.unwrap();
    assert_eq!(heard("first fault: a success matters from now on").await, 1);
    for _ in 0..3 {
        fault().await.unwrap();
    }
    assert_eq!(heard("further faults in a row").await, 0);
    fault().await.unwrap();
    assert_eq!(heard("it opened").await, 1);
    fault().await.unwrap();
    house.store.circuit_success(provider, "").await.unwrap();
    assert_eq!(heard("what comes late").await, 0);
    let mut tx = house.store.system(Reason::Circuits).await.unwrap();
    tx.force_circuit(&force(provider, Force::Closed)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(heard("it was forced").await, 1);
}

#[tokio::test]
async fn a_person_forces_a_circuit_for_a_while_and_clears_it() {
    let house = House::new().await;
    let provider = provider(&house, "sim").await;
    let now = SystemClock.now();
    let mut tx = house.store.system(Reason::Circuits).await.unwrap();
    let until = tx.force_circuit(&force(provider, Force::Open)).await.unwrap();
    tx.commit().await.unwrap();
    assert!((until - now - TimeDelta::minutes(5)).abs() < TimeDelta::minutes(1));
    let row = only(&house).await;
    assert_eq!(row.circuit.allows(now), Gate::Blocked { until });
    assert_eq!(row.circuit.state, CircuitState::Closed);
    assert_eq!(row.forced_reason.as_deref(), Some("maintenance"));
    assert_eq!(row.forced_by.as_deref(), Some("op@example.test"));
    // Changed to closed, then ended: twice is no longer there.
    let mut tx = house.store.system(Reason::Circuits).await.unwrap();
    tx.force_circuit(&force(provider, Force::Closed)).await.unwrap();
    let cleared = tx.clear_circuit(provider, "", "op@example.test").await.unwrap();
    assert_eq!(cleared, Some(Force::Closed));
    assert_eq!(tx.clear_circuit(provider, "", "op@example.test").await.unwrap(), None);
    tx.commit().await.unwrap();
    assert_eq!(only(&house).await.circuit, Circuit::CLOSED);
    // One that ended by itself is written down when the circuit is next touched.
    let mut admin = house.admin().await;
    let past = now - TimeDelta::minutes(1);
    let past = DateTime::from_timestamp(past.timestamp(), 0).unwrap();
    force_at(&mut admin, provider, Forced { to: Force::Closed, until: past }).await;
    let row = house.store.circuit_fault(provider, "", Fault::Timeout, None).await.unwrap();
    assert_eq!((row.circuit.forced, row.forced_by), (None, None));
    let events = events(&house, provider).await;
    let expired = events.iter().find(|event| event.cause == Cause::Expired).unwrap();
    assert_eq!(expired.at, past);
    let forced = events.iter().find(|event| event.cause == Cause::Forced).unwrap();
    assert_eq!(forced.forced, Some(Forced { to: Force::Open, until }));
    assert_eq!(forced.by.as_deref(), Some("op@example.test"));
    let mut tx = house.store.system(Reason::Circuits).await.unwrap();
    let long = NewForce { minutes: 1_441, ..force(provider, Force::Open) };
    assert!(matches!(tx.force_circuit(&long).await, Err(StoreError::Invalid { .. })));
}

#[tokio::test]
async fn no_role_changes_a_circuit_but_by_its_functions() {
    let house = House::new().await;
    let id = provider(&house, "sim").await;
    house.store.circuit_fault(id, "", Fault::Timeout, None).await.unwrap();
    let nobody = house.store.circuit_fault(ProviderId::mint(), "", Fault::Timeout, None).await;
    assert!(matches!(nobody, Err(StoreError::Refused { .. })));
    let step = format!(
        "select platform.circuit_step('{id}', '', 'success', null, null, now(), 1, 1, 1, 1)"
    );
    let force = format!("select platform.circuit_force('{id}', '', 'open', 'r', 'b', 5)");
    let clear = format!("select platform.circuit_clear('{id}', '', 'b')");
    let fault = format!("select platform.circuit_fault('{id}', '', 'timeout', null, 1, 1, 1)");
    for (role, statements) in [
        ("tokenone_gateway", [&step, &force, &clear]),
        ("tokenone_console", [&step, &step, &fault]),
    ] {
        let mut raw = house.raw(role).await;
        for statement in statements.map(String::as_str).into_iter().chain([
            "update platform.circuit set state = 'open'",
            "delete from platform.circuit",
            "insert into platform.circuit (provider_id) select id from platform.provider",
            "delete from platform.circuit_event",
        ]) {
            let refused = run(&mut raw, statement).await.expect_err(statement);
            assert_eq!(code(&refused), "42501", "{role}: {statement}");
        }
    }
    // What happened stays written, for its owner too.
    let mut admin = house.admin().await;
    let change = run(&mut admin, "update platform.circuit_event set detail = ''").await;
    assert_eq!(code(&change.unwrap_err()), "TK001");
}

#[tokio::test]
async fn a_days_downtime_is_what_its_events_add_up_to() {
    let house = House::new().await;
    let id = provider(&house, "sim").await;
    let mut admin = house.admin().await;
    let mut write = async |at: &str,
                           from: &str,
                           to: &str,
                           cause: &str,
                           forced: Option<(&str, &str)>| {
        sqlx::query(
            "insert into platform.circuit_event (id, provider_id, model, at, from_state, to_state,
               cause, forced, forced_until)
             values (platform.uuid_v7($2::text::timestamptz), $1, '', $2::text::timestamptz, $3, $4, $5,
               $6, $7::text::timestamptz)",
        )
        .bind(id.uuid())
        .bind(at)
        .bind(from)
        .bind(to)
        .bind(cause)
        .bind(forced.map(|forced| forced.0))
        .bind(forced.map(|forced| forced.1))
        .execute(&mut admin)
        .await
        .unwrap();
    };
    // Open from before the period until its first day, over midnight.
    write("2026-01-31T22:00:00Z", "closed", "open", "timeout", None).await;
    write("2026-02-01T00:30:00Z", "open", "half_open", "trial", None).await;
    write("2026-02-01T00:31:00Z", "half_open", "closed", "success", None).await;
    // Forced open for an hour over midnight, and nobody noticed the end.
    write(
        "2026-02-02T23:30:00Z",
        "closed",
        "closed",
        "forced",
        Some(("open", "2026-02-03T00:30:00Z")),
    )
    .await;
    // It fails, is forced closed for ten minutes, and then is what it was; still so at the end.
    write("2026-02-04T10:00:00Z", "closed", "open", "connect", None).await;
    write(
        "2026-02-04T10:05:00Z",
        "open",
        "open",
        "forced",
        Some(("closed", "2026-02-04T10:15:00Z")),
    )
    .await;
    let moment = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let mut tx = house.store.system(Reason::Circuits).await.unwrap();
    let (from, now) = (moment("2026-02-01T00:00:00Z"), moment("2026-02-04T10:20:00Z"));
    let days: Vec<_> = tx
        .circuit_downtime(from, now)
        .await
        .unwrap()
        .into_iter()
        .map(|down| (down.day.to_string(), down.seconds))
        .collect();
    let days: Vec<_> = days.iter().map(|(day, seconds)| (day.as_str(), *seconds)).collect();
    let minutes = 60;
    assert_eq!(
        days,
        [
            ("2026-02-01", 31 * minutes),
            ("2026-02-02", 30 * minutes),
            ("2026-02-03", 30 * minutes),
            ("2026-02-04", 10 * minutes),
        ]
    );
    // The list asks since when each circuit is as it is.
    run(&mut admin, format!("insert into platform.circuit (provider_id) values ('{id}')"))
        .await
        .unwrap();
    let changes = tx.circuit_changes().await.unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].at, moment("2026-02-04T10:05:00Z"));
}

#[tokio::test]
async fn traffic_is_counted_over_all_tenants_and_names_none() {
    let house = House::new().await;
    let (a, b) = (house.tenant("ada").await, house.tenant("bob").await);
    let call = |tenant: &Tenant, at: &str, outcome, status, first_byte_us| {
        let id = id_at(at, (u128::from(status) << 8) | u128::from(tenant.id.uuid().as_bytes()[15]));
        let steps = Steps { first_byte_us, ..Steps::default() };
        CallRecord { status, steps, ..house.record(tenant, id, outcome) }
    };
    use Outcome as O;
    let records = [
        call(&a, "2026-03-01T10:01:00Z", O::Completed, 200, Some(100_000)),
        call(&b, "2026-03-01T10:02:00Z", O::Completed, 201, Some(300_000)),
        call(&b, "2026-03-01T10:03:00Z", O::UpstreamError, 400, Some(50_000)),
        call(&a, "2026-03-01T10:06:00Z", O::UpstreamError, 502, Some(60_000)),
        call(&a, "2026-03-01T10:07:00Z", O::TimedOut, 504, None),
        call(&a, "2026-03-01T10:08:00Z", O::Refused, 429, None),
        call(&a, "2026-03-01T11:00:00Z", O::Completed, 202, Some(1)),
    ];
    house.store.batch().await.unwrap().settle(&[], &records, &[]).await.unwrap();
    let moment = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let (from, to) = (moment("2026-03-01T10:00:00Z"), moment("2026-03-01T11:00:00Z"));
    let mut tx = house.store.system(Reason::Circuits).await.unwrap();
    let rows = tx.provider_traffic(from, to, 300).await.unwrap();
    let told: Vec<_> = rows
        .iter()
        .map(|row| {
            (row.bucket.map(|at| (at - from).num_minutes()), row.calls, row.faults, row.p50_ms)
        })
        .collect();
    assert_eq!(
        told,
        [(Some(0), 3, 0, Some(100)), (Some(5), 2, 2, Some(60)), (None, 5, 2, Some(80))]
    );
    assert_eq!((rows[0].provider.as_str(), rows[0].p99_ms), ("sim", Some(296)));
}

#[tokio::test]
async fn a_provider_that_is_removed_takes_its_circuit_along_and_leaves_its_history() {
    let house = House::new().await;
    let provider = provider(&house, "gone").await;
    for _ in 0..FAULTS_TO_OPEN {
        house.store.circuit_fault(provider, WHOLE_PROVIDER, Fault::Connect, None).await.unwrap();
    }
    let platform = Scope { tenant_id: TenantId::PLATFORM, projects: vec![] };
    let mut tx = house.store.tenant(&platform).await.unwrap();
    assert!(tx.delete_provider(provider).await.unwrap());
    tx.commit().await.unwrap();
    assert!(house.store.circuits().await.unwrap().is_empty());
    assert_eq!(events(&house, provider).await.len(), 1);
}
