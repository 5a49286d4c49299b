//! Short notes on acts that happened elsewhere than in a form. A form says it in place, never both.

use std::time::Duration;

use leptos::prelude::*;

use crate::ui::badge::State;
use crate::ui::icon::{Icon, icon};

/// How long a note stays that is no error.
const SHOWN_FOR: Duration = Duration::from_secs(6);

/// Notes at most on the screen.
const TOASTS_MAX: usize = 4;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Toast {
    id: u32,
    state: State,
    text: String,
}

/// Shows notes. One per page, provided by the root.
#[derive(Clone, Copy)]
pub struct Toasts {
    list: RwSignal<Vec<Toast>>,
    next: StoredValue<u32>,
}

impl Toasts {
    /// Provides the notes to everything below. Call once, in the root.
    pub fn provide() -> Self {
        let toasts = Self::new();
        provide_context(toasts);
        toasts
    }

    /// The notes, wherever a page is.
    #[must_use]
    pub fn here() -> Self {
        use_context().unwrap_or_else(Self::new)
    }

    fn new() -> Self {
        Self { list: RwSignal::new(Vec::new()), next: StoredValue::new(0) }
    }

    /// Says that something was done. Goes away by itself.
    pub fn good(self, text: impl Into<String>) {
        let id = self.push(State::Good, text.into());
        set_timeout(move || self.dismiss(id), SHOWN_FOR);
    }

    /// Says that something failed. Stays until it is dismissed.
    pub fn bad(self, text: impl Into<String>) {
        self.push(State::Bad, text.into());
    }

    fn push(self, state: State, text: String) -> u32 {
        let id = self.next.get_value();
        self.next.set_value(id.wrapping_add(1));
        self.list.update(|list| {
            list.push(Toast { id, state, text });
            if list.len() > TOASTS_MAX {
                list.remove(0);
            }
        });
        id
    }

    fn dismiss(self, id: u32) {
        let _ = self.list.try_update(|list| list.retain(|toast| toast.id != id));
    }

    /// Where they appear: a polite live region.
    pub fn region(self) -> impl IntoView {
        view! {
            <div class="toasts" role="status" aria-live="polite">
                <For each=move || self.list.get() key=|toast| toast.id let:toast>
                    <div class="toast" data-state=if toast.state == State::Bad { "bad" } else { "good" }>
                        {icon(toast.state.icon())}
                        <p>{toast.text}</p>
                        <button
                            type="button"
                            class="btn btn-quiet btn-icon"
                            aria-label="Dismiss"
                            on:click=move |_| self.dismiss(toast.id)
                        >
                            {icon(Icon::Close)}
                        </button>
                    </div>
                </For>
            </div>
        }
    }
}
