//! What happened to a provider's circuits, newest first.

use contract::circuits::EventView;
use leptos::prelude::*;

use super::{Opened, words};
use crate::ui::time::{Shown, time};
use crate::ui::{Clock, Failure, SkeletonLines, badge};

/// The timeline of the provider that is open.
#[component]
pub fn Timeline(opened: Opened) -> impl IntoView {
    view! {
        <Transition fallback=|| view! { <SkeletonLines/> }>
            {move || Suspend::new(async move {
                match opened.await {
                    Ok(detail) => {
                        let events = detail.map(|detail| detail.events).unwrap_or_default();
                        list(events)
                    }
                    Err(fault) => {
                        view! { <Failure fault=fault.0 retry=move |()| opened.refetch()/> }
                            .into_any()
                    }
                }
            })}
        </Transition>
    }
}

fn list(events: Vec<EventView>) -> AnyView {
    if events.is_empty() {
        return view! { <p class="dim">"Nothing in 90 days: it has always been closed."</p> }
            .into_any();
    }
    let clock = Clock::here();
    let events = events
        .into_iter()
        .map(|event| {
            let word = event.forced.map_or(event.to.label(), |forced| forced.to.label());
            let until = event.forced.map(|forced| {
                view! { <span class="dim">" Until " {time(clock, forced.until, Shown::Second)}</span> }
            });
            let model = (!event.model.is_empty()).then(|| {
                view! { <code>{event.model.clone()}</code> ": " }
            });
            view! {
                <li>
                    {time(clock, event.at, Shown::Second)} " " {badge(words::event_tone(&event), word)}
                    <p>{model} {words::happened(&event)} {until}</p>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="timeline">{events}</ol> }.into_any()
}
