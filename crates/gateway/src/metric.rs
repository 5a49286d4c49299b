//! The numbers this crate gives to whoever scrapes them. Every label comes from a fixed set: nothing
//! that a caller chooses, no tenant, key or model, ever becomes a label.

use std::time::Duration;

use domain::guard::Verdict;
use domain::outcome::Outcome;
use domain::refusal::Refusal;
use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

use crate::trail::Route;

/// Says what each number means; call once, after the recorder is installed.
pub fn describe() {
    describe_counter!("tokenone_calls_total", "Calls that ended, by surface and outcome");
    describe_counter!("tokenone_refusals_total", "Calls refused by the gateway itself, by code");
    describe_counter!(
        "tokenone_settlements_lost_total",
        "Settlements given up; their holds expire"
    );
    describe_counter!("tokenone_records_dropped_total", "Refusals left out of the feed under load");
    describe_counter!("tokenone_payloads_dropped_total", "Prompts that could not be sealed");
    describe_counter!("tokenone_holds_expired_total", "Holds of dead calls that were released");
    describe_counter!("tokenone_drains_refused_total", "Streams cut for want of a drain slot");
    describe_counter!(
        "tokenone_circuit_reports_dropped_total",
        "Faults and successes that the database was not told of"
    );
    describe_counter!("tokenone_guard_prompts_total", "Prompts scanned, by verdict");
    describe_counter!("tokenone_guard_redacted_total", "Secrets taken out of prompts");
    describe_counter!("tokenone_guard_masked_total", "Personal values masked in answers");
    describe_gauge!("tokenone_calls_in_flight", "Calls between admission and settlement");
    describe_gauge!("tokenone_settlements_waiting", "Settlements not yet written");
    describe_gauge!("tokenone_drains", "Answers being read for their usage after a hang-up");
    describe_histogram!("tokenone_admit_batch_calls", "Calls in one admission batch");
    describe_histogram!("tokenone_admit_seconds", Unit::Seconds, "One admission batch");
    describe_histogram!("tokenone_settle_batch_calls", "Calls in one settlement batch");
    describe_histogram!("tokenone_settle_seconds", Unit::Seconds, "One settlement batch");
    describe_histogram!(
        "tokenone_settle_lag_seconds",
        Unit::Seconds,
        "From a call's end to its row"
    );
    describe_histogram!(
        "tokenone_first_byte_seconds",
        Unit::Seconds,
        "To the provider's first byte"
    );
    describe_histogram!("tokenone_overhead_seconds", Unit::Seconds, "Our own part before the wire");
    describe_histogram!("tokenone_call_seconds", Unit::Seconds, "Whole calls");
}

pub(crate) fn call_ended(route: Route, outcome: Outcome, total: Duration) {
    counter!("tokenone_calls_total", "surface" => route.as_str(), "outcome" => outcome.as_str())
        .increment(1);
    histogram!("tokenone_call_seconds", "surface" => route.as_str()).record(total);
}

pub(crate) fn refused(refusal: &Refusal) {
    counter!("tokenone_refusals_total", "code" => refusal.wire().code).increment(1);
}

pub(crate) fn screened(verdict: Verdict) {
    counter!("tokenone_guard_prompts_total", "verdict" => verdict.as_str()).increment(1);
}

pub(crate) fn redacted(secrets: usize) {
    counter!("tokenone_guard_redacted_total").increment(secrets as u64);
}

pub(crate) fn masked(values: usize) {
    counter!("tokenone_guard_masked_total").increment(values as u64);
}

pub(crate) fn overhead(time: Duration) {
    histogram!("tokenone_overhead_seconds").record(time);
}

pub(crate) fn first_byte(time: Duration) {
    histogram!("tokenone_first_byte_seconds").record(time);
}

pub(crate) fn in_flight(change: i8) {
    gauge!("tokenone_calls_in_flight").increment(f64::from(change));
}

pub(crate) fn drains(change: i8) {
    gauge!("tokenone_drains").increment(f64::from(change));
}

pub(crate) fn drain_refused() {
    counter!("tokenone_drains_refused_total").increment(1);
}

pub(crate) fn admitted(calls: usize, time: Duration) {
    histogram!("tokenone_admit_batch_calls").record(count(calls));
    histogram!("tokenone_admit_seconds").record(time);
}

pub(crate) fn settled(calls: usize, waiting: usize, time: Duration) {
    histogram!("tokenone_settle_batch_calls").record(count(calls));
    histogram!("tokenone_settle_seconds").record(time);
    gauge!("tokenone_settlements_waiting").set(count(waiting));
}

pub(crate) fn settle_lag(time: Duration) {
    histogram!("tokenone_settle_lag_seconds").record(time);
}

pub(crate) fn settlements_lost(calls: usize) {
    counter!("tokenone_settlements_lost_total").increment(calls as u64);
}

pub(crate) fn record_dropped() {
    counter!("tokenone_records_dropped_total").increment(1);
}

pub(crate) fn circuit_report_dropped() {
    counter!("tokenone_circuit_reports_dropped_total").increment(1);
}

pub(crate) fn payload_dropped() {
    counter!("tokenone_payloads_dropped_total").increment(1);
}

pub(crate) fn expired(calls: usize) {
    counter!("tokenone_holds_expired_total").increment(calls as u64);
}

/// A count as the metrics crate wants it; exact up to 2³².
fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
