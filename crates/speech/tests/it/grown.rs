//! Texts that grow, cut anywhere: what a rewriter holds back comes in time, and a stream says what a whole
//! answer would.

use std::collections::BTreeMap;

use domain::provider::Surface;
use proptest::prelude::*;
use serde_json::{Value, json};
use speech::answer::Options;

use crate::{ALL, data, grown, hold, same_but_for_cadence, stream, whole};

/// One choice of an answer: reasoning, text, and the arguments of calls that come turn by turn.
#[derive(Clone, Debug)]
struct Choice {
    thought: Vec<String>,
    text: Vec<String>,
    calls: Vec<Vec<String>>,
    /// The last piece comes with the event that ends the choice.
    late: bool,
}

fn text() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[a-zäß\"\\\\ \n{}😀]{0,12}").unwrap()
}

/// JSON in pieces, cut anywhere.
fn arguments() -> impl Strategy<Value = Vec<String>> {
    (text(), text(), prop::collection::vec(0..40_usize, 0..4)).prop_map(|(name, word, cuts)| {
        let json: Vec<char> = json!({ name: [word, 1, true] }).to_string().chars().collect();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(json.len())).collect();
        cuts.extend([0, json.len()]);
        cuts.sort_unstable();
        cuts.windows(2).map(|cut| json[cut[0]..cut[1]].iter().collect()).collect()
    })
}

fn choice() -> impl Strategy<Value = Choice> {
    let texts = || prop::collection::vec(text(), 0..5);
    (texts(), texts(), prop::collection::vec(arguments(), 0..3), any::<bool>())
        .prop_map(|(thought, text, calls, late)| Choice { thought, text, calls, late })
}

/// Takes from the lists turn by turn.
fn in_turns<T: Clone>(lists: &[Vec<T>]) -> Vec<(usize, T)> {
    let longest = lists.iter().map(Vec::len).max().unwrap_or(0);
    (0..longest)
        .flat_map(|turn| {
            lists
                .iter()
                .enumerate()
                .filter_map(move |(index, list)| Some((index, list.get(turn)?.clone())))
        })
        .collect()
}

fn chat_deltas(choice: &Choice) -> Vec<Value> {
    let mut deltas = vec![json!({"role": "assistant", "content": ""})];
    deltas.extend(choice.thought.iter().map(|text| json!({"reasoning_content": text})));
    deltas.extend(choice.text.iter().map(|text| json!({"content": text})));
    for index in 0..choice.calls.len() {
        let function = json!({"name": "f", "arguments": ""});
        let id = format!("call_{index}");
        let call = json!({"index": index, "id": id, "type": "function", "function": function});
        deltas.push(json!({ "tool_calls": [call] }));
    }
    for (index, piece) in in_turns(&choice.calls) {
        let call = json!({"index": index, "function": {"arguments": piece}});
        deltas.push(json!({ "tool_calls": [call] }));
    }
    deltas
}

fn chat(choices: &[Choice]) -> String {
    let chunk = |choices: Value| {
        let chunk = json!({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "system_fingerprint": "fp", "choices": choices});
        format!("data: {chunk}\n\n")
    };
    let mut ends = String::new();
    let mut lists = Vec::new();
    for (index, choice) in choices.iter().enumerate() {
        let mut deltas = chat_deltas(choice);
        let last = if choice.late { deltas.pop().unwrap() } else { json!({}) };
        lists.push(deltas);
        let end = json!([{"index": index, "delta": last, "finish_reason": "stop"}]);
        ends.push_str(&chunk(end));
    }
    let mut out: String = in_turns(&lists)
        .into_iter()
        .map(|(index, delta)| {
            chunk(json!([{"index": index, "delta": delta, "finish_reason": null}]))
        })
        .collect();
    out.push_str(&ends);
    out.push_str(&chunk(json!([])));
    out.push_str("data: [DONE]\n\n");
    out
}

fn named(event: &Value) -> String {
    format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap())
}

