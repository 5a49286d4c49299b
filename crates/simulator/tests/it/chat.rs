//! The shapes of OpenAI's wire.

use secrecy::SecretString;
use serde_json::{Value, json};
use simulator::{Config, OPENING, count_tokens};

use crate::{Bench, body, events, parse};

const CHAT: &str = "/v1/chat/completions";

#[tokio::test]
async fn a_whole_answer_has_the_published_shape_and_says_what_it_is() {
    let bench = Bench::start().await;
    let answer = body(bench.chat("", false), 200).await;
    assert_eq!(answer["object"], "chat.completion");
    assert_eq!(answer["model"], "sim-small");
    let choice = &answer["choices"][0];
    assert_eq!(choice["finish_reason"], "stop");
    assert_eq!(choice["message"]["role"], "assistant");
    let text = choice["message"]["content"].as_str().unwrap();
    assert!(text.starts_with(OPENING) && text.contains("Why is the sky blue?"), "{text}");
    let (prompt, completion) = (count_tokens(20), count_tokens(text.len() as u64));
    let usage = &answer["usage"];
    assert_eq!(usage["prompt_tokens"], prompt);
    assert_eq!(usage["completion_tokens"], completion);
    assert_eq!(usage["total_tokens"], prompt + completion);
    assert_eq!(usage["prompt_tokens_details"]["cached_tokens"], 0);
    assert_eq!(usage["completion_tokens_details"]["reasoning_tokens"], 0);
}

#[tokio::test]
async fn a_stream_has_role_deltas_finish_usage_and_done_in_this_order() {
    let bench = Bench::start().await;
    let frames = events(bench.chat("chunks=5", true)).await;
    assert_eq!(frames.len(), 1 + 5 + 1 + 1 + 1);
    let chunks: Vec<Value> = frames[..8].iter().map(|data| parse(data)).collect();
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
    assert!(chunks.iter().all(|chunk| chunk["object"] == "chat.completion.chunk"));
    assert!(chunks.iter().all(|chunk| chunk["id"] == chunks[0]["id"]));
    assert!(chunks[..7].iter().all(|chunk| chunk["usage"] == Value::Null));
    let content =
        |chunk: &Value| chunk["choices"][0]["delta"]["content"].as_str().map(String::from);
    let text: String = chunks[1..6].iter().filter_map(content).collect();
    let whole = body(bench.chat("chunks=5", false), 200).await;
    assert_eq!(whole["choices"][0]["message"]["content"], text);
    assert_eq!(chunks[6]["choices"][0]["delta"], json!({}));
    assert_eq!(chunks[6]["choices"][0]["finish_reason"], "stop");
    assert_eq!(chunks[7]["choices"], json!([]));
    assert_eq!(chunks[7]["usage"], whole["usage"]);
    assert_eq!(frames[8], "[DONE]");
}

#[tokio::test]
async fn a_stream_tells_its_usage_only_to_who_asks() {
    let bench = Bench::start().await;
    for options in [json!(null), json!({"include_usage": false})] {
        let ask = json!({
            "model": "sim-large", "stream": true, "stream_options": options,
            "messages": [{"role": "user", "content": "hi"}],
        });
        for frame in events(bench.post(CHAT, &ask)).await {
            assert!(!frame.contains("usage"), "{frame}");
        }
    }
}

#[tokio::test]
async fn max_tokens_ends_an_answer_by_length() {
    let bench = Bench::start().await;
    for limit in ["max_tokens", "max_completion_tokens"] {
        let mut ask = json!({
            "model": "sim-small", "messages": [{"role": "user", "content": "hi"}],
        });
        ask[limit] = json!(3);
        let answer = body(bench.post(CHAT, &ask), 200).await;
        assert_eq!(answer["choices"][0]["finish_reason"], "length");
        assert_eq!(answer["usage"]["completion_tokens"], 3);
    }
}

fn tool_ask(stream: bool) -> Value {
    json!({
        "model": "sim-small", "stream": stream,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "Please call the tool now"}]},
        ],
        "tools": [{"type": "function", "function": {"name": "weather", "parameters": {}}}],
    })
}

#[tokio::test]
async fn a_tool_is_called_when_the_user_says_so() {
    let bench = Bench::start().await;
    let answer = body(bench.post(CHAT, &tool_ask(false)), 200).await;
    let choice = &answer["choices"][0];
    assert_eq!(choice["finish_reason"], "tool_calls");
    assert_eq!(choice["message"]["content"], Value::Null);
    let call = &choice["message"]["tool_calls"][0];
    assert_eq!((&call["type"], &call["function"]["name"]), (&json!("function"), &json!("weather")));
    let arguments = call["function"]["arguments"].as_str().unwrap();
    assert_eq!(parse(arguments), json!({"simulated": true, "prompt_bytes": 33}));

    let mut refused = tool_ask(false);
    refused["tool_choice"] = json!("none");
    let answer = body(bench.post(CHAT, &refused), 200).await;
    assert_eq!(answer["choices"][0]["finish_reason"], "stop");
}

