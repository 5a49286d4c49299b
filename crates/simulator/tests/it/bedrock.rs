//! Anthropic's messages as Bedrock puts them: signed, and streamed in Amazon's frames.

use std::sync::Arc;

use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::BytesMut;
use chrono::{DateTime, Utc};
use domain::clock::Clock;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use simulator::{AwsKey, Config, Endpoint, OPENING};

use crate::{Bench, body, drain};

const HOST: &str = "bedrock-runtime.us-east-1.amazonaws.com";
const MODEL: &str = "us.anthropic.sim-small-v1%3A0";

fn ask() -> Value {
    json!({
        "anthropic_version": "bedrock-2023-05-31", "max_tokens": 100,
        "messages": [{"role": "user", "content": "Why is the sky blue?"}],
    })
}

/// A request whose signature has the right form, and nothing behind it.
fn invoke(bench: &Bench, path: &str, ask: &Value) -> RequestBuilder {
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=AKID/20260102/us-east-1/bedrock/aws4_request, \
         SignedHeaders=host;x-amz-date, Signature={}",
        "0".repeat(64)
    );
    let url = format!("http://{}/model/{path}", bench.address);
    let request = bench.client.post(url).header("authorization", authorization);
    request.header("x-amz-date", "20260102T030405Z").json(ask)
}

/// The name and the content of each message.
fn frames(bytes: &[u8]) -> Vec<(String, Value)> {
    let mut buffer = BytesMut::from(bytes);
    let mut decoder = MessageFrameDecoder::new();
    let mut frames = Vec::new();
    while let DecodedFrame::Complete(message) = decoder.decode_frame(&mut buffer).unwrap() {
        let header = |name: &str| {
            let header = message.headers().iter().find(|header| header.name().as_str() == name);
            header.map(|header| header.value().as_string().unwrap().as_str().to_owned())
        };
        assert_eq!(header(":content-type").as_deref(), Some("application/json"));
        let payload: Value = serde_json::from_slice(message.payload()).unwrap();
        if header(":message-type").as_deref() == Some("exception") {
            frames.push((header(":exception-type").unwrap(), payload));
            continue;
        }
        assert_eq!(header(":event-type").as_deref(), Some("chunk"));
        let event = STANDARD.decode(payload["bytes"].as_str().unwrap()).unwrap();
        let event: Value = serde_json::from_slice(&event).unwrap();
        frames.push((event["type"].as_str().unwrap().to_owned(), event));
    }
    frames
}

#[tokio::test]
async fn a_model_is_invoked_whole() {
    let bench = Bench::start().await;
    let message = body(invoke(&bench, &format!("{MODEL}/invoke"), &ask()), 200).await;
    assert!(message["id"].as_str().unwrap().starts_with("msg_bdrk_"));
    assert_eq!(message["model"], "sim-small");
    assert!(message["content"][0]["text"].as_str().unwrap().starts_with(OPENING));
    assert_eq!(message["usage"]["input_tokens"], 5);
    let bill = bench.bills(1).await.remove(0);
    assert_eq!((bill.endpoint, bill.streamed), (Endpoint::BedrockInvoke, false));
}

#[tokio::test]
async fn a_stream_is_framed_as_amazon_frames_it() {
    let bench = Bench::start().await;
    let request = invoke(&bench, &format!("{MODEL}/invoke-with-response-stream"), &ask());
    let response = request.header("x-simulate", "chunks=3").send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/vnd.amazon.eventstream");
    let frames = frames(&drain(response).await.0);
    let names: Vec<&str> = frames.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "message_start",
            "content_block_start",
            "content_block_delta",
            "content_block_delta",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop",
        ]
    );
    let metrics = &frames[7].1["amazon-bedrock-invocationMetrics"];
    let bill = bench.bills(1).await.remove(0);
    assert_eq!(metrics["inputTokenCount"], bill.prompt_tokens);
    assert_eq!(metrics["outputTokenCount"], bill.completion_tokens);
    assert!(bill.completed && bill.streamed);
}

