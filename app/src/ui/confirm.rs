//! The question before something that cannot be undone: the name is typed.

use leptos::prelude::*;

use crate::ui::draft::Typed;
use crate::ui::field::Field;

/// A field that wants the exact `expected` name. `matches` follows whether it was given, for the
/// button beside it; the server checks the name again.
#[component]
pub fn TypedConfirmation(
    #[prop(into)] id: String,
    #[prop(into)] expected: String,
    /// Set to whether the text is exactly the name.
    matches: RwSignal<bool>,
    #[prop(optional, into)] error: MaybeProp<String>,
) -> impl IntoView {
    let label = format!("Type {expected} to confirm");
    let typed = Typed::here().text("confirmation", String::new());
    if typed == expected {
        matches.set(true);
    }
    let check = move |text: String| matches.set(text == expected);
    view! {
        <Field
            id=id
            name="confirmation"
            label=label
            mono=true
            autocomplete="off"
            error=error
            on_text=check
        />
    }
}
