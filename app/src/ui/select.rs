//! A choice of one among few.

use leptos::prelude::*;

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
    #[prop(optional, into)] on_choice: Option<Callback<String>>,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    let described = hint.is_some().then(|| hint_id.clone());
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
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
        </div>
    }
}
