//! The kill switch: what it stops, how soon, and what becomes of calls that run.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use domain::clock::{Clock, SystemClock};
use domain::ids::{KeyId, KillId, TenantId};
use domain::kill::KillScope;
use domain::provider::Surface;
use gateway::{Gateway, Settings};
use serde_json::Value;
use store::kills::{KillTarget, NewKill};
use store::providers::OnHangup;
use tokio::task::AbortHandle;

use crate::furniture::{asking, asking_of, follow};
use crate::house::{Estate, House, open, settings};
use crate::surfaces::{STREAMED, told};

/// How long after its commit a kill may let calls pass.
const IN_FORCE: Duration = Duration::from_secs(1);
/// Kills of which the quickest counts: on a busy machine one may wait for the machine.
const TRIES: usize = 10;

/// Everything that can be stopped of the house's own key.
const SCOPES: [KillScope; 6] = [
    KillScope::All,
    KillScope::Provider,
    KillScope::Tenant,
    KillScope::Project,
    KillScope::Key,
    KillScope::Agent,
];

/// What a kill of this scope is about.
fn about(estate: &Estate, key: KeyId, scope: KillScope) -> KillTarget {
    let mut target = KillTarget::of(scope);
    match scope {
        KillScope::All | KillScope::Tenant => {}
        KillScope::Provider => target.provider_id = Some(estate.provider),
        KillScope::Project => target.project_id = Some(estate.project),
        KillScope::Key => {
            (target.project_id, target.key_id) = (Some(estate.project), Some(key));
        }
        KillScope::Agent => {
            target.project_id = Some(estate.project);
            target.agent = Some("a-bot".parse().unwrap());
        }
    }
    target
}

fn owner(estate: &Estate, scope: KillScope) -> domain::caller::Scope {
    if scope.is_of_platform() {
        let projects = vec![domain::ids::ProjectId::PLATFORM];
        domain::caller::Scope { tenant_id: TenantId::PLATFORM, projects }
    } else {
        estate.scope()
    }
}

/// Throws the switch; it lasts for so long.
async fn arm(estate: &Estate, key: KeyId, scope: KillScope, lasts: Option<TimeDelta>) -> KillId {
    let now = SystemClock.now();
    let new = NewKill {
        id: KillId::mint(),
        target: about(estate, key, scope),
        name: scope.as_str().into(),
        by_platform: scope.is_of_platform(),
        reason: "a test".into(),
        by: "a test".into(),
        expires_at: lasts.map(|lasts| now + lasts),
    };
    let mut tx = estate.store.tenant(&owner(estate, scope)).await.unwrap();
    tx.arm_kill(&new, now).await.unwrap();
    tx.commit().await.unwrap();
    new.id
}

async fn release(estate: &Estate, scope: KillScope, id: KillId) {
    let mut tx = estate.store.tenant(&owner(estate, scope)).await.unwrap();
    assert!(tx.release_kill(id, "a test", "it is over").await.unwrap());
    tx.commit().await.unwrap();
}

/// Throws the switch where no trigger tells of it: only the epoch does.
async fn arm_unheard(estate: &Estate, key: KeyId, scope: KillScope) -> KillId {
    let (id, target) = (KillId::mint(), about(estate, key, scope));
    let mut connection = estate.superuser().await;
    sqlx::query("set session_replication_role = replica").execute(&mut connection).await.unwrap();
    sqlx::query(
        "insert into app.kill (tenant_id, id, scope, provider_id, project_id, key_id, agent, target,
                               by_platform, reason, by, epoch_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'it', $8, 'a test', 'a test', 1)",
    )
    .bind(owner(estate, scope).tenant_id.uuid())
    .bind(id.uuid())
    .bind(scope.as_str())
    .bind(target.provider_id.map(|id| id.uuid()))
    .bind(target.project_id.map(|id| id.uuid()))
    .bind(target.key_id.map(|id| id.uuid()))
    .bind(target.agent.as_ref().map(|agent| agent.as_str().to_owned()))
    .bind(scope.is_of_platform())
    .execute(&mut connection)
    .await
    .unwrap();
    sqlx::query("update platform.epoch set value = value + 1")
        .execute(&mut connection)
        .await
        .unwrap();
    id
}

/// A house with a second gateway and a key whose id is known.
struct Two {
    house: House,
    other: Arc<Gateway>,
    bases: [String; 2],
    key: String,
    key_id: KeyId,
    _door: AbortHandle,
}

