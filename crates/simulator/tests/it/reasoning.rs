//! Reasoning, shown and hidden, sealed and signed.

use serde_json::{Value, json};

use crate::{Bench, body, events, named_events, parse};

fn message(thinking: Value) -> Value {
    json!({
        "model": "sim-small", "max_tokens": 2000, "thinking": thinking,
        "messages": [{"role": "user", "content": "hi"}],
    })
}

#[tokio::test]
async fn thinking_comes_before_text_and_is_signed() {
    let bench = Bench::start().await;
    let ask = message(json!({"type": "enabled", "budget_tokens": 1024}));
    let request = bench.post("/v1/messages", &ask).header("x-simulate", "reasoning_tokens=20");
    let whole = body(request, 200).await;
    let thought = &whole["content"][0];
    assert_eq!(
        (&thought["type"], &whole["content"][1]["type"]),
        (&json!("thinking"), &json!("text"))
    );
    assert_eq!(thought["thinking"].as_str().unwrap().len(), 80);
    assert_eq!(whole["usage"]["output_tokens_details"]["thinking_tokens"], 20);

    let mut ask = ask;
    ask["stream"] = json!(true);
    let request = bench.post("/v1/messages", &ask).header("x-simulate", "reasoning_tokens=20");
    let events = named_events(request).await;
    let of = |kind: &str, field: &str| -> String {
        let deltas = events.iter().map(|(_, data)| &data["delta"]);
        deltas
            .filter(|delta| delta["type"] == kind)
            .filter_map(|delta| delta[field].as_str())
            .collect()
    };
    assert_eq!(json!(of("thinking_delta", "thinking")), thought["thinking"]);
    assert_eq!(json!(of("signature_delta", "signature")), thought["signature"]);
    assert_eq!(json!(of("text_delta", "text")), whole["content"][1]["text"]);
    let indexes: Vec<_> = events.iter().filter_map(|(_, data)| data["index"].as_u64()).collect();
    assert!(indexes.is_sorted() && indexes.last() == Some(&1));
    for bill in bench.bills(2).await {
        assert_eq!(whole["usage"]["output_tokens"], bill.completion_tokens);
        assert_eq!(bill.reasoning_tokens, 20);
    }
}

#[tokio::test]
async fn t32_thinking_that_comes_back_altered_is_refused() {
    let bench = Bench::start().await;
    let mut ask = message(json!({"type": "adaptive"}));
    let said = body(bench.post("/v1/messages", &ask), 200).await["content"].clone();
    let more = [
        json!({"role": "assistant", "content": said}),
        json!({"role": "user", "content": "go on"}),
    ];
    ask["messages"].as_array_mut().unwrap().extend(more);
    body(bench.post("/v1/messages", &ask), 200).await;
    ask["messages"][1]["content"][0]["thinking"] = json!("something else");
    let error = body(bench.post("/v1/messages", &ask), 400).await;
    assert!(error["error"]["message"].as_str().unwrap().contains("`signature`"), "{error}");
}

#[tokio::test]
async fn thinking_is_off_hidden_or_refused_as_asked() {
    let bench = Bench::start().await;
    let off = message(json!({"type": "disabled"}));
    let request = bench.post("/v1/messages", &off).header("x-simulate", "reasoning_tokens=20");
    assert_eq!(body(request, 200).await["content"][0]["type"], "text");
    let hidden = message(json!({"type": "adaptive", "display": "omitted"}));
    let answer = body(bench.post("/v1/messages", &hidden), 200).await;
    assert_eq!(answer["content"][0]["thinking"], "");
    assert_eq!(answer["usage"]["output_tokens_details"]["thinking_tokens"], 64);
    let greedy = message(json!({"type": "enabled", "budget_tokens": 2000}));
    body(bench.post("/v1/messages", &greedy), 400).await;
}

#[tokio::test]
async fn a_chats_effort_is_billed_and_not_shown() {
    let bench = Bench::start().await;
    for (effort, tokens) in [("none", 0), ("low", 32), ("medium", 64), ("high", 128)] {
        let ask = json!({
            "model": "sim-small", "messages": [{"role": "user", "content": "hi"}],
            "reasoning_effort": effort, "stream": true, "stream_options": {"include_usage": true},
        });
        let frames = events(bench.post("/v1/chat/completions", &ask)).await;
        let usage = parse(&frames[frames.len() - 2])["usage"].clone();
        assert_eq!(usage["completion_tokens_details"]["reasoning_tokens"], tokens);
        let bill = bench.simulator.bills().pop();
        assert!(bill.is_none_or(|bill| bill.completion_tokens > bill.reasoning_tokens));
        let text: String = frames[..frames.len() - 1]
            .iter()
            .filter_map(|f| parse(f)["choices"][0]["delta"]["content"].as_str().map(str::to_owned))
            .collect();
        let visible = simulator::count_tokens(text.len() as u64);
        assert_eq!(usage["completion_tokens"], tokens + visible);
    }
    let bills = bench.bills(4).await;
    assert_eq!(bills.iter().map(|bill| bill.reasoning_tokens).sum::<u64>(), 32 + 64 + 128);
}

#[tokio::test]
async fn t53_sealed_reasoning_opens_for_the_key_that_it_was_sealed_for_only() {
    let bench = Bench::start().await;
    let mut ask = json!({
        "model": "sim-small", "input": "hi", "store": false, "reasoning": {"effort": "low"},
        "include": ["reasoning.encrypted_content"],
    });
    let output = body(bench.post("/v1/responses", &ask), 200).await["output"].clone();
    assert_eq!((&output[0]["type"], &output[0]["summary"]), (&json!("reasoning"), &json!([])));
    assert!(output[0]["encrypted_content"].is_string());
    let mut input = vec![json!({"role": "user", "content": "hi"})];
    input.extend(output.as_array().unwrap().clone());
    input.push(json!({"role": "user", "content": "go on"}));
    ask["input"] = json!(input);
    body(bench.post("/v1/responses", &ask), 200).await;
    let url = format!("http://{}/v1/responses", bench.address);
    let elsewhere = bench.client.post(url).bearer_auth("another-key").json(&ask);
    let error = body(elsewhere, 400).await["error"].clone();
    assert_eq!(error["code"], "invalid_encrypted_content");
    assert!(error["message"].as_str().unwrap().contains(output[0]["id"].as_str().unwrap()));

    ask["include"] = json!([]);
    let output = body(bench.post("/v1/responses", &ask), 200).await["output"].clone();
    assert_eq!(output[0].get("encrypted_content"), None);
    assert_eq!(bench.bills(3).await.len(), 3);
}
