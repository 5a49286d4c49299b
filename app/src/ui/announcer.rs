//! What is said to assistive technology without moving the focus: page changes, "Copied", new rows.

use leptos::prelude::*;

/// Speaks politely. One per page, provided by the root.
#[derive(Clone, Copy)]
pub struct Announcer {
    text: RwSignal<String>,
}

impl Announcer {
    /// Provides the announcer to everything below. Call once, in the root.
    pub fn provide() -> Self {
        let announcer = Self { text: RwSignal::new(String::new()) };
        provide_context(announcer);
        announcer
    }

    /// The announcer, wherever a page is; a mute one where none was provided.
    #[must_use]
    pub fn here() -> Self {
        use_context().unwrap_or_else(|| Self { text: RwSignal::new(String::new()) })
    }

    /// Says it. A repeated text is said again: a changing trailing space makes it new.
    pub fn say(self, text: &str) {
        self.text.update(|said| {
            *said = if said == text { format!("{text}\u{a0}") } else { text.to_owned() };
        });
    }

    /// The region that is read aloud.
    pub fn region(self) -> impl IntoView {
        view! {
            <div class="sr-only" role="status" aria-live="polite" data-announcer="">
                {move || self.text.get()}
            </div>
        }
    }
}
