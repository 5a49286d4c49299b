//! The parts of the page, each with its own address.

use domain::ids::CallId;

use crate::paths;
use crate::ui::Tab;

/// The name of the tab in the address.
pub const TAB: &str = "tab";
/// Whether the raw tab shows the bodies too.
pub const BODIES: &str = "bodies";

/// A part of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CallTab {
    /// Facts, latency and cost.
    #[default]
    Overview,
    /// Prompt and answer.
    Conversation,
    /// Transfers and entries.
    Ledger,
    /// Everything as JSON.
    Raw,
    /// A command that repeats the call.
    Curl,
}

impl CallTab {
    const ALL: [Self; 5] =
        [Self::Overview, Self::Conversation, Self::Ledger, Self::Raw, Self::Curl];

    /// The tab of an address; an unknown one is the first.
    #[must_use]
    pub fn read(word: Option<&str>) -> Self {
        Self::ALL.into_iter().find(|tab| word == Some(tab.word())).unwrap_or_default()
    }

    /// The address of this part of a call.
    #[must_use]
    pub fn url(self, id: CallId) -> String {
        match self {
            Self::Overview => paths::call(id),
            tab => format!("{}?{TAB}={}", paths::call(id), tab.word()),
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Conversation => "conversation",
            Self::Ledger => "ledger",
            Self::Raw => "raw",
            Self::Curl => "curl",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Conversation => "Conversation",
            Self::Ledger => "Ledger",
            Self::Raw => "Raw JSON",
            Self::Curl => "cURL",
        }
    }
}

/// The row of tabs of a call.
#[must_use]
pub fn tabs(id: CallId, current: CallTab) -> Vec<Tab> {
    CallTab::ALL
        .into_iter()
        .map(|tab| Tab { href: tab.url(id), label: tab.label().into(), current: tab == current })
        .collect()
}

/// The raw tab with the bodies.
#[must_use]
pub fn with_bodies(id: CallId) -> String {
    format!("{}&{BODIES}=1", CallTab::Raw.url(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tab_is_found_by_its_word() {
        for tab in CallTab::ALL {
            assert_eq!(CallTab::read(Some(tab.word())), tab);
        }
        assert_eq!(CallTab::read(Some("nonsense")), CallTab::Overview);
        assert_eq!(CallTab::read(None), CallTab::Overview);
    }
}
