//! Stopping something, in steps that are addresses: what kind, which one, and then the reason and the
//! name, with what it would do. Every step is a link or a plain form, so that it needs no script.

use contract::kills::{ChoiceView, Preview, Target};
use domain::kill::KillScope;
use domain::limits::AGENT_NAME_BYTES_MAX;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::calls;
use super::confirm::Confirm;
use super::words;
use crate::fault::UiFault;
use crate::frame::{Crumb, Here, Page};
use crate::loaded::load;
use crate::paths;
use crate::ui::icon::{Icon, icon};
use crate::ui::{Button, Empty, Failure, Field, LinkButton, Select, SkeletonLines};

/// The names of the fields, in forms and in the address.
mod field {
    pub const SCOPE: &str = "scope";
    pub const SEARCH: &str = "q";
    pub const PROJECT: &str = "project";
    pub const AGENT: &str = "agent";
    pub const TARGET: &str = "target";
}

/// Where one is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Step {
    Kind,
    Which { scope: KillScope, search: String },
    Confirm { target: String },
}

/// What a step shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Loaded {
    Kind(Vec<KillScope>),
    Which { scope: KillScope, search: String, choices: Vec<ChoiceView> },
    Confirm(Preview),
}

impl Step {
    fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| get(name).unwrap_or_default().trim().to_owned();
        let scope = text(field::SCOPE).parse::<KillScope>().ok();
        let (project, agent) = (text(field::PROJECT), text(field::AGENT));
        match (text(field::TARGET), scope) {
            (target, _) if !target.is_empty() => Self::Confirm { target },
            (_, Some(KillScope::All)) => {
                Self::Confirm { target: KillScope::All.as_str().to_owned() }
            }
            (_, Some(scope @ KillScope::Agent)) if !agent.is_empty() => {
                let target = Target { scope, id: format!("{project}:{agent}") };
                Self::Confirm { target: target.to_string() }
            }
            (_, Some(scope)) => Self::Which { scope, search: text(field::SEARCH) },
            (_, None) => Self::Kind,
        }
    }

    async fn load(self) -> Result<Loaded, UiFault> {
        Ok(match self {
            Self::Kind => Loaded::Kind(calls::list().await?.scopes),
            Self::Which { scope, search } => {
                let choices = calls::choices(scope, search.clone()).await?;
                Loaded::Which { scope, search, choices }
            }
            Self::Confirm { target } => Loaded::Confirm(calls::preview(target).await?),
        })
    }
}

/// The page.
#[component]
pub fn StopPage() -> impl IntoView {
    let query = use_query_map();
    let step = Memo::new(move |_| query.with(|map| Step::read(|name| map.get(name))));
    let loaded = load(move || step.get(), Step::load);
    view! {
        <Page
            heading="Stop something"
            title=Signal::stored("Stop something".to_owned())
            crumbs=vec![Crumb::new("Kill switch", paths::KILL_SWITCH)]
        >
            <Transition fallback=|| view! { <SkeletonLines lines=6/> }>
                {move || Suspend::new(async move {
                    match loaded.await {
                        Ok(Loaded::Kind(scopes)) => view! { <Kind scopes/> }.into_any(),
                        Ok(Loaded::Which { scope, search, choices }) => {
                            view! { <Which scope search choices/> }.into_any()
                        }
                        Ok(Loaded::Confirm(preview)) => view! { <Confirm preview/> }.into_any(),
                        Err(fault) => {
                            view! { <Failure fault=fault.0 retry=move |()| loaded.refetch()/> }.into_any()
                        }
                    }
                })}
            </Transition>
        </Page>
    }
}

