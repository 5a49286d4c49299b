//! What one wants to know of a call at first sight, and the way to its neighbours.

use contract::activity::CallRow;
use contract::call::CallDetail;
use domain::ids::CallId;
use leptos::prelude::*;

use super::tab::CallTab;
use crate::pages::activity::row::outcome;
use crate::ui::icon::{Icon, icon};
use crate::ui::number::{count, duration_text};
use crate::ui::time::{Shown, time};
use crate::ui::{Clock, Copy, money};

/// The page's heading, and what it knows.
#[must_use]
pub fn titles(row: &CallRow) -> (String, String) {
    let model = row.model.as_deref().unwrap_or("No model named");
    let heading = match row.model_served.as_deref() {
        Some(served) if row.model.as_deref() != Some(served) => format!("{model} → {served}"),
        _ => model.to_owned(),
    };
    let title = format!("{} {}: {model}", row.outcome.label(), row.status);
    (heading, title)
}

/// The ways to the newer and the older call, in the same tab.
#[must_use]
pub fn steps(detail: &CallDetail, tab: Memo<CallTab>) -> impl IntoView + use<> {
    view! {
        {neighbour("Newer call (k)", Icon::ArrowLeft, detail.newer, tab)}
        {neighbour("Older call (j)", Icon::ArrowRight, detail.older, tab)}
    }
}

/// The facts at first sight.
#[component]
pub fn Header(detail: CallDetail) -> impl IntoView {
    let clock = Clock::here();
    let row = detail.row;
    let tokens = format!("{} in, {} out", count(row.input_tokens), count(row.output_tokens));
    view! {
        <dl class="key-facts">
            <div>
                <dt>"Outcome"</dt>
                <dd>{outcome(row.outcome)}</dd>
            </div>
            <div>
                <dt>"When"</dt>
                <dd>{time(clock, row.started_at, Shown::Second)}</dd>
            </div>
            <div>
                <dt>"Debit"</dt>
                <dd>{money(row.charge)}</dd>
            </div>
            <div>
                <dt>"Tokens"</dt>
                <dd class="num">{tokens}</dd>
            </div>
            <div>
                <dt>"Took"</dt>
                <dd class="num">{duration_text(row.total_us)}</dd>
            </div>
            <div>
                <dt>"Status"</dt>
                <dd class="num">{row.status}{row.code.map(|code| format!(" {code}"))}</dd>
            </div>
            <div>
                <dt>"Call id"</dt>
                <dd class="mono">
                    {row.id.to_string()}
                    <Copy text=Signal::stored(row.id.to_string()) what="call id" />
                </dd>
            </div>
        </dl>
    }
}

fn neighbour(
    label: &'static str,
    picture: Icon,
    id: Option<CallId>,
    tab: Memo<CallTab>,
) -> impl IntoView {
    match id {
        Some(id) => view! {
            <a
                class="btn btn-quiet btn-icon"
                href=move || tab.get().url(id)
                aria-label=label
                title=label
                data-noscroll="true"
            >
                {icon(picture)}
            </a>
        }
        .into_any(),
        None => view! {
            <span class="btn btn-quiet btn-icon btn-none" role="img" aria-label=format!("{label}: there is none")>
                {icon(picture)}
            </span>
        }
        .into_any(),
    }
}
