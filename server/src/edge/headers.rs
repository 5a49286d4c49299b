//! Headers that every page carries, each with its reason.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use data_encoding::BASE64URL_NOPAD;
use leptos::nonce::Nonce;

/// Bytes of chance in a nonce (CSP level 3 asks for at least 128 bits).
const NONCE_BYTES: usize = 16;

const FIXED: [(HeaderName, &str); 6] = [
    // The declared type counts; nothing is guessed from the bytes.
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Ids in our addresses are nobody else's business.
    (header::REFERRER_POLICY, "same-origin"),
    // For browsers that do not know frame-ancestors.
    (header::X_FRAME_OPTIONS, "DENY"),
    // No other window keeps a handle to ours, and our documents share no process with others'.
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    // The console needs none of these.
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Mints the nonce, hands it to the page, and sets the headers.
pub async fn secure(State(https): State<bool>, mut request: Request, next: Next) -> Response {
    let nonce = mint();
    request.extensions_mut().insert(Nonce::from_value(Arc::<str>::from(nonce.as_str())));
    let is_static =
        request.uri().path().starts_with("/pkg/") || request.uri().path().starts_with("/fonts/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if https {
        // Two years, as browsers' preload lists ask.
        let value = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    if !is_static {
        set_policy(headers, &nonce);
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

fn set_policy(headers: &mut HeaderMap, nonce: &str) {
    let policy = [
        // Whatever is not named below is not loaded.
        "default-src 'none'",
        // Only scripts that this response marked, and what they load; wasm may be compiled.
        &format!("script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'"),
        // One stylesheet of ours; no style in an attribute.
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' data:",
        // Server functions, the live feed, and the wasm file.
        "connect-src 'self'",
        // A form cannot be made to send a password elsewhere.
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
    ]
    .join("; ");
    if let Ok(value) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, value);
    }
}

fn mint() -> String {
    let mut bytes = [0_u8; NONCE_BYTES];
    // Without chance there is no nonce: the page then runs no script, which is the safe way to fail.
    if getrandom::fill(&mut bytes).is_err() {
        return String::new();
    }
    BASE64URL_NOPAD.encode(&bytes)
}
