//! Boxes to tick: one alone, or several of one kind.

use leptos::prelude::*;

use crate::ui::draft::Typed;

/// One box with its words. Not ticked, it is not sent; ticked, it is sent as `true`.
#[component]
pub fn Checkbox(
    #[prop(into)] id: String,
    /// The name under which it is sent.
    #[prop(into)]
    name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] checked: bool,
) -> impl IntoView {
    let checked = Typed::here().ticked(&name, "true", checked);
    let hint_id = format!("{id}-hint");
    let described = hint.is_some().then(|| hint_id.clone());
    view! {
        <div class="field">
            <label class="check">
                <input
                    id=id
                    type="checkbox"
                    name=name
                    value="true"
                    checked=checked
                    aria-describedby=described
                />
                <span>{label}</span>
            </label>
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
        </div>
    }
}

/// One of several boxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// What is sent.
    pub value: String,
    /// Its words.
    pub label: String,
    /// Whether it is ticked at first.
    pub ticked: bool,
}

/// Several boxes under one heading, sent as a list.
#[component]
pub fn Checks(
    #[prop(into)] id: String,
    /// The name under which they are sent, with `[]` at its end.
    #[prop(into)]
    name: String,
    #[prop(into)] legend: String,
    ticks: Vec<Tick>,
    #[prop(optional, into)] hint: Option<String>,
    /// Why the choice is not acceptable.
    #[prop(optional, into)]
    error: MaybeProp<String>,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    let described = match hint {
        Some(_) => format!("{error_id} {hint_id}"),
        None => error_id.clone(),
    };
    let typed = Typed::here();
    let boxes = ticks
        .into_iter()
        .map(|tick| {
            let ticked = typed.ticked(&name, &tick.value, tick.ticked);
            view! {
                <label class="check">
                    <input
                        type="checkbox"
                        name=name.clone()
                        value=tick.value
                        checked=ticked
                    />
                    <span>{tick.label}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="checks" id=id aria-describedby=described>
            <legend>{legend}</legend>
            <div class="checks-boxes">{boxes}</div>
            <p class="field-error" id=error_id role="alert">
                {move || error.get()}
            </p>
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
        </fieldset>
    }
}
