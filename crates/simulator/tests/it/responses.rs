//! The shapes of OpenAI's responses.

use serde_json::{Value, json};
use simulator::{Endpoint, OPENING};

use crate::{Bench, body, named_events};

const PATH: &str = "/v1/responses";

#[tokio::test]
async fn a_whole_response_has_the_published_shape_and_repeats_its_terms() {
    let bench = Bench::start().await;
    let ask = json!({
        "model": "sim-small", "instructions": "Be brief.", "store": false,
        "input": [
            {"role": "user", "content": "Why is the sky blue?"},
            {"type": "message", "role": "assistant",
                "content": [{"type": "output_text", "text": "It is not."}]},
            {"type": "message", "role": "user",
                "content": [{"type": "input_text", "text": "Why not?"}]},
        ],
        "previous_response_id": "resp_earlier", "metadata": {"a": "b"}, "temperature": 0.5,
    });
    let response = body(bench.post(PATH, &ask), 200).await;
    assert!(response["id"].as_str().unwrap().starts_with("resp_"));
    assert_eq!(
        (&response["object"], &response["status"]),
        (&json!("response"), &json!("completed"))
    );
    for term in ["instructions", "store", "previous_response_id", "metadata", "temperature"] {
        assert_eq!(response[term], ask[term], "{term}");
    }
    assert_eq!(response["tool_choice"], "auto");
    let message = &response["output"][0];
    assert_eq!((&message["type"], &message["role"]), (&json!("message"), &json!("assistant")));
    let text = message["content"][0]["text"].as_str().unwrap();
    assert!(text.starts_with(OPENING) && text.contains("Why not?"), "{text}");
    let bill = bench.bills(1).await.remove(0);
    assert_eq!((bill.endpoint, bill.prompt_tokens), (Endpoint::Responses, 12));
    let usage = &response["usage"];
    assert_eq!(
        (&usage["input_tokens"], &usage["input_tokens_details"]["cached_tokens"]),
        (&json!(12), &json!(0))
    );
    assert_eq!(usage["output_tokens"], bill.completion_tokens);
    assert_eq!(usage["output_tokens_details"]["reasoning_tokens"], 0);
    assert_eq!(usage["total_tokens"], 12 + bill.completion_tokens);
}

#[tokio::test]
async fn t28_a_stream_goes_from_created_to_completed_with_every_event_numbered() {
    let bench = Bench::start().await;
    let ask = json!({
        "model": "sim-small", "input": "hi", "stream": true,
        "reasoning": {"effort": "low", "summary": "auto"},
    });
    let events = named_events(bench.post(PATH, &ask).header("x-simulate", "chunks=2")).await;
    let mut names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    names.dedup();
    assert_eq!(
        names,
        [
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.reasoning_summary_part.added",
            "response.reasoning_summary_text.delta",
            "response.reasoning_summary_text.done",
            "response.reasoning_summary_part.done",
            "response.output_item.done",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.completed",
        ]
    );
    for (index, (_, data)) in events.iter().enumerate() {
        assert_eq!(data["sequence_number"], index);
    }
    let of = |name: &'static str| {
        events.iter().filter(move |event| event.0 == name).map(|event| &event.1)
    };
    let created = of("response.created").next().unwrap();
    assert_eq!(created["response"]["status"], "in_progress");
    assert_eq!(
        (&created["response"]["output"], &created["response"]["usage"]),
        (&json!([]), &Value::Null)
    );
    let deltas: Vec<_> = of("response.output_text.delta").collect();
    assert_eq!(deltas.len(), 2);
    let text: String = deltas.iter().filter_map(|data| data["delta"].as_str()).collect();
    let done = of("response.output_text.done").next().unwrap();
    assert_eq!(done["text"], text);
    for data in &deltas {
        assert_eq!((&data["output_index"], &data["content_index"]), (&json!(1), &json!(0)));
        assert_eq!(data["item_id"], done["item_id"]);
        assert_eq!(data["logprobs"], json!([]));
    }
    let completed = &of("response.completed").next().unwrap()["response"];
    assert_eq!(completed["output"][1]["content"][0]["text"], text);
    assert_eq!(completed["output"][1]["id"], done["item_id"]);
    assert_eq!(completed["usage"]["output_tokens_details"]["reasoning_tokens"], 32);
    assert_eq!(completed["usage"]["output_tokens"], bench.bills(1).await[0].completion_tokens);
}

