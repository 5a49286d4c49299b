//! Agents: the programs of a project, as they name themselves. The database registers them as it records
//! their calls.

use chrono::{DateTime, Utc};
use domain::ids::{AgentId, ProjectId};

use crate::error::StoreError;
use crate::tenant::TenantTx;

/// An agent that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentRow {
    /// Its id.
    pub id: AgentId,
    /// Its name, unique in the project.
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
}

impl TenantTx<'_> {
    /// The agents in reach whose name contains a text, the latest seen first, at most `rows` of them.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn agents(
        &mut self,
        project: Option<ProjectId>,
        search: &str,
        rows: usize,
    ) -> Result<Vec<AgentRow>, StoreError> {
        let tenant = self.tenant_uuid();
        let rows = sqlx::query!(
            "select a.id, a.name, a.project_id, p.name as project, a.first_seen_at, a.last_seen_at,
                    a.calls
             from app.agent a
             join app.project p on p.tenant_id = a.tenant_id and p.id = a.project_id
             where a.tenant_id = $1 and ($2::uuid is null or a.project_id = $2)
               and strpos(lower(a.name), lower($3)) > 0
             order by a.last_seen_at desc, a.id desc limit $4",
            tenant,
            project.map(|id| id.uuid()),
            search,
            i64::try_from(rows).unwrap_or(i64::MAX),
        )
        .fetch_all(self.connection())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| AgentRow {
                id: row.id.into(),
                name: row.name,
                project_id: row.project_id.into(),
                project: row.project,
                first_seen_at: row.first_seen_at,
                last_seen_at: row.last_seen_at,
                calls: row.calls.unsigned_abs(),
            })
            .collect())
    }
}
