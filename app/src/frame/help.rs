//! The list of keys.

use leptos::prelude::*;

use crate::ui::dialog::Dialog;

const KEYS: [(&str, &str); 14] = [
    ("⌘K or Ctrl K", "Open the palette"),
    ("g a", "Go to Activity"),
    ("g k", "Go to API keys"),
    ("g b", "Go to Agents"),
    ("g u", "Go to Client set-up"),
    ("g x", "Go to the kill switch"),
    ("g p", "Go to Providers & aliases (platform admins)"),
    ("g c", "Go to Circuits (platform admins)"),
    ("g t", "Go to Tenants (platform admins)"),
    ("/", "Focus the filter"),
    ("j  k", "Next and previous row"),
    ("Enter", "Open the row"),
    ("Esc", "Close what is open"),
    ("?", "Show this list"),
];

/// The keys, in a dialog.
#[component]
pub fn Help(open: RwSignal<bool>) -> impl IntoView {
    let rows = KEYS
        .map(|(keys, act)| view! { <div><dt><kbd>{keys}</kbd></dt><dd>{act}</dd></div> })
        .into_iter()
        .collect_view();
    view! {
        <Dialog id="help" title="Keyboard" open=open on_close=move |()| open.set(false)>
            <dl class="key-list">{rows}</dl>
        </Dialog>
    }
}
