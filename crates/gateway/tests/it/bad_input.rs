//! Bad input: for each a status, the field at fault, a trail, and nothing charged.

use domain::limits::BODY_BYTES_MAX;
use domain::provider::Surface;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::furniture::asking;
use crate::house::{House, call_id, hello};
use crate::surfaces::told;

/// A body, the status, the field, and a word of the message.
type Case = (Vec<u8>, u16, Option<&'static str>, &'static str);

/// Surfaces whose bodies have fields of their own.
const OTHERS: [Surface; 5] = [
    Surface::Responses,
    Surface::Messages,
    Surface::CountTokens,
    Surface::Embeddings,
    Surface::Completions,
];

fn body(text: &str, field: &'static str, word: &'static str) -> Case {
    (text.as_bytes().to_vec(), 400, Some(field), word)
}

fn broken(text: &str, word: &'static str) -> Case {
    (text.as_bytes().to_vec(), 400, None, word)
}

fn with(field: &str, value: Value) -> String {
    let mut body = hello(false);
    body[field] = value;
    body.to_string()
}

fn messages(value: Value) -> String {
    with("messages", value)
}

const OK: &str = r#""messages":[{"role":"user","content":"x"}]"#;

fn forms() -> Vec<Case> {
    let deep =
        format!("{{\"model\":\"sim-small\",{OK},\"x\":{}{}}}", "[".repeat(200), "]".repeat(200));
    let mut invalid_utf8 =
        br#"{"model":"sim-small","messages":[{"role":"user","content":""#.to_vec();
    invalid_utf8.extend_from_slice(b"\xff\xfe\"}]}");
    vec![
        broken("", "empty"),
        broken(" ", "not JSON"),
        broken("{", "not JSON"),
        broken("null", "object"),
        broken("[]", "object"),
        broken("\"text\"", "object"),
        broken("42", "object"),
        broken("{]", "not JSON"),
        broken("{\"model\"}", "expected `:`"),
        broken("{\"model\":}", "expected a value"),
        broken("{\"model\":\"sim-small\",}", "expected a string"),
        broken("{'model':'sim-small'}", "expected a string"),
        broken(&format!("{{\"model\":\"sim-small\",{OK}}} x"), "after the end"),
        broken(&format!("{{\"model\":\"sim-small\",{OK}}}{{}}"), "after the end"),
        broken(&format!("{{\"model\":\"sim-small\",{OK},\"t\":01}}"), "expected `,` or `}`"),
        broken(&format!("{{\"model\":\"sim-small\",{OK},\"t\":1.}}"), "digit"),
        broken(&format!("{{\"model\":\"sim-small\",{OK},\"t\":NaN}}"), "expected a value"),
        broken(&format!("{{\"model\":\"sim-small\",{OK},\"t\":tru}}"), "expected a value"),
        broken(&format!("{{\"model\":\"sim-small\",{OK},\"t\":\"\\x\"}}"), "escape"),
        broken(&format!("{{\"model\":\"sim-small\",{OK},\"t\":\"\\u12\"}}"), "hexadecimal"),
        broken(&format!("{{\"model\":\"sim-small\",{OK},\"t\":\"a\nb\"}}"), "control character"),
        broken("{\"model\":\"sim-small", "end of a string"),
        broken(&deep, "nested too deeply"),
        broken(&format!("{{\"\\ud800\":1,\"model\":\"sim-small\",{OK}}}"), "name is no text"),
        (invalid_utf8, 400, None, "UTF-8"),
        (b"\xef\xbb\xbf{}".to_vec(), 400, None, "not JSON"),
    ]
}