/// What kind of thing.
#[component]
fn Kind(scopes: Vec<KillScope>) -> impl IntoView {
    if scopes.is_empty() {
        let why = super::refusal().unwrap_or_default();
        return view! { <Empty title="Not for your role" sentence=why/> }.into_any();
    }
    // The narrowest first: whoever is in a hurry should stop no more than needed.
    let kinds = scopes
        .into_iter()
        .rev()
        .map(|scope| {
            let (name, effect) = words::act(scope);
            view! {
                <li>
                    <a class="choice" href=paths::kill_stop(scope)>
                        <span class="choice-name">{name}</span>
                        <span class="dim">{effect}</span>
                        {icon(Icon::ChevronRight)}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <h2>"What should be stopped?"</h2>
        <ul class="choices" aria-label="Kinds">{kinds}</ul>
    }
    .into_any()
}

/// Which one of that kind.
#[component]
fn Which(scope: KillScope, search: String, choices: Vec<ChoiceView>) -> impl IntoView {
    let full = choices.len() >= contract::kills::CHOICES_MAX;
    let searched = !search.is_empty();
    let none = choices.is_empty().then(|| nothing(scope, searched));
    let rows = choices
        .into_iter()
        .map(|choice| {
            view! {
                <li>
                    <a class="choice" href=paths::kill_target(&choice.target)>
                        <span class="choice-name" dir="auto">{choice.name}</span>
                        <span class="dim">
                            <span dir="auto">{choice.detail}</span>
                            " · "
                            {words::stops(choice.calls_minute)}
                        </span>
                        {icon(Icon::ChevronRight)}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <h2>{format!("Which {}?", words::kind(scope))}</h2>
        <form class="choice-search" role="search" aria-label="Find" method="get" action=paths::KILL_STOP>
            <input type="hidden" name=field::SCOPE value=scope.as_str()/>
            <Field id="find" name=field::SEARCH label="Name" value=search optional=true autocomplete="off"/>
            <Button submit=true>"Find"</Button>
        </form>
        {none}
        <ul class="choices" aria-label="Choices">{rows}</ul>
        {full.then(|| view! { <p class="dim">"There may be more; a part of the name finds them."</p> })}
        {(scope == KillScope::Agent).then(|| view! { <Unseen/> })}
        <p><a class="link" href=paths::KILL_STOP>"Something else"</a></p>
    }
}

fn nothing(scope: KillScope, searched: bool) -> impl IntoView {
    let sentence = match (scope, searched) {
        (_, true) => "No name holds this text.",
        (KillScope::Agent, false) => "No program has named itself in \"x-tokenone-agent\" yet.",
        (_, false) => "There is none here.",
    };
    view! {
        <Empty title="Nothing to choose" sentence=sentence>
            {searched
                .then(|| view! { <LinkButton href=paths::kill_stop(scope)>"Show all"</LinkButton> })}
        </Empty>
    }
}

/// An agent that was not seen yet can be stopped before its first call.
#[component]
fn Unseen() -> impl IntoView {
    let projects = Here::get().map(|here| here.with(|view| view.projects.clone()));
    let projects: Vec<_> = projects
        .unwrap_or_default()
        .into_iter()
        .map(|project| (project.id.to_string(), project.name))
        .collect();
    view! {
        <section class="panel unseen" aria-labelledby="unseen-title">
            <h2 id="unseen-title">"One that was not seen yet"</h2>
            <form class="form" method="get" action=paths::KILL_STOP>
                <input type="hidden" name=field::SCOPE value=KillScope::Agent.as_str()/>
                <Select id="agent-project" name=field::PROJECT label="Project" options=projects/>
                <Field
                    id="agent-name"
                    name=field::AGENT
                    label="Agent's name"
                    hint="As the program sends it: letters, digits, and . _ : @ / -"
                    autocomplete="off"
                    maxlength=AGENT_NAME_BYTES_MAX
                    mono=true
                />
                <div class="form-acts">
                    <Button submit=true>"Continue"</Button>
                </div>
            </form>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Step {
        Step::read(|name| {
            pairs.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_step_is_an_address() {
        assert_eq!(read(&[]), Step::Kind);
        assert_eq!(read(&[("scope", "nonsense")]), Step::Kind);
        assert_eq!(
            read(&[("scope", "key"), ("q", " server ")]),
            Step::Which { scope: KillScope::Key, search: "server".into() }
        );
        let confirm = |target: &str| Step::Confirm { target: target.into() };
        assert_eq!(read(&[("scope", "all")]), confirm("all"));
        assert_eq!(read(&[("target", "key:x"), ("scope", "agent")]), confirm("key:x"));
        let unseen = [("scope", "agent"), ("project", "p"), ("agent", "acme/bot:v2")];
        assert_eq!(read(&unseen), confirm("agent:p:acme/bot:v2"));
    }
}
