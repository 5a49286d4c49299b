//! Light, dark, or as the system says: kept in a cookie, so that the server paints the right one at
//! once. The cookie holds one of three words and nothing about the person.

use leptos::prelude::*;

use crate::ui::icon::{Icon, icon};

/// The cookie's name.
pub const COOKIE: &str = "theme";
/// How long the choice is kept, in seconds: one year.
const KEPT_S: u32 = 365 * 24 * 60 * 60;

/// A theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word in the cookie and on the root element.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    const fn icon(self) -> Icon {
        match self {
            Self::System => Icon::System,
            Self::Light => Icon::Sun,
            Self::Dark => Icon::Moon,
        }
    }

    /// The theme of a cookie's word; anything else is the system's.
    #[must_use]
    pub fn of(word: Option<&str>) -> Self {
        Self::ALL.into_iter().find(|theme| Some(theme.word()) == word).unwrap_or_default()
    }

    /// Puts it on, and remembers it.
    pub fn wear(self) {
        use wasm_bindgen::JsCast as _;
        let document = document();
        if let Some(root) = document.document_element() {
            let _ = root.set_attribute("data-theme", self.word());
        }
        if let Some(document) = document.dyn_ref::<web_sys::HtmlDocument>() {
            let word = self.word();
            // A browser drops a secure cookie that a page without TLS sets.
            let tls = window().location().protocol().is_ok_and(|scheme| scheme == "https:");
            let secure = if tls { "; Secure" } else { "" };
            let _ = document.set_cookie(&format!(
                "{COOKIE}={word}; Path=/; Max-Age={KEPT_S}; SameSite=Lax{secure}"
            ));
        }
    }

    /// What the page wears now, as the root element says.
    fn worn() -> Self {
        let root = document().document_element();
        Self::of(root.and_then(|root| root.get_attribute("data-theme")).as_deref())
    }
}

/// Three buttons, one of them pressed. Hidden until scripts run.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let chosen = RwSignal::new(None);
    Effect::new(move |_| chosen.set(Some(Theme::worn())));
    view! {
        <div class="segments needs-script" role="group" aria-label="Theme">
            {Theme::ALL
                .map(|theme| {
                    view! {
                        <button
                            type="button"
                            class="segment"
                            title=theme.label()
                            aria-label=theme.label()
                            aria-pressed=move || (chosen.get() == Some(theme)).to_string()
                            on:click=move |_| {
                                theme.wear();
                                chosen.set(Some(theme));
                            }
                        >
                            {icon(theme.icon())}
                        </button>
                    }
                })
                .into_iter()
                .collect_view()}
        </div>
    }
}