fn fields() -> Vec<Case> {
    vec![
        body("{}", "model", "missing"),
        body(&format!("{{{OK}}}"), "model", "missing"),
        body(&with("model", json!(null)), "model", "string"),
        body(&with("model", json!(7)), "model", "string"),
        body(&with("model", json!(["sim-small"])), "model", "string"),
        body(&with("model", json!("")), "model", "empty"),
        body(&with("model", json!("m".repeat(257))), "model", "longer"),
        body(&with("model", json!("a\u{0}b")), "model", "control"),
        body(&format!("{{\"model\":\"\\ud800\",{OK}}}"), "model", "character"),
        body(&format!("{{\"model\":\"a\",\"model\":\"b\",{OK}}}"), "model", "twice"),
        body(&format!("{{\"model\":\"a\",\"mod\\u0065l\":\"b\",{OK}}}"), "model", "twice"),
        body(&format!("{{\"model\":\"a\",{OK},{OK}}}"), "messages", "twice"),
        body(&format!("{{\"model\":\"a\",{OK},\"x\":1,\"x\":2}}"), "x", "twice"),
        body(&format!("{{\"model\":\"a\",{OK},\"Model\":\"b\"}}"), "Model", "only in case"),
        body(
            &format!("{{\"model\":\"a\",{OK},\"\\u017ftream\":true}}"),
            "\u{17f}tream",
            "only in case",
        ),
        body(&with("MAX_TOKENS", json!(9)), "MAX_TOKENS", "only in case"),
        body(r#"{"model":"sim-small"}"#, "messages", "missing"),
        body(&messages(json!(null)), "messages", "array"),
        body(&messages(json!("hi")), "messages", "array"),
        body(&messages(json!({"role": "user"})), "messages", "array"),
        body(&messages(json!([])), "messages", "empty"),
        body(
            &messages(json!([{"role": "user", "content": [
                {"type": "text", "text": "x"}, {"type": "file", "file": {"file_id": "file-1"}}]}])),
            "messages[0]",
            "somebody else's",
        ),
        body(&messages(json!(["hi"])), "messages[0]", "object"),
        body(&messages(json!([null])), "messages[0]", "object"),
        body(&messages(json!([{"role": "user"}, []])), "messages[1]", "object"),
        body(&messages(json!([{"content": "x"}])), "messages[0].role", "missing"),
        body(&messages(json!([{"role": null}])), "messages[0].role", "string"),
        body(&messages(json!([{"role": ""}])), "messages[0].role", "empty"),
        body(
            r#"{"model":"sim-small","messages":[{"role":"user","role":"system"}]}"#,
            "messages[0].role",
            "twice",
        ),
        body(&with("stream", json!("true")), "stream", "true or false"),
        body(&with("stream", json!(1)), "stream", "true or false"),
        body(&with("stream_options", json!(true)), "stream_options", "object"),
        body(&with("stream_options", json!([])), "stream_options", "object"),
        body(
            &with("stream_options", json!({"include_usage": "yes"})),
            "stream_options.include_usage",
            "true or false",
        ),
        body(
            &format!(
                "{{\"model\":\"sim-small\",{OK},\"stream_options\":{{\"include_usage\":true,\"include_usage\":false}}}}"
            ),
            "stream_options.include_usage",
            "twice",
        ),
        body(&with("max_tokens", json!(0)), "max_tokens", "above zero"),
        body(&with("max_tokens", json!(-5)), "max_tokens", "above zero"),
        body(&with("max_tokens", json!(1.5)), "max_tokens", "above zero"),
        body(&with("max_tokens", json!("100")), "max_tokens", "whole number"),
        body(&with("max_tokens", json!(u64::MAX)), "max_tokens", "larger"),
        body(&with("max_completion_tokens", json!(0)), "max_completion_tokens", "above zero"),
        body(&with("max_completion_tokens", json!([1])), "max_completion_tokens", "whole number"),
        body(&with("n", json!(0)), "n", "above zero"),
        body(&with("n", json!(129)), "n", "larger"),
        body(&with("n", json!("2")), "n", "whole number"),
        body(&many_fields(), "", "more than"),
        (with("model", json!("nobody")).into_bytes(), 404, Some("model"), "does not exist"),
        (with("model", json!("SIM-SMALL")).into_bytes(), 404, Some("model"), "does not exist"),
        (with("model", json!("unpriced")).into_bytes(), 403, Some("model"), "no price"),
    ]
}

fn many_fields() -> String {
    let fields: Vec<String> = (0..300).map(|n| format!("\"f{n}\":0")).collect();
    format!("{{{}}}", fields.join(","))
}

/// A request of a surface with one field put in, or taken out where it is null.
fn other(surface: Surface, field: &str, value: Value) -> String {
    let mut body = asking(surface, false);
    match value {
        Value::Null => drop(body.as_object_mut().unwrap().remove(field)),
        value => body[field] = value,
    }
    body.to_string()
}

/// What is wrong on every surface.
fn everywhere(surface: Surface) -> Vec<Case> {
    let raw = |text: &str| {
        let body = asking(surface, false).to_string();
        format!("{text}{}", &body[1..])
    };
    vec![
        broken("", "empty"),
        broken("[]", "object"),
        broken("{\"model\":", "not JSON"),
        (raw("{\"x\":\"\u{1}\",").into_bytes(), 400, None, "control character"),
        body(&other(surface, "model", Value::Null), "model", "missing"),
        body(&other(surface, "model", json!(7)), "model", "string"),
        body(&other(surface, "model", json!("")), "model", "empty"),
        body(&raw("{\"model\":\"other\","), "model", "twice"),
        body(&other(surface, "Model", json!("x")), "Model", "only in case"),
        body(&other(surface, "stream", json!("yes")), "stream", "true or false"),
        body(&other(surface, "service_tier", json!("priority")), "service_tier", "no price"),
        body(&other(surface, "service_tier", json!(1)), "service_tier", "string"),
        body(&other(surface, "models", json!(["a"])), "models", "operator"),
        (other(surface, "model", json!("nobody")).into_bytes(), 404, Some("model"), "exist"),
        (other(surface, "model", json!("unpriced")).into_bytes(), 403, Some("model"), "no price"),
    ]
}

/// What is wrong on one.
fn apart(surface: Surface) -> Vec<Case> {
    let put = |field, value| other(surface, field, value);
    match surface {
        Surface::Responses => vec![
            body(&put("input", Value::Null), "input", "missing"),
            body(&put("input", json!(7)), "input", "string or an array"),
            body(&put("input", json!({})), "input", "string or an array"),
            body(&put("input", json!(["hi"])), "input[0]", "object"),
            body(&put("input", json!([{"role": "user"}, null])), "input[1]", "object"),
            body(&put("max_output_tokens", json!(0)), "max_output_tokens", "above zero"),
            body(&put("max_output_tokens", json!(1e3)), "max_output_tokens", "above zero"),
            body(&put("max_output_tokens", json!("9")), "max_output_tokens", "whole number"),
            body(&put("background", json!(true)), "background", "stream"),
            body(&put("background", json!(1)), "background", "true or false"),
            body(
                &put(
                    "input",
                    json!([{"role": "user", "content": [
                    {"type": "input_text", "text": "x"}, {"type": "input_file", "file_id": "file-1"}]}]),
                ),
                "input[0]",
                "somebody else's",
            ),
            body(
                &put(
                    "tools",
                    json!([{"type": "function", "name": "f"},
                    {"type": "file_search", "vector_store_ids": ["vs_1"]}]),
                ),
                "tools[1].vector_store_ids",
                "somebody else's",
            ),
            body(
                &put(
                    "tools",
                    json!([{"type": "code_interpreter",
                    "container": {"type": "auto", "file_ids": ["file-1"]}}]),
                ),
                "tools[0].container.file_ids",
                "somebody else's",
            ),
        ],
        Surface::Messages | Surface::CountTokens => vec![
            body(&put("messages", Value::Null), "messages", "missing"),
            body(&put("messages", json!([])), "messages", "empty"),
            body(&put("messages", json!("hi")), "messages", "array"),
            body(&put("messages", json!([7])), "messages[0]", "object"),
            body(&put("messages", json!([{"content": "x"}])), "messages[0].role", "missing"),
            body(&put("messages", json!([{"role": 1}])), "messages[0].role", "string"),
            body(
                &put(
                    "messages",
                    json!([{"role": "user", "content": [
                    {"type": "document", "source": {"type": "file", "file_id": "file_1"}}]}]),
                ),
                "messages[0]",
                "somebody else's",
            ),
            body(&put("max_tokens", json!(-1)), "max_tokens", "above zero"),
            body(&put("max_tokens", json!(true)), "max_tokens", "whole number"),
            body(&put("max_tokens", json!(u64::MAX)), "max_tokens", "larger"),
        ],
        Surface::Embeddings => vec![
            body(&put("input", Value::Null), "input", "missing"),
            body(&put("input", json!([])), "input", "empty"),
            body(&put("input", json!({})), "input", "string or an array"),
            body(&put("input", json!(true)), "input", "string or an array"),
            body(&put("input", json!(["a", 1])), "input[1]", "list of tokens"),
            body(&put("input", json!([1, "a"])), "input[1]", "list of tokens"),
            body(&put("input", json!([null])), "input[0]", "list of tokens"),
        ],
        _ => vec![
            body(&put("prompt", json!([])), "prompt", "empty"),
            body(&put("prompt", json!(7)), "prompt", "string or an array"),
            body(&put("prompt", json!(["a", false])), "prompt[1]", "list of tokens"),
            body(&put("prompt", json!(vec!["a"; 129])), "prompt", "129 answers"),
            body(&put("n", json!(0)), "n", "above zero"),
            body(&put("best_of", json!(129)), "best_of", "larger"),
            body(&put("max_tokens", json!(0)), "max_tokens", "above zero"),
            body(&put("stream_options", json!(1)), "stream_options", "object"),
        ],
    }
}

#[tokio::test]
async fn bad_bodies_are_refused_by_field_on_every_surface_in_its_dialect() {
    let house = House::new().await;
    let mut done = 0;
    for surface in OTHERS {
        for (bytes, status, field, word) in everywhere(surface).into_iter().chain(apart(surface)) {
            let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(160)]).into_owned();
            let request = house.post(&format!("/v1/{}", surface.path())).body(bytes);
            let response = request.send().await.unwrap();
            let got = response.status();
            let id = call_id(&response).to_string();
            assert_eq!(response.headers()["x-should-retry"], "false", "{surface:?} {shown}");
            let error: Value = response.json().await.unwrap();
            assert_eq!(got, status, "{surface:?} {shown}: {error}");
            let message = told(surface, &error);
            assert!(message.contains(word), "{surface:?} {shown}: {error}");
            if matches!(surface, Surface::Messages | Surface::CountTokens) {
                assert_eq!(error["request_id"], id.as_str());
                // Its shape has no place for the field but the message.
                assert!(field.is_none_or(|field| message.contains(field)), "{error}");
            } else {
                assert_eq!(error["error"]["param"].as_str(), field, "{surface:?} {shown}");
            }
            done += 1;
        }
    }
    let total = done + forms().len() + fields().len();
    assert!(done >= 110 && total >= 180, "{done} of {total}");
    let calls = house.calls(done).await;
    assert!(calls.iter().all(|call| call.outcome == "refused" && call.charge_nano == 0));
    assert!(house.estate.transfers().await.is_empty());
    assert_eq!(house.simulator.totals().requests, 0);
    assert!(house.estate.store.circuits().await.unwrap().is_empty());
}

