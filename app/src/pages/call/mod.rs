//! One call: what was decided, said, used, charged, and when.

mod advice;
mod calls;
mod content;
mod header;
mod ledger;
mod load;
mod overview;
mod raw;
mod routing;
mod tab;

use contract::fault::Fault;
use domain::ids::CallId;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};

use crate::frame::{Crumb, Page};
use crate::loaded::load;
use crate::paths;
use crate::ui::shortcuts::shortcuts;
use crate::ui::{Failure, SkeletonLines, Tabs};
use content::{Content, NotKept, conversation, curl};
use header::Header;
use ledger::Ledger;
use load::{Loaded, More, Need};
use overview::Overview;
use raw::Raw;
use tab::CallTab;

/// The page.
#[component]
pub fn CallPage() -> impl IntoView {
    let params = use_params_map();
    let map = use_query_map();
    let id = Memo::new(move |_| params.with(|p| p.get_str("id").and_then(|id| id.parse().ok())));
    let tab = Memo::new(move |_| CallTab::read(map.with(|map| map.get(tab::TAB)).as_deref()));
    let bodies = move || map.with(|map| map.get_str(tab::BODIES) == Some("1"));
    let need = Memo::new(move |_| Need::of(tab.get(), bodies()));
    let loaded = load(
        move || (id.get(), need.get()),
        |(id, need): (Option<CallId>, Need)| load::load(id, need),
    );
    let retry = Callback::new(move |()| loaded.refetch());
    let shown = move || {
        Suspend::new(async move {
            match loaded.await {
                Ok(loaded) => view! { <Call loaded=loaded tab=tab retry=retry /> }.into_any(),
                Err(fault) => failed(fault.0, retry).into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <SkeletonLines lines=12 /> }>{shown}</Transition> }
}

/// A call that was found.
#[component]
fn Call(loaded: Loaded, tab: Memo<CallTab>, retry: Callback<()>) -> impl IntoView {
    let Loaded { detail, more } = loaded;
    let id = detail.row.id;
    let kept = detail.content_kept;
    let (heading, title) = header::titles(&detail.row);
    let steps = header::steps(&detail, tab).into_any();
    let tabs = Signal::derive(move || tab::tabs(id, tab.get()));
    step_by_keys(detail.newer, detail.older, tab);
    view! {
        <Page heading=heading title=title crumbs=crumbs() actions=steps>
            <Header detail=detail.clone() />
            <Tabs label="Parts of this call" tabs=tabs />
            <section class="call-part">
                {move || match (tab.get(), more.clone()) {
                    (CallTab::Overview, _) => view! { <Overview detail=detail.clone() /> }.into_any(),
                    (CallTab::Ledger, _) => view! { <Ledger ledger=detail.ledger.clone() /> }.into_any(),
                    (CallTab::Raw, More::Json(json, bodies)) => {
                        view! { <Raw id=id kept=kept json=json bodies=bodies retry=retry /> }.into_any()
                    }
                    (CallTab::Conversation | CallTab::Curl, _) if !kept => {
                        view! { <NotKept /> }.into_any()
                    }
                    (CallTab::Conversation, More::Content(content)) => {
                        view! { <Content content=content show=conversation retry=retry /> }.into_any()
                    }
                    (CallTab::Curl, More::Content(content)) => {
                        view! { <Content content=content show=curl retry=retry /> }.into_any()
                    }
                    // The tab has changed and what it needs is on its way.
                    _ => view! { <SkeletonLines lines=8 /> }.into_any(),
                }}
            </section>
        </Page>
    }
}

fn crumbs() -> Vec<Crumb> {
    vec![Crumb::new("Activity", paths::ACTIVITY)]
}

/// `j` leads to the older and `k` to the newer call, as in the feed, in the same tab.
fn step_by_keys(newer: Option<CallId>, older: Option<CallId>, tab: Memo<CallTab>) {
    let navigate = use_navigate();
    shortcuts(move |key| {
        let target = match key {
            "j" => older,
            "k" => newer,
            _ => None,
        };
        let Some(url) = target.zip(tab.try_get_untracked()).map(|(id, tab)| tab.url(id)) else {
            return false;
        };
        navigate(&url, NavigateOptions { scroll: false, ..NavigateOptions::default() });
        true
    });
}

fn failed(fault: Fault, retry: Callback<()>) -> impl IntoView {
    view! {
        <Page heading="Call" title="Call" crumbs=crumbs()>
        <Failure fault=fault retry=retry />
        </Page>
    }
}
