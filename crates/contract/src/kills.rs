//! The kill switch: what is stopped, what stopping something would reach, stopping, and releasing.

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::caller::Caller;
use domain::ids::KillId;
use domain::kill::KillScope;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::frame::TenantView;

/// Choices offered at most; a search narrows them.
pub const CHOICES_MAX: usize = 50;
/// Where counting calls stops.
pub const CALLS_COUNTED_MAX: u64 = 100_000;
/// Longest time that a kill may be given, in hours: thirty days. Without one it lasts until released.
pub const EXPIRY_HOURS_MAX: u32 = 720;
/// What is typed to stop all calls, or release them: they have no name.
pub const ALL_CALLS: &str = "all calls";

/// What a kill is about, as forms and addresses carry it: `all`, or a scope and an id with a colon
/// between them; of an agent, its project's id and its name with another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// What is stopped.
    pub scope: KillScope,
    /// Which one; empty for all calls.
    pub id: String,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.id.as_str() {
            "" => f.write_str(self.scope.as_str()),
            id => write!(f, "{}:{id}", self.scope.as_str()),
        }
    }
}

/// The text names no target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no target")]
pub struct NotATarget;

impl FromStr for Target {
    type Err = NotATarget;
    fn from_str(text: &str) -> Result<Self, NotATarget> {
        let (scope, id) = text.split_once(':').unwrap_or((text, ""));
        let scope: KillScope = scope.parse().map_err(|_| NotATarget)?;
        if id.is_empty() != (scope == KillScope::All) {
            return Err(NotATarget);
        }
        Ok(Self { scope, id: id.to_owned() })
    }
}

/// A kill, as far as the viewer may know of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KillRow {
    /// Its id.
    pub id: KillId,
    /// What it stops.
    pub scope: KillScope,
    /// The target's name: what is typed to release it; `None` where it is not the viewer's to know.
    pub target: Option<String>,
    /// The tenant concerned; `None` where it concerns all of them.
    pub tenant: Option<TenantView>,
    /// Whether the operator did it: then only the operator releases it.
    pub by_platform: bool,
    /// Why; `None` where it is not the viewer's to know.
    pub reason: Option<String>,
    /// Who; `None` where it is not the viewer's to know.
    pub by: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether it still stops anything.
    pub state: KillState,
    /// Its end, where somebody ended it.
    pub release: Option<ReleaseView>,
    /// Whether this viewer may release it from this seat.
    pub releasable: bool,
}

/// Whether a kill still stops anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KillState {
    /// It does.
    InForce,
    /// Its time is over.
    Expired,
    /// Somebody released it.
    Released,
}

/// The end of a kill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseView {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// What is stopped and what was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KillsView {
    /// In force, the latest first.
    pub in_force: Vec<KillRow>,
    /// Released or expired, the latest first.
    pub past: Vec<KillRow>,
    /// What this viewer may stop from this seat, in order.
    pub scopes: Vec<KillScope>,
}

/// Something that can be stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceView {
    /// What it is.
    pub target: Target,
    /// Its name.
    pub name: String,
    /// What tells it from others of the same name: its project, its short name.
    pub detail: String,
    /// Calls in the last minute that stopping it would have stopped; counting stops at
    /// [`CALLS_COUNTED_MAX`].
    pub calls_minute: u64,
}

/// What stopping something would do, counted before it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The target.
    pub target: Target,
    /// Its name: what is typed to confirm.
    pub name: String,
    /// The tenant it belongs to, where it belongs to one.
    pub tenant: Option<String>,
    /// What it reaches.
    pub reach: ReachView,
    /// Whether it is stopped already, by those in whose name this person would stop it.
    pub stopped: bool,
}

/// What a kill would stop. Of a provider, a key or an agent: what was seen with it in the last hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReachView {
    /// Tenants.
    pub tenants: u64,
    /// Projects.
    pub projects: u64,
    /// Keys that are not revoked.
    pub keys: u64,
    /// Agents known by name.
    pub agents: u64,
    /// Calls in the last minute; counting stops at [`CALLS_COUNTED_MAX`].
    pub calls_minute: u64,
    /// Calls in the last hour; counting stops at [`CALLS_COUNTED_MAX`].
    pub calls_hour: u64,
}

