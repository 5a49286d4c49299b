//! One provider beside the list: what its circuits do, what can be done, who depends on it, and what
//! happened.

use contract::circuits::{CircuitsView, Dependant, ProviderCircuit};
use domain::circuit::{COOLDOWN_FIRST_S, COOLDOWN_MAX_S, FAULTS_TO_OPEN};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::acts::Acts;
use super::filter::Filter;
use super::live::Live;
use super::timeline::Timeline;
use super::{Opened, facts, followed};
use crate::paths;
use crate::ui::number::{count, counted};
use crate::ui::{Clock, Column, Dialog, Shape, State, Table, badge};

/// Opens for the provider that the address names.
#[component]
pub fn CircuitDrawer(
    shown: RwSignal<CircuitsView>,
    filter: Memo<Filter>,
    live: Live,
    opened: Opened,
    on_close: Callback<()>,
) -> impl IntoView {
    let query = use_query_map();
    let slug = Memo::new(move |_| {
        let slug = query.read().get("open")?;
        shown.with(|view| view.providers.iter().any(|p| p.slug == slug)).then_some(slug)
    });
    let open = Memo::new(move |_| slug.read().is_some());
    view! {
        <Dialog
            id="circuit"
            title="Provider circuit"
            shape=Shape::Drawer
            open=open
            close_href=filter.get_untracked().url()
            on_close=on_close
        >
            {move || slug.get().map(|slug| view! { <Content slug shown live opened/> })}
        </Dialog>
    }
}

#[component]
fn Content(
    slug: String,
    shown: RwSignal<CircuitsView>,
    live: Live,
    opened: Opened,
) -> impl IntoView {
    let clock = Clock::here();
    let provider = followed(shown, slug.clone());
    let part = move |draw: fn(Clock, &ProviderCircuit) -> AnyView| {
        move || provider.with(|provider| provider.as_ref().map(|provider| draw(clock, provider)))
    };
    view! {
        <div class="circuit">
            <p class="circuit-name">
                {move || provider.with(|p| p.as_ref().map(|p| p.name.clone()))} " "
                <code class="dim">{slug.clone()}</code>
            </p>
            {part(|clock, p| facts::circuit(clock, &p.circuit).into_any())}
            <Acts slug provider shown live/>
            <h3>"Last hour"</h3>
            {part(|clock, p| facts::traffic(clock, &p.traffic).into_any())}
            <h3>"Now"</h3>
            {part(|_, p| facts::now(p).into_any())}
            <h3>"Last 90 days"</h3>
            {part(|_, p| facts::days(&p.uptime).into_any())}
            {part(facts::models)}
            <h3>"Who depends on it"</h3>
            {part(|_, p| dependants(&p.dependants))}
            <h3>"Key"</h3>
            {part(facts::credential)}
            <h3>"What happened"</h3>
            <Timeline opened/>
            <h3>"When it opens"</h3>
            <p class="dim">{rules()}</p>
        </div>
    }
}

fn dependants(all: &[Dependant]) -> AnyView {
    if all.is_empty() {
        return view! { <p class="dim">"No alias is answered by it."</p> }.into_any();
    }
    let rows = all
        .iter()
        .map(|dependant| {
            let place = format!("{} of {}", dependant.place, dependant.targets);
            view! {
                <tr>
                    <th scope="row" class="wrap" data-label="Alias">
                        <a href=paths::alias_edit(&dependant.alias)>{dependant.alias.clone()}</a>
                    </th>
                    <td class="mono wrap" data-label="Model">{dependant.model.clone()}</td>
                    <td class="nowrap" data-label="Place">
                        {place} " "
                        {(dependant.targets == 1).then(|| badge(State::Attention, "Nothing takes over"))}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table
            caption="Aliases that it answers"
            columns=vec![Column::new("Alias"), Column::new("Model"), Column::new("Place")]
        >
            {rows}
        </Table>
    }
    .into_any()
}

/// The thresholds, which are the same for all providers.
fn rules() -> String {
    format!(
        "After {} in a row: no connection, no answer in time, 5xx, overload, or an answer that breaks off. \
         Nothing that a caller does wrong counts. It stays open for {} s, twice as long after each trial \
         that fails, up to {} min.",
        counted(FAULTS_TO_OPEN.into(), "fault", "faults"),
        count(COOLDOWN_FIRST_S.into()),
        count((COOLDOWN_MAX_S / 60).into()),
    )
}