#[tokio::test]
async fn bad_bodies_are_refused_by_field_with_a_trail_and_without_a_charge() {
    let house = House::new().await;
    let cases: Vec<Case> = forms().into_iter().chain(fields()).collect();
    assert!(cases.len() >= 60, "{}", cases.len());
    let mut ids = Vec::new();
    for (bytes, status, field, word) in &cases {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(120)]).into_owned();
        let response = house.post("/v1/chat/completions").body(bytes.clone()).send().await.unwrap();
        assert_eq!(response.status(), *status, "{shown}");
        assert_eq!(response.headers()["x-should-retry"], "false", "{shown}");
        assert_eq!(response.headers()["content-type"], "application/json");
        ids.push(call_id(&response));
        let error: Value = response.json().await.unwrap();
        let error = &error["error"];
        assert_eq!(
            error["param"].as_str(),
            field.filter(|name| !name.is_empty()),
            "{shown}: {error}"
        );
        assert!(error["message"].as_str().unwrap().contains(word), "{shown}: {error}");
        assert!(error["type"].is_string() && error["code"].is_string(), "{error}");
    }
    let calls = house.calls(cases.len()).await;
    for id in ids {
        let call = calls.iter().find(|call| call.id == id).unwrap();
        assert_eq!((call.outcome.as_str(), call.charge_nano, call.cost_nano), ("refused", 0, 0));
        assert!(call.code.is_some() && call.note.is_some());
    }
    assert!(house.estate.transfers().await.is_empty());
    assert_eq!(house.simulator.totals().requests, 0);
}

