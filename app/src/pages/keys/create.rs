//! The form for a new key.

use contract::fault::Field as FieldName;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::refusal;
use crate::frame::Here;
use crate::pages::welcome::field_error;
use crate::paths;
use crate::post::Post;
use crate::ui::icon::{Icon, icon};
use crate::ui::{Button, Dialog, Field, FormAlert, Select, Tone, choices};

/// Choices of a key's life, in days; zero is for ever.
const LIVES: [(&str, &str); 5] = [
    ("90", "90 days"),
    ("30", "30 days"),
    ("7", "7 days"),
    ("365", "One year"),
    ("0", "Ever, until it is revoked"),
];

/// The form in a dialog. It is sent by a script only, since the answer holds the secret.
#[component]
pub fn CreateDialog(
    #[prop(into)] open: Signal<bool>,
    action: Post,
    on_close: Callback<()>,
) -> impl IntoView {
    let fault = action.fault();
    let projects = Here::get().map(|here| here.with(|view| view.projects.clone()));
    let projects: Vec<(String, String)> = projects
        .unwrap_or_default()
        .into_iter()
        .map(|project| (project.id.to_string(), project.name))
        .collect();
    let pending = action.pending();
    let forbidden = refusal();
    view! {
        <Dialog id="new-key-dialog" title="New API key" open=open close_href=paths::KEYS on_close=on_close>
            <p class="only-noscript form-alert">
                {icon(Icon::Info)}
                <span>
                    "Making a key needs JavaScript: its secret is shown once, in this page, and never becomes part of an address."
                </span>
            </p>
            <form class="form needs-script" on:submit=move |event| submit(&event, action)>
                <FormAlert fault/>
                <Field
                    id="key-name"
                    name="name"
                    label="Name"
                    hint="What will use it, such as billing-agent. Unique in its project."
                    autocomplete="off"
                    maxlength=domain::limits::NAME_CHARS_MAX
                    error=Signal::derive(move || field_error(fault.get().as_ref(), FieldName::Name))
                />
                <Select id="key-project" name="project_id" label="Project" options=projects/>
                <Select
                    id="key-life"
                    name="expires_in_days"
                    label="Works for"
                    options=choices(&LIVES)
                    hint="A key that leaks is worth less when its time is short."
                />
                <div class="form-acts">
                    <Button id="create-key" submit=true tone=Tone::Primary disabled_reason=forbidden>
                        {move || if pending.get() { "Creating…" } else { "Create key" }}
                    </Button>
                    <a class="btn btn-quiet" href=paths::KEYS data-noscroll="true">"Cancel"</a>
                </div>
            </form>
        </Dialog>
    }
}

/// Sends the form's fields by the action, which keeps the answer in this page.
fn submit(event: &SubmitEvent, action: Post) {
    if action.pending().get_untracked() {
        event.prevent_default();
    } else {
        action.send(event);
    }
}
