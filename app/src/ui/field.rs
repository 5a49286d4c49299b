//! A form's field: its label, its hint and its error, tied together for assistive technology.

use leptos::prelude::*;

use crate::ui::draft::Typed;

/// A field with one line of text. Its id is also the stem of its hint's and its error's ids.
#[component]
pub fn Field(
    #[prop(into)] id: String,
    /// The name under which it is sent.
    #[prop(into)]
    name: String,
    #[prop(into)] label: String,
    /// The input's type.
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(optional, into)] hint: Option<String>,
    /// Why it is not acceptable.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// What it starts with.
    #[prop(optional, into)]
    value: String,
    /// Follows what is typed.
    #[prop(optional, into)]
    on_text: Option<Callback<String>>,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] placeholder: Option<&'static str>,
    #[prop(optional)] minlength: Option<usize>,
    #[prop(optional)] maxlength: Option<usize>,
    #[prop(optional)] optional: bool,
    #[prop(optional)] mono: bool,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let value = if kind == "password" { value } else { Typed::here().text(&name, value) };
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    let has_error = Memo::new(move |_| error.get().is_some());
    let described = {
        let (hint_id, error_id) = (hint_id.clone(), error_id.clone());
        let has_hint = hint.is_some();
        move || match (has_hint, has_error.get()) {
            (true, true) => Some(format!("{error_id} {hint_id}")),
            (false, true) => Some(error_id.clone()),
            (true, false) => Some(hint_id.clone()),
            (false, false) => None,
        }
    };
    view! {
        <div class="field">
            <label for=id.clone()>
                {label}
                {optional.then(|| view! { <span class="field-optional">" optional"</span> })}
            </label>
            <input
                id=id
                name=name
                type=kind
                class=if mono { "input mono" } else { "input" }
                value=value
                autocomplete=autocomplete
                placeholder=placeholder
                minlength=minlength.map(|n| n.to_string())
                maxlength=maxlength.map(|n| n.to_string())
                required=!optional
                autofocus=autofocus
                spellcheck="false"
                aria-invalid=move || has_error.get().then_some("true")
                aria-describedby=described
                on:input:target=move |event| {
                    if let Some(on_text) = on_text {
                        on_text.run(event.target().value());
                    }
                }
            />
            <p class="field-error" id=error_id role="alert">
                {move || error.get()}
            </p>
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
        </div>
    }
}
