//! A form that was refused where no script kept it, with what was typed into it.

use contract::draft::{DRAFT_PARAM, Draft};
use leptos::context::Provider;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The form that the frame was loaded with: what was typed and refused before this page.
#[derive(Clone, Copy)]
pub struct Refused(pub StoredValue<Option<Draft>>);

/// What was typed into the form around a field; nothing where it was not refused.
#[derive(Clone, Copy, Default)]
pub struct Typed(Option<StoredValue<Option<Draft>>>);

impl Typed {
    /// What was typed into the form around here.
    #[must_use]
    pub fn here() -> Self {
        use_context().unwrap_or_default()
    }

    /// Reads from it; `None` where there is nothing.
    pub fn with<T>(self, read: impl FnOnce(&Draft) -> T) -> Option<T> {
        self.0.and_then(|draft| draft.with_value(|draft| draft.as_ref().map(read)))
    }

    /// What was typed into a field, or else what it starts with.
    #[must_use]
    pub fn text(self, name: &str, otherwise: String) -> String {
        let typed = self.with(|draft| draft.get(name).map(str::to_owned)).flatten();
        typed.unwrap_or(otherwise)
    }

    /// Whether a box was ticked, or else whether it is at first. One that is not ticked is not sent.
    #[must_use]
    pub fn ticked(self, name: &str, value: &str, otherwise: bool) -> bool {
        self.with(|draft| draft.holds(name, value)).unwrap_or(otherwise)
    }
}

/// The inside of a form that is sent `to` a server function: its fields start with what was typed into
/// them, where the address of the page names that very draft; else with what is in `start`.
#[component]
pub fn FormBody(
    to: &'static str,
    #[prop(optional)] start: Option<Draft>,
    children: Children,
) -> impl IntoView {
    let named = use_query_map().with_untracked(|query| query.get(DRAFT_PARAM));
    let draft = use_context::<Refused>().map(|refused| refused.0).filter(|draft| {
        draft.with_value(|draft| {
            draft.as_ref().is_some_and(|draft| draft.to == to && named.as_ref() == Some(&draft.id))
        })
    });
    let draft = draft.or_else(|| start.map(|start| StoredValue::new(Some(start))));
    view! {
        <div class="form">
            <Provider value=Typed(draft)>{children()}</Provider>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use contract::draft::is_secret;

    fn sources(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else {
                found.push(fs::read_to_string(path).unwrap());
            }
        }
    }

    #[test]
    fn a_field_that_hides_what_is_typed_is_never_kept() {
        let mut files = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages"), &mut files);
        let mut hidden = 0;
        for text in &files {
            for (at, _) in text.match_indices("kind=\"password\"") {
                let name = text[..at].rsplit_once(" name=\"").unwrap().1.split('"').next().unwrap();
                assert!(is_secret(name), "{name}");
                hidden += 1;
            }
        }
        assert!(hidden >= 4, "the pages have such fields: {hidden}");
    }
}
