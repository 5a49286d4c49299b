//! What a gateway node asks: its snapshot, the vault's keys, expired holds, notices, offices.

use std::collections::HashMap;
use std::time::Duration;

use chrono::TimeDelta;
use domain::caller::Scope;
use domain::clock::{Clock, SystemClock};
use domain::ids::{CallId, PriceId, ProjectId, ProviderId, SecretId, TenantId};
use domain::outcome::Outcome;
use domain::provider::{Auth, Capability, ProviderKind, Strategy, Surface, Wire};
use secrecy::SecretString;
use store::aliases::{AliasSpec, TargetSpec};
use store::keks::KekState;
use store::prices::PriceRow;
use store::providers::{OnHangup, ProviderSpec};
use store::{Channel, Notice, Office, Reason, Store, StoreError};
use uuid::Uuid;

use crate::estate::{
    CONTEXT_KEY, House, code, connect, event, expire, new_kek, new_secret, price_row, run, secrets,
    urls,
};

pub fn provider(slug: &str, secret_id: Option<SecretId>) -> ProviderSpec {
    ProviderSpec {
        id: ProviderId::mint(),
        slug: slug.into(),
        name: slug.into(),
        kind: if slug == "sim" { ProviderKind::Simulator } else { ProviderKind::Compatible },
        base_url: "http://127.0.0.1:9/v1".into(),
        auth: Auth::Bearer,
        wire: Wire::Plain,
        surfaces: vec![Surface::Chat],
        region: None,
        api_version: None,
        private_network: true,
        secret_id,
        on_hangup: OnHangup::Drain,
        active: true,
    }
}

pub fn target(provider_id: ProviderId, model: &str) -> TargetSpec {
    TargetSpec {
        provider_id,
        upstream_model: format!("{model}-upstream"),
        price_provider: "sim".into(),
        price_model: model.into(),
        output_tokens_max: 2_048,
        weight: 1,
        context_tokens_max: None,
        capabilities: None,
    }
}

