//! Copying, said aloud.

use leptos::prelude::*;

use crate::ui::announcer::Announcer;
use crate::ui::icon::{Icon, icon};

/// How long the check mark stays.
const SAID_FOR: std::time::Duration = std::time::Duration::from_secs(2);

/// A button that copies `text`; `what` names it, as in "Copy call id". Hidden until scripts run.
#[component]
pub fn Copy(
    #[prop(into)] text: Signal<String>,
    #[prop(into)] what: String,
    /// Shows the word beside the picture.
    #[prop(optional)]
    wordy: bool,
) -> impl IntoView {
    let done = RwSignal::new(false);
    let announcer = Announcer::here();
    let name = format!("Copy {what}");
    let click = move |_| {
        let clipboard = window().navigator().clipboard();
        let promise = clipboard.write_text(&text.get_untracked());
        leptos::task::spawn_local(async move {
            if js_sys::futures::JsFuture::from(promise).await.is_ok() {
                done.set(true);
                announcer.say("Copied");
                set_timeout(move || _ = done.try_set(false), SAID_FOR);
            } else {
                announcer.say("Copying is not allowed here; select the text instead");
            }
        });
    };
    view! {
        <button
            type="button"
            class=if wordy { "btn needs-script" } else { "btn btn-quiet btn-icon needs-script" }
            aria-label=name.clone()
            title=name
            on:click=click
        >
            {move || icon(if done.get() { Icon::Check } else { Icon::Copy })}
            {wordy.then(|| view! { <span>{move || if done.get() { "Copied" } else { "Copy" }}</span> })}
        </button>
    }
}
