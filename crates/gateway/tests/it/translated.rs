//! Providers of another dialect than the caller's: requests, answers, streams and errors are translated,
//! and charged as the provider bills.

use dialect::Step;
use domain::provider::Surface;
use gateway::Settings;
use serde_json::{Value, json};

use crate::furniture::asking_of;
use crate::house::{CallRow, House, settings};
use crate::order::orderly;
use crate::sse;
use crate::surfaces::told;

/// The surfaces that are translated into each other.
const DIALECTS: [Surface; 3] = [Surface::Chat, Surface::Responses, Surface::Messages];

/// Every client with every provider of another dialect, and whether the answer is streamed.
fn pairs() -> impl Iterator<Item = (Surface, Surface, bool)> {
    DIALECTS.into_iter().flat_map(|client| {
        let others = DIALECTS.into_iter().filter(move |provider| *provider != client);
        others.flat_map(move |provider| [false, true].map(|streamed| (client, provider, streamed)))
    })
}

fn alias(provider: Surface) -> String {
    format!("by-{}", provider.as_str())
}

/// A house with an alias for each dialect, behind which is a provider that speaks no other.
async fn house(settings: Settings) -> House {
    let house = House::with(settings).await;
    for provider in DIALECTS {
        let name = alias(provider);
        let id = house.estate.serving(&name, &[provider]).await;
        house.estate.force(id, "", domain::circuit::Force::Closed).await;
        house.estate.force(id, "sim-small", domain::circuit::Force::Closed).await;
        house.estate.route(&name, &[(id, "sim-small")]).await;
    }
    house.follow().await;
    house
}

/// A request that offers a tool.
fn with_tool(client: Surface, model: &str, streamed: bool) -> Value {
    let mut body = asking_of(model, client, streamed);
    let schema = json!({
        "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"],
    });
    body["tools"] = match client {
        Surface::Chat => json!([{
            "type": "function", "function": {"name": "weather", "parameters": schema},
        }]),
        Surface::Responses => json!([{
            "type": "function", "name": "weather", "parameters": schema, "strict": false,
        }]),
        _ => json!([{"name": "weather", "input_schema": schema}]),
    };
    body
}

/// The tool that a whole answer calls, with its arguments.
fn called(client: Surface, answer: &Value) -> (String, Value) {
    let (name, arguments) = match client {
        Surface::Chat => {
            let function = &answer["choices"][0]["message"]["tool_calls"][0]["function"];
            (&function["name"], &function["arguments"])
        }
        Surface::Responses => {
            let items = answer["output"].as_array().unwrap();
            let call = items.iter().find(|item| item["type"] == "function_call").unwrap();
            (&call["name"], &call["arguments"])
        }
        _ => {
            let blocks = answer["content"].as_array().unwrap();
            let call = blocks.iter().find(|block| block["type"] == "tool_use").unwrap();
            (&call["name"], &call["input"])
        }
    };
    let arguments = match arguments.as_str() {
        Some(text) => serde_json::from_str(text).unwrap(),
        None => arguments.clone(),
    };
    (name.as_str().unwrap().to_owned(), arguments)
}

/// Checks that the last call is charged as the provider bills it.
async fn charged(house: &House, done: usize) -> CallRow {
    let call = house.calls(done).await.pop().unwrap();
    let bill = house.simulator.bills().pop().unwrap();
    assert_eq!(call.usage_source, "reported", "{call:#?}");
    assert_eq!(call.input_tokens.unsigned_abs(), bill.prompt_tokens, "{call:#?} {bill:#?}");
    assert_eq!(call.cached_input_tokens.unsigned_abs(), bill.cached_tokens);
    assert_eq!(call.cache_write_tokens.unsigned_abs(), bill.cache_write_tokens);
    assert_eq!(call.output_tokens.unsigned_abs(), bill.completion_tokens);
    assert!(call.charge_nano > call.cost_nano && call.cost_nano > 0);
    call
}

#[tokio::test]
async fn t27_t28_every_pair_answers_whole_and_streamed_in_the_clients_dialect() {
    let house = house(settings()).await;
    let mut done = 0;
    for (client, provider, streamed) in pairs() {
        let model = alias(provider);
        for script in ["cached_tokens=300;answer_tokens=40", "tool_call=weather;chunks=5"] {
            let tool = script.starts_with("tool_call");
            let body = if tool {
                with_tool(client, &model, streamed)
            } else {
                asking_of(&model, client, streamed)
            };
            let what = format!("{client:?} {provider:?} {streamed} {script}");
            let request = house.ask(client, &body).header("x-simulate", script);
            let response = request.send().await.unwrap();
            let status = response.status();
            let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
            let text = response.text().await.unwrap();
            assert_eq!(status, 200, "{what}: {text}");
            assert!(kind.starts_with(if streamed {
                "text/event-stream"
            } else {
                "application/json"
            }));
            assert!(text.contains(&model), "{what}: the model is not the alias: {text}");
            let seen = house.simulator.seen().pop().unwrap();
            assert_eq!(seen.uri.path(), format!("/v1/{}", provider.path()), "{what}");
            let version = seen.headers.contains_key("anthropic-version");
            assert_eq!(version, provider == Surface::Messages, "{what}");
            if streamed {
                orderly(client, &sse::events(&text), Step::Done, false);
                assert!(!tool || text.contains("weather"), "{what}: {text}");
            } else {
                let answer: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(answer["model"], model.as_str(), "{what}");
                if tool {
                    let (name, arguments) = called(client, &answer);
                    assert_eq!(name, "weather", "{what}");
                    assert!(arguments["city"].is_string(), "{what}: {text}");
                } else {
                    assert!(text.contains(simulator::OPENING), "{what}: {text}");
                }
            }
            done += 1;
            let call = charged(&house, done).await;
            assert_eq!((call.outcome.as_str(), call.status), ("completed", 200), "{what}");
            assert_eq!(call.provider.as_deref(), Some(model.as_str()));
        }
    }
    house.estate.audit(&house.calls(done).await).await;
}

