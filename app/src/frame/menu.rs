//! Menus are the browser's own `<details>`: they open without a script. With one they also close when
//! the focus or a click goes elsewhere.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

/// Listens on the window for as long as the surrounding owner lives.
pub fn close_on_leaving() {
    Effect::new(move |_| {
        let click = window_event_listener(ev::click, |event| close(event.target().as_ref()));
        let focus = window_event_listener(ev::focusin, |event| close(event.target().as_ref()));
        let escape = window_event_listener(ev::keydown, |event| {
            if event.key() == "Escape" {
                close_to_summary();
            }
        });
        on_cleanup(move || {
            click.remove();
            focus.remove();
            escape.remove();
        });
    });
}

/// Closes every open menu that does not hold `target`, and those whose link was followed.
fn close(target: Option<&web_sys::EventTarget>) {
    let target = target.and_then(|target| target.dyn_ref::<web_sys::Element>());
    for menu in open_menus() {
        let inside = target.is_some_and(|target| menu.contains(Some(target)));
        if !inside {
            let _ = menu.remove_attribute("open");
        }
    }
}

/// Escape closes the menu and returns the focus to what opened it.
fn close_to_summary() {
    for menu in open_menus() {
        let _ = menu.remove_attribute("open");
        let summary = menu.query_selector("summary").ok().flatten();
        if let Some(summary) = summary.and_then(|s| s.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = summary.focus();
        }
    }
}

fn open_menus() -> Vec<web_sys::Element> {
    let Ok(list) = document().query_selector_all("details.menu[open]") else { return Vec::new() };
    (0..list.length()).filter_map(|i| list.get(i)?.dyn_into::<web_sys::Element>().ok()).collect()
}
