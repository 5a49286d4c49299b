//! The ordinary path: what goes out, what comes back, what is written down.

use domain::provider::Surface;
use reqwest::Method;
use serde_json::{Value, json};

use crate::furniture::asking;
use crate::house::{CANARY, House, call_id, hello, settings};

#[tokio::test]
async fn a_call_goes_through_is_charged_and_recorded() {
    let house = House::new().await;
    let response = house.chat(&hello(false)).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let id = call_id(&response);
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer["object"], "chat.completion");
    let call = house.call().await;
    assert_eq!(call.id, id);
    assert_eq!((call.outcome.as_str(), call.usage_source.as_str()), ("completed", "reported"));
    assert_eq!(call.input_tokens, answer["usage"]["prompt_tokens"].as_i64().unwrap());
    assert_eq!(call.output_tokens, answer["usage"]["completion_tokens"].as_i64().unwrap());
    assert_eq!(
        (call.alias.as_deref(), call.surface.as_str()),
        (Some("sim-small"), "chat.completions")
    );
    assert_eq!(call.model_served.as_deref(), Some("sim-small"));
    assert!(call.upstream_request_id.is_some());
    assert!(call.charge_nano > call.cost_nano && call.cost_nano > 0);
    house.estate.audit(&[call]).await;
    assert_eq!(house.gateway.in_flight(), 0);
}

#[tokio::test]
async fn t32_with_nothing_to_change_the_body_goes_out_byte_for_byte() {
    let house = House::new().await;
    let odd = concat!(
        "{ \"messages\" : [ {\"role\":\"user\", \"content\":\"caf\\u00e9 \\/ \u{1F980}\", \"x\": 1.50e+01} ],\n",
        "\t\"temperature\": 0.10000000000000000001, \"unknown\": {\"a\":[1,2,{\"b\":null}]},\r\n",
        "  \"stream_options\": {\"include_usage\": true}, \"stream\": true, \"model\":\"sim-small\" } "
    );
    let whole = odd.replace("\"stream\": true", "\"stream\": false");
    for body in [odd.to_owned(), whole] {
        let response = house.post("/v1/chat/completions").body(body.clone()).send().await.unwrap();
        assert_eq!(response.status(), 200);
        response.bytes().await.unwrap();
        let seen = house.simulator.seen().pop().unwrap();
        assert_eq!(seen.body, body.as_bytes());
    }
}

