//! Cross-site request forgery: a browser tells where a request comes from, and we listen.
//!
//! Whatever may change something must be same-origin by `Sec-Fetch-Site` (Fetch Metadata) or else carry
//! our `Origin`. With neither it is refused: a browser that can send a cookie can send one of the two.
//! Programs under `/v1` carry a key instead of a cookie and do not pass here.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The origin that people use, such as `https://tokenone.example`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(pub Arc<str>);

impl Origin {
    /// Whether the browser is on this machine over plain HTTP, where `__Host-` cookies do not work.
    #[must_use]
    pub fn is_plain_loopback(&self) -> bool {
        let Some(authority) = self.0.strip_prefix("http://") else { return false };
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// Whether people come by HTTPS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

/// Refuses what another site had a browser send.
pub async fn guard(State(origin): State<Origin>, request: Request, next: Next) -> Response {
    if allowed(request.method(), request.uri().path(), request.headers(), &origin) {
        return next.run(request).await;
    }
    tracing::warn!(path = request.uri().path(), "refused a cross-site request");
    let text = "This request does not come from TokenOne's own pages and was refused.\n";
    (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text)
        .into_response()
}

fn allowed(method: &Method, path: &str, headers: &HeaderMap, origin: &Origin) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    if matches!(*method, Method::GET | Method::HEAD) && !path.starts_with("/do/") {
        // A page may be reached from anywhere; a stream of a person's data may not.
        return !path.starts_with("/live/") || matches!(site, None | Some("same-origin"));
    }
    match site {
        Some(site) => site == "same-origin",
        None => headers
            .get(header::ORIGIN)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value == &*origin.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: Method, path: &str, pairs: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        allowed(&method, path, &headers, &Origin("https://t.example".into()))
    }

    #[test]
    fn e40_cross_site_requests_are_refused() {
        let post = |pairs: &[(&'static str, &str)]| check(Method::POST, "/do/keys/create", pairs);
        assert!(post(&[("sec-fetch-site", "same-origin")]));
        assert!(post(&[("origin", "https://t.example")]));
        assert!(!post(&[]));
        assert!(!post(&[("sec-fetch-site", "cross-site")]));
        assert!(!post(&[("sec-fetch-site", "same-site")]));
        assert!(!post(&[("sec-fetch-site", "none")]));
        assert!(!post(&[("origin", "https://evil.example")]));
        assert!(!post(&[("origin", "null")]));
        // What the browser says of itself outweighs what a page could have set.
        assert!(!post(&[("sec-fetch-site", "cross-site"), ("origin", "https://t.example")]));
    }

    #[test]
    fn e40_server_functions_are_not_reached_by_navigation() {
        assert!(!check(Method::GET, "/do/keys/create", &[("sec-fetch-site", "cross-site")]));
        assert!(!check(Method::GET, "/do/keys/create", &[]));
        assert!(check(Method::GET, "/activity", &[("sec-fetch-site", "cross-site")]));
        assert!(!check(Method::GET, "/live/activity", &[("sec-fetch-site", "cross-site")]));
    }

    #[test]
    fn loopback_is_told_from_the_network() {
        let plain = |origin: &str| Origin(origin.into()).is_plain_loopback();
        assert!(plain("http://127.0.0.1:3900") && plain("http://localhost:3900"));
        assert!(plain("http://[::1]:3900"));
        assert!(!plain("https://127.0.0.1:3900") && !plain("http://192.0.2.1:3900"));
        assert!(!plain("http://localhost.evil.example"));
    }
}
