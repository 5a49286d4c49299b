//! Circuits in sentences.

use contract::circuits::{Bucket, CircuitView, CircuitsView, EventView, UptimeDay};
use domain::circuit::{Cause, CircuitState, FAULTS_TO_OPEN, Fault, Force};

use crate::ui::number::{count, counted, duration_text, share};
use crate::ui::{State, UptimeBar};

/// What the page knows, for its title: the worst first.
pub fn knows(view: &CircuitsView) -> String {
    let all = view.providers.len();
    let in_state = |state| view.providers.iter().filter(|p| p.circuit.state == state).count();
    let models = view.providers.iter().flat_map(|p| &p.targets);
    let models = models.filter(|circuit| circuit.state != CircuitState::Closed).count();
    let of = |n: usize, word: &str| match (n, all) {
        (1, 1) => format!("The provider is {word}"),
        (1, _) => format!("1 of {all} providers is {word}"),
        _ => format!("{n} of {all} providers are {word}"),
    };
    match (in_state(CircuitState::Open), in_state(CircuitState::HalfOpen), models) {
        _ if all == 0 => "No provider yet".into(),
        (0, 0, 0) => "Every circuit is closed".into(),
        (0, 0, 1) => "1 model is left alone".into(),
        (0, 0, n) => format!("{n} models are left alone"),
        (0, half, _) => of(half, "half-open"),
        (open, _, _) => of(open, "open"),
    }
}

/// The tone of a state.
pub const fn tone(state: CircuitState) -> State {
    match state {
        CircuitState::Closed => State::Good,
        CircuitState::Open => State::Bad,
        CircuitState::HalfOpen => State::Attention,
    }
}

/// Why a circuit is as it is; `None` where there is nothing to say.
pub fn why(circuit: &CircuitView) -> Option<String> {
    if let Some(forced) = &circuit.forced {
        return Some(forced.reason.clone());
    }
    let reason = circuit.reason?;
    let faults = counted(circuit.faults.into(), "fault", "faults in a row");
    Some(format!("{faults}: {}", fault(reason, circuit.detail.as_deref())))
}

/// "Overloaded (HTTP 529)".
pub fn fault(fault: Fault, detail: Option<&str>) -> String {
    match detail {
        Some(detail) => format!("{} ({detail})", fault.label()),
        None => fault.label().into(),
    }
}

/// How many of the calls went well; `None` where there was no call.
pub fn success(bucket: &Bucket) -> Option<String> {
    (bucket.calls > 0).then(|| share(bucket.calls.saturating_sub(bucket.faults), bucket.calls))
}

/// "p50 120 ms, p95 1.20 s".
pub fn first_byte(bucket: &Bucket) -> String {
    match (bucket.p50_ms, bucket.p95_ms) {
        (Some(p50), Some(p95)) => format!("p50 {}, p95 {}", ms(p50), ms(p95)),
        _ => "No first byte in an hour".into(),
    }
}

/// Milliseconds with their unit.
pub fn ms(ms: u64) -> String {
    duration_text(ms.saturating_mul(1_000))
}

/// How much of the days that are known a provider was up.
pub fn uptime(days: &[UptimeDay]) -> String {
    let known: u64 = days.iter().map(|day| u64::from(day.known_s)).sum();
    let down: u64 = days.iter().map(|day| u64::from(day.down_s)).sum();
    let whole = days.iter().filter(|day| day.known_s > 0).count() as u64;
    if known == 0 {
        return "Nothing is known yet".into();
    }
    format!("{} in {}", share(known - down.min(known), known), counted(whole, "day", "days"))
}

/// The days as bars.
pub fn bars(days: &[UptimeDay]) -> Vec<UptimeBar> {
    days.iter()
        .map(|day| UptimeBar { title: day_words(day), known_s: day.known_s, down_s: day.down_s })
        .collect()
}

fn day_words(day: &UptimeDay) -> String {
    match (day.known_s, day.down_s) {
        (0, _) => format!("{}: not known", day.day),
        (_, 0) => format!("{}: up", day.day),
        (_, down) => format!("{}: {} not closed", day.day, length(down)),
    }
}

