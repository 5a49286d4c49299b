//! The kill switch: what is stopped, by whom, and what that reaches.

use chrono::{DateTime, Utc};
use domain::ids::{KeyId, KillId, ProjectId, ProviderId, TenantId};
use domain::kill::{AgentName, KillScope};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::StoreError;
use crate::system::SystemTx;
use crate::tenant::TenantTx;

/// Where counting calls stops.
pub const REACH_CALLS_MAX: u32 = 100_000;
/// Kills in force that are read of a tenant at most.
const IN_FORCE_MAX: usize = 1_000;
/// Who releases a kill whose time is over, when another takes its place.
const EXPIRY: &str = "expiry";

/// What a kill is about. Which ids are there follows from the scope; the database checks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KillTarget {
    /// What it stops.
    pub scope: KillScope,
    /// The provider, of a kill of one.
    pub provider_id: Option<ProviderId>,
    /// The project, of a kill of one, or of a key or an agent in it.
    pub project_id: Option<ProjectId>,
    /// The key, of a kill of one.
    pub key_id: Option<KeyId>,
    /// The agent, of a kill of one.
    pub agent: Option<AgentName>,
}

impl KillTarget {
    /// A target without ids, as it is of everything and of a tenant.
    #[must_use]
    pub const fn of(scope: KillScope) -> Self {
        Self { scope, provider_id: None, project_id: None, key_id: None, agent: None }
    }
}

/// A kill to write down. Its tenant is that of the transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKill {
    /// Its id.
    pub id: KillId,
    /// What it is about.
    pub target: KillTarget,
    /// The target's name, readable for ever.
    pub name: String,
    /// Whether the operator does it, so that the tenant cannot undo it.
    pub by_platform: bool,
    /// Why.
    pub reason: String,
    /// Who, readable for ever.
    pub by: String,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A kill as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KillRow {
    /// The tenant concerned; [`TenantId::PLATFORM`] for all calls and for a provider.
    pub tenant_id: TenantId,
    /// When, by the database's clock.
    pub at: DateTime<Utc>,
    /// The epoch that a node must have reached to know of it.
    pub epoch: i64,
    /// What was written.
    pub kill: NewKill,
    /// Its end, where somebody ended it.
    pub release: Option<Release>,
}

/// The end of a kill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// When, by the database's clock.
    pub at: DateTime<Utc>,
    /// Who, readable for ever.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// A kill as the operator sees those of all tenants: that it is, and never why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KillSummary {
    /// The tenant concerned.
    pub tenant_id: TenantId,
    /// Its name.
    pub tenant: String,
    /// Its id.
    pub id: KillId,
    /// What it stops.
    pub scope: KillScope,
    /// Whether the operator did it.
    pub by_platform: bool,
    /// When.
    pub at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was released.
    pub released_at: Option<DateTime<Utc>>,
}

/// A kill of the operator's that concerns every tenant, as each may know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformKill {
    /// Its id.
    pub id: KillId,
    /// [`KillScope::All`] or [`KillScope::Provider`].
    pub scope: KillScope,
    /// The provider, of a kill of one.
    pub provider_id: Option<ProviderId>,
    /// The target's name.
    pub name: String,
    /// When.
    pub at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// The epoch that a node must have reached to know of it.
    pub epoch: i64,
}

/// What a kill would stop. Of a provider, a key, or an agent: what was seen with it in the last hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Tenants.
    pub tenants: u64,
    /// Projects.
    pub projects: u64,
    /// Keys that are not revoked.
    pub keys: u64,
    /// Agents known by name.
    pub agents: u64,
    /// Calls in the last minute; counting stops at [`REACH_CALLS_MAX`].
    pub calls_minute: u64,
    /// Calls in the last hour; counting stops at [`REACH_CALLS_MAX`].
    pub calls_hour: u64,
}