#[tokio::test]
async fn a_snapshot_holds_what_a_call_needs_and_the_price_of_the_moment() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let now = SystemClock.now();
    let platform = Scope { tenant_id: TenantId::PLATFORM, projects: vec![ProjectId::PLATFORM] };
    let (secret, kek) = (SecretId::mint(), Uuid::now_v7());
    house.store.promote_kek(TenantId::PLATFORM, &new_kek(kek), None).await.unwrap();
    let mut tx = house.store.tenant(&platform).await.unwrap();
    tx.insert_secret(&new_secret(secret, kek)).await.unwrap();
    tx.insert_secret(&store::secrets::NewSecret {
        version: 2,
        blob: vec![9],
        ..new_secret(secret, kek)
    })
    .await
    .unwrap();
    tx.audit(&event("secret.create")).await.unwrap();
    assert_eq!(tx.secret(secret).await.unwrap().unwrap().0.version, 2);
    tx.commit().await.unwrap();

    let soon = now + TimeDelta::hours(1);
    let (newer, future) = (PriceId::mint(), PriceId::mint());
    let mut tx = house.store.system(Reason::Configure).await.unwrap();
    let sim = tx.upsert_provider(&provider("sim", None)).await.unwrap();
    let real = tx.upsert_provider(&provider("real", Some(secret))).await.unwrap();
    assert_eq!(tx.upsert_provider(&provider("real", Some(secret))).await.unwrap(), real);
    let prices = [
        PriceRow { effective_from: now - TimeDelta::hours(1), ..price_row(newer, "m") },
        PriceRow { effective_from: soon, ..price_row(future, "m") },
    ];
    assert_eq!(tx.insert_prices(&prices).await.unwrap(), 2);
    assert_eq!(tx.insert_prices(&prices).await.unwrap(), 0);
    tx.put_alias(&AliasSpec::in_order("fast", vec![target(sim, "unpriced")])).await.unwrap();
    let first = TargetSpec {
        weight: 30,
        context_tokens_max: Some(128_000),
        capabilities: Some(vec![Capability::Tools]),
        ..target(real, "m")
    };
    let fast = AliasSpec {
        strategy: Strategy::Weighted,
        regions: Some(vec!["eu-central-1".into(), "eu-west-3".into()]),
        ..AliasSpec::in_order("fast", vec![first, target(sim, "unpriced")])
    };
    tx.put_alias(&fast).await.unwrap();
    tx.put_alias(&AliasSpec::in_order("gone", vec![target(sim, "m")])).await.unwrap();
    assert!(tx.delete_alias("gone").await.unwrap());
    tx.commit().await.unwrap();

    let snapshot = house.store.gateway_snapshot().await.unwrap();
    assert_eq!(snapshot.epoch, house.store.epoch().await.unwrap());
    assert!(snapshot.tenants.iter().any(|t| t.id == a.id && t.active && t.markup_ppm == 50_000));
    assert!(snapshot.projects.iter().any(|p| p.id == a.project && p.tenant_id == a.id && p.active));
    assert_eq!(snapshot.keys.len(), 2);
    let by_slug = |slug: &str| snapshot.providers.iter().find(|p| p.slug == slug).unwrap();
    assert!(by_slug("sim").simulated && by_slug("sim").secret.is_none());
    assert!(!by_slug("real").simulated && by_slug("real").private_network);
    assert_eq!(by_slug("real").surfaces, [Surface::Chat]);
    let sealed = by_slug("real").secret.clone().unwrap();
    assert_eq!((sealed.id, sealed.version, sealed.blob, sealed.kek_id), (secret, 2, vec![9], kek));
    assert_eq!(snapshot.aliases.len(), 1);
    assert_eq!(snapshot.aliases[0].strategy, Strategy::Weighted);
    assert_eq!(snapshot.aliases[0].regions, fast.regions);
    let targets = &snapshot.aliases[0].targets;
    assert_eq!((targets[0].weight, targets[0].context_tokens_max), (30, Some(128_000)));
    assert_eq!(targets[0].capabilities, Some(vec![Capability::Tools]));
    assert_eq!((targets[1].weight, &targets[1].capabilities), (1, &None));
    assert_eq!(targets.len(), 2);
    assert_eq!(targets[0].price.as_ref().unwrap().id, newer);
    assert_eq!((targets[1].provider_id, targets[1].price.is_none()), (sim, true));
    let next = snapshot.next_price_at.unwrap();
    assert!((next - soon).abs() < TimeDelta::milliseconds(1));
    assert!((snapshot.read_at - now).abs() < TimeDelta::minutes(1));
}

#[tokio::test]
async fn nodes_say_which_rules_they_serve_by_until_they_fall_silent() {
    let house = House::new().await;
    let now = SystemClock.now();
    let node = |name: &str| store::nodes::Node {
        id: domain::ids::NodeId::mint(),
        name: name.into(),
        version: "0.1.0".into(),
        started_at: now,
    };
    let (first, second) = (node("a"), node("b"));
    for (node, epoch) in [(&first, 7), (&second, 7), (&first, 9), (&first, 9)] {
        house.store.node_beat(node, epoch, &HashMap::new()).await.unwrap();
    }
    let mut tx = house.store.system(Reason::Kills).await.unwrap();
    let nodes = tx.nodes(8).await.unwrap();
    let told: Vec<_> =
        nodes.iter().map(|n| (n.node.name.as_str(), n.epoch, n.confirmed_at.is_some())).collect();
    assert_eq!(told, [("a", 9, true), ("b", 7, false)]);
    assert!(nodes.iter().all(|n| n.silent_ms < 60_000));
    assert!(tx.nodes(7).await.unwrap().iter().all(|n| n.confirmed_at.is_some()));
    drop(tx);
    let mut admin = house.admin().await;
    run(&mut admin, "update platform.node set seen_at = now() - interval '61 minutes'")
        .await
        .unwrap();
    house.store.node_beat(&second, 9, &HashMap::new()).await.unwrap();
    let mut tx = house.store.system(Reason::Kills).await.unwrap();
    let nodes = tx.nodes(8).await.unwrap();
    assert_eq!(nodes.iter().map(|n| n.node.id).collect::<Vec<_>>(), [second.id]);
    drop(tx);
    let mut gateway = house.raw("tokenone_gateway").await;
    let theft = "update platform.node set epoch = 99";
    assert_eq!(code(&run(&mut gateway, theft).await.unwrap_err()), "42501");
}