impl Two {
    async fn new() -> Self {
        let house = House::new().await;
        let other = house.estate.gateway(settings()).await;
        let (base, door) = open(&other).await;
        let (key, key_id) = house.estate.make_key("second", None).await;
        let bases = [house.base.clone(), base];
        let two = Self { house, other, bases, key: key.expose().to_owned(), key_id, _door: door };
        two.follow().await;
        two
    }

    async fn follow(&self) {
        self.house.follow().await;
        follow(&self.other, &self.house.estate).await;
    }

    fn call(&self, base: &str, surface: Surface, streamed: bool) -> reqwest::RequestBuilder {
        let request = self.house.http.post(format!("{base}/v1/{}", surface.path()));
        let request = request.bearer_auth(&self.key).header("x-tokenone-agent", "a-bot");
        request.body(asking(surface, streamed).to_string())
    }

    /// How long after `since` the last call began that either node let pass.
    async fn last_passed(&self, scope: KillScope, since: Instant) -> Duration {
        let status = if scope == KillScope::Provider { 503 } else { 403 };
        let mut last = Duration::ZERO;
        for base in &self.bases {
            loop {
                let begun = since.elapsed();
                let answer = self.call(base, Surface::Chat, false).send().await.unwrap();
                if answer.status() == status {
                    break;
                }
                assert_eq!(answer.status(), 200, "{scope:?}");
                last = last.max(begun);
                assert!(begun < Duration::from_secs(30), "{scope:?} is not stopped");
            }
        }
        last
    }
}

#[tokio::test]
async fn g1_every_scope_is_refused_on_every_node_within_a_second_and_comes_back() {
    let two = Two::new().await;
    for scope in SCOPES {
        let mut best = Duration::MAX;
        for _ in 0..TRIES {
            let id = arm(&two.house.estate, two.key_id, scope, None).await;
            best = best.min(two.last_passed(scope, Instant::now()).await);
            refused_as_documented(&two, scope).await;
            release(&two.house.estate, scope, id).await;
            two.follow().await;
            for base in &two.bases {
                let answer = two.call(base, Surface::Chat, false).send().await.unwrap();
                assert_eq!(answer.status(), 200, "{scope:?} is not released");
            }
            if best < IN_FORCE {
                break;
            }
        }
        assert!(best < IN_FORCE, "{scope:?} passed for {best:?}");
    }
}

/// The refusal on each surface; and that nothing is held for it.
async fn refused_as_documented(two: &Two, scope: KillScope) {
    let held = two.house.estate.transfers().await.len();
    let (status, code) = match scope {
        KillScope::Provider => (503, "kill_switch_provider"),
        _ => (403, "kill_switch"),
    };
    for surface in Surface::ALL {
        let answer = two.call(&two.bases[0], *surface, false).send().await.unwrap();
        assert_eq!(answer.status(), status, "{scope:?} {surface:?}");
        assert_eq!(answer.headers()["x-should-retry"], "false");
        let error: Value = answer.json().await.unwrap();
        let message = told(*surface, &error);
        assert!(message.contains("kill switch"), "{message}");
        assert!(!message.contains("a test"), "it says why: {message}");
        if error["error"].get("code").is_some() {
            assert_eq!(error["error"]["code"], code);
        }
    }
    assert_eq!(two.house.estate.transfers().await.len(), held, "something was held");
}

#[tokio::test]
async fn g2_every_scope_is_refused_within_a_second_without_a_notice() {
    let two = Two::new().await;
    for scope in SCOPES {
        let mut best = Duration::MAX;
        for _ in 0..TRIES {
            let id = arm_unheard(&two.house.estate, two.key_id, scope).await;
            best = best.min(two.last_passed(scope, Instant::now()).await);
            release(&two.house.estate, scope, id).await;
            two.follow().await;
            if best < IN_FORCE {
                break;
            }
        }
        assert!(best < IN_FORCE, "{scope:?} passed for {best:?}");
    }
}

