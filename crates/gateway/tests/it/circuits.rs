//! Circuits: what opens one, who is kept out meanwhile, and how it closes.

use std::time::{Duration, Instant};

use domain::circuit::{CircuitState, Force};
use domain::ids::ProviderId;
use domain::provider::Surface;
use gateway::Settings;
use serde_json::{Value, json};
use store::Reason;
use store::circuits::{CircuitRow, WHOLE_PROVIDER};

use crate::furniture::{asking, asking_of};
use crate::house::{House, hello, open, settings};
use crate::surfaces::told;

/// One attempt a call, so that faults are easily counted.
fn once() -> Settings {
    Settings { attempts_max: 1, ..settings() }
}

/// The circuits of a provider, as the database has them.
async fn stored(house: &House, provider: ProviderId) -> Vec<CircuitRow> {
    let rows = house.estate.store.circuits().await.unwrap();
    rows.into_iter().filter(|row| row.provider_id == provider).collect()
}

/// Waits until both circuits of a provider are in this state.
async fn reached(house: &House, provider: ProviderId, state: CircuitState) -> Vec<CircuitRow> {
    let begun = Instant::now();
    loop {
        let rows = stored(house, provider).await;
        if rows.len() == 2 && rows.iter().all(|row| row.circuit.state == state) {
            return rows;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{state:?} is not reached: {rows:#?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Makes the provider fail five times in a row.
async fn break_down(house: &House) {
    for _ in 0..5 {
        let request = house.chat(&hello(false)).header("x-simulate", "status=500");
        assert_eq!(request.send().await.unwrap().status(), 500);
    }
    reached(house, house.estate.provider, CircuitState::Open).await;
}

/// Lets the cool-down be over, and every node know it.
async fn cool_down(house: &House) {
    house.estate.run("update platform.circuit set until = clock_timestamp()").await;
    house.estate.run("select pg_notify('tokenone_circuits', '')").await;
    tokio::time::sleep(Duration::from_millis(2_600)).await;
}

/// Calls until the status is this.
async fn until(house: &House, base: &str, status: u16) {
    let begun = Instant::now();
    loop {
        let request = house.http.post(format!("{base}/v1/chat/completions"));
        let request = request.bearer_auth(house.key.expose()).body(hello(false).to_string());
        let got = request.send().await.unwrap().status();
        if got == status {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "still {got} instead of {status}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn t12_a_thousand_refusals_and_errors_of_callers_leave_every_circuit_closed() {
    let house = House::with(once()).await;
    for _ in 0..80 {
        let wrong = ["{", "{}", r#"{"model":"nobody","messages":[{"role":"user","content":"x"}]}"#];
        for body in wrong {
            let response = house.post("/v1/chat/completions").body(body).send().await.unwrap();
            assert!([400, 404].contains(&response.status().as_u16()));
        }
        for script in
            ["status=400", "status=404", "status=413", "status=422", "status=429", "credit"]
        {
            let request = house.chat(&hello(false)).header("x-simulate", script);
            assert!(request.send().await.unwrap().status().is_client_error(), "{script}");
        }
        // Our key there is refused: the provider is well, and so it is with an account without money.
        for script in ["status=401", "status=403", "credit"] {
            let request = house.ask(Surface::Messages, &asking(Surface::Messages, false));
            let response = request.header("x-simulate", script).send().await.unwrap();
            assert!(response.status().is_client_error(), "{script}");
        }
        let request = house.chat(&hello(true)).header("x-simulate", "chunk_delay_ms=20");
        drop(request.send().await.unwrap());
    }
    house.calls(80 * 13).await;
    let rows = house.estate.store.circuits().await.unwrap();
    assert!(rows.iter().all(|row| row.circuit.is_clean()), "{rows:#?}");
    assert_eq!(house.chat(&hello(false)).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn t51_five_faults_of_each_kind_open_the_circuit_and_the_provider_is_left_alone() {
    let house = House::with(Settings { call_wait: Duration::from_millis(900), ..once() }).await;
    let cases = [
        ("status=500", false),
        ("status=503", false),
        ("status=529", false),
        ("reset", false),
        ("truncate", false),
        ("malformed_json", false),
        ("hang", false),
        ("error_after=2", true),
        ("reset_after=2", true),
        ("hang_after=2", true),
    ];
    for (n, (script, streamed)) in cases.into_iter().enumerate() {
        let name = format!("provider-{n}");
        let provider = house.estate.serving(&name, Surface::ALL).await;
        house.estate.route(&name, &[(provider, "sim-small")]).await;
        house.follow().await;
        let body = asking_of(&name, Surface::Chat, streamed);
        let calls = (0..5).map(|_| {
            let request = house.chat(&body).header("x-simulate", script);
            tokio::spawn(async move { request.send().await.unwrap().bytes().await })
        });
        for call in calls.collect::<Vec<_>>() {
            let _ = call.await.unwrap();
        }
        let rows = reached(&house, provider, CircuitState::Open).await;
        assert!(rows.iter().all(|row| row.circuit.cooldown_s == 10), "{script}: {rows:#?}");
        let asked = house.simulator.totals().requests;
        let refused = house.chat(&body).header("x-simulate", script).send().await.unwrap();
        assert_eq!(refused.status(), 503, "{script}");
        assert_eq!(house.simulator.totals().requests, asked, "{script}: it was called");
    }
}

#[tokio::test]
async fn t51_who_is_kept_out_hears_when_to_try_again_in_the_dialect_of_the_surface() {
    let house = House::with(once()).await;
    let other = house.estate.gateway(once()).await;
    let (base, _door) = open(&other).await;
    break_down(&house).await;
    let held = house.estate.transfers().await.len();
    for surface in Surface::ALL {
        if *surface == Surface::Embeddings {
            continue;
        }
        let response = house.ask(*surface, &asking(*surface, false)).send().await.unwrap();
        assert_eq!(response.status(), 503, "{surface:?}");
        let seconds: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=10).contains(&seconds), "{seconds}");
        assert_eq!(response.headers()["x-should-retry"], "true");
        let error: Value = response.json().await.unwrap();
        assert!(told(*surface, &error).contains("retry in"), "{error}");
        let typed = match surface {
            Surface::Messages | Surface::CountTokens => "overloaded_error",
            _ => "server_error",
        };
        assert_eq!(error["error"]["type"], typed);
    }
    assert_eq!(house.estate.transfers().await.len(), held, "something was held");
    until(&house, &base, 503).await;
    let calls: Vec<Value> = sqlx::query_scalar(
        "select decision from app.call where outcome = 'refused' and decision is not null",
    )
    .fetch_all(&mut house.estate.superuser().await)
    .await
    .unwrap();
    let why = |decision: &Value| decision["candidates"][0]["why"].as_str().unwrap().to_owned();
    assert!(calls.iter().all(|decision| why(decision).starts_with("its circuit is open for")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_all_calls_on_two_nodes_one_is_the_trial_and_its_success_closes_the_circuit() {
    let house = House::with(once()).await;
    let other = house.estate.gateway(once()).await;
    let (base, _door) = open(&other).await;
    break_down(&house).await;
    until(&house, &base, 503).await;
    cool_down(&house).await;
    let asked = house.simulator.totals().requests;
    let calls: Vec<_> = (0..20)
        .map(|n| {
            let base = if n % 2 == 0 { &house.base } else { &base };
            let request = house.http.post(format!("{base}/v1/chat/completions"));
            let request = request.bearer_auth(house.key.expose()).body(hello(false).to_string());
            let request = request.header("x-simulate", "latency_ms=6000");
            tokio::spawn(async move { request.send().await.unwrap().status().as_u16() })
        })
        .collect();
    let mut statuses = Vec::new();
    for call in calls {
        statuses.push(call.await.unwrap());
    }
    statuses.sort_unstable();
    let mut expected = vec![503; 20];
    expected[0] = 200;
    assert_eq!(statuses, expected);
    assert_eq!(house.simulator.totals().requests, asked + 1);
    reached(&house, house.estate.provider, CircuitState::Closed).await;
    for base in [&house.base, &base] {
        until(&house, base, 200).await;
    }
}

#[tokio::test]
async fn a_trial_that_fails_opens_the_circuit_for_twice_as_long() {
    let house = House::with(once()).await;
    break_down(&house).await;
    cool_down(&house).await;
    let request = house.chat(&hello(false)).header("x-simulate", "status=503");
    assert_eq!(request.send().await.unwrap().status(), 503);
    let begun = Instant::now();
    loop {
        let rows = stored(&house, house.estate.provider).await;
        let open = |row: &CircuitRow| {
            row.circuit.state == CircuitState::Open && row.circuit.cooldown_s == 20
        };
        if rows.iter().all(open) {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "{rows:#?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let refused = house.chat(&hello(false)).send().await.unwrap();
    let seconds: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((11..=20).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn a_trial_that_is_rate_limited_says_nothing_and_the_next_call_is_the_trial() {
    let house = House::with(once()).await;
    break_down(&house).await;
    cool_down(&house).await;
    for _ in 0..2 {
        // The trial before it is given back off the path of its call, and until then there is none.
        let begun = Instant::now();
        loop {
            let request = house.chat(&hello(false)).header("x-simulate", "status=429");
            match request.send().await.unwrap().status().as_u16() {
                429 => break,
                status => assert_eq!(status, 503),
            }
            assert!(begun.elapsed() < Duration::from_secs(10), "the trial is not given back");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    until(&house, &house.base, 200).await;
    reached(&house, house.estate.provider, CircuitState::Closed).await;
}

#[tokio::test]
async fn a_client_that_leaves_its_trial_gives_it_back() {
    let house = House::build(once(), store::providers::OnHangup::Cancel).await;
    break_down(&house).await;
    cool_down(&house).await;
    // Until the node knows that the cool-down is over, it refuses: the trial is the call that gets through.
    let begun = Instant::now();
    loop {
        let request = house.chat(&hello(false)).header("x-simulate", "hang");
        let mut sent = tokio::spawn(request.send());
        tokio::select! {
            () = house.at_provider(1) => {
                sent.abort();
                break;
            }
            answer = &mut sent => {
                let status = answer.unwrap().unwrap().status();
                assert_eq!(status, 503, "a call that hangs was answered");
            }
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "there is no trial");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    until(&house, &house.base, 200).await;
    reached(&house, house.estate.provider, CircuitState::Closed).await;
}

#[tokio::test]
async fn a_person_opens_and_closes_a_circuit_whatever_the_provider_does() {
    let house = House::with(once()).await;
    let provider = house.estate.provider;
    house.estate.force(provider, WHOLE_PROVIDER, Force::Open).await;
    until(&house, &house.base, 503).await;
    let refused = house.chat(&hello(false)).send().await.unwrap();
    assert!(refused.headers().contains_key("retry-after"));
    // What keeps the call out goes last: who is answered then has read both.
    house.estate.force(provider, "sim-small", Force::Closed).await;
    house.estate.force(provider, WHOLE_PROVIDER, Force::Closed).await;
    until(&house, &house.base, 200).await;
    for _ in 0..12 {
        let request = house.chat(&hello(false)).header("x-simulate", "status=500");
        assert_eq!(request.send().await.unwrap().status(), 500, "it is left alone");
    }
    assert_eq!(house.chat(&hello(false)).send().await.unwrap().status(), 200);
    // One model alone.
    house.estate.force(provider, "sim-small", Force::Open).await;
    until(&house, &house.base, 503).await;
    let body = asking(Surface::Embeddings, false);
    let other = house.ask(Surface::Embeddings, &body).send().await.unwrap();
    assert_eq!(other.status(), 200, "another model is stopped too");
    let mut tx = house.estate.store.system(Reason::Configure).await.unwrap();
    for model in [WHOLE_PROVIDER, "sim-small"] {
        tx.clear_circuit(provider, model, "a test").await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn another_target_serves_while_the_first_is_left_alone() {
    let house = House::with(once()).await;
    let spare = house.estate.serving("spare", Surface::ALL).await;
    let targets = [(house.estate.provider, "sim-small"), (spare, "sim-small")];
    house.estate.route("both", &targets).await;
    house.follow().await;
    break_down(&house).await;
    let done = 5;
    let body = asking_of("both", Surface::Chat, false);
    assert_eq!(house.chat(&body).send().await.unwrap().status(), 200);
    let call = house.calls(done + 1).await.pop().unwrap();
    assert_eq!(call.provider.as_deref(), Some("spare"));
    let decision = call.decision.unwrap();
    let verdicts = [&decision["candidates"][0]["verdict"], &decision["candidates"][1]["verdict"]];
    assert_eq!(verdicts, [&json!("skipped"), &json!("taken")]);
    assert_eq!(decision["attempts"].as_array().unwrap().len(), 1);
    house.estate.audit(&house.calls(done + 1).await).await;
}
