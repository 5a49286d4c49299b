//! Where calls go: the next target after a fault, the same one again after a pause, and the order that
//! an alias's strategy asks for. What was weighed and tried is written down.

use std::time::{Duration, Instant};

use domain::circuit::Force;
use domain::provider::{Capability, Strategy, Surface};
use gateway::Settings;
use ledger::price::Rates;
use serde_json::{Value, json};
use store::aliases::{AliasSpec, TargetSpec};
use store::circuits::WHOLE_PROVIDER;
use store::providers::ProviderSpec;

use crate::furniture::{asking, asking_of};
use crate::house::{CallRow, House, RATES, settings, target};
use crate::surfaces::told;

/// A house with two further providers at the simulator, `first` and `second`, and the alias `both` which
/// tries this model at the first and a good one at the second.
async fn house(first_model: &str) -> House {
    let house = House::new().await;
    let first = house.estate.serving("first", Surface::ALL).await;
    let second = house.estate.serving("second", Surface::ALL).await;
    house.estate.route("both", &[(first, first_model), (second, "sim-large")]).await;
    house.follow().await;
    house
}

fn attempts(call: &CallRow) -> Vec<(String, String)> {
    let decision = call.decision.as_ref().unwrap();
    let word = |attempt: &Value, name: &str| attempt[name].as_str().unwrap().to_owned();
    let rows = decision["attempts"].as_array().unwrap();
    rows.iter().map(|row| (word(row, "provider"), word(row, "outcome"))).collect()
}