#[tokio::test]
async fn a_streamed_tool_call_comes_as_argument_deltas() {
    let bench = Bench::start().await;
    let frames = events(bench.post(CHAT, &tool_ask(true))).await;
    let calls: Vec<Value> = frames[..frames.len() - 1]
        .iter()
        .map(|data| parse(data)["choices"][0]["delta"]["tool_calls"][0].clone())
        .collect();
    assert_eq!(calls[0]["function"]["name"], "weather");
    assert!(calls[0]["id"].as_str().unwrap().starts_with("call_"));
    let arguments: String =
        calls.iter().filter_map(|call| call["function"]["arguments"].as_str()).collect();
    assert_eq!(parse(&arguments)["simulated"], true);
    assert!(frames[frames.len() - 2].contains(r#""finish_reason":"tool_calls""#));
}

#[tokio::test]
async fn a_bad_request_is_refused_in_openais_shape() {
    let bench = Bench::start().await;
    let messages = json!([{"role": "user", "content": "hi"}]);
    let cases = [
        (json!({"messages": messages}), 400, Value::Null),
        (json!({"model": "sim-small", "messages": "hi"}), 400, Value::Null),
        (json!({"model": "sim-small", "messages": []}), 400, json!("messages")),
        (json!({"model": "sim-small", "messages": messages, "n": 2}), 400, json!("n")),
        (
            json!({"model": "sim-small", "messages": messages, "max_tokens": 0}),
            400,
            json!("max_tokens"),
        ),
        (json!({"model": "sim-embed", "messages": messages}), 404, json!("model")),
        (json!({"model": "gpt-4o", "messages": messages}), 404, json!("model")),
        (
            json!({"model": "sim-small+fault=bogus=1", "messages": messages}),
            400,
            json!("x-simulate"),
        ),
    ];
    for (ask, status, param) in cases {
        let error = body(bench.post(CHAT, &ask), status).await["error"].clone();
        assert_eq!(error["type"], "invalid_request_error", "{ask}");
        assert_eq!(error["param"], param, "{ask}");
        assert!(error["message"].is_string() && error.get("code").is_some(), "{ask}");
    }
    assert!(bench.simulator.bills().is_empty());
}

#[tokio::test]
async fn a_key_is_needed_and_the_right_one_where_one_is_set() {
    let key = SecretString::from("sim-key");
    let bench = Bench::with(Config { key: Some(key), ..Config::default() }).await;
    let url = format!("http://{}{CHAT}", bench.address);
    let ask = json!({"model": "sim-small", "messages": [{"role": "user", "content": "hi"}]});
    let none = bench.client.post(&url).json(&ask);
    let wrong = bench.client.post(&url).json(&ask).bearer_auth("other");
    for request in [none, wrong] {
        let error = body(request, 401).await["error"].clone();
        assert_eq!(error["code"], "invalid_api_key");
        assert!(!error.to_string().contains("sim-key"));
    }
    body(bench.client.post(&url).json(&ask).bearer_auth("sim-key"), 200).await;
    body(bench.client.post(&url).json(&ask).header("x-api-key", "sim-key"), 200).await;
    body(bench.client.post(&url).json(&ask).header("api-key", "sim-key"), 200).await;
    body(bench.client.post(&url).json(&ask).header("api-key", "other"), 401).await;
}

#[tokio::test]
async fn models_are_listed_and_other_paths_are_not_there() {
    let bench = Bench::start().await;
    let get =
        |path: &str| bench.client.get(format!("http://{}{path}", bench.address)).bearer_auth("any");
    let list = body(get("/v1/models"), 200).await;
    let ids: Vec<_> = list["data"].as_array().unwrap().iter().map(|model| &model["id"]).collect();
    assert_eq!(ids, ["sim-small", "sim-large", "sim-embed"]);
    let list = body(get("/v1/models").header("anthropic-version", "2023-06-01"), 200).await;
    assert_eq!(list["data"][0]["type"], "model");
    assert_eq!(body(get("/v1/files"), 404).await["error"]["type"], "invalid_request_error");
    assert_eq!(body(get(CHAT), 404).await["error"]["type"], "invalid_request_error");
    let page = get("/").send().await.unwrap().text().await.unwrap();
    assert!(page.contains("not a model provider"), "{page}");
}
