//! Agents: the programs of a project, as they name themselves.

use async_trait::async_trait;
use contract::agents::{AGENTS_SHOWN_MAX, AgentRow, Agents, AgentsView};
use contract::fault::Fault;
use domain::caller::Caller;
use domain::ids::ProjectId;
use domain::role::Permission;

use crate::Services;
use crate::fault::Failure;
use crate::kills::in_force::InForce;

#[async_trait]
impl Agents for Services {
    async fn list(
        &self,
        caller: &Caller,
        project: Option<ProjectId>,
        search: String,
    ) -> Result<AgentsView, Fault> {
        Ok(self.agents_in_reach(caller, project, search.trim()).await?)
    }
}

impl Services {
    async fn agents_in_reach(
        &self,
        caller: &Caller,
        project: Option<ProjectId>,
        search: &str,
    ) -> Result<AgentsView, Failure> {
        let scope = caller.scope(Permission::ReadActivity)?;
        let mut tx = self.store.tenant(&scope).await?;
        let in_force = InForce::read(&mut tx, self.clock.now()).await?;
        let mut rows = tx.agents(project, &search.replace('\0', ""), AGENTS_SHOWN_MAX + 1).await?;
        let more = rows.len() > AGENTS_SHOWN_MAX;
        rows.truncate(AGENTS_SHOWN_MAX);
        let row = |row: store::agents::AgentRow| AgentRow {
            stopped: in_force.over_agent(row.project_id, &row.name),
            id: row.id,
            name: row.name,
            project_id: row.project_id,
            project: row.project,
            first_seen_at: row.first_seen_at,
            last_seen_at: row.last_seen_at,
            calls: row.calls,
        };
        Ok(AgentsView { rows: rows.into_iter().map(row).collect(), more })
    }
}
