//! Which headers cross the gateway, in both directions.

use domain::ids::CallId;
use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Headers of a request that stop here. Everything else goes to the provider as it came: beta flags,
/// the client's name for itself, tracing.
const STOPPED: &[&str] = &[
    // Of this connection only (RFC 9110 section 7.6.1).
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "expect",
    // Set anew for the provider.
    "host",
    "content-length",
    "content-type",
    "accept-encoding",
    "x-client-request-id",
    // What opens our door must not reach another, and nobody chooses whose account pays there.
    "authorization",
    "x-api-key",
    "api-key",
    "x-goog-api-key",
    "cookie",
    "openai-organization",
    "openai-project",
    // Scoped by us: one provider account serves many tenants, who may choose the same key.
    "idempotency-key",
    // Where the caller sits is not the provider's business.
    "forwarded",
    "via",
    "x-real-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "origin",
    "referer",
];
/// The same, by beginning.
const STOPPED_PREFIXES: &[&str] = &["x-forwarded-", "proxy-", "sec-", "cf-"];

/// Headers of an answer that reach the client.
const RETURNED: &[&str] = &["content-type", "retry-after", "retry-after-ms", "x-should-retry"];
/// The same, by beginning.
const RETURNED_PREFIXES: &[&str] = &["x-ratelimit-", "openai-"];
/// Among those, what names the operator's account.
const KEPT_BACK: &[&str] = &["openai-organization", "openai-project"];

/// Longest request id of a provider that is kept, in bytes.
const REQUEST_ID_BYTES_MAX: usize = 200;

/// The headers for the provider.
pub(crate) fn to_provider(
    from_client: &HeaderMap,
    credential: Option<&HeaderValue>,
    call_id: CallId,
) -> HeaderMap {
    let nominated = nominated(from_client);
    let mut headers = HeaderMap::with_capacity(from_client.len() + 3);
    for (name, value) in from_client {
        let stopped = STOPPED.contains(&name.as_str())
            || STOPPED_PREFIXES.iter().any(|prefix| name.as_str().starts_with(prefix))
            || nominated.contains(name);
        if !stopped {
            headers.append(name, value.clone());
        }
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(credential) = credential {
        headers.insert(header::AUTHORIZATION, credential.clone());
    }
    if let Ok(id) = HeaderValue::from_str(&call_id.to_string()) {
        headers.insert("x-client-request-id", id);
    }
    headers
}

/// The headers for the client.
pub(crate) fn to_client(from_provider: &HeaderMap) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(8);
    for (name, value) in from_provider {
        let word = name.as_str();
        let returned = RETURNED.contains(&word)
            || RETURNED_PREFIXES.iter().any(|prefix| word.starts_with(prefix));
        if returned && !KEPT_BACK.contains(&word) {
            headers.append(name, value.clone());
        }
    }
    headers
}

/// The provider's own id of the request.
pub(crate) fn request_id(from_provider: &HeaderMap) -> Option<String> {
    let value = from_provider.get("x-request-id").or_else(|| from_provider.get("request-id"))?;
    let text: String = value.to_str().ok()?.chars().take(REQUEST_ID_BYTES_MAX).collect();
    Some(text)
}

/// Headers that `Connection` declares to be of this connection only.
fn nominated(headers: &HeaderMap) -> Vec<HeaderName> {
    let values = headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(|name| name.trim().parse().ok()).collect()
}
