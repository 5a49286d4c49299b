//! What surrounds every page: who is signed in, where, and what they can switch to.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::caller::Caller;
use domain::ids::{KillId, ProjectId, TenantId};
use domain::kill::KillScope;
use domain::role::{Permission, Role};
use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// The frame's contents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameView {
    /// The person's name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they are in this seat.
    pub role: Role,
    /// The tenant they sit in.
    pub tenant: Option<TenantView>,
    /// The tenants they can switch to (of a platform admin: all).
    pub tenants: Vec<TenantView>,
    /// The projects they reach in this tenant.
    pub projects: Vec<ProjectView>,
    /// What they may do, for showing a control disabled with its reason.
    pub permissions: Vec<Permission>,
    /// What the kill switch stops of what this person sees: of a platform admin in no tenant, all calls
    /// and providers.
    pub stopped: Vec<StoppedView>,
    /// Whether calls are answered by the built-in simulator, which the frame then says.
    pub simulated: bool,
}

/// A tenant, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantView {
    /// Its id.
    pub id: TenantId,
    /// Its name.
    pub name: String,
}

/// A project, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectView {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// Whether the kill switch stops all of its calls.
    pub stopped: bool,
}

/// Something that the kill switch stops.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoppedView {
    /// The kill.
    pub id: KillId,
    /// What it stops.
    pub scope: KillScope,
    /// The target's name.
    pub target: String,
    /// Since when.
    pub at: DateTime<Utc>,
}

impl FrameView {
    /// Whether the person may.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}

/// What surrounds every page.
#[async_trait]
pub trait Frame: Send + Sync {
    /// The frame for a caller.
    async fn frame(&self, caller: &Caller) -> Result<FrameView, Fault>;
}
