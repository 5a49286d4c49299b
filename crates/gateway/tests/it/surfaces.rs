//! Every surface in its own dialect: what goes out, what comes back, what is charged, how it is refused.

use domain::provider::Surface;
use serde_json::{Value, json};
use simulator::Bill;

use crate::furniture::{asking, asking_of};
use crate::house::{CANARY, CallRow, House, call_id};

/// Surfaces whose answers can be streamed.
pub const STREAMED: [Surface; 4] =
    [Surface::Chat, Surface::Responses, Surface::Messages, Surface::Completions];

/// Every surface, whole and, where that is possible, streamed.
fn every() -> impl Iterator<Item = (Surface, bool)> {
    let whole = Surface::ALL.iter().map(|surface| (*surface, false));
    whole.chain(STREAMED.map(|surface| (surface, true)))
}

const fn is_anthropic(surface: Surface) -> bool {
    matches!(surface, Surface::Messages | Surface::CountTokens)
}

/// Checks an error's shape, and gives its message.
pub fn told(surface: Surface, error: &Value) -> &str {
    if is_anthropic(surface) {
        assert_eq!(error["type"], "error", "{error}");
        assert!(error["error"].get("code").is_none(), "{error}");
    } else {
        assert!(error.get("type").is_none(), "{error}");
        assert!(error["error"].as_object().unwrap().contains_key("code"), "{error}");
    }
    assert!(error["error"]["type"].is_string(), "{error}");
    error["error"]["message"].as_str().unwrap()
}

#[tokio::test]
async fn t32_every_surface_goes_out_byte_for_byte_with_what_nobody_knows() {
    let house = House::new().await;
    for (surface, streamed) in every() {
        let mut body = asking(surface, streamed);
        if streamed && matches!(surface, Surface::Chat | Surface::Completions) {
            body["stream_options"] = json!({"include_usage": true});
        }
        let odd = "{ \"x-unknown\" : {\"a\":[1.50e+01,\"\\u00e9 \\/\",null]},\r\n\t";
        let body = body.to_string().replacen('{', odd, 1) + " \n";
        let request = house.post(&format!("/v1/{}?beta=true", surface.path())).body(body.clone());
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{surface:?}");
        response.bytes().await.unwrap();
        let seen = house.simulator.seen().pop().unwrap();
        assert_eq!(seen.body, body.as_bytes(), "{surface:?} {streamed}");
        assert_eq!(seen.uri.path(), format!("/v1/{}", surface.path()));
    }
}

#[tokio::test]
async fn t53_headers_of_a_dialect_arrive_verbatim_where_it_is_spoken_and_ours_never_do() {
    let house = House::new().await;
    for (surface, streamed) in every() {
        let request = house
            .ask(surface, &asking(surface, streamed))
            .header("x-api-key", house.key.expose())
            .header("anthropic-version", "2023-06-01")
            .header("anthropic-beta", "a-feature-2030-01-01,another")
            .header("anthropic-beta", "third")
            .header("openai-beta", "assistants=v2")
            .header("x-claude-code-session-id", "s-1")
            .header("cookie", "session=1")
            .header("api-key", "not-ours")
            .header("x-goog-api-key", "not-ours")
            .header("x-amz-security-token", "not-ours")
            .header("x-tokenone-agent", "a-bot")
            .header("x-tokenone-anything", "1");
        assert_eq!(request.send().await.unwrap().status(), 200, "{surface:?}");
        let seen = house.simulator.seen().pop().unwrap().headers;
        let values = |name: &str| -> Vec<String> {
            seen.get_all(name).iter().map(|v| v.to_str().unwrap().to_owned()).collect()
        };
        let betas = ["a-feature-2030-01-01,another", "third"];
        let none: [&str; 0] = [];
        if is_anthropic(surface) {
            assert_eq!(values("anthropic-beta"), betas);
            assert_eq!(values("anthropic-version"), ["2023-06-01"]);
            assert_eq!(values("openai-beta"), none);
        } else {
            assert_eq!(values("anthropic-beta"), none);
            assert_eq!(values("anthropic-version"), none);
            assert_eq!(values("openai-beta"), ["assistants=v2"]);
        }
        assert_eq!(values("x-claude-code-session-id"), ["s-1"]);
        assert_eq!(values("authorization"), [format!("Bearer {CANARY}")]);
        for name in seen.keys().map(http::HeaderName::as_str) {
            let stopped = ["cookie", "x-api-key", "api-key", "x-goog-api-key"].contains(&name)
                || name.starts_with("x-tokenone-")
                || name.starts_with("x-amz-");
            assert!(!stopped, "{surface:?}: {name}");
        }
    }
}

/// What the provider says it is owed, compared with what we charged.
fn as_billed(call: &CallRow, bill: &Bill) {
    let counted = [
        call.input_tokens,
        call.cached_input_tokens,
        call.cache_write_tokens,
        call.output_tokens,
        call.reasoning_tokens,
    ];
    let billed = [
        bill.prompt_tokens,
        bill.cached_tokens,
        bill.cache_write_tokens,
        bill.completion_tokens,
        bill.reasoning_tokens,
    ];
    assert_eq!(counted.map(i64::unsigned_abs), billed, "{call:#?} {bill:#?}");
}

