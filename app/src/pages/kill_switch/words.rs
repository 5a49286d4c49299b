//! What the kill switch calls things.

use contract::frame::StoppedView;
use contract::kills::{KillRow, ReachView};
use domain::kill::KillScope;

use crate::ui::number::{count, counted};

/// What a scope stops, as an act.
#[must_use]
pub const fn act(scope: KillScope) -> (&'static str, &'static str) {
    match scope {
        KillScope::All => {
            ("All calls", "Every call of every tenant is refused until this is released.")
        }
        KillScope::Provider => {
            ("A provider", "Nothing is sent to it; a model's other targets still answer.")
        }
        KillScope::Tenant => ("A tenant", "Every call of it is refused; its people still sign in."),
        KillScope::Project => ("A project", "Every call with one of its keys is refused."),
        KillScope::Key => {
            ("An API key", "Its calls are refused; unlike revoking, it can be undone.")
        }
        KillScope::Agent => {
            ("An agent", "Calls that name it in \"x-tokenone-agent\" are refused in its project.")
        }
    }
}

/// A scope in the middle of a sentence: `API key`, `agent`.
#[must_use]
pub const fn kind(scope: KillScope) -> &'static str {
    match scope {
        KillScope::All => "calls",
        KillScope::Provider => "provider",
        KillScope::Tenant => "tenant",
        KillScope::Project => "project",
        KillScope::Key => "API key",
        KillScope::Agent => "agent",
    }
}

/// A target in a sentence: `all calls`, `the key "server"`.
#[must_use]
pub fn named(scope: KillScope, target: Option<&str>) -> String {
    match (scope, target) {
        (KillScope::All, _) => "all calls".into(),
        (scope, Some(name)) => format!("the {} \u{201c}{name}\u{201d}", kind(scope)),
        (scope, None) => format!("one {}", kind(scope)),
    }
}

/// A row in a sentence.
#[must_use]
pub fn of_row(row: &KillRow) -> String {
    named(row.scope, row.target.as_deref())
}

/// What is stopped, in a sentence for every page.
#[must_use]
pub fn stopped(list: &[StoppedView]) -> Option<String> {
    let text = match list {
        [] => return None,
        [one] => {
            let mut text = named(one.scope, Some(&one.target));
            // The one letter that begins a sentence.
            if let Some(first) = text.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            let verb = if one.scope == KillScope::All { "are" } else { "is" };
            format!("{text} {verb} stopped.")
        }
        many => format!("{} are stopped.", things(many.len())),
    };
    Some(text)
}

/// `1 thing`, `3 things`.
#[must_use]
pub fn things(n: usize) -> String {
    counted(n as u64, "thing", "things")
}

/// What a kill reaches, in the order of a list; a number at which counting stops says so.
#[must_use]
pub fn reach(scope: KillScope, reach: ReachView) -> Vec<(&'static str, String)> {
    let calls = |n: u64| {
        let more = if n >= contract::kills::CALLS_COUNTED_MAX { " or more" } else { "" };
        format!("{}{more}", count(n))
    };
    let mut facts = vec![
        ("Calls in the last minute", calls(reach.calls_minute)),
        ("Calls in the last hour", calls(reach.calls_hour)),
    ];
    if scope.is_of_platform() {
        facts.push(("Tenants", count(reach.tenants)));
    }
    if !matches!(scope, KillScope::Project | KillScope::Key | KillScope::Agent) {
        facts.push(("Projects", count(reach.projects)));
    }
    if scope != KillScope::Key {
        facts.push(("API keys", count(reach.keys)));
    }
    if scope != KillScope::Agent {
        facts.push(("Agents", count(reach.agents)));
    }
    facts
}

/// What stopping it would do at this moment: `stops 12 calls/min now`.
#[must_use]
pub fn stops(calls_minute: u64) -> String {
    match calls_minute {
        0 => "no call in the last minute".into(),
        1 => "stops 1 call/min now".into(),
        n if n >= contract::kills::CALLS_COUNTED_MAX => {
            format!("stops {} calls/min or more now", count(n))
        }
        n => format!("stops {} calls/min now", count(n)),
    }
}

/// Over what the numbers were counted, where that is not obvious.
#[must_use]
pub const fn counted_over(scope: KillScope) -> Option<&'static str> {
    match scope {
        KillScope::Provider => {
            Some("Tenants, projects, keys and agents are those that used it in the last hour.")
        }
        KillScope::Key => Some("Agents are those that used it in the last hour."),
        KillScope::Agent => Some("Keys are those that it used in the last hour."),
        KillScope::All | KillScope::Tenant | KillScope::Project => None,
    }
}

/// A time of milliseconds in seconds: `0.8 s`.
#[must_use]
pub fn seconds(ms: u64) -> String {
    let tenths = ms.div_ceil(100);
    format!("{}.{} s", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stopped_reads_as_a_sentence() {
        let one = |scope, target: &str| StoppedView {
            id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            scope,
            target: target.into(),
            at: chrono::DateTime::UNIX_EPOCH,
        };
        let (all, key) = (one(KillScope::All, "all calls"), one(KillScope::Key, "server"));
        assert_eq!(stopped(&[]), None);
        assert_eq!(stopped(std::slice::from_ref(&all)).as_deref(), Some("All calls are stopped."));
        assert_eq!(
            stopped(std::slice::from_ref(&key)).as_deref(),
            Some("The API key \u{201c}server\u{201d} is stopped.")
        );
        assert_eq!(stopped(&[all, key]).as_deref(), Some("2 things are stopped."));
        assert_eq!(named(KillScope::Key, None), "one API key");
    }

    #[test]
    fn times_are_rounded_up_and_never_flatter() {
        assert_eq!(
            [0, 1, 800, 801, 1_250].map(seconds),
            ["0.0 s", "0.1 s", "0.8 s", "0.9 s", "1.3 s"]
        );
    }

    #[test]
    fn counting_says_where_it_stopped() {
        let all = ReachView { calls_minute: 12, calls_hour: 100_000, ..ReachView::default() };
        let facts = reach(KillScope::All, all);
        assert_eq!(facts[0].1, "12");
        assert_eq!(facts[1].1, "100,000 or more");
        assert_eq!(
            [0, 1, 1_200, 100_000].map(stops),
            [
                "no call in the last minute",
                "stops 1 call/min now",
                "stops 1,200 calls/min now",
                "stops 100,000 calls/min or more now"
            ]
        );
        assert_eq!((facts.len(), reach(KillScope::Key, all).len()), (6, 3));
    }
}
