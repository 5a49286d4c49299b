//! Usage that cannot be trusted, and streams that do not end as they should.

use domain::provider::Surface;
use ledger::price::Rates;
use serde_json::Value;
use store::aliases::AliasSpec;

use crate::furniture::asking_of;
use crate::house::{House, RATES, hello, settings, target};

#[tokio::test]
async fn b7_usage_that_is_missing_zero_or_absurd_is_never_free_and_never_believed() {
    let house = House::new().await;
    let mut done = 0;
    for streamed in [false, true] {
        for (fault, suspense) in [
            ("no_usage", false),
            ("usage=zero", false),
            ("usage=negative", true),
            ("usage=huge", true),
            ("usage=string", true),
        ] {
            let response =
                house.chat(&hello(streamed)).header("x-simulate", fault).send().await.unwrap();
            assert_eq!(response.status(), 200);
            response.bytes().await.unwrap();
            done += 1;
            let call = house.calls(done).await.pop().unwrap();
            assert_eq!(
                (call.outcome.as_str(), call.usage_source.as_str()),
                ("completed", "estimated"),
                "{fault}"
            );
            assert!(call.charge_nano > 0);
            let bill = house.simulator.bills().pop().unwrap();
            assert!(
                call.output_tokens as u64 >= bill.completion_tokens,
                "{fault}: less than delivered"
            );
            assert!(call.output_tokens < 1_000 && call.input_tokens < 1_000, "{fault}: {call:#?}");
            let transfers = house.estate.transfers().await;
            let owed = transfers[&call.id].iter().find(|row| row.leg == 1).unwrap();
            assert_eq!(owed.credit, if suspense { 5 } else { 4 }, "{fault}");
        }
    }
    house.estate.audit(&house.calls(done).await).await;
}

#[tokio::test]
async fn t49_what_a_cache_keeps_for_an_hour_is_charged_at_its_price_or_looked_at_by_a_person() {
    let house = House::new().await;
    let dear = Rates { cache_write: 187_500_003, cache_write_1h: Some(300_000_011), ..RATES };
    house.estate.price("with-hours", dear).await;
    let id = house.estate.provider;
    let spec = AliasSpec::in_order("with-hours", vec![target(id, "sim-small", "with-hours")]);
    house.estate.alias(spec).await;
    house.follow().await;
    let mut done = 0;
    for (model, payable) in [("with-hours", 4), ("sim-small", 5)] {
        for streamed in [false, true] {
            let body = asking_of(model, Surface::Messages, streamed);
            let request = house.ask(Surface::Messages, &body);
            let script = "cached_tokens=40;cache_write_tokens=20;cache_write_1h_tokens=30";
            let response = request.header("x-simulate", script).send().await.unwrap();
            assert_eq!(response.status(), 200);
            response.bytes().await.unwrap();
            done += 1;
            let call = house.calls(done).await.pop().unwrap();
            assert_eq!((call.cache_write_tokens, call.cache_write_1h_tokens), (50, 30));
            assert_eq!(call.usage_source, "reported");
            let bill = house.simulator.bills().pop().unwrap();
            assert_eq!((bill.cache_write_tokens, bill.cache_write_1h_tokens), (50, 30));
            let transfers = house.estate.transfers().await;
            let owed = transfers[&call.id].iter().find(|row| row.leg == 1).unwrap();
            assert_eq!(owed.credit, payable, "{model}: {call:#?}");
            assert_eq!(call.note.is_some(), payable == 5, "{call:#?}");
            if model == "with-hours" {
                let fresh = call.input_tokens - call.cached_input_tokens - 50;
                let nano = fresh * dear.input
                    + call.cached_input_tokens * dear.cached_input
                    + 20 * dear.cache_write
                    + 30 * 300_000_011
                    + call.output_tokens * dear.output;
                assert!((call.cost_nano - nano / 1_000_000).abs() <= 1, "{call:#?}");
            }
        }
    }
    house.estate.audit(&house.calls(done).await).await;
}

