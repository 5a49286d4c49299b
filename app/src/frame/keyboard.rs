//! Keys that work on every page. Single keys never act while someone types.

use leptos::ev;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast as _;

use super::sidebar::places;
use super::{Here, Overlays};

/// How long `g` waits for its second key.
const SECOND_KEY_WITHIN: std::time::Duration = std::time::Duration::from_millis(1_200);

/// Listens on the window for as long as the surrounding owner lives.
pub fn listen(overlays: Overlays) {
    let Some(here) = Here::get() else { return };
    let navigate = use_navigate();
    let waiting = StoredValue::new(false);
    Effect::new(move |_| {
        let navigate = navigate.clone();
        let go = move |key: &str| {
            let place = places(here).into_iter().find(|place| key == place.key.to_string());
            if let Some(place) = place {
                navigate(place.href, NavigateOptions::default());
            }
        };
        let handle = window_event_listener(ev::keydown, move |event| {
            if is_palette(&event) {
                event.prevent_default();
                overlays.palette.update(|open| *open = !*open);
            } else if is_free(&event) {
                let key = event.key();
                if waiting.get_value() {
                    waiting.set_value(false);
                    go(&key);
                } else {
                    single(&event, &key, overlays, waiting);
                }
            }
        });
        on_cleanup(move || handle.remove());
    });
}

fn single(event: &KeyboardEvent, key: &str, overlays: Overlays, waiting: StoredValue<bool>) {
    match key {
        "g" => {
            waiting.set_value(true);
            set_timeout(move || _ = waiting.try_set_value(false), SECOND_KEY_WITHIN);
        }
        "?" => overlays.help.set(true),
        "/" => {
            event.prevent_default();
            focus_filter();
        }
        _ => {}
    }
}

fn is_palette(event: &KeyboardEvent) -> bool {
    (event.meta_key() || event.ctrl_key())
        && !event.shift_key()
        && !event.alt_key()
        && event.key().eq_ignore_ascii_case("k")
}

/// Whether a single key may act: no modifier, nothing typed into, no dialog open.
fn is_free(event: &KeyboardEvent) -> bool {
    if event.meta_key() || event.ctrl_key() || event.alt_key() || event.default_prevented() {
        return false;
    }
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let typing = target.is_some_and(|target| {
        target
            .closest("input, textarea, select, [contenteditable], dialog")
            .is_ok_and(|e| e.is_some())
    });
    !typing && document().query_selector("dialog:modal").is_ok_and(|dialog| dialog.is_none())
}

/// The first field of the page's filter.
fn focus_filter() {
    let field = document().query_selector("#filter input, #filter select, [data-filter]");
    if let Some(field) =
        field.ok().flatten().and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok())
    {
        let _ = field.focus();
    }
}
