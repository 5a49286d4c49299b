//! Streams over time: what keeps a silent one alive, how it fails once it has begun, and how it is cut.

use std::time::{Duration, Instant};

use dialect::Step;
use domain::provider::Surface;
use gateway::Settings;
use serde_json::Value;
use store::providers::{OnHangup, ProviderSpec};
use tokio::net::TcpListener;

use crate::furniture::{asking, asking_of};
use crate::house::{House, hello, settings};
use crate::order::orderly;
use crate::sse;
use crate::surfaces::{STREAMED, told};

/// Signs of life come often.
fn lively() -> Settings {
    Settings { keep_alive: Duration::from_millis(150), ..settings() }
}

/// How many signs of life are in a stream.
fn signs(surface: Surface, stream: &str) -> usize {
    match surface {
        Surface::Messages => {
            let ping = "event: ping\ndata: {\"type\": \"ping\"}\n\n";
            stream.matches(ping).count()
        }
        _ => stream.matches(": keep-alive\n\n").count(),
    }
}

/// The message of the error that a stream ends with.
fn failure(surface: Surface, stream: &str) -> String {
    assert!(!stream.contains("[DONE]"), "{stream}");
    let last = sse::last(stream);
    let error = match surface {
        Surface::Responses => {
            assert_eq!(last["type"], "response.failed", "{stream}");
            assert_eq!(last["response"]["status"], "failed");
            last["response"]["error"]["message"].as_str().unwrap()
        }
        _ => told(surface, &last),
    };
    error.to_owned()
}

#[tokio::test]
async fn t24_a_silent_stream_is_kept_alive_before_and_after_its_head() {
    let house = House::with(lively()).await;
    let mut done = 0;
    for surface in STREAMED {
        for script in ["latency_ms=1500", "silence_ms=1500", "silence_after=2:1500"] {
            let begun = Instant::now();
            let request = house.ask(surface, &asking(surface, true));
            let response = request.header("x-simulate", script).send().await.unwrap();
            assert_eq!(response.status(), 200);
            assert!(begun.elapsed() < Duration::from_millis(1_350), "the head waits: {script}");
            let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
            assert!(kind.starts_with("text/event-stream"), "{kind}");
            assert_eq!(response.headers()["cache-control"], "no-cache");
            let text = response.text().await.unwrap();
            let count = signs(surface, &text);
            assert!((3..=10).contains(&count), "{surface:?} {script}: {count} in {text}");
            if surface == Surface::Completions {
                assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
            } else {
                orderly(surface, &sse::events(&text), Step::Done, false);
            }
            done += 1;
            let call = house.calls(done).await.pop().unwrap();
            assert_eq!(
                (call.outcome.as_str(), call.usage_source.as_str()),
                ("completed", "reported"),
                "{surface:?} {script}"
            );
        }
    }
    house.estate.audit(&house.calls(done).await).await;
}

#[tokio::test]
async fn t24_a_whole_answer_is_waited_for_in_silence() {
    let house = House::with(lively()).await;
    let request = house.chat(&hello(false)).header("x-simulate", "latency_ms=900");
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["object"], "chat.completion");
}

#[tokio::test]
async fn t24_an_error_after_a_sign_of_life_is_an_event_of_the_dialect() {
    let house = House::patient(Settings { attempts_max: 1, ..lively() }).await;
    let mut done = 0;
    for surface in STREAMED {
        for (script, words, outcome) in [
            ("latency_ms=1000;status=529", "Simulated: an overloaded provider", "upstream_error"),
            ("latency_ms=1000;status=400", "Simulated: a refused request", "upstream_error"),
            ("latency_ms=1000;reset", "could not be reached or broke off", "upstream_fault"),
        ] {
            let request = house.ask(surface, &asking(surface, true));
            let response = request.header("x-simulate", script).send().await.unwrap();
            assert_eq!(response.status(), 200, "{surface:?} {script}");
            let text = response.text().await.unwrap();
            assert!(signs(surface, &text) > 0, "{text}");
            assert!(failure(surface, &text).contains(words), "{surface:?} {script}: {text}");
            done += 1;
            let call = house.calls(done).await.pop().unwrap();
            assert_eq!((call.outcome.as_str(), call.charge_nano), (outcome, 0), "{call:#?}");
        }
    }
    house.estate.audit(&house.calls(done).await).await;
}