#[tokio::test]
async fn nodes_agree_on_a_tenants_key_and_on_its_successor() {
    let house = House::new().await;
    let (a, b) = (house.tenant("ada").await, house.tenant("bob").await);
    assert!(house.store.active_kek(a.id).await.unwrap().is_none());
    let mut replaces = None;
    for version in 1..=2 {
        let mut tasks = Vec::new();
        for _ in 0..6 {
            let store = house.store.clone();
            tasks.push(tokio::spawn(async move {
                store.promote_kek(a.id, &new_kek(Uuid::now_v7()), replaces).await.unwrap()
            }));
        }
        let mut rows = Vec::new();
        for task in tasks {
            rows.push(task.await.unwrap());
        }
        rows.dedup();
        assert_eq!(rows.len(), 1, "one wins and all are told which");
        assert_eq!((rows[0].version, rows[0].state), (version, KekState::Active));
        replaces = Some(rows[0].id);
    }
    let active = house.store.active_kek(a.id).await.unwrap().unwrap();
    assert!(house.store.kek(b.id, active.id).await.unwrap().is_none());
    assert_eq!(house.store.take_wraps(a.id, active.id, 5).await.unwrap(), 0);
    assert_eq!(house.store.take_wraps(a.id, active.id, 5).await.unwrap(), 5);
    assert_eq!(house.store.kek(a.id, active.id).await.unwrap().unwrap().wraps, 10);
    let beyond = house.store.take_wraps(a.id, active.id, u32::MAX).await;
    assert!(matches!(beyond, Err(StoreError::Invalid { .. })));
    assert!(house.store.take_wraps(b.id, active.id, 1).await.is_err());
}

#[tokio::test]
async fn expired_holds_are_found_until_they_are_resolved() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let mut batch = house.store.batch().await.unwrap();
    let [over, open] = [CallId::mint(), CallId::mint()];
    batch.admit(&[house.hold(&a, over, 5)], 0).await.unwrap();
    batch.admit(&[house.hold(&a, open, 5)], 60).await.unwrap();
    let found = house.store.expired_holds(None, 10).await.unwrap();
    assert_eq!(found.iter().map(|hold| hold.call_id).collect::<Vec<_>>(), [over]);
    assert_eq!((found[0].tenant_id, found[0].key_id), (a.id, a.key));
    let past = Some(SystemClock.now() - TimeDelta::minutes(5));
    let future = Some(SystemClock.now() + TimeDelta::minutes(5));
    assert_eq!(house.store.expired_holds(past, 10).await.unwrap().len(), 1);
    assert_eq!(house.store.expired_holds(future, 10).await.unwrap().len(), 0);
    assert_eq!(house.store.expired_holds(None, 0).await.unwrap().len(), 0);
    batch.settle(&[expire(&a, over)], &[], &[]).await.unwrap();
    assert_eq!(house.store.expired_holds(None, 10).await.unwrap().len(), 0);
}

#[tokio::test]
async fn c27_notices_tell_ids_and_nothing_else_and_come_after_the_commit() {
    let house = House::new().await;
    let (a, b) = (house.tenant("ada").await, house.tenant("bob").await);
    let mut calls = house.store.listen(Channel::Calls).await.unwrap();
    let mut epoch = house.store.listen(Channel::Epoch).await.unwrap();
    let [first, second, other] = [CallId::mint(), CallId::mint(), CallId::mint()];
    let records = [
        house.record(&a, second, Outcome::Refused),
        house.record(&a, first, Outcome::Refused),
        house.record(&b, other, Outcome::Refused),
    ];
    house.store.batch().await.unwrap().settle(&[], &records, &[]).await.unwrap();
    let Notice::Payload(payload) = calls.recv().await.unwrap() else { panic!("reconnected") };
    let mut items: Vec<&str> = payload.split(',').collect();
    items.sort_unstable();
    let mut expected =
        [format!("{}:{}:{second}", a.id, a.project), format!("{}:{}:{other}", b.id, b.project)];
    expected.sort_unstable();
    assert_eq!(items, expected);
    house.tenant("cyd").await;
    assert_eq!(epoch.recv().await.unwrap(), Notice::Payload(String::new()));
}

