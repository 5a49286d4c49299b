//! The one time that a key's secret is seen.

use contract::keys::MadeKey;
use leptos::html;
use leptos::prelude::*;

use crate::ui::icon::{Icon, icon};
use crate::ui::{Button, Copy, Tone};

/// The panel with the secret. It leaves the page's memory when it is acknowledged.
#[component]
pub fn Reveal(made: RwSignal<Option<MadeKey>>) -> impl IntoView {
    move || made.get().map(|key| view! { <Panel key made/> })
}

#[component]
fn Panel(key: MadeKey, made: RwSignal<Option<MadeKey>>) -> impl IntoView {
    let node = NodeRef::<html::Section>::new();
    // The dialog that asked for the key gives its focus back first.
    Effect::new(move |_| {
        if let Some(panel) = node.get() {
            request_animation_frame(move || _ = panel.focus());
        }
    });
    let curl = first_call(&origin(), &key.secret);
    let (secret, name, project) = (key.secret, key.row.name, key.row.project);
    view! {
        <section node_ref=node class="panel reveal" tabindex="-1" aria-labelledby="reveal-title">
            <h2 id="reveal-title">"Key " <strong>{name}</strong> " for " {project} " is ready"</h2>
            <p class="reveal-warn">
                {icon(Icon::Alert)}
                <span>
                    "Copy it now. This is the only time it is shown: we keep a fingerprint of it, not the key."
                </span>
            </p>
            <div class="secret">
                <code tabindex="0" aria-label="The key">{secret.clone()}</code>
                <Copy text=Signal::stored(secret) what="the key" wordy=true/>
            </div>
            <h3>"A first call: the models it may use"</h3>
            <div class="snippet">
                <pre tabindex="0" aria-label="Command">{curl.clone()}</pre>
                <Copy text=Signal::stored(curl) what="the command"/>
            </div>
            <Button tone=Tone::Primary on_click=move |_| made.set(None)>
                {icon(Icon::Check)}
                <span>"I have stored it"</span>
            </Button>
        </section>
    }
}

/// Works with any key, whatever models it may use.
fn first_call(origin: &str, secret: &str) -> String {
    format!("curl {origin}/v1/models \\\n  -H \"Authorization: Bearer {secret}\"")
}

/// The address of this gateway as the browser knows it. A key is only ever made in a browser.
fn origin() -> String {
    window().location().origin().unwrap_or_default()
}
