//! A state, said with a colour, a picture and a word: never by colour alone.

use leptos::prelude::*;

use crate::ui::icon::{Icon, icon};

/// The four states that have a colour, and the one that has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing to say.
    Neutral,
    /// As it should be.
    Good,
    /// Somebody should look at it.
    Attention,
    /// It failed.
    Bad,
    /// Worth knowing.
    Info,
}

impl State {
    /// The colour's class.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Neutral => "badge badge-neutral",
            Self::Good => "badge badge-good",
            Self::Attention => "badge badge-attention",
            Self::Bad => "badge badge-bad",
            Self::Info => "badge badge-info",
        }
    }

    /// The picture that goes with it.
    #[must_use]
    pub const fn icon(self) -> Icon {
        match self {
            Self::Neutral => Icon::Dot,
            Self::Good => Icon::Check,
            Self::Attention => Icon::Alert,
            Self::Bad => Icon::Cross,
            Self::Info => Icon::Info,
        }
    }
}

/// A badge, cheap enough for every row of a table.
#[must_use]
pub fn badge(state: State, word: impl Into<String>) -> impl IntoView {
    view! { <span class=state.class()>{icon(state.icon())}<span>{word.into()}</span></span> }
}
