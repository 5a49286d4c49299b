//! How fast one may guess at passwords. Decides from counts that others keep.
//!
//! Three counts, because each alone fails. Per address alone, a stranger locks anybody out by guessing
//! wrong on purpose. Per IP alone, a botnet guesses at leisure, and an office behind one address is
//! punished for one person. Per pair of both, the two are kept apart: who guesses wrong waits, and the
//! account's owner elsewhere does not notice.

use std::net::{IpAddr, Ipv6Addr};

use chrono::{DateTime, Utc};
use hmac::Mac;

use crate::email::Email;
use crate::mac::keyed;

/// Failures older than this no longer count, in seconds.
pub const WINDOW_SECONDS: i64 = 15 * 60;
/// Failures of one IP at one account that cost nothing.
pub const PAIR_FAILURES_FREE: u32 = 5;
/// Failures of one IP, over all accounts, that cost nothing.
pub const IP_FAILURES_FREE: u32 = 50;
/// Failures at one account, from everywhere, from which on each IP has one free try instead of five.
/// It slows a guess that is spread over many IPs; the owner's right password still goes through.
pub const ACCOUNT_FAILURES_CALM: u32 = 100;
/// The first wait, in seconds; it doubles with each further failure.
pub const WAIT_SECONDS_FIRST: i64 = 10;
/// The longest wait, in seconds.
pub const WAIT_SECONDS_MAX: i64 = 15 * 60;

/// One count of failures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Failures within the last [`WINDOW_SECONDS`].
    pub failures: u32,
    /// When the latest of them was.
    pub latest: Option<DateTime<Utc>>,
}

/// What is known when somebody wants to try.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// This IP at this account.
    pub pair: Count,
    /// This IP at any account.
    pub ip: Count,
    /// Any IP at this account.
    pub account: Count,
}

/// Whether a try may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Go ahead.
    Allow,
    /// Not yet. Such a refusal does not count as a failure, and it is the same whether the account
    /// exists or not.
    Wait {
        /// How many seconds until a try is allowed, at least one.
        seconds: u32,
    },
}

/// Decides on a try at `now`.
#[must_use]
pub fn decide(record: &Record, now: DateTime<Utc>) -> Decision {
    let calm = record.account.failures >= ACCOUNT_FAILURES_CALM;
    let pair_free = if calm { 1 } else { PAIR_FAILURES_FREE };
    let pair = wait(record.pair, pair_free, now);
    let ip = wait(record.ip, IP_FAILURES_FREE, now);
    match u32::try_from(pair.max(ip)) {
        Ok(seconds) if seconds > 0 => Decision::Wait { seconds },
        _ => Decision::Allow,
    }
}

/// Seconds still to wait for one count.
fn wait(count: Count, free: u32, now: DateTime<Utc>) -> i64 {
    let (Some(over), Some(latest)) = (count.failures.checked_sub(free), count.latest) else {
        return 0;
    };
    // Doubled seven times it is over the longest wait; a shift cannot overflow then.
    let full = (WAIT_SECONDS_FIRST << over.min(7)).min(WAIT_SECONDS_MAX);
    // A clock that was set back makes nobody wait longer than the full time.
    let passed = (now - latest).num_seconds().max(0);
    (full - passed).max(0)
}

/// The names under which failures are counted: keyed hashes, so that the table of failures holds
/// neither addresses nor IPs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buckets {
    /// This IP at this account.
    pub pair: [u8; 32],
    /// This IP.
    pub ip: [u8; 32],
    /// This account.
    pub account: [u8; 32],
}

impl Buckets {
    /// The buckets of one try, under a key of this purpose alone.
    #[must_use]
    pub fn of(key: &[u8; 32], email: &Email, ip: IpAddr) -> Self {
        let network = network(ip).octets();
        let email = email.as_str().as_bytes();
        Self {
            pair: bucket(key, b"pair", &[&network, email]),
            ip: bucket(key, b"ip", &[&network]),
            account: bucket(key, b"account", &[email]),
        }
    }
}

/// What counts as one place: an IPv4 address, or the /64 that an IPv6 subscriber has as a whole.
fn network(ip: IpAddr) -> Ipv6Addr {
    match ip.to_canonical() {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64),
    }
}

fn bucket(key: &[u8; 32], kind: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = keyed(key);
    for part in [kind].iter().chain(parts) {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
    }

    fn count(failures: u32) -> Count {
        Count { failures, latest: Some(at(0)) }
    }

    fn waits(record: &Record, second: i64) -> u32 {
        match decide(record, at(second)) {
            Decision::Allow => 0,
            Decision::Wait { seconds } => seconds,
        }
    }

    #[test]
    fn five_tries_are_free_and_then_the_wait_doubles_up_to_a_quarter_of_an_hour() {
        let waited: Vec<u32> =
            (0..16).map(|n| waits(&Record { pair: count(n), ..Record::default() }, 0)).collect();
        let expected = [0, 0, 0, 0, 0, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900];
        assert_eq!(waited, expected);
        let endless = Record { pair: count(u32::MAX), ..Record::default() };
        assert_eq!(waits(&endless, 0), 900);
    }

    #[test]
    fn waiting_ends() {
        let record = Record { pair: count(6), ..Record::default() };
        assert_eq!((waits(&record, 1), waits(&record, 19), waits(&record, 20)), (19, 1, 0));
    }

    #[test]
    fn a_clock_set_back_adds_nothing() {
        let record = Record { pair: count(6), ..Record::default() };
        assert_eq!(waits(&record, -86_400), 20);
    }

    #[test]
    fn one_ip_at_many_accounts_is_slowed() {
        assert_eq!(waits(&Record { ip: count(49), ..Record::default() }, 0), 0);
        assert_eq!(waits(&Record { ip: count(50), ..Record::default() }, 0), 10);
    }

    #[test]
    fn a_stranger_cannot_lock_an_account_out() {
        // Ten thousand failures from everywhere: the owner, from an IP that has not failed, signs in.
        let attacked = Record { account: count(10_000), ..Record::default() };
        assert_eq!(waits(&attacked, 0), 0);
        // Every other IP has one try instead of five.
        let stranger = Record { pair: count(1), ..attacked };
        assert_eq!(waits(&stranger, 0), 10);
    }

    #[test]
    fn buckets_tell_apart_what_they_should_and_nothing_else() {
        let ada = Email::parse("ada@example.com").unwrap();
        let bob = Email::parse("bob@example.com").unwrap();
        let of = |email, ip: &str| Buckets::of(&[1; 32], email, ip.parse().unwrap());
        let here = of(&ada, "192.0.2.1");
        assert_eq!(here, of(&ada, "::ffff:192.0.2.1"), "one machine, written in two ways");
        assert_eq!(of(&ada, "2001:db8::1"), of(&ada, "2001:db8::ffff:1"), "one subscriber");
        assert_ne!(of(&ada, "2001:db8::1").ip, of(&ada, "2001:db8:0:1::1").ip);
        let elsewhere = of(&ada, "192.0.2.2");
        assert!(here.account == elsewhere.account && here.ip != elsewhere.ip);
        assert_ne!(here.pair, elsewhere.pair);
        let other = of(&bob, "192.0.2.1");
        assert!(here.ip == other.ip && here.account != other.account && here.pair != other.pair);
        assert_ne!(here, Buckets::of(&[2; 32], &ada, "192.0.2.1".parse().unwrap()), "keyed");
    }
}
