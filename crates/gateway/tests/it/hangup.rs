//! Clients that hang up: one settled call each, never free, never twice, and bounded work.

use std::time::Duration;

use domain::provider::Surface;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use gateway::Settings;
use store::providers::OnHangup;

use crate::furniture::asking_of;
use crate::house::{House, hello, settings, unhurried};

const CHUNKS: usize = 12;
const SLOW: &str = "chunks=12;chunk_delay_ms=15";

/// Reads so many chunks of a stream and hangs up.
async fn leave_after(request: reqwest::RequestBuilder, events: usize) {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let mut stream = response.bytes_stream();
    let mut seen = 0;
    while seen < events {
        let Some(Ok(bytes)) = stream.next().await else { break };
        seen += bytes.windows(2).filter(|pair| pair == b"\n\n").count();
    }
}

#[tokio::test]
async fn t14_a_client_that_leaves_in_mid_stream_is_charged_once_for_all_of_it() {
    let house = House::new().await;
    let places = [0, 1, 5, CHUNKS - 1];
    for (index, place) in places.into_iter().enumerate() {
        leave_after(house.chat(&hello(true)).header("x-simulate", SLOW), place).await;
        let call = house.calls(index + 1).await.pop().unwrap();
        assert_eq!(call.outcome, "client_closed", "{place}: {call:#?}");
        assert_eq!(call.usage_source, "reported", "{place}");
        let bill = house.simulator.bills().pop().unwrap();
        assert!(bill.completed, "{place}: the provider was not drained");
        assert_eq!(call.output_tokens as u64, bill.completion_tokens, "{place}");
        assert!(call.charge_nano > 0);
    }
    house.estate.audit(&house.calls(places.len()).await).await;
    assert_eq!(house.gateway.in_flight(), 0);
}

