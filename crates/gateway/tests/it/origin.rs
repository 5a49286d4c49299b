//! What one provider account alone can read goes back to it, also when a failover made it; and where that
//! account cannot take it, the refusal says why.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use domain::circuit::Force;
use domain::clock::{Clock, SystemClock};
use domain::ids::{KeyId, KillId, ProjectId, ProviderId, TenantId};
use domain::kill::KillScope;
use domain::provider::Surface;
use futures_util::future::join_all;
use serde_json::{Value, json};
use store::circuits::WHOLE_PROVIDER;
use store::keys::NewKey;
use store::kills::{KillTarget, NewKill};

use crate::furniture::asking_of;
use crate::house::{House, PEPPER};
use crate::sse;

const FAILING: &str = "sim-small+fault=status=500";

/// A house whose alias `both` leads to two accounts.
struct Two {
    house: House,
    first: ProviderId,
    second: ProviderId,
}

impl Two {
    async fn new() -> Self {
        let house = House::new().await;
        let first = house.estate.serving("first", Surface::ALL).await;
        let second = house.estate.serving("second", Surface::ALL).await;
        for provider in [first, second] {
            for model in [WHOLE_PROVIDER, "sim-small", FAILING] {
                house.estate.force(provider, model, Force::Closed).await;
            }
        }
        Self { house, first, second }
    }

    /// Makes `both` try this model at the first account, and a good one at the second.
    async fn lead(&self, first_model: &str) {
        let targets = [(self.first, first_model), (self.second, "sim-small")];
        self.house.estate.route("both", &targets).await;
        self.house.follow().await;
    }

    async fn ask(&self, change: Value) -> reqwest::Response {
        let mut body = asking_of("both", Surface::Responses, false);
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        self.house.ask(Surface::Responses, &body).send().await.unwrap()
    }

    /// A response that thinks, made by the account that `both` leads to now.
    async fn made(&self, streamed: bool) -> Value {
        let wanted = json!({"include": ["reasoning.encrypted_content"], "stream": streamed,
            "reasoning": {"effort": "low"}});
        let response = self.ask(wanted).await;
        assert_eq!(response.status(), 200);
        let text = response.text().await.unwrap();
        let made = if streamed {
            sse::last(&text)["response"].clone()
        } else {
            serde_json::from_str(&text).unwrap()
        };
        assert!(made["output"][0]["encrypted_content"].is_string(), "{made}");
        made
    }

    /// Which provider answered the newest of so many calls.
    async fn answered(&self, calls: usize) -> String {
        self.house.calls(calls).await.pop().unwrap().provider.unwrap()
    }
}

/// Every way in which a call can go on from a response.
fn goes_on(made: &Value) -> [Value; 4] {
    let go_on = json!({"role": "user", "content": "Go on."});
    let reasoning = made["output"][0].clone();
    let mut nameless = reasoning.clone();
    nameless.as_object_mut().unwrap().remove("id");
    [
        json!({"previous_response_id": made["id"]}),
        json!({"input": [reasoning.clone(), go_on]}),
        // As Codex sends it.
        json!({"input": [nameless, go_on]}),
        json!({"input": [{"type": "item_reference", "id": reasoning["id"]}, go_on]}),
    ]
}

#[tokio::test]
async fn t53_what_a_failover_made_is_continued_where_it_was_made() {
    let two = Two::new().await;
    let mut calls = 0;
    for streamed in [false, true] {
        two.lead(FAILING).await;
        let made = two.made(streamed).await;
        calls += 1;
        assert_eq!(two.answered(calls).await, "second", "the failover");
        two.lead("sim-small").await;
        for change in goes_on(&made) {
            let response = two.ask(change.clone()).await;
            assert!(response.status() != 503, "{change}: {}", response.text().await.unwrap());
            calls += 1;
            assert_eq!(two.answered(calls).await, "second", "{streamed} {change}");
        }
        // What refers to nothing goes where it would.
        assert_eq!(two.ask(json!({})).await.status(), 200);
        calls += 1;
        assert_eq!(two.answered(calls).await, "first");
    }
}

