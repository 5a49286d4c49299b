//! Nothing that comes in makes the translation panic, and nothing that it gives out is no JSON.

use dialect::Stream;
use domain::provider::Surface;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::reply::{reply, stream, whole};
use crate::streams::context;
use crate::talk::{render, talk};
use crate::{DIALECTS, WANTED, sse};

/// Names and words that the dialects know, so that arbitrary JSON gets far.
const WORDS: &str = "model messages input role content type text user assistant system tool tools \
    function name parameters arguments tool_calls tool_call_id call_id output tool_use tool_result \
    tool_use_id input_schema id thinking reasoning summary index delta choices finish_reason stop \
    message content_block content_block_start content_block_delta content_block_stop text_delta \
    input_json_delta partial_json message_start message_delta message_stop usage input_tokens \
    output_tokens prompt_tokens completion_tokens response.created response.output_item.added \
    response.output_item.done response.output_text.delta response.completed response.failed response \
    item output_index content_index function_call function_call_output custom custom_tool_call error \
    code status completed incomplete image image_url url source base64 media_type data document file \
    input_text input_image output_text refusal max_tokens stream response_format json_schema schema \
    format effort output_config budget_tokens enabled tool_choice auto stop_reason";

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(WORDS.split_whitespace().collect::<Vec<_>>()).prop_map(str::to_owned)
}

/// JSON of any shape, in the dialects' words.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => word().prop_map(Value::from),
        1 => ".{0,8}".prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => Just(json!("data:image/png;base64,AA==")),
    ];
    leaf.prop_recursive(6, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((word(), inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Puts a value somewhere into another, so that what is almost right gets far.
fn graft(target: &mut Value, at: &mut usize, graft_in: &Value) {
    if *at == 0 {
        *target = graft_in.clone();
    }
    *at = at.wrapping_sub(1);
    match target {
        Value::Array(elements) => elements.iter_mut().for_each(|e| graft(e, at, graft_in)),
        Value::Object(members) => {
            let members: &mut Map<String, Value> = members;
            members.values_mut().for_each(|member| graft(member, at, graft_in));
        }
        _ => {}
    }
}

fn through(bytes: &[u8]) {
    for client in Surface::ALL {
        for provider in Surface::ALL {
            if let Ok(translated) = dialect::request(*client, *provider, bytes, &WANTED) {
                serde_json::from_slice::<Value>(&translated.body).unwrap();
            }
            serde_json::from_slice::<Value>(&dialect::error(*provider, *client, 418, bytes))
                .unwrap();
        }
    }
    for client in DIALECTS {
        for provider in DIALECTS {
            let context = context(client, provider, true);
            if let Ok(given) = dialect::answer(&context, bytes) {
                serde_json::from_slice::<Value>(&given).unwrap();
            }
            let mut stream = Stream::new(context);
            let mut out = Vec::new();
            for _ in 0..2 {
                let _ = stream.event(None, bytes, &mut out);
            }
            stream.fail("code", "message", &mut out);
            check(&String::from_utf8(out).unwrap());
        }
    }
}

fn check(told: &str) {
    for event in sse::events(told).iter().filter(|(_, data)| data != "[DONE]") {
        sse::json(event);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        through(&bytes);
    }

    #[test]
    fn arbitrary_json_never_panics(value in value()) {
        through(value.to_string().as_bytes());
    }

    #[test]
    fn a_request_with_anything_anywhere_never_panics(
        talk in talk(),
        value in value(),
        at in 0_usize..60,
    ) {
        for client in DIALECTS {
            let mut body = render(client, &talk);
            graft(&mut body, &mut at.clone(), &value);
            for provider in DIALECTS {
                let sent = dialect::request(client, provider, body.to_string().as_bytes(), &WANTED);
                if let Ok(translated) = sent {
                    serde_json::from_slice::<Value>(&translated.body).unwrap();
                }
            }
        }
    }

    #[test]
    fn an_answer_with_anything_anywhere_never_panics(
        reply in reply(),
        value in value(),
        at in 0_usize..40,
        event_at in any::<prop::sample::Index>(),
    ) {
        for client in DIALECTS {
            for provider in DIALECTS {
                let context = context(client, provider, true);
                let mut body = whole(provider, &reply);
                graft(&mut body, &mut at.clone(), &value);
                if let Ok(given) = dialect::answer(&context, body.to_string().as_bytes()) {
                    serde_json::from_slice::<Value>(&given).unwrap();
                }
                let mut events = stream(provider, &reply);
                let index = event_at.index(events.len());
                if let Ok(mut event) = serde_json::from_str::<Value>(&events[index].1) {
                    graft(&mut event, &mut at.clone(), &value);
                    events[index].1 = event.to_string();
                }
                check(&sse::run(&context, &events).0);
            }
        }
    }
}

#[test]
fn nesting_beyond_the_bound_is_refused_without_a_deep_stack() {
    for depth in [129, 1_000_000] {
        let deep = "[".repeat(depth) + &"]".repeat(depth);
        let bodies = [
            format!(r#"{{"model":"m","messages":{deep}}}"#),
            format!(
                r#"{{"model":"m","input":"x","tools":[{{"type":"function","name":"f","parameters":{deep}}}]}}"#
            ),
        ];
        for body in bodies {
            let refused =
                dialect::request(Surface::Chat, Surface::Messages, body.as_bytes(), &WANTED)
                    .unwrap_err();
            assert!(refused.reason.contains("128 levels"), "{refused}");
            through(body.as_bytes());
        }
    }
    let depth = 100;
    let deep = r#"{"a":"#.repeat(depth) + "1" + &"}".repeat(depth);
    let body = format!(
        r#"{{"model":"m","messages":[{{"role":"user","content":"x"}}],"tools":[{{"type":"function","function":{{"name":"f","parameters":{deep}}}}}]}}"#
    );
    dialect::request(Surface::Chat, Surface::Messages, body.as_bytes(), &WANTED).unwrap();
}
