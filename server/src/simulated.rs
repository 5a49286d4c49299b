//! The built-in simulator, as this process runs it: on loopback, for calls that no real provider answers.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use domain::clock::Clock;
use secrecy::SecretString;
use simulator::Simulator;
use tokio::net::TcpListener;

use crate::config::Config;

/// Why it does not start.
#[derive(Debug, thiserror::Error)]
pub enum SimulatedError {
    /// No port on loopback.
    #[error("no port on loopback is free: {0}")]
    Port(#[from] std::io::Error),
    /// The simulator refused its settings.
    #[error(transparent)]
    Config(#[from] simulator::ConfigError),
}

/// Starts it when nothing else can answer a call, or when something names it as its provider.
///
/// # Errors
/// Where no port on loopback is free.
pub async fn start(
    config: &Config,
    key: SecretString,
    clock: Arc<dyn Clock>,
) -> Result<Option<SocketAddr>, SimulatedError> {
    let named = config.aliases.iter().flat_map(|alias| &alias.targets).any(|t| t.provider == SLUG);
    if !named && !config.settings.demo && !config.providers.is_empty() {
        return Ok(None);
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let simulator =
        Simulator::new(simulator::Config { key: Some(key), ..Default::default() }, clock)?;
    tokio::spawn(simulator.serve(listener));
    Ok(Some(address))
}

/// Its short name among the providers.
pub const SLUG: &str = "simulator";