#[tokio::test]
async fn many_projects_in_one_batch_still_fit_their_notices() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let mut tx = house.store.system(Reason::Demo).await.unwrap();
    let projects: Vec<ProjectId> = (0..150).map(|_| ProjectId::mint()).collect();
    for (n, project) in projects.iter().enumerate() {
        tx.create_project(a.id, *project, &format!("p{n}"), "P").await.unwrap();
    }
    tx.commit().await.unwrap();
    let scope = Scope { tenant_id: a.id, projects: projects.clone() };
    let mut tx = house.store.tenant(&scope).await.unwrap();
    let mut records = Vec::new();
    for project in &projects {
        let key = domain::ids::KeyId::mint();
        tx.create_key(&crate::estate::new_key(*project, key, "k")).await.unwrap();
        records.push(store::calls::CallRecord {
            project_id: *project,
            key_id: key,
            ..house.record(&a, CallId::mint(), Outcome::Refused)
        });
    }
    tx.commit().await.unwrap();
    let mut calls = house.store.listen(Channel::Calls).await.unwrap();
    house.store.batch().await.unwrap().settle(&[], &records, &[]).await.unwrap();
    let mut told = 0;
    while told < 150 {
        let Notice::Payload(payload) = calls.recv().await.unwrap() else { panic!("reconnected") };
        told += payload.split(',').count();
    }
    assert_eq!(told, 150);
}

#[tokio::test]
async fn a_lost_connection_is_made_again() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let mut batch = house.store.batch().await.unwrap();
    let mut calls = house.store.listen(Channel::Calls).await.unwrap();
    let mut lead = house.store.lead(Office::Reaper).await.unwrap().unwrap();
    let mut admin = house.admin().await;
    run(
        &mut admin,
        "select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()",
    )
    .await
    .unwrap();
    let hold = house.hold(&a, CallId::mint(), 5);
    let lost = batch.admit(std::slice::from_ref(&hold), 60).await.unwrap_err();
    assert!(lost.is_retryable(), "{lost:?}");
    batch.admit(&[hold], 60).await.unwrap();
    assert_eq!(calls.recv().await.unwrap(), Notice::Reconnected);
    batch.settle(&[], &[house.record(&a, CallId::mint(), Outcome::Refused)], &[]).await.unwrap();
    assert!(matches!(calls.recv().await.unwrap(), Notice::Payload(_)));
    assert!(!lead.is_held().await);
    assert!(house.store.lead(Office::Reaper).await.unwrap().is_some());
}

#[tokio::test]
async fn an_office_has_one_holder() {
    let house = House::new().await;
    let lead = house.store.lead(Office::Reaper).await.unwrap().unwrap();
    assert!(house.store.lead(Office::Reaper).await.unwrap().is_none());
    let other = house.store.lead(Office::Housekeeper).await.unwrap().unwrap();
    assert_eq!(other.office(), Office::Housekeeper);
    lead.resign().await.unwrap();
    let mut lead = loop {
        // The server notices the goodbye a moment later.
        match house.store.lead(Office::Reaper).await.unwrap() {
            Some(lead) => break lead,
            None => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    };
    assert!(lead.is_held().await);
}

#[tokio::test]
async fn a_batch_that_is_cancelled_leaves_nothing_half_done() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let mut batch = house.store.batch().await.unwrap();
    let call = CallId::mint();
    batch.admit(&[house.hold(&a, call, 5)], 60).await.unwrap();
    let record = house.record(&a, call, Outcome::Completed);
    let mut admin = house.admin().await;
    run(&mut admin, "begin; lock table app.call in access exclusive mode").await.unwrap();
    let resolution = crate::estate::post(&a, call, 5, 4);
    let resolutions = [resolution];
    let settling = batch.settle(&resolutions, std::slice::from_ref(&record), &[]);
    assert!(tokio::time::timeout(Duration::from_millis(300), settling).await.is_err());
    run(&mut admin, "rollback").await.unwrap();
    let settled = loop {
        match batch.settle(&resolutions, std::slice::from_ref(&record), &[]).await {
            // The cancelled one may still be undoing itself.
            Err(error) if error.is_retryable() => {}
            other => break other.unwrap(),
        }
    };
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    assert_eq!(tx.call_ledger(call).await.unwrap().transfers.len(), 3);
    assert!(tx.call(call).await.unwrap().is_some());
    // Either the first was undone, or it was committed after all and the second found it done.
    assert!(settled.len() <= 1);
}