/// Why each candidate that was passed over was.
fn skips(call: &CallRow) -> Vec<String> {
    let decision = call.decision.as_ref().unwrap();
    let rows = decision["candidates"].as_array().unwrap();
    let skipped = rows.iter().filter(|row| row["verdict"] == "skipped");
    skipped.map(|row| row["why"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn t51_each_fault_before_the_first_byte_leads_to_the_next_target_at_once() {
    let house = House::new().await;
    let second = (house.estate.serving("second", Surface::ALL).await, "sim-large");
    let cases = [
        ("status=500", "server_error"),
        ("status=503", "overloaded"),
        ("status=529", "overloaded"),
        ("status=429;retry_after=60", "rate_limited"),
        ("status=408", "timeout"),
        ("status=401", "account_refused"),
        ("status=402", "account_refused"),
        ("status=403", "account_refused"),
        ("reset", "broken_answer"),
    ];
    for (n, (fault, outcome)) in cases.into_iter().enumerate() {
        let name = format!("first-{n}");
        let first = house.estate.serving(&name, Surface::ALL).await;
        let model = format!("sim-small+fault={fault}");
        house.estate.route(&name, &[(first, &model), second]).await;
        house.follow().await;
        for streamed in [false, true] {
            let begun = Instant::now();
            let body = asking_of(&name, Surface::Chat, streamed);
            let response = house.chat(&body).send().await.unwrap();
            assert_eq!(response.status(), 200, "{fault}");
            assert!(response.text().await.unwrap().contains("sim-large"), "{fault}");
            assert!(begun.elapsed() < Duration::from_secs(5), "{fault}");
            let call = house.calls(2 * n + 1 + usize::from(streamed)).await.pop().unwrap();
            let expected = [(name.as_str(), outcome), ("second", "answered")];
            let expected = expected.map(|(name, word)| (name.to_owned(), word.to_owned()));
            assert_eq!(attempts(&call), expected, "{fault}");
            assert_eq!(call.provider.as_deref(), Some("second"), "{fault}");
            assert_eq!(call.usage_source, "reported");
        }
    }
    house.estate.audit(&house.calls(2 * cases.len()).await).await;
}

#[tokio::test]
async fn t51_an_account_without_credit_and_a_dead_address_lead_to_the_next_target() {
    let house = house("sim-small+fault=credit").await;
    let dead = ProviderSpec {
        base_url: "http://127.0.0.1:1/v1".into(),
        secret_id: None,
        ..house.estate.spec("gone")
    };
    let dead = house.estate.provider(dead).await;
    let good = (house.estate.provider, "sim-small");
    house.estate.route("gone-first", &[(dead, "sim-small"), good]).await;
    house.follow().await;
    for (n, (model, outcome)) in
        [("both", "account_refused"), ("gone-first", "connect")].into_iter().enumerate()
    {
        // Anthropic says 400 where credit is out.
        let body = asking_of(model, Surface::Messages, false);
        let response = house.ask(Surface::Messages, &body).send().await.unwrap();
        assert_eq!(response.status(), 200, "{model}");
        let call = house.calls(n + 1).await.pop().unwrap();
        assert_eq!(attempts(&call)[0].1, outcome, "{model}");
    }
    // A caller's own mistake goes no further.
    let mut wrong = asking_of("both", Surface::Messages, false);
    wrong["max_tokens"] = 1.into();
    wrong["thinking"] = json!({"type": "enabled", "budget_tokens": 5});
    let response = house.ask(Surface::Messages, &wrong).send().await.unwrap();
    assert_eq!(response.status(), 400);
    assert_eq!(attempts(&house.calls(3).await.pop().unwrap()).len(), 1);
}

#[tokio::test]
async fn one_target_alone_is_tried_again_after_a_pause_that_heeds_retry_after() {
    let house = House::patient(settings()).await;
    for (n, (script, least, most)) in [
        ("fail_first=2;status=503", 0, 4_000),
        ("fail_first=2;reset", 0, 4_000),
        ("fail_first=1;status=429;retry_after=1", 1_000, 4_000),
        ("fail_first=1;status=503;retry_after_ms=700", 700, 4_000),
    ]
    .into_iter()
    .enumerate()
    {
        let begun = Instant::now();
        let request = house.chat(&asking(Surface::Chat, false));
        let request = request.header("x-simulate", script).header("x-simulate-id", n);
        assert_eq!(request.send().await.unwrap().status(), 200, "{script}");
        let took = begun.elapsed().as_millis();
        assert!((least..most).contains(&took), "{script}: {took} ms");
        let call = house.calls(n + 1).await.pop().unwrap();
        let rows = call.decision.as_ref().unwrap()["attempts"].as_array().unwrap();
        assert_eq!(rows.len(), if script.starts_with("fail_first=2") { 3 } else { 2 });
        assert_eq!(rows[0]["wait_ms"], 0);
        assert!(u128::from(rows[1]["wait_ms"].as_u64().unwrap()) >= least, "{script}: {rows:?}");
    }
    house.estate.audit(&house.calls(4).await).await;
}

#[tokio::test]
async fn what_is_not_mended_in_time_is_told_with_the_providers_own_words_and_retry_after() {
    let house = House::patient(settings()).await;
    for (n, (script, status, retry_after, tries)) in [
        ("status=503", 503, None, 3),
        ("status=429;retry_after=30", 429, Some("30"), 1),
        ("status=529;retry_after=11", 529, Some("11"), 1),
        ("status=401", 401, None, 1),
        ("status=400", 400, None, 1),
    ]
    .into_iter()
    .enumerate()
    {
        let request = house.chat(&asking(Surface::Chat, false)).header("x-simulate", script);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{script}");
        let header = response.headers().get("retry-after").map(|value| value.to_str().unwrap());
        assert_eq!(header, retry_after, "{script}");
        assert!(response.text().await.unwrap().contains("Simulated: "), "{script}");
        let call = house.calls(n + 1).await.pop().unwrap();
        assert_eq!(attempts(&call).len(), tries, "{script}");
        assert_eq!((call.charge_nano, call.status), (0, status as i16));
    }
}

#[tokio::test]
async fn after_the_first_byte_there_is_no_other_target() {
    let house = house("sim-small+fault=reset_after=2").await;
    let body = asking_of("both", Surface::Chat, true);
    let text = house.chat(&body).send().await.unwrap().text().await.unwrap();
    assert!(text.contains("provider_unreachable") && !text.contains("[DONE]"), "{text}");
    let call = house.call().await;
    assert_eq!(attempts(&call).len(), 1);
    assert_eq!(
        (call.outcome.as_str(), call.provider.as_deref()),
        ("upstream_fault", Some("first"))
    );
    house.estate.audit(&[call]).await;
}

#[tokio::test]
async fn no_pause_goes_beyond_the_time_that_the_caller_has() {
    let house = House::patient(settings()).await;
    let begun = Instant::now();
    let request = house.chat(&asking(Surface::Chat, false)).header("x-stainless-timeout", "2");
    let request = request.header("x-simulate", "status=503;retry_after=5");
    assert_eq!(request.send().await.unwrap().status(), 503);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!(attempts(&house.call().await).len(), 1);
    let short = Settings { call_wait: Duration::from_secs(2), ..settings() };
    let house = House::patient(short).await;
    let request = house.chat(&asking(Surface::Chat, false));
    let request = request.header("x-simulate", "status=503;retry_after=5");
    assert_eq!(request.send().await.unwrap().status(), 503);
    assert_eq!(attempts(&house.call().await).len(), 1);
}

#[tokio::test]
async fn t53_what_one_account_alone_can_continue_goes_to_no_other() {
    let house = house("sim-small+fault=status=500").await;
    let reasoning = json!([
        {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAAAAB"},
        {"role": "user", "content": "Go on."},
    ]);
    let mut bodies = Vec::new();
    for (field, value) in [
        ("previous_response_id", json!("resp_1")),
        ("conversation", json!("conv_1")),
        ("input", reasoning),
        ("input", json!([{"type": "item_reference", "id": "rs_1"}])),
    ] {
        let mut body = asking_of("both", Surface::Responses, false);
        body[field] = value;
        bodies.push(body);
    }
    for (n, body) in bodies.iter().enumerate() {
        house.estate.run("delete from platform.circuit").await;
        let response = house.ask(Surface::Responses, body).send().await.unwrap();
        // What is stored must be of this project; what is encrypted goes where the alias leads, whose
        // account fails or cannot read it.
        let sealed = body["input"][0]["type"] == "reasoning";
        let status = response.status();
        assert!(status == 400 || sealed && status.is_server_error(), "{body}: {status}");
        let call = house.calls(n + 1).await.pop().unwrap();
        if sealed {
            assert!(!attempts(&call).is_empty());
            assert!(attempts(&call).iter().all(|(provider, _)| provider == "first"), "{call:#?}");
        } else {
            assert!(call.decision.is_none(), "nobody was to be asked: {call:#?}");
        }
    }
}

async fn strategy(house: &House, strategy: Strategy, targets: Vec<TargetSpec>) {
    let spec = AliasSpec { strategy, ..AliasSpec::in_order("chosen", targets) };
    house.estate.alias(spec).await;
    house.follow().await;
}

/// How many of so many calls each model answered.
async fn shares(house: &House, surface: Surface, calls: usize) -> [usize; 2] {
    let mut counts = [0, 0];
    for _ in 0..calls {
        let body = asking_of("chosen", surface, false);
        let answer: Value = house.ask(surface, &body).send().await.unwrap().json().await.unwrap();
        counts[usize::from(answer["model"] == "sim-large")] += 1;
    }
    counts
}

#[tokio::test]
async fn weighted_calls_are_shared_out_and_a_keys_responses_stay_together() {
    let house = House::new().await;
    let id = house.estate.provider;
    let weighted = |small, large| {
        vec![
            TargetSpec { weight: small, ..target(id, "sim-small", "sim-small") },
            TargetSpec { weight: large, ..target(id, "sim-large", "sim-small") },
        ]
    };
    strategy(&house, Strategy::Weighted, weighted(3, 1)).await;
    let [small, large] = shares(&house, Surface::Chat, 120).await;
    assert!((70..=108).contains(&small), "{small} to {large}");
    assert!(shares(&house, Surface::Responses, 20).await.contains(&20));
    strategy(&house, Strategy::Weighted, weighted(0, 1)).await;
    assert_eq!(shares(&house, Surface::Chat, 20).await, [0, 20]);
}

#[tokio::test]
async fn the_cheapest_and_the_fastest_answer_first() {
    let house = House::new().await;
    let id = house.estate.provider;
    house.estate.price("cheap", Rates { input: 1_000, output: 1_000, ..RATES }).await;
    let targets = vec![target(id, "sim-small", "sim-small"), target(id, "sim-large", "cheap")];
    strategy(&house, Strategy::Cheapest, targets).await;
    assert_eq!(shares(&house, Surface::Chat, 5).await, [0, 5]);
    let calls = house.calls(5).await;
    house.estate.audit(&calls).await;
    let slow = target(id, "sim-small+fault=latency_ms=150", "sim-small");
    let quick = target(id, "sim-large", "sim-small");
    strategy(&house, Strategy::Fastest, vec![slow, quick]).await;
    let [small, large] = shares(&house, Surface::Chat, 12).await;
    assert!(small <= 2 && large >= 10, "{small} to {large}: each is tried once, then the quicker");
}

#[tokio::test]
async fn targets_that_cannot_serve_a_call_are_passed_over_and_the_reason_is_kept() {
    let house = House::new().await;
    let id = house.estate.provider;
    let spec = ProviderSpec { region: Some("us".into()), ..house.estate.spec("abroad") };
    let abroad = house.estate.provider(spec).await;
    let spec = ProviderSpec { region: Some("eu".into()), ..house.estate.spec("at-home") };
    let at_home = house.estate.provider(spec).await;
    let off = ProviderSpec { active: false, ..house.estate.spec("off") };
    let off = house.estate.provider(off).await;
    let embeds = house.estate.serving("embeds", &[Surface::Embeddings]).await;
    let plain = |provider| target(provider, "sim-small", "sim-small");
    let narrow = TargetSpec { context_tokens_max: Some(10), ..plain(at_home) };
    let plainest = TargetSpec { capabilities: Some(vec![Capability::Images]), ..plain(at_home) };
    let model = |name: &str| TargetSpec { upstream_model: name.into(), ..plain(at_home) };
    let in_eu = AliasSpec {
        regions: Some(vec!["eu".into()]),
        ..AliasSpec::in_order("chosen", vec![plain(abroad), plain(id), plain(at_home)])
    };
    let cases = [
        (in_eu, "not in a region"),
        (AliasSpec::in_order("chosen", vec![narrow, model("sim-large")]), "about"),
        (AliasSpec::in_order("chosen", vec![plainest, model("sim-large")]), "cannot do: Tools"),
        (AliasSpec::in_order("chosen", vec![plain(off), plain(id)]), "switched off"),
        (AliasSpec::in_order("chosen", vec![plain(embeds), plain(id)]), "this surface"),
        (
            AliasSpec::in_order("chosen", vec![target(at_home, "sim-small", "nobody"), plain(id)]),
            "no price",
        ),
    ];
    let count = cases.len();
    for (n, (spec, why)) in cases.into_iter().enumerate() {
        house.estate.alias(spec).await;
        house.follow().await;
        let mut body = asking_of("chosen", Surface::Chat, false);
        body["tools"] = json!([{"type": "function", "function": {"name": "f"}}]);
        assert_eq!(house.chat(&body).send().await.unwrap().status(), 200, "{why}");
        let call = house.calls(n + 1).await.pop().unwrap();
        let skips = skips(&call);
        assert!(!skips.is_empty() && skips.iter().all(|skip| skip.contains(why)), "{skips:?}");
    }
    house.estate.audit(&house.calls(count).await).await;
}

#[tokio::test]
async fn with_no_target_left_the_refusal_says_why_and_nothing_is_held() {
    let house = House::new().await;
    let id = house.estate.provider;
    let plain = || target(id, "sim-small", "sim-small");
    let narrow = TargetSpec { context_tokens_max: Some(10), ..plain() };
    let simple = TargetSpec { capabilities: Some(vec![]), ..plain() };
    let abroad = AliasSpec {
        regions: Some(vec!["eu".into()]),
        ..AliasSpec::in_order("chosen", vec![plain()])
    };
    let cases = [
        (abroad, 400, "invalid_request", "region"),
        (AliasSpec::in_order("chosen", vec![narrow]), 400, "context_length_exceeded", "10"),
        (AliasSpec::in_order("chosen", vec![simple]), 400, "invalid_request", "Tools"),
        (AliasSpec::in_order("chosen", vec![]), 503, "model_unavailable", "`chosen`"),
    ];
    for (spec, status, code, word) in cases {
        house.estate.alias(spec).await;
        house.follow().await;
        let mut body = asking_of("chosen", Surface::Chat, false);
        body["tools"] = json!([{"type": "function", "function": {"name": "f"}}]);
        let response = house.chat(&body).send().await.unwrap();
        assert_eq!(response.status(), status, "{code} {word}");
        let error: Value = response.json().await.unwrap();
        assert_eq!(error["error"]["code"], code, "{error}");
        assert!(error["error"]["message"].as_str().unwrap().contains(word), "{error}");
    }
    assert!(house.estate.transfers().await.is_empty());
}

#[tokio::test]
async fn a_model_that_no_provider_can_serve_is_refused_for_good_in_every_dialect() {
    let house = House::new().await;
    let off = ProviderSpec { active: false, ..house.estate.spec("off") };
    let off = house.estate.provider(off).await;
    let plain = |provider| target(provider, "sim-small", "sim-small");
    house.estate.alias(AliasSpec::in_order("off", vec![plain(off)])).await;
    // Where another target only has to recover, it is worth coming back.
    let targets = vec![plain(off), plain(house.estate.provider)];
    house.estate.alias(AliasSpec::in_order("off-and-broken", targets)).await;
    house.follow().await;
    for surface in Surface::ALL {
        let body = asking_of("off", *surface, false);
        let response = house.ask(*surface, &body).send().await.unwrap();
        assert_eq!(response.status(), 503, "{surface:?}");
        assert_eq!(response.headers()["x-should-retry"], "false");
        assert!(!response.headers().contains_key("retry-after"));
        let error: Value = response.json().await.unwrap();
        let message = told(*surface, &error);
        assert!(message.contains("`off`") && message.contains("does not help"), "{message}");
        assert!(!message.contains("switched off"), "who runs a provider how: {message}");
        if let Some(code) = error["error"].get("code") {
            assert_eq!(code, "model_unavailable");
        }
    }
    let call = house.calls(Surface::ALL.len()).await.pop().unwrap();
    assert_eq!(call.code.as_deref(), Some("model_unavailable"));
    assert_eq!(skips(&call), ["its provider is switched off"], "the operator sees why");
    assert!(house.estate.transfers().await.is_empty());
    house.estate.force(house.estate.provider, WHOLE_PROVIDER, Force::Open).await;
    let begun = Instant::now();
    let refused = loop {
        let body = asking_of("off-and-broken", Surface::Chat, false);
        let response = house.chat(&body).send().await.unwrap();
        if response.status() == 503 {
            break response;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "it is not left alone");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(refused.headers()["x-should-retry"], "true");
    assert!(refused.headers().contains_key("retry-after"));
    let error: Value = refused.json().await.unwrap();
    assert_eq!(error["error"]["code"], "provider_circuit_open");
}

#[tokio::test]
async fn t10_the_hold_bounds_the_dearest_target_and_the_price_is_that_of_who_answered() {
    let house = House::new().await;
    let id = house.estate.provider;
    let dear = Rates { input: 9_000_000_000, output: 90_000_000_000, ..RATES };
    let dear = house.estate.price("dear", dear).await;
    let cheap = house.estate.price("cheap", Rates { input: 5_000_000, output: 7_000_000, ..RATES });
    let cheap = cheap.await;
    let failing = "sim-small+fault=status=500";
    for (n, (targets, price)) in [
        (vec![target(id, failing, "dear"), target(id, "sim-large", "cheap")], &cheap),
        (vec![target(id, failing, "cheap"), target(id, "sim-large", "dear")], &dear),
    ]
    .into_iter()
    .enumerate()
    {
        strategy(&house, Strategy::Priority, targets).await;
        let body = asking_of("chosen", Surface::Chat, false);
        assert_eq!(house.chat(&body).send().await.unwrap().status(), 200);
        let call = house.calls(n + 1).await.pop().unwrap();
        assert_eq!(call.price_id, Some(price.id().uuid()));
        let rows: Vec<(i16, i64, Option<uuid::Uuid>)> = sqlx::query_as(
            "select step, amount, price_id from app.transfer where call_id = $1 order by step, leg",
        )
        .bind(call.id)
        .fetch_all(&mut house.estate.superuser().await)
        .await
        .unwrap();
        let output = 1_000 * dear.tariff().base.output / 1_000_000;
        assert!(rows[0].1 >= output, "the hold does not bound the dearest: {rows:?}");
        let resolved: Vec<_> = rows.iter().filter(|row| row.0 > 0).collect();
        assert!(resolved.len() >= 2, "{rows:?}");
        assert!(resolved.iter().all(|row| row.2 == Some(price.id().uuid())), "{rows:?}");
        assert_eq!(resolved[0].1, call.charge_nano);
    }
    house.estate.audit(&house.calls(2).await).await;
}
