//! A form that narrows a list, and chips for what is in force. It is a plain GET form: without scripts
//! the browser sends it; with them the page changes in place, under an address without empty fields.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast as _;
use web_sys::{Event, FormData, HtmlFormElement, HtmlSelectElement, SubmitEvent};

/// The id of the form: the frame's `/` key leads to its first field.
const FORM_ID: &str = "filter";

/// Gives a field of the form by its name.
pub type Fields<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// A filter in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    /// What it looks at, such as "Model".
    pub what: &'static str,
    /// What it wants, such as "gpt-5".
    pub value: String,
    /// The page without it.
    pub without: String,
}

/// The form.
#[component]
pub fn FilterBar(
    /// The page that the form belongs to.
    action: &'static str,
    /// Builds the address from the fields as a person left them.
    url: fn(&Fields<'_>) -> String,
    /// A choice in this field waits for the other fields and does not send the form by itself.
    #[prop(optional)]
    waits: Option<fn(&str, &str) -> bool>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let navigate = use_navigate();
    let submit = move |event: SubmitEvent| {
        let Some(form) = event.target().and_then(|form| form.dyn_into::<HtmlFormElement>().ok())
        else {
            return;
        };
        let Ok(fields) = FormData::new_with_form(&form) else { return };
        event.prevent_default();
        let url = url(&|name| fields.get(name).as_string());
        navigate(&url, NavigateOptions { scroll: false, ..NavigateOptions::default() });
    };
    let change = move |event: Event| {
        let Some(select) =
            event.target().and_then(|field| field.dyn_into::<HtmlSelectElement>().ok())
        else {
            return;
        };
        let held = waits.is_some_and(|waits| waits(&select.name(), &select.value()));
        if let (false, Some(form)) = (held, select.form()) {
            // A form that does not submit itself still has its button.
            let _ = form.request_submit();
        }
    };
    view! {
        <form
            id=FORM_ID
            class="filter-bar"
            role="search"
            aria-label="Filter"
            method="get"
            action=action
            on:submit=submit
            on:change=change
        >
            {children()}
        </form>
    }
}

/// What is in force, each with the way out of it.
#[component]
pub fn Chips(
    /// The filters.
    chips: Vec<Chip>,
    /// The page without any.
    clear: String,
) -> impl IntoView {
    (!chips.is_empty()).then(|| {
        view! {
            <ul class="chips" aria-label="Filters in force">
                {chips
                    .into_iter()
                    .map(|chip| {
                        view! {
                            <li class="chip">
                                <span class="chip-what">{chip.what}</span>
                                <span class="chip-value">{chip.value.clone()}</span>
                                <a
                                    class="chip-remove"
                                    href=chip.without
                                    aria-label=format!("Remove the filter {}: {}", chip.what, chip.value)
                                >
                                    <span aria-hidden="true">"×"</span>
                                </a>
                            </li>
                        }
                    })
                    .collect_view()}
                <li>
                    <a class="link" href=clear>
                        "Clear filters"
                    </a>
                </li>
            </ul>
        }
    })
}

/// A choice among values, the first being "any".
#[component]
pub fn Choice(
    /// The field's name.
    name: &'static str,
    /// What people read.
    label: &'static str,
    /// The words for no choice.
    any: &'static str,
    /// Values and what people read for them.
    options: Vec<(String, String)>,
    /// The value in force; one that is not among the options is added to them.
    chosen: Option<String>,
) -> impl IntoView {
    let chosen = chosen.unwrap_or_default();
    let known = chosen.is_empty() || options.iter().any(|(value, _)| *value == chosen);
    let extra = (!known).then(|| (chosen.clone(), chosen.clone()));
    let options = options
        .into_iter()
        .chain(extra)
        .map(|(value, text)| {
            let on = value == chosen;
            view! { <option value=value selected=on prop:selected=on>{text}</option> }
        })
        .collect_view();
    let none = chosen.is_empty();
    view! {
        <label class="filter-field">
            <span class="filter-label">{label}</span>
            <span class="select"><select name=name class="input">
                <option value="" selected=none prop:selected=none>
                    {any}
                </option>
                {options}
            </select></span>
        </label>
    }
}

/// A field for a word or a number.
#[component]
pub fn Entry(
    /// The field's name.
    name: &'static str,
    /// What people read.
    label: &'static str,
    /// The keyboard that a phone shows: `text`, `numeric`, `decimal`.
    inputmode: &'static str,
    /// An example.
    placeholder: &'static str,
    /// The value in force.
    value: String,
) -> impl IntoView {
    view! {
        <label class="filter-field">
            <span class="filter-label">{label}</span>
            <input
                type="text"
                name=name
                class="input"
                inputmode=inputmode
                placeholder=placeholder
                autocomplete="off"
                spellcheck="false"
                value=value.clone()
                prop:value=value
            />
        </label>
    }
}
