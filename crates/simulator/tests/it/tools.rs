//! Tools and structured answers, on all surfaces that have them.

use serde_json::{Value, json};

use crate::{Bench, body, events, named_events, parse};

fn schema() -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["city", "unit", "days"],
        "properties": {
            "city": {"type": "string"},
            "unit": {"enum": ["celsius", "fahrenheit"]},
            "days": {"type": "array", "items": {"type": "integer", "minimum": 3}},
        },
    })
}

fn satisfied() -> Value {
    json!({"city": "simulated", "unit": "celsius", "days": [3]})
}

fn chat(extra: Value) -> Value {
    let mut ask = json!({
        "model": "sim-small", "messages": [{"role": "user", "content": "hi"}],
        "tools": [
            {"type": "function", "function": {"name": "weather", "parameters": schema()}},
            {"type": "function", "function": {"name": "time", "parameters": {"type": "object"}}},
        ],
    });
    ask.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    ask
}

fn messages(extra: Value) -> Value {
    let mut ask = json!({
        "model": "sim-small", "max_tokens": 1000, "messages": [{"role": "user", "content": "hi"}],
        "tools": [
            {"name": "weather", "input_schema": schema()},
            {"name": "time", "input_schema": {"type": "object"}},
        ],
    });
    ask.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    ask
}

#[tokio::test]
async fn a_script_or_the_caller_makes_chats_call_tools() {
    let bench = Bench::start().await;
    let forced = json!({"type": "function", "function": {"name": "weather"}});
    for (ask, script) in [
        (chat(json!({})), "tool_call=weather"),
        (chat(json!({"tool_choice": forced})), ""),
        (chat(json!({"tool_choice": "required"})), ""),
    ] {
        let request = bench.post("/v1/chat/completions", &ask).header("x-simulate", script);
        let choice = body(request, 200).await["choices"][0].clone();
        assert_eq!(choice["finish_reason"], "tool_calls");
        let function = &choice["message"]["tool_calls"][0]["function"];
        assert_eq!(function["name"], "weather");
        assert_eq!(parse(function["arguments"].as_str().unwrap()), satisfied());
    }
    let asked = chat(json!({"tool_choice": "none"}));
    let request = bench.post("/v1/chat/completions", &asked).header("x-simulate", "tool_calls=2");
    assert_eq!(body(request, 200).await["choices"][0]["finish_reason"], "stop");
    let request = bench.post("/v1/chat/completions", &chat(json!({})));
    let error = body(request.header("x-simulate", "tool_call=nothing"), 400).await;
    assert!(error["error"]["message"].as_str().unwrap().contains("tool_call=nothing"), "{error}");
}

#[tokio::test]
async fn many_calls_are_streamed_one_after_the_other() {
    let bench = Bench::start().await;
    let request = bench.post("/v1/chat/completions", &chat(json!({"stream": true})));
    let frames = events(request.header("x-simulate", "tool_calls=2")).await;
    let mut arguments = [String::new(), String::new()];
    let mut names = Vec::new();
    for frame in &frames[..frames.len() - 1] {
        let call = parse(frame)["choices"][0]["delta"]["tool_calls"][0].clone();
        let Some(index) = call["index"].as_u64() else { continue };
        names.extend(call["function"]["name"].as_str().map(str::to_owned));
        arguments[index as usize].push_str(call["function"]["arguments"].as_str().unwrap());
    }
    assert_eq!(names, ["weather", "time"]);
    assert_eq!(parse(&arguments[0]), satisfied());
    assert_eq!(parse(&arguments[1]), json!({"simulated": true, "prompt_bytes": 2}));

    let single = chat(json!({"parallel_tool_calls": false}));
    let request = bench.post("/v1/chat/completions", &single).header("x-simulate", "tool_calls=2");
    let calls = body(request, 200).await["choices"][0]["message"]["tool_calls"].clone();
    assert_eq!(calls.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn messages_use_tools_whole_and_streamed() {
    let bench = Bench::start().await;
    let forced = json!({"tool_choice": {"type": "tool", "name": "weather"}});
    let message = body(bench.post("/v1/messages", &messages(forced)), 200).await;
    assert_eq!(message["content"][0]["input"], satisfied());
    let any = json!({"tool_choice": {"type": "any", "disable_parallel_tool_use": true}});
    let request = bench.post("/v1/messages", &messages(any)).header("x-simulate", "tool_calls=5");
    assert_eq!(body(request, 200).await["content"].as_array().unwrap().len(), 1);

    let request = bench.post("/v1/messages", &messages(json!({"stream": true})));
    let events = named_events(request.header("x-simulate", "tool_calls=2")).await;
    let mut inputs = [String::new(), String::new()];
    for (_, data) in &events {
        if let Some(json) = data["delta"]["partial_json"].as_str() {
            inputs[data["index"].as_u64().unwrap() as usize].push_str(json);
        }
    }
    assert_eq!(parse(&inputs[0]), satisfied());
    assert_eq!(parse(&inputs[1])["simulated"], true);
    let starts = events.iter().filter(|(name, _)| name == "content_block_start");
    let ids: Vec<_> = starts.map(|(_, data)| data["content_block"]["id"].clone()).collect();
    assert!(ids.len() == 2 && ids[0] != ids[1]);
}

#[tokio::test]
async fn t27_after_a_tools_result_comes_text() {
    let bench = Bench::start().await;
    let mut ask = chat(json!({"tool_choice": "required"}));
    let call =
        body(bench.post("/v1/chat/completions", &ask), 200).await["choices"][0]["message"].clone();
    let result = json!({
        "role": "tool", "tool_call_id": call["tool_calls"][0]["id"], "content": "sunny",
    });
    ask["messages"].as_array_mut().unwrap().extend([call, result]);
    let answer = body(bench.post("/v1/chat/completions", &ask), 200).await;
    assert_eq!(answer["choices"][0]["finish_reason"], "stop");
}

#[tokio::test]
async fn a_structured_answer_satisfies_its_schema_on_every_surface() {
    let bench = Bench::start().await;
    let format = json!({"type": "json_schema", "json_schema": {"name": "w", "schema": schema()}});
    let mut ask = chat(json!({"response_format": format}));
    ask.as_object_mut().unwrap().remove("tools");
    let answer = body(bench.post("/v1/chat/completions", &ask), 200).await;
    let text = answer["choices"][0]["message"]["content"].as_str().unwrap().to_owned();
    assert_eq!(parse(&text), satisfied());
    ask["response_format"] = json!({"type": "json_object"});
    let answer = body(bench.post("/v1/chat/completions", &ask), 200).await;
    let text = answer["choices"][0]["message"]["content"].as_str().unwrap().to_owned();
    assert_eq!(parse(&text)["simulated"], true);

    let format = json!({"format": {"type": "json_schema", "schema": schema()}});
    let request = bench.post("/v1/messages", &messages(json!({"output_config": format})));
    let text = body(request, 200).await["content"][0]["text"].clone();
    assert_eq!(parse(text.as_str().unwrap()), satisfied());

    let format = json!({"type": "json_schema", "name": "w", "schema": schema(), "strict": true});
    let ask = json!({"model": "sim-small", "input": "hi", "text": {"format": format}});
    let response = body(bench.post("/v1/responses", &ask), 200).await;
    let text = response["output"][0]["content"][0]["text"].as_str().unwrap().to_owned();
    assert_eq!(parse(&text), satisfied());
    assert_eq!(response["text"], ask["text"]);
}
