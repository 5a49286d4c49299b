//! Tabs that are addresses: each is a link, so back, reload and sharing keep the place.

use leptos::prelude::*;

/// One tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// Its address.
    pub href: String,
    /// Its words.
    pub label: String,
    /// Whether it is the one shown.
    pub current: bool,
}

/// A row of tabs. `label` says what they divide.
#[component]
pub fn Tabs(#[prop(into)] label: String, #[prop(into)] tabs: Signal<Vec<Tab>>) -> impl IntoView {
    view! {
        <nav class="tabs" aria-label=label>
            // They are asked for once more while the page is being left.
            {move || {
                tabs.try_get()
                    .into_iter()
                    .flatten()
                    .map(|tab| {
                        view! {
                            <a
                                href=tab.href
                                aria-current=tab.current.then_some("page")
                                data-noscroll="true"
                            >
                                {tab.label}
                            </a>
                        }
                    })
                    .collect_view()
            }}
        </nav>
    }
}