#[tokio::test]
async fn t14_t19_where_the_provider_stops_on_cancel_it_is_cancelled_and_the_call_estimated() {
    let house = House::build(settings(), OnHangup::Cancel).await;
    let places = [0, 1, 5, CHUNKS - 1];
    for (index, place) in places.into_iter().enumerate() {
        let request = house.chat(&hello(true)).header("x-simulate", "chunks=12;chunk_delay_ms=60");
        leave_after(request, place).await;
        let left = std::time::Instant::now();
        let call = house.calls(index + 1).await.pop().unwrap();
        assert_eq!(
            (call.outcome.as_str(), call.usage_source.as_str()),
            ("client_closed", "estimated")
        );
        assert!(call.input_tokens > 0 && call.charge_nano > 0, "{place}: {call:#?}");
        while house.simulator.totals().open > 0 {
            assert!(left.elapsed() < Duration::from_secs(1), "the provider goes on");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let bill = house.simulator.bills().pop().unwrap();
        assert!(!bill.completed, "{place}");
        assert!(
            call.output_tokens as u64 + 3 >= bill.completion_tokens,
            "{place}: {call:#?} {bill:?}"
        );
        assert!(call.output_tokens as usize >= place.saturating_sub(1), "less than delivered");
    }
    house.estate.audit(&house.calls(places.len()).await).await;
}

#[tokio::test]
async fn t14_on_every_surface_a_client_that_leaves_is_charged_once_whatever_the_policy() {
    for (policy, source) in [(OnHangup::Drain, "reported"), (OnHangup::Cancel, "estimated")] {
        let house = House::build(settings(), policy).await;
        let anthropic = house.estate.serving("anthropic", &[Surface::Messages]).await;
        let openai = house.estate.serving("openai", &[Surface::Chat]).await;
        for (name, id) in [("by-messages", anthropic), ("by-chat", openai)] {
            house.estate.route(name, &[(id, "sim-small")]).await;
        }
        // Made as if it were configured, with the policy of the house.
        house
            .estate
            .run(
                "update platform.provider p set on_hangup = s.on_hangup
                 from platform.provider s where s.slug = 'simulator'",
            )
            .await;
        house.follow().await;
        let cases = [
            ("sim-small", Surface::Chat),
            ("sim-small", Surface::Responses),
            ("sim-small", Surface::Messages),
            ("sim-small", Surface::Completions),
            ("by-messages", Surface::Chat),
            ("by-messages", Surface::Responses),
            ("by-chat", Surface::Messages),
            ("by-chat", Surface::Responses),
        ];
        for (n, (model, surface)) in cases.into_iter().enumerate() {
            let request = house.ask(surface, &asking_of(model, surface, true));
            let script = "answer_tokens=200;chunks=20;chunk_delay_ms=25";
            leave_after(request.header("x-simulate", script), 7).await;
            let call = house.calls(n + 1).await.pop().unwrap();
            let ended = (call.outcome.as_str(), call.usage_source.as_str());
            assert_eq!(ended, ("client_closed", source), "{surface:?} {model}");
            assert!(call.input_tokens > 0 && call.charge_nano > 0, "{call:#?}");
            while house.simulator.totals().open > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let bill = house.simulator.bills().pop().unwrap();
            assert_eq!(bill.completed, policy == OnHangup::Drain, "{surface:?} {model}");
            if policy == OnHangup::Drain {
                assert_eq!(call.output_tokens.unsigned_abs(), bill.completion_tokens);
            } else {
                // Never nothing, and not far from what was generated before the provider heard of it.
                assert!(call.output_tokens >= 5, "{surface:?} {model}: {call:#?}");
                let beyond = bill.completion_tokens.abs_diff(call.output_tokens.unsigned_abs());
                assert!(beyond <= 60, "{surface:?} {model}: {call:#?} {bill:#?}");
            }
        }
        house.estate.audit(&house.calls(cases.len()).await).await;
        assert_eq!(house.gateway.in_flight(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t15_drains_are_bounded_and_what_is_beyond_is_estimated() {
    const DRAINS: usize = 20;
    const CALLS: usize = 1_000;
    let house = House::with(Settings { drains_max: DRAINS, ..unhurried() }).await;
    let mut leaving: FuturesUnordered<_> = (0..CALLS)
        .map(|_| {
            let request =
                house.chat(&hello(true)).header("x-simulate", "chunks=12;chunk_delay_ms=1500");
            leave_after(request, 1)
        })
        .collect();
    while leaving.next().await.is_some() {}
    let calls = house.calls(CALLS).await;
    let count = |source: &str| calls.iter().filter(|call| call.usage_source == source).count();
    assert_eq!(count("reported") + count("estimated"), CALLS);
    assert!(count("reported") <= DRAINS * 3, "{} were drained", count("reported"));
    assert!(count("estimated") >= CALLS - DRAINS * 3);
    assert!(calls.iter().all(|call| call.outcome == "client_closed" && call.charge_nano > 0));
    house.estate.audit(&calls).await;
    assert_eq!(house.gateway.in_flight(), 0);
}

#[tokio::test]
async fn t17_leaving_a_call_that_is_not_streamed_is_charged_as_well() {
    for (policy, source) in [(OnHangup::Drain, "reported"), (OnHangup::Cancel, "estimated")] {
        let house = House::build(settings(), policy).await;
        let request = house.chat(&hello(false)).header("x-simulate", "latency_ms=2000");
        let waiting = tokio::spawn(request.send());
        house.at_provider(1).await;
        waiting.abort();
        let call = house.call().await;
        assert_eq!((call.outcome.as_str(), call.usage_source.as_str()), ("client_closed", source));
        assert!(call.input_tokens > 0 && call.charge_nano > 0, "{call:#?}");
        house.estate.audit(&[call]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t20_after_a_storm_of_cancels_nothing_is_in_flight() {
    let house = House::with(Settings { calls_in_flight_max: 64, ..settings() }).await;
    for round in 0..100_u64 {
        let storm: FuturesUnordered<_> = (0..100_u64)
            .map(|n| {
                let request =
                    house.chat(&hello(n % 2 == 0)).header("x-simulate", "chunk_delay_ms=2");
                let patience = Duration::from_millis((n * 7 + round * 3) % 40);
                async move {
                    let _ = tokio::time::timeout(patience, async move {
                        let response = request.send().await?;
                        response.bytes().await
                    })
                    .await;
                }
            })
            .collect();
        storm.collect::<Vec<_>>().await;
    }
    for _ in 0..200 {
        if house.gateway.health().settlements_waiting == 0 && house.gateway.in_flight() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(house.gateway.in_flight(), 0);
    assert_eq!(house.gateway.health().settlements_waiting, 0);
    let response = house.chat(&hello(false)).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let mut connection = house.estate.superuser().await;
    let calls: Vec<crate::house::CallRow> = loop {
        let open: i64 = sqlx::query_scalar(
            "select count(*) from app.transfer h where h.step = 0 and not exists (
               select from app.transfer r where r.tenant_id = h.tenant_id and r.call_id = h.call_id and r.step = 1)",
        )
        .fetch_one(&mut connection)
        .await
        .unwrap();
        if open == 0 {
            break sqlx::query_as("select * from app.call")
                .fetch_all(&mut connection)
                .await
                .unwrap();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    house.estate.audit(&calls).await;
}