#[tokio::test]
async fn only_the_alias_is_replaced() {
    let house = House::new().await;
    let body = r#"{"model" : "acme\/fast","messages":[{"role":"user","content":"hi"}],"seed":7.0}"#;
    let response = house.post("/v1/chat/completions").body(body).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let seen = house.simulator.seen().pop().unwrap();
    assert_eq!(seen.body, body.replace(r#""acme\/fast""#, r#""sim-small""#).as_bytes());
    assert_eq!(house.call().await.alias.as_deref(), Some("acme/fast"));
}

#[tokio::test]
async fn headers_cross_as_documented() {
    let house = House::new().await;
    let response = house
        .chat(&hello(false))
        .header("user-agent", "a-test/1.0")
        .header("openai-beta", "assistants=v2")
        .header("openai-organization", "org-someone-else")
        .header("cookie", "session=1")
        .header("x-forwarded-for", "10.0.0.1")
        .header("idempotency-key", "abc")
        .header("x-hop", "1")
        .header("connection", "x-hop")
        .send()
        .await
        .unwrap();
    let id = call_id(&response).to_string();
    assert!(response.headers().get("openai-organization").is_none());
    let seen = house.simulator.seen().pop().unwrap().headers;
    assert_eq!(seen["authorization"], format!("Bearer {CANARY}"));
    assert_eq!(seen["x-client-request-id"], id.as_str());
    assert_eq!(seen["user-agent"], "a-test/1.0");
    assert_eq!(seen["openai-beta"], "assistants=v2");
    for stopped in [
        "cookie",
        "x-forwarded-for",
        "idempotency-key",
        "x-hop",
        "openai-organization",
        "accept-encoding",
    ] {
        assert!(!seen.contains_key(stopped), "{stopped}");
    }
}

#[tokio::test]
async fn t26_the_usage_we_asked_for_is_hidden_from_who_did_not() {
    let house = House::new().await;
    let mut calls = 0;
    for (options, sees) in [
        (None, false),
        (Some(json!(null)), false),
        (Some(json!({})), false),
        (Some(json!({"other": 1})), false),
        (Some(json!({"include_usage": false})), false),
        (Some(json!({"include_usage": null, "other": [1]})), false),
        (Some(json!({"include_usage": true})), true),
    ] {
        let mut body = hello(true);
        if let Some(options) = &options {
            body["stream_options"] = options.clone();
        }
        let text = house.chat(&body).send().await.unwrap().text().await.unwrap();
        let events: Vec<Value> = text
            .split("\n\n")
            .filter_map(|event| event.strip_prefix("data: "))
            .filter(|data| *data != "[DONE]")
            .map(|data| serde_json::from_str(data).unwrap())
            .collect();
        let without_choices =
            events.iter().filter(|event| event["choices"].as_array().unwrap().is_empty()).count();
        assert_eq!(without_choices, usize::from(sees), "{options:?}: {text}");
        assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
        let sent: Value =
            serde_json::from_slice(&house.simulator.seen().pop().unwrap().body).unwrap();
        assert_eq!(sent["stream_options"]["include_usage"], true, "{options:?}");
        calls += 1;
    }
    let calls = house.calls(calls).await;
    assert!(calls.iter().all(|call| call.usage_source == "reported" && call.output_tokens > 0));
    house.estate.audit(&calls).await;
}

#[tokio::test]
async fn the_providers_errors_pass_as_they_came_and_cost_nothing() {
    let house = House::patient(gateway::Settings { attempts_max: 1, ..settings() }).await;
    for (index, status) in [400_u16, 401, 404, 429, 500, 503, 529].into_iter().enumerate() {
        let direct = |request: reqwest::RequestBuilder| {
            request.header("x-simulate", format!("status={status};retry_after=7"))
        };
        let response = direct(house.chat(&hello(false))).send().await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["retry-after"], "7");
        call_id(&response);
        let body: Value = response.json().await.unwrap();
        assert!(body["error"]["message"].is_string(), "{body}");
        let call = house.calls(index + 1).await.pop().unwrap();
        assert_eq!((call.outcome.as_str(), call.status), ("upstream_error", status as i16));
        assert_eq!((call.charge_nano, call.output_tokens), (0, 0));
    }
    house.estate.audit(&house.calls(7).await).await;
}

#[tokio::test]
async fn a_provider_that_fails_before_the_answer_is_a_refusal_of_ours() {
    let call_wait = std::time::Duration::from_secs(3);
    let house =
        House::patient(gateway::Settings { call_wait, attempts_max: 1, ..settings() }).await;
    let cases = [
        ("sim-small", "reset", 502, "provider_unreachable", "upstream_fault"),
        ("sim-small", "truncate", 502, "provider_unreachable", "upstream_fault"),
        ("sim-small", "malformed_json", 502, "provider_invalid_answer", "upstream_fault"),
        ("sim-small", "hang", 504, "provider_timeout", "timed_out"),
        ("dead", "", 502, "provider_unreachable", "upstream_fault"),
    ];
    for (index, (model, script, status, code, outcome)) in cases.into_iter().enumerate() {
        let mut body = hello(false);
        body["model"] = model.into();
        let response = house.chat(&body).header("x-simulate", script).send().await.unwrap();
        assert_eq!(response.status(), status, "{script}");
        assert_eq!(response.headers()["x-should-retry"], "true");
        let text = response.text().await.unwrap();
        let error: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(error["error"]["code"], code, "{script}: {text}");
        assert!(!text.contains("127.0.0.1"), "{text}");
        let call = house.calls(index + 1).await.pop().unwrap();
        assert_eq!((call.outcome.as_str(), call.charge_nano), (outcome, 0), "{script}: {call:#?}");
    }
    house.estate.audit(&house.calls(cases.len()).await).await;
}

#[tokio::test]
async fn models_are_listed_in_openais_shape() {
    let house = House::new().await;
    let get = |path: &str| {
        house.http.get(format!("{}{path}", house.base)).bearer_auth(house.key.expose())
    };
    let list: Value = get("/v1/models").send().await.unwrap().json().await.unwrap();
    let ids: Vec<_> =
        list["data"].as_array().unwrap().iter().map(|m| m["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["acme/fast", "dead", "sim-embed", "sim-small"]);
    assert_eq!(list["data"][0]["object"], "model");
    assert!(list["data"][0]["created"].is_i64());
    let one: Value = get("/v1/models/acme/fast").send().await.unwrap().json().await.unwrap();
    assert_eq!(
        (one["id"].as_str(), one["owned_by"].as_str()),
        (Some("acme/fast"), Some("simulator"))
    );
    for nothing in ["/v1/models/nothing", "/v1/models/%ff", "/v1/models/%00"] {
        let none = get(nothing).send().await.unwrap();
        assert_eq!(none.status(), 404, "{nothing}");
        let error: Value = none.json().await.unwrap();
        assert_eq!(error["error"]["code"], "model_not_found");
    }
    let refused = house.http.get(format!("{}/v1/models", house.base)).send().await.unwrap();
    assert_eq!(refused.status(), 401);
}

#[tokio::test]
async fn t11_every_route_that_reaches_a_provider_holds_first() {
    let house = House::new().await;
    let reaching: Vec<_> = gateway::DOORS.iter().filter(|door| door.surface.is_some()).collect();
    for (index, door) in reaching.iter().enumerate() {
        let surface = door.surface.unwrap();
        let method: Method = door.method.parse().unwrap();
        let request = house.http.request(method, format!("{}{}", house.base, door.path));
        let response = request
            .bearer_auth(house.key.expose())
            .header("content-type", "application/json")
            .body(asking(surface, false).to_string())
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200, "{door:?}");
        let calls = house.calls(index + 1).await;
        let transfers = house.estate.transfers().await;
        assert_eq!(transfers.len(), index + 1, "{door:?} held nothing");
        let call = calls.last().unwrap();
        // Counting is free at the provider: what was held for it is given back.
        let free = surface == Surface::CountTokens;
        let resolution = &transfers[&call.id][1];
        assert_eq!(resolution.kind, if free { "V" } else { "P" }, "{door:?}");
        assert_eq!(call.charge_nano == 0, free, "{door:?}");
    }
    assert_eq!(reaching.len(), Surface::ALL.len());
    house.estate.audit(&house.calls(reaching.len()).await).await;
    let billed = house.simulator.totals().requests;
    for door in gateway::DOORS.iter().filter(|door| door.surface.is_none()) {
        let path = door.path.replace("{*id}", "sim-small");
        let method: Method = door.method.parse().unwrap();
        let request = house.http.request(method, format!("{}{path}", house.base));
        let response = request.bearer_auth(house.key.expose()).send().await.unwrap();
        assert_eq!(response.status(), 200, "{door:?}");
    }
    assert_eq!(
        house.simulator.totals().requests,
        billed,
        "a route without a hold reached the provider"
    );
}

#[tokio::test]
async fn other_routes_and_methods_are_refused_in_the_callers_shape() {
    let house = House::new().await;
    let cases = [
        ("POST", "/v1/audio/speech", 404, "unknown_url"),
        ("POST", "/v1/audio/transcriptions", 404, "unknown_url"),
        ("POST", "/v1/images/generations", 404, "unknown_url"),
        ("POST", "/v1/files", 404, "unknown_url"),
        ("POST", "/v1/batches", 404, "unknown_url"),
        ("POST", "/v1/moderations", 404, "unknown_url"),
        ("GET", "/v1/responses/resp_1", 404, "unknown_url"),
        ("GET", "/v1/", 404, "unknown_url"),
        ("GET", "/v1", 404, "unknown_url"),
        ("POST", "/v1/chat/completions/", 404, "unknown_url"),
        ("GET", "/v1/chat/%ff?key=secret", 404, "unknown_url"),
        ("GET", "/v1/chat/completions", 405, "method_not_allowed"),
        ("GET", "/v1/responses", 405, "method_not_allowed"),
        ("PUT", "/v1/embeddings", 405, "method_not_allowed"),
        ("DELETE", "/v1/models", 405, "method_not_allowed"),
        ("POST", "/v1/models/sim-small", 405, "method_not_allowed"),
        ("POST", "/v1/messages/batches", 404, "not_found_error"),
        ("GET", "/v1/messages", 405, "invalid_request_error"),
        ("GET", "/v1/messages/count_tokens", 405, "invalid_request_error"),
        ("POST", "/v1/files?anthropic", 404, "not_found_error"),
        ("DELETE", "/v1/models?anthropic", 405, "invalid_request_error"),
    ];
    for (method, path, status, code) in cases {
        let method: Method = method.parse().unwrap();
        let url = format!("{}{path}", house.base);
        let mut request = house.http.request(method, url).bearer_auth(house.key.expose());
        if path.ends_with("?anthropic") {
            request = request.header("anthropic-version", "2023-06-01");
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.headers()["x-should-retry"], "false");
        assert_eq!(response.headers().contains_key("allow"), status == 405, "{path}");
        let id = call_id(&response).to_string();
        let anthropic = path.starts_with("/v1/messages") || path.ends_with("?anthropic");
        let named = response.headers().get("request-id").map(|id| id.to_str().unwrap().to_owned());
        assert_eq!(named.as_deref(), anthropic.then_some(id.as_str()), "{path}");
        let body: Value = response.json().await.unwrap();
        assert!(body["error"]["message"].is_string() && body["error"]["type"].is_string());
        if anthropic {
            assert_eq!(body["type"], "error", "{path}");
            assert_eq!(body["error"]["type"], code, "{path}");
            assert_eq!(body["request_id"], id.as_str(), "{path}");
        } else {
            assert_eq!(body["error"]["code"], code, "{path}");
        }
    }
    let calls = house.calls(cases.len()).await;
    assert!(calls.iter().all(|call| call.outcome == "refused" && call.surface == "other"));
    assert_eq!(house.simulator.totals().requests, 0);
}
