//! Asking a provider for one small answer, through a port: only the gateway reaches providers.

use async_trait::async_trait;
use domain::ids::ProviderId;

/// Probes providers.
#[async_trait]
pub trait Prober: Send + Sync {
    /// Asks a provider for one small answer of a model; of which one is its own choice where the name is
    /// empty.
    async fn probe(&self, provider: ProviderId, model: &str) -> Probe;
}

/// What a probe found. Nothing in it is a secret.
pub struct Probe {
    /// Whether it answered as it should.
    pub ok: bool,
    /// Its HTTP status; `None` where no answer came.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub latency_ms: u64,
    /// The model that it says it served.
    pub model_served: Option<String>,
    /// What else there is to know.
    pub note: String,
}
