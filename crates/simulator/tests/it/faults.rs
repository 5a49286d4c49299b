//! Faults of whole answers and of the connection.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{Bench, body, drain};

/// A chat over a bare socket, and all that comes back until the end or an error.
async fn raw(bench: &Bench, script: &str) -> (Vec<u8>, std::io::Result<usize>) {
    let body = r#"{"model":"sim-small","messages":[{"role":"user","content":"hi"}]}"#;
    let mut socket = TcpStream::connect(&bench.address).await.unwrap();
    let request = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: sim\r\nx-api-key: any\r\nx-simulate: {script}\
         \r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let end = socket.read_to_end(&mut bytes).await;
    (bytes, end)
}

#[tokio::test]
async fn a_status_comes_with_its_headers_and_no_bill() {
    let bench = Bench::start().await;
    for (status, kind) in [(429, "requests"), (500, "server_error"), (503, "server_error")] {
        let response = bench.chat(&format!("status={status}"), false).send().await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["x-simulated-error"], status.to_string().as_str());
        let retry = response.headers().get("retry-after").map(|v| v.to_str().unwrap().to_owned());
        assert_eq!(retry, (status == 429).then(|| "1".to_owned()));
        let error: Value = response.json().await.unwrap();
        assert_eq!(error["error"]["type"], kind);
    }
    let response = bench.chat("status=503;retry_after=7", true).send().await.unwrap();
    assert_eq!(response.headers()["retry-after"], "7");
    assert_eq!(bench.simulator.totals().requests, 4);
    assert_eq!(bench.simulator.totals().bills, 0);
}

#[tokio::test]
async fn a_models_name_can_carry_the_script() {
    let bench = Bench::start().await;
    let ask = json!({
        "model": "sim-small+fault=status=429;latency_ms=1",
        "messages": [{"role": "user", "content": "hi"}],
    });
    body(bench.post("/v1/chat/completions", &ask), 429).await;
    let header = bench.post("/v1/chat/completions", &ask).header("x-simulate", "status=500");
    body(header, 500).await;
    let ask = json!({"model": "sim-small+fault=echo", "messages": [{"role": "user", "content": "all of it"}]});
    let answer = body(bench.post("/v1/chat/completions", &ask), 200).await;
    assert_eq!(answer["model"], "sim-small");
    assert!(answer["choices"][0]["message"]["content"].as_str().unwrap().ends_with("all of it"));
}

#[tokio::test]
async fn unknown_settings_are_refused_by_name() {
    let bench = Bench::start().await;
    let error = body(bench.chat("latency=5;reset;sse=upside_down", false), 400).await;
    let message = error["error"]["message"].as_str().unwrap();
    assert!(message.contains("latency=5") && message.contains("sse=upside_down"), "{message}");
}

