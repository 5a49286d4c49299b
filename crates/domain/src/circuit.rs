//! The circuit breaker: when a provider is left alone because it failed, and how it is tried again.
//!
//! Closed, every call passes. After [`FAULTS_TO_OPEN`] faults in a row it opens and no call passes for a
//! cool-down; then one call is let through as a trial. Its success closes the circuit, its fault opens it
//! again for twice as long. A person can override all of it for a while. The database keeps the same rule
//! (`migrations/0013_circuits.sql`), so that all nodes share one circuit; a test compares the two.

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::words::{UnknownWord, words};

/// Faults in a row that open a closed circuit.
pub const FAULTS_TO_OPEN: u32 = 5;
/// The first cool-down after a circuit opens, in seconds. Each further opening without a success in
/// between doubles it.
pub const COOLDOWN_FIRST_S: u32 = 10;
/// The longest cool-down, in seconds.
pub const COOLDOWN_MAX_S: u32 = 600;
/// How long a trial may take before another one is let through, in seconds: a node that dies with its
/// trial must not keep the circuit half-open for ever.
pub const TRIAL_LEASE_S: u32 = 60;
/// The longest time that a person may force a circuit for, in minutes.
pub const FORCE_MINUTES_MAX: u32 = 1_440;

words! {
    /// What a circuit does with calls.
    CircuitState {
        /// They pass.
        Closed = "closed", "Closed";
        /// They are kept from the provider.
        Open = "open", "Open";
        /// One of them passes, as a trial.
        HalfOpen = "half_open", "Half-open";
    }
}

words! {
    /// How a provider failed.
    Fault {
        /// It could not be connected to.
        Connect = "connect", "Could not connect";
        /// It did not answer in time.
        Timeout = "timeout", "No answer in time";
        /// It answered 5xx.
        ServerError = "server_error", "Server error";
        /// It said that it is overloaded (503, 529).
        Overloaded = "overloaded", "Overloaded";
        /// It answered 429. A matter of our quota, which counts only where the policy says so.
        RateLimited = "rate_limited", "Rate limited";
        /// It broke off, or what it sent cannot be read.
        BrokenAnswer = "broken_answer", "Broken answer";
    }
}

words! {
    /// What a person decided in the circuit's place.
    Force {
        /// No call passes.
        Open = "open", "Forced open";
        /// Every call passes.
        Closed = "closed", "Forced closed";
    }
}

/// What moved a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A fault.
    Fault(Fault),
    /// A success.
    Success,
    /// A trial was begun.
    Trial,
    /// A person forced it.
    Forced,
    /// A person ended the override.
    Cleared,
    /// The override ended by itself.
    Expired,
}

/// Which faults count beyond those that always do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Whether being rate limited (429) is a fault of the provider. By default it is none.
    pub rate_limits: bool,
}

/// An override with its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forced {
    /// What was decided.
    pub to: Force,
    /// When it ends by itself.
    pub until: DateTime<Utc>,
}

/// The circuit of a provider, or of one of its models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circuit {
    /// What it would do by itself.
    pub state: CircuitState,
    /// Faults in a row; a success sets it to nothing.
    pub faults: u32,
    /// Since when it has not been closed, through all trials that failed.
    pub opened_at: Option<DateTime<Utc>>,
    /// When the cool-down is over. Only while it is not closed.
    pub until: Option<DateTime<Utc>>,
    /// The last cool-down, in seconds; 0 while closed.
    pub cooldown_s: u32,
    /// Until when a trial has time to end; `None` where none is under way.
    pub trial_until: Option<DateTime<Utc>>,
    /// The override, which counts until its end.
    pub forced: Option<Forced>,
}

/// What a call meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Nothing in its way.
    Pass,
    /// It may go as the trial, should it be the one that takes it ([`Circuit::take_trial`]).
    Trial,
    /// It may not go to this provider.
    Blocked {
        /// When to look again.
        until: DateTime<Utc>,
    },
}

