//! Looks at providers, for the console: the gateway alone reaches them.

use std::sync::Arc;

use async_trait::async_trait;
use console::{NotProbed, Prober};
use domain::ids::ProviderId;
use domain::probe::Probe;
use gateway::Gateway;

/// Asks through the gateway.
pub struct GatewayProber(pub Arc<Gateway>);

#[async_trait]
impl Prober for GatewayProber {
    async fn probe(&self, provider: ProviderId, model: &str) -> Result<Probe, NotProbed> {
        Ok(self.0.probe(provider, model).await)
    }
}
