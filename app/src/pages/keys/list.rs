//! The list of keys.

use contract::keys::{KeyRow, KeyState};
use contract::kills::Target;
use domain::kill::KillScope;
use leptos::prelude::*;

use crate::pages::kill_switch::refusal;
use crate::paths;
use crate::ui::time::{Shown, time};
use crate::ui::{Clock, Column, Copy, Drawing, Empty, LinkButton, State, Table, Tone, badge};

/// The keys, or how to begin.
#[component]
pub fn KeyList(rows: Vec<KeyRow>, may: bool) -> impl IntoView {
    if rows.is_empty() {
        return view! { <NoKeys may/> }.into_any();
    }
    let clock = Clock::here();
    let rows = rows.into_iter().map(|row| key_row(row, clock, may)).collect_view();
    view! {
        <Table
            caption="API keys, newest first"
            columns=vec![
                Column::new("Name"),
                Column::new("Key").minor(),
                Column::new("Project"),
                Column::new("State"),
                Column::new("Last used"),
                Column::new("Expires").minor(),
                Column::new("Created").minor(),
                Column::new("Acts").unseen(),
            ]
        >
            {rows}
        </Table>
    }
    .into_any()
}

fn key_row(row: KeyRow, clock: Clock, may: bool) -> impl IntoView {
    let usable = row.state == KeyState::Active;
    let revoke_href = paths::key_revoke(row.id);
    let stoppable = usable && refusal().is_none() && row.stopped != Some(KillScope::Key);
    let target = Target { scope: KillScope::Key, id: row.id.to_string() };
    let (stop_href, stop_name) = (paths::kill_target(&target), format!("Stop {}", row.name));
    let revoke_name = format!("Revoke {}", row.name);
    view! {
        <tr data-off=(!usable).then_some("")>
            <th scope="row" data-label="Name">
                <a class="row-link" href=paths::key_activity(row.id) title="Calls made with this key">
                    {row.name}
                </a>
            </th>
            <td class="mono minor nowrap" data-label="Key">{row.shown}</td>
            <td data-label="Project">{row.project}</td>
            <td data-label="State">{state(row.state)} {usable.then(|| stopped(row.stopped))}</td>
            <td data-label="Last used" class="nowrap">
                {match row.last_used_at {
                    Some(at) => time(clock, at, Shown::Relative).into_any(),
                    None => view! { <span class="dim">"Never"</span> }.into_any(),
                }}
            </td>
            <td data-label="Expires" class="minor nowrap">
                {match row.expires_at {
                    Some(at) => time(clock, at, Shown::Relative).into_any(),
                    None => view! { <span class="dim">"Never"</span> }.into_any(),
                }}
            </td>
            <td data-label="Created" class="minor nowrap">
                {time(clock, row.created_at, Shown::Day)} <span class="dim">" by " {row.created_by}</span>
            </td>
            <td class="end acts" data-label="">
                {stoppable
                    .then(|| {
                        view! {
                            <a class="btn btn-quiet btn-small" href=stop_href aria-label=stop_name>"Stop"</a>
                        }
                    })}
                {(usable && may)
                    .then(|| {
                        view! {
                            <a
                                class="btn btn-quiet btn-small"
                                href=revoke_href
                                aria-label=revoke_name
                                data-noscroll="true"
                            >
                                "Revoke"
                            </a>
                        }
                    })}
            </td>
        </tr>
    }
}

/// That the kill switch stops it, and by what.
fn stopped(by: Option<KillScope>) -> impl IntoView {
    by.map(|scope| {
        let title = format!("Stopped by the kill switch: {}", scope.label());
        view! { <a class="cell-filter" href=paths::KILL_SWITCH title=title>{badge(State::Bad, "Stopped")}</a> }
    })
}

fn state(state: KeyState) -> impl IntoView {
    match state {
        KeyState::Active => badge(State::Good, "Active"),
        KeyState::Expired => badge(State::Attention, "Expired"),
        KeyState::Revoked => badge(State::Neutral, "Revoked"),
    }
}

/// The first key, in three steps.
#[component]
fn NoKeys(may: bool) -> impl IntoView {
    let sentence = if may {
        "Make a key, give it to a program, and watch its first call arrive under Activity."
    } else {
        "Nobody has made a key in your projects yet. A tenant admin can."
    };
    view! {
        <Empty drawing=Drawing::Key title="No key yet" sentence=sentence>
            {may
                .then(|| {
                    view! {
                        <LinkButton href=paths::key_new() tone=Tone::Primary>"Make the first key"</LinkButton>
                    }
                })}
        </Empty>
        <section class="panel guide">
            <h2>"How a program uses it"</h2>
            <ol class="steps">
                <li>"Make a key for a project. Its secret is shown once."</li>
                <li>
                    "Give it to the program as " <code>"OPENAI_API_KEY"</code>
                    ", and set " <code>"OPENAI_BASE_URL"</code> " to this address followed by "
                    <code>"/v1"</code> "."
                </li>
                <li>"Every call appears under Activity, with its cost and what was decided."</li>
            </ol>
            <Copy text=Signal::stored("OPENAI_BASE_URL".to_owned()) what="the variable's name" wordy=true/>
        </section>
    }
}
