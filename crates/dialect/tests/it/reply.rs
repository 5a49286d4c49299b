//! An answer as a test thinks of it, written by each provider whole and streamed.

use domain::provider::Surface;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::sse::Event;
use crate::talk::{arguments, text};

/// What is answered, in the order of thinking.
#[derive(Clone, Debug)]
pub struct Reply {
    pub thought: Option<String>,
    pub text: Option<String>,
    pub refusal: Option<String>,
    pub calls: Vec<(String, Value)>,
    pub end: End,
    pub usage: Usage,
    /// Where texts are cut in a stream: the lengths of pieces, in characters, over and over.
    pub cuts: Vec<usize>,
    /// Whether calls grow side by side (Chat).
    pub side_by_side: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End {
    Itself,
    Length,
    Filter,
}

/// Disjoint counts.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    pub input: u64,
    pub cached: u64,
    pub written: u64,
    pub output: u64,
    pub reasoning: u64,
}

/// Any answer.
pub fn reply() -> impl Strategy<Value = Reply> {
    let said = prop_oneof![
        4 => prop::option::of(text()).prop_map(|text| (text, None)),
        1 => text().prop_map(|refusal| (None, Some(refusal))),
    ];
    let end = prop_oneof![4 => Just(End::Itself), 1 => Just(End::Length), 1 => Just(End::Filter)];
    let usage = (1_u64..1000, 0_u64..1000, 0_u64..1000, 1_u64..500, 0_u64..500);
    let calls = prop::collection::vec(("[a-z]{1,8}", arguments()), 0..4);
    let cuts = prop::collection::vec(1_usize..6, 1..6);
    let how = (cuts, any::<bool>());
    (prop::option::of(text()), said, calls, end, usage, how).prop_map(
        |(thought, (text, refusal), calls, end, counts, (cuts, side_by_side))| {
            let (input, cached, written, output, more) = counts;
            // A refusal is an answer of its own.
            let calls = if refusal.is_some() { Vec::new() } else { calls };
            let end = if refusal.is_some() { End::Itself } else { end };
            let usage = Usage { input, cached, written, output: output + more, reasoning: more };
            Reply { thought, text, refusal, calls, end, usage, cuts, side_by_side }
        },
    )
}

impl Reply {
    fn pieces(&self, text: &str) -> Vec<String> {
        let characters: Vec<char> = text.chars().collect();
        let mut pieces = Vec::new();
        let (mut at, mut cuts) = (0, self.cuts.iter().cycle());
        while at < characters.len() {
            let end = characters.len().min(at + cuts.next().unwrap());
            pieces.push(characters[at..end].iter().collect());
            at = end;
        }
        pieces
    }

    fn prompt_tokens(&self) -> u64 {
        self.usage.input + self.usage.cached
    }
}

/// The answer as the provider gives it whole.
pub fn whole(provider: Surface, reply: &Reply) -> Value {
    match provider {
        Surface::Chat => chat_whole(reply),
        Surface::Responses => response(reply),
        _ => messages_whole(reply),
    }
}

/// The answer as the provider streams it.
pub fn stream(provider: Surface, reply: &Reply) -> Vec<Event> {
    match provider {
        Surface::Chat => chat_stream(reply),
        Surface::Responses => responses_stream(reply),
        _ => messages_stream(reply),
    }
}

fn chat_usage(reply: &Reply) -> Value {
    let (prompt, output) = (reply.prompt_tokens(), reply.usage.output);
    json!({
        "prompt_tokens": prompt, "completion_tokens": output, "total_tokens": prompt + output,
        "prompt_tokens_details": {"cached_tokens": reply.usage.cached},
        "completion_tokens_details": {"reasoning_tokens": reply.usage.reasoning},
    })
}

fn finish_reason(reply: &Reply) -> &'static str {
    match reply.end {
        End::Length => "length",
        End::Filter => "content_filter",
        End::Itself if reply.calls.is_empty() => "stop",
        End::Itself => "tool_calls",
    }
}

fn chat_whole(reply: &Reply) -> Value {
    let mut message = json!({"role": "assistant", "content": reply.text, "refusal": reply.refusal});
    if let Some(thought) = &reply.thought {
        message["reasoning_content"] = json!(thought);
    }
    if !reply.calls.is_empty() {
        let calls = reply.calls.iter().enumerate().map(|(index, (name, arguments))| {
            let function = json!({"name": name, "arguments": arguments.to_string()});
            json!({"id": format!("call_{index}"), "type": "function", "function": function})
        });
        message["tool_calls"] = calls.collect::<Vec<_>>().into();
    }
    let choice = json!({"index": 0, "message": message, "finish_reason": finish_reason(reply)});
    json!({"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice],
        "usage": chat_usage(reply)})
}

