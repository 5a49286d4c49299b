//! Whether the feed is live, what waits to be shown, and how to stop it.

use leptos::prelude::*;

use super::live::Live;
use crate::ear::{Line, POLL_S};
use crate::ui::icon::{Icon, icon};
use crate::ui::{Clock, Tone};

/// The feed's controls. `live` is `None` where the page shows the past, which does not change.
#[component]
pub fn LiveStatus(
    live: Option<Live>,
    /// The newest page.
    newest: String,
    /// Loads what waits.
    load: Callback<()>,
) -> impl IntoView {
    let awake = Clock::here();
    match live {
        None => view! {
            <p class="live">
                <span class="dim">"Showing the past."</span>
                " "
                <a class="link" href=newest>"Go to the newest calls"</a>
            </p>
        }
        .into_any(),
        Some(live) => view! {
            <div class="live">
                <div class="live-news" role="status" aria-live="polite">
                    {move || pill(live.waiting.get(), load)}
                </div>
                {move || {
                    if awake.awake() {
                        controls(live).into_any()
                    } else {
                        view! { <a class="link" href=newest.clone()>"Refresh"</a> }.into_any()
                    }
                }}
            </div>
        }
        .into_any(),
    }
}

fn pill(waiting: u32, load: Callback<()>) -> Option<impl IntoView> {
    let text = match waiting {
        0 => return None,
        1 => "1 new call".to_owned(),
        n => format!("{n} new calls"),
    };
    Some(view! {
        <button type="button" class="pill" on:click=move |_| load.run(())>
            {text}
        </button>
    })
}

fn controls(live: Live) -> impl IntoView {
    let state = move || match (live.paused.get(), live.line.get()) {
        (true, _) => "paused",
        (false, Line::Open) => "open",
        (false, Line::Connecting) => "connecting",
        (false, Line::Polling) => "polling",
    };
    let words = move || match state() {
        "paused" => "Paused".to_owned(),
        "open" => "Live".to_owned(),
        "connecting" => "Connecting…".to_owned(),
        _ => format!("Live updates are off; asking every {POLL_S} s"),
    };
    let toggle = move |_| {
        live.paused.update(|paused| *paused = !*paused);
    };
    view! {
        <span class="live-state" data-state=state>
            <span class="live-dot" aria-hidden="true"></span>
            {words}
        </span>
        <button type="button" class=Tone::Quiet.class() on:click=toggle>
            {move || icon(if live.paused.get() { Icon::Play } else { Icon::Pause })}
            {move || if live.paused.get() { "Resume" } else { "Pause" }}
        </button>
    }
}
