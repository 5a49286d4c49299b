//! Prometheus metrics, on a listener of their own.

use axum::http::header;
use axum::{Router, routing};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder};

/// Renders what was recorded.
pub use metrics_exporter_prometheus::PrometheusHandle as Handle;

/// Bounds of the latency histograms, in seconds.
const LATENCY_SECONDS: [f64; 14] =
    [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.125, 0.25, 0.5, 1.0, 5.0, 30.0];

/// Installs the recorder for the process.
///
/// # Errors
/// Where one is installed already.
pub fn install() -> Result<Handle, BuildError> {
    PrometheusBuilder::new().set_buckets(&LATENCY_SECONDS)?.install_recorder()
}

/// `/metrics`, in the Prometheus text format 0.0.4.
pub fn routes(handle: Handle) -> Router {
    Router::new().route(
        "/metrics",
        routing::get(move || {
            let handle = handle.clone();
            async move { ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render()) }
        }),
    )
}
