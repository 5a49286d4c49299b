//! The console's pages: rendered on the server, brought to life in the browser.
//!
//! Pages know the contract's views and server functions, never SQL, HTTP clients or secrets at rest.
//! The same crate is built twice: with `ssr` for the server and with `hydrate` for the browser.

#![forbid(unsafe_code)]
#![recursion_limit = "256"]

mod announce;
pub mod ear;
pub mod fault;
pub mod frame;
pub mod loaded;
pub mod pages;
pub mod paths;
pub mod post;
pub mod routes;
pub mod ui;

#[cfg(feature = "ssr")]
mod hydration;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
mod shell;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::Router;

#[cfg(feature = "ssr")]
pub use shell::shell;

use ui::{Announcer, Clock, Toasts};

/// The application, as it stands in the document's body.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    Clock::provide();
    let announcer = Announcer::provide();
    let toasts = Toasts::provide();
    view! {
        <Title text="TokenOne" formatter=|text: String| {
            if text == "TokenOne" { text } else { format!("{text} · TokenOne") }
        }/>
        // The browser follows this one itself, and moves the focus with it.
        <a class="skip" href="#main" rel="external">
            "Skip to content"
        </a>
        <Router>
            <routes::Pages/>
            <announce::Navigation/>
        </Router>
        {announcer.region()}
        {toasts.region()}
    }
}
