//! Puts a client's stream together, as an SDK does, into the answer that it would get whole.

use domain::provider::Surface;
use serde_json::{Map, Value, json};

use crate::sse::{Event, json as data};

/// The answer that a complete stream amounts to.
pub fn assemble(client: Surface, events: &[Event]) -> Value {
    match client {
        Surface::Chat => chat(events),
        Surface::Responses => responses(events),
        _ => messages(events),
    }
}

fn append(known: &mut Value, more: &Value) {
    if let Some(more) = more.as_str() {
        *known = format!("{}{more}", known.as_str().unwrap_or_default()).into();
    }
}

fn chat(events: &[Event]) -> Value {
    let mut message = json!({"role": null, "content": null, "refusal": null});
    let mut answer = Value::Null;
    let mut finish = Value::Null;
    let mut usage = Value::Null;
    for event in events.iter().filter(|(_, data)| data != "[DONE]") {
        let chunk = data(event);
        if answer.is_null() {
            answer = json!({"id": chunk["id"], "created": chunk["created"], "model": chunk["model"],
                "object": "chat.completion"});
        }
        if chunk["usage"].is_object() {
            usage = chunk["usage"].clone();
        }
        let Some(choice) = chunk["choices"].get(0) else { continue };
        let delta = &choice["delta"];
        for name in ["role", "content", "refusal", "reasoning_content"] {
            if delta[name].is_string() {
                append(&mut message[name], &delta[name]);
            }
        }
        for call in delta["tool_calls"].as_array().unwrap_or(&Vec::new()) {
            if message.get("tool_calls").is_none() {
                message["tool_calls"] = json!([]);
            }
            let calls = message["tool_calls"].as_array_mut().unwrap();
            let index = usize::try_from(call["index"].as_u64().unwrap()).unwrap();
            if index == calls.len() {
                let function = json!({"name": call["function"]["name"], "arguments": ""});
                calls.push(json!({"id": call["id"], "type": call["type"], "function": function}));
            }
            append(&mut calls[index]["function"]["arguments"], &call["function"]["arguments"]);
        }
        if choice["finish_reason"].is_string() {
            finish = choice["finish_reason"].clone();
        }
    }
    // A stream begins with an empty text whatever follows.
    let other = message.get("tool_calls").is_some() || message["refusal"].is_string();
    if message["content"] == "" && other {
        message["content"] = Value::Null;
    }
    answer["choices"] =
        json!([{"index": 0, "message": message, "logprobs": null, "finish_reason": finish}]);
    answer["usage"] = usage;
    answer
}

fn responses(events: &[Event]) -> Value {
    let mut items: Vec<Value> = Vec::new();
    let mut text = String::new();
    for event in events {
        let event = data(event);
        match event["type"].as_str().unwrap() {
            "response.output_item.added" => text.clear(),
            kind if kind.ends_with(".delta") => text.push_str(event["delta"].as_str().unwrap()),
            "response.output_item.done" => {
                let item = &event["item"];
                let said = match item["type"].as_str().unwrap() {
                    "reasoning" => &item["summary"][0]["text"],
                    "message" if item["content"][0]["type"] == "refusal" => {
                        &item["content"][0]["refusal"]
                    }
                    "message" => &item["content"][0]["text"],
                    _ => &item["arguments"],
                };
                assert_eq!(said, &json!(text), "the deltas differ from the item");
                items.push(item.clone());
            }
            _ => {}
        }
    }
    let last = data(events.last().unwrap())["response"].clone();
    assert_eq!(last["output"], json!(items), "the items differ from the last event");
    last
}

fn messages(events: &[Event]) -> Value {
    let mut message = Value::Null;
    let mut blocks: Vec<Value> = Vec::new();
    let mut partial = String::new();
    for event in events {
        let event = data(event);
        match event["type"].as_str().unwrap() {
            "message_start" => message = event["message"].clone(),
            "content_block_start" => {
                blocks.push(event["content_block"].clone());
                partial.clear();
            }
            "content_block_delta" => {
                let (block, delta) = (blocks.last_mut().unwrap(), &event["delta"]);
                match delta["type"].as_str().unwrap() {
                    "text_delta" => append(&mut block["text"], &delta["text"]),
                    "thinking_delta" => append(&mut block["thinking"], &delta["thinking"]),
                    _ => partial.push_str(delta["partial_json"].as_str().unwrap()),
                }
            }
            "content_block_stop" => {
                let block = blocks.last_mut().unwrap();
                if block["type"] == "tool_use" && !partial.is_empty() {
                    block["input"] = serde_json::from_str(&partial).unwrap();
                }
            }
            "message_delta" => {
                let known: &mut Map<String, Value> = message.as_object_mut().unwrap();
                known.extend(event["delta"].as_object().unwrap().clone());
                known.insert("usage".into(), event["usage"].clone());
            }
            _ => {}
        }
    }
    message["content"] = blocks.into();
    message
}
