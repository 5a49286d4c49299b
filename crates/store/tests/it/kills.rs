//! The kill switch: written once, released once, in every snapshot until then; and the agents.

use chrono::TimeDelta;
use domain::clock::{Clock, SystemClock};
use domain::ids::{CallId, ProviderId, TenantId};
use domain::kill::KillScope;
use domain::outcome::Outcome;
use domain::provider::{Auth, ProviderKind, Surface, Wire};
use domain::{caller::Scope, ids::ProjectId};
use store::activity::Filter;
use store::calls::CallRecord;
use store::kills::{KillTarget, NewKill};
use store::providers::{OnHangup, ProviderSpec};
use store::{Reason, StoreError};

use crate::estate::{House, Tenant, code, new_kill, number, run, tenant_kill, void};

fn platform() -> Scope {
    Scope { tenant_id: TenantId::PLATFORM, projects: vec![ProjectId::PLATFORM] }
}

/// What a tenant can stop of its own.
fn targets(tenant: &Tenant) -> Vec<KillTarget> {
    let project_id = Some(tenant.project);
    vec![
        tenant_kill(),
        KillTarget { project_id, ..KillTarget::of(KillScope::Project) },
        KillTarget { project_id, key_id: Some(tenant.key), ..KillTarget::of(KillScope::Key) },
        KillTarget {
            project_id,
            agent: Some("bot".parse().unwrap()),
            ..KillTarget::of(KillScope::Agent)
        },
    ]
}

