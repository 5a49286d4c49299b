//! Buttons, and links that look like them. What cannot be used is shown with the reason, not hidden.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// How loud a control is. One primary per view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Bordered.
    #[default]
    Plain,
    /// The one act that the view is for.
    Primary,
    /// What cannot be undone.
    Danger,
    /// No border until it is pointed at.
    Quiet,
}

impl Tone {
    /// The classes of a control in this tone.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Plain => "btn",
            Self::Primary => "btn btn-primary",
            Self::Danger => "btn btn-danger",
            Self::Quiet => "btn btn-quiet",
        }
    }
}

/// A button. With a reason it stays focusable and announces why it does nothing.
#[component]
pub fn Button(
    /// Unique in the page where a reason may be given: the reason's id is made from it.
    #[prop(optional, into)]
    id: Option<String>,
    #[prop(optional)] tone: Tone,
    /// Whether it sends the form around it.
    #[prop(optional)]
    submit: bool,
    /// Why it cannot be used at the moment.
    #[prop(optional, into)]
    disabled_reason: MaybeProp<String>,
    /// A name for assistive technology, where the content is only a picture.
    #[prop(optional, into)]
    label: Option<String>,
    #[prop(optional, into)] on_click: Option<Callback<MouseEvent>>,
    children: Children,
) -> impl IntoView {
    let why_id = format!("{}-why", id.as_deref().unwrap_or("button"));
    let disabled = Memo::new(move |_| disabled_reason.get().is_some());
    let described = why_id.clone();
    let click = move |event: MouseEvent| {
        if disabled.get_untracked() {
            event.prevent_default();
        } else if let Some(on_click) = on_click {
            on_click.run(event);
        }
    };
    view! {
        <span class="btn-wrap">
            <button
                id=id
                class=tone.class()
                type=move || if submit && !disabled.get() { "submit" } else { "button" }
                aria-label=label
                aria-disabled=move || disabled.get().then_some("true")
                aria-describedby=move || disabled.get().then(|| described.clone())
                on:click=click
            >
                {children()}
            </button>
            {move || {
                disabled_reason
                    .get()
                    .map(|why| view! { <span class="btn-why" role="tooltip" id=why_id.clone()>{why}</span> })
            }}
        </span>
    }
}

/// A link in the shape of a button: for what is a place, not an act.
#[component]
pub fn LinkButton(
    #[prop(into)] href: String,
    #[prop(optional)] tone: Tone,
    children: Children,
) -> impl IntoView {
    view! { <a href=href class=tone.class()>{children()}</a> }
}
