//! Anthropic's messages on Amazon Bedrock (API reference, "InvokeModel" and
//! "InvokeModelWithResponseStream").

use std::sync::Arc;

use axum::{
    extract::{Path, Request, State},
    response::Response,
};

use crate::{
    bill::Endpoint,
    call::Shared,
    converse::converse,
    dialect::Dialect,
    door::{Door, Surface},
    models,
};

/// `POST /model/{id}/invoke`
pub(crate) async fn invoke(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    converse(&shared, door(&id, false), request).await
}

/// `POST /model/{id}/invoke-with-response-stream`
pub(crate) async fn invoke_streaming(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    converse(&shared, door(&id, true), request).await
}

fn door(id: &str, streams: bool) -> Door {
    Door {
        surface: Surface::Messages,
        dialect: Dialect::Bedrock,
        endpoint: Endpoint::BedrockInvoke,
        model: Some(models::of_bedrock(id)),
        streams,
    }
}
