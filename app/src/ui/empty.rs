//! Nothing here: why, and what to do next.

use leptos::prelude::*;

/// A drawing made of the product's own shapes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drawing {
    /// Ruled ledger lines with one open entry.
    #[default]
    Ledger,
    /// A circuit with a gap.
    Circuit,
    /// A key.
    Key,
}

/// Why there is nothing, one sentence, and one act as children.
#[component]
pub fn Empty(
    #[prop(into)] title: String,
    #[prop(into)] sentence: String,
    #[prop(optional)] drawing: Drawing,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            {draw(drawing)}
            <p class="empty-title">{title}</p>
            <p class="empty-text">{sentence}</p>
            {children.map(|children| view! { <div class="empty-act">{children()}</div> })}
        </div>
    }
}

fn draw(drawing: Drawing) -> impl IntoView {
    let (faint, strong) = match drawing {
        Drawing::Ledger => {
            ("M8 14h80M8 26h80M8 38h80M8 50h80M62 6v52M76 6v52", "M8 26h34M66 26h6M8 38h22M80 38h8")
        }
        Drawing::Circuit => (
            "M4 32h22M70 32h22M26 20h44v24H26ZM48 8v12M48 44v12",
            "M4 32h30M62 32h30M36 32l14-9M34 32h.1M62 32h.1",
        ),
        Drawing::Key => (
            "M8 50h80M8 14h80",
            "M30 42a10 10 0 1 0 0-20 10 10 0 0 0 0 20ZM40 32h34M66 32v8M74 32v6",
        ),
    };
    view! {
        <svg class="empty-drawing" viewBox="0 0 96 64" aria-hidden="true" focusable="false">
            <path class="faint" d=faint></path>
            <path class="strong" d=strong></path>
        </svg>
    }
}
