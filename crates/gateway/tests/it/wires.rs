//! Providers that are addressed in a way of their own: Bedrock, which wants signatures and frames its
//! streams, and Azure's deployments.

use dialect::Step;
use domain::ids::SecretId;
use domain::provider::{Auth, Surface, Wire};
use serde_json::Value;
use simulator::Endpoint;
use store::providers::ProviderSpec;

use crate::furniture::{asking, asking_of};
use crate::house::{AWS_ID, AWS_SECRET, House, settings};
use crate::order::orderly;
use crate::sse;
use crate::surfaces::told;

const MODEL: &str = "anthropic.sim-small-v1:0";

/// Bedrock at the simulator, opened by this key.
pub fn bedrock(house: &House, slug: &str, secret: SecretId) -> ProviderSpec {
    ProviderSpec {
        base_url: house.estate.upstream.clone(),
        auth: Auth::SigV4,
        wire: Wire::Bedrock,
        surfaces: vec![Surface::Messages],
        region: Some("eu-central-1".into()),
        secret_id: Some(secret),
        ..house.estate.spec(slug)
    }
}

/// Azure at the simulator.
fn azure(house: &House) -> ProviderSpec {
    ProviderSpec {
        base_url: house.estate.upstream.clone(),
        auth: Auth::ApiKey,
        wire: Wire::Azure,
        surfaces: vec![Surface::Chat, Surface::Embeddings, Surface::Completions],
        api_version: Some("2024-10-21".into()),
        ..house.estate.spec("azure")
    }
}

async fn with_bedrock(key: &str) -> House {
    let house = House::patient(settings()).await;
    let secret = house.estate.seal(key).await;
    let id = house.estate.provider(bedrock(&house, "bedrock", secret)).await;
    house.estate.route("claude", &[(id, MODEL)]).await;
    house.follow().await;
    house
}

#[tokio::test]
async fn bedrock_answers_every_dialect_whole_and_streamed_and_is_charged_as_it_bills() {
    let house = with_bedrock(&format!("{AWS_ID}:{AWS_SECRET}")).await;
    let mut done = 0;
    for client in [Surface::Messages, Surface::Chat, Surface::Responses] {
        for streamed in [false, true] {
            let request = house.ask(client, &asking_of("claude", client, streamed));
            let request = request
                .header("anthropic-version", "2023-06-01")
                .header(
                    "anthropic-beta",
                    "claude-code-20250219, interleaved-thinking-2025-05-14,one-2030-01-01",
                )
                .header("x-simulate", "cached_tokens=300;cache_write_tokens=50;chunks=6");
            let response = request.send().await.unwrap();
            let status = response.status();
            let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
            let text = response.text().await.unwrap();
            assert_eq!(status, 200, "{client:?}: {text}");
            let wanted = if streamed { "text/event-stream" } else { "application/json" };
            assert!(kind.starts_with(wanted), "{client:?}: {kind}");
            if streamed {
                orderly(client, &sse::events(&text), Step::Done, false);
            } else {
                serde_json::from_str::<Value>(&text).unwrap();
            }
            let seen = house.simulator.seen().pop().unwrap();
            let verb = if streamed { "invoke-with-response-stream" } else { "invoke" };
            assert_eq!(seen.uri.path(), format!("/model/{MODEL}/{verb}"));
            let signature = seen.headers["authorization"].to_str().unwrap();
            assert!(signature.contains("eu-central-1/bedrock/aws4_request"), "{signature}");
            assert!(!seen.headers.keys().any(|name| name.as_str().starts_with("anthropic-")));
            let body: Value = serde_json::from_slice(&seen.body).unwrap();
            assert_eq!(body["anthropic_version"], "bedrock-2023-05-31");
            assert_eq!(
                body["anthropic_beta"],
                serde_json::json!(["interleaved-thinking-2025-05-14"])
            );
            assert!(body.get("model").is_none() && body.get("stream").is_none(), "{body}");
            done += 1;
            let call = house.calls(done).await.pop().unwrap();
            let bill = house.simulator.bills().pop().unwrap();
            assert_eq!(
                (call.outcome.as_str(), bill.endpoint),
                ("completed", Endpoint::BedrockInvoke)
            );
            assert_eq!(
                [
                    call.input_tokens,
                    call.cached_input_tokens,
                    call.cache_write_tokens,
                    call.output_tokens
                ]
                .map(i64::unsigned_abs),
                [
                    bill.prompt_tokens,
                    bill.cached_tokens,
                    bill.cache_write_tokens,
                    bill.completion_tokens
                ],
            );
        }
    }
    house.estate.audit(&house.calls(done).await).await;
}

