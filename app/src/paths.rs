//! Every URL of the console is built here, so that a link cannot name a page that does not exist.

use domain::ids::{CallId, KeyId, ProjectId, TenantId};

/// The start: the server sends everyone on to where they belong.
pub const HOME: &str = "/";
/// Signing in.
pub const SIGN_IN: &str = "/sign-in";
/// The first run.
pub const WELCOME: &str = "/welcome";
/// The feed of calls.
pub const ACTIVITY: &str = "/activity";
/// API keys.
pub const KEYS: &str = "/keys";
/// Circuits, for the operator.
pub const CIRCUITS: &str = "/circuits";
/// Tenants, for the operator.
pub const TENANTS: &str = "/tenants";
/// The live feed: server-sent events.
pub const LIVE_ACTIVITY: &str = "/live/activity";
/// The live feed of changed circuits: server-sent events.
pub const LIVE_CIRCUITS: &str = "/live/circuits";

/// Signing in, and then back to a page of ours.
#[must_use]
pub fn sign_in_then(next: &str) -> String {
    format!("{SIGN_IN}?next={}", encode(next))
}

/// One call.
#[must_use]
pub fn call(id: CallId) -> String {
    format!("/calls/{id}")
}

/// The form for a new key.
#[must_use]
pub fn key_new() -> String {
    format!("{KEYS}?new=1")
}

/// The question before a key is revoked.
#[must_use]
pub fn key_revoke(id: KeyId) -> String {
    format!("{KEYS}?revoke={id}")
}

/// The calls made with a key.
#[must_use]
pub fn key_activity(id: KeyId) -> String {
    format!("{ACTIVITY}?key={id}")
}

/// The calls of a project.
#[must_use]
pub fn project_activity(id: ProjectId) -> String {
    format!("{ACTIVITY}?project={id}")
}

/// A provider's circuits, over the list.
#[must_use]
pub fn circuit(provider: &str) -> String {
    format!("{CIRCUITS}?open={}", encode(provider))
}

/// The form that decides in a circuit's place. `to` is `open` or `closed`.
#[must_use]
pub fn circuit_force(provider: &str, to: &str) -> String {
    format!("{CIRCUITS}?force={}&to={}", encode(provider), encode(to))
}

/// The form for a new tenant.
#[must_use]
pub fn tenant_new() -> String {
    format!("{TENANTS}?new=1")
}

/// The question before a platform admin enters a tenant.
#[must_use]
pub fn tenant_enter(id: TenantId) -> String {
    format!("{TENANTS}?enter={id}")
}

/// A path to go to after signing in: kept only when it is a path of this very site.
#[must_use]
pub fn safe_next(next: Option<&str>) -> String {
    next.filter(|path| is_own_path(path)).unwrap_or(HOME).to_owned()
}

/// Whether a browser resolves this to a page of the same origin. `//host` and `/\host` are other
/// hosts to a browser, and it drops tabs and line breaks before it looks (WHATWG URL, section 4.4).
fn is_own_path(path: &str) -> bool {
    let mut chars = path.chars();
    chars.next() == Some('/')
        && !matches!(chars.next(), Some('/' | '\\'))
        && !path.chars().any(|c| c.is_control() || c == '\\')
}

/// Percent-encodes everything but the unreserved characters of RFC 3986 section 2.3.
#[must_use]
pub fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_followed_after_signing_in() {
        for (next, kept) in [
            (Some("/activity?key=1#x"), "/activity?key=1#x"),
            (Some("/calls/0193"), "/calls/0193"),
            (Some("//evil.example"), HOME),
            (Some("/\\evil.example"), HOME),
            (Some("/\t/evil.example"), HOME),
            (Some("https://evil.example/"), HOME),
            (Some("javascript:alert(1)"), HOME),
            (Some(""), HOME),
            (None, HOME),
        ] {
            assert_eq!(safe_next(next), kept, "{next:?}");
        }
    }

    #[test]
    fn what_goes_into_a_query_is_encoded() {
        assert_eq!(encode("/a b?c=d&é"), "%2Fa%20b%3Fc%3Dd%26%C3%A9");
    }
}
