//! What a session holds, and when it ends.

use chrono::{DateTime, Utc};
use domain::ids::{AccountId, TenantId};
use serde::{Deserialize, Serialize};

/// A session that nobody used for this long is over, in seconds.
///
/// OWASP ASVS 5.0 section 7.3 asks for an inactivity time fixed by the risk. The console shows prompts
/// and mints keys, so an unattended desk must not stay open over a lunch; shorter than an hour, people
/// who watch a live page would be thrown out of it.
pub const SESSION_IDLE_SECONDS_MAX: i64 = 60 * 60;
/// A session is over this long after the sign-in, however much it was used, in seconds: one working
/// day, so that a stolen cookie does not last into the next (NIST SP 800-63B-4 section 2.2.3 allows a
/// day).
pub const SESSION_AGE_SECONDS_MAX: i64 = 12 * 60 * 60;
/// The last use is written down at most this often, in seconds: a write per request would cost more
/// than the precision is worth.
pub const SESSION_TOUCH_SECONDS: i64 = 60;
/// How far a session's times may lie in the future, in seconds: two nodes' clocks never quite agree.
const CLOCK_SKEW_SECONDS_MAX: i64 = 60;

/// Where a person has chosen to sit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatChoice {
    /// Over the platform. Honoured only for platform administrators, who are looked up each time.
    Platform,
    /// In a tenant. Honoured only with a membership, which is looked up each time.
    Tenant(TenantId),
}

/// What a session remembers. No rights: those are looked up at every request, so that taking one away
/// takes effect at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionFacts {
    /// Who signed in.
    pub account_id: AccountId,
    /// Where they sit; none before they chose.
    pub seat: Option<SeatChoice>,
    /// When they proved who they are.
    pub signed_in_at: DateTime<Utc>,
    /// When the session was last used, as far as it was written down.
    pub last_seen_at: DateTime<Utc>,
}

impl SessionFacts {
    /// A session that begins now. The sign-in gives it a new session id: one that was known before
    /// could have been planted.
    #[must_use]
    pub const fn begin(account_id: AccountId, now: DateTime<Utc>) -> Self {
        Self { account_id, seat: None, signed_in_at: now, last_seen_at: now }
    }

    /// Whether the session still holds.
    #[must_use]
    pub fn live(&self, now: DateTime<Utc>) -> bool {
        let within = |since: DateTime<Utc>, seconds_max: i64| {
            (-CLOCK_SKEW_SECONDS_MAX..seconds_max).contains(&(now - since).num_seconds())
        };
        within(self.signed_in_at, SESSION_AGE_SECONDS_MAX)
            && within(self.last_seen_at, SESSION_IDLE_SECONDS_MAX)
    }

    /// When it ends unless it is used: for the stored row and the cookie.
    #[must_use]
    pub fn ends_at(&self) -> DateTime<Utc> {
        let idle = self.last_seen_at + chrono::TimeDelta::seconds(SESSION_IDLE_SECONDS_MAX);
        let age = self.signed_in_at + chrono::TimeDelta::seconds(SESSION_AGE_SECONDS_MAX);
        idle.min(age)
    }

    /// Notes a use. Says whether that is worth storing.
    pub fn touch(&mut self, now: DateTime<Utc>) -> bool {
        let due = (now - self.last_seen_at).num_seconds() >= SESSION_TOUCH_SECONDS;
        if due {
            self.last_seen_at = now;
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
    }

    fn begun() -> SessionFacts {
        SessionFacts::begin(AccountId::from(Uuid::from_u128(1)), at(0))
    }

    #[test]
    fn an_unused_session_ends_after_an_hour() {
        let session = begun();
        assert!(session.live(at(0)) && session.live(at(SESSION_IDLE_SECONDS_MAX - 1)));
        assert!(!session.live(at(SESSION_IDLE_SECONDS_MAX)));
        assert_eq!(session.ends_at(), at(SESSION_IDLE_SECONDS_MAX));
    }

    #[test]
    fn a_used_session_ends_after_twelve_hours() {
        let mut session = begun();
        let mut second = 0;
        while session.live(at(second)) {
            session.touch(at(second));
            second += SESSION_TOUCH_SECONDS;
        }
        assert_eq!(second, SESSION_AGE_SECONDS_MAX);
        assert_eq!(session.ends_at(), at(SESSION_AGE_SECONDS_MAX));
    }

    #[test]
    fn a_use_is_noted_once_a_minute() {
        let mut session = begun();
        assert!(!session.touch(at(SESSION_TOUCH_SECONDS - 1)));
        assert_eq!(session.last_seen_at, at(0));
        assert!(session.touch(at(SESSION_TOUCH_SECONDS)));
        assert!(!session.touch(at(0)), "a clock set back notes nothing");
        assert_eq!(session.last_seen_at, at(SESSION_TOUCH_SECONDS));
    }

    #[test]
    fn a_session_from_the_future_does_not_hold() {
        let session = begun();
        assert!(session.live(at(-CLOCK_SKEW_SECONDS_MAX)));
        assert!(!session.live(at(-CLOCK_SKEW_SECONDS_MAX - 1)));
    }

    #[test]
    fn it_reads_what_it_wrote() {
        let mut session = begun();
        for seat in [None, Some(SeatChoice::Platform), Some(SeatChoice::Tenant(TenantId::PLATFORM))]
        {
            session.seat = seat;
            let text = serde_json::to_string(&session).unwrap();
            assert_eq!(serde_json::from_str::<SessionFacts>(&text).unwrap(), session);
        }
    }
}