fn messages(choice: &Choice) -> String {
    let mut blocks = vec![
        (
            "thinking_delta",
            "thinking",
            json!({"type": "thinking", "thinking": "", "signature": ""}),
            &choice.thought,
        ),
        ("text_delta", "text", json!({"type": "text", "text": ""}), &choice.text),
    ];
    for call in &choice.calls {
        let block = json!({"type": "tool_use", "id": "t", "name": "f", "input": {}});
        blocks.push(("input_json_delta", "partial_json", block, call));
    }
    let mut out = named(&json!({"type": "message_start", "message": {"id": "m", "content": []}}));
    for (index, (kind, member, block, pieces)) in blocks.into_iter().enumerate() {
        out.push_str(&named(
            &json!({"type": "content_block_start", "index": index, "content_block": block}),
        ));
        for piece in pieces {
            let delta = json!({"type": kind, member: piece});
            out.push_str(&named(
                &json!({"type": "content_block_delta", "index": index, "delta": delta}),
            ));
        }
        if member == "thinking" {
            let delta = json!({"type": "signature_delta", "signature": "c2ln"});
            out.push_str(&named(
                &json!({"type": "content_block_delta", "index": index, "delta": delta}),
            ));
        }
        out.push_str(&named(&json!({"type": "content_block_stop", "index": index})));
    }
    out.push_str(&named(&json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}})));
    out.push_str(&named(&json!({"type": "message_stop"})));
    out
}

fn responses(choice: &Choice) -> String {
    let mut parts = vec![
        ("response.reasoning_summary_text", "text", "summary_index", choice.thought.clone()),
        ("response.output_text", "text", "content_index", choice.text.clone()),
    ];
    parts.extend(
        choice
            .calls
            .iter()
            .map(|call| ("response.function_call_arguments", "arguments", "unused", call.clone())),
    );
    let mut events =
        vec![json!({"type": "response.created", "response": {"id": "r", "output": []}})];
    let mut output = Vec::new();
    let mut dones = Vec::new();
    let lists: Vec<Vec<String>> = parts.iter().map(|part| part.3.clone()).collect();
    for (index, piece) in in_turns(&lists) {
        let (of, _, list, _) = &parts[index];
        let mut event = json!({"type": format!("{of}.delta"), "item_id": format!("i{index}"), "output_index": index, "delta": piece});
        event[*list] = json!(0);
        events.push(event);
    }
    for (index, (of, field, list, pieces)) in parts.iter().enumerate() {
        let text = pieces.concat();
        let mut event = json!({"type": format!("{of}.done"), "item_id": format!("i{index}"), "output_index": index, *field: text});
        event[*list] = json!(0);
        dones.push(event);
        let item = match index {
            0 => {
                json!({"type": "reasoning", "id": "i0", "summary": [{"type": "summary_text", "text": text}]})
            }
            1 => {
                json!({"type": "message", "id": "i1", "role": "assistant", "content": [{"type": "output_text", "text": text, "annotations": []}]})
            }
            _ => {
                json!({"type": "function_call", "id": format!("i{index}"), "call_id": "c", "name": "f", "arguments": text})
            }
        };
        dones.push(
            json!({"type": "response.output_item.done", "output_index": index, "item": item}),
        );
        output.push(item);
    }
    events.extend(dones);
    events.push(json!({"type": "response.completed", "response": {"id": "r", "status": "completed", "output": output}}));
    let numbered = events.into_iter().enumerate().map(|(number, mut event)| {
        event["sequence_number"] = json!(number);
        named(&event)
    });
    numbered.collect()
}

/// Everything that a choice says has been said when it ends, and reasoning before the text begins.
fn in_time(events: &[Value]) {
    let mut over: BTreeMap<u64, bool> = BTreeMap::new();
    let mut spoken: BTreeMap<u64, bool> = BTreeMap::new();
    let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    for event in events {
        for choice in event["choices"].as_array().into_iter().flatten() {
            let index = choice["index"].as_u64().unwrap();
            assert!(!over.contains_key(&index), "a choice goes on after its end");
            let delta = &choice["delta"];
            if is_text(&delta["reasoning_content"]) {
                assert!(!spoken.contains_key(&index), "reasoning comes after the text");
            }
            if is_text(&delta["content"]) {
                spoken.insert(index, true);
            }
            if choice["finish_reason"].is_string() {
                over.insert(index, true);
            }
        }
    }
}