#[tokio::test]
async fn a_stream_can_break_with_an_exception_or_in_the_middle_of_a_frame() {
    let bench = Bench::start().await;
    let path = format!("{MODEL}/invoke-with-response-stream");
    let with = |script: &'static str| invoke(&bench, &path, &ask()).header("x-simulate", script);
    let broken = frames(&drain(with("error_after=1").send().await.unwrap()).await.0);
    let (name, exception) = broken.last().unwrap();
    assert_eq!((broken.len(), name.as_str()), (4, "internalServerException"));
    assert!(exception["message"].is_string());
    let split = frames(&drain(with("chunks=3;sse=split").send().await.unwrap()).await.0);
    assert_eq!(split.len(), 8);
    let (cut, broke) = drain(with("truncate").send().await.unwrap()).await;
    assert!(broke && !cut.is_empty());
    let (bytes, _) = drain(with("sse=garbage").send().await.unwrap()).await;
    let mut decoder = MessageFrameDecoder::new();
    let mut buffer = BytesMut::from(&*bytes);
    for _ in 0..3 {
        decoder.decode_frame(&mut buffer).unwrap();
    }
    assert!(decoder.decode_frame(&mut buffer).is_err());
}

#[tokio::test]
async fn errors_have_amazons_shape() {
    let bench = Bench::start().await;
    let path = format!("{MODEL}/invoke");
    for (status, kind) in [
        (400, "ValidationException"),
        (403, "AccessDeniedException"),
        (429, "ThrottlingException"),
        (500, "InternalServerException"),
        (503, "ServiceUnavailableException"),
    ] {
        let script = format!("status={status}");
        let request = invoke(&bench, &path, &ask()).header("x-simulate", script);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["x-amzn-errortype"], kind);
        let error: Value = response.json().await.unwrap();
        assert!(error["message"].is_string() && error.as_object().unwrap().len() == 1, "{error}");
    }
    let url = format!("http://{}/model/{path}", bench.address);
    body(bench.client.post(url).bearer_auth("any").json(&ask()), 403).await;
    body(invoke(&bench, "anthropic.claude/invoke", &ask()), 404).await;
}

#[tokio::test]
async fn t53_what_bedrock_does_not_know_is_refused() {
    let bench = Bench::start().await;
    let path = format!("{MODEL}/invoke");
    for (key, value, word) in [
        ("model", json!("sim-small"), "[model]"),
        ("stream", json!(true), "[stream]"),
        ("anthropic_version", json!("2023-06-01"), "bedrock-2023-05-31"),
        ("anthropic_beta", json!(["prompt-caching-2024-07-31"]), "invalid beta flag"),
        ("max_tokens", Value::Null, "max_tokens"),
    ] {
        let mut ask = ask();
        ask[key] = value;
        let error = body(invoke(&bench, &path, &ask), 400).await;
        assert!(error["message"].as_str().unwrap().contains(word), "{error}");
    }
    let mut ask = ask();
    ask["anthropic_beta"] = json!(["interleaved-thinking-2025-05-14"]);
    body(invoke(&bench, &path, &ask), 200).await;
    assert_eq!(bench.bills(1).await.len(), 1);
}

struct Fixed(DateTime<Utc>);

impl Clock for Fixed {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

/// botocore 1.44 signed these bytes, at this time, for this host.
#[tokio::test]
async fn a_signature_is_verified_where_a_key_is_configured() {
    const BODY: &str = r#"{"anthropic_version":"bedrock-2023-05-31","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}"#;
    const SIGNATURE: &str = "d938d8b617f8653149856213a5f8b1454d656036b19f9feba1d4882e5d67995c";
    let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    for (secret, status) in [(secret, 200), ("another", 403)] {
        let key = AwsKey { access_key_id: "AKIDEXAMPLE".into(), secret_access_key: secret.into() };
        let config = Config { aws: Some(key), ..Config::default() };
        let now = "2026-01-02T03:04:30Z".parse().unwrap();
        let bench = Bench::at(config, Arc::new(Fixed(now))).await;
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/bedrock/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date, Signature={SIGNATURE}"
        );
        let url = format!("http://{}/model/{MODEL}/invoke", bench.address);
        let request = bench.client.post(url).header("host", HOST).body(BODY);
        let request = request.header("content-type", "application/json");
        let request = request.header("x-amz-date", "20260102T030405Z");
        let answer = body(request.header("authorization", authorization), status).await;
        assert_eq!(answer["content"].is_array(), status == 200);
    }
}
