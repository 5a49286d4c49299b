//! Some key must be sent, and the right one where one is configured.

use http::{HeaderMap, header::AUTHORIZATION};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::dialect::Problem;

/// Where a key may be, besides `Authorization`: Anthropic's place and Azure's.
const KEY_HEADERS: [&str; 2] = ["x-api-key", "api-key"];

/// Checks `Authorization: Bearer …`, `x-api-key` or `api-key`, any of them on any surface.
pub(crate) fn check(headers: &HeaderMap, expected: Option<&SecretString>) -> Result<(), Problem> {
    let Some(key) = key(headers) else {
        return Err(Problem::unauthorized(
            "No API key: send one as `Authorization: Bearer …`, `x-api-key` or `api-key`.",
        ));
    };
    match expected {
        Some(expected) if !bool::from(expected.expose_secret().as_bytes().ct_eq(key)) => {
            Err(Problem::unauthorized("The API key is not the one this simulator expects."))
        }
        _ => Ok(()),
    }
}

/// The key that a request carries.
pub(crate) fn key(headers: &HeaderMap) -> Option<&[u8]> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| bearer(value.as_bytes()));
    let mut others = KEY_HEADERS.iter().filter_map(|name| headers.get(*name));
    let key = bearer.or_else(|| others.next().map(http::HeaderValue::as_bytes))?;
    (!key.is_empty()).then_some(key)
}

/// The scheme's name is case-insensitive (RFC 9110 section 11.1).
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, key) = value.split_at_checked(b"bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"bearer ").then(|| key.trim_ascii())
}
