//! Dialogs and drawers: the browser's own `<dialog>`, which keeps the focus inside, closes on escape
//! and gives the focus back.

use leptos::html;
use leptos::prelude::*;

use crate::ui::icon::{Icon, icon};

/// How it appears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// In the middle, over the page.
    #[default]
    Modal,
    /// Along the right edge; the whole screen on small ones.
    Drawer,
}

/// A dialog. Before the browser has taken over it is shown in place when open, and its close control
/// is a link to `close_href`, so that it works without a script.
#[component]
pub fn Dialog(
    /// Unique in the page; the title's id is made from it.
    #[prop(into)]
    id: String,
    #[prop(into)] title: String,
    #[prop(into)] open: Signal<bool>,
    /// The page without the dialog.
    #[prop(optional, into)]
    close_href: Option<String>,
    /// Runs when it was closed, by whatever means; sets `open` to false.
    #[prop(into)]
    on_close: Callback<()>,
    #[prop(optional)] shape: Shape,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let title_id = format!("{id}-title");
    let labelled_by = title_id.clone();
    Effect::new(move |_| {
        let open = open.get();
        if let Some(dialog) = node.get() {
            follow(&dialog, open);
        }
    });
    let close = move || {
        if let Some(dialog) = node.get_untracked() {
            dialog.close();
        }
    };
    let control = match close_href {
        Some(href) => view! {
            <a
                class="btn btn-quiet btn-icon"
                href=href
                aria-label="Close"
                data-noscroll="true"
                on:click=move |event| {
                    event.prevent_default();
                    close();
                }
            >
                {icon(Icon::Close)}
            </a>
        }
        .into_any(),
        None => view! {
            <button
                type="button"
                class="btn btn-quiet btn-icon"
                aria-label="Close"
                on:click=move |_| close()
            >
                {icon(Icon::Close)}
            </button>
        }
        .into_any(),
    };
    view! {
        <dialog
            node_ref=node
            id=id
            class=match shape {
                Shape::Modal => "dialog",
                Shape::Drawer => "dialog drawer",
            }
            aria-labelledby=labelled_by
            open=open.get_untracked()
            on:close=move |_| {
                if open.get_untracked() {
                    on_close.run(());
                }
            }
            on:click=move |event| close_on_backdrop(&event)
        >
            <div class="dialog-panel">
                <header class="dialog-head">
                    <h2 id=title_id>{title}</h2>
                    {control}
                </header>
                <div class="dialog-body">{children()}</div>
            </div>
        </dialog>
    }
}

/// Makes the element's state the wanted one. What the server opened in place becomes modal.
fn follow(dialog: &web_sys::HtmlDialogElement, open: bool) {
    if !open {
        if dialog.open() {
            dialog.close();
        }
        return;
    }
    if dialog.open() {
        if dialog.matches(":modal").unwrap_or(false) {
            return;
        }
        let _ = dialog.remove_attribute("open");
    }
    let _ = dialog.show_modal();
    let dialog = dialog.clone();
    // By the next frame the content that belongs to this opening is there, and the dialog itself where it
    // was made for this opening.
    request_animation_frame(move || {
        if !dialog.open() {
            let _ = dialog.show_modal();
        }
        focus_first_field(&dialog);
    });
}

/// The browser would focus the control that closes; a form begins with its first field.
fn focus_first_field(dialog: &web_sys::HtmlDialogElement) {
    use wasm_bindgen::JsCast as _;
    const FIELDS: &str = ".dialog-body :is(input:not([type=hidden]), select, textarea)";
    let field = dialog.query_selector(FIELDS).ok().flatten();
    if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = field.focus();
    }
}

/// A click that hits the dialog itself, and not its panel, hit the backdrop.
fn close_on_backdrop(event: &leptos::ev::MouseEvent) {
    use wasm_bindgen::JsCast as _;
    let dialog = event.current_target();
    if event.target() == dialog
        && let Some(dialog) = dialog.and_then(|d| d.dyn_into::<web_sys::HtmlDialogElement>().ok())
    {
        dialog.close();
    }
}
