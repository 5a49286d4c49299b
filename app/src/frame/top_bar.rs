//! The bar above every page.

use leptos::prelude::*;

use super::account::AccountMenu;
use super::seat::{ProjectMenu, TenantSwitcher};
use super::{Here, Overlays};
use crate::ui::icon::{Icon, icon};

/// Navigation (on a small screen), tenant, projects, palette, account.
#[component]
pub fn TopBar(here: Here, overlays: Overlays) -> impl IntoView {
    view! {
        <header class="top-bar">
            <button
                type="button"
                class="btn btn-quiet btn-icon top-menu"
                aria-label="Open navigation"
                aria-haspopup="dialog"
                on:click=move |_| overlays.nav.set(true)
            >
                {icon(Icon::Menu)}
            </button>
            <TenantSwitcher here/>
            <ProjectMenu here/>
            <span class="top-space"></span>
            <button
                type="button"
                class="btn palette-button needs-script"
                aria-haspopup="dialog"
                aria-keyshortcuts="Control+K Meta+K"
                on:click=move |_| overlays.palette.set(true)
            >
                {icon(Icon::Search)}
                <span class="palette-word">"Go to or do…"</span>
                <kbd>"⌘K"</kbd>
            </button>
            <AccountMenu here/>
        </header>
    }
}