#[tokio::test]
async fn preparing_twice_changes_nothing_and_wrong_passwords_open_nothing() {
    let house = House::new().await;
    let admin_url = house.database.superuser_url();
    store::migrate(&admin_url).await.unwrap();
    store::install_secrets(&admin_url, &secrets()).await.unwrap();
    assert_eq!(house.store.verify().await, Ok(()));
    house.store.ping().await.unwrap();
    let mut wrong = urls(&house.database);
    wrong.gateway = house.database.url("tokenone_gateway", "not-the-password");
    // A server that trusts local connections lets anyone in; ours asks.
    if let Ok(store) = Store::connect(&wrong, CONTEXT_KEY).await {
        drop(store);
        panic!("a wrong password was accepted");
    }
    // A context signed with another key shows nothing.
    let a = house.tenant("ada").await;
    let forged = Store::connect(&urls(&house.database), [8; 32]).await.unwrap();
    let mut tx = forged.tenant(&a.scope()).await.unwrap();
    assert_eq!(tx.keys().await.unwrap(), []);
    let mut batch = forged.batch().await.unwrap();
    let refused = batch.admit(&[house.hold(&a, CallId::mint(), 1)], 60).await;
    assert!(matches!(refused, Err(StoreError::Refused { code, .. }) if code == "42501"));
    let store = house.store.clone();
    store.close().await;
    assert!(matches!(house.store.epoch().await, Err(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn a_database_is_migrated_from_nothing_and_takes_its_passwords() {
    let cluster = testing::private_cluster().await;
    let admin: SecretString = cluster.cluster().superuser_url("postgres");
    let mut connection = connect(&admin).await;
    run(&mut connection, "create database house").await.unwrap();
    let url = cluster.cluster().superuser_url("house");
    tokio::try_join!(store::migrate(&url), store::migrate(&url)).unwrap();
    let secrets = store::RuntimeSecrets {
        gateway_password: "gateway-password-1".into(),
        console_password: "console-password-1".into(),
        ..secrets()
    };
    store::install_secrets(&url, &secrets).await.unwrap();
    // A node that comes with another key store is refused before it can lock this one out.
    let stranger = store::RuntimeSecrets {
        gateway_password: "gateway-password-2".into(),
        console_password: "console-password-2".into(),
        context_key: secrecy::SecretBox::new(Box::new([1; 32])),
    };
    let refused = store::install_secrets(&url, &stranger).await;
    assert!(matches!(refused, Err(StoreError::OtherKeyStore)));
    let urls = store::runtime_urls(&url, &secrets).unwrap();
    let store = Store::connect(&urls, CONTEXT_KEY).await.unwrap();
    assert_eq!(store.verify().await, Ok(()));
    store.close().await;
}

/// A managed database gives no superuser: a role that may make roles and owns the database is enough.
#[tokio::test]
async fn a_database_is_migrated_by_a_role_that_is_no_superuser() {
    let cluster = testing::private_cluster().await;
    let mut connection = connect(&cluster.cluster().superuser_url("postgres")).await;
    for statement in [
        "create role migrator login createrole password 'migrator-password-1'",
        "create database house owner migrator",
    ] {
        run(&mut connection, statement).await.unwrap();
    }
    let url = cluster.cluster().url("migrator", "migrator-password-1", "house");
    store::migrate(&url).await.unwrap();
    let secrets = store::RuntimeSecrets {
        gateway_password: "gateway-password-1".into(),
        console_password: "console-password-1".into(),
        ..secrets()
    };
    store::install_secrets(&url, &secrets).await.unwrap();
    // A second start finds everything in place.
    store::migrate(&url).await.unwrap();
    store::install_secrets(&url, &secrets).await.unwrap();
    let urls = store::runtime_urls(&url, &secrets).unwrap();
    let store = Store::connect(&urls, CONTEXT_KEY).await.unwrap();
    assert_eq!(store.verify().await, Ok(()));
    store.close().await;
}
