//! How the target of a call was chosen: what was weighed and why, and what came of each try.

use contract::call::{Attempt, Candidate, Decision};
use domain::provider::Strategy;
use leptos::prelude::*;

use crate::ui::number::duration_text;
use crate::ui::{Column, State, Table, badge};

/// The section; nothing for calls of which no decision is written down.
#[component]
pub fn Routing(decision: Option<Decision>) -> impl IntoView {
    decision.map(|decision| {
        let strategy = strategy(&decision.strategy);
        let attempts = (!decision.attempts.is_empty())
            .then(|| view! { <Attempts attempts=decision.attempts/> });
        view! {
            <section class="routing" aria-labelledby="routing">
                <h2 id="routing">"Routing"</h2>
                <p class="dim">"Strategy: " {strategy}</p>
                <Candidates candidates=decision.candidates/>
                {attempts}
            </section>
        }
    })
}

#[component]
fn Candidates(candidates: Vec<Candidate>) -> impl IntoView {
    if candidates.is_empty() {
        return view! { <p class="dim">"Nothing was weighed."</p> }.into_any();
    }
    let rows = candidates
        .into_iter()
        .map(|candidate| {
            let (state, word) = verdict(&candidate.verdict);
            let word = word.map_or(candidate.verdict, str::to_owned);
            view! {
                <tr>
                    <th scope="row" data-label="Provider">{candidate.provider}</th>
                    <td class="mono" data-label="Model">{candidate.model}</td>
                    <td data-label="Verdict">{badge(state, word)}</td>
                    <td class="wrap" data-label="Why">{candidate.why}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table
            caption="Targets that were weighed, in the order of the choice"
            columns=vec![
                Column::new("Provider"),
                Column::new("Model"),
                Column::new("Verdict"),
                Column::new("Why"),
            ]
        >
            {rows}
        </Table>
    }
    .into_any()
}

#[component]
fn Attempts(attempts: Vec<Attempt>) -> impl IntoView {
    let rows = attempts
        .into_iter()
        .enumerate()
        .map(|(place, attempt)| {
            view! {
                <tr>
                    <th scope="row" class="num" data-label="Try">{place + 1}</th>
                    <td data-label="Provider">{attempt.provider}</td>
                    <td class="mono minor" data-label="Model">{attempt.model}</td>
                    <td class="end num" data-label="Status">
                        {attempt.status.map_or_else(|| "–".to_owned(), |status| status.to_string())}
                    </td>
                    <td class="wrap" data-label="Outcome">{attempt.outcome}</td>
                    <td class="end num" data-label="Waited">{ms(attempt.wait_ms)}</td>
                    <td class="end num" data-label="Took">{ms(attempt.took_ms)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <h3>"Tries"</h3>
        <Table
            caption="What was tried, in order"
            columns=vec![
                Column::new("Try"),
                Column::new("Provider"),
                Column::new("Model").minor(),
                Column::number("Status"),
                Column::new("Outcome"),
                Column::number("Waited"),
                Column::number("Took"),
            ]
        >
            {rows}
        </Table>
    }
}

/// A word of the decision for people; one that this build does not know is shown as it is.
fn verdict(word: &str) -> (State, Option<&'static str>) {
    match word {
        "taken" => (State::Good, Some("Taken")),
        "skipped" => (State::Attention, Some("Skipped")),
        "not_needed" => (State::Neutral, Some("Not needed")),
        _ => (State::Neutral, None),
    }
}

fn strategy(word: &str) -> String {
    word.parse::<Strategy>().map_or_else(|_| word.to_owned(), |s| s.label().to_owned())
}

fn ms(ms: u64) -> String {
    duration_text(ms.saturating_mul(1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_decision_are_told_in_words_of_people() {
        assert_eq!(verdict("not_needed").1, Some("Not needed"));
        assert_eq!(verdict("postponed").1, None);
        assert_eq!((strategy("cheapest"), strategy("other")), ("Cheapest".into(), "other".into()));
        assert_eq!((ms(0), ms(1_500)), ("0 µs".into(), "1.50 s".into()));
    }
}
