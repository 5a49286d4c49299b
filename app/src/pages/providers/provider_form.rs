//! A new provider, and one that is changed.

use contract::fault::Field as FieldName;
use contract::providers::ProviderRow;
use domain::limits::CREDENTIAL_BYTES_MAX;
use domain::provider::ProviderKind;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use super::calls::{Create, Routing, Update};
use super::fields::{OWN, ProviderFields};
use super::open::Open;
use super::{Acts, general};
use crate::pages::welcome::field_error;
use crate::paths;
use crate::post::{Post, PostForm};
use crate::ui::icon::{Icon, icon};
use crate::ui::{Button, Dialog, Field, FormBody, LinkButton, Shape, Tone};

/// The form for a new provider.
#[component]
pub fn CreateDialog(open: Memo<Option<Open>>, action: Post, back: Callback<()>) -> impl IntoView {
    let wanted = Memo::new(move |_| *open.read() == Some(Open::NewProvider));
    view! {
        <Dialog
            id="new-provider"
            title="New provider"
            shape=Shape::Drawer
            open=wanted
            close_href=paths::PROVIDERS
            on_close=back
        >
            {move || wanted.get().then(|| view! { <NewProvider action/> })}
        </Dialog>
    }
}

#[component]
fn NewProvider(action: Post) -> impl IntoView {
    let fault = action.fault();
    let pending = action.pending();
    view! {
        <PostForm action>
            <FormBody to=Create::PATH>
                <div role="alert" class="form-alert-slot">{move || general(fault.get(), &OWN)}</div>
                <Field
                    id="provider-slug"
                    name="slug"
                    label="Short name"
                    hint="Lower-case letters, digits and hyphens. It stays: the price catalogue knows providers by it, such as openai."
                    autocomplete="off"
                    mono=true
                    maxlength=63
                    error=Signal::derive(move || field_error(fault.get().as_ref(), FieldName::Slug))
                />
                <ProviderFields row=None fault/>
                <Field
                    id="provider-credential"
                    name="credential"
                    label="Key"
                    kind="password"
                    hint="Sealed into the vault, and never shown again. It can also be set later."
                    autocomplete="off"
                    optional=true
                    maxlength=CREDENTIAL_BYTES_MAX
                    error=Signal::derive(move || {
                        field_error(fault.get().as_ref(), FieldName::Credential)
                    })
                />
                <div class="form-acts">
                    <Button submit=true tone=Tone::Primary>
                        {move || if pending.get() { "Adding…" } else { "Add provider" }}
                    </Button>
                    <a class="btn btn-quiet" href=paths::PROVIDERS data-noscroll="true">"Cancel"</a>
                </div>
            </FormBody>
        </PostForm>
    }
}

/// A provider: what can be done with it, and its facts.
#[component]
pub fn EditDialog(
    stored: StoredValue<Routing>,
    open: Memo<Option<Open>>,
    acts: Acts,
    back: Callback<()>,
) -> impl IntoView {
    let asked = Memo::new(move |_| match open.get() {
        Some(Open::Provider(slug)) => named(stored, &slug),
        _ => None,
    });
    let wanted = Memo::new(move |_| asked.read().is_some());
    view! {
        <Dialog
            id="edit-provider"
            title="Provider"
            shape=Shape::Drawer
            open=wanted
            close_href=paths::PROVIDERS
            on_close=back
        >
            {move || asked.get().map(|row| view! { <Edited row acts/> })}
        </Dialog>
    }
}

/// The provider of this short name.
pub(super) fn named(stored: StoredValue<Routing>, slug: &str) -> Option<ProviderRow> {
    stored.with_value(|routing| {
        routing.providers.iter().find(|provider| provider.slug == slug).cloned()
    })
}

#[component]
fn Edited(row: ProviderRow, acts: Acts) -> impl IntoView {
    let built_in = row.kind == ProviderKind::Simulator;
    let heading = format!("{} ({})", row.name, row.slug);
    view! {
        <h3 class="drawer-name">{heading}</h3>
        <Deeds row=row.clone() action=acts.switch/>
        {(row.configured && !built_in)
            .then(|| {
                view! {
                    <p class="note">
                        {icon(Icon::Info)}
                        <span>
                            "The configuration file names this provider. Its facts are put back at the next start; whether it is on stays as it is here."
                        </span>
                    </p>
                }
            })}
        {if built_in {
            view! { <p class="dim">"It is built in: its facts and its key follow the server."</p> }
                .into_any()
        } else {
            view! { <Facts row action=acts.update/> }.into_any()
        }}
    }
}

/// What can be done with a provider at once.
#[component]
fn Deeds(row: ProviderRow, action: Post) -> impl IntoView {
    let fault = action.fault();
    let own = row.kind != ProviderKind::Simulator;
    let next = (!row.active).to_string();
    let used = match row.aliases.len() {
        0 => "No alias leads to it.".to_owned(),
        _ => format!("Aliases that lead to it: {}.", row.aliases.join(", ")),
    };
    view! {
        <div role="alert" class="form-alert-slot">{move || general(fault.get(), &[])}</div>
        <p class="dim">{used}</p>
        <div class="deeds">
            <PostForm action>
                <input type="hidden" name="id" value=row.id.to_string()/>
                <input type="hidden" name="active" value=next/>
                <Button submit=true>{if row.active { "Switch off" } else { "Switch on" }}</Button>
            </PostForm>
            <LinkButton href=paths::provider_test(&row.slug)>"Test call"</LinkButton>
            {own
                .then(|| {
                    view! {
                        <LinkButton href=paths::provider_key(&row.slug)>
                            {if row.credential.is_some() { "Replace key" } else { "Set key" }}
                        </LinkButton>
                        <LinkButton href=paths::provider_remove(&row.slug) tone=Tone::Quiet>
                            "Remove"
                        </LinkButton>
                    }
                })}
        </div>
    }
}

#[component]
fn Facts(row: ProviderRow, action: Post) -> impl IntoView {
    let fault = action.fault();
    let pending = action.pending();
    let id = row.id.to_string();
    view! {
        <PostForm action>
            <FormBody to=Update::PATH>
                <div role="alert" class="form-alert-slot">{move || general(fault.get(), &OWN)}</div>
                <input type="hidden" name="id" value=id/>
                <ProviderFields row=Some(row) fault/>
                <div class="form-acts">
                    <Button submit=true tone=Tone::Primary>
                        {move || if pending.get() { "Saving…" } else { "Save" }}
                    </Button>
                    <a class="btn btn-quiet" href=paths::PROVIDERS data-noscroll="true">"Cancel"</a>
                </div>
            </FormBody>
        </PostForm>
    }
}
