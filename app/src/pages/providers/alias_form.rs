//! A new alias, and one that is changed.

use contract::aliases::AliasRow;
use contract::fault::{Fault, Field as FieldName};
use domain::limits::{DESCRIPTION_CHARS_MAX, MODEL_BYTES_MAX};
use domain::provider::Strategy;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use super::alias_target::Targets;
use super::calls::{CreateAlias, Routing, UpdateAlias};
use super::general;
use super::open::Open;
use crate::pages::welcome::field_error;
use crate::paths;
use crate::post::{Post, PostForm};
use crate::ui::icon::{Icon, icon};
use crate::ui::{Button, Dialog, Field, FormBody, LinkButton, Select, Shape, Tone, Typed};

/// What these fields say of themselves.
const OWN: [FieldName; 3] = [FieldName::Name, FieldName::Description, FieldName::Regions];

/// The form for a new alias.
#[component]
pub fn CreateDialog(
    stored: StoredValue<Routing>,
    open: Memo<Option<Open>>,
    action: Post,
    back: Callback<()>,
) -> impl IntoView {
    let wanted = Memo::new(move |_| *open.read() == Some(Open::NewAlias));
    let fault = action.fault();
    let pending = action.pending();
    view! {
        <Dialog
            id="new-alias"
            title="New alias"
            shape=Shape::Drawer
            open=wanted
            close_href=paths::PROVIDERS
            on_close=back
        >
            {move || {
                wanted
                    .get()
                    .then(|| {
                        view! {
                            <PostForm action>
                                <FormBody to=CreateAlias::PATH>
                                    <div role="alert" class="form-alert-slot">
                                        {move || general(fault.get(), &OWN)}
                                    </div>
                                    <Field
                                        id="alias-name"
                                        name="name"
                                        label="Name"
                                        hint="The model that programs ask for. It stays."
                                        autocomplete="off"
                                        mono=true
                                        maxlength=MODEL_BYTES_MAX
                                        error=Signal::derive(move || {
                                            field_error(fault.get().as_ref(), FieldName::Name)
                                        })
                                    />
                                    <AliasFields row=None stored fault/>
                                    <div class="form-acts">
                                        <Button submit=true tone=Tone::Primary>
                                            {move || {
                                                if pending.get() { "Making…" } else { "Make alias" }
                                            }}
                                        </Button>
                                        <Cancel/>
                                    </div>
                                </FormBody>
                            </PostForm>
                        }
                    })
            }}
        </Dialog>
    }
}

/// An alias that is changed.
#[component]
pub fn EditDialog(
    stored: StoredValue<Routing>,
    open: Memo<Option<Open>>,
    action: Post,
    back: Callback<()>,
) -> impl IntoView {
    let asked = Memo::new(move |_| match open.get() {
        Some(Open::Alias(name)) => stored
            .with_value(|routing| routing.aliases.iter().find(|alias| alias.name == name).cloned()),
        _ => None,
    });
    let wanted = Memo::new(move |_| asked.read().is_some());
    view! {
        <Dialog
            id="edit-alias"
            title="Alias"
            shape=Shape::Drawer
            open=wanted
            close_href=paths::PROVIDERS
            on_close=back
        >
            {move || asked.get().map(|row| view! { <Edited row stored action/> })}
        </Dialog>
    }
}

#[component]
fn Edited(row: AliasRow, stored: StoredValue<Routing>, action: Post) -> impl IntoView {
    let fault = action.fault();
    let pending = action.pending();
    let remove = paths::alias_remove(&row.name);
    view! {
        <h3 class="drawer-name mono">{row.name.clone()}</h3>
        {row
            .configured
            .then(|| {
                view! {
                    <p class="note">
                        {icon(Icon::Info)}
                        <span>
                            "The configuration file, or the server itself, names this alias. All but its description is put back at the next start."
                        </span>
                    </p>
                }
            })}
        <PostForm action>
            <FormBody to=UpdateAlias::PATH>
                <div role="alert" class="form-alert-slot">{move || general(fault.get(), &OWN)}</div>
                <input type="hidden" name="name" value=row.name.clone()/>
                <AliasFields row=Some(row) stored fault/>
                <div class="form-acts">
                    <Button submit=true tone=Tone::Primary>
                        {move || if pending.get() { "Saving…" } else { "Save" }}
                    </Button>
                    <Cancel/>
                    <LinkButton href=remove tone=Tone::Quiet>"Remove"</LinkButton>
                </div>
            </FormBody>
        </PostForm>
    }
}

#[component]
fn Cancel() -> impl IntoView {
    view! { <a class="btn btn-quiet" href=paths::PROVIDERS data-noscroll="true">"Cancel"</a> }
}

#[component]
fn AliasFields(
    row: Option<AliasRow>,
    stored: StoredValue<Routing>,
    fault: Memo<Option<Fault>>,
) -> impl IntoView {
    let wrong = move |field| Signal::derive(move || field_error(fault.get().as_ref(), field));
    let known = row.as_ref().map_or(Strategy::Priority, |row| row.strategy);
    let typed = Typed::here().text("form[strategy]", String::new()).parse();
    let strategy = RwSignal::new(typed.unwrap_or(known));
    let description = row.as_ref().and_then(|row| row.description.clone()).unwrap_or_default();
    let regions = row.as_ref().map(|row| row.regions.join(", ")).unwrap_or_default();
    let options = Strategy::ALL
        .iter()
        .map(|strategy| (strategy.as_str().to_owned(), strategy.label().to_owned()))
        .collect();
    let targets = row.map(|row| row.targets).unwrap_or_default();
    view! {
        <Field
            id="alias-description"
            name="form[description]"
            label="What it is for"
            value=description
            autocomplete="off"
            optional=true
            maxlength=DESCRIPTION_CHARS_MAX
            error=wrong(FieldName::Description)
        />
        <Select
            id="alias-strategy"
            name="form[strategy]"
            label="Strategy"
            options=options
            selected=strategy.get_untracked().as_str()
            on_choice=move |word: String| {
                if let Ok(chosen) = word.parse() {
                    strategy.set(chosen);
                }
            }
        />
        <p class="field-hint" aria-live="polite">{move || explain(strategy.get())}</p>
        <Field
            id="alias-regions"
            name="form[regions]"
            label="Only in these regions"
            hint="Separated by commas. Providers elsewhere, or of no said region, then do not answer."
            value=regions
            autocomplete="off"
            mono=true
            optional=true
            maxlength=REGIONS_CHARS_MAX
            error=wrong(FieldName::Regions)
        />
        <Targets targets stored fault/>
    }
}

/// Longest list of regions that can be typed, in characters: twenty of the longest.
const REGIONS_CHARS_MAX: usize = 820;

/// Which target is tried first, in a sentence.
const fn explain(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::Priority => "Targets are tried in their order: the next one where one fails.",
        Strategy::Weighted => "By chance, in proportion to the weights; the others where it fails.",
        Strategy::Cheapest => "The lowest price for the request at hand is tried first.",
        Strategy::Fastest => "The shortest recent time to the first byte is tried first.",
    }
}
