//! The kill switch: what is stopped, stopping something, releasing it, and how far a kill has come.
//!
//! What is open stands in the address: `?release=<id>` is the question before a release, `?watch=<id>`
//! the meter of a kill. Stopping has a page of its own, in steps.

pub mod calls;
mod confirm;
mod list;
mod meter;
mod release;
mod stop;
pub mod words;

use contract::kills::KillsView;
use domain::role::Permission;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

pub use stop::StopPage;

use crate::frame::{Here, Page, Stopped};
use crate::loaded::load;
use crate::paths;
use crate::post::Post;
use crate::ui::icon::{Icon, icon};
use crate::ui::{Button, Failure, LinkButton, SkeletonTable, Tone, sentence};

use calls::Release;

/// The page.
#[component]
pub fn KillSwitchPage() -> impl IntoView {
    let release = Post::to::<Release>();
    let kills = load(move || release.version().get(), |_| calls::list());
    let title = RwSignal::new("Kill switch".to_owned());
    let query = use_query_map();
    let watched = Memo::new(move |_| query.read().get("watch").and_then(|id| id.parse().ok()));
    let navigate = use_navigate();
    let back = Callback::new(move |()| {
        let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
        navigate(paths::KILL_SWITCH, options);
    });
    view! {
        <Page
            heading="Kill switch"
            title=title
            lead="Stops calls on every node within a second, also those under way, until it is released or its time is over. Reading and managing stay possible."
            actions=stop_button()
        >
            <meter::Meter watched/>
            <Transition fallback=|| view! { <SkeletonTable rows=4/> }>
                {move || Suspend::new(async move {
                    match kills.await {
                        Ok(view) => {
                            title.set(knows(&view));
                            view! { <Shown view release back/> }.into_any()
                        }
                        Err(fault) => {
                            view! { <Failure fault=fault.0 retry=move |()| kills.refetch()/> }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </Page>
    }
}

#[component]
fn Shown(view: KillsView, release: Post, back: Callback<()>) -> impl IntoView {
    let rows = StoredValue::new(view.in_force.clone());
    let in_use = !view.in_force.is_empty();
    if let Some(stopped) = Stopped::get() {
        // The line on every page is brought up to date with what was just read.
        Effect::new(move |_| rows.with_value(|rows| stopped.follow(rows)));
    }
    view! {
        <release::ReleaseDialog rows action=release on_close=back/>
        <list::Banner in_force=view.in_force.clone()/>
        <list::InForce rows=view.in_force/>
        <list::History rows=view.past in_use/>
    }
}

/// What the page knows, for its title.
fn knows(view: &KillsView) -> String {
    match view.in_force.len() {
        0 => "Nothing is stopped".into(),
        n => format!("{} stopped", words::things(n)),
    }
}

/// Why this person may not stop anything.
pub(crate) fn refusal() -> Option<String> {
    let may = Here::get().is_none_or(|here| here.with(|view| view.may(Permission::ManageKills)));
    (!may).then(|| sentence(&contract::fault::Fault::Forbidden(Permission::ManageKills)))
}

fn stop_button() -> AnyView {
    match refusal() {
        None => view! {
            <LinkButton href=paths::KILL_STOP tone=Tone::Danger>
                {icon(Icon::Stop)}
                <span>"Stop something"</span>
            </LinkButton>
        }
        .into_any(),
        Some(why) => view! {
            <Button id="stop-something" tone=Tone::Danger disabled_reason=why>
                {icon(Icon::Stop)}
                <span>"Stop something"</span>
            </Button>
        }
        .into_any(),
    }
}