impl TenantTx<'_> {
    /// The tenant's kills, those in force first and then the latest, at most `rows`. With projects given:
    /// those of the whole tenant and of these projects.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn kills(
        &mut self,
        projects: Option<&[ProjectId]>,
        rows: usize,
    ) -> Result<Vec<KillRow>, StoreError> {
        self.select_kills(None, projects, false, rows).await
    }

    /// The tenant's kills that nobody released, expired ones among them, the latest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn kills_in_force(
        &mut self,
        projects: Option<&[ProjectId]>,
    ) -> Result<Vec<KillRow>, StoreError> {
        self.select_kills(None, projects, true, IN_FORCE_MAX).await
    }

    /// One kill of the tenant.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn kill(&mut self, id: KillId) -> Result<Option<KillRow>, StoreError> {
        Ok(self.select_kills(Some(id), None, false, 1).await?.pop())
    }

    /// Stops something; nodes learn of it with the commit. One on the same target whose time is over at
    /// `now` gives way.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where it is stopped already, [`StoreError::Refused`] where the target is
    /// not of this tenant, [`StoreError::Invalid`] where the target's parts are not those of its scope.
    pub async fn arm_kill(
        &mut self,
        new: &NewKill,
        now: DateTime<Utc>,
    ) -> Result<KillRow, StoreError> {
        let tenant = self.tenant_uuid();
        let target = &new.target;
        sqlx::query!(
            "update app.kill set released_at = clock_timestamp(), released_by = $8,
                                 release_reason = 'Its time was over.'
             where tenant_id = $1 and released_at is null and expires_at <= $9
               and by_platform = $10 and scope = $2 and provider_id is not distinct from $3
               and project_id is not distinct from $4 and key_id is not distinct from $5
               and agent is not distinct from $6 and id <> $7",
            tenant,
            target.scope.as_str(),
            target.provider_id.map(|id| id.uuid()),
            target.project_id.map(|id| id.uuid()),
            target.key_id.map(|id| id.uuid()),
            target.agent.as_ref().map(AgentName::as_str),
            new.id.uuid(),
            EXPIRY,
            now,
            new.by_platform,
        )
        .execute(self.connection())
        .await?;
        let row = sqlx::query!(
            "insert into app.kill (tenant_id, id, scope, provider_id, project_id, key_id, agent,
                                   target, by_platform, reason, by, expires_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             returning at, epoch_at",
            tenant,
            new.id.uuid(),
            target.scope.as_str(),
            target.provider_id.map(|id| id.uuid()),
            target.project_id.map(|id| id.uuid()),
            target.key_id.map(|id| id.uuid()),
            target.agent.as_ref().map(AgentName::as_str),
            new.name,
            new.by_platform,
            new.reason,
            new.by,
            new.expires_at,
        )
        .fetch_one(self.connection())
        .await?;
        Ok(KillRow {
            tenant_id: tenant.into(),
            at: row.at,
            epoch: row.epoch_at,
            kill: new.clone(),
            release: None,
        })
    }

    /// Releases a kill; nodes learn of it with the commit. `false` where there is none in this tenant or
    /// it was released before.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn release_kill(
        &mut self,
        id: KillId,
        by: &str,
        reason: &str,
    ) -> Result<bool, StoreError> {
        let tenant = self.tenant_uuid();
        let done = sqlx::query!(
            "update app.kill
             set released_at = clock_timestamp(), released_by = $3, release_reason = $4
             where tenant_id = $1 and id = $2 and released_at is null",
            tenant,
            id.uuid(),
            by,
            reason,
        )
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The operator's kills in force that concern every tenant.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn platform_kills(&mut self) -> Result<Vec<PlatformKill>, StoreError> {
        platform_kills(self.connection()).await
    }

    /// What stopping something of this tenant would stop, of the projects in reach.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn reach(&mut self, target: &KillTarget) -> Result<Reach, StoreError> {
        let tenant = self.tenant_uuid();
        let row = sqlx::query!(
            r#"with hour as materialized (
                 select c.key_id, c.agent from app.call c
                 where c.tenant_id = $1
                   and c.id >= app.uuid_floor(statement_timestamp() - interval '1 hour')
                   and ($2::uuid is null or c.project_id = $2)
                   and ($3::uuid is null or c.key_id = $3) and ($4::text is null or c.agent = $4)
                 limit $5
               ), minute as (
                 select from app.call c
                 where c.tenant_id = $1
                   and c.id >= app.uuid_floor(statement_timestamp() - interval '1 minute')
                   and ($2::uuid is null or c.project_id = $2)
                   and ($3::uuid is null or c.key_id = $3) and ($4::text is null or c.agent = $4)
                 limit $5)
               select
                 (select count(*) from app.project p
                  where p.tenant_id = $1 and ($2::uuid is null or p.id = $2)) as "projects!",
                 case when $4::text is null
                   then (select count(*) from app.api_key k
                         where k.tenant_id = $1 and k.state = 'active'
                           and ($2::uuid is null or k.project_id = $2)
                           and ($3::uuid is null or k.id = $3))
                   else (select count(distinct h.key_id) from hour h) end as "keys!",
                 case when $3::uuid is null
                   then (select count(*) from app.agent a
                         where a.tenant_id = $1 and ($2::uuid is null or a.project_id = $2)
                           and ($4::text is null or a.name = $4))
                   else (select count(distinct h.agent) from hour h) end as "agents!",
                 (select count(*) from minute) as "calls_minute!",
                 (select count(*) from hour) as "calls_hour!""#,
            tenant,
            target.project_id.map(|id| id.uuid()),
            target.key_id.map(|id| id.uuid()),
            target.agent.as_ref().map(AgentName::as_str),
            i64::from(REACH_CALLS_MAX),
        )
        .fetch_one(self.connection())
        .await?;
        Ok(Reach {
            tenants: 1,
            projects: row.projects.unsigned_abs(),
            keys: row.keys.unsigned_abs(),
            agents: row.agents.unsigned_abs(),
            calls_minute: row.calls_minute.unsigned_abs(),
            calls_hour: row.calls_hour.unsigned_abs(),
        })
    }

    async fn select_kills(
        &mut self,
        id: Option<KillId>,
        projects: Option<&[ProjectId]>,
        in_force: bool,
        rows: usize,
    ) -> Result<Vec<KillRow>, StoreError> {
        let tenant = self.tenant_uuid();
        let projects: Option<Vec<Uuid>> =
            projects.map(|ids| ids.iter().map(|id| id.uuid()).collect());
        let rows = sqlx::query!(
            "select * from app.kill k
             where k.tenant_id = $1 and ($2::uuid is null or k.id = $2)
               and ($3::uuid[] is null or k.project_id is null or k.project_id = any ($3))
               and (not $5 or k.released_at is null)
             order by k.released_at is not null, k.id desc limit $4",
            tenant,
            id.map(|id| id.uuid()),
            projects as Option<Vec<Uuid>>,
            i64::try_from(rows).unwrap_or(i64::MAX),
            in_force,
        )
        .fetch_all(self.connection())
        .await?;
        rows.into_iter()
            .map(|row| {
                let release = match (row.released_at, row.released_by, row.release_reason) {
                    (Some(at), Some(by), Some(reason)) => Some(Release { at, by, reason }),
                    _ => None,
                };
                Ok(KillRow {
                    tenant_id: row.tenant_id.into(),
                    at: row.at,
                    epoch: row.epoch_at,
                    kill: NewKill {
                        id: row.id.into(),
                        target: KillTarget {
                            scope: scope(&row.scope)?,
                            provider_id: row.provider_id.map(ProviderId::from),
                            project_id: row.project_id.map(ProjectId::from),
                            key_id: row.key_id.map(KeyId::from),
                            agent: row.agent.map(agent).transpose()?,
                        },
                        name: row.target,
                        by_platform: row.by_platform,
                        reason: row.reason,
                        by: row.by,
                        expires_at: row.expires_at,
                    },
                    release,
                })
            })
            .collect()
    }
}

