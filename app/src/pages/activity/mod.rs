//! The feed of calls: what was asked, by whom, how it ended and what it cost, live.

mod calls;
mod feed;
mod filters;
mod live;
mod query;
pub mod row;
mod states;
mod status;

use contract::activity::WINDOW_DAYS_MAX;
use contract::fault::Fault;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::frame::Page;
use crate::loaded::load;
use crate::ui::{Failure, SkeletonTable};
use calls::Answer;
use feed::Feed;
use filters::Filters;
use query::Query;
use states::BadRange;

/// The page.
#[component]
pub fn ActivityPage() -> impl IntoView {
    let map = use_query_map();
    let read = Memo::new(move |_| map.with(|map| Query::read(|name| map.get(name))));
    let query = Memo::new(move |_| read.with(|(query, _)| query.clone()));
    let unread = Memo::new(move |_| read.with(|(_, unread)| unread.join(", ")));
    let paused = RwSignal::new(false);
    // The answer travels with its question, so that a filter is never shown above another one's rows.
    let answer =
        load(move || query.get(), |query| async move { (query.clone(), calls::list(query).await) });
    let shown = move || {
        Suspend::new(async move {
            let (query, found) = answer.await;
            match found {
                Ok(Answer::Listing(listing)) => view! {
                    <Filters query=query.clone() listing=(*listing).clone() />
                    <Feed query=query listing=*listing paused=paused />
                }
                .into_any(),
                Ok(Answer::Window(bad)) => {
                    view! { <BadRange query=query bad=bad days_max=WINDOW_DAYS_MAX /> }.into_any()
                }
                Err(fault) => failed(fault.0, move || answer.refetch()).into_any(),
            }
        })
    };
    view! {
        <Page heading="Activity" title="Activity">
        {move || {
            let names = unread.get();
            (!names.is_empty()).then(|| {
                view! {
                    <p class="notice" role="status">
                        {format!("These filters cannot be read and are not applied: {names}.")}
                    </p>
                }
            })
        }}
        <Transition fallback=|| view! { <SkeletonTable rows=12 /> }>{shown}</Transition>
        </Page>
    }
}

/// What went wrong, and where to go from here.
fn failed(fault: Fault, again: impl Fn() + Send + Sync + 'static) -> impl IntoView {
    view! {
        <Title text="Activity" />
        <Failure fault=fault retry=Callback::new(move |()| again()) />
    }
}
