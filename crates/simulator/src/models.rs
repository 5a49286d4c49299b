//! The models that there are.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::Response,
};

use crate::{
    call::{Shared, receive},
    deliver::{Delivery, Payload},
    dialect::Dialect,
    script,
};

/// Models that answer.
const SPEAKING: [&str; 2] = ["sim-small", "sim-large"];

/// The model that makes vectors.
const EMBEDDING: &str = "sim-embed";

const OPENAI: &str = r#"{"object":"list","data":[{"id":"sim-small","object":"model","created":1767225600,"owned_by":"tokenone-simulator"},{"id":"sim-large","object":"model","created":1767225600,"owned_by":"tokenone-simulator"},{"id":"sim-embed","object":"model","created":1767225600,"owned_by":"tokenone-simulator"}]}"#;

const ANTHROPIC: &str = r#"{"data":[{"type":"model","id":"sim-small","display_name":"Simulated, small","created_at":"2026-01-01T00:00:00Z"},{"type":"model","id":"sim-large","display_name":"Simulated, large","created_at":"2026-01-01T00:00:00Z"}],"has_more":false,"first_id":"sim-small","last_id":"sim-large"}"#;

/// Whether a model answers chats and messages.
pub(crate) fn speaks(model: &str) -> bool {
    SPEAKING.contains(&model)
}

/// The model that Bedrock knows by this id: `anthropic.sim-small-v1:0`, the same behind the name of
/// a group of regions or in the ARN of an inference profile, or the plain name.
pub(crate) fn of_bedrock(id: &str) -> String {
    let (id, fault) = id.split_at(id.find(script::SUFFIX).unwrap_or(id.len()));
    let profile = id.rsplit('/').next().unwrap_or(id);
    let versioned = profile.rsplit("anthropic.").next().unwrap_or(profile);
    let name = versioned.strip_suffix("-v1:0").unwrap_or(versioned);
    format!("{name}{fault}")
}

/// Whether a model makes embeddings.
pub(crate) fn embeds(model: &str) -> bool {
    model == EMBEDDING
}

/// `GET /v1/models`, in Anthropic's shape for whoever sends `anthropic-version`.
pub(crate) async fn list(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let anthropic = request.headers().contains_key("anthropic-version");
    let (dialect, body) =
        if anthropic { (Dialect::Anthropic, ANTHROPIC) } else { (Dialect::OpenAi, OPENAI) };
    let call = match receive(&shared, dialect, "req_", request).await {
        Ok(call) => call,
        Err(refusal) => return refusal,
    };
    let script = match shared.script("", &call.headers) {
        Ok((_, script)) => script,
        Err(problem) => return call.refuse(&problem),
    };
    let payload = Payload::Whole(bytes::Bytes::from_static(body.as_bytes()));
    Delivery { call, script, meter: None, payload }.respond().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bedrocks_ids_lead_to_the_same_models() {
        for id in [
            "sim-small",
            "anthropic.sim-small-v1:0",
            "eu.anthropic.sim-small-v1:0",
            "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.sim-small-v1:0",
        ] {
            assert_eq!(of_bedrock(id), "sim-small");
        }
        let scripted = of_bedrock("anthropic.sim-small-v1:0+fault=status=429");
        assert_eq!(scripted, "sim-small+fault=status=429");
    }
}