#[tokio::test]
async fn t53_a_client_that_goes_on_at_once_finds_its_account_on_every_node() {
    let two = Two::new().await;
    two.lead(FAILING).await;
    let other = two.house.estate.gateway(crate::house::settings()).await;
    let (base, _door) = crate::house::open(&other).await;
    let made = two.made(true).await;
    // The settlement may not be written yet.
    let mut body = asking_of("both", Surface::Responses, false);
    body["previous_response_id"] = made["id"].clone();
    let request = two.house.http.post(format!("{base}/v1/responses"));
    let request = request.bearer_auth(two.house.key.expose()).body(body.to_string());
    assert_eq!(request.send().await.unwrap().status(), 200);
    let call = two.house.calls(2).await.pop().unwrap();
    let decision = call.decision.unwrap();
    assert_eq!(decision["attempts"].as_array().unwrap().len(), 1, "{decision}");
    assert_eq!(call.provider.as_deref(), Some("second"));
}

/// The refusal of a call that goes on from what the second account made.
async fn refused(two: &Two, made: &Value, calls: &mut usize) -> (Value, Option<String>, bool) {
    let before = two.house.simulator.totals().requests;
    let response = two.ask(json!({"previous_response_id": made["id"]})).await;
    assert_eq!(response.status(), 503);
    let header =
        |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let (retry_after, again) = (header("retry-after"), header("x-should-retry"));
    let error: Value = response.json().await.unwrap();
    assert_eq!(error["error"]["code"], "provider_account_unavailable", "{error}");
    assert_eq!(two.house.simulator.totals().requests, before, "another account was asked");
    *calls += 1;
    let call = two.house.calls(*calls).await.pop().unwrap();
    assert_eq!((call.outcome.as_str(), call.charge_nano), ("refused", 0));
    (error["error"]["message"].clone(), retry_after, again.as_deref() == Some("true"))
}

