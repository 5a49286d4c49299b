//! The question before a key is revoked.

use contract::fault::Field as FieldName;
use contract::keys::{KeyRow, KeyState};
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_router::hooks::use_query_map;

use super::calls::Revoke;
use crate::pages::welcome::field_error;
use crate::paths;
use crate::post::{Post, PostForm};
use crate::ui::icon::{Icon, icon};
use crate::ui::{Button, Dialog, FormAlert, FormBody, Tone, TypedConfirmation};

/// Opens for the key that the address names. Works without a script: the server checks the name.
#[component]
pub fn RevokeDialog(
    rows: StoredValue<Vec<KeyRow>>,
    action: Post,
    on_close: Callback<()>,
) -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let id = query.read().get("revoke")?;
        rows.with_value(|rows| {
            rows.iter()
                .find(|row| row.state == KeyState::Active && row.id.to_string() == id)
                .cloned()
        })
    });
    action.tell("Key revoked. It stops working on every node within a second.");
    let close = Callback::new(move |()| {
        action.clear();
        on_close.run(());
    });
    let open = Memo::new(move |_| asked.read().is_some());
    view! {
        <Dialog id="revoke" title="Revoke a key" open=open close_href=paths::KEYS on_close=close>
            {move || asked.get().map(|key| view! { <Question key action/> })}
        </Dialog>
    }
}

#[component]
fn Question(key: KeyRow, action: Post) -> impl IntoView {
    let fault = action.fault();
    let matches = RwSignal::new(false);
    let awake = crate::ui::Clock::here();
    // Without a script the button must work; the server checks the name in any case.
    let blocked = Signal::derive(move || {
        (awake.awake() && !matches.get()).then(|| "Type the key's name first.".to_owned())
    });
    let pending = action.pending();
    let error = Signal::derive(move || field_error(fault.get().as_ref(), FieldName::Confirmation));
    view! {
        <PostForm action>
            <FormBody to=Revoke::PATH>
                <p class="danger-note">
                    {icon(Icon::Alert)}
                    <span>
                        "Programs that use " <strong>{key.name.clone()}</strong> " (" {key.project}
                        ") are refused within a second. A revoked key cannot be brought back."
                    </span>
                </p>
                <FormAlert fault/>
                <input type="hidden" name="id" value=key.id.to_string()/>
                <TypedConfirmation id="revoke-name" expected=key.name matches error/>
                <div class="form-acts">
                    <Button id="revoke-key" submit=true tone=Tone::Danger disabled_reason=blocked>
                        {move || if pending.get() { "Revoking…" } else { "Revoke key" }}
                    </Button>
                    <a class="btn btn-quiet" href=paths::KEYS data-noscroll="true">"Cancel"</a>
                </div>
            </FormBody>
        </PostForm>
    }
}