#[tokio::test]
async fn t18_t49_every_surface_is_charged_as_the_provider_bills() {
    let house = House::new().await;
    let cached = "cached_tokens=700;cache_write_tokens=200;cache_write_1h_tokens=100";
    let scripts = ["", cached, "answer_tokens=77;reasoning_tokens=30"];
    let mut done = 0;
    for (surface, streamed) in every() {
        for script in scripts {
            // Embeddings know neither caches nor answers.
            if !script.is_empty() && surface == Surface::Embeddings {
                continue;
            }
            let mut body = asking(surface, streamed);
            if surface == Surface::Messages && script.contains("reasoning") {
                body["max_tokens"] = 3_000.into();
                body["thinking"] = json!({"type": "enabled", "budget_tokens": 1_024});
            }
            let request = house.ask(surface, &body).header("x-simulate", script);
            let response = request.send().await.unwrap();
            let (status, id) = (response.status(), call_id(&response));
            let text = response.text().await.unwrap();
            assert_eq!(status, 200, "{surface:?} {script}: {text}");
            done += 1;
            let call = house.calls(done).await.pop().unwrap();
            assert_eq!((call.id, call.outcome.as_str()), (id, "completed"), "{call:#?}");
            if surface == Surface::CountTokens {
                assert!(serde_json::from_str::<Value>(&text).unwrap()["input_tokens"].is_u64());
                assert_eq!((call.usage_source.as_str(), call.charge_nano), ("none", 0));
                continue;
            }
            assert_eq!(call.usage_source, "reported", "{surface:?} {script}");
            assert!(call.charge_nano > call.cost_nano && call.cost_nano > 0);
            as_billed(&call, &house.simulator.bills().pop().unwrap());
        }
    }
    house.estate.audit(&house.calls(done).await).await;
}

#[tokio::test]
async fn models_are_listed_in_anthropics_shape_to_its_clients() {
    let house = House::new().await;
    let get = |path: &str| {
        let request = house.http.get(format!("{}{path}", house.base));
        let request = request.header("x-api-key", house.key.expose());
        request.header("anthropic-version", "2023-06-01").send()
    };
    let response = get("/v1/models?limit=1000&after_id=x").await.unwrap();
    assert_eq!(response.headers()["request-id"], call_id(&response).to_string().as_str());
    let list: Value = response.json().await.unwrap();
    let ids: Vec<_> =
        list["data"].as_array().unwrap().iter().map(|m| m["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["acme/fast", "dead", "sim-embed", "sim-small"]);
    assert_eq!(
        (&list["has_more"], &list["first_id"], &list["last_id"]),
        (&json!(false), &json!("acme/fast"), &json!("sim-small"))
    );
    for model in list["data"].as_array().unwrap() {
        assert_eq!((&model["type"], &model["display_name"]), (&json!("model"), &model["id"]));
        assert!(model["created_at"].as_str().unwrap().ends_with('Z'), "{model}");
    }
    let one: Value = get("/v1/models/acme/fast").await.unwrap().json().await.unwrap();
    assert_eq!((one["id"].as_str(), one["type"].as_str()), (Some("acme/fast"), Some("model")));
    let none = get("/v1/models/nothing").await.unwrap();
    assert_eq!(none.status(), 404);
    let error: Value = none.json().await.unwrap();
    assert!(told(Surface::Messages, &error).contains("nothing"));
    assert_eq!(error["error"]["type"], "not_found_error");
}

#[tokio::test]
async fn a_key_opens_every_surface_by_either_header_and_two_keys_open_none() {
    let house = House::new().await;
    let (other, _) = house.estate.make_key("other", None).await;
    house.follow().await;
    let (key, other) = (house.key.expose(), other.expose());
    for surface in Surface::ALL {
        for (bearer, api_key, status) in [
            (None, Some(key), 200),
            (Some(key), Some(key), 200),
            (Some("sk-ant-api03-not-ours"), Some(key), 200),
            (Some(key), Some("sk-ant-api03-not-ours"), 200),
            (Some(key), Some(other), 401),
            (Some(other), Some(key), 401),
            (None, Some("sk-ant-api03-not-ours"), 401),
            (None, None, 401),
        ] {
            let mut request = house.http.post(format!("{}/v1/{}", house.base, surface.path()));
            if let Some(bearer) = bearer {
                request = request.bearer_auth(bearer);
            }
            if let Some(api_key) = api_key {
                request = request.header("x-api-key", api_key);
            }
            let body = asking(*surface, false).to_string();
            let response = request.body(body).send().await.unwrap();
            assert_eq!(response.status(), status, "{surface:?} {bearer:?} {api_key:?}");
            let body: Value = response.json().await.unwrap();
            if status == 401 {
                let message = told(*surface, &body);
                assert!(message.contains("No valid TokenOne API key") && !message.contains(key));
            }
        }
    }
}

#[tokio::test]
async fn refusals_and_errors_of_the_provider_come_in_the_dialect_of_the_surface() {
    let house = House::patient(crate::house::settings()).await;
    for (surface, streamed) in every() {
        let unknown = house.ask(surface, &asking_of("nobody", surface, streamed));
        let response = unknown.send().await.unwrap();
        assert_eq!(response.status(), 404);
        assert_eq!(response.headers()["x-should-retry"], "false");
        let named = response.headers().contains_key("request-id");
        assert_eq!(named, is_anthropic(surface));
        let error: Value = response.json().await.unwrap();
        assert!(told(surface, &error).contains("`nobody`"), "{error}");
        let typed = if is_anthropic(surface) { "not_found_error" } else { "invalid_request_error" };
        assert_eq!(error["error"]["type"], typed);

        let request = house.ask(surface, &asking(surface, streamed));
        let request = request.header("x-simulate", "status=422;retry_after=9");
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 422);
        assert_eq!(response.headers()["retry-after"], "9");
        let error: Value = response.json().await.unwrap();
        assert!(told(surface, &error).starts_with("Simulated: a refused request"), "{error}");
    }
    let calls = house.calls(2 * every().count()).await;
    assert!(calls.iter().all(|call| call.charge_nano == 0));
    house.estate.audit(&calls).await;
}