#[tokio::test]
async fn bad_headers_are_refused_by_name() {
    let house = House::new().await;
    let long = "k".repeat(256);
    let huge = "h".repeat(70_000);
    let text = hello(false).to_string();
    let cases = [
        ("content-type", "text/plain", 415, None),
        ("content-type", "application/x-www-form-urlencoded", 415, None),
        ("content-encoding", "gzip", 400, Some("content-encoding")),
        ("idempotency-key", long.as_str(), 400, Some("idempotency-key")),
        ("idempotency-key", "", 400, Some("idempotency-key")),
        ("idempotency-key", "caf\u{e9}", 400, Some("idempotency-key")),
        ("x-huge", huge.as_str(), 400, Some("*")),
    ];
    for (name, value, status, param) in cases {
        let request = house.http.post(format!("{}/v1/chat/completions", house.base));
        let request = request.bearer_auth(house.key.expose());
        let response = request.header(name, value).body(text.clone()).send().await.unwrap();
        assert_eq!(response.status(), status, "{name}");
        let error: Value = response.json().await.unwrap();
        assert_eq!(error["error"]["param"].as_str(), param, "{name}");
    }
    let calls = house.calls(cases.len()).await;
    assert!(calls.iter().all(|call| call.outcome == "refused" && call.charge_nano == 0));
    for fine in ["application/json; charset=utf-8", "Application/JSON"] {
        let request = house.http.post(format!("{}/v1/chat/completions", house.base));
        let request = request.bearer_auth(house.key.expose()).header("content-type", fine);
        assert_eq!(request.body(text.clone()).send().await.unwrap().status(), 200, "{fine}");
    }
    let bare = house.http.post(format!("{}/v1/chat/completions", house.base));
    let bare = bare.bearer_auth(house.key.expose()).body(text).send().await.unwrap();
    assert_eq!(bare.status(), 200, "a missing media type is tolerated");
}