impl Fault {
    /// What an answer's status says of its provider: `None` for what is no fault of the provider, which
    /// is every success and everything that the caller did wrong.
    #[must_use]
    pub const fn of_status(status: u16) -> Option<Self> {
        match status {
            503 | 529 => Some(Self::Overloaded),
            429 => Some(Self::RateLimited),
            500..=599 => Some(Self::ServerError),
            _ => None,
        }
    }
}

impl FromStr for Cause {
    type Err = UnknownWord;
    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Ok(match word {
            "success" => Self::Success,
            "trial" => Self::Trial,
            "forced" => Self::Forced,
            "cleared" => Self::Cleared,
            "expired" => Self::Expired,
            fault => Self::Fault(fault.parse()?),
        })
    }
}

impl Policy {
    /// Whether this fault is told to the circuit. What is no [`Fault`] never is: a caller's 4xx, a
    /// refusal of ours, a client that hung up.
    #[must_use]
    pub const fn counts(self, fault: Fault) -> bool {
        match fault {
            Fault::RateLimited => self.rate_limits,
            Fault::Connect
            | Fault::Timeout
            | Fault::ServerError
            | Fault::Overloaded
            | Fault::BrokenAnswer => true,
        }
    }
}

impl Default for Circuit {
    fn default() -> Self {
        Self::CLOSED
    }
}

impl Circuit {
    /// A circuit that nothing has happened to.
    pub const CLOSED: Self = Self {
        state: CircuitState::Closed,
        faults: 0,
        opened_at: None,
        until: None,
        cooldown_s: 0,
        trial_until: None,
        forced: None,
    };

    /// What a call meets now.
    #[must_use]
    pub fn allows(&self, now: DateTime<Utc>) -> Gate {
        if let Some(Forced { to, until }) = self.force(now) {
            return match to {
                Force::Closed => Gate::Pass,
                Force::Open => Gate::Blocked { until },
            };
        }
        let waits_until = match self.state {
            CircuitState::Closed => return Gate::Pass,
            CircuitState::Open => self.until,
            CircuitState::HalfOpen => self.trial_until,
        };
        match waits_until {
            Some(until) if now < until => Gate::Blocked { until },
            _ => Gate::Trial,
        }
    }

    /// The override that counts now.
    #[must_use]
    pub fn force(&self, now: DateTime<Utc>) -> Option<Forced> {
        self.forced.filter(|forced| now < forced.until)
    }

    /// What calls notice now: the override's state, or its own.
    #[must_use]
    pub fn shows(&self, now: DateTime<Utc>) -> CircuitState {
        match self.force(now) {
            Some(Forced { to: Force::Open, .. }) => CircuitState::Open,
            Some(Forced { to: Force::Closed, .. }) => CircuitState::Closed,
            None => self.state,
        }
    }

    /// Whether a success would change nothing, so that it need not be told: nearly always.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        matches!(self.state, CircuitState::Closed) && self.faults == 0
    }

    /// After a fault that counts. One that comes late, of a call that was under way when the circuit
    /// opened, neither counts nor lengthens the cool-down.
    #[must_use]
    pub fn fault(self, now: DateTime<Utc>) -> Self {
        let circuit = self.lapse(now);
        let faults = circuit.faults.saturating_add(1);
        match circuit.state {
            CircuitState::Open => circuit,
            CircuitState::Closed if faults < FAULTS_TO_OPEN => Self { faults, ..circuit },
            CircuitState::Closed | CircuitState::HalfOpen => {
                let cooldown_s =
                    circuit.cooldown_s.saturating_mul(2).clamp(COOLDOWN_FIRST_S, COOLDOWN_MAX_S);
                Self {
                    state: CircuitState::Open,
                    faults,
                    opened_at: circuit.opened_at.or(Some(now)),
                    until: Some(now + seconds(cooldown_s)),
                    cooldown_s,
                    trial_until: None,
                    forced: circuit.forced,
                }
            }
        }
    }

    /// After a success. One that comes late does not close an open circuit: it was sent before; but while
    /// the circuit is forced closed, calls do reach the provider, and their success counts.
    #[must_use]
    pub fn success(self, now: DateTime<Utc>) -> Self {
        let circuit = self.lapse(now);
        let passes = matches!(circuit.forced, Some(Forced { to: Force::Closed, .. }));
        match circuit.state {
            CircuitState::Open if !passes => circuit,
            _ => Self { forced: circuit.forced, ..Self::CLOSED },
        }
    }

    /// With its one trial taken; `None` where there is none to take.
    #[must_use]
    pub fn take_trial(self, now: DateTime<Utc>) -> Option<Self> {
        let circuit = self.lapse(now);
        (circuit.allows(now) == Gate::Trial).then(|| Self {
            state: CircuitState::HalfOpen,
            trial_until: Some(now + seconds(TRIAL_LEASE_S)),
            ..circuit
        })
    }

    /// With the trial given back by the one who had it, for a call that showed neither: its caller hung up
    /// or was wrong. The next call may be the trial.
    #[must_use]
    pub fn release_trial(self, now: DateTime<Utc>) -> Self {
        Self { trial_until: None, ..self.lapse(now) }
    }

    /// Without an override that has ended.
    fn lapse(self, now: DateTime<Utc>) -> Self {
        Self { forced: self.force(now), ..self }
    }
}