fn chat_stream(reply: &Reply) -> Vec<Event> {
    let chunk = |delta: Value, finish: Value| {
        let choice = json!({"index": 0, "delta": delta, "finish_reason": finish});
        let chunk = json!({"id": "c", "object": "chat.completion.chunk", "created": 1,
            "model": "m", "choices": [choice]});
        (None, chunk.to_string())
    };
    let mut events = vec![chunk(json!({"role": "assistant", "content": ""}), Value::Null)];
    let said = [
        ("reasoning_content", &reply.thought),
        ("content", &reply.text),
        ("refusal", &reply.refusal),
    ];
    for (name, text) in said {
        for piece in reply.pieces(text.as_deref().unwrap_or_default()) {
            events.push(chunk(json!({ name: piece }), Value::Null));
        }
    }
    let mut deltas: Vec<(usize, Value)> = Vec::new();
    for (index, (name, arguments)) in reply.calls.iter().enumerate() {
        let function = json!({"name": name, "arguments": ""});
        let id = format!("call_{index}");
        let call = json!({"index": index, "id": id, "type": "function", "function": function});
        deltas.push((0, call));
        for (turn, piece) in reply.pieces(&arguments.to_string()).into_iter().enumerate() {
            deltas.push((turn + 1, json!({"index": index, "function": {"arguments": piece}})));
        }
    }
    if reply.side_by_side {
        deltas.sort_by_key(|(turn, _)| *turn);
    }
    events.extend(
        deltas.into_iter().map(|(_, call)| chunk(json!({"tool_calls": [call]}), Value::Null)),
    );
    events.push(chunk(json!({}), json!(finish_reason(reply))));
    let last = json!({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
        "choices": [], "usage": chat_usage(reply)});
    events.push((None, last.to_string()));
    events.push((None, "[DONE]".to_owned()));
    events
}

fn items(reply: &Reply) -> Vec<Value> {
    let mut items = Vec::new();
    if let Some(thought) = &reply.thought {
        let summary = json!([{"type": "summary_text", "text": thought}]);
        items.push(json!({"id": "rs", "type": "reasoning", "summary": summary}));
    }
    let content = match (&reply.text, &reply.refusal) {
        (Some(text), _) => Some(json!({"type": "output_text", "text": text, "annotations": []})),
        (None, Some(refusal)) => Some(json!({"type": "refusal", "refusal": refusal})),
        (None, None) => None,
    };
    if let Some(content) = content {
        items.push(json!({"id": "msg", "type": "message", "status": "completed",
            "role": "assistant", "content": [content]}));
    }
    for (index, (name, arguments)) in reply.calls.iter().enumerate() {
        items.push(json!({"id": format!("fc_{index}"), "type": "function_call",
            "status": "completed", "call_id": format!("call_{index}"), "name": name,
            "arguments": arguments.to_string()}));
    }
    items
}

fn response(reply: &Reply) -> Value {
    let reason = match reply.end {
        End::Itself => None,
        End::Length => Some("max_output_tokens"),
        End::Filter => Some("content_filter"),
    };
    let (input, output) = (reply.prompt_tokens(), reply.usage.output);
    json!({
        "id": "resp", "object": "response", "created_at": 1, "model": "m", "error": null,
        "status": if reason.is_some() { "incomplete" } else { "completed" },
        "incomplete_details": reason.map(|reason| json!({"reason": reason})),
        "output": items(reply),
        "usage": {
            "input_tokens": input, "output_tokens": output, "total_tokens": input + output,
            "input_tokens_details": {"cached_tokens": reply.usage.cached},
            "output_tokens_details": {"reasoning_tokens": reply.usage.reasoning},
        },
    })
}

fn named(event: Value) -> Event {
    (Some(event["type"].as_str().unwrap().to_owned()), event.to_string())
}

