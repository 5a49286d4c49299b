//! An address that names no page.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::paths;
use crate::ui::{Drawing, Empty};

/// Says so, and leads back.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::server::set_status(http::StatusCode::NOT_FOUND);
    view! {
        <Title text="No such page"/>
        <main id="main" class="alone" tabindex="-1">
            <h1 class="sr-only">"No such page"</h1>
            <Empty
                drawing=Drawing::Circuit
                title="No such page"
                sentence="Nothing is at this address. It may have moved, or the link is incomplete."
            >
                // The start is decided by the server, so this is no link inside the page.
                <a class="btn" href=paths::HOME rel="external">
                    "To the start"
                </a>
            </Empty>
        </main>
    }
}