proptest! {
    #[test]
    fn a_chat_says_the_same_in_time(
        choices in prop::collection::vec(choice(), 1..3),
        most in 0..20_usize,
    ) {
        let came = chat(&choices);
        let went = stream(Surface::Chat, &came, ALL, hold(most, false));
        same_but_for_cadence(Surface::Chat, &came, &went);
        in_time(&data(&went));
        if most == 0 {
            prop_assert_eq!(went, came);
        }
    }

    #[test]
    fn messages_say_the_same_in_time(choice in choice(), most in 0..20_usize) {
        let came = messages(&choice);
        let went = stream(Surface::Messages, &came, ALL, hold(most, false));
        same_but_for_cadence(Surface::Messages, &came, &went);
        let mut open = None;
        for event in data(&went) {
            match event["type"].as_str().unwrap() {
                "content_block_start" => open = event["index"].as_u64(),
                "content_block_delta" => prop_assert_eq!(open, event["index"].as_u64()),
                "content_block_stop" => open = None,
                _ => prop_assert_eq!(open, None),
            }
        }
    }

    #[test]
    fn responses_say_the_same_in_time(choice in choice(), most in 0..20_usize, capitals: bool) {
        let came = responses(&choice);
        let went = stream(Surface::Responses, &came, ALL, hold(most, capitals));
        if !capitals {
            same_but_for_cadence(Surface::Responses, &came, &went);
        }
        // What is said to be done is what was said before.
        let mut said: BTreeMap<u64, String> = BTreeMap::new();
        for event in data(&went) {
            let Some(index) = event["output_index"].as_u64() else { continue };
            let kind = event["type"].as_str().unwrap();
            if kind.ends_with(".delta") {
                said.entry(index).or_default().push_str(event["delta"].as_str().unwrap());
            } else if kind != "response.output_item.done" {
                let whole = event["text"].as_str().or(event["arguments"].as_str()).unwrap();
                prop_assert_eq!(whole, said.get(&index).map_or("", |said| said));
            }
        }
    }

    #[test]
    fn a_stream_says_what_a_whole_answer_would(choice in choice(), most in 0..20_usize) {
        let calls: Vec<Value> = choice.calls.iter().map(|call| {
            json!({"id": "c", "type": "function", "function": {"name": "f", "arguments": call.concat()}})
        }).collect();
        let message = json!({"role": "assistant", "content": choice.text.concat(),
            "reasoning_content": choice.thought.concat(), "tool_calls": calls});
        let answer = json!({"choices": [{"index": 0, "message": message}]}).to_string();
        let answer: Value =
            serde_json::from_str(&whole(&answer, ALL, true)).unwrap();
        let message = &answer["choices"][0]["message"];
        let came = chat(std::slice::from_ref(&choice));
        let went = data(&stream(Surface::Chat, &came, ALL, hold(most, true)));
        let texts = grown(Surface::Chat, &went);
        let text = |key: &str| texts.get(key).cloned().unwrap_or_default();
        prop_assert_eq!(text("0 content"), message["content"].as_str().unwrap());
        prop_assert_eq!(text("0 reasoning_content"), message["reasoning_content"].as_str().unwrap());
        for (index, call) in message["tool_calls"].as_array().unwrap().iter().enumerate() {
            let arguments = call["function"]["arguments"].as_str().unwrap();
            prop_assert_eq!(text(&format!("0 call {index}")), arguments);
        }
        // Anthropic's arguments are an object, and are rewritten as the JSON that they are.
        let blocks: Vec<Value> = choice.calls.iter().map(|call| {
            let input: Value = serde_json::from_str(&call.concat()).unwrap();
            json!({"type": "tool_use", "id": "t", "name": "f", "input": input})
        }).collect();
        let answer = json!({"content": blocks}).to_string();
        let answer: Value =
            serde_json::from_str(&whole(&answer, ALL, true)).unwrap();
        let came = messages(&choice);
        let went = data(&stream(Surface::Messages, &came, ALL, hold(most, true)));
        let texts = grown(Surface::Messages, &went);
        for index in 0..choice.calls.len() {
            let json = &texts[&format!("{} partial_json", index + 2)];
            let input: Value = serde_json::from_str(json).unwrap();
            prop_assert_eq!(&input, &answer["content"][index]["input"]);
        }
    }

    #[test]
    fn a_completion_says_the_same_in_time(
        pieces in prop::collection::vec(text(), 0..6),
        most in 0..20_usize,
    ) {
        let mut came = String::new();
        for (index, piece) in pieces.iter().enumerate() {
            let end = (index + 1 == pieces.len()).then_some("length");
            let chunk = json!({"id": "c", "object": "text_completion",
                "choices": [{"index": 0, "text": piece, "finish_reason": end}]});
            came.push_str(&format!("data: {chunk}\n\n"));
        }
        came.push_str("data: [DONE]\n\n");
        let options = Options { logprobs: false, reasoning: false };
        let went = stream(Surface::Completions, &came, options, hold(most, false));
        same_but_for_cadence(Surface::Completions, &came, &went);
    }
}
