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
    let script = match script::read_words("", &call.headers) {
        Ok(script) => script,
        Err(problem) => return call.refuse(&problem),
    };
    let payload = Payload::Whole(bytes::Bytes::from_static(body.as_bytes()));
    Delivery { call, script, meter: None, payload }.respond().await
}
