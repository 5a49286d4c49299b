//! The questions before a provider or an alias is removed.

use contract::fault::Field as FieldName;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use super::calls::{Remove, RemoveAlias, Routing};
use super::general;
use super::open::Open;
use super::provider_form::named;
use crate::pages::welcome::field_error;
use crate::paths;
use crate::post::{Post, PostForm};
use crate::ui::icon::{Icon, icon};
use crate::ui::{Button, Clock, Dialog, FormBody, Tone, TypedConfirmation};

/// Opens for the provider that the address names.
#[component]
pub fn RemoveDialog(
    stored: StoredValue<Routing>,
    open: Memo<Option<Open>>,
    action: Post,
    back: Callback<()>,
) -> impl IntoView {
    let asked = Memo::new(move |_| match open.get() {
        Some(Open::Remove(slug)) => named(stored, &slug),
        _ => None,
    });
    let wanted = Memo::new(move |_| asked.read().is_some());
    let fault = action.fault();
    let pending = action.pending();
    view! {
        <Dialog id="remove-provider" title="Remove a provider" open=wanted close_href=paths::PROVIDERS on_close=back>
            {move || {
                asked
                    .get()
                    .map(|row| {
                        if !row.aliases.is_empty() {
                            return view! { <InUse name=row.name aliases=row.aliases/> }.into_any();
                        }
                        view! {
                            <PostForm action>
                                <input type="hidden" name="id" value=row.id.to_string()/>
                                <Question
                                    to=Remove::PATH
                                    warning=format!(
                                        "{} is forgotten, and calls to it are not possible any more. Its sealed key is destroyed.",
                                        row.name,
                                    )
                                    expected=row.slug
                                    verb="Remove provider"
                                    fault
                                    pending
                                />
                            </PostForm>
                        }
                            .into_any()
                    })
            }}
        </Dialog>
    }
}

/// Opens for the alias that the address names.
#[component]
pub fn RemoveAliasDialog(
    stored: StoredValue<Routing>,
    open: Memo<Option<Open>>,
    action: Post,
    back: Callback<()>,
) -> impl IntoView {
    let asked = Memo::new(move |_| match open.get() {
        Some(Open::RemoveAlias(name)) => stored.with_value(|routing| {
            routing.aliases.iter().any(|alias| alias.name == name).then_some(name)
        }),
        _ => None,
    });
    let wanted = Memo::new(move |_| asked.read().is_some());
    let fault = action.fault();
    let pending = action.pending();
    view! {
        <Dialog id="remove-alias" title="Remove an alias" open=wanted close_href=paths::PROVIDERS on_close=back>
            {move || {
                asked
                    .get()
                    .map(|name| {
                        view! {
                            <PostForm action>
                                <input type="hidden" name="name" value=name.clone()/>
                                <Question
                                    to=RemoveAlias::PATH
                                    warning=format!(
                                        "Programs that ask for {name} are refused within a second.",
                                    )
                                    expected=name
                                    verb="Remove alias"
                                    fault
                                    pending
                                />
                            </PostForm>
                        }
                    })
            }}
        </Dialog>
    }
}

/// Why a provider stays, and what to do.
#[component]
fn InUse(name: String, aliases: Vec<String>) -> impl IntoView {
    view! {
        <div class="form">
            <p class="note">
                {icon(Icon::Info)}
                <span>
                    <strong>{name}</strong> " stays while aliases lead to it: " {aliases.join(", ")}
                    ". Take it out of their targets first, or switch it off instead."
                </span>
            </p>
            <div class="form-acts">
                <a class="btn btn-quiet" href=paths::PROVIDERS data-noscroll="true">"Close"</a>
            </div>
        </div>
    }
}

#[component]
fn Question(
    to: &'static str,
    warning: String,
    expected: String,
    verb: &'static str,
    fault: Memo<Option<contract::fault::Fault>>,
    #[prop(into)] pending: Signal<bool>,
) -> impl IntoView {
    let matches = RwSignal::new(false);
    let clock = Clock::here();
    // Without a script the button must work; the server checks the name in any case.
    let blocked = Signal::derive(move || {
        (clock.awake() && !matches.get()).then(|| "Type the name first.".to_owned())
    });
    let error = Signal::derive(move || field_error(fault.get().as_ref(), FieldName::Confirmation));
    view! {
        <FormBody to>
            <p class="danger-note">{icon(Icon::Alert)} <span>{warning}</span></p>
            <div role="alert" class="form-alert-slot">
                {move || general(fault.get(), &[FieldName::Confirmation])}
            </div>
            <TypedConfirmation id="remove-name" expected matches error/>
            <div class="form-acts">
                <Button id="remove-it" submit=true tone=Tone::Danger disabled_reason=blocked>
                    {move || if pending.get() { "Removing…" } else { verb }}
                </Button>
                <a class="btn btn-quiet" href=paths::PROVIDERS data-noscroll="true">"Cancel"</a>
            </div>
        </FormBody>
    }
}