fn responses_stream(reply: &Reply) -> Vec<Event> {
    let begun = json!({"id": "resp", "object": "response", "status": "in_progress", "output": []});
    let mut events = vec![
        named(json!({"type": "response.created", "response": begun})),
        named(json!({"type": "response.in_progress", "response": begun})),
    ];
    for (index, item) in items(reply).into_iter().enumerate() {
        let mut added = item.clone();
        let (of, text, at) = match item["type"].as_str().unwrap() {
            "reasoning" => {
                added["summary"] = json!([]);
                ("reasoning_summary_text", &item["summary"][0]["text"], "summary_index")
            }
            "message" => {
                added["content"] = json!([]);
                let content = &item["content"][0];
                match content["type"].as_str() {
                    Some("refusal") => ("refusal", &content["refusal"], "content_index"),
                    _ => ("output_text", &content["text"], "content_index"),
                }
            }
            _ => {
                added["arguments"] = json!("");
                ("function_call_arguments", &item["arguments"], "unused")
            }
        };
        let text = text.as_str().unwrap();
        events.push(named(
            json!({"type": "response.output_item.added", "output_index": index, "item": added}),
        ));
        for piece in reply.pieces(text) {
            events.push(named(json!({"type": format!("response.{of}.delta"), "item_id": "i",
                "output_index": index, at: 0, "delta": piece})));
        }
        let field = match of {
            "refusal" => "refusal",
            "function_call_arguments" => "arguments",
            _ => "text",
        };
        events.push(named(json!({"type": format!("response.{of}.done"), "item_id": "i",
            "output_index": index, at: 0, field: text})));
        events.push(named(
            json!({"type": "response.output_item.done", "output_index": index, "item": item}),
        ));
    }
    let last = response(reply);
    let kind = format!("response.{}", last["status"].as_str().unwrap());
    events.push(named(json!({"type": kind, "response": last})));
    events
}

fn blocks(reply: &Reply) -> Vec<Value> {
    let mut blocks = Vec::new();
    if let Some(thought) = &reply.thought {
        blocks.push(json!({"type": "thinking", "thinking": thought, "signature": "c2ln"}));
    }
    if let Some(text) = &reply.text {
        blocks.push(json!({"type": "text", "text": text}));
    }
    for (index, (name, arguments)) in reply.calls.iter().enumerate() {
        let id = format!("call_{index}");
        blocks.push(json!({"type": "tool_use", "id": id, "name": name, "input": arguments}));
    }
    blocks
}

fn stop(reply: &Reply) -> Value {
    let reason = match reply.end {
        _ if reply.refusal.is_some() => "refusal",
        End::Length => "max_tokens",
        End::Filter => "refusal",
        End::Itself if reply.calls.is_empty() => "end_turn",
        End::Itself => "tool_use",
    };
    let details = reply
        .refusal
        .as_ref()
        .map(|refusal| json!({"type": "refusal", "category": null, "explanation": refusal}));
    json!({"stop_reason": reason, "stop_sequence": null, "stop_details": details})
}

fn messages_usage(reply: &Reply) -> Value {
    json!({
        "input_tokens": reply.usage.input, "cache_read_input_tokens": reply.usage.cached,
        "cache_creation_input_tokens": reply.usage.written, "output_tokens": reply.usage.output,
        "output_tokens_details": {"thinking_tokens": reply.usage.reasoning},
    })
}

fn messages_whole(reply: &Reply) -> Value {
    let mut message = json!({"id": "msg", "type": "message", "role": "assistant", "model": "m",
        "content": blocks(reply), "usage": messages_usage(reply)});
    message.as_object_mut().unwrap().extend(stop(reply).as_object().unwrap().clone());
    message
}

fn messages_stream(reply: &Reply) -> Vec<Event> {
    let mut usage = messages_usage(reply);
    usage["output_tokens"] = json!(1);
    usage["output_tokens_details"] = Value::Null;
    let message = json!({"id": "msg", "type": "message", "role": "assistant", "model": "m",
        "content": [], "stop_reason": null, "stop_sequence": null, "usage": usage});
    let mut events = vec![named(json!({"type": "message_start", "message": message}))];
    for (index, block) in blocks(reply).into_iter().enumerate() {
        let mut empty = block.clone();
        let (kind, field, text) = match block["type"].as_str().unwrap() {
            "thinking" => {
                empty["thinking"] = json!("");
                ("thinking_delta", "thinking", block["thinking"].as_str().unwrap().to_owned())
            }
            "text" => {
                empty["text"] = json!("");
                ("text_delta", "text", block["text"].as_str().unwrap().to_owned())
            }
            _ => {
                empty["input"] = json!({});
                ("input_json_delta", "partial_json", block["input"].to_string())
            }
        };
        let start = json!({"type": "content_block_start", "index": index, "content_block": empty});
        events.push(named(start));
        events.push(named(json!({"type": "ping"})));
        for piece in reply.pieces(&text) {
            let delta = json!({"type": kind, field: piece});
            events.push(named(
                json!({"type": "content_block_delta", "index": index, "delta": delta}),
            ));
        }
        events.push(named(json!({"type": "content_block_stop", "index": index})));
    }
    let usage = json!({"output_tokens": reply.usage.output,
        "output_tokens_details": {"thinking_tokens": reply.usage.reasoning}});
    events.push(named(json!({"type": "message_delta", "delta": stop(reply), "usage": usage})));
    events.push(named(json!({"type": "message_stop"})));
    events
}
