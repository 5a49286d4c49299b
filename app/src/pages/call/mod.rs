//! One call: what was decided, said, used, charged, and when.

mod advice;
mod calls;
mod content;
mod header;
mod ledger;
mod overview;
mod raw;
mod tab;

use contract::call::CallDetail;
use contract::fault::Fault;
use domain::ids::CallId;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};

use crate::fault::UiFault;
use crate::frame::{Crumb, Page};
use crate::paths;
use crate::ui::shortcuts::shortcuts;
use crate::ui::{Failure, LinkButton, SkeletonLines, Tabs, Tone};
use content::{Conversation, Curl};
use header::Header;
use ledger::Ledger;
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
    let bodies = Memo::new(move |_| map.with(|map| map.get_str(tab::BODIES) == Some("1")));
    let detail = Resource::new(
        move || id.get(),
        |id: Option<CallId>| async move {
            match id {
                Some(id) => calls::detail(id).await,
                None => Err(UiFault(Fault::NotFound)),
            }
        },
    );
    let shown = move || {
        Suspend::new(async move {
            match detail.await {
                Ok(detail) => view! { <Call detail=detail tab=tab bodies=bodies /> }.into_any(),
                Err(fault) => failed(fault.0, detail).into_any(),
            }
        })
    };
    view! {
        <Transition fallback=|| view! { <SkeletonLines lines=12 /> }>{shown}</Transition>
    }
}

/// A call that was found.
#[component]
fn Call(detail: CallDetail, tab: Memo<CallTab>, bodies: Memo<bool>) -> impl IntoView {
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
            {move || match tab.get() {
                CallTab::Overview => view! { <Overview detail=detail.clone() /> }.into_any(),
                CallTab::Conversation => view! { <Conversation id=id kept=kept /> }.into_any(),
                CallTab::Ledger => view! { <Ledger ledger=detail.ledger.clone() /> }.into_any(),
                CallTab::Raw => view! { <Raw id=id kept=kept bodies=bodies /> }.into_any(),
                CallTab::Curl => view! { <Curl id=id kept=kept /> }.into_any(),
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

fn failed(fault: Fault, detail: Resource<Result<CallDetail, UiFault>>) -> impl IntoView {
    let choose = matches!(fault, Fault::NoTenant);
    view! {
        <Page heading="Call" title="Call" crumbs=crumbs()>
        <Failure fault=fault retry=Callback::new(move |()| detail.refetch()) />
        {choose
            .then(|| {
                view! {
                    <LinkButton href=paths::TENANTS tone=Tone::Primary>
                        "Choose a tenant"
                    </LinkButton>
                }
            })}
        </Page>
    }
}
