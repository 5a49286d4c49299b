//! From page to page of a list, by links: the address says where one is, and Back leads back.

use leptos::prelude::*;

/// "Newer" and "Older". Where there is nothing, the word stays but leads nowhere, so that nothing
/// jumps and a screen reader hears why.
#[component]
pub fn Pager(
    /// What is paged, for the landmark's name.
    #[prop(into)]
    label: String,
    /// Where newer rows are.
    #[prop(into)]
    newer: Signal<Option<String>>,
    /// Where older rows are.
    #[prop(into)]
    older: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <nav class="pager" aria-label=label>
            {move || step("← Newer", "prev", newer.get())}
            {move || step("Older →", "next", older.get())}
        </nav>
    }
}

fn step(text: &'static str, rel: &'static str, url: Option<String>) -> AnyView {
    match url {
        Some(url) => view! { <a class="pager-step" href=url rel=rel>{text}</a> }.into_any(),
        None => view! { <span class="pager-step pager-end" aria-disabled="true">{text}</span> }
            .into_any(),
    }
}
