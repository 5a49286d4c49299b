//! Azure's paths to the same surfaces.

use serde_json::json;
use simulator::Endpoint;

use crate::{Bench, body};

#[tokio::test]
async fn the_path_names_the_deployment_and_the_query_the_version() {
    let bench = Bench::start().await;
    let post = |rest: &str, body: serde_json::Value| {
        let url = format!("http://{}/openai/deployments/{rest}", bench.address);
        bench.client.post(url).header("api-key", "any").json(&body)
    };
    let chat = json!({"messages": [{"role": "user", "content": "hi"}]});
    let version = "?api-version=2024-10-21";
    let request = post(&format!("sim-large/chat/completions{version}"), chat.clone());
    assert_eq!(body(request, 200).await["model"], "sim-large");
    let text = json!({"prompt": "hi", "model": "what the body says is not asked"});
    let request = post(&format!("sim-small/completions{version}"), text);
    assert_eq!(body(request, 200).await["object"], "text_completion");
    let request = post(&format!("sim-embed/embeddings{version}"), json!({"input": "hi"}));
    assert_eq!(body(request, 200).await["model"], "sim-embed");
    let scripted =
        post(&format!("sim-small+fault=status=429/chat/completions{version}"), chat.clone());
    body(scripted, 429).await;

    body(post("sim-small/chat/completions", chat.clone()), 404).await;
    body(post(&format!("gpt-4o/chat/completions{version}"), chat), 404).await;
    let endpoints: Vec<_> = bench.bills(3).await.iter().map(|bill| bill.endpoint).collect();
    let expected =
        [Endpoint::AzureChatCompletions, Endpoint::AzureCompletions, Endpoint::AzureEmbeddings];
    assert_eq!(endpoints, expected);
}
