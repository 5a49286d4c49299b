//! The question before a kill is released.

use contract::fault::{Fault, Field as FieldName};
use contract::kills::KillRow;
use domain::limits::REASON_CHARS_MAX;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_router::hooks::use_query_map;

use super::calls::Release;
use super::words::of_row;
use crate::pages::welcome::field_error;
use crate::paths;
use crate::post::{Post, PostForm};
use crate::ui::icon::{Icon, icon};
use crate::ui::{Button, Clock, Dialog, Field, FormBody, Tone, TypedConfirmation, sentence};

/// Opens for the kill that the address names. Works without a script: the server checks the name.
#[component]
pub fn ReleaseDialog(
    rows: StoredValue<Vec<KillRow>>,
    action: Post,
    on_close: Callback<()>,
) -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let id = query.read().get("release")?;
        rows.with_value(|rows| {
            rows.iter().find(|row| row.releasable && row.id.to_string() == id).cloned()
        })
    });
    action.tell("Released. Calls are admitted again on every node within a second.");
    let close = Callback::new(move |()| {
        action.clear();
        on_close.run(());
    });
    let open = Memo::new(move |_| asked.read().is_some());
    view! {
        <Dialog id="release" title="Release" open=open close_href=paths::KILL_SWITCH on_close=close>
            {move || asked.get().map(|row| view! { <Question row action/> })}
        </Dialog>
    }
}

#[component]
fn Question(row: KillRow, action: Post) -> impl IntoView {
    let fault = action.fault();
    let matches = RwSignal::new(false);
    let clock = Clock::here();
    let blocked = Signal::derive(move || {
        (clock.awake() && !matches.get()).then(|| "Type the name first.".to_owned())
    });
    let pending = action.pending();
    let general = move || {
        fault.get().filter(|fault| !matches!(fault, Fault::Invalid { .. })).map(|fault| {
            let text = sentence(&fault);
            view! { <p class="form-alert">{icon(Icon::Alert)}<span>{text}</span></p> }
        })
    };
    let wrong = move |field| Signal::derive(move || field_error(fault.get().as_ref(), field));
    let what = of_row(&row);
    view! {
        <PostForm action>
            <FormBody to=Release::PATH>
                <p class="note">
                    {icon(Icon::Info)}
                    <span>
                        "Calls of " <strong>{what}</strong> " are admitted again within a second, unless something else stops them."
                    </span>
                </p>
                <div role="alert" class="form-alert-slot">{general}</div>
                <input type="hidden" name="id" value=row.id.to_string()/>
                <Field
                    id="release-reason"
                    name="reason"
                    label="Reason"
                    hint="Why it is safe again. It is kept in the history and in the audit log."
                    autocomplete="off"
                    maxlength=REASON_CHARS_MAX
                    error=wrong(FieldName::Reason)
                />
                <TypedConfirmation
                    id="release-name"
                    expected=row.target.unwrap_or_default()
                    matches
                    error=wrong(FieldName::Confirmation)
                />
                <div class="form-acts">
                    <Button id="release-kill" submit=true tone=Tone::Primary disabled_reason=blocked>
                        {move || if pending.get() { "Releasing…" } else { "Release" }}
                    </Button>
                    <a class="btn btn-quiet" href=paths::KILL_SWITCH data-noscroll="true">"Cancel"</a>
                </div>
            </FormBody>
        </PostForm>
    }
}
