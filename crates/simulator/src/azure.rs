//! OpenAI's models on Azure: the same wire, with the deployment in the path and the version of the
//! API in the query.

use std::sync::Arc;

use axum::{
    extract::{Path, Request, State},
    response::Response,
};

use crate::{
    bill::Endpoint,
    call::Shared,
    converse::converse,
    dialect::{Dialect, Problem},
    door::{Door, Surface},
    embeddings,
};

/// `POST /openai/deployments/{model}/chat/completions`
pub(crate) async fn chat(
    State(shared): State<Arc<Shared>>,
    Path(model): Path<String>,
    request: Request,
) -> Response {
    let door = door(Surface::Chat, Endpoint::AzureChatCompletions, model);
    match check_version(&request) {
        Ok(()) => converse(&shared, door, request).await,
        Err(problem) => problem.response(Dialect::OpenAi, "none"),
    }
}

/// `POST /openai/deployments/{model}/completions`
pub(crate) async fn completions(
    State(shared): State<Arc<Shared>>,
    Path(model): Path<String>,
    request: Request,
) -> Response {
    let door = door(Surface::Completions, Endpoint::AzureCompletions, model);
    match check_version(&request) {
        Ok(()) => converse(&shared, door, request).await,
        Err(problem) => problem.response(Dialect::OpenAi, "none"),
    }
}

/// `POST /openai/deployments/{model}/embeddings`
pub(crate) async fn embeddings(
    State(shared): State<Arc<Shared>>,
    Path(model): Path<String>,
    request: Request,
) -> Response {
    match check_version(&request) {
        Ok(()) => {
            embeddings::embed(&shared, Endpoint::AzureEmbeddings, Some(&model), request).await
        }
        Err(problem) => problem.response(Dialect::OpenAi, "none"),
    }
}

fn door(surface: Surface, endpoint: Endpoint, model: String) -> Door {
    Door { surface, dialect: Dialect::OpenAi, endpoint, model: Some(model), streams: false }
}

/// Without a version Azure knows no such resource.
fn check_version(request: &Request) -> Result<(), Problem> {
    let pairs = request.uri().query().unwrap_or_default().split('&');
    let mut versions = pairs.filter_map(|pair| pair.strip_prefix("api-version="));
    match versions.next() {
        Some(version) if !version.is_empty() => Ok(()),
        _ => Err(Problem::no_version()),
    }
}
