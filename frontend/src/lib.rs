//! The browser's entry: takes the server-rendered page over, and says so when that breaks.

use leptos::prelude::*;

/// Called by the page's script once the module is loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        show_reload_bar();
    }));
    leptos::mount::hydrate_body(app::App);
}

/// Says that the page has stopped reacting. Its forms and links still work, and so does this one: the
/// router leaves links of another site alone.
fn show_reload_bar() {
    let document = document();
    let (Some(body), Ok(bar), Ok(link)) =
        (document.body(), document.create_element("div"), document.create_element("a"))
    else {
        return;
    };
    bar.set_class_name("reload-bar");
    bar.set_text_content(Some("This page has stopped working. What you sent is not lost. "));
    let _ = bar.set_attribute("role", "alert");
    let _ = link.set_attribute("rel", "external");
    let _ = link.set_attribute("href", "");
    link.set_class_name("btn");
    link.set_text_content(Some("Reload"));
    let _ = bar.append_child(&link);
    let _ = body.append_child(&bar);
}
