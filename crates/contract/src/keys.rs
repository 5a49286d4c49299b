//! API keys: made, shown once, revoked.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::caller::Caller;
use domain::ids::{KeyId, ProjectId};
use domain::kill::KillScope;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// A key in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRow {
    /// Its id.
    pub id: KeyId,
    /// Its name.
    pub name: String,
    /// Its beginning and end, as it is shown.
    pub shown: String,
    /// The project's id.
    pub project_id: ProjectId,
    /// The project's name.
    pub project: String,
    /// Its state.
    pub state: KeyState,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it stops working.
    pub expires_at: Option<DateTime<Utc>>,
    /// The narrowest kill that stops it, if one does.
    pub stopped: Option<KillScope>,
    /// When it last made a call, if it ever did.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Whether a key opens anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// It works.
    Active,
    /// Its time is over.
    Expired,
    /// It was revoked.
    Revoked,
}

/// A key to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKey {
    /// The project it belongs to.
    pub project_id: ProjectId,
    /// Its name, unique in the project.
    pub name: String,
    /// Days until it stops working; `None` for never.
    pub expires_in_days: Option<u32>,
}

/// A key that was just made: the only time its secret is seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeKey {
    /// Its row.
    pub row: KeyRow,
    /// The key itself.
    pub secret: String,
}

/// API keys.
#[async_trait]
pub trait Keys: Send + Sync {
    /// The keys in reach, newest first.
    async fn list(&self, caller: &Caller) -> Result<Vec<KeyRow>, Fault>;

    /// Makes one.
    async fn create(&self, caller: &Caller, new: NewKey) -> Result<MadeKey, Fault>;

    /// Revokes one, for good, on every node within a second. `confirmation` is the key's name.
    async fn revoke(&self, caller: &Caller, id: KeyId, confirmation: String) -> Result<(), Fault>;
}