async fn provider(house: &House) -> ProviderId {
    let spec = ProviderSpec {
        id: ProviderId::mint(),
        slug: "sim".into(),
        name: "Simulator".into(),
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
    let mut tx = house.store.system(Reason::Configure).await.unwrap();
    let id = tx.upsert_provider(&spec).await.unwrap();
    tx.commit().await.unwrap();
    id
}

#[tokio::test]
async fn a_kill_is_in_the_snapshot_of_its_epoch_until_it_is_released() {
    let house = House::new().await;
    let (a, b) = (house.tenant("ada").await, house.tenant("bob").await);
    let now = SystemClock.now();
    let mut armed = Vec::new();
    for target in targets(&a) {
        let mut tx = house.store.tenant(&a.scope()).await.unwrap();
        let row = tx.arm_kill(&new_kill(target), now).await.unwrap();
        tx.commit().await.unwrap();
        let snapshot = house.store.gateway_snapshot().await.unwrap();
        assert_eq!(
            snapshot.epoch, row.epoch,
            "the commit publishes the epoch that is written down"
        );
        let entry = snapshot.kills.iter().find(|kill| kill.id == row.kill.id).unwrap();
        let target = KillTarget {
            scope: entry.scope,
            provider_id: entry.provider_id,
            project_id: entry.project_id,
            key_id: entry.key_id,
            agent: entry.agent.clone(),
        };
        assert_eq!((entry.tenant_id, &target), (a.id, &row.kill.target));
        armed.push(row);
    }
    let provider_id = Some(provider(&house).await);
    for target in [
        KillTarget::of(KillScope::All),
        KillTarget { provider_id, ..KillTarget::of(KillScope::Provider) },
    ] {
        let mut tx = house.store.tenant(&platform()).await.unwrap();
        let kill = NewKill { by_platform: true, ..new_kill(target) };
        tx.arm_kill(&kill, now).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(house.store.gateway_snapshot().await.unwrap().kills.len(), 6);

    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    let rows = tx.kills(None, 100).await.unwrap();
    assert_eq!(rows.len(), 4);
    assert!(rows.iter().all(|row| armed.contains(row)));
    assert_eq!(tx.kills(Some(&[a.other_project]), 100).await.unwrap().len(), 1);
    let scopes: Vec<_> =
        tx.platform_kills().await.unwrap().into_iter().map(|kill| kill.scope).collect();
    assert_eq!(scopes, [KillScope::Provider, KillScope::All]);
    let id = armed[0].kill.id;
    assert!(tx.release_kill(id, "ada", "over").await.unwrap());
    assert!(!tx.release_kill(id, "ada", "over").await.unwrap());
    let row = tx.kill(id).await.unwrap().unwrap();
    assert_eq!(row.release.map(|release| release.reason), Some("over".into()));
    tx.commit().await.unwrap();
    let mut tx = house.store.tenant(&b.scope()).await.unwrap();
    assert!(tx.kills(None, 100).await.unwrap().is_empty());
    assert!(!tx.release_kill(armed[1].kill.id, "bob", "mine").await.unwrap());
    drop(tx);
    assert_eq!(house.store.gateway_snapshot().await.unwrap().kills.len(), 5);
    let mut tx = house.store.system(Reason::Kills).await.unwrap();
    let all = tx.kills(100).await.unwrap();
    assert_eq!((all.len(), all.iter().filter(|kill| kill.released_at.is_some()).count()), (6, 1));
    assert_eq!(all.last().unwrap().id, id);
}

#[tokio::test]
async fn a_target_is_stopped_once_by_the_tenant_and_once_by_the_operator() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let now = SystemClock.now();
    for target in targets(&a) {
        let mut tx = house.store.tenant(&a.scope()).await.unwrap();
        let over =
            NewKill { expires_at: Some(now - TimeDelta::seconds(1)), ..new_kill(target.clone()) };
        tx.arm_kill(&over, now - TimeDelta::hours(1)).await.unwrap();
        tx.arm_kill(&new_kill(target.clone()), now).await.unwrap();
        let replaced = tx.kill(over.id).await.unwrap().unwrap().release.unwrap();
        assert_eq!(replaced.by, "expiry");
        let imposed = NewKill { by_platform: true, ..new_kill(target.clone()) };
        tx.arm_kill(&imposed, now).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = house.store.tenant(&a.scope()).await.unwrap();
        let again = tx.arm_kill(&new_kill(target), now).await.unwrap_err();
        assert_eq!(again.conflict(), Some("kill_in_force"));
    }
}

#[tokio::test]
async fn a_kill_names_what_is_of_its_tenant_and_fits_its_scope() {
    let house = House::new().await;
    let (a, b) = (house.tenant("ada").await, house.tenant("bob").await);
    let now = SystemClock.now();
    let mut foreign = targets(&b);
    foreign.remove(0);
    let project_id = Some(a.project);
    foreign.push(KillTarget {
        project_id,
        key_id: Some(a.other_key),
        ..KillTarget::of(KillScope::Key)
    });
    for target in foreign {
        let mut tx = house.store.tenant(&a.scope()).await.unwrap();
        let refused = tx.arm_kill(&new_kill(target.clone()), now).await;
        assert!(
            matches!(&refused, Err(StoreError::Refused { code, .. }) if code == "TK003"),
            "{target:?}: {refused:?}"
        );
    }
    for target in [
        KillTarget::of(KillScope::All),
        KillTarget::of(KillScope::Provider),
        KillTarget::of(KillScope::Project),
        KillTarget::of(KillScope::Agent),
        KillTarget { project_id, ..tenant_kill() },
        KillTarget { project_id, ..KillTarget::of(KillScope::Key) },
    ] {
        let mut tx = house.store.tenant(&a.scope()).await.unwrap();
        let refused = tx.arm_kill(&new_kill(target.clone()), now).await;
        assert!(matches!(&refused, Err(StoreError::Invalid { .. })), "{target:?}: {refused:?}");
    }
    let mut tx = house.store.tenant(&platform()).await.unwrap();
    let unknown =
        KillTarget { provider_id: Some(ProviderId::mint()), ..KillTarget::of(KillScope::Provider) };
    let kill = NewKill { by_platform: true, ..new_kill(unknown) };
    assert!(matches!(tx.arm_kill(&kill, now).await, Err(StoreError::Refused { .. })));
}

/// G5: nothing comes back to life by being deleted.
#[tokio::test]
async fn a_kill_outlives_its_target_and_keeps_what_was_written() {
    let (house, a, _) = House::furnished().await;
    let project_id = Some(a.other_project);
    let target =
        KillTarget { project_id, key_id: Some(a.other_key), ..KillTarget::of(KillScope::Key) };
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    let row = tx.arm_kill(&new_kill(target), SystemClock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let mut admin = house.admin().await;
    run(&mut admin, format!("delete from app.api_key where id = '{}'", a.other_key)).await.unwrap();
    run(&mut admin, format!("delete from app.project where id = '{}'", a.other_project))
        .await
        .unwrap();
    let snapshot = house.store.gateway_snapshot().await.unwrap();
    assert!(snapshot.kills.iter().any(|kill| kill.id == row.kill.id));
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    assert_eq!(tx.kill(row.kill.id).await.unwrap(), Some(row.clone()));
    drop(tx);
    let id = row.kill.id;
    for statement in [
        format!("delete from app.kill where id = '{id}'"),
        format!("update app.kill set expires_at = now() where id = '{id}'"),
        format!("update app.kill set reason = 'other' where id = '{id}'"),
        format!(
            "update app.kill set released_at = now(), released_by = 'x', release_reason = 'x',
               scope = 'tenant', key_id = null, project_id = null where id = '{id}'"
        ),
        "truncate app.kill".to_owned(),
    ] {
        let refused = run(&mut admin, statement.clone()).await.expect_err(&statement);
        assert_eq!(code(&refused), "TK001", "{statement}");
    }
}

#[tokio::test]
async fn the_reach_of_a_kill_is_counted() {
    let (house, a, _) = House::furnished().await;
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    let mut found = Vec::new();
    for target in targets(&a) {
        let reach = tx.reach(&target).await.unwrap();
        assert_eq!((reach.calls_minute, reach.calls_hour), (1, 1));
        found.push((reach.projects, reach.keys, reach.agents));
    }
    assert_eq!(found, [(2, 2, 1), (1, 1, 1), (1, 1, 1), (1, 1, 1)]);
    drop(tx);
    let mut tx = house.store.system(Reason::Kills).await.unwrap();
    let all = tx.reach(None, None).await.unwrap();
    assert_eq!((all.tenants, all.projects, all.keys, all.agents, all.calls_hour), (2, 4, 4, 2, 2));
    let one = tx.reach(Some(a.id), None).await.unwrap();
    assert_eq!((one.tenants, one.projects, one.keys, one.calls_minute), (1, 2, 2, 1));
    let sim = tx.reach(None, Some("sim")).await.unwrap();
    assert_eq!((sim.tenants, sim.projects, sim.keys, sim.agents, sim.calls_hour), (2, 2, 2, 2, 2));
    assert_eq!(tx.reach(None, Some("other")).await.unwrap(), store::kills::Reach::default());
}

#[tokio::test]
async fn agents_are_registered_with_their_calls_and_each_call_counts_once() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let refused = |agent: Option<&str>| CallRecord {
        agent: agent.map(str::to_owned),
        ..house.record(&a, CallId::mint(), Outcome::Refused)
    };
    let other =
        CallRecord { project_id: a.other_project, key_id: a.other_key, ..refused(Some("bot")) };
    let calls = [
        refused(Some("bot")),
        refused(Some("bot")),
        refused(None),
        refused(Some("no name")),
        other,
    ];
    let mut batch = house.store.batch().await.unwrap();
    for _ in 0..2 {
        batch.settle(&[], &calls, &[]).await.unwrap();
    }
    // Completed after it was given up: known from then on.
    let late = CallId::mint();
    batch.admit(&[house.hold(&a, late, 5)], 60).await.unwrap();
    let expired = CallRecord { agent: None, ..house.record(&a, late, Outcome::Expired) };
    batch.settle(&[], &[expired], &[]).await.unwrap();
    let done =
        CallRecord { agent: Some("late".into()), ..house.record(&a, late, Outcome::Completed) };
    batch.settle(&[void(&a, late)], &[done], &[]).await.unwrap();

    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    let agents = tx.agents(None, "", 10).await.unwrap();
    let mut told: Vec<_> = agents
        .iter()
        .map(|agent| (agent.name.as_str(), agent.project.as_str(), agent.calls))
        .collect();
    told.sort_unstable();
    assert_eq!(told, [("bot", "Main", 2), ("bot", "Side", 1), ("late", "Main", 1)]);
    assert_eq!(tx.agents(Some(a.project), "BO", 10).await.unwrap().len(), 1);
    let filter = Filter { agent: Some("bot".into()), ..Filter::default() };
    let page = tx.activity(&filter, domain::cursor::Cursor::Newest, 10).await.unwrap();
    assert_eq!(page.rows.len(), 3);
    assert!(page.rows.iter().all(|row| row.call.agent.as_deref() == Some("bot")));
}

#[tokio::test]
async fn a_project_has_a_bounded_number_of_agents() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let mut admin = house.admin().await;
    let fill = format!(
        "insert into app.agent (tenant_id, project_id, id, name, first_seen_at, last_seen_at, calls)
         select '{}', '{}', gen_random_uuid(), 'agent-' || n, now(), now(), 1
         from generate_series(1, 9999) n",
        a.id, a.project
    );
    run(&mut admin, fill).await.unwrap();
    let calls: Vec<_> = ["agent-1", "one-more", "too-many", "agent-2"]
        .into_iter()
        .map(|name| CallRecord {
            agent: Some(name.into()),
            ..house.record(&a, CallId::mint(), Outcome::Refused)
        })
        .collect();
    let mut batch = house.store.batch().await.unwrap();
    batch.settle(&[], &calls, &[]).await.unwrap();
    let counted =
        "select count(*) from app.agent where calls = 2 or name in ('one-more', 'too-many')";
    assert_eq!(number(&mut admin, counted).await.unwrap(), 3);
    assert_eq!(number(&mut admin, "select count(*) from app.agent").await.unwrap(), 10_000);
}

#[tokio::test]
async fn a_decision_is_kept_with_its_call_unless_it_is_too_large() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let small = serde_json::json!({ "strategy": "priority", "candidates": [], "attempts": [] });
    let mut batch = house.store.batch().await.unwrap();
    let mut kept = Vec::new();
    for decision in [
        small.clone(),
        serde_json::json!({ "candidates": vec!["x"; 4_000] }),
        serde_json::json!({ "strategy": "a\0b" }),
        serde_json::json!({ "candidates": vec![0; 4_000] }),
    ] {
        let call = CallRecord {
            decision: Some(decision),
            ..house.record(&a, CallId::mint(), Outcome::Refused)
        };
        batch.settle(&[], std::slice::from_ref(&call), &[]).await.unwrap();
        let mut tx = house.store.tenant(&a.scope()).await.unwrap();
        kept.push(tx.call_decision(call.id).await.unwrap());
    }
    assert_eq!((&kept[0], &kept[1], &kept[2]), (&Some(small), &None, &None));
    assert!(kept[3].is_some());
}
