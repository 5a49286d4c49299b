//! A test call to a provider: one tiny request, and what came of it.

use contract::fault::Field as FieldName;
use contract::providers::ProviderRow;
use domain::limits::MODEL_BYTES_MAX;
use domain::probe::Probe;
use leptos::prelude::*;

use super::calls::Routing;
use super::general;
use super::open::Open;
use super::provider_form::named;
use crate::pages::welcome::field_error;
use crate::paths;
use crate::post::{Post, PostForm};
use crate::ui::icon::{Icon, icon};
use crate::ui::number::count;
use crate::ui::{Button, Dialog, Field, State, Tone, badge};

/// The form for a test call, with its result.
#[component]
pub fn TestDialog(
    stored: StoredValue<Routing>,
    open: Memo<Option<Open>>,
    action: Post,
    back: Callback<()>,
) -> impl IntoView {
    let asked = Memo::new(move |_| match open.get() {
        Some(Open::Test(slug)) => named(stored, &slug),
        _ => None,
    });
    let wanted = Memo::new(move |_| asked.read().is_some());
    view! {
        <Dialog id="test-provider" title="Test call" open=wanted close_href=paths::PROVIDERS on_close=back>
            {move || asked.get().map(|row| view! { <Asked row action/> })}
        </Dialog>
    }
}

#[component]
fn Asked(row: ProviderRow, action: Post) -> impl IntoView {
    let fault = action.fault();
    let pending = action.pending();
    let model = row.models.first().cloned().unwrap_or_default();
    view! {
        <p class="only-noscript form-alert">
            {icon(Icon::Info)} <span>"A test call needs JavaScript: its answer is shown in this page."</span>
        </p>
        <div class="needs-script">
        <PostForm action>
            <div class="form">
                <p class="note">
                    {icon(Icon::Info)}
                    <span>
                        "One real request with a few tokens is sent to " <strong>{row.name}</strong>
                        ". The provider may bill it; no tenant does."
                    </span>
                </p>
                <div role="alert" class="form-alert-slot">
                    {move || general(fault.get(), &[FieldName::Model])}
                </div>
                <input type="hidden" name="id" value=row.id.to_string()/>
                <Field
                    id="test-model"
                    name="model"
                    label="Model"
                    hint="As the provider names it."
                    value=model
                    autocomplete="off"
                    mono=true
                    maxlength=MODEL_BYTES_MAX
                    error=Signal::derive(move || {
                        field_error(fault.get().as_ref(), FieldName::Model)
                    })
                />
                <div class="form-acts">
                    <Button submit=true tone=Tone::Primary>
                        {move || if pending.get() { "Asking…" } else { "Send test call" }}
                    </Button>
                    <a class="btn btn-quiet" href=paths::PROVIDERS data-noscroll="true">"Close"</a>
                </div>
            </div>
        </PostForm>
        </div>
        <div role="status">
            {move || {
                (!pending.get())
                    .then(|| action.answer::<Probe>())
                    .flatten()
                    .map(|found| view! { <Outcome found/> })
            }}
        </div>
    }
}

#[component]
fn Outcome(found: Probe) -> impl IntoView {
    let status = found.status.map_or_else(|| "none".to_owned(), |status| status.to_string());
    view! {
        <section class="section" aria-label="Result of the test call">
            <p>
                {if found.ok {
                    badge(State::Good, "It answers").into_any()
                } else {
                    badge(State::Bad, "It does not answer as it should").into_any()
                }}
            </p>
            <dl class="facts">
                <div>
                    <dt>"Status"</dt>
                    <dd class="num">{status}</dd>
                </div>
                <div>
                    <dt>"Time"</dt>
                    <dd class="num">
                        {count(found.latency_ms.into())} <span class="unit">" ms"</span>
                    </dd>
                </div>
                <div>
                    <dt>"Model served"</dt>
                    <dd class="mono">{found.model_served.unwrap_or_else(|| "not said".to_owned())}</dd>
                </div>
                {found
                    .note
                    .map(|note| {
                        view! {
                            <div>
                                <dt>"Note"</dt>
                                <dd>{note}</dd>
                            </div>
                        }
                    })}
            </dl>
        </section>
    }
}
