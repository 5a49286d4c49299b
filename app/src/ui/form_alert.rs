//! Why a form was refused where none of its fields is to blame.

use contract::fault::Fault;
use leptos::prelude::*;

use crate::ui::failure::sentence;
use crate::ui::icon::{Icon, icon};

/// Stands above the fields, always, so that what appears in it is read out. What a field is to blame
/// for stands at the field.
#[component]
pub fn FormAlert(#[prop(into)] fault: Signal<Option<Fault>>) -> impl IntoView {
    let text = move || {
        let fault = fault.get().filter(|fault| !matches!(fault, Fault::Invalid { .. }))?;
        Some(view! { <p class="form-alert">{icon(Icon::Alert)}<span>{sentence(&fault)}</span></p> })
    };
    view! { <div role="alert" class="form-alert-slot">{text}</div> }
}
