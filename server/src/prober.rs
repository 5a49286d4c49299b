//! Test calls to providers, for the console.

use async_trait::async_trait;
use console::{NotProbed, Prober};
use domain::ids::ProviderId;
use domain::probe::Probe;

/// Sends none: the gateway, which alone reaches providers, offers no test call yet. The page then says
/// that it is not available.
pub struct NoProber;

#[async_trait]
impl Prober for NoProber {
    async fn probe(&self, _provider: ProviderId, _model: &str) -> Result<Probe, NotProbed> {
        Err(NotProbed)
    }
}
