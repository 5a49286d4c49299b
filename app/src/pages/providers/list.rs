//! The list of providers.

use contract::providers::ProviderRow;
use domain::provider::Auth;
use leptos::prelude::*;

use super::may;
use crate::paths;
use crate::ui::time::{Shown, time};
use crate::ui::{Clock, Column, Drawing, Empty, LinkButton, State, Table, Tone, badge};

/// The providers, or how to begin.
#[component]
pub fn ProviderList(rows: Vec<ProviderRow>) -> impl IntoView {
    if rows.is_empty() {
        return view! { <NoProviders/> }.into_any();
    }
    let clock = Clock::here();
    let may = may();
    let rows = rows.into_iter().map(|row| provider_row(row, clock, may)).collect_view();
    view! {
        <Table
            caption="Providers, by name"
            columns=vec![
                Column::new("Name").sorted("ascending"),
                Column::new("Kind"),
                Column::new("Region"),
                Column::new("Serves").minor(),
                Column::new("Key"),
                Column::new("State"),
                Column::new("Used by").minor(),
                Column::new("Acts").unseen(),
            ]
        >
            {rows}
        </Table>
    }
    .into_any()
}

fn provider_row(row: ProviderRow, clock: Clock, may: bool) -> impl IntoView {
    let serves: Vec<_> = row.surfaces.iter().map(|surface| surface.label()).collect();
    let (edit, test) = (paths::provider_edit(&row.slug), paths::provider_test(&row.slug));
    let (edit_name, test_name) = (format!("Edit {}", row.name), format!("Test {}", row.name));
    let key = key(&row, clock);
    view! {
        <tr data-off=(!row.active).then_some("")>
            <th scope="row" data-label="Name">
                {row.name} " " <span class="mono dim">{row.slug}</span>
            </th>
            <td data-label="Kind">{row.kind.label()}</td>
            <td data-label="Region">
                {match row.region {
                    Some(region) => view! { <span class="mono">{region}</span> }.into_any(),
                    None => view! { <span class="dim">"Not said"</span> }.into_any(),
                }}
            </td>
            <td data-label="Serves" class="minor">{serves.join(", ")}</td>
            <td data-label="Key" class="nowrap">{key}</td>
            <td data-label="State">
                {if row.active {
                    badge(State::Good, "On").into_any()
                } else {
                    badge(State::Neutral, "Off").into_any()
                }}
            </td>
            <td data-label="Used by" class="minor">{used_by(row.aliases)}</td>
            <td class="end acts" data-label="">
                {may.then(|| {
                    view! {
                        <a
                            class="btn btn-quiet btn-small"
                            href=test
                            aria-label=test_name
                            data-noscroll="true"
                        >
                            "Test"
                        </a>
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

/// The key by its fingerprint and its age; what is missing is said.
fn key(row: &ProviderRow, clock: Clock) -> AnyView {
    match (&row.credential, row.auth) {
        (Some(known), _) => {
            let fingerprint = known.fingerprint.clone();
            view! {
                <span class="mono" title="The beginning of a keyed digest, to tell keys apart">
                    {fingerprint}
                </span>
                " "
                <span class="dim">{time(clock, known.set_at, Shown::Relative)}</span>
            }
            .into_any()
        }
        (None, Auth::Nothing) => view! { <span class="dim">"Needs none"</span> }.into_any(),
        (None, _) => badge(State::Attention, "No key").into_any(),
    }
}

/// The aliases that lead to a provider, as links to them.
fn used_by(aliases: Vec<String>) -> AnyView {
    if aliases.is_empty() {
        return view! { <span class="dim">"Nothing"</span> }.into_any();
    }
    aliases
        .into_iter()
        .enumerate()
        .map(|(index, name)| {
            let href = paths::alias_edit(&name);
            view! {
                {(index > 0).then_some(", ")}
                <a class="row-link" href=href data-noscroll="true">{name}</a>
            }
        })
        .collect_view()
        .into_any()
}

/// The first provider, in three steps.
#[component]
fn NoProviders() -> impl IntoView {
    view! {
        <Empty
            drawing=Drawing::Circuit
            title="No provider yet"
            sentence="A provider is a service that answers calls: OpenAI, Anthropic, a server of your own. Until there is one, no call can be sent."
        >
            {may()
                .then(|| {
                    view! {
                        <LinkButton href=paths::provider_new() tone=Tone::Primary>
                            "Add the first provider"
                        </LinkButton>
                    }
                })}
        </Empty>
        <section class="panel guide">
            <h2>"How calls find their way"</h2>
            <ol class="steps">
                <li>"Add a provider, and give it its key."</li>
                <li>"Test it with one tiny call."</li>
                <li>"Make an alias that leads to its models. Programs ask for the alias."</li>
            </ol>
        </section>
    }
}
