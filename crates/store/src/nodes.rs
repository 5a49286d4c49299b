//! The gateway's nodes: which are there, and which rules each has confirmed.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::ids::{NodeId, ProviderId};
use sqlx::PgConnection;

use crate::error::StoreError;
use crate::store::Store;
use crate::system::SystemTx;
use crate::tenant::TenantTx;

/// A node, as it names itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its id, new with every start.
    pub id: NodeId,
    /// Its name: the machine's.
    pub name: String,
    /// The version it runs.
    pub version: String,
    /// When it started.
    pub started_at: DateTime<Utc>,
}

/// A node, as the others see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeRow {
    /// What it says of itself.
    pub node: Node,
    /// How long ago it was last heard of, in milliseconds by the database's clock.
    pub silent_ms: i64,
    /// The epoch whose rules it serves by.
    pub epoch: i64,
    /// When it first confirmed the epoch that was asked about, or a later one.
    pub confirmed_at: Option<DateTime<Utc>>,
}

impl Store {
    /// Says that a node is alive, and that its calls are now decided by the rules of this epoch. Right
    /// after new rules are in force, and every few seconds otherwise. Nodes that were silent for an hour
    /// are forgotten. `in_flight` are its calls that are under way, by provider.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the database does not answer, [`StoreError::Invalid`] where a
    /// text is too long.
    pub async fn node_beat(
        &self,
        node: &Node,
        epoch: i64,
        in_flight: &HashMap<ProviderId, u32>,
    ) -> Result<(), StoreError> {
        let in_flight =
            serde_json::to_value(in_flight).map_err(|_| StoreError::invalid("in_flight"))?;
        sqlx::query!(
            "select sys.node_beat($1, $2, $3, $4, $5, $6) as done",
            node.id.uuid(),
            node.name,
            node.version,
            node.started_at,
            epoch,
            in_flight,
        )
        .fetch_one(&self.gateway)
        .await?;
        Ok(())
    }
}

impl SystemTx<'_> {
    /// The nodes by name, and when each confirmed this epoch.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn nodes(&mut self, epoch: i64) -> Result<Vec<NodeRow>, StoreError> {
        nodes(self.connection(), epoch).await
    }
}

impl TenantTx<'_> {
    /// The nodes by name, and when each confirmed this epoch.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn nodes(&mut self, epoch: i64) -> Result<Vec<NodeRow>, StoreError> {
        nodes(self.connection(), epoch).await
    }
}

async fn nodes(connection: &mut PgConnection, epoch: i64) -> Result<Vec<NodeRow>, StoreError> {
    let rows = sqlx::query!(
        r#"select n.id, n.name, n.version, n.started_at, n.epoch,
                  (extract(epoch from clock_timestamp() - n.seen_at) * 1000)::bigint as "silent_ms!",
                  (select min(e.confirmed_at) from platform.node_epoch e
                   where e.node_id = n.id and e.epoch >= $1) as confirmed_at
           from platform.node n
           order by n.name, n.id"#,
        epoch,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| NodeRow {
            node: Node {
                id: row.id.into(),
                name: row.name,
                version: row.version,
                started_at: row.started_at,
            },
            silent_ms: row.silent_ms,
            epoch: row.epoch,
            confirmed_at: row.confirmed_at,
        })
        .collect())
}
