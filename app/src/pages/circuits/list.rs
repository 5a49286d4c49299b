//! The list of providers. Cells change in place: a row that has the focus keeps it.

use contract::circuits::{CircuitView, CircuitsView, ProviderCircuit};
use domain::circuit::CircuitState;
use leptos::prelude::*;

use super::filter::Filter;
use super::{followed, words};
use crate::paths;
use crate::ui::number::{count, counted};
use crate::ui::time::{Shown, time};
use crate::ui::{
    Clock, Column, Drawing, Empty, LinkButton, State, Table, badge, money, spark, uptime,
};

/// The providers, or why there is none.
#[component]
pub fn ProviderList(shown: RwSignal<CircuitsView>, filter: Memo<Filter>) -> impl IntoView {
    let clock = Clock::here();
    let slugs = Memo::new(move |_| {
        let filter = filter.get();
        shown.with(|view| {
            let matching = view.providers.iter().filter(|provider| filter.shows(provider));
            matching.map(|p| p.slug.clone()).collect::<Vec<_>>()
        })
    });
    let none = Memo::new(move |_| shown.with(|view| view.providers.is_empty()));
    move || {
        if none.get() {
            return view! {
                <Empty
                    drawing=Drawing::Circuit
                    title="No provider yet"
                    sentence="A provider is what calls are sent to. As soon as there is one, its circuit is here."
                />
            }
            .into_any();
        }
        if slugs.with(Vec::is_empty) {
            return view! {
                <Empty
                    drawing=Drawing::Circuit
                    title="No provider matches"
                    sentence="There are providers outside of what is chosen above."
                >
                    <LinkButton href=paths::CIRCUITS>"Clear filters"</LinkButton>
                </Empty>
            }
            .into_any();
        }
        view! {
            <Table
                caption="Providers, by name"
                columns=vec![
                    Column::new("Provider").sorted("ascending"),
                    Column::new("Circuit"),
                    Column::new("Since"),
                    Column::new("Reason"),
                    Column::number("Calls, 1 h").minor(),
                    Column::number("Success, 1 h"),
                    Column::new("First byte, 1 h").minor(),
                    Column::number("Under way").minor(),
                    Column::number("Spent today").minor(),
                    Column::new("Uptime").minor(),
                    Column::new("Key").minor(),
                ]
            >
                <For each=move || slugs.get() key=Clone::clone children=move |slug| row(clock, shown, filter, slug)/>
            </Table>
        }
        .into_any()
    }
}

fn row(
    clock: Clock,
    shown: RwSignal<CircuitsView>,
    filter: Memo<Filter>,
    slug: String,
) -> impl IntoView {
    let provider = followed(shown, slug.clone());
    let cell = move |draw: fn(Clock, &ProviderCircuit) -> AnyView| {
        move || provider.with(|provider| provider.as_ref().map(|provider| draw(clock, provider)))
    };
    view! {
        <tr>
            <th scope="row" data-label="Provider">
                <a class="row-link" href=move || filter.with(|filter| filter.open(&slug)) data-noscroll="true">
                    {move || provider.with(|p| p.as_ref().map(|p| p.name.clone()))}
                </a>
                " "
                {cell(kind)}
            </th>
            <td data-label="Circuit">{cell(|_, p| state(&p.circuit).into_any())} {cell(models)}</td>
            <td data-label="Since" class="nowrap">{cell(|clock, p| since(clock, &p.circuit))}</td>
            <td data-label="Reason" class="wrap">
                {cell(|_, p| reason(&p.circuit))}
            </td>
            <td class="end num minor" data-label="Calls, 1 h">
                {cell(|_, p| count(p.traffic.total.calls).into_any())}
            </td>
            <td class="end num" data-label="Success, 1 h">
                {cell(|_, p| {
                    words::success(&p.traffic.total).unwrap_or_else(|| "No call".into()).into_any()
                })}
            </td>
            <td class="minor nowrap" data-label="First byte, 1 h">{cell(|_, p| first_byte(p))}</td>
            <td class="end num minor" data-label="Under way">
                {cell(|_, p| count(p.in_flight).into_any())}
            </td>
            <td class="end num minor nowrap" data-label="Spent today">
                {cell(|_, p| money(p.spent_today).into_any())}
            </td>
            <td class="minor nowrap" data-label="Uptime">
                {cell(|_, p| uptime(words::bars(&p.uptime), words::uptime(&p.uptime)).into_any())}
            </td>
            <td class="minor nowrap" data-label="Key">{cell(credential)}</td>
        </tr>
    }
}

/// The circuit's state, and that a person decided it.
pub fn state(circuit: &CircuitView) -> impl IntoView {
    let forced = circuit.forced.as_ref().map(|view| view.forced.to.label());
    let word = forced.unwrap_or(circuit.state.label());
    badge(words::tone(circuit.state), word)
}

fn kind(_: Clock, provider: &ProviderCircuit) -> AnyView {
    view! {
        {provider.simulated.then(|| badge(State::Info, "Simulated"))}
        {(!provider.active).then(|| badge(State::Neutral, "Switched off"))}
    }
    .into_any()
}

/// Models of the provider that are left alone by themselves.
fn models(_: Clock, provider: &ProviderCircuit) -> AnyView {
    let off = provider.targets.iter().filter(|t| t.state != CircuitState::Closed).count();
    (off > 0)
        .then(|| {
            let words = counted(off as u64, "model left alone", "models left alone");
            badge(State::Attention, words)
        })
        .into_any()
}

/// Since when calls meet this.
pub fn since(clock: Clock, circuit: &CircuitView) -> AnyView {
    match circuit.since {
        Some(at) => time(clock, at, Shown::Relative).into_any(),
        None => view! { <span class="dim">"Always"</span> }.into_any(),
    }
}

/// Why it is so.
pub fn reason(circuit: &CircuitView) -> AnyView {
    match words::why(circuit) {
        Some(why) => why.into_any(),
        None => view! { <span class="dim">"No fault"</span> }.into_any(),
    }
}

fn first_byte(provider: &ProviderCircuit) -> AnyView {
    let points: Vec<_> = provider.traffic.buckets.iter().map(|(_, bucket)| bucket.p95_ms).collect();
    spark(&points, words::first_byte(&provider.traffic.total)).into_any()
}

fn credential(clock: Clock, provider: &ProviderCircuit) -> AnyView {
    match &provider.credential {
        None => view! { <span class="dim">"None"</span> }.into_any(),
        Some(key) => view! {
            <code>{key.fingerprint.clone()}</code>
            <br/>
            <span class="dim">{time(clock, key.set_at, Shown::Relative)}</span>
        }
        .into_any(),
    }
}
