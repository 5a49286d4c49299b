//! Agents: the programs of a project, as they name themselves.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::caller::Caller;
use domain::ids::{AgentId, ProjectId};
use domain::kill::KillScope;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// Agents shown at most; a search narrows them.
pub const AGENTS_SHOWN_MAX: usize = 200;

/// An agent in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentRow {
    /// Its id.
    pub id: AgentId,
    /// Its name, unique in its project.
    pub name: String,
    /// The project's id.
    pub project_id: ProjectId,
    /// The project's name.
    pub project: String,
    /// When its first call was received.
    pub first_seen_at: DateTime<Utc>,
    /// When its latest call was received.
    pub last_seen_at: DateTime<Utc>,
    /// The calls it made.
    pub calls: u64,
    /// The narrowest kill that stops it, if one does.
    pub stopped: Option<KillScope>,
}

/// The list of agents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentsView {
    /// The rows, the latest seen first.
    pub rows: Vec<AgentRow>,
    /// Whether there are more than are shown.
    pub more: bool,
}

/// Agents.
#[async_trait]
pub trait Agents: Send + Sync {
    /// Those in reach, of one project where it is given, whose name contains a text.
    async fn list(
        &self,
        caller: &Caller,
        project: Option<ProjectId>,
        search: String,
    ) -> Result<AgentsView, Fault>;
}
