//! What must be known on every page.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{Here, Stopped, seat};
use crate::pages::kill_switch::words;
use crate::paths;
use crate::ui::icon::{Icon, icon};
use crate::ui::sentence;

/// What is stopped, the simulator's banner, and why a seat could not be taken.
#[component]
pub fn Banners(here: Here, stopped: Stopped) -> impl IntoView {
    let refused = seat::refused();
    let query = use_query_map();
    view! {
        <section aria-label="Notices">
        {move || {
            words::stopped(&stopped.list())
                .map(|text| {
                    view! {
                        <p class="banner banner-bad">
                            {icon(Icon::Stop)}
                            <span>
                                <strong>{text}</strong>
                                " Such calls are refused. "
                                <a class="link" href=paths::KILL_SWITCH>"Kill switch"</a>
                            </span>
                        </p>
                    }
                })
        }}
        {here
            .with(|view| view.simulated)
            .then(|| {
                view! {
                    <p class="banner banner-info">
                        {icon(Icon::Info)}
                        <span>
                            <strong>"Simulated provider:"</strong>
                            " answers are not real, and what they cost is not real money."
                        </span>
                    </p>
                }
            })}
        {move || {
            let fault = refused.get()?;
            // The dialog that asked says it itself, and lies over this.
            query.read().get("enter").is_none().then(|| {
                view! {
                    <p class="banner banner-bad" role="alert">
                        {icon(Icon::Alert)}
                        <span>
                            <strong>"The tenant was not changed. "</strong>
                            {sentence(&fault)}
                        </span>
                    </p>
                }
            })
        }}
        </section>
    }
}
