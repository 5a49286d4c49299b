//! What the page of a call asks the server.

use contract::call::{CallContent, CallDetail};
use domain::ids::CallId;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use crate::fault::UiFault;
use crate::ui::json_tree::Node;

/// A JSON text and its tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The tree; `None` where the text is no JSON.
    pub tree: Option<Node>,
    /// The text.
    pub text: String,
    /// Its full length in bytes.
    pub bytes: u64,
    /// Whether only the beginning was kept.
    pub truncated: bool,
}

/// The two bodies of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bodies {
    /// As received.
    pub request: Document,
    /// As returned.
    pub response: Document,
}

/// Everything about a call but what it said.
#[server(name = ShowCall, prefix = "/do", endpoint = "call/detail", input = Json)]
pub async fn detail(id: CallId) -> Result<CallDetail, UiFault> {
    crate::server::answer(server::detail(id).await)
}

/// The same as a JSON document.
#[server(name = ShowCallAsJson, prefix = "/do", endpoint = "call/json", input = Json)]
pub async fn json(id: CallId) -> Result<Document, UiFault> {
    crate::server::answer(server::json(id).await)
}

/// What a call said, decrypted for this view; the service writes into the audit log that it was read.
#[server(name = ReadCall, prefix = "/do", endpoint = "call/content", input = Json)]
pub async fn content(id: CallId) -> Result<CallContent, UiFault> {
    crate::server::answer(server::content(id).await)
}

/// The bodies of a call as documents; audited like [`content`].
#[server(name = ReadCallBodies, prefix = "/do", endpoint = "call/bodies", input = Json)]
pub async fn bodies(id: CallId) -> Result<Bodies, UiFault> {
    crate::server::answer(server::bodies(id).await)
}

#[cfg(feature = "ssr")]
mod server {
    use contract::call::Payload;
    use contract::fault::Fault;

    use super::{Bodies, CallContent, CallDetail, CallId, Document};
    use crate::server::{caller, console, reference};
    use crate::ui::json_tree::read;

    pub async fn detail(id: CallId) -> Result<CallDetail, Fault> {
        let caller = caller()?;
        console()?.call.detail(&caller, id).await
    }

    pub async fn content(id: CallId) -> Result<CallContent, Fault> {
        let caller = caller()?;
        console()?.call.content(&caller, id).await
    }

    pub async fn json(id: CallId) -> Result<Document, Fault> {
        let detail = detail(id).await?;
        let text = serde_json::to_string_pretty(&detail)
            .map_err(|_| Fault::Internal { reference: reference() })?;
        let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
        Ok(Document { tree: read::tree(&text), text, bytes, truncated: false })
    }

    pub async fn bodies(id: CallId) -> Result<Bodies, Fault> {
        let content = content(id).await?;
        Ok(Bodies { request: document(content.request), response: document(content.response) })
    }

    fn document(payload: Payload) -> Document {
        Document {
            tree: read::tree(&payload.text),
            text: payload.text,
            bytes: payload.bytes,
            truncated: payload.truncated,
        }
    }
}