#[tokio::test]
async fn t27_t28_a_stream_that_breaks_keeps_the_order_and_ends_with_the_dialects_error() {
    let house = house(settings()).await;
    let mut done = 0;
    for (client, provider, _) in pairs().filter(|(.., streamed)| *streamed) {
        for script in ["reset_after=3;chunks=8", "error_after=3;chunks=8", "truncate;chunks=40"] {
            let what = format!("{client:?} {provider:?} {script}");
            let body = asking_of(&alias(provider), client, true);
            let response = house.ask(client, &body).header("x-simulate", script).send().await;
            let text = response.unwrap().text().await.unwrap();
            orderly(client, &sse::events(&text), Step::Failed, false);
            done += 1;
            let call = house.calls(done).await.pop().unwrap();
            assert_eq!(call.outcome, "upstream_fault", "{what}: {call:#?}");
            assert!(call.output_tokens > 0 && call.charge_nano > 0, "{what}: {call:#?}");
        }
    }
    house.estate.audit(&house.calls(done).await).await;
}

#[tokio::test]
async fn t25_a_stream_without_its_formal_end_is_complete_to_a_client_of_another_dialect() {
    let house = house(settings()).await;
    let mut done = 0;
    for client in [Surface::Messages, Surface::Responses] {
        for script in ["sse=nodone", "sse=nodone,crlf,comments,split"] {
            let body = asking_of(&alias(Surface::Chat), client, true);
            let response = house.ask(client, &body).header("x-simulate", script).send().await;
            let text = response.unwrap().text().await.unwrap();
            orderly(client, &sse::events(&text), Step::Done, false);
            done += 1;
            assert_eq!(charged(&house, done).await.outcome, "completed");
        }
    }
    house.estate.audit(&house.calls(done).await).await;
}

#[tokio::test]
async fn a_providers_error_comes_in_the_clients_dialect_with_its_words_and_costs_nothing() {
    let house = house(Settings { attempts_max: 1, ..settings() }).await;
    let mut done = 0;
    for (client, provider, streamed) in pairs() {
        for status in [400_u16, 404, 429, 500, 529] {
            let body = asking_of(&alias(provider), client, streamed);
            let request = house.ask(client, &body);
            let request = request.header("x-simulate", format!("status={status};retry_after=7"));
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), status);
            assert_eq!(response.headers()["retry-after"], "7");
            assert_eq!(response.headers()["content-type"], "application/json");
            let error: Value = response.json().await.unwrap();
            assert!(told(client, &error).starts_with("Simulated: "), "{error}");
            done += 1;
            let call = house.calls(done).await.pop().unwrap();
            assert_eq!((call.outcome.as_str(), call.charge_nano), ("upstream_error", 0));
        }
    }
    house.estate.audit(&house.calls(done).await).await;
}

#[tokio::test]
async fn what_cannot_be_translated_is_refused_by_field_before_anything_is_held() {
    let house = house(settings()).await;
    let cases = [
        (Surface::Chat, Surface::Messages, "n", json!(2), "n"),
        (Surface::Chat, Surface::Responses, "seed", json!(7), "seed"),
        (Surface::Chat, Surface::Messages, "temperature", json!(1.5), "temperature"),
        (Surface::Chat, Surface::Messages, "x_unknown", json!(1), "x_unknown"),
        (
            Surface::Responses,
            Surface::Chat,
            "previous_response_id",
            json!("resp_1"),
            "previous_response_id",
        ),
        (Surface::Responses, Surface::Messages, "truncation", json!("auto"), "truncation"),
        (
            Surface::Responses,
            Surface::Chat,
            "tools",
            json!([{"type": "web_search"}]),
            "tools[0].type",
        ),
        (Surface::Messages, Surface::Chat, "top_k", json!(5), "top_k"),
        (Surface::Messages, Surface::Responses, "stop_sequences", json!(["a"]), "stop_sequences"),
        (
            Surface::Messages,
            Surface::Chat,
            "tools",
            json!([{"type": "bash_20250124", "name": "bash"}]),
            "tools[0].type",
        ),
    ];
    for (client, provider, field, value, named) in &cases {
        let mut body = asking_of(&alias(*provider), *client, false);
        body[*field] = value.clone();
        let response = house.ask(*client, &body).send().await.unwrap();
        let status = response.status();
        let error: Value = response.json().await.unwrap();
        assert_eq!(status, 400, "{client:?} {field}: {error}");
        assert!(told(*client, &error).contains(&format!("`{named}`")), "{field}: {error}");
        if *client != Surface::Messages {
            assert_eq!(error["error"]["param"], *named, "{error}");
        }
    }
    let calls = house.calls(cases.len()).await;
    assert!(calls.iter().all(|call| call.outcome == "refused" && call.charge_nano == 0));
    assert!(house.estate.transfers().await.is_empty());
    assert_eq!(house.simulator.totals().requests, 0);
}

#[tokio::test]
async fn routes_without_a_translation_say_that_the_model_is_not_served_there() {
    let house = house(settings()).await;
    for surface in [Surface::Embeddings, Surface::Completions, Surface::CountTokens] {
        let body = asking_of(&alias(Surface::Chat), surface, false);
        let response = house.ask(surface, &body).send().await.unwrap();
        assert_eq!(response.status(), 400, "{surface:?}");
        let error: Value = response.json().await.unwrap();
        assert!(told(surface, &error).contains("not served on this route"), "{error}");
    }
    assert!(house.estate.transfers().await.is_empty());
}
