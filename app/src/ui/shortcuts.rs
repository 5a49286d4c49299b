//! Single keys, as in a mail program: never while somebody writes, and never with a modifier, which
//! belongs to the browser.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, KeyboardEvent};

/// Listens for single keys for as long as the surrounding owner lives. `press` is given the key and
/// says whether it did something with it.
pub fn shortcuts(press: impl Fn(&str) -> bool + Clone + 'static) {
    Effect::new(move || {
        let press = press.clone();
        let handle = window_event_listener(ev::keydown, move |event| {
            if !meant_for_another(&event) && press(&event.key()) {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// Moves the focus through the elements that a selector finds: to the next (`1`) or the previous (`-1`)
/// one, or to the first where none of them has it. Says whether there was one to move to.
pub fn step_focus(selector: &str, by: i32) -> bool {
    let Ok(found) = document().query_selector_all(selector) else { return false };
    let active = document().active_element();
    let place = (0..found.length()).find(|&i| {
        found.item(i).is_some_and(|node| active.as_ref().is_some_and(|a| node.contains(Some(a))))
    });
    let next = match place {
        None => Some(0),
        Some(place) => place.checked_add_signed(by),
    };
    let target = next.and_then(|next| found.item(next));
    target.and_then(|node| node.dyn_into::<HtmlElement>().ok()).is_some_and(|e| e.focus().is_ok())
}

fn meant_for_another(event: &KeyboardEvent) -> bool {
    let writes = |element: HtmlElement| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
            || element.is_content_editable()
            || element.closest("dialog").is_ok_and(|dialog| dialog.is_some())
    };
    event.default_prevented()
        || event.ctrl_key()
        || event.meta_key()
        || event.alt_key()
        || event.target().and_then(|t| t.dyn_into::<HtmlElement>().ok()).is_some_and(writes)
}