fn seconds(seconds: u32) -> TimeDelta {
    TimeDelta::seconds(i64::from(seconds))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Copy, Debug)]
    enum Event {
        Fault,
        Success,
        Trial,
        Release,
        Force(Force, u32),
        Wait(u32),
    }

    fn events() -> impl Strategy<Value = Vec<Event>> {
        let event = prop_oneof![
            6 => Just(Event::Fault),
            1 => Just(Event::Success),
            3 => Just(Event::Trial),
            1 => Just(Event::Release),
            1 => (prop::sample::select(Force::ALL), 1..100_u32)
                .prop_map(|(to, seconds)| Event::Force(to, seconds)),
            4 => (1..80_u32).prop_map(Event::Wait),
            1 => (500..800_u32).prop_map(Event::Wait),
        ];
        prop::collection::vec(event, 0..200)
    }

    fn start() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    fn opened() -> Circuit {
        (0..FAULTS_TO_OPEN).fold(Circuit::CLOSED, |circuit, _| circuit.fault(start()))
    }

    proptest! {
        #[test]
        fn whatever_happens_the_rules_hold(events in events()) {
            let (mut now, mut circuit) = (start(), Circuit::CLOSED);
            for event in events {
                let before = circuit;
                match event {
                    Event::Wait(s) => now += seconds(s),
                    Event::Fault => circuit = circuit.fault(now),
                    Event::Success => circuit = circuit.success(now),
                    Event::Release => circuit = circuit.release_trial(now),
                    Event::Force(to, s) => {
                        circuit.forced = Some(Forced { to, until: now + seconds(s) });
                    }
                    Event::Trial => match circuit.take_trial(now) {
                        None => prop_assert_ne!(circuit.allows(now), Gate::Trial),
                        Some(taken) => {
                            prop_assert_eq!(circuit.allows(now), Gate::Trial);
                            // One at a time: the next has to wait for this one's end.
                            prop_assert_eq!(taken.take_trial(now), None);
                            circuit = taken;
                        }
                    },
                }
                match (circuit.force(now).map(|forced| forced.to), circuit.state) {
                    (Some(Force::Closed), _) => prop_assert_eq!(circuit.allows(now), Gate::Pass),
                    (Some(Force::Open), _) => {
                        let blocked = matches!(circuit.allows(now), Gate::Blocked { .. });
                        prop_assert!(blocked);
                    }
                    (None, CircuitState::Closed) => prop_assert_eq!(circuit.allows(now), Gate::Pass),
                    (None, _) => prop_assert_ne!(circuit.allows(now), Gate::Pass),
                }
                if circuit.state == CircuitState::Open {
                    let until = circuit.until.unwrap();
                    if circuit.force(now).is_none() && now < until {
                        prop_assert_eq!(circuit.allows(now), Gate::Blocked { until });
                    }
                    prop_assert!((COOLDOWN_FIRST_S..=COOLDOWN_MAX_S).contains(&circuit.cooldown_s));
                    if before.state == CircuitState::HalfOpen {
                        let grown = (before.cooldown_s * 2).min(COOLDOWN_MAX_S);
                        prop_assert_eq!(circuit.cooldown_s, grown);
                    }
                }
                let closed = circuit.state == CircuitState::Closed;
                prop_assert_eq!(circuit.opened_at.is_none(), closed);
                prop_assert_eq!(circuit.until.is_none(), closed);
                prop_assert!(!closed || circuit.faults < FAULTS_TO_OPEN);
                prop_assert!(circuit.trial_until.is_none() || circuit.state == CircuitState::HalfOpen);
            }
        }
    }

    #[test]
    fn five_faults_in_a_row_open_it_and_a_trial_closes_it() {
        let mut circuit = Circuit::CLOSED;
        for _ in 0..FAULTS_TO_OPEN - 1 {
            circuit = circuit.fault(start());
        }
        assert_eq!(circuit.allows(start()), Gate::Pass);
        let circuit = circuit.success(start());
        assert!(circuit.is_clean());

        let until = start() + seconds(COOLDOWN_FIRST_S);
        assert_eq!(opened().allows(start()), Gate::Blocked { until });
        assert_eq!(opened().fault(start()), opened(), "late faults change nothing");
        assert_eq!(opened().success(start()), opened(), "late successes change nothing");
        assert_eq!(opened().take_trial(until - seconds(1)), None);
        let tried = opened().take_trial(until).unwrap();
        let lease = until + seconds(TRIAL_LEASE_S);
        assert_eq!(tried.allows(until), Gate::Blocked { until: lease });
        assert_eq!(tried.allows(lease), Gate::Trial, "a node that died does not block it for ever");
        assert_eq!(tried.release_trial(until).allows(until), Gate::Trial);
        assert_eq!(tried.success(until), Circuit::CLOSED);
    }

    #[test]
    fn each_failed_trial_doubles_the_cooldown_up_to_its_bound() {
        let (mut circuit, mut cooldowns) = (opened(), Vec::new());
        for _ in 0..9 {
            cooldowns.push(circuit.cooldown_s);
            let now = circuit.until.unwrap();
            circuit = circuit.take_trial(now).unwrap().fault(now);
        }
        assert_eq!(cooldowns, [10, 20, 40, 80, 160, 320, 600, 600, 600]);
        assert_eq!(circuit.opened_at, Some(start()));
    }

    #[test]
    fn a_thousand_answers_that_are_no_fault_leave_it_closed() {
        let policy = Policy::default();
        let mut circuit = Circuit::CLOSED;
        for status in (200..=499).cycle().take(1_000) {
            if let Some(fault) = Fault::of_status(status).filter(|fault| policy.counts(*fault)) {
                panic!("{status} counts as {fault:?}");
            }
        }
        assert_eq!(Fault::of_status(429), Some(Fault::RateLimited));
        assert!(Policy { rate_limits: true }.counts(Fault::RateLimited));
        for (status, fault) in [
            (500, Fault::ServerError),
            (502, Fault::ServerError),
            (503, Fault::Overloaded),
            (529, Fault::Overloaded),
        ] {
            assert_eq!(Fault::of_status(status), Some(fault));
            assert!(policy.counts(fault));
            circuit = circuit.fault(start());
        }
        assert_eq!(circuit.state, CircuitState::Closed);
    }

    #[test]
    fn an_override_wins_until_it_ends_and_what_was_learned_meanwhile_counts() {
        let end = start() + seconds(60);
        let forced = |to| Circuit { forced: Some(Forced { to, until: end }), ..opened() };
        let closed = forced(Force::Closed);
        assert_eq!(closed.allows(start()), Gate::Pass);
        assert_eq!(closed.shows(start()), CircuitState::Closed);
        assert_eq!(closed.take_trial(start()), None);
        assert_eq!(closed.allows(end), Gate::Trial);
        assert_eq!(closed.success(start()).allows(end), Gate::Pass);
        let open = Circuit { forced: forced(Force::Open).forced, ..Circuit::CLOSED };
        assert_eq!(open.allows(start()), Gate::Blocked { until: end });
        assert_eq!(open.shows(start()), CircuitState::Open);
        assert_eq!(open.fault(end).forced, None);
        assert_eq!(open.allows(end), Gate::Pass);
    }
}
