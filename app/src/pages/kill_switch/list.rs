//! What is stopped, and what was.

use contract::kills::{KillRow, KillState, ReleaseView};
use leptos::prelude::*;

use super::words::of_row;
use crate::frame::Here;
use crate::paths;
use crate::ui::icon::{Icon, icon};
use crate::ui::time::{Shown, time};
use crate::ui::{Clock, Column, State, Table, badge};

/// The switch's state in one line.
#[component]
pub fn Banner(in_force: Vec<KillRow>) -> impl IntoView {
    match in_force.as_slice() {
        [] => view! {
            <p class="kill-state" data-state="clear">
                {icon(Icon::Check)}
                <span><strong>"Nothing is stopped."</strong> " Calls are admitted as usual."</span>
            </p>
        }
        .into_any(),
        rows => {
            let names = rows.iter().take(3).map(of_row).collect::<Vec<_>>().join(", ");
            let more = rows.len().saturating_sub(3);
            let more = (more > 0).then(|| format!(" and {more} more"));
            let clock = Clock::here();
            let next = rows.iter().filter_map(|row| row.expires_at).min();
            let lasts = match next {
                Some(at) if rows.len() == 1 => {
                    view! { " It ends by itself " {time(clock, at, Shown::Relative)} "." }.into_any()
                }
                Some(at) => {
                    view! { " The first to end by itself does so " {time(clock, at, Shown::Relative)} "." }
                        .into_any()
                }
                None if rows.len() == 1 => " It lasts until it is released.".into_any(),
                None => " None of it ends by itself.".into_any(),
            };
            view! {
                <p class="kill-state" data-state="stopped">
                    {icon(Icon::Stop)}
                    <span><strong>"Stopped now: "</strong> {names} {more} "." {lasts}</span>
                </p>
            }
            .into_any()
        }
    }
}

/// What is stopped, the latest first.
#[component]
pub fn InForce(rows: Vec<KillRow>) -> impl IntoView {
    let clock = Clock::here();
    (!rows.is_empty()).then(|| {
        let rows = rows.into_iter().map(|row| in_force(row, clock)).collect_view();
        view! {
            <h2>"In force"</h2>
            <Table
                caption="What is stopped, the latest first"
                columns=vec![
                    Column::new("What"),
                    Column::new("Why"),
                    Column::new("By").minor(),
                    Column::new("Since"),
                    Column::new("Until"),
                    Column::new("Acts").unseen(),
                ]
            >
                {rows}
            </Table>
        }
    })
}

fn in_force(row: KillRow, clock: Clock) -> impl IntoView {
    let name = of_row(&row);
    let (watch_name, release_name) =
        (format!("Which nodes stopped {name}"), format!("Release {name}"));
    // From outside a tenant its own kills are not looked into.
    let known = row.by_platform || row.reason.is_some();
    let release = row.releasable.then(|| {
        view! {
            <a
                class="btn btn-small"
                href=paths::kill_release(row.id)
                aria-label=release_name
                data-noscroll="true"
            >
                "Release"
            </a>
        }
    });
    view! {
        <tr>
            {what(&row)}
            {why(row.reason)}
            {by(row.by_platform, row.by)}
            <td data-label="Since" class="nowrap">{time(clock, row.at, Shown::Second)}</td>
            <td data-label="Until" class="nowrap">
                {match row.expires_at {
                    Some(at) => time(clock, at, Shown::Relative).into_any(),
                    None => view! { <span class="dim">"It is released"</span> }.into_any(),
                }}
            </td>
            <td class="end acts" data-label="">
                {known
                    .then(|| {
                        view! {
                            <a
                                class="btn btn-quiet btn-small"
                                href=paths::kill_watch(row.id)
                                aria-label=watch_name
                            >
                                "Nodes"
                            </a>
                        }
                    })}
                {release}
            </td>
        </tr>
    }
}

/// What was stopped, the latest first.
#[component]
pub fn History(
    rows: Vec<KillRow>,
    /// Whether something is stopped now.
    in_use: bool,
) -> impl IntoView {
    if rows.is_empty() {
        let sentence = if in_use {
            "Nothing was released or ran out yet."
        } else {
            "The switch was never used. Try it once with an agent of a test project, so that you know it works."
        };
        return view! {
            <h2>"History"</h2>
            <p class="dim">{sentence}</p>
        }
        .into_any();
    }
    let clock = Clock::here();
    let rows = rows.into_iter().map(|row| past(row, clock)).collect_view();
    view! {
        <h2>"History"</h2>
        <Table
            caption="What was stopped, the latest first"
            columns=vec![
                Column::new("What"),
                Column::new("Why"),
                Column::new("By").minor(),
                Column::new("Since"),
                Column::new("Ended"),
                Column::new("How"),
            ]
        >
            {rows}
        </Table>
    }
    .into_any()
}

fn past(row: KillRow, clock: Clock) -> impl IntoView {
    let ended = row.release.as_ref().map(|release| release.at).or(row.expires_at);
    view! {
        <tr data-off="">
            {what(&row)}
            {why(row.reason)}
            {by(row.by_platform, row.by)}
            <td data-label="Since" class="nowrap">{time(clock, row.at, Shown::Second)}</td>
            <td data-label="Ended" class="nowrap">
                {ended.map(|at| time(clock, at, Shown::Second))}
            </td>
            <td data-label="How">{how(row.state, row.release)}</td>
        </tr>
    }
}

fn how(state: KillState, release: Option<ReleaseView>) -> AnyView {
    let Some(release) = release.filter(|_| state == KillState::Released) else {
        return view! { "Its time was over" }.into_any();
    };
    let by = release.by.map(|by| format!(" by {by}"));
    view! {
        <span dir="auto">"Released" {by} {release.reason.map(|reason| format!(": {reason}"))}</span>
    }
    .into_any()
}

fn what(row: &KillRow) -> impl IntoView + use<> {
    let state = match row.state {
        KillState::InForce => State::Bad,
        KillState::Expired | KillState::Released => State::Neutral,
    };
    let scope = row.scope.label();
    let name = row.target.clone().unwrap_or_else(|| "not shown from outside the tenant".into());
    let named = !row.scope.is_of_platform() || row.scope == domain::kill::KillScope::Provider;
    let tenant = row.tenant.as_ref().map(|tenant| tenant.name.clone());
    let seat = Here::get().and_then(|here| here.with(|view| view.tenant.clone()));
    let elsewhere = row.tenant != seat;
    let tenant = tenant.filter(|tenant| elsewhere && *tenant != name);
    view! {
        <th scope="row" data-label="What">
            {badge(state, scope)} " "
            {named.then(|| view! { <span dir="auto">{name}</span> })}
            {tenant.map(|tenant| view! { <span class="dim">" of " {tenant}</span> })}
        </th>
    }
}

fn why(reason: Option<String>) -> impl IntoView {
    view! {
        <td data-label="Why" class="wrap">
            {match reason {
                Some(reason) => view! { <span dir="auto">{reason}</span> }.into_any(),
                None => view! { <span class="dim">"Not told"</span> }.into_any(),
            }}
        </td>
    }
}

fn by(by_platform: bool, by: Option<String>) -> impl IntoView {
    let operator = by_platform.then_some("The operator");
    view! {
        <td data-label="By" class="minor">
            {match (by, operator) {
                (Some(by), None) => view! { <span>{by}</span> }.into_any(),
                (Some(by), Some(operator)) => {
                    view! { <span>{operator} <span class="dim">", " {by}</span></span> }.into_any()
                }
                (None, operator) => view! { <span>{operator.unwrap_or("Not told")}</span> }.into_any(),
            }}
        </td>
    }
}