#[tokio::test]
async fn latency_comes_before_the_first_byte() {
    let bench = Bench::start().await;
    let start = Instant::now();
    bench.chat("latency_ms=150", true).send().await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn a_reset_sends_no_byte_and_writes_no_bill() {
    let bench = Bench::start().await;
    let (bytes, end) = raw(&bench, "reset").await;
    assert!(bytes.is_empty(), "{}", String::from_utf8_lossy(&bytes));
    assert_eq!(end.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    assert!(bench.chat("reset", true).send().await.is_err());
    assert_eq!(bench.simulator.totals().bills, 0);
}

#[tokio::test]
async fn a_reset_in_the_middle_of_a_whole_answer_leaves_half_of_it() {
    let bench = Bench::start().await;
    let (bytes, end) = raw(&bench, "reset_after=1").await;
    let text = String::from_utf8(bytes).unwrap();
    let (head, half) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200") && !half.is_empty(), "{text}");
    assert_eq!(end.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    let bills = bench.bills(1).await;
    assert!(!bills[0].completed && bills[0].completion_tokens > 1);
}

#[tokio::test]
async fn a_truncated_answer_is_shorter_than_its_length_and_ends_in_order() {
    let bench = Bench::start().await;
    let (bytes, end) = raw(&bench, "truncate").await;
    end.unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, half) = text.split_once("\r\n\r\n").unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert_eq!(half.len(), length.parse::<usize>().unwrap() / 2);
    for stream in [false, true] {
        let response = bench.chat("truncate", stream).send().await.unwrap();
        let (bytes, broken) = drain(response).await;
        assert!(broken && !bytes.is_empty());
    }
}

#[tokio::test]
async fn a_hanging_provider_never_answers_and_bills_the_prompt() {
    let bench = Bench::start().await;
    for stream in [false, true] {
        let request = bench.chat("hang", stream).timeout(Duration::from_secs(1));
        assert!(request.send().await.unwrap_err().is_timeout());
    }
    for bill in bench.bills(2).await {
        assert_eq!((bill.prompt_tokens, bill.completion_tokens, bill.completed), (5, 0, false));
    }
}

#[tokio::test]
async fn half_an_answer_can_hang() {
    let bench = Bench::start().await;
    let request = bench.chat("hang_after=1", false).timeout(Duration::from_secs(1));
    let response = request.send().await.unwrap();
    let (bytes, broken) = drain(response).await;
    assert!(broken && !bytes.is_empty());
}

#[tokio::test]
async fn malformed_json_comes_under_status_200() {
    let bench = Bench::start().await;
    let response = bench.chat("malformed_json", false).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let text = response.text().await.unwrap();
    assert!(serde_json::from_str::<Value>(&text).is_err(), "{text}");
}

#[tokio::test]
async fn the_content_type_can_be_wrong() {
    let bench = Bench::start().await;
    for stream in [false, true] {
        let response = bench.chat("wrong_content_type", stream).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/html");
    }
}

#[tokio::test]
async fn headers_can_come_slowly_and_the_next_answer_is_fast_again() {
    let bench = Bench::start().await;
    let start = Instant::now();
    let answer = body(bench.chat("slow_headers=10", false), 200).await;
    assert!(answer["choices"].is_array());
    // A head of more than 160 bytes, eight at a time.
    let slow = start.elapsed();
    assert!(slow >= Duration::from_millis(200), "{slow:?}");
    let start = Instant::now();
    body(bench.chat("", false), 200).await;
    assert!(start.elapsed() < slow, "{:?}", start.elapsed());
}

#[tokio::test]
async fn usage_can_be_missing_or_a_lie_while_the_bill_is_true() {
    let bench = Bench::start().await;
    let usage = async |script: &str| body(bench.chat(script, false), 200).await["usage"].clone();
    assert_eq!(usage("no_usage").await, Value::Null);
    assert_eq!(usage("usage=negative").await["prompt_tokens"], -5);
    assert_eq!(usage("usage=huge").await["completion_tokens"], u64::MAX);
    assert_eq!(usage("usage=string").await["prompt_tokens"], "5");
    assert_eq!(usage("usage=zero").await["total_tokens"], 0);
    let bills = bench.bills(5).await;
    assert!(bills.iter().all(|bill| bill.prompt_tokens == 5 && bill.completion_tokens > 20));
}

#[tokio::test]
async fn t51_an_account_without_money_is_told_so_in_each_providers_words() {
    let bench = Bench::start().await;
    let ask = json!({
        "model": "sim-small", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}],
    });
    let request = bench.post("/v1/messages", &ask).header("x-simulate", "status=400;credit");
    let error = body(request, 400).await;
    assert_eq!(error["error"]["type"], "invalid_request_error");
    assert!(error["error"]["message"].as_str().unwrap().contains("credit balance is too low"));
    let response = bench.chat("credit", false).send().await.unwrap();
    assert_eq!(response.status(), 429);
    assert!(!response.headers().contains_key("retry-after"));
    let error: Value = response.json().await.unwrap();
    assert_eq!(error["error"]["code"], "insufficient_quota");
    assert_eq!(bench.simulator.totals().bills, 0);
}

#[tokio::test]
async fn a_wait_can_be_asked_for_in_milliseconds() {
    let bench = Bench::start().await;
    let response = bench.chat("status=429;retry_after_ms=250", false).send().await.unwrap();
    assert_eq!(response.headers()["retry-after-ms"], "250");
    assert_eq!(response.headers()["retry-after"], "1");
}

#[tokio::test]
async fn the_first_requests_can_fail_and_later_ones_not() {
    let bench = Bench::start().await;
    let status = async |script: &str, id: Option<&str>| {
        let mut request = bench.chat(script, false);
        if let Some(id) = id {
            request = request.header("x-simulate-id", id);
        }
        request.send().await.map(|response| response.status().as_u16()).ok()
    };
    for (id, script, failed) in [
        (Some("a"), "fail_first=2;status=429", Some(429)),
        (Some("b"), "fail_first=2", Some(503)),
        (Some("c"), "fail_first=2;reset", None),
        (None, "fail_first=2;status=500", Some(500)),
    ] {
        let mut got = Vec::new();
        for _ in 0..4 {
            got.push(status(script, id).await);
        }
        assert_eq!(got, [failed, failed, Some(200), Some(200)], "{script}");
    }
    assert_eq!(bench.simulator.totals().bills, 8);
}

#[tokio::test]
async fn t24_a_whole_answer_can_be_silent_after_its_head() {
    let bench = Bench::start().await;
    let start = Instant::now();
    let response = bench.chat("silence_ms=2000", false).send().await.unwrap();
    assert!(start.elapsed() < Duration::from_millis(1_900), "{:?}", start.elapsed());
    assert!(response.content_length().is_some());
    let answer: Value = response.json().await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(2) && answer["choices"].is_array());
    assert!(bench.bills(1).await[0].completed);
}
