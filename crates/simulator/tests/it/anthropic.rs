//! The shapes of Anthropic's wire.

use reqwest::RequestBuilder;
use serde_json::{Value, json};
use simulator::OPENING;

use crate::{Bench, body, parse};

fn ask(text: &str) -> Value {
    json!({
        "model": "sim-large", "max_tokens": 1000, "system": "Be brief.",
        "messages": [{"role": "user", "content": [{"type": "text", "text": text}]}],
        "tools": [{"name": "weather", "input_schema": {"type": "object"}}],
    })
}

/// Name and data of each event.
async fn named_events(request: RequestBuilder) -> Vec<(String, Value)> {
    let text = request.send().await.unwrap().text().await.unwrap();
    let frame = |frame: &str| {
        let (name, data) = frame.split_once('\n').unwrap();
        let name = name.strip_prefix("event: ").unwrap().to_owned();
        let data = parse(data.strip_prefix("data: ").unwrap());
        assert_eq!(data["type"], *name);
        (name, data)
    };
    text.strip_suffix("\n\n").unwrap().split("\n\n").map(frame).collect()
}

#[tokio::test]
async fn a_whole_message_has_the_published_shape() {
    let bench = Bench::start().await;
    let message = body(bench.post("/v1/messages?beta=true", &ask("hello")), 200).await;
    assert_eq!((&message["type"], &message["role"]), (&json!("message"), &json!("assistant")));
    assert!(message["id"].as_str().unwrap().starts_with("msg_"));
    assert_eq!(message["stop_reason"], "end_turn");
    assert_eq!(message["content"][0]["type"], "text");
    assert!(message["content"][0]["text"].as_str().unwrap().starts_with(OPENING));
    assert_eq!(message["usage"]["input_tokens"], 4, "9 and 5 bytes");
    assert_eq!(message["usage"]["cache_read_input_tokens"], 0);
}

#[tokio::test]
async fn t27_a_streams_events_keep_the_published_order() {
    let bench = Bench::start().await;
    let mut ask = ask("hello");
    ask["stream"] = json!(true);
    let request = bench.post("/v1/messages", &ask).header("x-simulate", "chunks=3");
    let events = named_events(request).await;
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "message_start",
            "content_block_start",
            "ping",
            "content_block_delta",
            "content_block_delta",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop",
        ]
    );
    let start = &events[0].1["message"];
    assert_eq!(start["usage"]["input_tokens"], 4);
    assert_eq!((&start["content"], &start["stop_reason"]), (&json!([]), &Value::Null));
    let text: String =
        events.iter().filter_map(|(_, data)| data["delta"]["text"].as_str()).collect();
    assert!(text.starts_with(OPENING));
    assert_eq!(events[7].1["delta"]["stop_reason"], "end_turn");
    assert_eq!(events[7].1["usage"]["output_tokens"], simulator::count_tokens(text.len() as u64));
}

#[tokio::test]
async fn a_tool_is_used_whole_and_streamed() {
    let bench = Bench::start().await;
    let mut ask = ask("call the tool");
    let message = body(bench.post("/v1/messages", &ask), 200).await;
    assert_eq!(message["stop_reason"], "tool_use");
    let block = &message["content"][0];
    assert_eq!((&block["type"], &block["name"]), (&json!("tool_use"), &json!("weather")));
    assert_eq!(block["input"]["simulated"], true);

    ask["stream"] = json!(true);
    let events = named_events(bench.post("/v1/messages", &ask)).await;
    assert_eq!(events[1].1["content_block"]["name"], "weather");
    assert_eq!(events[1].1["content_block"]["input"], json!({}));
    let input: String =
        events.iter().filter_map(|(_, data)| data["delta"]["partial_json"].as_str()).collect();
    assert_eq!(parse(&input), block["input"]);
}

#[tokio::test]
async fn max_tokens_is_required_and_kept() {
    let bench = Bench::start().await;
    let mut ask = ask("hello");
    ask["max_tokens"] = json!(2);
    let message = body(bench.post("/v1/messages", &ask), 200).await;
    assert_eq!(message["stop_reason"], "max_tokens");
    assert_eq!(message["usage"]["output_tokens"], 2);
    ask.as_object_mut().unwrap().remove("max_tokens");
    let error = body(bench.post("/v1/messages", &ask), 400).await;
    assert!(error["error"]["message"].as_str().unwrap().contains("max_tokens"), "{error}");
}

#[tokio::test]
async fn errors_have_anthropics_shape() {
    let bench = Bench::start().await;
    let kinds = [
        (401, "authentication_error"),
        (429, "rate_limit_error"),
        (500, "api_error"),
        (529, "overloaded_error"),
    ];
    for (status, kind) in kinds {
        let script = format!("status={status}");
        let request = bench.post("/v1/messages", &ask("hi")).header("x-simulate", script);
        let error = body(request, status).await;
        assert_eq!((&error["type"], &error["error"]["type"]), (&json!("error"), &json!(kind)));
        assert!(error["request_id"].is_string());
    }
    let url = format!("http://{}/v1/messages", bench.address);
    let error = body(bench.client.post(url).json(&ask("hi")), 401).await;
    assert_eq!(error["error"]["type"], "authentication_error");
}
