//! The way to try a provider out. The console reaches none itself: who sends calls also sends this one.

use async_trait::async_trait;
use domain::ids::ProviderId;
use domain::probe::Probe;

/// Whoever can send a provider one tiny request.
#[async_trait]
pub trait Prober: Send + Sync {
    /// Asks the provider for the shortest answer of this model of its, and waits for it within bounds.
    /// What is told never holds the provider's key.
    ///
    /// # Errors
    /// [`NotProbed`] where nothing was sent: what the provider answers, or that it does not, is a
    /// [`Probe`].
    async fn probe(&self, provider: ProviderId, model: &str) -> Result<Probe, NotProbed>;
}

/// Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no request was sent to the provider")]
pub struct NotProbed;
