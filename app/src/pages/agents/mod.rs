//! Agents: the programs that name themselves in `x-tokenone-agent`, and what stops them.

mod calls;

use contract::agents::{AGENTS_SHOWN_MAX, AgentRow, AgentsView};
use contract::kills::Target;
use domain::ids::ProjectId;
use domain::kill::KillScope;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::frame::{Here, Page};
use crate::loaded::load;
use crate::pages::kill_switch::refusal;
use crate::paths;
use crate::ui::filter_bar::{Choice, Entry, Fields, FilterBar};
use crate::ui::number::{count, counted};
use crate::ui::time::{Shown, time};
use crate::ui::{
    Button, Clock, Column, Drawing, Empty, Failure, LinkButton, SkeletonTable, State, Table, badge,
};

/// A project's id, in the address.
const PROJECT: &str = "project";
/// A part of a name, in the address.
const SEARCH: &str = "q";

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Query {
    project: Option<ProjectId>,
    search: String,
}

impl Query {
    fn read(get: &Fields<'_>) -> Self {
        let text = |name: &str| get(name).unwrap_or_default().trim().to_owned();
        Self { project: text(PROJECT).parse().ok(), search: text(SEARCH) }
    }

    fn url(&self) -> String {
        let project = self.project.map(|id| format!("{PROJECT}={id}"));
        let search =
            (!self.search.is_empty()).then(|| format!("{SEARCH}={}", paths::encode(&self.search)));
        let parts: Vec<String> = project.into_iter().chain(search).collect();
        if parts.is_empty() {
            paths::AGENTS.into()
        } else {
            format!("{}?{}", paths::AGENTS, parts.join("&"))
        }
    }
}

/// The page.
#[component]
pub fn AgentsPage() -> impl IntoView {
    let map = use_query_map();
    let query = Memo::new(move |_| map.with(|map| Query::read(&|name| map.get(name))));
    let agents = load(move || query.get(), |query: Query| calls::list(query.project, query.search));
    let title = RwSignal::new("Agents".to_owned());
    view! {
        <Page
            heading="Agents"
            title=title
            lead="A program that sends its name in the header x-tokenone-agent is known here after its first call, and can be stopped by itself."
        >
            {move || view! { <Filters query=query.get()/> }}
            <Transition fallback=|| view! { <SkeletonTable/> }>
                {move || Suspend::new(async move {
                    match agents.await {
                        Ok(found) => {
                            title.set(counted(found.rows.len() as u64, "agent", "agents"));
                            view! { <List found query=query.get_untracked()/> }.into_any()
                        }
                        Err(fault) => {
                            view! { <Failure fault=fault.0 retry=move |()| agents.refetch()/> }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </Page>
    }
}

#[component]
fn Filters(query: Query) -> impl IntoView {
    let projects = Here::get().map(|here| here.with(|view| view.projects.clone()));
    let projects: Vec<_> = projects
        .unwrap_or_default()
        .into_iter()
        .map(|project| (project.id.to_string(), project.name))
        .collect();
    view! {
        <FilterBar action=paths::AGENTS url=|get| Query::read(get).url()>
            <Choice
                name=PROJECT
                label="Project"
                any="All projects"
                options=projects
                chosen=query.project.map(|id| id.to_string())
            />
            <Entry name=SEARCH label="Name" inputmode="text" placeholder="billing-bot" value=query.search/>
            <Button submit=true>"Apply"</Button>
        </FilterBar>
    }
}

#[component]
fn List(found: AgentsView, query: Query) -> impl IntoView {
    if found.rows.is_empty() {
        return if query == Query::default() {
            view! { <FirstUse/> }.into_any()
        } else {
            view! {
                <Empty title="No agent matches" sentence="There may be others outside of what is chosen above.">
                    <LinkButton href=paths::AGENTS>"Clear filters"</LinkButton>
                </Empty>
            }
            .into_any()
        };
    }
    let clock = Clock::here();
    let may = refusal().is_none();
    let more = found.more;
    let rows = found.rows.into_iter().map(|row| agent(row, clock, may)).collect_view();
    view! {
        <Table
            caption="Agents, the latest seen first"
            columns=vec![
                Column::new("Name"),
                Column::new("Project"),
                Column::new("State"),
                Column::number("Calls"),
                Column::new("First seen").minor(),
                Column::new("Last seen").sorted("descending"),
                Column::new("Acts").unseen(),
            ]
        >
            {rows}
        </Table>
        {more
            .then(|| {
                view! {
                    <p class="dim">
                        {format!("The latest {AGENTS_SHOWN_MAX} are shown; the filter finds others.")}
                    </p>
                }
            })}
    }
    .into_any()
}

fn agent(row: AgentRow, clock: Clock, may: bool) -> impl IntoView {
    let calls_href = paths::agent_activity(row.project_id, &row.name);
    let target = Target { scope: KillScope::Agent, id: format!("{}:{}", row.project_id, row.name) };
    let (stop_href, stop_name) = (paths::kill_target(&target), format!("Stop {}", row.name));
    let stoppable = may && row.stopped != Some(KillScope::Agent);
    view! {
        <tr data-off=row.stopped.is_some().then_some("")>
            <th scope="row" data-label="Name">
                <a class="row-link mono" href=calls_href title="Calls of this agent">{row.name}</a>
            </th>
            <td data-label="Project">{row.project}</td>
            <td data-label="State">
                {match row.stopped {
                    Some(scope) => {
                        let title = format!("Stopped by the kill switch: {}", scope.label());
                        view! {
                            <a class="cell-filter" href=paths::KILL_SWITCH title=title>
                                {badge(State::Bad, "Stopped")}
                            </a>
                        }
                        .into_any()
                    }
                    None => badge(State::Good, "Active").into_any(),
                }}
            </td>
            <td class="end num" data-label="Calls">{count(row.calls)}</td>
            <td data-label="First seen" class="minor nowrap">{time(clock, row.first_seen_at, Shown::Day)}</td>
            <td data-label="Last seen" class="nowrap">{time(clock, row.last_seen_at, Shown::Relative)}</td>
            <td class="end acts" data-label="">
                {stoppable
                    .then(|| {
                        view! {
                            <a class="btn btn-quiet btn-small" href=stop_href aria-label=stop_name>"Stop"</a>
                        }
                    })}
            </td>
        </tr>
    }
}

/// Nobody has named an agent yet: how to.
#[component]
fn FirstUse() -> impl IntoView {
    view! {
        <Empty
            drawing=Drawing::Circuit
            title="No agent yet"
            sentence="Let a program send the header x-tokenone-agent with its name, such as billing-bot. It then can be told apart from others with the same key, and stopped alone."
        >
            <LinkButton href=paths::SET_UP>"Set up a client"</LinkButton>
        </Empty>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_survives_the_address() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let full = Query { project: id.parse().ok(), search: "a/b".into() };
        assert_eq!(full.url(), format!("/agents?project={id}&q=a%2Fb"));
        assert_eq!(Query::default().url(), "/agents");
        let read = Query::read(&|name| match name {
            PROJECT => Some(id.into()),
            SEARCH => Some(" a/b ".into()),
            _ => None,
        });
        assert_eq!(read, full);
    }
}
