//! Streams amount to the whole answer, and keep their order however they end.

use std::collections::HashMap;

use dialect::{Context, Step, Stream};
use domain::provider::Surface;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::assemble::assemble;
use crate::order::orderly;
use crate::reply::{reply, stream, whole};
use crate::sse::{self, Event};
use crate::talk::text;
use crate::{DIALECTS, WANTED};

/// The context of a plain request.
pub fn context(client: Surface, provider: Surface, include_usage: bool) -> Context {
    let mut body = match client {
        Surface::Chat => json!({"messages": [{"role": "user", "content": "Hi"}]}),
        Surface::Responses => json!({"input": "Hi", "tools": [
            {"type": "custom", "name": "patch"}, {"type": "function", "name": "shell"}]}),
        _ => json!({"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 100}),
    };
    body["model"] = json!("alias");
    body["stream"] = json!(true);
    if client == Surface::Chat {
        body["stream_options"] = json!({"include_usage": include_usage});
    }
    dialect::request(client, provider, body.to_string().as_bytes(), &WANTED).unwrap().context
}

/// What can go wrong in the middle of a stream.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    Closed,
    Failed,
    Garbage,
    Reported,
}

fn trouble() -> impl Strategy<Value = Trouble> {
    prop_oneof![
        Just(Trouble::Closed),
        Just(Trouble::Failed),
        Just(Trouble::Garbage),
        Just(Trouble::Reported),
    ]
}

/// Feeds the first events, then trouble. Gives what the client sees.
fn troubled(context: &Context, events: &[Event], trouble: Trouble) -> (String, Step) {
    let mut stream = Stream::new(context.clone());
    let mut out = Vec::new();
    let mut step = Step::Going;
    for (name, data) in events {
        step = stream.event(name.as_deref(), data.as_bytes(), &mut out).unwrap();
    }
    if step == Step::Going {
        step = match trouble {
            Trouble::Closed => stream.close("provider_unreachable", "It broke off.", &mut out),
            Trouble::Failed => {
                stream.fail("provider_timeout", "It took too long.", &mut out);
                Step::Failed
            }
            Trouble::Garbage => {
                let before = out.len();
                assert!(stream.event(None, b"{\"type\":", &mut out).is_err());
                assert_eq!(out.len(), before, "the client was told about garbage");
                stream.fail("provider_invalid_answer", "It cannot be read.", &mut out);
                Step::Failed
            }
            Trouble::Reported => {
                let error = json!({"type": "error",
                    "error": {"type": "overloaded_error", "message": "Overloaded"}});
                stream.event(Some("error"), error.to_string().as_bytes(), &mut out).unwrap()
            }
        };
    }
    assert!(stream.is_over());
    let length = out.len();
    stream.fail("late", "late", &mut out);
    assert_eq!(stream.event(None, b"{}", &mut out), Ok(step));
    assert_eq!(out.len(), length, "something comes behind the end");
    (String::from_utf8(out).unwrap(), step)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_stream_put_together_is_the_whole_answer(reply in reply()) {
        for client in DIALECTS {
            for provider in DIALECTS {
                let context = context(client, provider, true);
                let whole = whole(provider, &reply).to_string();
                let given: Value =
                    serde_json::from_slice(&dialect::answer(&context, whole.as_bytes()).unwrap())
                        .unwrap();
                let (told, step) = sse::run(&context, &stream(provider, &reply));
                let told = sse::events(&told);
                prop_assert_eq!(step, Step::Done);
                orderly(client, &told, step, true);
                prop_assert_eq!(assemble(client, &told), given, "{:?} from {:?}", client, provider);
            }
        }
    }

    #[test]
    fn free_text_comes_out_of_the_function_that_stands_for_its_tool(reply in reply(), text in text()) {
        let mut reply = reply;
        reply.refusal = None;
        reply.calls = vec![("patch".to_owned(), json!({"input": text}))];
        for provider in [Surface::Chat, Surface::Messages] {
            let context = context(Surface::Responses, provider, false);
            let (told, step) = sse::run(&context, &stream(provider, &reply));
            let told = sse::events(&told);
            orderly(Surface::Responses, &told, step, false);
            let last = sse::json(told.last().unwrap());
            let call = last["response"]["output"].as_array().unwrap().last().unwrap().clone();
            prop_assert_eq!(&call["type"], "custom_tool_call");
            prop_assert_eq!(&call["input"], &json!(text));
            let whole = whole(provider, &reply).to_string();
            let given: Value =
                serde_json::from_slice(&dialect::answer(&context, whole.as_bytes()).unwrap()).unwrap();
            prop_assert_eq!(given["output"].as_array().unwrap().last().unwrap(), &call);
        }
    }

    #[test]
    fn t27_t28_order_holds_wherever_a_stream_ends(
        reply in reply(),
        at in any::<prop::sample::Index>(),
        trouble in trouble(),
        include_usage in any::<bool>(),
    ) {
        for client in DIALECTS {
            for provider in DIALECTS {
                let context = context(client, provider, include_usage);
                let events = stream(provider, &reply);
                let events = &events[..at.index(events.len() + 1)];
                let (told, step) = troubled(&context, events, trouble);
                orderly(client, &sse::events(&told), step, include_usage);
            }
        }
    }
}

#[test]
fn t28_a_stream_that_fails_before_it_begins_still_ends_as_responses_do() {
    let (told, step) =
        troubled(&context(Surface::Responses, Surface::Chat, false), &[], Trouble::Failed);
    let events = sse::events(&told);
    orderly(Surface::Responses, &events, step, false);
    assert_eq!(sse::json(events.last().unwrap())["response"]["error"]["code"], "provider_timeout");
}

#[test]
fn t27_input_tokens_are_the_estimate_until_the_provider_tells_them() {
    let events = [(None, r#"{"choices":[{"index":0,"delta":{"role":"assistant"}}]}"#.to_owned())];
    let (told, _) =
        troubled(&context(Surface::Messages, Surface::Chat, false), &events, Trouble::Failed);
    let start = sse::json(&sse::events(&told)[0]);
    assert_eq!(start["message"]["usage"]["input_tokens"], WANTED.input_tokens_estimate);
}

#[test]
fn t25_a_stream_without_its_formal_end_is_complete_once_the_answer_is() {
    let chunk =
        json!({"choices": [{"index": 0, "delta": {"content": "Hi"}, "finish_reason": "stop"}]});
    let events = [(None, chunk.to_string())];
    for client in DIALECTS {
        let context = context(client, Surface::Chat, false);
        let (told, step) = troubled(&context, &events, Trouble::Closed);
        assert_eq!(step, Step::Done);
        orderly(client, &sse::events(&told), step, false);
    }
}

/// The events of a provider of Responses as a server sends them that does not number its items: with each
/// item's id, or with nothing.
fn unnumbered(events: &[Event], named: bool) -> Vec<Event> {
    let mut ids: HashMap<u64, Value> = HashMap::new();
    events
        .iter()
        .map(|(name, data)| {
            let mut event: Value = serde_json::from_str(data).unwrap();
            let fields = event.as_object_mut().unwrap();
            for index in ["content_index", "summary_index", "sequence_number"] {
                fields.remove(index);
            }
            let place = fields.remove("output_index").and_then(|place| place.as_u64());
            fields.remove("item_id");
            if let (Some(place), false) = (&place, fields.contains_key("item"))
                && named
            {
                fields.insert("item_id".into(), ids[place].clone());
            }
            if let Some(item) = fields.get_mut("item").and_then(Value::as_object_mut) {
                // llama.cpp gives calls no id of their own: what grows is named by the call's.
                let id = item.remove("id").unwrap();
                let id = item.get("call_id").cloned().unwrap_or(id);
                if named && !item.contains_key("call_id") {
                    item.insert("id".into(), id.clone());
                }
                ids.insert(place.unwrap(), id);
            }
            (name.clone(), event.to_string())
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn a_server_that_does_not_number_its_items_is_understood_as_one_that_does(
        reply in reply(),
        named in any::<bool>(),
    ) {
        for client in [Surface::Chat, Surface::Messages] {
            let context = context(client, Surface::Responses, true);
            let events = stream(Surface::Responses, &reply);
            let expected = sse::run(&context, &events);
            prop_assert_eq!(sse::run(&context, &unnumbered(&events, named)), expected);
        }
    }
}

#[test]
fn a_stream_that_could_be_read_in_two_ways_is_broken() {
    let added = |id: &str| {
        let item = json!({"type": "message", "id": id, "content": []});
        json!({"type": "response.output_item.added", "item": item}).to_string()
    };
    let delta = json!({"type": "response.output_text.delta", "delta": "whose?"}).to_string();
    let mut stream = Stream::new(context(Surface::Chat, Surface::Responses, false));
    let mut out = Vec::new();
    for event in [added("one"), added("other")] {
        assert_eq!(stream.event(None, event.as_bytes(), &mut out), Ok(Step::Going));
    }
    let broken = stream.event(None, delta.as_bytes(), &mut out).unwrap_err();
    assert!(broken.what.contains("more than one item is open"), "{}", broken.what);
}

#[test]
fn a_server_that_sends_items_only_when_done_is_understood() {
    let item = json!({"type": "message", "role": "assistant", "content": [
        {"type": "output_text", "text": "Hi"}]});
    let call = json!({"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"});
    let done = |index: u64, item: &Value| json!({"type": "response.output_item.done", "output_index": index, "item": item});
    let last = json!({"type": "response.completed", "response": {"status": "completed"}});
    let events: Vec<Event> = [done(0, &item), done(1, &call), last]
        .iter()
        .map(|event| (None, event.to_string()))
        .collect();
    let (told, step) = sse::run(&context(Surface::Chat, Surface::Responses, false), &events);
    let told = sse::events(&told);
    orderly(Surface::Chat, &told, step, false);
    let message = assemble(Surface::Chat, &told)["choices"][0]["message"].clone();
    assert_eq!(message["content"], "Hi");
    assert_eq!(message["tool_calls"][0]["function"]["name"], "f");
}

#[test]
fn calls_are_told_apart_by_their_ids_where_a_server_gives_all_one_index() {
    let call = |id: &str| {
        let function = json!({"name": "f", "arguments": format!("{{\"id\":\"{id}\"}}")});
        json!({"index": 0, "id": id, "type": "function", "function": function})
    };
    let chunk = |calls: Value| json!({"choices": [{"index": 0, "delta": {"tool_calls": calls}}]});
    let events = [
        chunk(json!([call("a")])),
        chunk(json!([call("b"), call("c")])),
        json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}),
    ];
    let events: Vec<Event> = events.iter().map(|event| (None, event.to_string())).collect();
    let (told, step) = sse::run(&context(Surface::Messages, Surface::Chat, false), &events);
    let told = sse::events(&told);
    orderly(Surface::Messages, &told, step, false);
    let message = assemble(Surface::Messages, &told);
    assert_eq!(message["stop_reason"], "tool_use");
    let ids: Vec<&Value> =
        message["content"].as_array().unwrap().iter().map(|b| &b["input"]["id"]).collect();
    assert_eq!(ids, ["a", "b", "c"]);
}