impl SystemTx<'_> {
    /// The kills of all tenants, those in force first and then the latest, at most `rows`.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn kills(&mut self, rows: u32) -> Result<Vec<KillSummary>, StoreError> {
        let rows = sqlx::query!(
            r#"select tenant_id as "tenant_id!", tenant as "tenant!", id as "id!",
                      scope as "scope!", by_platform as "by_platform!", at as "at!", expires_at,
                      released_at
               from sys.kills($1)"#,
            i32::try_from(rows).unwrap_or(i32::MAX),
        )
        .fetch_all(self.connection())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(KillSummary {
                    tenant_id: row.tenant_id.into(),
                    tenant: row.tenant,
                    id: row.id.into(),
                    scope: scope(&row.scope)?,
                    by_platform: row.by_platform,
                    at: row.at,
                    expires_at: row.expires_at,
                    released_at: row.released_at,
                })
            })
            .collect()
    }

    /// The operator's kills in force that concern every tenant.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn platform_kills(&mut self) -> Result<Vec<PlatformKill>, StoreError> {
        platform_kills(self.connection()).await
    }

    /// Id, short name and name of every provider, by short name: what can be stopped.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn providers_by_name(
        &mut self,
    ) -> Result<Vec<(ProviderId, String, String)>, StoreError> {
        let rows = sqlx::query!("select id, slug, name from platform.provider order by slug")
            .fetch_all(self.connection())
            .await?;
        Ok(rows.into_iter().map(|row| (row.id.into(), row.slug, row.name)).collect())
    }

    /// What stopping everything would stop, or a tenant, or a provider by its short name.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn reach(
        &mut self,
        tenant: Option<TenantId>,
        provider: Option<&str>,
    ) -> Result<Reach, StoreError> {
        let row = sqlx::query!(
            r#"select tenants as "tenants!", projects as "projects!", keys as "keys!",
                      agents as "agents!", calls_minute as "calls_minute!",
                      calls_hour as "calls_hour!"
               from sys.kill_reach($1, $2, $3)"#,
            tenant.map(|id| id.uuid()),
            provider,
            i32::try_from(REACH_CALLS_MAX).unwrap_or(i32::MAX),
        )
        .fetch_one(self.connection())
        .await?;
        Ok(Reach {
            tenants: row.tenants.unsigned_abs(),
            projects: row.projects.unsigned_abs(),
            keys: row.keys.unsigned_abs(),
            agents: row.agents.unsigned_abs(),
            calls_minute: row.calls_minute.unsigned_abs(),
            calls_hour: row.calls_hour.unsigned_abs(),
        })
    }
}

async fn platform_kills(connection: &mut PgConnection) -> Result<Vec<PlatformKill>, StoreError> {
    let rows = sqlx::query!(
        r#"select id as "id!", scope as "scope!", provider_id, target as "target!", at as "at!",
                  expires_at, epoch_at as "epoch_at!"
           from sys.platform_kills()"#
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(PlatformKill {
                id: row.id.into(),
                scope: scope(&row.scope)?,
                provider_id: row.provider_id.map(ProviderId::from),
                name: row.target,
                at: row.at,
                expires_at: row.expires_at,
                epoch: row.epoch_at,
            })
        })
        .collect()
}

pub(crate) fn scope(word: &str) -> Result<KillScope, StoreError> {
    word.parse().map_err(|_| StoreError::Unreadable { what: "scope" })
}

pub(crate) fn agent(name: String) -> Result<AgentName, StoreError> {
    name.try_into().map_err(|_| StoreError::Unreadable { what: "agent" })
}
