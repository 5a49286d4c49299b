//! The log of what was billed, whatever the caller did.

use std::time::Duration;

use serde_json::json;
use simulator::{Bill, Config, Endpoint};

use crate::{Bench, body, drain};

#[tokio::test]
async fn a_bill_says_what_the_answer_said() {
    let bench = Bench::start().await;
    let request = bench
        .chat("", false)
        .header("x-request-id", "r-1")
        .header("x-tokenone-call", "c-1")
        .header("x-client-request-id", "k".repeat(500));
    let response = request.send().await.unwrap();
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let answer: serde_json::Value = response.json().await.unwrap();
    let bills = bench.bills(1).await;
    let bill = &bills[0];
    assert_eq!((&bill.id, answer["id"].as_str()), (&id, Some(id.as_str())));
    assert_eq!(bill.x_request_id.as_deref(), Some("r-1"));
    assert_eq!(bill.x_tokenone_call.as_deref(), Some("c-1"));
    assert_eq!(bill.x_client_request_id.as_ref().map(String::len), Some(128));
    assert_eq!((bill.endpoint, bill.model.as_str()), (Endpoint::ChatCompletions, "sim-small"));
    assert_eq!(answer["usage"]["prompt_tokens"], bill.prompt_tokens);
    assert_eq!(answer["usage"]["completion_tokens"], bill.completion_tokens);
    assert!(bill.completed && !bill.streamed);
    assert_eq!((bill.status, bill.closed_by_client_ms), (200, None));
}

#[tokio::test]
async fn t14_a_stream_that_its_caller_leaves_is_billed_as_far_as_it_was_generated() {
    let bench = Bench::start().await;
    let script = "chunks=50;chunk_delay_ms=20;answer_tokens=500";
    let mut response = bench.chat(script, true).send().await.unwrap();
    for _ in 0..4 {
        response.chunk().await.unwrap().unwrap();
    }
    drop(response);
    let bill = bench.bills(1).await.remove(0);
    assert!(!bill.completed && bill.streamed);
    // Three deltas of ten tokens were read; a few more may have been made meanwhile.
    assert!((30..500).contains(&bill.completion_tokens), "{}", bill.completion_tokens);
    assert!(bill.closed_by_client_ms.is_some());
}

