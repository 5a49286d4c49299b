//! What is stopped at this moment, for lists that show it beside what is stopped.

use chrono::{DateTime, Utc};
use contract::frame::StoppedView;
use domain::caller::{Caller, Seat};
use domain::ids::{KeyId, ProjectId};
use domain::kill::KillScope;
use domain::role::Role;
use store::TenantTx;
use store::kills::{KillRow, KillTarget, PlatformKill};

use crate::Services;
use crate::fault::Failure;

/// Whether a kill that nobody released still stops anything.
pub(crate) fn lasts(expires_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    expires_at.is_none_or(|at| at > now)
}

/// The projects that bound what the caller reads of kills: a member's; all others read them all.
pub(crate) fn bounds(caller: &Caller) -> Option<&[ProjectId]> {
    match &caller.seat {
        Seat::Tenant { role: Role::Member, projects, .. } => Some(projects),
        _ => None,
    }
}

/// Everything that stops calls of one tenant.
pub(crate) struct InForce {
    own: Vec<KillTarget>,
    all: bool,
}

impl InForce {
    /// Of the transaction's tenant.
    pub(crate) async fn read(tx: &mut TenantTx<'_>, now: DateTime<Utc>) -> Result<Self, Failure> {
        let own = tx.kills_in_force(None).await?;
        let platform = tx.platform_kills().await?;
        Ok(Self {
            own: own
                .into_iter()
                .filter(|row| lasts(row.kill.expires_at, now))
                .map(|row| row.kill.target)
                .collect(),
            all: platform
                .iter()
                .any(|kill| kill.scope == KillScope::All && lasts(kill.expires_at, now)),
        })
    }

    /// What stops all calls of a project, the narrowest first.
    pub(crate) fn over_project(&self, id: ProjectId) -> Option<KillScope> {
        let of = |scope| self.own.iter().filter(move |target| target.scope == scope);
        if of(KillScope::Project).any(|target| target.project_id == Some(id)) {
            Some(KillScope::Project)
        } else if of(KillScope::Tenant).next().is_some() {
            Some(KillScope::Tenant)
        } else {
            self.all.then_some(KillScope::All)
        }
    }

    /// What stops a key.
    pub(crate) fn over_key(&self, project: ProjectId, id: KeyId) -> Option<KillScope> {
        let own = self.own.iter().any(|target| target.key_id == Some(id));
        own.then_some(KillScope::Key).or_else(|| self.over_project(project))
    }

    /// What stops an agent.
    pub(crate) fn over_agent(&self, project: ProjectId, name: &str) -> Option<KillScope> {
        let own = self.own.iter().any(|target| {
            target.project_id == Some(project)
                && target.agent.as_ref().is_some_and(|agent| agent.as_str() == name)
        });
        own.then_some(KillScope::Agent).or_else(|| self.over_project(project))
    }
}

impl Services {
    /// What the frame says on every page: what is stopped of what the caller sees.
    pub(crate) async fn stopped_here(&self, caller: &Caller) -> Result<Vec<StoppedView>, Failure> {
        let now = self.clock.now();
        let (own, platform) = match &caller.seat {
            Seat::Platform => {
                let mut tx = self.store.system(store::Reason::Kills).await?;
                (Vec::new(), tx.platform_kills().await?)
            }
            Seat::Tenant { .. } => {
                let scope = caller.scope(domain::role::Permission::ReadKills)?;
                let mut tx = self.store.tenant(&scope).await?;
                (tx.kills_in_force(bounds(caller)).await?, tx.platform_kills().await?)
            }
        };
        let platform = platform.into_iter().filter(|kill| lasts(kill.expires_at, now));
        let own = own.into_iter().filter(|row| lasts(row.kill.expires_at, now));
        Ok(platform.map(of_platform).chain(own.map(of_tenant)).collect())
    }
}

fn of_platform(kill: PlatformKill) -> StoppedView {
    StoppedView { id: kill.id, scope: kill.scope, target: kill.name, at: kill.at }
}

fn of_tenant(row: KillRow) -> StoppedView {
    StoppedView { id: row.kill.id, scope: row.kill.target.scope, target: row.kill.name, at: row.at }
}