#[tokio::test]
async fn t24_after_a_sign_of_life_errors_are_translated_and_another_target_still_answers() {
    let house = House::with(Settings { attempts_max: 2, ..lively() }).await;
    let anthropic = house.estate.serving("anthropic", &[Surface::Messages]).await;
    let openai = house.estate.serving("openai", &[Surface::Chat]).await;
    let failing = "sim-small+fault=latency_ms=1000;status=529;retry_after=60";
    house.estate.route("one", &[(anthropic, failing)]).await;
    house.estate.route("two", &[(anthropic, failing), (openai, "sim-small")]).await;
    house.estate.route("other", &[(openai, failing)]).await;
    house.follow().await;
    for (client, model) in
        [(Surface::Chat, "one"), (Surface::Responses, "one"), (Surface::Messages, "other")]
    {
        let request = house.ask(client, &asking_of(model, client, true));
        let text = request.send().await.unwrap().text().await.unwrap();
        assert!(signs(client, &text) > 0, "{text}");
        assert!(failure(client, &text).contains("Simulated: an overloaded"), "{text}");
    }
    for client in [Surface::Chat, Surface::Responses, Surface::Messages] {
        let request = house.ask(client, &asking_of("two", client, true));
        let text = request.send().await.unwrap().text().await.unwrap();
        assert!(signs(client, &text) > 0, "{text}");
        orderly(client, &sse::events(&text), Step::Done, false);
    }
    house.estate.audit(&house.calls(6).await).await;
}

#[tokio::test]
async fn t24_a_provider_that_sends_one_piece_instead_of_a_stream_after_a_sign_of_life() {
    let house = House::with(lively()).await;
    let request = house.chat(&hello(true));
    let request = request.header("x-simulate", "latency_ms=1000;wrong_content_type");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let text = response.text().await.unwrap();
    assert!(failure(Surface::Chat, &text).contains("could not be read"), "{text}");
    assert_eq!(house.call().await.outcome, "upstream_fault");
}

#[tokio::test]
async fn t28_a_stream_that_never_ends_is_ended_with_its_time_and_settled_once() {
    let call_wait = Duration::from_secs(3);
    let house = House::with(Settings { call_wait, ..settings() }).await;
    for (n, surface) in STREAMED.into_iter().enumerate() {
        let request = house.ask(surface, &asking(surface, true));
        let request = request.header("x-simulate", "forever;chunk_delay_ms=30");
        let text = request.send().await.unwrap().text().await.unwrap();
        assert!(failure(surface, &text).contains("did not answer in time"), "{text}");
        let call = house.calls(n + 1).await.pop().unwrap();
        assert_eq!(
            (call.outcome.as_str(), call.usage_source.as_str()),
            ("timed_out", "estimated"),
            "{surface:?}"
        );
        assert!(call.output_tokens >= 5, "{call:#?}");
        let rows = &house.estate.transfers().await[&call.id];
        assert_eq!(rows.iter().filter(|row| row.leg == 0).count(), 2, "one hold, one resolution");
    }
    house.estate.audit(&house.calls(STREAMED.len()).await).await;
}

#[tokio::test]
async fn t22_a_stream_that_outlasts_the_drain_breaks_off_instead_of_ending() {
    let house = House::new().await;
    let mut cut = Vec::new();
    for surface in STREAMED {
        let request = house.ask(surface, &asking(surface, true));
        let request = request.header("x-simulate", "forever;chunk_delay_ms=50");
        let mut response = request.send().await.unwrap();
        response.chunk().await.unwrap().unwrap();
        cut.push((surface, response));
    }
    assert!(!house.gateway.drain(Duration::from_millis(300)).await);
    for (surface, response) in cut {
        let end = response.text().await;
        assert!(end.is_err(), "{surface:?} takes a part for the whole: {end:?}");
    }
    let calls = house.calls(STREAMED.len()).await;
    assert!(calls.iter().all(|call| call.outcome == "timed_out" && call.charge_nano > 0));
    house.estate.audit(&calls).await;
}

#[tokio::test]
async fn a_client_that_leaves_before_the_provider_is_reached_pays_nothing() {
    // A server that takes connections and never answers the TLS handshake.
    let deaf = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("https://{}/v1", deaf.local_addr().unwrap());
    let connect_wait = Duration::from_secs(5);
    let house = House::with(Settings { connect_wait, attempts_max: 1, ..settings() }).await;
    let policies = [OnHangup::Cancel, OnHangup::Drain];
    for (n, on_hangup) in policies.into_iter().enumerate() {
        let name = format!("deaf-{n}");
        let base_url = base_url.clone();
        let spec = ProviderSpec { on_hangup, base_url, ..house.estate.spec(&name) };
        let id = house.estate.provider(spec).await;
        house.estate.route(&name, &[(id, "sim-small")]).await;
        house.follow().await;
        let request = house.chat(&asking_of(&name, Surface::Chat, n == 0));
        let sent = tokio::time::timeout(Duration::from_secs(2), request.send()).await;
        assert!(sent.is_err(), "{sent:?}");
        let call = house.calls(n + 1).await.pop().unwrap();
        let expected =
            if on_hangup == OnHangup::Cancel { "client_closed" } else { "upstream_fault" };
        assert_eq!((call.outcome.as_str(), call.charge_nano), (expected, 0), "{call:#?}");
        assert_eq!(house.estate.transfers().await[&call.id][1].kind, "V");
    }
    house.estate.audit(&house.calls(policies.len()).await).await;
}