#[tokio::test]
async fn t19_a_stream_without_end_stops_when_its_caller_goes_and_the_bill_says_when() {
    let bench = Bench::start().await;
    let script = "forever;chunk_delay_ms=10;answer_tokens=8";
    let bodies = [
        ("/v1/chat/completions", json!({"messages": [{"role": "user", "content": "hi"}]})),
        ("/v1/completions", json!({"prompt": "hi"})),
        ("/v1/responses", json!({"input": "hi"})),
        ("/v1/messages", json!({"max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]})),
    ];
    for (index, (path, mut ask)) in bodies.into_iter().enumerate() {
        ask["model"] = json!("sim-small");
        ask["stream"] = json!(true);
        let request = bench.post(path, &ask).header("x-simulate", script);
        let mut response = request.send().await.unwrap();
        let mut text = String::new();
        while text.matches("ted answer from ").count() < 20 {
            text.push_str(std::str::from_utf8(&response.chunk().await.unwrap().unwrap()).unwrap());
        }
        drop(response);
        let bill = bench.bills(index + 1).await.pop().unwrap();
        assert!(!bill.completed && bill.completion_tokens > 60, "{path} {bill:?}");
        assert!((150..5_000).contains(&bill.closed_by_client_ms.unwrap()), "{path} {bill:?}");
        if path == "/v1/responses" {
            let numbers: Vec<u64> = text
                .lines()
                .filter_map(|line| line.strip_prefix("data: "))
                .filter_map(|data| crate::parse(data)["sequence_number"].as_u64())
                .collect();
            assert!(numbers.iter().zip(0..).all(|(number, index)| *number == index));
        }
    }
}

#[tokio::test]
async fn an_end_that_the_script_wanted_is_not_the_callers() {
    let bench = Bench::start().await;
    let ends = ["reset_after=1", "error_after=1", "truncate"];
    for script in ends {
        drain(bench.chat(script, true).send().await.unwrap()).await;
    }
    for bill in bench.bills(ends.len()).await {
        assert_eq!((bill.completed, bill.closed_by_client_ms), (false, None));
    }
    let request = bench.chat("hang", false).timeout(Duration::from_secs(1));
    assert!(request.send().await.is_err());
    let bill = bench.bills(ends.len() + 1).await.pop().unwrap();
    assert!(bill.closed_by_client_ms.is_some_and(|ms| ms >= 500), "{bill:?}");
}

#[tokio::test]
async fn t17_a_whole_answer_that_nobody_waits_for_is_billed_in_full() {
    let bench = Bench::start().await;
    let request = bench.chat("latency_ms=5000;answer_tokens=40", false);
    assert!(request.timeout(Duration::from_secs(1)).send().await.is_err());
    let bill = bench.bills(1).await.remove(0);
    assert_eq!((bill.completion_tokens, bill.completed), (40, false));
}

#[tokio::test]
async fn a_finished_stream_is_billed_in_full() {
    let bench = Bench::start().await;
    let response = bench.chat("answer_tokens=40", true).send().await.unwrap();
    assert!(!drain(response).await.1);
    let bill = bench.bills(1).await.remove(0);
    assert_eq!((bill.completion_tokens, bill.completed), (40, true));
}

#[tokio::test]
async fn memory_is_bounded_and_the_totals_are_not() {
    let bench = Bench::with(Config { bills_kept_max: 3, ..Config::default() }).await;
    for tokens in 1..=5 {
        body(bench.chat(&format!("answer_tokens={tokens}"), false), 200).await;
    }
    let kept: Vec<_> = bench.bills(3).await.iter().map(|bill| bill.completion_tokens).collect();
    assert_eq!(kept, [3, 4, 5]);
    let totals = bench.simulator.totals();
    assert_eq!((totals.requests, totals.bills, totals.incomplete), (5, 5, 0));
    assert_eq!((totals.completion_tokens, totals.prompt_tokens), (15, 25));
    assert!(bench.simulator.seen().is_empty(), "requests are kept only when asked for");
}

#[tokio::test]
async fn the_log_file_holds_the_same_bills_and_is_appended_to() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bills.jsonl");
    let mut written = Vec::new();
    for _ in 0..2 {
        let bench = Bench::with(Config { log_file: Some(path.clone()), ..Config::default() }).await;
        body(bench.chat("", false), 200).await;
        drain(bench.chat("", true).send().await.unwrap()).await;
        written.extend(bench.bills(2).await);
    }
    let text = std::fs::read_to_string(&path).unwrap();
    let read: Vec<Bill> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read, written);
}

#[tokio::test]
async fn requests_are_kept_byte_for_byte_without_their_keys_in_debug() {
    let bench = Bench::start().await;
    let text = "{ \"model\":\"sim-small\",  \"messages\":[{\"role\":\"user\",\"content\":\"h\\u0069\"}]\n}";
    let url = format!("http://{}/v1/chat/completions?a=b", bench.address);
    let request = bench.client.post(url).bearer_auth("canary-key").body(text);
    body(request.header("x-odd", "kept"), 200).await;
    let seen = bench.simulator.seen().remove(0);
    assert_eq!(seen.body, text);
    assert_eq!(seen.uri.to_string(), "/v1/chat/completions?a=b");
    assert_eq!(seen.headers["x-odd"], "kept");
    assert_eq!(seen.headers["authorization"], "Bearer canary-key");
    assert!(!format!("{seen:?}").contains("canary-key"));
    for _ in 0..10 {
        body(bench.chat("", false), 200).await;
    }
    assert_eq!(bench.simulator.seen().len(), 8);
    let ask = json!({"model": "no-such"});
    body(bench.post("/v1/chat/completions", &ask), 400).await;
    assert_eq!(bench.simulator.seen()[7].body, ask.to_string(), "refused ones are kept too");
}
