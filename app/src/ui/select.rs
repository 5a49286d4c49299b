//! A choice of one among few.

use leptos::prelude::*;

use crate::ui::draft::Typed;

/// Pairs of value and words, as a choice takes them.
#[must_use]
pub fn choices(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(value, words)| ((*value).to_owned(), (*words).to_owned())).collect()
}

/// A labelled choice; `options` are pairs of value and words.
#[component]
pub fn Select(
    #[prop(into)] id: String,
    /// The name under which it is sent.
    #[prop(into)]
    name: String,
    #[prop(into)] label: String,
    options: Vec<(String, String)>,
    /// The value chosen at first.
    #[prop(optional, into)]
    selected: String,
    /// Whether the label is for assistive technology only.
    #[prop(optional)]
    quiet_label: bool,
    #[prop(optional, into)] hint: Option<String>,
    /// Why the choice is not acceptable.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    #[prop(optional, into)] on_choice: Option<Callback<String>>,
) -> impl IntoView {
    let selected = Typed::here().text(&name, selected);
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described = {
        let (hint, error_id) = (hint.is_some().then(|| hint_id.clone()), error_id.clone());
        move || match (error.get().is_some(), &hint) {
            (true, Some(hint)) => Some(format!("{error_id} {hint}")),
            (true, None) => Some(error_id.clone()),
            (false, hint) => hint.clone(),
        }
    };
    let options = options
        .into_iter()
        .map(|(value, words)| {
            let chosen = value == selected;
            view! { <option value=value selected=chosen>{words}</option> }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for=id.clone() class=if quiet_label { "sr-only" } else { "" }>{label}</label>
            <span class="select">
                <select
                    id=id
                    name=name
                    class="input"
                    aria-invalid=move || error.get().is_some().then_some("true")
                    aria-describedby=described
                    on:change:target=move |event| {
                        if let Some(on_choice) = on_choice {
                            on_choice.run(event.target().value());
                        }
                    }
                >
                    {options}
                </select>
            </span>
            <p class="field-error" id=error_id role="alert">
                {move || error.get()}
            </p>
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
        </div>
    }
}