#[tokio::test]
async fn g3_an_open_stream_is_cut_with_the_dialects_error_and_charged_for_what_was_delivered() {
    let mut done = 0;
    for policy in [OnHangup::Drain, OnHangup::Cancel] {
        let house = House::build(settings(), policy).await;
        let (_, key_id) = house.estate.make_key("second", None).await;
        done = 0;
        for (surface, scope) in STREAMED.into_iter().zip([
            KillScope::Tenant,
            KillScope::Project,
            KillScope::All,
            KillScope::Provider,
        ]) {
            let request = house.ask(surface, &asking(surface, true));
            let request = request.header("x-simulate", "forever;chunk_delay_ms=30");
            let mut response = request.send().await.unwrap();
            assert_eq!(response.status(), 200);
            let mut text = String::new();
            while text.matches("\n\n").count() < 12 {
                text.push_str(&String::from_utf8_lossy(&response.chunk().await.unwrap().unwrap()));
            }
            let id = arm(&house.estate, key_id, scope, None).await;
            let killed = Instant::now();
            while let Some(chunk) = response.chunk().await.unwrap() {
                text.push_str(&String::from_utf8_lossy(&chunk));
            }
            assert!(killed.elapsed() < Duration::from_secs(3), "{:?}", killed.elapsed());
            ends_with_the_dialects_error(surface, &text);
            while house.simulator.totals().open > 0 {
                assert!(killed.elapsed() < Duration::from_secs(4), "the provider goes on");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            done += 1;
            let call = house.calls(done).await.pop().unwrap();
            assert_eq!((call.outcome.as_str(), call.status), ("killed", 200), "{surface:?}");
            assert_eq!(call.usage_source, "estimated", "{surface:?}");
            assert!(call.output_tokens >= 5 && call.charge_nano > 0, "{surface:?}: {call:#?}");
            let bill = house.simulator.bills().pop().unwrap();
            assert!(!bill.completed && call.output_tokens as u64 <= bill.completion_tokens + 16);
            release(&house.estate, scope, id).await;
            house.follow().await;
        }
        house.estate.audit(&house.calls(done).await).await;
        assert_eq!(house.gateway.in_flight(), 0);
    }
    assert_eq!(done, STREAMED.len());
}

fn ends_with_the_dialects_error(surface: Surface, text: &str) {
    let last = crate::sse::last(text);
    assert!(!text.contains("[DONE]"), "{text}");
    let message = match surface {
        Surface::Responses => {
            assert_eq!(last["type"], "response.failed", "{text}");
            let begun = crate::sse::json(&crate::sse::events(text)[0]);
            assert_eq!(last["response"]["id"], begun["response"]["id"]);
            let numbers: Vec<u64> = crate::sse::events(text)
                .iter()
                .map(|event| crate::sse::json(event)["sequence_number"].as_u64().unwrap())
                .collect();
            assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
            last["response"]["error"]["message"].clone()
        }
        _ => told(surface, &last).into(),
    };
    assert!(message.as_str().unwrap().contains("kill switch"), "{message}");
}

#[tokio::test]
async fn g3_a_call_that_waits_for_its_whole_answer_is_stopped_too() {
    let house = House::new().await;
    let (_, key_id) = house.estate.make_key("second", None).await;
    for (n, script) in ["hang", "hang_after=1"].into_iter().enumerate() {
        let request = house.ask(Surface::Messages, &asking(Surface::Messages, false));
        let waiting = tokio::spawn(request.header("x-simulate", script).send());
        house.at_provider(1).await;
        let id = arm(&house.estate, key_id, KillScope::Tenant, None).await;
        let response = waiting.await.unwrap().unwrap();
        assert_eq!(response.status(), 403, "{script}");
        assert_eq!(response.headers()["x-should-retry"], "false");
        assert!(told(Surface::Messages, &response.json().await.unwrap()).contains("kill switch"));
        let call = house.calls(n + 1).await.pop().unwrap();
        assert_eq!(call.outcome, "killed", "{script}: {call:#?}");
        release(&house.estate, KillScope::Tenant, id).await;
        house.follow().await;
    }
    house.estate.audit(&house.calls(2).await).await;
}

#[tokio::test]
async fn a_kill_ends_by_itself_when_its_time_is_over() {
    let house = House::new().await;
    let (_, key_id) = house.estate.make_key("second", None).await;
    let lasts = TimeDelta::seconds(5);
    arm(&house.estate, key_id, KillScope::Tenant, Some(lasts)).await;
    house.follow().await;
    let send = || house.chat(&asking(Surface::Chat, false)).send();
    let begun = Instant::now();
    assert_eq!(send().await.unwrap().status(), 403);
    while send().await.unwrap().status() != 200 {
        assert!(begun.elapsed() < Duration::from_secs(10), "it does not end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_provider_that_is_stopped_leaves_its_aliases_other_target() {
    let house = House::new().await;
    let (_, key_id) = house.estate.make_key("second", None).await;
    let spare = house.estate.serving("spare", Surface::ALL).await;
    let targets = [(house.estate.provider, "sim-small"), (spare, "sim-small")];
    house.estate.route("both", &targets).await;
    arm(&house.estate, key_id, KillScope::Provider, None).await;
    house.follow().await;
    let send = |model| house.chat(&asking_of(model, Surface::Chat, false)).send();
    assert_eq!(send("both").await.unwrap().status(), 200);
    let call = house.call().await;
    assert_eq!(call.provider.as_deref(), Some("spare"));
    let decision = call.decision.unwrap();
    assert_eq!(decision["candidates"][0]["why"], "the kill switch stops its provider");
    assert_eq!(decision["candidates"][0]["verdict"], "skipped");
    let refused = send("sim-small").await.unwrap();
    assert_eq!((refused.status().as_u16(), refused.headers().get("retry-after")), (503, None));
}

#[tokio::test]
async fn g5_a_killed_agent_is_stopped_by_its_name_alone_and_is_registered_once() {
    let house = House::new().await;
    let (_, key_id) = house.estate.make_key("second", None).await;
    let send = |agent: Option<&str>| {
        let request = house.chat(&asking(Surface::Chat, false));
        let request = match agent {
            Some(agent) => request.header("x-tokenone-agent", agent),
            None => request,
        };
        async move { request.send().await.unwrap().status().as_u16() }
    };
    for agent in [Some("a-bot"), Some("a-bot"), Some("other"), None, Some("a-bot")] {
        assert_eq!(send(agent).await, 200);
    }
    let calls = house.calls(5).await;
    assert_eq!(calls.iter().filter(|call| call.agent.as_deref() == Some("a-bot")).count(), 3);
    let mut connection = house.estate.superuser().await;
    let agents: Vec<(String, i64)> =
        sqlx::query_as("select name, calls from app.agent order by name")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    assert_eq!(agents, [("a-bot".to_owned(), 3), ("other".to_owned(), 1)]);
    arm(&house.estate, key_id, KillScope::Agent, None).await;
    house.follow().await;
    for (agent, status) in [(Some("a-bot"), 403), (Some("other"), 200), (None, 200)] {
        assert_eq!(send(agent).await, status, "{agent:?}");
    }
    for bad in ["a b", "", &"x".repeat(101), "caf\u{e9}"] {
        assert_eq!(send(Some(bad)).await, 400, "{bad}");
    }
}

#[tokio::test]
async fn g4_a_node_that_starts_under_a_kill_obeys_it() {
    let house = House::new().await;
    let (_, key_id) = house.estate.make_key("second", None).await;
    arm(&house.estate, key_id, KillScope::All, None).await;
    let late = house.estate.gateway(Settings { poll_every: Duration::from_secs(60), ..settings() });
    let (base, _door) = open(&late.await).await;
    let request = house.http.post(format!("{base}/v1/chat/completions"));
    let request = request.bearer_auth(house.key.expose());
    let body = asking(Surface::Chat, false).to_string();
    assert_eq!(request.body(body).send().await.unwrap().status(), 403);
}

/// The status of an ordinary call.
async fn status(house: &House) -> u16 {
    house.chat(&asking(Surface::Chat, false)).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn g5_a_kill_outlives_what_it_is_about_and_covers_it_when_it_comes_back() {
    let house = House::new().await;
    let estate = &house.estate;
    let (key_id,): (uuid::Uuid,) = sqlx::query_as("select id from app.api_key")
        .fetch_one(&mut estate.superuser().await)
        .await
        .unwrap();
    let key_id = KeyId::from(key_id);
    for (scope, removed, back) in [
        // Deleted for its users, and still a row.
        (
            KillScope::Key,
            "update app.api_key set state = 'revoked', revoked_at = now(), revoked_by = 'a test'",
            "update app.api_key set state = 'active', revoked_at = null, revoked_by = null",
        ),
        (
            KillScope::Project,
            "update app.project set state = 'archived'",
            "update app.project set state = 'active'",
        ),
        (
            KillScope::Tenant,
            "update app.tenant set state = 'suspended' where kind = 'customer'",
            "update app.tenant set state = 'active' where kind = 'customer'",
        ),
        // Gone with what it belonged to.
        (
            KillScope::Key,
            "create table kept as select * from app.api_key; delete from app.api_key",
            "insert into app.api_key select * from kept; drop table kept",
        ),
    ] {
        assert_eq!(status(&house).await, 200);
        let id = arm(estate, key_id, scope, None).await;
        house.follow().await;
        assert_eq!(status(&house).await, 403, "{scope:?}");
        for (sql, refused) in [(removed, &[401, 403][..]), (back, &[403])] {
            // As a person with the database in hand would do it: no rule of ours keeps a row.
            let sql = format!(
                "set session_replication_role = replica; {sql};
                 update platform.epoch set value = value + 1"
            );
            let mut connection = estate.superuser().await;
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
            house.follow().await;
            let status = status(&house).await;
            assert!(refused.contains(&status), "{scope:?}: {status}");
        }
        release(estate, scope, id).await;
        house.follow().await;
    }
    assert_eq!(status(&house).await, 200);
}

#[tokio::test]
async fn g6_a_kill_during_a_change_of_keys_stops_the_old_key_and_the_new_one() {
    let two = Two::new().await;
    let estate = &two.house.estate;
    for scope in [KillScope::Tenant, KillScope::Project] {
        // A program changes its key: for a while both are good.
        let (old, old_id) = estate.make_key(&format!("old {scope:?}"), None).await;
        let (new, _) = estate.make_key(&format!("new {scope:?}"), None).await;
        let send = async |base: &str, key: &str| {
            let request = two.house.http.post(format!("{base}/v1/chat/completions"));
            let body = asking(Surface::Chat, false).to_string();
            request.bearer_auth(key).body(body).send().await.unwrap().status().as_u16()
        };
        two.follow().await;
        for base in &two.bases {
            assert_eq!(send(base, old.expose()).await, 200);
            assert_eq!(send(base, new.expose()).await, 200);
        }
        let id = arm(estate, old_id, scope, None).await;
        estate.revoke(old_id).await;
        two.follow().await;
        for base in &two.bases {
            // Revoked, and no word about the switch: whoever has an old key learns nothing.
            assert_eq!(send(base, old.expose()).await, 401, "{scope:?}");
            assert_eq!(send(base, new.expose()).await, 403, "{scope:?}");
        }
        // A key that is made under the kill is as dead.
        let (later, _) = estate.make_key(&format!("later {scope:?}"), None).await;
        two.follow().await;
        assert_eq!(send(&two.bases[0], later.expose()).await, 403, "{scope:?}");
        release(estate, scope, id).await;
        two.follow().await;
        assert_eq!(send(&two.bases[0], new.expose()).await, 200);
    }
}

#[tokio::test]
async fn g7_a_new_credential_of_a_provider_does_not_clear_its_kill() {
    let house = House::new().await;
    let estate = &house.estate;
    let (_, key_id) = estate.make_key("second", None).await;
    let id = arm(estate, key_id, KillScope::Provider, None).await;
    house.follow().await;
    assert_eq!(status(&house).await, 503);
    // The provider is given another key, and then everything that a person can set of it.
    let secret_id = Some(estate.seal(crate::house::CANARY).await);
    let spec = store::providers::ProviderSpec {
        id: estate.provider,
        secret_id,
        name: "renamed".into(),
        ..estate.spec("simulator")
    };
    assert_eq!(estate.provider(spec).await, estate.provider);
    house.follow().await;
    let refused = house.chat(&asking(Surface::Chat, false)).send().await.unwrap();
    assert_eq!(refused.status(), 503);
    let error: Value = refused.json().await.unwrap();
    assert_eq!(error["error"]["code"], "kill_switch_provider", "{error}");
    release(estate, KillScope::Provider, id).await;
    house.follow().await;
    assert_eq!(status(&house).await, 200, "the new credential is good");
}

#[tokio::test]
async fn g8_a_killed_tenant_reads_and_takes_out_what_is_its_own_and_computes_nothing() {
    let house = House::new().await;
    let estate = &house.estate;
    let (_, key_id) = estate.make_key("second", None).await;
    assert_eq!(status(&house).await, 200);
    let call = house.call().await;
    arm(estate, key_id, KillScope::Tenant, None).await;
    house.follow().await;
    for surface in Surface::ALL {
        let answer = house.ask(*surface, &asking(*surface, false)).send().await.unwrap();
        assert_eq!(answer.status(), 403, "{surface:?}");
    }
    assert_eq!(house.simulator.totals().requests, 1, "it computes");
    // Its people see the call, what it said, and what it cost, as before.
    let id = domain::ids::CallId::from(call.id);
    let mut tx = estate.store.tenant(&estate.scope()).await.unwrap();
    let named = tx.call(id).await.unwrap().unwrap();
    assert_eq!(named.call.charge.0, call.charge_nano);
    let payload = tx.payload(id).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let place = vault::Aad::call_payload(
        estate.ring.deployment(),
        estate.tenant,
        estate.project,
        id,
        vault::CallBody::Request,
    );
    let said = estate.ring.open(&place, &payload.request).await.unwrap();
    assert_eq!(said.to_vec(), asking(Surface::Chat, false).to_string().into_bytes());
}
