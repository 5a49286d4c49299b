//! The tables: what was found, what holds, and what is looked for.

use contract::guard::Span;
use leptos::prelude::*;

use super::calls::{FigureLine, FoundLine, PolicyLine, SignatureLine};
use super::verdict;
use crate::paths;
use crate::ui::time::{Shown, time};
use crate::ui::{Clock, Column, Empty, State, Table, badge, spark};

/// The latest calls with findings.
pub fn found(lines: Vec<FoundLine>, span: Span) -> AnyView {
    if lines.is_empty() {
        return view! {
            <Empty
                title="Nothing found yet"
                sentence="A call appears here when its prompt reads like an injection or holds a secret, or when its answer holds personal data."
            />
        }
        .into_any();
    }
    let clock = Clock::here();
    let rows = lines.into_iter().map(|line| found_row(line, span, clock)).collect_view();
    view! {
        <Table
            caption="Calls with findings, newest first"
            columns=vec![
                Column::new("Time").sorted("descending"),
                Column::new("Project, key").minor(),
                Column::new("Prompt"),
                Column::new("Found"),
                Column::new("Acts").unseen(),
            ]
        >
            {rows}
        </Table>
    }
    .into_any()
}

fn found_row(line: FoundLine, span: Span, clock: Clock) -> AnyView {
    let act = if line.reported {
        badge(State::Neutral, "Reported").into_any()
    } else {
        view! {
            <a class="btn btn-quiet btn-small" href=paths::guard_report(line.call, span) data-noscroll="true">
                "Report a mistake"
            </a>
        }
        .into_any()
    };
    view! {
        <tr>
            <td class="nowrap">
                <a class="row-link" href=paths::call(line.call)>{time(clock, line.at, Shown::Second)}</a>
            </td>
            <td class="minor" data-label="Project, key">{line.whose}</td>
            <td data-label="Prompt">{verdict(line.verdict)}</td>
            <td data-label="Found"><span class="wrap">{line.what}</span></td>
            <td class="end acts" data-label="">{act}</td>
        </tr>
    }
    .into_any()
}

/// What holds, for all projects and for each.
pub fn policies(lines: Vec<PolicyLine>, span: Span, may: bool) -> AnyView {
    let clock = Clock::here();
    let rows = lines
        .into_iter()
        .map(|line| {
            let (href, name) =
                (paths::guard_policy(&line.key, span), format!("Change {}", line.name));
            view! {
                <tr>
                    <th scope="row" data-label="For">{line.name}</th>
                    <td data-label="What holds">{line.holds}</td>
                    <td data-label="Whose">
                        <span>
                            {line.from} " " {line.at.map(|at| time(clock, at, Shown::Relative))}
                        </span>
                    </td>
                    <td class="end acts" data-label="">
                        {may
                            .then(|| {
                                view! {
                                    <a
                                        class="btn btn-quiet btn-small"
                                        href=href
                                        aria-label=name
                                        data-noscroll="true"
                                    >
                                        "Change"
                                    </a>
                                }
                            })}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table
            caption="Policies: for all projects, then for each"
            columns=vec![
                Column::new("For"),
                Column::new("What holds"),
                Column::new("Whose"),
                Column::new("Acts").unseen(),
            ]
        >
            {rows}
        </Table>
    }
    .into_any()
}

/// Every signature with its hits.
pub fn signatures(lines: Vec<SignatureLine>) -> AnyView {
    let rows = lines
        .into_iter()
        .map(|line| {
            let name = format!("{} {}", line.number, line.id);
            view! {
                <tr data-off=(!line.counts).then_some("")>
                    <th scope="row" class="mono" data-label="Signature">{name}</th>
                    <td data-label="A text with it">{line.meaning}</td>
                    <td class="minor" data-label="References">{line.references}</td>
                    <td data-label="Calls">{spark(&line.parts, line.calls)}</td>
                    <td data-label="Counts">
                        {if line.counts {
                            badge(State::Good, "Counts").into_any()
                        } else {
                            badge(State::Neutral, "Off").into_any()
                        }}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table
            caption="Signatures, and the calls that carry them in this time"
            columns=vec![
                Column::new("Signature").sorted("ascending"),
                Column::new("A text with it …"),
                Column::new("References").minor(),
                Column::new("Calls"),
                Column::new("For all projects"),
            ]
        >
            {rows}
        </Table>
    }
    .into_any()
}

/// How well it was measured to see.
pub fn figures(lines: Vec<FigureLine>) -> AnyView {
    let rows = lines
        .into_iter()
        .map(|line| {
            view! {
                <tr>
                    <th scope="row" data-label="Measured">{line.meaning}</th>
                    <td class="end num" data-label="Share">{line.share}</td>
                    <td class="end num" data-label="95 % interval">{line.interval}</td>
                    <td class="end num" data-label="Texts">{line.texts}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table
            caption="How well the guard sees, measured on a labelled corpus"
            columns=vec![
                Column::new("Measured"),
                Column::number("Share"),
                Column::number("95 % interval"),
                Column::number("Texts"),
            ]
        >
            {rows}
        </Table>
    }
    .into_any()
}
