//! What stands in for content while it is on its way, in the shape of the content.

use leptos::prelude::*;

/// A table that is on its way.
#[component]
pub fn SkeletonTable(#[prop(default = 8)] rows: usize) -> impl IntoView {
    view! {
        <div class="skeleton-table" role="status">
            <span class="sr-only">"Loading"</span>
            {(0..rows).map(|_| view! { <div class="skeleton-row"><i></i><i></i><i></i><i></i></div> }).collect_view()}
        </div>
    }
}

/// Text that is on its way.
#[component]
pub fn SkeletonLines(#[prop(default = 3)] lines: usize) -> impl IntoView {
    view! {
        <div class="skeleton-lines" role="status">
            <span class="sr-only">"Loading"</span>
            {(0..lines).map(|_| view! { <i></i> }).collect_view()}
        </div>
    }
}