#[tokio::test]
async fn t53_an_account_that_cannot_take_it_is_told_with_the_reason_and_no_other_is_asked() {
    let two = Two::new().await;
    two.lead(FAILING).await;
    let made = two.made(false).await;
    let mut calls = 1;
    two.answered(calls).await;
    two.lead("sim-small").await;
    let estate = &two.house.estate;
    let says = |message: &Value, word: &str| {
        assert!(message.as_str().unwrap().contains(word), "{message}")
    };

    estate.force(two.second, WHOLE_PROVIDER, Force::Open).await;
    let begun = Instant::now();
    while two.ask(json!({"previous_response_id": made["id"]})).await.status() != 503 {
        calls += 1;
        assert!(begun.elapsed() < Duration::from_secs(10), "it is not left alone");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    calls += 1;
    let (message, retry_after, again) = refused(&two, &made, &mut calls).await;
    says(&message, "has failed of late");
    assert!(retry_after.is_some() && again, "{retry_after:?}");
    estate.force(two.second, WHOLE_PROVIDER, Force::Closed).await;

    let id = KillId::mint();
    let mut target = KillTarget::of(KillScope::Provider);
    target.provider_id = Some(two.second);
    let platform = domain::caller::Scope {
        tenant_id: TenantId::PLATFORM,
        projects: vec![ProjectId::PLATFORM],
    };
    let mut tx = estate.store.tenant(&platform).await.unwrap();
    let now = SystemClock.now();
    tx.arm_kill(
        &NewKill {
            id,
            target,
            name: "second".into(),
            by_platform: true,
            reason: "a test".into(),
            by: "a test".into(),
            expires_at: Some(now + TimeDelta::hours(1)),
        },
        now,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    two.house.follow().await;
    let (message, retry_after, again) = refused(&two, &made, &mut calls).await;
    says(&message, "the kill switch stops its provider");
    assert_eq!((retry_after, again), (None, false));
    let mut tx = estate.store.tenant(&platform).await.unwrap();
    assert!(tx.release_kill(id, "a test", "it is over").await.unwrap());
    tx.commit().await.unwrap();

    estate.run("update platform.provider set state = 'disabled' where slug = 'second'").await;
    two.house.follow().await;
    let (message, _, again) = refused(&two, &made, &mut calls).await;
    says(&message, "switched off");
    assert!(!again);
    estate.run("update platform.provider set state = 'active' where slug = 'second'").await;

    estate.route("both", &[(two.first, "sim-small")]).await;
    two.house.follow().await;
    let (message, ..) = refused(&two, &made, &mut calls).await;
    says(&message, "does not lead to it");
}

#[tokio::test]
async fn t53_reasoning_of_two_accounts_can_be_read_by_neither() {
    let two = Two::new().await;
    two.lead("sim-small").await;
    let one = two.made(false).await;
    two.lead(FAILING).await;
    let other = two.made(false).await;
    two.house.calls(2).await;
    let input = json!({"input": [one["output"][0], other["output"][0],
        {"role": "user", "content": "Go on."}]});
    let response = two.ask(input).await;
    assert_eq!(response.status(), 400);
    assert_eq!(response.headers()["x-should-retry"], "false");
    let error: Value = response.json().await.unwrap();
    assert_eq!(error["error"]["code"], "provider_accounts_mixed", "{error}");
}

#[tokio::test]
async fn an_origin_is_known_to_its_project_alone_says_nothing_and_is_forgotten_in_time() {
    let two = Two::new().await;
    let estate = &two.house.estate;
    two.lead(FAILING).await;
    let made = two.made(false).await;
    two.house.calls(1).await;
    let mut connection = estate.superuser().await;
    let marks: Vec<(Vec<u8>, uuid::Uuid)> =
        sqlx::query_as("select mark, provider_id from app.origin")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    assert!(marks.len() >= 3, "the response, its reasoning, its message");
    assert!(marks.iter().all(|(_, provider)| *provider == two.second.uuid()));
    // Without the key nobody can tell what was marked.
    use sha2::Digest;
    let plain = sha2::Sha256::digest(made["id"].as_str().unwrap());
    assert!(marks.iter().all(|(mark, _)| mark.len() == 32 && mark[..] != plain[..]));
    let known: Vec<[u8; 32]> = marks.iter().map(|(mark, _)| mark[..].try_into().unwrap()).collect();
    let look = async |tenant, project| -> Vec<ProviderId> {
        let found = estate.store.origins(tenant, project, &known).await.unwrap();
        found.into_values().collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    };
    assert_eq!(look(estate.tenant, estate.project).await, [two.second]);
    assert_eq!(look(TenantId::mint(), estate.project).await, []);

    // Another project of the tenant may not go on from it.
    two.lead("sim-small").await;
    let project = ProjectId::mint();
    let mut tx = estate.store.system(store::Reason::Demo).await.unwrap();
    tx.create_project(estate.tenant, project, "other", "Other").await.unwrap();
    tx.commit().await.unwrap();
    let key = identity::api_key::ApiKey::mint(identity::api_key::Environment::Live).unwrap();
    let scope = domain::caller::Scope { tenant_id: estate.tenant, projects: vec![project] };
    let mut tx = estate.store.tenant(&scope).await.unwrap();
    tx.create_key(&NewKey {
        id: KeyId::mint(),
        project_id: project,
        name: "other".into(),
        mac: key.mac(&PEPPER),
        pepper: 1,
        shown: key.shown(),
        created_by: "a test".into(),
        created_at: SystemClock.now(),
        expires_at: None,
    })
    .await
    .unwrap();
    tx.commit().await.unwrap();
    two.house.follow().await;
    assert_eq!(look(estate.tenant, project).await, []);
    let mut body = asking_of("both", Surface::Responses, false);
    body["previous_response_id"] = made["id"].clone();
    let request = two.house.http.post(format!("{}/v1/responses", two.house.base));
    let request = request.bearer_auth(key.expose()).body(body.to_string());
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 400);
    let error: Value = response.json().await.unwrap();
    assert_eq!(error["error"]["param"], "previous_response_id", "{error}");

    // What has been kept long enough is neither found nor kept.
    estate
        .run(
            "set session_replication_role = replica;
             update app.origin set at = now() - interval '32 days'",
        )
        .await;
    assert_eq!(look(estate.tenant, estate.project).await, []);
    let forgotten =
        join_all([estate.store.forget_origins(2), estate.store.forget_origins(1_000)]).await;
    let forgotten: i32 = forgotten.into_iter().map(Result::unwrap).sum();
    assert!(forgotten >= 3, "{forgotten}");
    let left: i64 =
        sqlx::query_scalar("select count(*) from app.origin where at < now() - interval '31 days'")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert_eq!(left, 0);
}