/// A length of time in its largest unit: "45 s", "12 min", "3 h 20 min".
pub fn length(seconds: u32) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        _ if seconds % 3_600 < 60 => format!("{} h", seconds / 3_600),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// What happened, as a sentence without its time.
pub fn happened(event: &EventView) -> String {
    let by = event.by.as_deref().unwrap_or("someone");
    let detail = event.detail.as_deref();
    match (event.cause, event.from) {
        (Cause::Fault(kind), CircuitState::HalfOpen) => {
            format!("The trial failed, and it is open again: {}", fault(kind, detail))
        }
        (Cause::Fault(kind), _) => {
            let faults = count(FAULTS_TO_OPEN.into());
            format!("Opened after {faults} faults in a row: {}", fault(kind, detail))
        }
        (Cause::Trial, _) => "Half-open: a call goes as a trial".into(),
        (Cause::Success, CircuitState::HalfOpen) => "Closed: the trial succeeded".into(),
        (Cause::Success, _) => "Closed: a call succeeded".into(),
        (Cause::Forced, _) => {
            let to = event.forced.map_or("Forced", |forced| forced.to.label());
            format!("{to} by {by}: {}", detail.unwrap_or("no reason"))
        }
        (Cause::Cleared, _) => format!("{by} ended the override"),
        (Cause::Expired, _) => "The override ended by itself".into(),
    }
}

/// The tone of what happened.
pub fn event_tone(event: &EventView) -> State {
    match (event.cause, event.forced.map(|forced| forced.to)) {
        (Cause::Fault(_), _) => State::Bad,
        (Cause::Success, _) => State::Good,
        (Cause::Trial, _) | (Cause::Forced, Some(Force::Open)) => State::Attention,
        _ => State::Info,
    }
}

#[cfg(test)]
pub mod tests {
    use domain::money::NanoUsd;

    use super::*;

    pub fn view(states: &[CircuitState]) -> CircuitsView {
        let providers = states
            .iter()
            .map(|state| contract::circuits::ProviderCircuit {
                slug: "p".into(),
                name: "P".into(),
                simulated: false,
                active: true,
                circuit: circuit(*state),
                targets: Vec::new(),
                traffic: contract::circuits::Traffic::default(),
                uptime: Vec::new(),
                credential: None,
                in_flight: 0,
                spent_today: NanoUsd(0),
                dependants: Vec::new(),
            })
            .collect();
        CircuitsView { read_at: chrono::DateTime::UNIX_EPOCH, can_probe: true, providers }
    }

    pub fn circuit(state: CircuitState) -> CircuitView {
        CircuitView {
            model: String::new(),
            state,
            own_state: state,
            since: None,
            faults: 5,
            reason: Some(Fault::Overloaded),
            detail: Some("HTTP 529".into()),
            retry_at: None,
            forced: None,
        }
    }

    #[test]
    fn the_title_tells_the_worst() {
        use CircuitState::{Closed, HalfOpen, Open};
        for (states, words) in [
            (&[][..], "No provider yet"),
            (&[Closed, Closed], "Every circuit is closed"),
            (&[Closed, HalfOpen, Closed], "1 of 3 providers is half-open"),
            (&[Open, HalfOpen, Closed], "1 of 3 providers is open"),
            (&[Open, Open, Closed], "2 of 3 providers are open"),
            (&[Open], "The provider is open"),
        ] {
            assert_eq!(knows(&view(states)), words);
        }
        let mut one_model = view(&[Closed]);
        one_model.providers[0].targets = vec![circuit(Open)];
        assert_eq!(knows(&one_model), "1 model is left alone");
    }

    #[test]
    fn reasons_and_numbers_read_as_sentences() {
        let told = why(&circuit(CircuitState::Open));
        assert_eq!(told.as_deref(), Some("5 faults in a row: Overloaded (HTTP 529)"));
        let bucket = Bucket {
            calls: 1_000,
            faults: 1,
            p50_ms: Some(120),
            p95_ms: Some(1_200),
            p99_ms: None,
        };
        assert_eq!(success(&bucket).as_deref(), Some("99.9 %"));
        assert_eq!(success(&Bucket::default()), None);
        assert_eq!(first_byte(&bucket), "p50 120 ms, p95 1.20 s");
        assert_eq!([45, 720, 12_000, 7_200].map(length), ["45 s", "12 min", "3 h 20 min", "2 h"]);
        let day = |known_s, down_s| UptimeDay { day: chrono::NaiveDate::MIN, known_s, down_s };
        assert_eq!(uptime(&[day(0, 0), day(100, 0), day(100, 50)]), "75 % in 2 days");
        assert_eq!(uptime(&[day(0, 0)]), "Nothing is known yet");
    }
}
