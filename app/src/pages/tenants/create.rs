//! The form for a new tenant, ready for use: with a project and an administrator.

use contract::fault::{Fault, Field as FieldName};
use contract::tenants::TenantRow;
use domain::limits::{EMAIL_BYTES_MAX, NAME_CHARS_MAX, PASSWORD_BYTES_MAX, PASSWORD_CHARS_MIN};
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use super::calls::Create;
use crate::pages::welcome::{field_error, password_hint};
use crate::paths;
use crate::post::{Post, PostForm};
use crate::ui::{Button, Dialog, Field, FormAlert, FormBody, Toasts, Tone};

/// The form in a dialog.
#[component]
pub fn CreateDialog(
    #[prop(into)] open: Signal<bool>,
    action: Post,
    on_close: Callback<()>,
) -> impl IntoView {
    let fault = action.fault();
    let toasts = Toasts::here();
    Effect::new(move |_| {
        if let Some(row) = action.answer::<TenantRow>() {
            toasts.good(format!("{} is ready.", row.name));
            action.clear();
        }
    });
    let pending = action.pending();
    view! {
        <Dialog id="new-tenant" title="New tenant" open=open close_href=paths::TENANTS on_close=on_close>
            <PostForm action>
                <FormBody to=Create::PATH>
                    <FormAlert fault/>
                    <TenantFields fault/>
                    <AdminFields fault/>
                    <div class="form-acts">
                        <Button submit=true tone=Tone::Primary>
                            {move || if pending.get() { "Creating…" } else { "Create tenant" }}
                        </Button>
                        <a class="btn btn-quiet" href=paths::TENANTS data-noscroll="true">
                            "Cancel"
                        </a>
                    </div>
                </FormBody>
            </PostForm>
        </Dialog>
    }
}

#[component]
fn TenantFields(fault: Memo<Option<Fault>>) -> impl IntoView {
    let wrong = move |field| Signal::derive(move || field_error(fault.get().as_ref(), field));
    view! {
        <fieldset>
            <legend>"Tenant"</legend>
            <Field
                id="tenant-name"
                name="name"
                label="Name"
                autocomplete="off"
                maxlength=NAME_CHARS_MAX
                error=wrong(FieldName::Tenant)
            />
            <Field
                id="tenant-slug"
                name="slug"
                label="Short name"
                hint="Lower-case letters, digits and hyphens. It stays when the name changes."
                autocomplete="off"
                mono=true
                maxlength=NAME_CHARS_MAX
                error=wrong(FieldName::Slug)
            />
            <Field
                id="tenant-project"
                name="project"
                label="First project"
                hint="Keys and calls belong to a project."
                autocomplete="off"
                maxlength=NAME_CHARS_MAX
                error=wrong(FieldName::Project)
            />
        </fieldset>
    }
}

#[component]
fn AdminFields(fault: Memo<Option<Fault>>) -> impl IntoView {
    let wrong = move |field| Signal::derive(move || field_error(fault.get().as_ref(), field));
    view! {
        <fieldset>
            <legend>"First administrator"</legend>
            <Field
                id="admin-name"
                name="admin_name"
                label="Name"
                autocomplete="off"
                maxlength=NAME_CHARS_MAX
                error=wrong(FieldName::Name)
            />
            <Field
                id="admin-email"
                name="admin_email"
                label="E-mail address"
                kind="email"
                hint="Someone who has an account already is given a seat; their password stays."
                autocomplete="off"
                maxlength=EMAIL_BYTES_MAX
                error=wrong(FieldName::Email)
            />
            <Field
                id="admin-password"
                name="admin_password"
                label="First password"
                kind="password"
                hint=password_hint()
                autocomplete="new-password"
                minlength=PASSWORD_CHARS_MIN
                maxlength=PASSWORD_BYTES_MAX
                error=wrong(FieldName::Password)
            />
        </fieldset>
    }
}
