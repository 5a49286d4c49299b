//! The pooled HTTP clients towards providers.

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};

use super::egress::PublicOnly;

/// Connections to one provider that are kept open while idle.
const IDLE_PER_HOST_MAX: usize = 512;
/// How long an idle connection is kept, in seconds.
const IDLE_SECONDS: u64 = 90;
/// How often an idle TCP connection is probed, in seconds.
const KEEPALIVE_SECONDS: u64 = 30;

/// The clients: one that reaches public addresses only, and one for providers that are said to be in a
/// private network.
#[derive(Clone, Debug)]
pub(crate) struct Clients {
    public: Client,
    private: Client,
}

impl Clients {
    /// Builds them.
    ///
    /// No redirects: a provider that answers with one would have us send prompts and its key elsewhere.
    /// No proxy from the environment, no cookies, no retries, no decompression: what a caller sends and
    /// gets is decided by the call path alone.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub(crate) fn build(connect_wait: Duration) -> Result<Self, reqwest::Error> {
        // Fails where the process already has a provider, which is then used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let public = || plain(connect_wait).dns_resolver(Arc::new(PublicOnly));
        let private = || plain(connect_wait);
        Ok(Self { public: rooted(public)?, private: rooted(private)? })
    }

    /// The client for a provider.
    pub(crate) const fn towards(&self, private_network: bool) -> &Client {
        if private_network { &self.private } else { &self.public }
    }
}

fn rooted(builder: impl Fn() -> ClientBuilder) -> Result<Client, reqwest::Error> {
    match builder().build() {
        // A machine without any root certificate can still reach providers on its own network.
        Err(error) => {
            tracing::warn!(%error, "no root certificates: providers over https cannot be reached");
            builder().tls_certs_only(Vec::new()).build()
        }
        client => client,
    }
}

fn plain(connect_wait: Duration) -> ClientBuilder {
    Client::builder()
        .connect_timeout(connect_wait)
        .tcp_nodelay(true)
        .tcp_keepalive(Duration::from_secs(KEEPALIVE_SECONDS))
        .pool_max_idle_per_host(IDLE_PER_HOST_MAX)
        .pool_idle_timeout(Duration::from_secs(IDLE_SECONDS))
        .http2_adaptive_window(true)
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_root_certificates_still_gets_a_client() {
        let wait = Duration::from_secs(1);
        assert!(Clients::build(wait).is_ok());
        assert!(plain(wait).tls_certs_only(Vec::new()).build().is_ok());
    }
}
