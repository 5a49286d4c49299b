//! A provider's facts: its circuit, its traffic and its days, each drawing with its numbers beside it.

use contract::circuits::{CircuitView, ProviderCircuit, Traffic, UptimeDay};
use leptos::prelude::*;

use super::list::{reason, since, state};
use super::words;
use crate::paths;
use crate::ui::number::count;
use crate::ui::time::{Shown, time};
use crate::ui::{Clock, Column, LinkButton, Table, money, spark, uptime};

/// What a circuit does and why.
pub fn circuit(clock: Clock, circuit: &CircuitView) -> impl IntoView {
    let own = circuit.own_state.label();
    let retry = circuit.retry_at.map(|at| {
        view! {
            <div>
                <dt>"Tried again"</dt>
                <dd>{time(clock, at, Shown::Second)}</dd>
            </div>
        }
    });
    let forced = circuit.forced.as_ref().map(|view| {
        view! {
            <div>
                <dt>"Decided by"</dt>
                <dd>{view.by.clone()}</dd>
            </div>
            <div>
                <dt>"Ends by itself"</dt>
                <dd>{time(clock, view.forced.until, Shown::Relative)}</dd>
            </div>
            <div>
                <dt>"By itself it would be"</dt>
                <dd>{own}</dd>
            </div>
        }
    });
    view! {
        <dl class="facts">
            <div>
                <dt>"Circuit"</dt>
                <dd>{state(circuit)}</dd>
            </div>
            <div>
                <dt>"Since"</dt>
                <dd>{since(clock, circuit)}</dd>
            </div>
            <div>
                <dt>"Reason"</dt>
                <dd>{reason(circuit)}</dd>
            </div>
            {forced}
            <div>
                <dt>"Faults in a row"</dt>
                <dd>{count(circuit.faults.into())}</dd>
            </div>
            {retry}
        </dl>
    }
}

/// The last hour: a drawing, a sentence, and the table behind them.
pub fn traffic(clock: Clock, traffic: &Traffic) -> impl IntoView {
    let total = traffic.total;
    let points: Vec<_> = traffic.buckets.iter().map(|(_, bucket)| bucket.p95_ms).collect();
    let sentence = match words::success(&total) {
        None => "No call was sent to it.".to_owned(),
        Some(success) => format!(
            "{} of {} calls succeeded; time to the first byte: {}, p99 {}.",
            success,
            count(total.calls),
            words::first_byte(&total),
            total.p99_ms.map_or_else(|| "unknown".into(), words::ms),
        ),
    };
    let number = |ms: Option<u64>| ms.map_or_else(|| "–".into(), words::ms);
    let rows = traffic
        .buckets
        .iter()
        .map(|(at, bucket)| {
            view! {
                <tr>
                    <th scope="row" class="nowrap" data-label="From">{time(clock, *at, Shown::Second)}</th>
                    <td class="end num" data-label="Calls">{count(bucket.calls)}</td>
                    <td class="end num" data-label="Faults">{count(bucket.faults)}</td>
                    <td class="end num nowrap" data-label="p50">{number(bucket.p50_ms)}</td>
                    <td class="end num nowrap" data-label="p95">{number(bucket.p95_ms)}</td>
                    <td class="end num nowrap" data-label="p99">{number(bucket.p99_ms)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="drawn">{spark(&points, sentence)}</div>
        <details class="numbers">
            <summary>"In numbers"</summary>
            <Table
                caption="Calls and time to the first byte, by five minutes"
                columns=vec![
                    Column::new("From"),
                    Column::number("Calls"),
                    Column::number("Faults"),
                    Column::number("p50"),
                    Column::number("p95"),
                    Column::number("p99"),
                ]
            >
                {rows}
            </Table>
        </details>
    }
}

/// What is under way and what it cost today.
pub fn now(provider: &ProviderCircuit) -> impl IntoView + use<> {
    view! {
        <dl class="facts">
            <div>
                <dt>"Calls under way"</dt>
                <dd class="num">{count(provider.in_flight)}</dd>
            </div>
            <div>
                <dt>"Spent today (UTC)"</dt>
                <dd>{money(provider.spent_today)}</dd>
            </div>
        </dl>
        <p class="dim">
            "Calls under way are what each node told within the last few seconds; spent is what the settled calls of today cost, by our prices."
        </p>
    }
}

/// The last days: a drawing, a sentence, and the days that were not whole.
pub fn days(days: &[UptimeDay]) -> impl IntoView {
    let down: Vec<_> = days.iter().filter(|day| day.down_s > 0).collect();
    let numbers = if down.is_empty() {
        view! { <p class="dim">"On no day was it anything but closed."</p> }.into_any()
    } else {
        let rows = down
            .into_iter()
            .rev()
            .map(|day| {
                view! {
                    <tr>
                        <th scope="row" data-label="Day (UTC)">{day.day.to_string()}</th>
                        <td class="end num" data-label="Not closed">{words::length(day.down_s)}</td>
                    </tr>
                }
            })
            .collect_view();
        view! {
            <details class="numbers">
                <summary>"In numbers"</summary>
                <Table
                    caption="Days on which the circuit was not closed, newest first"
                    columns=vec![Column::new("Day (UTC)"), Column::number("Not closed")]
                >
                    {rows}
                </Table>
            </details>
        }
        .into_any()
    };
    view! {
        <div class="drawn">{uptime(words::bars(days), words::uptime(days))}</div>
        {numbers}
    }
}

/// The models that have a circuit of their own.
pub fn models(clock: Clock, provider: &ProviderCircuit) -> AnyView {
    if provider.targets.is_empty() {
        return ().into_any();
    }
    let rows = provider
        .targets
        .iter()
        .map(|circuit| {
            view! {
                <tr>
                    <th scope="row" class="mono wrap" data-label="Model">{circuit.model.clone()}</th>
                    <td data-label="Circuit">{state(circuit)}</td>
                    <td class="nowrap" data-label="Since">{since(clock, circuit)}</td>
                    <td class="wrap" data-label="Reason">{reason(circuit)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <h3>"Models with a circuit of their own"</h3>
        <Table
            caption="Models with a circuit of their own"
            columns=vec![
                Column::new("Model"),
                Column::new("Circuit"),
                Column::new("Since"),
                Column::new("Reason"),
            ]
        >
            {rows}
        </Table>
    }
    .into_any()
}

/// The key's fingerprint and age, never the key; and where the provider is changed.
pub fn credential(clock: Clock, provider: &ProviderCircuit) -> AnyView {
    let (words, verb) = match &provider.credential {
        None => (view! { <p class="dim">"It is called without a key."</p> }.into_any(), "Set key"),
        Some(key) => {
            let words = view! {
                <p>
                    "Fingerprint " <code>{key.fingerprint.clone()}</code> ", set "
                    {time(clock, key.set_at, Shown::Relative)} ". The key itself is never shown."
                </p>
            };
            (words.into_any(), "Replace key")
        }
    };
    let own = !provider.simulated;
    view! {
        {words}
        <div class="circuit-acts">
            {own.then(|| view! { <LinkButton href=paths::provider_key(&provider.slug)>{verb}</LinkButton> })}
            <LinkButton href=paths::provider_edit(&provider.slug)>"Edit provider"</LinkButton>
        </div>
    }
    .into_any()
}
