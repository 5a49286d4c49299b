//! Whatever comes: nothing panics, and what goes out is as much JSON as what came in.

use domain::provider::Surface;
use proptest::prelude::*;
use serde_json::{Value, json};
use speech::answer::{Options, Stream};
use speech::prompt;

use crate::{events, hold};

fn surface() -> impl Strategy<Value = Surface> {
    prop::sample::select(Surface::ALL)
}

/// Words that the dialects use, so that chance comes far.
fn word() -> impl Strategy<Value = String> {
    let words = vec![
        "choices",
        "delta",
        "content",
        "index",
        "type",
        "text",
        "thinking",
        "data",
        "result",
        "logprobs",
        "input",
        "arguments",
        "tool_calls",
        "function",
        "finish_reason",
        "id",
        "item",
        "content_block_delta",
        "content_block_stop",
        "text_delta",
        "signature_delta",
        "message_stop",
        "response.output_text.delta",
        "response.output_text.done",
        "response.completed",
        "output_index",
        "sequence_number",
        "messages",
        "role",
        "user",
        "tool",
        "system",
        "tools",
        "source",
        "base64",
        "media_type",
        "reasoning",
        "error",
        "response",
        "output",
        "metadata",
        "response.output_item.done",
        "tool_result",
        "tool_use",
        "variables",
        "prompt",
        "code",
    ];
    prop_oneof![
        4 => prop::sample::select(words).prop_map(str::to_owned),
        // Names that differ in their case alone would become one.
        1 => any::<String>().prop_map(|name| name.to_ascii_lowercase()),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        word().prop_map(Value::String),
        any::<u8>().prop_map(|number| json!(number)),
        any::<i64>().prop_map(|number| json!(number)),
        Just(Value::Null),
        Just(Value::Bool(true)),
    ];
    leaf.prop_recursive(6, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((word(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// What chance rarely finds: an event of the right shape around it.
fn event() -> impl Strategy<Value = String> {
    prop_oneof![
        value().prop_map(|value| format!("data: {value}\n\n")),
        value().prop_map(|value| {
            format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": value}]}))
        }),
        (word(), value()).prop_map(|(kind, value)| {
            format!(
                "data: {}\r\n\r\n",
                json!({"type": kind, "index": 1, "delta": value, "sequence_number": 4})
            )
        }),
        any::<String>().prop_map(|text| format!("data: {text}\n\n")),
        any::<String>(),
        Just("data: [DONE]\n\n".to_owned()),
        Just(": ping\n\n".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_heard_or_refused(surface in surface(), text: String, value in value()) {
        let _ = prompt::said(surface, &text);
        let _ = prompt::kept(surface, &text);
        let body = value.to_string();
        for said in prompt::said(surface, &body).unwrap() {
            prop_assert!(!said.text.is_empty());
        }
        for range in prompt::kept(surface, &body).unwrap() {
            prop_assert!(serde_json::from_str::<Value>(&body[range]).is_ok());
        }
    }

    #[test]
    fn a_whole_answer_stays_json(
        value in value(),
        bytes: Vec<u8>,
        logprobs: bool,
        reasoning: bool,
    ) {
        let options = Options { logprobs, reasoning };
        let _ = speech::answer::whole(&bytes, options, &mut hold(2, true));
        let body = value.to_string();
        let went =
            speech::answer::whole(body.as_bytes(), options, &mut hold(2, true)).unwrap();
        let went: Value = serde_json::from_slice(&went).unwrap();
        prop_assert_eq!(shape(&value), shape(&went));
        let same = Options { logprobs: true, reasoning };
        let went =
            speech::answer::whole(body.as_bytes(), same, &mut hold(2, false)).unwrap();
        prop_assert!(matches!(went, std::borrow::Cow::Borrowed(_)));
    }

    #[test]
    fn any_stream_goes_on(
        surface in surface(),
        text in prop::collection::vec(event(), 0..12),
        logprobs: bool,
        reasoning: bool,
        most in 0..5_usize,
    ) {
        let mut stream = Stream::new(surface, Options { logprobs, reasoning });
        let mut begin = hold(most, true);
        let mut out = Vec::new();
        for event in events(&text.concat()) {
            let before = out.len();
            stream.event(&event, &mut begin, &mut out);
            prop_assert!(out.len() > before);
        }
        stream.end(&mut out);
        let length = out.len();
        stream.end(&mut out);
        prop_assert_eq!(out.len(), length);
    }

    #[test]
    fn what_is_not_changed_keeps_every_byte_of_any_stream(
        surface in surface(),
        text in prop::collection::vec(event(), 0..12),
    ) {
        let text = text.concat();
        let options = Options { logprobs: true, reasoning: true };
        prop_assert_eq!(crate::stream(surface, &text, options, hold(0, false)), text.trim_start_matches('\u{0}'));
    }
}

/// A value without its words and without what spells them.
fn shape(value: &Value) -> Value {
    match value {
        Value::String(_) => Value::Null,
        Value::Array(list) => list.iter().map(shape).collect(),
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !name.eq_ignore_ascii_case("logprobs"))
            .map(|(name, value)| (name.to_ascii_lowercase(), shape(value)))
            .collect(),
        other => other.clone(),
    }
}

#[test]
fn very_deep_and_very_wide_texts_are_refused_or_read_in_time() {
    let deep = format!("{}1{}", "[".repeat(200_000), "]".repeat(200_000));
    assert!(prompt::said(Surface::Chat, &deep).is_err());
    let parts = r#"{"type":"thinking","content":[{"type":"x","delta":{}}]},"#.repeat(3_000);
    let wide = format!(r#"{{"messages":[{{"content":[{parts}1]}}],"output":[{parts}1]}}"#);
    let options = Options { logprobs: false, reasoning: false };
    for surface in Surface::ALL {
        prompt::said(*surface, &wide).unwrap();
        prompt::kept(*surface, &wide).unwrap();
        speech::answer::whole(wide.as_bytes(), options, &mut hold(0, true)).unwrap();
    }
}

#[test]
fn an_event_of_very_many_texts_is_read_in_time() {
    let calls = r#"{"index":1,"id":"a","function":{"name":"f","arguments":"x"}},"#.repeat(20_000);
    let choices: String = (0..20_000)
        .map(|index| {
            format!(r#"{{"index":{index},"delta":{{"content":"word"}},"finish_reason":"stop"}},"#)
        })
        .collect();
    let text = format!(
        "data: {{\"choices\":[{choices}{{\"index\":7,\"delta\":{{\"tool_calls\":[{calls}1]}}}}]}}\n\n"
    );
    let options = Options { logprobs: false, reasoning: true };
    let went = crate::stream(Surface::Chat, &text, options, hold(3, true));
    assert_eq!(went.matches("WORD").count(), 20_000);
}
