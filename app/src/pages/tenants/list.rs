//! The list of tenants.

use contract::tenants::TenantRow;
use leptos::prelude::*;

use crate::frame::Here;
use crate::paths;
use crate::ui::number::count;
use crate::ui::time::{Shown, time};
use crate::ui::{Clock, Column, Empty, LinkButton, State, Table, Tone, badge};

/// The tenants, or how to begin.
#[component]
pub fn TenantList(rows: Vec<TenantRow>) -> impl IntoView {
    if rows.is_empty() {
        return view! {
            <Empty
                title="No tenant yet"
                sentence="A tenant is a customer with its own projects, people, keys and ledger. Nothing crosses from one to another."
            >
                <LinkButton href=paths::tenant_new() tone=Tone::Primary>"Make the first tenant"</LinkButton>
            </Empty>
        }
        .into_any();
    }
    let clock = Clock::here();
    let seat = Here::get().and_then(|here| here.with(|view| view.tenant.as_ref().map(|t| t.id)));
    let rows = rows
        .into_iter()
        .map(|row| {
            let seated = seat == Some(row.id);
            tenant_row(row, seated, clock)
        })
        .collect_view();
    view! {
        <Table
            caption="Tenants, by name"
            columns=vec![
                Column::new("Name").sorted("ascending"),
                Column::new("Short name").minor(),
                Column::number("Projects"),
                Column::number("People"),
                Column::number("Active keys"),
                Column::new("Last call"),
                Column::new("Since").minor(),
                Column::new("Acts").unseen(),
            ]
        >
            {rows}
        </Table>
    }
    .into_any()
}

fn tenant_row(row: TenantRow, seated: bool, clock: Clock) -> impl IntoView {
    let enter_name = format!("Enter {}", row.name);
    view! {
        <tr>
            <th scope="row" data-label="Name">
                {row.name} " " {seated.then(|| badge(State::Info, "You are here"))}
            </th>
            <td class="mono minor dim" data-label="Short name">{row.slug}</td>
            <td class="end num" data-label="Projects">{count(row.projects.into())}</td>
            <td class="end num" data-label="People">{count(row.people.into())}</td>
            <td class="end num" data-label="Active keys">{count(row.keys.into())}</td>
            <td data-label="Last call" class="nowrap">
                {match row.last_call_at {
                    Some(at) => time(clock, at, Shown::Relative).into_any(),
                    None => view! { <span class="dim">"Never"</span> }.into_any(),
                }}
            </td>
            <td data-label="Since" class="minor nowrap">{time(clock, row.created_at, Shown::Day)}</td>
            <td class="end acts" data-label="">
                <a
                    class="btn btn-small"
                    href=paths::tenant_enter(row.id)
                    aria-label=enter_name
                    data-noscroll="true"
                >
                    "Enter"
                </a>
            </td>
        </tr>
    }
}
