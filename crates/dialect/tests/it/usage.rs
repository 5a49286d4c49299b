//! Tokens keep their meaning between two ways of counting.

use domain::provider::Surface;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::reply::{reply, stream, whole};
use crate::streams::context;
use crate::{DIALECTS, sse};

fn given(client: Surface, provider: Surface, answer: &Value) -> Value {
    let context = context(client, provider, true);
    let given = dialect::answer(&context, answer.to_string().as_bytes()).unwrap();
    serde_json::from_slice::<Value>(&given).unwrap()["usage"].clone()
}

fn chat(usage: Value) -> Value {
    json!({"choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}], "usage": usage})
}

#[test]
fn t49_what_openai_includes_anthropic_excludes() {
    let usage = given(
        Surface::Messages,
        Surface::Chat,
        &chat(json!({
            "prompt_tokens": 1000, "completion_tokens": 50, "total_tokens": 1050,
            "prompt_tokens_details": {"cached_tokens": 900},
            "completion_tokens_details": {"reasoning_tokens": 20},
        })),
    );
    assert_eq!(
        usage,
        json!({
            "input_tokens": 100, "cache_read_input_tokens": 900, "cache_creation_input_tokens": 0,
            "output_tokens": 50, "output_tokens_details": {"thinking_tokens": 20},
        })
    );
}

#[test]
fn t49_what_anthropic_excludes_openai_includes() {
    let answer = json!({
        "content": [{"type": "text", "text": "Hi"}], "stop_reason": "end_turn",
        "usage": {
            "input_tokens": 100, "cache_read_input_tokens": 900, "cache_creation_input_tokens": 30,
            "cache_creation": {"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 20},
            "output_tokens": 50,
        },
    });
    let usage = given(Surface::Chat, Surface::Messages, &answer);
    assert_eq!(
        usage,
        json!({
            "prompt_tokens": 1030, "completion_tokens": 50, "total_tokens": 1080,
            "prompt_tokens_details": {"cached_tokens": 900},
            "completion_tokens_details": {"reasoning_tokens": 0},
        })
    );
    let usage = given(Surface::Responses, Surface::Messages, &answer);
    assert_eq!((&usage["input_tokens"], &usage["total_tokens"]), (&json!(1030), &json!(1080)));
    assert_eq!(usage["input_tokens_details"], json!({"cached_tokens": 900}));
}

#[test]
fn t49_other_servers_ways_of_counting_are_understood() {
    // DeepSeek names its cached tokens so.
    let usage = json!({"prompt_tokens": 10, "completion_tokens": 2, "prompt_cache_hit_tokens": 4});
    let usage = given(Surface::Messages, Surface::Chat, &chat(usage));
    assert_eq!((&usage["input_tokens"], &usage["cache_read_input_tokens"]), (&json!(6), &json!(4)));
    // Reasoning counted beside the completion shows in the total.
    let usage = json!({"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 17,
        "completion_tokens_details": {"reasoning_tokens": 5}});
    let usage = given(Surface::Messages, Surface::Chat, &chat(usage));
    assert_eq!(usage["output_tokens"], 7);
    // More cached than there are is no reason to go below zero.
    let usage = json!({"prompt_tokens": 10, "completion_tokens": 2, "cached_tokens": 99});
    let usage = given(Surface::Messages, Surface::Chat, &chat(usage));
    assert_eq!(
        (&usage["input_tokens"], &usage["cache_read_input_tokens"]),
        (&json!(0), &json!(10))
    );
}

proptest! {
    #[test]
    fn t49_streams_and_whole_answers_count_alike(reply in reply()) {
        let counts = reply.usage;
        for provider in DIALECTS {
            let written = if provider == Surface::Messages { counts.written } else { 0 };
            let whole = whole(provider, &reply);
            let stream = stream(provider, &reply);
            for client in DIALECTS {
                let (told, _) = sse::run(&context(client, provider, true), &stream);
                let events: Vec<Value> = sse::events(&told)
                    .iter()
                    .filter(|(_, data)| data != "[DONE]")
                    .map(sse::json)
                    .collect();
                let streamed = match client {
                    Surface::Chat => events.last().unwrap()["usage"].clone(),
                    Surface::Responses => events.last().unwrap()["response"]["usage"].clone(),
                    _ => events[events.len() - 2]["usage"].clone(),
                };
                prop_assert_eq!(&streamed, &given(client, provider, &whole));
                let (input, output) = match client {
                    Surface::Chat => (&streamed["prompt_tokens"], &streamed["completion_tokens"]),
                    _ => (&streamed["input_tokens"], &streamed["output_tokens"]),
                };
                let expected = match client {
                    Surface::Messages => counts.input,
                    _ => counts.input + counts.cached + written,
                };
                prop_assert_eq!(input.as_u64(), Some(expected));
                prop_assert_eq!(output.as_u64(), Some(counts.output));
            }
        }
    }
}