#[tokio::test]
async fn t28_a_stream_that_is_cut_or_breaks_ends_in_an_event_that_says_so() {
    let bench = Bench::start().await;
    let ask = json!({
        "model": "sim-small", "input": "hi", "stream": true, "max_output_tokens": 5,
    });
    let events = named_events(bench.post(PATH, &ask)).await;
    let (name, last) = events.last().unwrap();
    assert_eq!(name, "response.incomplete");
    assert_eq!(last["response"]["incomplete_details"]["reason"], "max_output_tokens");
    assert_eq!(last["response"]["usage"]["output_tokens"], 5);

    let request = bench.post(PATH, &ask).header("x-simulate", "error_after=1");
    let events = named_events(request).await;
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[4..], ["response.output_text.delta", "error", "response.failed"]);
    let (_, failed) = events.last().unwrap();
    assert_eq!(failed["response"]["error"]["code"], "server_error");
    assert_eq!(failed["sequence_number"], 6);
    assert!(!bench.bills(2).await[1].completed);
}

#[tokio::test]
async fn a_function_is_called_whole_and_streamed_and_then_answered_in_words() {
    let bench = Bench::start().await;
    let mut ask = json!({
        "model": "sim-small+fault=tool_call=weather", "input": "hi",
        "tools": [{"type": "web_search"}, {"type": "function", "name": "weather", "parameters": {
            "type": "object", "required": ["city"], "properties": {"city": {"type": "string"}},
        }}],
    });
    let response = body(bench.post(PATH, &ask), 200).await;
    let call = response["output"][0].clone();
    assert_eq!((&call["type"], &call["name"]), (&json!("function_call"), &json!("weather")));
    assert_eq!(call["arguments"], r#"{"city":"simulated"}"#);
    assert!(call["call_id"].as_str().unwrap().starts_with("call_"));

    ask["stream"] = json!(true);
    let events = named_events(bench.post(PATH, &ask)).await;
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names[2..],
        [
            "response.output_item.added",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.done",
            "response.output_item.done",
            "response.completed",
        ]
    );
    assert_eq!(events[2].1["item"]["arguments"], "");
    assert_eq!(events[5].1["arguments"], call["arguments"]);
    assert_eq!(events[6].1["item"]["status"], "completed");

    let result =
        json!({"type": "function_call_output", "call_id": call["call_id"], "output": "sunny"});
    ask["input"] = json!([{"role": "user", "content": "hi"}, call, result]);
    ask["stream"] = json!(false);
    let response = body(bench.post(PATH, &ask), 200).await;
    assert_eq!(response["output"][0]["type"], "message");
    assert_eq!(response["usage"]["input_tokens"], 2, "2 and 5 bytes");
}

#[tokio::test]
async fn nonsense_is_refused_in_openais_shape() {
    let bench = Bench::start().await;
    for (ask, param) in [
        (json!({"input": "hi"}), Value::Null),
        (json!({"model": "sim-small"}), json!("input")),
        (json!({"model": "sim-small", "input": []}), json!("input")),
        (json!({"model": "sim-small", "input": 5}), Value::Null),
        (
            json!({"model": "sim-small", "input": "hi", "max_output_tokens": 0}),
            json!("max_output_tokens"),
        ),
    ] {
        let error = body(bench.post(PATH, &ask), 400).await["error"].clone();
        assert_eq!(
            (&error["type"], &error["param"]),
            (&json!("invalid_request_error"), &param),
            "{ask}"
        );
    }
    assert!(bench.simulator.bills().is_empty());
}
