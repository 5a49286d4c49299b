//! What the page loads: the call, and what the open tab needs besides.
//!
//! Everything is loaded in one place, outside of what it fills. Tabs with the same need share what was
//! loaded, so that changing between them neither waits nor counts as reading a call twice.

use contract::call::{CallContent, CallDetail};
use contract::fault::Fault;
use domain::ids::CallId;
use serde::{Deserialize, Serialize};

use super::calls::{self, Bodies, Document};
use super::tab::CallTab;
use crate::fault::UiFault;

/// What a tab needs besides the call itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Need {
    /// Nothing more.
    Nothing,
    /// What was said, decrypted and recorded.
    Content,
    /// The call as JSON.
    Json,
    /// The call as JSON, and the bodies, decrypted and recorded.
    JsonWithBodies,
}

impl Need {
    /// What a tab needs.
    #[must_use]
    pub const fn of(tab: CallTab, bodies: bool) -> Self {
        match (tab, bodies) {
            (CallTab::Overview | CallTab::Ledger, _) => Self::Nothing,
            (CallTab::Conversation | CallTab::Curl, _) => Self::Content,
            (CallTab::Raw, false) => Self::Json,
            (CallTab::Raw, true) => Self::JsonWithBodies,
        }
    }
}

/// The call, and what was needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loaded {
    /// The call.
    pub detail: CallDetail,
    /// What was needed besides.
    pub more: More,
}

/// What was needed besides the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum More {
    /// Nothing, or nothing is kept.
    Nothing,
    /// What was said.
    Content(Result<CallContent, UiFault>),
    /// The call as JSON, and the bodies where they were asked for.
    Json(Result<Document, UiFault>, Option<Result<Bodies, UiFault>>),
}

/// Loads a call and what a tab needs.
pub async fn load(id: Option<CallId>, need: Need) -> Result<Loaded, UiFault> {
    let Some(id) = id else {
        // No server function is asked, so nothing else would set the page's status.
        #[cfg(feature = "ssr")]
        crate::server::set_status(http::StatusCode::NOT_FOUND);
        return Err(UiFault(Fault::NotFound));
    };
    let detail = calls::detail(id).await?;
    let kept = detail.content_kept;
    let more = match need {
        Need::Content if kept => More::Content(calls::content(id).await),
        Need::Nothing | Need::Content => More::Nothing,
        Need::JsonWithBodies if kept => {
            More::Json(calls::json(id).await, Some(calls::bodies(id).await))
        }
        Need::Json | Need::JsonWithBodies => More::Json(calls::json(id).await, None),
    };
    Ok(Loaded { detail, more })
}
