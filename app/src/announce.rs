//! A change of page, for those who do not see it: the focus goes to the content, and the new title is
//! read aloud.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast as _;

use crate::ui::Announcer;

/// How long a page may take to set its title.
const TITLE_AFTER: std::time::Duration = std::time::Duration::from_millis(350);

/// Follows the path. The first page is not announced: the browser does that itself.
#[component]
pub fn Navigation() -> impl IntoView {
    let path = use_location().pathname;
    let announcer = Announcer::here();
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now) {
            set_timeout(
                move || {
                    focus_content();
                    announcer.say(&document().title());
                },
                TITLE_AFTER,
            );
        }
        now
    });
}

/// Moves the focus to the content, unless the page has put it somewhere itself.
fn focus_content() {
    let document = document();
    let idle = document.active_element().is_none_or(|focused| {
        focused.tag_name() == "BODY" || focused.closest("nav, .brand").is_ok_and(|e| e.is_some())
    });
    if idle
        && let Some(main) = document.get_element_by_id("main")
        && let Ok(main) = main.dyn_into::<web_sys::HtmlElement>()
    {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = main.focus_with_options(&options);
    }
}
