//! Keyset paging: "the rows before this one", never "skip ten thousand".

use serde::{Deserialize, Serialize};

use crate::ids::CallId;

/// Rows on a page.
pub const PAGE_ROWS: usize = 50;

/// From where a page is read. Ids are in the order of time, so one id is enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cursor {
    /// The newest rows.
    #[default]
    Newest,
    /// The rows just older than this one.
    Before(CallId),
    /// The rows just newer than this one.
    After(CallId),
}
