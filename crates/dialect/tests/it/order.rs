//! The order of events that clients count on, in every stream, however it ends.

use dialect::Step;
use domain::provider::Surface;
use serde_json::Value;

use crate::sse::{Event, json};

/// Checks a stream that is over.
pub fn orderly(client: Surface, events: &[Event], step: Step, include_usage: bool) {
    assert_ne!(step, Step::Going, "the stream is not over");
    match client {
        Surface::Chat => chat(events, step, include_usage),
        Surface::Responses => responses(events, step),
        _ => messages(events, step),
    }
}

fn chat(events: &[Event], step: Step, include_usage: bool) {
    assert!(events.iter().all(|(name, _)| name.is_none()), "Chat names no events");
    let mut rest = events;
    if step == Step::Failed {
        let (last, before) = rest.split_last().unwrap();
        assert!(json(last)["error"]["message"].is_string(), "no error: {last:?}");
        rest = before;
    } else {
        let (last, before) = rest.split_last().unwrap();
        assert_eq!(last.1, "[DONE]");
        rest = before;
    }
    let (mut calls, mut finished, mut usage) = (0, false, false);
    for (index, event) in rest.iter().enumerate() {
        let chunk = json(event);
        assert_eq!(chunk["object"], "chat.completion.chunk");
        assert_eq!(chunk["choices"].as_array().unwrap().len(), usize::from(!finished));
        if finished {
            assert!(include_usage && chunk["usage"].is_object() && !usage, "unasked: {chunk}");
            usage = true;
            continue;
        }
        assert!(chunk["usage"].is_null());
        let choice = &chunk["choices"][0];
        let role = &choice["delta"]["role"];
        assert_eq!(role.is_string(), index == 0, "the role comes first and once");
        for call in choice["delta"]["tool_calls"].as_array().unwrap_or(&Vec::new()) {
            let opens = call["id"].is_string();
            assert_eq!(call["index"], if opens { calls } else { calls - 1 }, "{call}");
            assert_eq!(call["function"]["name"].is_string(), opens);
            calls += i32::from(opens);
        }
        finished = choice["finish_reason"].is_string();
    }
    assert!(step == Step::Failed || finished, "no reason of the end");
}

/// T27: `message_start` with input tokens that are not zero, blocks of dense numbers from start to
/// stop, `message_delta` with usage, `message_stop`; or an error as the last event.
fn messages(events: &[Event], step: Step) {
    let mut expected_block = 0;
    let mut open: Option<Value> = None;
    let mut stage = "message_start";
    for (index, event) in events.iter().enumerate() {
        let value = json(event);
        let kind = value["type"].as_str().unwrap();
        assert_eq!(event.0.as_deref(), Some(kind), "the name differs from the type");
        match kind {
            "message_start" => {
                assert_eq!((index, stage), (0, "message_start"));
                let usage = &value["message"]["usage"];
                assert!(usage["input_tokens"].as_u64().unwrap() > 0, "{usage}");
                stage = "content";
            }
            "content_block_start" => {
                assert!(stage == "content" && open.is_none(), "a block in a block");
                assert_eq!(value["index"], expected_block);
                open = Some(value["content_block"].clone());
            }
            "content_block_delta" => {
                let Some(block) = &open else { panic!("a delta outside of a block") };
                assert_eq!(value["index"], expected_block);
                let fits = match block["type"].as_str().unwrap() {
                    "thinking" => "thinking_delta",
                    "text" => "text_delta",
                    _ => "input_json_delta",
                };
                assert_eq!(value["delta"]["type"], fits);
            }
            "content_block_stop" => {
                assert!(open.take().is_some(), "nothing to stop");
                assert_eq!(value["index"], expected_block);
                expected_block += 1;
            }
            "message_delta" => {
                assert!(stage == "content" && open.is_none(), "a block is open");
                assert!(value["usage"]["output_tokens"].is_u64());
                assert!(value["delta"]["stop_reason"].is_string());
                stage = "message_delta";
            }
            "message_stop" => {
                assert_eq!(stage, "message_delta");
                stage = "over";
            }
            "error" => {
                assert_eq!((index + 1, step), (events.len(), Step::Failed));
                assert!(value["error"]["message"].is_string());
                let cut = open.take();
                // Only a call may stay open, so that nobody runs it.
                assert!(cut.is_none_or(|block| block["type"] == "tool_use"));
                stage = "over";
            }
            kind => panic!("no event of Messages: {kind}"),
        }
    }
    assert_eq!(stage, "over");
}

/// T28: the life of the answer, of each item and of each piece, by strictly rising numbers, and exactly
/// one event that ends it.
fn responses(events: &[Event], step: Step) {
    const LAST: [&str; 3] = ["response.completed", "response.incomplete", "response.failed"];
    let values: Vec<Value> = events.iter().map(json).collect();
    for (index, (value, event)) in values.iter().zip(events).enumerate() {
        assert_eq!(event.0.as_deref(), value["type"].as_str(), "the name differs from the type");
        assert_eq!(value["sequence_number"].as_u64(), Some(index as u64));
    }
    assert_eq!(values[0]["type"], "response.created");
    assert_eq!(values[1]["type"], "response.in_progress");
    let (last, between) = values[2..].split_last().unwrap();
    let kind = last["type"].as_str().unwrap();
    assert!(LAST.contains(&kind), "{kind} ends nothing");
    assert_eq!(kind == "response.failed", step == Step::Failed);
    assert_eq!(format!("response.{}", last["response"]["status"].as_str().unwrap()), kind);
    assert_eq!(last["response"]["error"].is_object(), step == Step::Failed);
    let mut items = 0;
    let mut rest = between;
    while let Some((added, after)) = rest.split_first() {
        assert_eq!(added["type"], "response.output_item.added", "{added}");
        let length = item(items, &added["item"], after, step);
        rest = &after[length..];
        items += 1;
    }
    let told = between.iter().filter(|value| value["type"] == "response.output_item.done").count();
    assert_eq!(last["response"]["output"].as_array().unwrap().len(), told);
    assert!(told == items || (step == Step::Failed && told + 1 == items));
}

/// Checks an item's events behind the first. Gives how many they are.
fn item(number: usize, item: &Value, events: &[Value], step: Step) -> usize {
    let kind = item["type"].as_str().unwrap();
    let part = match kind {
        "reasoning" => Some("response.reasoning_summary_part"),
        "message" => Some("response.content_part"),
        _ => None,
    };
    let mut at = 0;
    let next = |at: &mut usize| {
        let event = events.get(*at);
        *at += 1;
        event
    };
    if let Some(part) = part {
        assert_eq!(next(&mut at).unwrap()["type"], format!("{part}.added"));
    }
    let mut done = false;
    while let Some(event) = events.get(at) {
        let name = event["type"].as_str().unwrap();
        if !name.ends_with(".delta") {
            done = name.ends_with(".done");
            break;
        }
        assert_eq!(event["item_id"], item["id"]);
        assert_eq!(event["output_index"].as_u64(), Some(number as u64));
        at += 1;
    }
    if !done {
        // Only a call may stay open, where the stream has failed, so that nobody runs it.
        assert!(step == Step::Failed && part.is_none() && at == events.len(), "{events:?}");
        return at;
    }
    at += 1;
    if let Some(part) = part {
        assert_eq!(next(&mut at).unwrap()["type"], format!("{part}.done"));
    }
    let last = next(&mut at).unwrap();
    assert_eq!(last["type"], "response.output_item.done");
    assert_eq!(last["output_index"].as_u64(), Some(number as u64));
    assert_eq!(last["item"]["id"], item["id"]);
    at
}