#[tokio::test]
async fn t16_tokens_times_price_is_the_cost_of_every_row() {
    let house = House::new().await;
    let scripts = [
        "answer_tokens=1",
        "answer_tokens=120;cached_tokens=7",
        "no_usage",
        "usage=zero",
        "usage=huge",
        "truncate_after=3",
        "status=500",
    ];
    let mut done = 0;
    for script in scripts {
        for (surface, streamed) in [(Surface::Chat, true), (Surface::Messages, false)] {
            let request = house.ask(surface, &asking_of("sim-small", surface, streamed));
            let response = request.header("x-simulate", script).send().await.unwrap();
            let _ = response.bytes().await;
            done += 1;
        }
    }
    let calls = house.calls(done).await;
    // Whatever happened, nobody pays for one token, or nothing, where text was delivered.
    house.estate.audit(&calls).await;
    assert!(calls.iter().filter(|call| call.outcome == "completed").count() >= 10, "{calls:#?}");
    let completed = calls.iter().filter(|call| call.outcome == "completed");
    assert!(completed.into_iter().all(|call| call.charge_nano > 0 && call.cost_nano > 0));
}

#[tokio::test]
async fn t25_streams_in_every_odd_form_arrive_whole_and_are_charged_as_reported() {
    let house = House::new().await;
    for (index, script) in
        ["sse=crlf", "sse=comments", "sse=split", "sse=crlf,comments,split", "sse=garbage,split"]
            .into_iter()
            .enumerate()
    {
        let mut body = hello(true);
        body["stream_options"] = serde_json::json!({"include_usage": true});
        let through = house.chat(&body).header("x-simulate", script).send().await.unwrap();
        let through = through.bytes().await.unwrap();
        let seen = house.simulator.seen().pop().unwrap();
        assert_eq!(seen.body, body.to_string().as_bytes());
        let text = String::from_utf8_lossy(&through);
        assert!(text.contains("[DONE]") && text.contains("\"usage\""), "{script}: {text}");
        assert_eq!(script.contains("comments"), text.contains(": a simulated comment"), "{script}");
        assert_eq!(script.contains("crlf"), text.contains("\r\n\r\n"), "{script}");
        let call = house.calls(index + 1).await.pop().unwrap();
        assert_eq!(
            (call.outcome.as_str(), call.usage_source.as_str()),
            ("completed", "reported"),
            "{script}"
        );
    }
    house.estate.audit(&house.calls(5).await).await;
}

#[tokio::test]
async fn t25_a_stream_that_breaks_ends_with_an_error_the_client_understands() {
    let house = House::new().await;
    let mut done = 0;
    for script in ["sse=nodone;no_usage", "reset_after=3", "error_after=3", "truncate"] {
        let response = house.chat(&hello(true)).header("x-simulate", script).send().await.unwrap();
        assert_eq!(response.status(), 200);
        let text = response.text().await.unwrap();
        let last = text.trim_end().rsplit("data: ").next().unwrap();
        let error: Value =
            serde_json::from_str(last).unwrap_or_else(|_| panic!("{script}: {text}"));
        assert!(error["error"]["message"].is_string(), "{script}: {text}");
        assert!(!text.contains("[DONE]"), "{script}: {text}");
        done += 1;
        let call = house.calls(done).await.pop().unwrap();
        assert_eq!(
            (call.outcome.as_str(), call.usage_source.as_str()),
            ("upstream_fault", "estimated"),
            "{script}"
        );
        assert!(call.output_tokens > 0 && call.charge_nano > 0, "{script}: {call:#?}");
    }
    house.estate.audit(&house.calls(done).await).await;
}

#[tokio::test]
async fn the_first_byte_is_not_held_back() {
    let house = House::new().await;
    let request = house.chat(&hello(true)).header("x-simulate", "chunks=4;chunk_delay_ms=400");
    let mut response = request.send().await.unwrap();
    let begun = std::time::Instant::now();
    let first = response.chunk().await.unwrap().unwrap();
    assert!(first.starts_with(b"data: "));
    assert!(begun.elapsed() < std::time::Duration::from_millis(700), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_stream_that_falls_silent_ends_in_time_with_an_error_and_is_estimated() {
    let call_wait = std::time::Duration::from_secs(3);
    let house = House::with(gateway::Settings { call_wait, ..settings() }).await;
    let request = house.chat(&hello(true)).header("x-simulate", "hang_after=3");
    let text = request.send().await.unwrap().text().await.unwrap();
    assert!(text.contains("provider_timeout") && !text.contains("[DONE]"), "{text}");
    let call = house.call().await;
    let ended = (call.outcome.as_str(), call.usage_source.as_str(), call.status);
    assert_eq!(ended, ("timed_out", "estimated", 200));
    assert!(call.output_tokens >= 3);
    house.estate.audit(&[call]).await;
}
