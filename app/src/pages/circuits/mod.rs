//! Provider circuits: how each provider does, why one is left alone, and deciding in a circuit's place.
//!
//! What is open over the list stands in the address: `?open=<provider>` is the drawer, `?force=<provider>`
//! the form. The list is brought up to date in place, so that neither loses what is typed or focused.

mod acts;
pub mod calls;
mod drawer;
mod facts;
mod filter;
mod force;
mod list;
mod live;
mod timeline;
mod words;

use contract::circuits::{CircuitDetail, CircuitsView, ProviderCircuit};
use domain::role::Permission;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::fault::UiFault;
use crate::frame::{Here, Page};
use crate::loaded::{Loaded, load};
use crate::ui::{Failure, SkeletonTable, sentence};

use filter::Filter;
use live::Live;

/// The provider that the drawer shows, with its timeline.
type Opened = Loaded<Result<Option<CircuitDetail>, UiFault>>;

/// The page.
#[component]
pub fn CircuitsPage() -> impl IntoView {
    let loaded = load(|| (), |()| calls::list());
    let live = Live::new();
    let query = use_query_map();
    let open = Memo::new(move |_| query.read().get("open"));
    let opened: Opened = load(
        move || (open.get(), live.version.get()),
        |(open, _)| async move {
            match open {
                None => Ok(None),
                Some(provider) => calls::detail(provider).await.map(Some),
            }
        },
    );
    let title = RwSignal::new("Provider circuits".to_owned());
    view! {
        <Page
            heading="Provider circuits"
            title=title
            lead="A provider that fails is left alone for a while, by all nodes at once, and then tried with one call. A closed circuit is the good one: calls pass."
        >
            <Transition fallback=|| view! { <SkeletonTable rows=4/> }>
                {move || Suspend::new(async move {
                    match loaded.await {
                        Ok(view) => {
                            title.set(words::knows(&view));
                            view! { <Board view title live opened/> }.into_any()
                        }
                        Err(fault) => {
                            view! { <Failure fault=fault.0 retry=move |()| loaded.refetch()/> }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </Page>
    }
}

#[component]
fn Board(view: CircuitsView, title: RwSignal<String>, live: Live, opened: Opened) -> impl IntoView {
    let shown = RwSignal::new(view);
    live.connect(move |view| {
        title.try_set(words::knows(&view));
        shown.try_set(view);
    });
    let filter = Filter::here();
    let navigate = use_navigate();
    let back = Callback::new(move |()| {
        let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
        navigate(&filter.get_untracked().url(), options);
    });
    view! {
        <filter::Filters shown filter/>
        <div class="feed-line">
            <p class="feed-count">{move || shown.with(words::knows)}</p>
            <div class="live"><live::LiveState live/></div>
        </div>
        <drawer::CircuitDrawer shown filter live opened on_close=back/>
        <force::ForceDialog shown live on_close=back/>
        <list::ProviderList shown filter/>
    }
}

/// One provider of the list, followed as the list changes.
fn followed(shown: RwSignal<CircuitsView>, slug: String) -> Memo<Option<ProviderCircuit>> {
    Memo::new(move |_| {
        shown.with(|view| view.providers.iter().find(|known| known.slug == slug).cloned())
    })
}

/// Why this person may not decide in a circuit's place.
fn refusal() -> Option<String> {
    let may = Here::get().is_none_or(|here| here.with(|v| v.may(Permission::ManageProviders)));
    (!may).then(|| sentence(&contract::fault::Fault::Forbidden(Permission::ManageProviders)))
}
