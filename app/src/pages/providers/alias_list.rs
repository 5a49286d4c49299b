//! The list of aliases.

use contract::aliases::{AliasRow, TargetPrice, TargetRow, TargetState};
use domain::money::NanoUsd;
use domain::provider::Strategy;
use leptos::prelude::*;

use super::may;
use crate::paths;
use crate::ui::{Column, Empty, LinkButton, State, Table, Tone, badge};

/// The aliases, or how to begin.
#[component]
pub fn AliasList(rows: Vec<AliasRow>) -> impl IntoView {
    if rows.is_empty() {
        return view! {
            <Empty
                title="No alias yet"
                sentence="Programs can ask for nothing so far: an alias is the model's name in their requests, and leads to one or more providers."
            >
                {may()
                    .then(|| {
                        view! {
                            <LinkButton href=paths::alias_new() tone=Tone::Primary>
                                "Make the first alias"
                            </LinkButton>
                        }
                    })}
            </Empty>
        }
        .into_any();
    }
    let may = may();
    let rows = rows.into_iter().map(|row| alias_row(row, may)).collect_view();
    view! {
        <Table
            caption="Aliases, by name"
            columns=vec![
                Column::new("Name").sorted("ascending"),
                Column::new("Strategy"),
                Column::new("Targets"),
                Column::new("Regions").minor(),
                Column::new("State"),
                Column::new("Acts").unseen(),
            ]
        >
            {rows}
        </Table>
    }
    .into_any()
}

fn alias_row(row: AliasRow, may: bool) -> impl IntoView {
    let weighted = row.strategy == Strategy::Weighted;
    let state = state(&row.targets);
    let edit = paths::alias_edit(&row.name);
    let edit_name = format!("Edit {}", row.name);
    let regions = if row.regions.is_empty() { "Any".to_owned() } else { row.regions.join(", ") };
    let targets = row.targets.into_iter().map(|one| target(one, weighted)).collect_view();
    view! {
        <tr>
            <th scope="row" data-label="Name" class="wrap">
                <span class="mono">{row.name}</span>
                {row.description.map(|text| view! { <span class="alias-what dim">{text}</span> })}
            </th>
            <td data-label="Strategy">{row.strategy.label()}</td>
            <td data-label="Targets"><ol class="targets">{targets}</ol></td>
            <td data-label="Regions" class="minor">{regions}</td>
            <td data-label="State">{state}</td>
            <td class="end acts" data-label="">
                {may.then(|| {
                    view! {
                        <a
                            class="btn btn-quiet btn-small"
                            href=edit
                            aria-label=edit_name
                            data-noscroll="true"
                        >
                            "Edit"
                        </a>
                    }
                })}
            </td>
        </tr>
    }
}

/// A target in one line, with what keeps calls from it.
fn target(row: TargetRow, weighted: bool) -> impl IntoView {
    let share = weighted.then(|| format!(" × {}", row.weight));
    let price = row.price.map(price_words);
    view! {
        <li title=price>
            <span>{row.provider_name}</span>
            " "
            <span class="mono">{row.model}</span>
            <span class="dim">{share}</span>
            " "
            {flaw(row.state).map(|(state, word)| badge(state, word))}
        </li>
    }
}

/// Why no call is sent to a target; `None` where one is.
pub(super) const fn flaw(state: TargetState) -> Option<(State, &'static str)> {
    match state {
        TargetState::Ready => None,
        TargetState::ProviderOff => Some((State::Neutral, "Provider off")),
        TargetState::OutOfRegion => Some((State::Attention, "Other region")),
        TargetState::Unpriced => Some((State::Attention, "Unpriced")),
    }
}

/// What an alias is worth to those who ask for it.
fn state(targets: &[TargetRow]) -> impl IntoView + use<> {
    let ready = targets.iter().filter(|target| target.state == TargetState::Ready).count();
    let (state, word) = if ready == 0 {
        (State::Bad, "No target can be called".to_owned())
    } else if ready < targets.len() {
        (State::Attention, format!("{ready} of {} ready", targets.len()))
    } else {
        (State::Good, "Ready".to_owned())
    };
    badge(state, word)
}

/// `$0.15 in, $0.60 out per million tokens`.
pub(super) fn price_words(price: TargetPrice) -> String {
    let amount = |NanoUsd(nano): NanoUsd| NanoUsd(nano).to_string();
    format!("{} in, {} out per million tokens", amount(price.input), amount(price.output))
}
