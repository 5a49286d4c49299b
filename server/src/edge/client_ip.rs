//! Where a request comes from.
//!
//! The peer's address counts, unless the peer is a trusted proxy: then `X-Forwarded-For` is walked from
//! the right, past trusted proxies, to the first address that is not one. The left end is written by
//! the client and proves nothing.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use gateway::ClientIp;

use crate::config::setting::Network;

/// Longest chain of proxies that is walked.
const HOPS_MAX: usize = 32;

/// Puts [`ClientIp`] into the request's extensions.
pub async fn identify(
    State(trusted): State<Arc<[Network]>>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    if let Some(peer) = peer {
        let address = client(peer, request.headers(), &trusted);
        request.extensions_mut().insert(ClientIp(address));
    }
    next.run(request).await
}

fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let mut address = peer.to_canonical();
    if !is_trusted(address) {
        return address;
    }
    let hops = headers
        .get_all("x-forwarded-for")
        .iter()
        .rev()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.rsplit(','));
    for hop in hops.take(HOPS_MAX) {
        // Beyond an entry that cannot be read nothing can be believed.
        let Ok(next) = hop.trim().parse::<IpAddr>() else { break };
        address = next.to_canonical();
        if !is_trusted(address) {
            break;
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(peer: &str, forwarded: &[&str]) -> String {
        let trusted: Vec<Network> =
            vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn t41_a_stranger_cannot_name_another_address() {
        assert_eq!(resolved("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
    }

    #[test]
    fn t41_the_first_untrusted_hop_from_the_right_counts() {
        assert_eq!(resolved("10.0.0.1", &["1.2.3.4, 198.51.100.7, 10.9.9.9"]), "198.51.100.7");
        assert_eq!(resolved("10.0.0.1", &["1.2.3.4", "198.51.100.7"]), "198.51.100.7");
        assert_eq!(resolved("fd00::1", &["2001:db8::5"]), "2001:db8::5");
    }

    #[test]
    fn t41_mapped_addresses_are_the_addresses_they_map() {
        assert_eq!(resolved("::ffff:10.0.0.1", &["::ffff:198.51.100.7"]), "198.51.100.7");
    }

    #[test]
    fn t41_garbage_stops_the_walk_at_what_is_known() {
        assert_eq!(resolved("10.0.0.1", &["198.51.100.7, unknown"]), "10.0.0.1");
        assert_eq!(resolved("10.0.0.1", &[]), "10.0.0.1");
    }
}
