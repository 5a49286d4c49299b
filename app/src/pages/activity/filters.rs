//! The feed's filter: the form, and chips for what is in force.

use contract::activity::WINDOW_DAYS_MAX;
use domain::ids::ProjectId;
use domain::outcome::Outcome;
use leptos::prelude::*;

use super::calls::Listing;
use super::query::{Part, Query, dollars_text, field};
use crate::frame::Here;
use crate::paths;
use crate::ui::button::{Button, Tone};
use crate::ui::filter_bar::{Chip, Chips, Choice, Entry, Fields, FilterBar};
use crate::ui::time_range::{TimeRange, is_custom};

/// The form and the chips.
#[component]
pub fn Filters(query: Query, listing: Listing) -> impl IntoView {
    let names = projects();
    let projects = names.iter().map(|(id, name)| (id.to_string(), name.clone()));
    let keys = listing.page.facets.keys.iter().map(|(id, name)| (id.to_string(), name.clone()));
    let same = |words: &[String]| words.iter().map(|w| (w.clone(), w.clone())).collect::<Vec<_>>();
    let outcomes = Outcome::ALL.iter().map(|o| (o.as_str().to_owned(), o.label().to_owned()));
    let (projects, keys, outcomes) = (projects.collect(), keys.collect(), outcomes.collect());
    let (models, providers) =
        (same(&listing.page.facets.models), same(&listing.page.facets.providers));
    let rare = [Part::Agent, Part::Code, Part::Charge, Part::Latency];
    let more = query.parts().iter().any(|part| rare.contains(part));
    let chips =
        query.parts().into_iter().map(|part| chip(part, &query, &listing, &names)).collect();
    let clear = query.cleared().url();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    view! {
        <FilterBar action=paths::ACTIVITY url=url waits=is_custom>
            <TimeRange range=query.range days_max=WINDOW_DAYS_MAX />
            <Choice
                name=field::PROJECT
                label="Project"
                any="All projects"
                options=projects
                chosen=query.project.map(|id| id.to_string())
            />
            <Choice
                name=field::KEY
                label="Key"
                any="All keys"
                options=keys
                chosen=query.key.map(|id| id.to_string())
            />
            <Choice name=field::MODEL label="Model" any="All models" options=models chosen=query.model.clone() />
            <Choice
                name=field::PROVIDER
                label="Provider"
                any="All providers"
                options=providers
                chosen=query.provider.clone()
            />
            <Choice
                name=field::OUTCOME
                label="Outcome"
                any="Any outcome"
                options=outcomes
                chosen=query.outcome.map(|outcome| outcome.as_str().to_owned())
            />
            <details class="filter-more" open=more>
                <summary>"More"</summary>
                <div class="filter-more-fields">
                    <Entry
                        name=field::AGENT
                        label="Agent"
                        inputmode="text"
                        placeholder="billing-bot"
                        value=text(&query.agent)
                    />
                    <Entry
                        name=field::CODE
                        label="Code"
                        inputmode="text"
                        placeholder="model_not_found"
                        value=text(&query.code)
                    />
                    <Entry
                        name=field::CHARGE
                        label="Debit at least ($)"
                        inputmode="decimal"
                        placeholder="0.05"
                        value=query.charge.map(dollars_text).unwrap_or_default()
                    />
                    <Entry
                        name=field::LATENCY
                        label="Latency at least (ms)"
                        inputmode="numeric"
                        placeholder="2000"
                        value=query.latency_ms.map(|ms| ms.to_string()).unwrap_or_default()
                    />
                </div>
            </details>
            <Button submit=true tone=Tone::Plain>
                "Apply"
            </Button>
        </FilterBar>
        <Chips chips=chips clear=clear />
    }
}

/// The address of the feed for the fields of the form.
fn url(get: &Fields<'_>) -> String {
    Query::read(get).0.url()
}

fn chip(part: Part, query: &Query, listing: &Listing, projects: &[(ProjectId, String)]) -> Chip {
    let (what, value) = match part {
        Part::Project => ("Project", named(projects, query.project)),
        Part::Key => ("Key", named(&listing.page.facets.keys, query.key)),
        Part::Agent => ("Agent", query.agent.clone()),
        Part::Model => ("Model", query.model.clone()),
        Part::Provider => ("Provider", query.provider.clone()),
        Part::Outcome => ("Outcome", query.outcome.map(|outcome| outcome.label().to_owned())),
        Part::Code => ("Code", query.code.clone()),
        Part::Charge => ("Debit", query.charge.map(|sum| format!("at least {sum}"))),
        Part::Latency => ("Latency", query.latency_ms.map(|ms| format!("at least {ms} ms"))),
    };
    Chip { what, value: value.unwrap_or_default(), without: query.without(part).url() }
}

/// The projects in reach, by name.
fn projects() -> Vec<(ProjectId, String)> {
    Here::get().map_or_else(Vec::new, |here| {
        here.with(|frame| frame.projects.iter().map(|p| (p.id, p.name.clone())).collect())
    })
}

/// The name of what is chosen; its id where it has no name within reach.
fn named<Id: PartialEq + Copy + ToString>(
    names: &[(Id, String)],
    id: Option<Id>,
) -> Option<String> {
    let id = id?;
    let name = names.iter().find(|(named, _)| *named == id).map(|(_, name)| name.clone());
    Some(name.unwrap_or_else(|| id.to_string()))
}
