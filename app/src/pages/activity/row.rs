//! One call as a row of the feed. Plain cells: a page has fifty rows of nine.

use contract::activity::CallRow;
use domain::outcome::{Outcome, UsageSource};
use leptos::prelude::*;

use super::query::Query;
use crate::pages::guard::verdict;
use crate::paths;
use crate::ui::number::{count, duration_text};
use crate::ui::time::{Shown, time};
use crate::ui::{Clock, Column, State, badge, money};

/// What finds the links that lead to the calls, in order.
pub const LINKS: &str = "a[data-row-link]";

/// The heads of the cells below, in order.
#[must_use]
pub fn columns() -> Vec<Column> {
    vec![
        Column::new("Time").sorted("descending"),
        Column::new("Project").minor(),
        Column::new("Key").minor(),
        Column::new("Model"),
        Column::new("Provider").minor(),
        Column::new("Outcome"),
        Column::number("Tokens in / out").minor(),
        Column::number("Debit"),
        Column::number("First byte / total"),
    ]
}

/// The row. Its first cell leads to the call, the others narrow the feed to what they say.
#[must_use]
pub fn row(clock: Clock, query: &Query, call: CallRow) -> impl IntoView + use<> {
    let only = |text: String, narrowed: Query, what: &str| {
        let title = format!("Only calls with the {what} {text}");
        view! { <a class="cell-filter" href=narrowed.url() title=title>{text}</a> }
    };
    let project =
        only(call.project.clone(), query.with(|q| q.project = Some(call.project_id)), "project");
    let key = only(call.key.clone(), query.with(|q| q.key = Some(call.key_id)), "key");
    let model = call
        .model
        .clone()
        .map(|asked| only(asked.clone(), query.with(|q| q.model = Some(asked)), "model"));
    let served = call.model_served.clone().filter(|served| call.model.as_ref() != Some(served));
    let provider = call
        .provider
        .clone()
        .map(|name| only(name.clone(), query.with(|q| q.provider = Some(name)), "provider"));
    let code = call
        .code
        .clone()
        .map(|code| only(code.clone(), query.with(|q| q.code = Some(code)), "code"));
    let simulated = (call.simulated && call.provider.is_some()).then(|| {
        view! { <span class="dim" title="Answered by the built-in simulator">" sim"</span> }
    });
    let outcome_url = query.with(|q| q.outcome = Some(call.outcome)).url();
    let href = paths::call(call.id);
    let row_href = href.clone();
    view! {
        <tr data-href=row_href>
            <td class="nowrap">
                <a class="row-link" href=href data-row-link="">
                    {time(clock, call.started_at, Shown::Second)}
                </a>
            </td>
            <td class="minor nowrap md:max-w-0 md:w-1/12 md:truncate" data-label="Project">{project}</td>
            <td class="minor nowrap md:max-w-0 md:w-1/12 md:truncate" data-label="Key">{key}</td>
            <td class="md:max-w-0 md:w-1/5 md:truncate" data-label="Model">
                <span>
                {model.map_or_else(|| view! { <span class="dim">"not named"</span> }.into_any(), IntoAny::into_any)}
                {served
                    .map(|served| {
                        let title = format!("The provider served {served}");
                        view! { <span class="dim" title=title>" → "{served}</span> }
                    })}
                {call.guard.map(|found| view! { " " {verdict(found)} })}
                </span>
            </td>
            <td class="minor nowrap" data-label="Provider">{provider}{simulated}</td>
            <td class="md:max-w-0 md:w-1/5 md:truncate" data-label="Outcome">
                <span>
                    <a class="cell-filter" href=outcome_url>{outcome(call.outcome)}</a>
                    <span class="num dim">{format!(" {} ", call.status)}</span>
                    {code}
                </span>
            </td>
            <td class="end num minor nowrap" data-label="Tokens in / out">{tokens(&call)}</td>
            <td class="end nowrap" data-label="Debit">{money(call.charge)}</td>
            <td class="end num nowrap" data-label="First byte / total">{latency(&call)}</td>
        </tr>
    }
}

/// How a call ended, as a badge.
#[must_use]
pub fn outcome(outcome: Outcome) -> impl IntoView {
    badge(state(outcome), outcome.label())
}

/// How serious an ending is.
#[must_use]
pub const fn state(outcome: Outcome) -> State {
    match outcome {
        Outcome::Completed => State::Good,
        Outcome::ClientClosed | Outcome::Refused | Outcome::Killed => State::Attention,
        Outcome::UpstreamError | Outcome::UpstreamFault | Outcome::TimedOut => State::Bad,
        Outcome::Expired => State::Neutral,
    }
}

/// Tokens in and out; a tilde says that they are our estimate.
fn tokens(call: &CallRow) -> impl IntoView + use<> {
    let (mark, title) = match call.usage {
        UsageSource::Estimated => ("~", Some("Estimated: the provider reported no credible count")),
        UsageSource::Reported | UsageSource::Nothing => ("", None),
    };
    let text = format!("{mark}{} / {}", count(call.input_tokens), count(call.output_tokens));
    view! { <span title=title>{text}</span> }
}

fn latency(call: &CallRow) -> impl IntoView + use<> {
    let first = call.first_byte_us.map_or_else(|| "–".to_owned(), duration_text);
    view! { <span><span class="dim">{first}" / "</span>{duration_text(call.total_us)}</span> }
}
