//! The rules of a node: current within a second, and refused when they may not be.

use std::time::{Duration, Instant};

use domain::guard::{Mode, Policy};
use domain::provider::Surface;
use gateway::Settings;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::furniture::{asking_of, follow};
use crate::guard::ATTACK;
use crate::house::{House, hello, open, settings};

/// How long a revoked key may go on working.
const IN_FORCE: Duration = Duration::from_secs(1);
/// Revocations of which the quickest counts: on a busy machine one may wait for the machine.
const TRIES: usize = 10;

async fn status(house: &House, base: &str, key: &str) -> u16 {
    answered(house, base, key, &hello(false)).await
}

async fn answered(house: &House, base: &str, key: &str, body: &Value) -> u16 {
    let request = house.http.post(format!("{base}/v1/chat/completions")).bearer_auth(key);
    request.body(body.to_string()).send().await.unwrap().status().as_u16()
}

/// How long after now the last call began that is answered otherwise than with this status.
async fn last_otherwise(
    house: &House,
    bases: &[&str],
    key: &str,
    body: &Value,
    status: u16,
) -> Duration {
    let since = Instant::now();
    let mut last = Duration::ZERO;
    for base in bases {
        loop {
            let begun = since.elapsed();
            if answered(house, base, key, body).await == status {
                break;
            }
            last = last.max(begun);
            assert!(begun < Duration::from_secs(30), "a change is never in force");
        }
    }
    last
}

#[tokio::test]
async fn t36_a_revocation_is_in_force_everywhere_within_a_second() {
    let house = House::new().await;
    let other = house.estate.gateway(settings()).await;
    let (base, _door) = open(&other).await;
    let bases = [house.base.as_str(), base.as_str()];
    let mut best = Duration::MAX;
    for n in 0..TRIES {
        let (key, id) = house.estate.make_key(&format!("key {n}"), None).await;
        for (base, gateway) in bases.into_iter().zip([&house.gateway, &other]) {
            follow(gateway, &house.estate).await;
            assert_eq!(status(&house, base, key.expose()).await, 200);
        }
        house.estate.revoke(id).await;
        best = best.min(last_otherwise(&house, &bases, key.expose(), &hello(false), 401).await);
        if best < IN_FORCE {
            return;
        }
    }
    panic!("a revoked key worked for {best:?}");
}

#[tokio::test]
async fn t36_a_revocation_is_in_force_within_a_second_without_a_notice() {
    let house = House::new().await;
    let mut best = Duration::MAX;
    for n in 0..TRIES {
        let (key, _) = house.estate.make_key(&format!("key {n}"), None).await;
        house.follow().await;
        assert_eq!(status(&house, &house.base, key.expose()).await, 200);
        // Triggers are what notifies: without them only the epoch tells.
        house
            .estate
            .run(
                "set session_replication_role = replica;
                 update app.api_key set state = 'revoked', revoked_at = now(), revoked_by = 'a test'
                 where state = 'active';
                 update platform.epoch set value = value + 1",
            )
            .await;
        best = best
            .min(last_otherwise(&house, &[&house.base], key.expose(), &hello(false), 401).await);
        if best < IN_FORCE {
            return;
        }
    }
    panic!("a revoked key worked for {best:?}");
}

#[tokio::test]
async fn an_alias_and_a_policy_are_in_force_everywhere_within_a_second() {
    let house = House::new().await;
    let other = house.estate.gateway(settings()).await;
    let (base, _door) = open(&other).await;
    let (bases, key) = ([house.base.as_str(), base.as_str()], house.key.expose());
    let mut attack = hello(false);
    attack["messages"][0]["content"] = ATTACK.into();
    let (mut alias, mut policy) = (Duration::MAX, Duration::MAX);
    for n in 0..TRIES {
        let body = asking_of(&format!("made-{n}"), Surface::Chat, false);
        let (injections, before, after) =
            if n % 2 == 0 { (Mode::Monitor, 400, 200) } else { (Mode::Block, 200, 400) };
        for base in bases {
            assert_eq!(answered(&house, base, key, &body).await, 404);
            assert_eq!(answered(&house, base, key, &attack).await, before);
        }
        house.estate.route(&format!("made-{n}"), &[(house.estate.provider, "sim-small")]).await;
        alias = alias.min(last_otherwise(&house, &bases, key, &body, 200).await);
        house.keep(None, &Policy { injections, ..Policy::default() }).await;
        policy = policy.min(last_otherwise(&house, &bases, key, &attack, after).await);
        if alias < IN_FORCE && policy < IN_FORCE {
            return;
        }
    }
    panic!("an alias was unknown for {alias:?}, a policy for {policy:?}");
}

/// A way to the database that can be cut.
async fn cable(to: String) -> (u16, watch::Sender<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (whole, cut) = watch::channel(true);
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let (to, mut cut) = (to.clone(), cut.clone());
            if !*cut.borrow() {
                continue;
            }
            tokio::spawn(async move {
                let mut far = TcpStream::connect(to).await.unwrap();
                tokio::select! {
                    _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                    _ = cut.wait_for(|whole| !whole) => {}
                }
            });
        }
    });
    (port, whole)
}

#[tokio::test]
async fn t44_a_node_that_cannot_confirm_its_rules_refuses_every_call_and_recovers() {
    let house = House::new().await;
    let mut connection = house.estate.superuser().await;
    let (port,): (String,) =
        sqlx::query_as("select current_setting('port')").fetch_one(&mut connection).await.unwrap();
    let (through, whole) = cable(format!("127.0.0.1:{port}")).await;
    let store = house.estate.store_through(through).await;
    let quick = Settings {
        confirm_wait: Duration::from_millis(1_500),
        poll_every: Duration::from_millis(200),
        admit_wait: Duration::from_millis(1_500),
        ..settings()
    };
    let gateway = house.estate.gateway_over(store, quick).await;
    let (base, _door) = open(&gateway).await;
    assert_eq!(status(&house, &base, house.key.expose()).await, 200);
    whole.send(false).unwrap();
    let cut = Instant::now();
    // Until the rules are too old, the hold cannot be made: unavailable as well, and never 200 or 401.
    while cut.elapsed() < Duration::from_secs(4) {
        let begun = Instant::now();
        let answer = house.http.post(format!("{base}/v1/chat/completions"));
        let answer = answer.bearer_auth(house.key.expose()).body(hello(false).to_string());
        let answer = answer.send().await.unwrap();
        assert_eq!(answer.status(), 503);
        assert_eq!(answer.headers()["x-should-retry"], "true");
        assert_eq!(answer.headers()["retry-after"], "1");
        let error: Value = answer.json().await.unwrap();
        assert_eq!(error["error"]["code"], "unavailable");
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(!gateway.health().ready);
    whole.send(true).unwrap();
    let back = Instant::now();
    while status(&house, &base, house.key.expose()).await != 200 {
        assert!(back.elapsed() < Duration::from_secs(10), "did not recover");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(gateway.health().ready);
    gateway.drain(Duration::from_secs(5)).await;
}
