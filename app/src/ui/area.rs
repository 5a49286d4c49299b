//! A form's field with several lines of text.

use leptos::prelude::*;

use crate::ui::draft::Typed;

/// The field. Its id is also the stem of its hint's and its error's ids.
#[component]
pub fn Area(
    #[prop(into)] id: String,
    /// The name under which it is sent.
    #[prop(into)]
    name: String,
    #[prop(into)] label: String,
    #[prop(into)] hint: String,
    /// Why it is not acceptable.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let typed = Typed::here().text(&name, String::new());
    let sent = sent(&typed);
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described = format!("{error_id} {hint_id}");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <textarea
                id=id
                name=name
                class="input area"
                rows="4"
                spellcheck="false"
                aria-invalid=move || error.get().is_some().then_some("true")
                aria-describedby=described
                prop:value=typed
            >
                {sent}
            </textarea>
            <p class="field-error" id=error_id role="alert">
                {move || error.get()}
            </p>
            <p class="field-hint" id=hint_id>{hint}</p>
        </div>
    }
}

/// The text as the document holds it. Leptos writes what stands in a text area as it is, and the browser
/// drops a line break at its beginning.
fn sent(text: &str) -> String {
    if cfg!(feature = "ssr") {
        format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"))
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_inside_of_its_field() {
        assert_eq!(sent("a\n</textarea><b>&lt;"), "\na\n&lt;/textarea>&lt;b>&amp;lt;");
    }
}
