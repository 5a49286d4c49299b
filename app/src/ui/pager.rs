//! From page to page of a list, by links: the address says where one is, and Back leads back.

use leptos::prelude::*;

/// "Newer" and "Older". At an end the word stays but leads nowhere, so that nothing jumps and a screen
/// reader hears why. A list of one page has no pager.
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
    move || {
        let (newer, older) = (newer.get(), older.get());
        (newer.is_some() || older.is_some()).then(|| {
            view! {
                <nav class="pager" aria-label=label.clone()>
                    {step("← Newer", "prev", newer)}
                    {step("Older →", "next", older)}
                </nav>
            }
        })
    }
}

fn step(text: &'static str, rel: &'static str, url: Option<String>) -> AnyView {
    match url {
        Some(url) => view! { <a class="btn" href=url rel=rel>{text}</a> }.into_any(),
        None => view! { <span class="btn btn-none" aria-disabled="true">{text}</span> }.into_any(),
    }
}