#[tokio::test]
async fn bad_keys_all_get_the_same_answer_and_leave_no_row() {
    let house = House::new().await;
    let (revoked, revoked_id) = house.estate.make_key("revoked", None).await;
    house.estate.revoke(revoked_id).await;
    let past = chrono::DateTime::from_timestamp(1_767_225_600, 0);
    let (expired, _) = house.estate.make_key("expired", past).await;
    let unknown = identity::api_key::ApiKey::mint(identity::api_key::Environment::Live).unwrap();
    house.follow().await;
    let good = house.key.expose().to_owned();
    let last = if good.ends_with('x') { 'y' } else { 'x' };
    let mut values = vec![
        None,
        Some(String::new()),
        Some("Bearer".into()),
        Some("Bearer ".into()),
        Some(good.clone()),
        Some(format!("Basic {good}")),
        Some("Bearer sk-proj-0123456789".into()),
        Some(format!("Bearer {}", &good[..56])),
        Some(format!("Bearer {}{last}", &good[..56])),
        Some(format!("Bearer {good}{good}")),
    ];
    for key in [&revoked, &expired, &unknown] {
        values.push(Some(format!("Bearer {}", key.expose())));
    }
    let mut bodies = Vec::new();
    for value in values {
        let mut request = house.http.post(format!("{}/v1/chat/completions", house.base));
        if let Some(value) = &value {
            request = request.header("authorization", value);
        }
        let response = request.body(hello(false).to_string()).send().await.unwrap();
        assert_eq!(response.status(), 401, "{value:?}");
        bodies.push(response.text().await.unwrap());
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:#?}");
    let twice = house.post("/v1/chat/completions").header("authorization", "Bearer x");
    assert_eq!(twice.body(hello(false).to_string()).send().await.unwrap().status(), 401);
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(house.calls(0).await.is_empty());
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_announced_or_not() {
    let house = House::new().await;
    let address = house.base.strip_prefix("http://").unwrap();
    let head = |extra: &str| {
        format!(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\n{extra}\r\n\r\n",
            house.key.expose()
        )
    };
    let mut announced = TcpStream::connect(address).await.unwrap();
    let length = format!("content-length: {}", BODY_BYTES_MAX + 1);
    announced.write_all(head(&length).as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    let read = announced.read(&mut answer).await.unwrap();
    let text = String::from_utf8_lossy(&answer[..read]);
    assert!(text.starts_with("HTTP/1.1 413") && text.contains("request_too_large"), "{text}");

    let mut chunked = TcpStream::connect(address).await.unwrap();
    chunked.write_all(head("transfer-encoding: chunked").as_bytes()).await.unwrap();
    let chunk = vec![b' '; 1 << 20];
    let mut sent = 0;
    while sent <= BODY_BYTES_MAX {
        let header = format!("{:x}\r\n", chunk.len());
        if chunked.write_all(header.as_bytes()).await.is_err()
            || chunked.write_all(&chunk).await.is_err()
            || chunked.write_all(b"\r\n").await.is_err()
        {
            break;
        }
        sent += chunk.len();
    }
    let calls = house.calls(2).await;
    assert!(calls.iter().all(|call| call.status == 413 && call.charge_nano == 0), "{calls:#?}");
}

#[tokio::test]
async fn a_suspended_tenant_is_told_so() {
    let house = House::new().await;
    house.estate.run("update app.tenant set state = 'suspended' where kind = 'customer'").await;
    house.follow().await;
    let response = house.chat(&hello(false)).send().await.unwrap();
    assert_eq!(response.status(), 403);
    let error: Value = response.json().await.unwrap();
    assert_eq!(error["error"]["code"], "suspended");
    assert_eq!(house.call().await.outcome, "refused");
}