#[tokio::test]
async fn bedrocks_exceptions_come_in_the_dialect_of_the_client() {
    let house = with_bedrock(&format!("{AWS_ID}:{AWS_SECRET}")).await;
    let mut done = 0;
    for client in [Surface::Messages, Surface::Chat, Surface::Responses] {
        for script in ["error_after=3;chunks=8", "reset_after=3;chunks=8"] {
            let request = house.ask(client, &asking_of("claude", client, true));
            let response = request.header("x-simulate", script).send().await.unwrap();
            let text = response.text().await.unwrap();
            if client == Surface::Messages {
                // Not translated: what was open stays open, as with Anthropic itself.
                assert!(told(client, &sse::last(&text)).len() > 10, "{text}");
            } else {
                orderly(client, &sse::events(&text), Step::Failed, false);
            }
            done += 1;
            let call = house.calls(done).await.pop().unwrap();
            assert_eq!(call.outcome, "upstream_fault", "{client:?} {script}");
            assert!(call.charge_nano > 0);
        }
        for streamed in [false, true] {
            let request = house.ask(client, &asking_of("claude", client, streamed));
            let response = request.header("x-simulate", "status=422").send().await.unwrap();
            assert_eq!(response.status(), 422);
            let text = response.text().await.unwrap();
            let error: Value = serde_json::from_str(&text).unwrap();
            assert!(told(client, &error).contains("Simulated: a refused request"), "{text}");
            done += 1;
        }
    }
    house.estate.audit(&house.calls(done).await).await;
}

#[tokio::test]
async fn a_wrong_signature_is_our_account_refused_and_counting_is_not_served() {
    let house = with_bedrock(&format!("{AWS_ID}:not-the-secret")).await;
    let body = asking_of("claude", Surface::Messages, false);
    let response = house.ask(Surface::Messages, &body).send().await.unwrap();
    assert_eq!(response.status(), 403);
    let error: Value = response.json().await.unwrap();
    told(Surface::Messages, &error);
    assert_eq!(error["error"]["type"], "permission_error");
    let call = house.call().await;
    assert_eq!(call.decision.unwrap()["attempts"][0]["outcome"], "account_refused");
    let body = asking_of("claude", Surface::CountTokens, false);
    let response = house.ask(Surface::CountTokens, &body).send().await.unwrap();
    assert_eq!(response.status(), 400);
    assert!(told(Surface::CountTokens, &response.json().await.unwrap()).contains("not served"));
}

#[tokio::test]
async fn azures_deployments_are_named_in_the_address() {
    let house = House::new().await;
    let id = house.estate.provider(azure(&house)).await;
    house.estate.route("deployed", &[(id, "sim-large")]).await;
    house.estate.route("vectors", &[(id, "sim-embed")]).await;
    house.follow().await;
    let mut done = 0;
    for (client, streamed, path) in [
        (Surface::Chat, false, "chat/completions"),
        (Surface::Chat, true, "chat/completions"),
        (Surface::Completions, false, "completions"),
        (Surface::Completions, true, "completions"),
        (Surface::Messages, true, "chat/completions"),
        (Surface::Responses, false, "chat/completions"),
    ] {
        let request = house.ask(client, &asking_of("deployed", client, streamed));
        let response = request.send().await.unwrap();
        let (status, text) = (response.status(), response.text().await.unwrap());
        assert_eq!(status, 200, "{client:?}: {text}");
        let seen = house.simulator.seen().pop().unwrap();
        let address = format!("/openai/deployments/sim-large/{path}?api-version=2024-10-21");
        assert_eq!(seen.uri.to_string(), address);
        assert!(
            seen.headers.contains_key("api-key") && !seen.headers.contains_key("authorization")
        );
        done += 1;
        let call = house.calls(done).await.pop().unwrap();
        let bill = house.simulator.bills().pop().unwrap();
        assert_eq!((call.outcome.as_str(), call.usage_source.as_str()), ("completed", "reported"));
        assert_eq!(
            [call.input_tokens, call.output_tokens].map(i64::unsigned_abs),
            [bill.prompt_tokens, bill.completion_tokens]
        );
    }
    let mut body = asking(Surface::Embeddings, false);
    body["model"] = "vectors".into();
    let response = house.ask(Surface::Embeddings, &body).send().await.unwrap();
    assert_eq!(response.status(), 200);
    house.estate.audit(&house.calls(done + 1).await).await;
}
