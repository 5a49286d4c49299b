//! Whether the process lives, and whether it can serve.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing};
use gateway::Gateway;
use store::Store;

/// How long the database may take to answer a readiness check, in milliseconds.
const PING_MS_MAX: u64 = 2_000;

/// `/healthz` and `/readyz`.
pub fn routes(gateway: Arc<Gateway>, store: Store) -> Router {
    Router::new()
        .route("/healthz", routing::get(|| async { "alive\n" }))
        .route("/readyz", routing::get(ready))
        .with_state((gateway, store))
}

/// Ready means: calls are admitted and the database answers. The body says what is missing, and
/// nothing that a stranger should not know.
async fn ready(State((gateway, store)): State<(Arc<Gateway>, Store)>) -> Response {
    let database = tokio::time::timeout(Duration::from_millis(PING_MS_MAX), store.ping()).await;
    let checks =
        [("gateway", gateway.health().ready), ("database", matches!(database, Ok(Ok(()))))];
    let ready = checks.iter().all(|(_, good)| *good);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body: String = checks
        .iter()
        .map(|(name, good)| format!("{name}: {}\n", if *good { "ready" } else { "not ready" }))
        .collect();
    (status, [(header::CACHE_CONTROL, "no-store")], body).into_response()
}