/// Something to stop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKill {
    /// What.
    pub target: Target,
    /// Why, for everyone who is stopped by it.
    pub reason: String,
    /// Hours until it ends by itself; `None` until it is released.
    pub expires_in_hours: Option<u32>,
    /// The target's name, as typed.
    pub confirmation: String,
}

/// How far a kill has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Propagation {
    /// The nodes, by name.
    pub nodes: Vec<NodeView>,
}

/// A gateway node, and whether it knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeView {
    /// Its name; a number in place of it for those who do not run it.
    pub name: String,
    /// Whether it knows.
    pub state: NodeState,
    /// How long it took to know, in milliseconds; `None` where it does not, or knew from its start.
    pub took_ms: Option<u64>,
}

/// Whether a node knows of a kill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeState {
    /// It refuses what is stopped.
    Stopped,
    /// It was heard of and does not know yet.
    Pending,
    /// It was not heard of lately. It is gone, or cut off, and then it refuses every call by itself.
    Silent,
}

impl Propagation {
    /// How many of the nodes that were heard of know of it, of how many.
    #[must_use]
    pub fn counted(&self) -> (usize, usize) {
        let with = |state| self.nodes.iter().filter(|node| node.state == state).count();
        let stopped = with(NodeState::Stopped);
        (stopped, stopped + with(NodeState::Pending))
    }

    /// Whether every node that was heard of knows of it, and there is one.
    #[must_use]
    pub fn complete(&self) -> bool {
        let (stopped, all) = self.counted();
        all > 0 && stopped == all
    }

    /// How long the slowest node took, in milliseconds.
    #[must_use]
    pub fn slowest_ms(&self) -> Option<u64> {
        self.nodes.iter().filter_map(|node| node.took_ms).max()
    }
}

/// The kill switch.
#[async_trait]
pub trait Kills: Send + Sync {
    /// What is stopped and what was: of a tenant its own, and that the operator stopped everything or
    /// a provider; for a platform admin all of it, with the reasons of the operator's own.
    async fn list(&self, caller: &Caller) -> Result<KillsView, Fault>;

    /// What can be stopped in a scope from this seat, by name, narrowed by a text; at most
    /// [`CHOICES_MAX`].
    async fn choices(
        &self,
        caller: &Caller,
        scope: KillScope,
        search: String,
    ) -> Result<Vec<ChoiceView>, Fault>;

    /// What stopping something would do.
    async fn preview(&self, caller: &Caller, target: Target) -> Result<Preview, Fault>;

    /// Stops something, on every node within a second.
    async fn arm(&self, caller: &Caller, new: NewKill) -> Result<KillId, Fault>;

    /// Ends a kill. `confirmation` is the target's name.
    async fn release(
        &self,
        caller: &Caller,
        id: KillId,
        reason: String,
        confirmation: String,
    ) -> Result<(), Fault>;

    /// How far a kill has come.
    async fn propagation(&self, caller: &Caller, id: KillId) -> Result<Propagation, Fault>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_survive_an_address() {
        for text in ["all", "tenant:a", "agent:a:acme/bot:v2"] {
            assert_eq!(text.parse::<Target>().map(|t| t.to_string()), Ok(text.to_owned()));
        }
        let agent: Target = "agent:a:acme/bot:v2".parse().unwrap();
        assert_eq!((agent.scope, agent.id.as_str()), (KillScope::Agent, "a:acme/bot:v2"));
        for text in ["", "all:x", "key", "key:", "model:x"] {
            assert_eq!(text.parse::<Target>(), Err(NotATarget), "{text}");
        }
    }

    #[test]
    fn silent_nodes_are_not_waited_for() {
        let node = |state, took_ms| NodeView { name: "n".into(), state, took_ms };
        let mut seen = Propagation {
            nodes: vec![
                node(NodeState::Stopped, Some(400)),
                node(NodeState::Stopped, None),
                node(NodeState::Silent, None),
                node(NodeState::Pending, None),
            ],
        };
        assert_eq!((seen.counted(), seen.complete()), ((2, 3), false));
        seen.nodes[3] = node(NodeState::Stopped, Some(800));
        assert_eq!((seen.complete(), seen.slowest_ms()), (true, Some(800)));
        assert!(!Propagation { nodes: Vec::new() }.complete(), "nobody is no proof");
    }
}
