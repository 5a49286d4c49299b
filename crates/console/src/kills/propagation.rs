//! How far a kill has come: which nodes confirmed the rules that hold it.

use chrono::{DateTime, TimeDelta, Utc};
use contract::kills::{NodeState, NodeView, Propagation};
use domain::caller::Caller;
use domain::ids::KillId;
use domain::role::{Permission, Role};
use store::nodes::NodeRow;

use crate::Services;
use crate::fault::Failure;

/// A node that was not heard of for so long refuses every call by itself, or is gone.
const SILENT_MS: i64 = 15_000;
/// For so long it is kept when each node confirmed which rules.
const TIMES_KEPT: TimeDelta = TimeDelta::days(1);

/// When a kill began, and in which rules.
#[derive(Clone, Copy)]
struct Begun {
    at: DateTime<Utc>,
    epoch: i64,
}

impl Services {
    pub(super) async fn how_far(
        &self,
        caller: &Caller,
        id: KillId,
    ) -> Result<Propagation, Failure> {
        caller.require(Permission::ReadKills)?;
        let mut tx = self.store.system(store::Reason::Kills).await?;
        // The operator's own are read by all, of others whoever may read them.
        let platform = tx.platform_kills().await?.into_iter().find(|kill| kill.id == id);
        let begun = match platform {
            Some(kill) => Begun { at: kill.at, epoch: kill.epoch },
            None => {
                let row = self.kill_in_reach(caller, id).await?;
                Begun { at: row.at, epoch: row.epoch }
            }
        };
        let timed = self.clock.now() - begun.at < TIMES_KEPT;
        let named = caller.role() == Role::PlatformAdmin;
        let nodes = tx.nodes(begun.epoch).await?;
        let nodes = nodes.into_iter().enumerate().map(|(place, row)| {
            let name = if named { row.node.name.clone() } else { format!("Node {}", place + 1) };
            view(&row, name, begun, timed)
        });
        Ok(Propagation { nodes: nodes.collect() })
    }
}

fn view(row: &NodeRow, name: String, begun: Begun, timed: bool) -> NodeView {
    let state = if row.silent_ms > SILENT_MS {
        NodeState::Silent
    } else if row.epoch >= begun.epoch {
        NodeState::Stopped
    } else {
        NodeState::Pending
    };
    // A node that started later knew from its start.
    let waited = timed && state == NodeState::Stopped && row.node.started_at <= begun.at;
    let took = row.confirmed_at.filter(|_| waited).map(|at| (at - begun.at).num_milliseconds());
    NodeView { name, state, took_ms: took.map(|ms| u64::try_from(ms).unwrap_or(0)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::NodeId;
    use store::nodes::Node;

    fn at(ms: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::milliseconds(ms)
    }

    fn node(started: i64, silent_ms: i64, epoch: i64, confirmed: Option<i64>) -> NodeRow {
        NodeRow {
            node: Node {
                id: NodeId::mint(),
                name: "n".into(),
                version: "1".into(),
                started_at: at(started),
            },
            silent_ms,
            epoch,
            confirmed_at: confirmed.map(at),
        }
    }

    #[test]
    fn a_node_is_told_by_what_it_confirmed_and_when_it_was_heard_of() {
        let begun = Begun { at: at(10_000), epoch: 5 };
        for (row, timed, expected) in [
            (node(0, 100, 5, Some(10_400)), true, (NodeState::Stopped, Some(400))),
            (node(0, 100, 9, Some(9_999)), true, (NodeState::Stopped, Some(0))),
            (node(0, 100, 5, Some(10_400)), false, (NodeState::Stopped, None)),
            (node(10_001, 100, 5, Some(10_400)), true, (NodeState::Stopped, None)),
            (node(0, 100, 4, None), true, (NodeState::Pending, None)),
            (node(0, 15_001, 5, Some(10_400)), true, (NodeState::Silent, None)),
        ] {
            let view = view(&row, "n".into(), begun, timed);
            assert_eq!((view.state, view.took_ms), expected, "{row:?}");
        }
    }
}
