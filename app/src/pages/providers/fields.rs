//! The fields of a provider, for a new one and for one that is changed.

use contract::fault::{Fault, Field as FieldName};
use contract::providers::ProviderRow;
use domain::address::ADDRESS_BYTES_MAX;
use domain::limits::NAME_CHARS_MAX;
use domain::provider::{Auth, OnHangup, ProviderKind, Surface, Wire};
use leptos::prelude::*;

use crate::pages::welcome::field_error;
use crate::ui::icon::{Icon, icon};
use crate::ui::{Checkbox, Checks, Field, Select, Tick, Typed};

/// What these fields say of themselves; a form says the rest at its head.
pub const OWN: [FieldName; 7] = [
    FieldName::Name,
    FieldName::Slug,
    FieldName::Address,
    FieldName::Surfaces,
    FieldName::Region,
    FieldName::ApiVersion,
    FieldName::Credential,
];

/// The facts of a provider. Of a new one what is left out comes with its kind.
#[component]
pub fn ProviderFields(row: Option<ProviderRow>, fault: Memo<Option<Fault>>) -> impl IntoView {
    let known = row.is_some();
    let kind = row.as_ref().map_or(ProviderKind::OpenAi, |row| row.kind);
    let typed = Typed::here().text("form[kind]", String::new()).parse();
    let kind = RwSignal::new(typed.unwrap_or(kind));
    let text = |pick: fn(&ProviderRow) -> &str| {
        row.as_ref().map(|row| pick(row).to_owned()).unwrap_or_default()
    };
    let wrong = move |field| Signal::derive(move || field_error(fault.get().as_ref(), field));
    let private = row.as_ref().is_some_and(|row| row.private_network);
    let hangup = row.as_ref().map(|row| row.on_hangup.as_str()).unwrap_or_default();
    view! {
        <Field
            id="provider-name"
            name="form[name]"
            label="Name"
            value=text(|row| &row.name)
            autocomplete="off"
            maxlength=NAME_CHARS_MAX
            error=wrong(FieldName::Name)
        />
        <Select
            id="provider-kind"
            name="form[kind]"
            label="Kind"
            options=kinds()
            selected=kind.get_untracked().as_str()
            on_choice=move |word: String| {
                if let Ok(chosen) = word.parse() {
                    kind.set(chosen);
                }
            }
        />
        <p class="note">{icon(Icon::Info)} <span>{move || brings(kind.get())}</span></p>
        <Field
            id="provider-address"
            name="form[base_url]"
            label="Address"
            hint="With https, up to and including /v1 where there is one. No slash at the end."
            value=text(|row| &row.base_url)
            autocomplete="off"
            mono=true
            optional=!known
            maxlength=ADDRESS_BYTES_MAX
            error=wrong(FieldName::Address)
        />
        <Checkbox
            id="provider-private"
            name="form[private_network]"
            label="In a private network"
            hint="Its address may be unencrypted, and lead to this machine or to your own network."
            checked=private
        />
        <Field
            id="provider-region"
            name="form[region]"
            label="Region"
            hint="Where it computes, such as eu-central-1. An alias can keep calls within regions; AWS signatures need one."
            value=text(|row| row.region.as_deref().unwrap_or_default())
            autocomplete="off"
            mono=true
            optional=true
            maxlength=40
            error=wrong(FieldName::Region)
        />
        <Wiring row=row.clone() fault/>
        <Select
            id="provider-hangup"
            name="form[on_hangup]"
            label="When a client hangs up in the middle of a stream"
            options=with_preset(OnHangup::ALL, OnHangup::as_str, OnHangup::label)
            selected=hangup
            hint="Read on where it bills the whole answer anyway: the usage is then known."
        />
    }
}

/// How it is spoken to: what few people change.
#[component]
fn Wiring(row: Option<ProviderRow>, fault: Memo<Option<Fault>>) -> impl IntoView {
    let wrong = move |field| Signal::derive(move || field_error(fault.get().as_ref(), field));
    let known = row.is_some();
    let auth = row.as_ref().map(|row| row.auth.as_str()).unwrap_or_default();
    let wire = row.as_ref().map(|row| row.wire.as_str()).unwrap_or_default();
    let version = row.as_ref().and_then(|row| row.api_version.clone()).unwrap_or_default();
    let ticks = Surface::ALL
        .iter()
        .map(|surface| Tick {
            value: surface.as_str().into(),
            label: surface.label().into(),
            ticked: row.as_ref().is_some_and(|row| row.surfaces.contains(surface)),
        })
        .collect();
    let hint = if known {
        "What programs can ask it for."
    } else {
        "What programs can ask it for. With none ticked, what its kind serves."
    };
    view! {
        <Checks
            id="provider-surfaces"
            name="form[surfaces][]"
            legend="Serves"
            ticks=ticks
            hint=hint
            error=wrong(FieldName::Surfaces)
        />
        <Select
            id="provider-auth"
            name="form[auth]"
            label="How it is shown its key"
            options=with_preset(Auth::ALL, Auth::as_str, Auth::label)
            selected=auth
        />
        <Select
            id="provider-wire"
            name="form[wire]"
            label="Form of addresses and bodies"
            options=with_preset(Wire::ALL, Wire::as_str, Wire::label)
            selected=wire
        />
        <Field
            id="provider-version"
            name="form[api_version]"
            label="API version"
            hint="Azure's addresses end with it, such as 2024-10-21."
            value=version
            autocomplete="off"
            mono=true
            optional=true
            maxlength=40
            error=wrong(FieldName::ApiVersion)
        />
    }
}

/// The kinds that a person can choose: the simulator is built in.
fn kinds() -> Vec<(String, String)> {
    ProviderKind::ALL
        .iter()
        .filter(|kind| **kind != ProviderKind::Simulator)
        .map(|kind| (kind.as_str().to_owned(), kind.label().to_owned()))
        .collect()
}

/// Words to choose from, and before them what the kind brings.
fn with_preset<T: Copy>(
    all: &[T],
    word: fn(T) -> &'static str,
    label: fn(T) -> &'static str,
) -> Vec<(String, String)> {
    let mut options = vec![(String::new(), "As its kind".to_owned())];
    options.extend(all.iter().map(|one| (word(*one).to_owned(), label(*one).to_owned())));
    options
}

/// What a kind brings along, in a sentence.
fn brings(kind: ProviderKind) -> String {
    let preset = kind.preset();
    let serves: Vec<_> = preset.surfaces.iter().map(|surface| surface.label()).collect();
    let place = match preset.base_url {
        "" => "Its address is yours to give.".to_owned(),
        url => format!("Reached at {url}."),
    };
    let needs = match (preset.auth, preset.wire) {
        (Auth::SigV4, _) => " Needs a region.",
        (_, Wire::Azure) => " Needs an API version.",
        _ => "",
    };
    format!(
        "{}: {place} Key: {}. Serves: {}.{needs} What you leave empty is taken from this.",
        kind.label(),
        preset.auth.label(),
        serves.join(", "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_tells_what_it_brings_and_what_it_needs() {
        assert!(brings(ProviderKind::OpenAi).contains("https://api.openai.com/v1"));
        assert!(brings(ProviderKind::Azure).contains("Needs an API version."));
        assert!(brings(ProviderKind::Bedrock).contains("Needs a region."));
        assert!(kinds().iter().all(|(word, _)| word != "simulator"));
    }
}
