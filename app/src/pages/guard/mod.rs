//! The guard: what it found, what is wanted of it, trying it out, and saying that it was wrong.
//!
//! What is open over the page stands in the address: `?policy=<project>` is a policy's form,
//! `?report=<call>` the one for a mistake; `?span=7d` is the time range.

pub mod calls;
mod playground;
mod policy;
#[cfg(feature = "ssr")]
mod ready;
mod report;
mod tables;

use contract::guard::Span;
use domain::guard::Verdict;
use domain::role::Permission;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use leptos_router::params::ParamsMap;

use crate::frame::{Here, Page};
use crate::loaded::load;
use crate::paths;
use crate::post::Post;
use crate::ui::{Failure, SkeletonTable, State, Tab, Tabs, badge};

use calls::{DropPolicy, Report, SetPolicy, TryOut};

/// What can be done here.
#[derive(Clone, Copy)]
struct Acts {
    set: Post,
    drop: Post,
    report: Post,
    try_out: Post,
}

/// The page that a form lies over.
#[derive(Clone, Copy)]
struct Over {
    /// Its time range.
    span: Span,
    /// Leads back to it.
    back: Callback<()>,
}

/// The page.
#[component]
pub fn GuardPage() -> impl IntoView {
    let acts = Acts {
        set: Post::to::<SetPolicy>(),
        drop: Post::to::<DropPolicy>(),
        report: Post::to::<Report>(),
        try_out: Post::to::<TryOut>(),
    };
    acts.set.tell("The policy is changed, on every node within a second.");
    acts.drop.tell("The policy is taken away. What is above it holds again.");
    acts.report.tell("Reported. Thank you: it is kept with the call.");
    let query = use_query_map();
    Effect::new(move |before: Option<()>| {
        query.track();
        if before.is_some() {
            [acts.set, acts.drop, acts.report].into_iter().for_each(Post::forget_refusal);
        }
    });
    // What was done leads to the page without a form, which loads anew.
    let found = load(
        move || query.get(),
        |query: ParamsMap| {
            let word = |name| query.get(name).unwrap_or_default();
            calls::view(word("span"), word("policy"))
        },
    );
    let title = RwSignal::new("Guard".to_owned());
    let navigate = use_navigate();
    let back = Callback::new(move |()| {
        let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
        let span = query.with_untracked(|query| Span::read(query.get_str("span")));
        navigate(&paths::guard(span), options);
    });
    view! {
        <Page
            heading="Guard"
            title=title
            lead="Reads prompts for injections and secrets before they leave, and answers for personal data before they return. Findings are kinds and places, never the words."
        >
            <Transition fallback=|| view! { <SkeletonTable/> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(page) => {
                            title.set(page.title.clone());
                            shown(page, acts, &query.get_untracked(), back)
                        }
                        Err(fault) => {
                            view! { <Failure fault=fault.0 retry=move |()| found.refetch()/> }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </Page>
    }
}

/// How bad a prompt is, as a badge.
#[must_use]
pub fn verdict(verdict: Verdict) -> AnyView {
    let state = match verdict {
        Verdict::Clean => State::Neutral,
        Verdict::Suspicious => State::Info,
        Verdict::Ambiguous => State::Attention,
        Verdict::Blocked => State::Bad,
    };
    badge(state, verdict.label()).into_any()
}

fn shown(page: calls::GuardPage, acts: Acts, query: &ParamsMap, back: Callback<()>) -> AnyView {
    let span = Span::read(query.get_str("span"));
    let spans = Span::ALL
        .map(|one| Tab {
            href: paths::guard(one),
            label: one.label().to_owned(),
            current: one == span,
        })
        .to_vec();
    let reported = query.get("report");
    let totals = page
        .totals
        .into_iter()
        .map(|(name, number)| view! { <div><dt>{name}</dt><dd class="num">{number}</dd></div> })
        .collect_view();
    let projects: Vec<_> =
        page.policies.iter().map(|line| (line.key.clone(), line.name.clone())).collect();
    let over = Over { span, back };
    let opened = page.opened.map(|opened| policy::form(opened, &page.signatures, acts, over));
    view! {
        {opened}
        {reported.map(|call| report::form(call, acts.report, over))}
        <Tabs label="Time range" tabs=Signal::stored(spans)/>
        <dl class="key-facts">{totals}</dl>
        <h2>"Latest findings"</h2>
        {tables::found(page.found, span)}
        <h2>"Policies"</h2>
        {tables::policies(page.policies, span, may())}
        <h2>"Signatures"</h2>
        {tables::signatures(page.signatures)}
        <h2>"Try it out"</h2>
        {playground::playground(projects, acts.try_out)}
        <h2>"How well it sees"</h2>
        <p class="dim">
            "This version, measured on " <time datetime=page.measured_on.clone()>{page.measured_on.clone()}</time>
            " by the command " <code>"make eval-guard"</code>
            " on public texts with labels, under the default policy. The file " <code>"docs/guard.md"</code>
            " of the source tells how, and what it does not see."
        </p>
        {tables::figures(page.figures)}
    }
    .into_any()
}

/// Whether this person may change a policy.
fn may() -> bool {
    Here::get().is_some_and(|here| here.with(|view| view.may(Permission::ManageGuard)))
}
