//! The shapes of Anthropic's wire.

use serde_json::{Value, json};
use simulator::OPENING;

use crate::{Bench, body, named_events, parse};

fn ask(text: &str) -> Value {
    json!({
        "model": "sim-large", "max_tokens": 1000, "system": "Be brief.",
        "messages": [{"role": "user", "content": [{"type": "text", "text": text}]}],
        "tools": [{"name": "weather", "input_schema": {"type": "object"}}],
    })
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

#[tokio::test]
async fn counting_tokens_costs_nothing_and_counts_as_messages_do() {
    let bench = Bench::start().await;
    let mut ask = ask("hello");
    ask.as_object_mut().unwrap().remove("max_tokens");
    let count = bench.post("/v1/messages/count_tokens", &ask);
    assert_eq!(body(count, 200).await, json!({"input_tokens": 4}));
    let request = bench.post("/v1/messages/count_tokens?beta=true", &ask);
    let error = body(request.header("x-simulate", "status=529"), 529).await;
    assert_eq!(error["error"]["type"], "overloaded_error");
    ask["model"] = json!("claude-x");
    body(bench.post("/v1/messages/count_tokens", &ask), 404).await;
    assert_eq!((bench.simulator.totals().requests, bench.simulator.totals().bills), (3, 0));
}

#[tokio::test]
async fn the_result_of_a_tool_is_a_part_of_the_prompt_and_is_answered_in_words() {
    let bench = Bench::start().await;
    let mut ask = ask("call the tool");
    let call = body(bench.post("/v1/messages", &ask), 200).await["content"].clone();
    let id = call[0]["id"].clone();
    let results = [
        json!({"type": "tool_result", "tool_use_id": id, "content": "sunny and warm"}),
        json!({"type": "web_search_tool_result", "content": {"error_code": "unavailable"}}),
    ];
    let more = [
        json!({"role": "assistant", "content": call}),
        json!({"role": "user", "content": results}),
    ];
    ask["messages"].as_array_mut().unwrap().extend(more);
    let request = bench.post("/v1/messages", &ask).header("x-simulate", "tool_call=weather");
    let answer = body(request, 200).await;
    assert_eq!(answer["stop_reason"], "end_turn");
    assert!(answer["content"][0]["text"].as_str().unwrap().contains("sunny and warm"));
    assert_eq!(answer["usage"]["input_tokens"], simulator::count_tokens(9 + 13 + 14));
}
