//! Every URL of the console is built here, so that a link cannot name a page that does not exist.

use contract::guard::Span;
use contract::kills::Target;
use domain::ids::{CallId, KeyId, KillId, ProjectId, TenantId};
use domain::kill::KillScope;

/// The start: the server sends everyone on to where they belong.
pub const HOME: &str = "/";
/// Signing in.
pub const SIGN_IN: &str = "/sign-in";
/// The first run.
pub const WELCOME: &str = "/welcome";
/// The feed of calls.
pub const ACTIVITY: &str = "/activity";
/// What the guard found, and what is wanted of it.
pub const GUARD: &str = "/guard";
/// API keys.
pub const KEYS: &str = "/keys";
/// Providers and aliases, for the operator.
pub const PROVIDERS: &str = "/providers";
/// Circuits, for the operator.
pub const CIRCUITS: &str = "/circuits";
/// Agents.
pub const AGENTS: &str = "/agents";
/// Setting up a client.
pub const SET_UP: &str = "/set-up";
/// The kill switch.
pub const KILL_SWITCH: &str = "/kill-switch";
/// Stopping something, in steps.
pub const KILL_STOP: &str = "/kill-switch/stop";
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

/// What the guard did in a time range.
#[must_use]
pub fn guard(span: Span) -> String {
    guard_with(span, None)
}

/// The form of a policy of the guard, told by its project's id, or by `all` for that of all projects, over the
/// page of a time range.
#[must_use]
pub fn guard_policy(key: &str, span: Span) -> String {
    guard_with(span, Some(format!("policy={}", encode(key))))
}

/// The form that says that the guard was wrong about a call, over the page of a time range.
#[must_use]
pub fn guard_report(id: CallId, span: Span) -> String {
    guard_with(span, Some(format!("report={id}")))
}

fn guard_with(span: Span, opened: Option<String>) -> String {
    let span = (span != Span::default()).then(|| format!("span={}", span.word()));
    let parts: Vec<String> = span.into_iter().chain(opened).collect();
    if parts.is_empty() { GUARD.to_owned() } else { format!("{GUARD}?{}", parts.join("&")) }
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

/// The calls of an agent.
#[must_use]
pub fn agent_activity(project: ProjectId, name: &str) -> String {
    format!("{ACTIVITY}?project={project}&agent={}", encode(name))
}

/// Setting up one client.
#[must_use]
pub fn set_up(client: &str) -> String {
    format!("{SET_UP}?client={}", encode(client))
}

/// How far a kill has come.
#[must_use]
pub fn kill_watch(id: KillId) -> String {
    format!("{KILL_SWITCH}?watch={id}")
}

/// The question before a kill is released.
#[must_use]
pub fn kill_release(id: KillId) -> String {
    format!("{KILL_SWITCH}?release={id}")
}

/// What can be stopped in a scope.
#[must_use]
pub fn kill_stop(scope: KillScope) -> String {
    format!("{KILL_STOP}?scope={}", scope.as_str())
}

/// The last step before something is stopped.
#[must_use]
pub fn kill_target(target: &Target) -> String {
    format!("{KILL_STOP}?target={}", encode(&target.to_string()))
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

/// The form for a new provider.
#[must_use]
pub fn provider_new() -> String {
    format!("{PROVIDERS}?new=provider")
}

/// A provider, told by its short name, to change it.
#[must_use]
pub fn provider_edit(slug: &str) -> String {
    format!("{PROVIDERS}?edit={}", encode(slug))
}

/// The form for another key of a provider.
#[must_use]
pub fn provider_key(slug: &str) -> String {
    format!("{PROVIDERS}?key={}", encode(slug))
}

/// The form for a test call to a provider.
#[must_use]
pub fn provider_test(slug: &str) -> String {
    format!("{PROVIDERS}?test={}", encode(slug))
}

/// The question before a provider is removed.
#[must_use]
pub fn provider_remove(slug: &str) -> String {
    format!("{PROVIDERS}?remove={}", encode(slug))
}

/// The form for a new alias.
#[must_use]
pub fn alias_new() -> String {
    format!("{PROVIDERS}?new=alias")
}

/// An alias, to change it.
#[must_use]
pub fn alias_edit(name: &str) -> String {
    format!("{PROVIDERS}?alias={}", encode(name))
}

/// The question before an alias is removed.
#[must_use]
pub fn alias_remove(name: &str) -> String {
    format!("{PROVIDERS}?drop={}", encode(name))
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
