//! The kill switch: stopping and releasing, and who may do which of it.
//!
//! Nothing here, nor anywhere else in the console, asks whether a tenant is stopped before it answers:
//! whoever is stopped still signs in, reads, and takes out what is theirs.

pub(crate) mod in_force;
mod list;
mod propagation;
mod target;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use contract::fault::{Fault, Field, Reason};
use contract::kills::{
    CHOICES_MAX, ChoiceView, EXPIRY_HOURS_MAX, Kills, KillsView, NewKill, Preview, Propagation,
    ReachView, Target,
};
use domain::caller::{Caller, Scope, Seat};
use domain::ids::{KillId, TenantId};
use domain::kill::KillScope;
use domain::role::{Permission, Role};
use serde_json::json;
use store::kills::{KillRow, Reach};

use crate::Services;
use crate::act::{Act, Event};
use crate::fault::Failure;
use crate::form;
use in_force::lasts;

/// The unique index over what is stopped.
const STOPPED: &str = "kill_in_force";
/// Kills that the operator's list and a search for one look at.
const KILLS_MAX: u32 = 1_000;

#[async_trait]
impl Kills for Services {
    async fn list(&self, caller: &Caller) -> Result<KillsView, Fault> {
        Ok(self.kills_in_reach(caller).await?)
    }

    async fn choices(
        &self,
        caller: &Caller,
        scope: KillScope,
        search: String,
    ) -> Result<Vec<ChoiceView>, Fault> {
        permitted(caller, scope).map_err(Fault::from)?;
        let search = search.trim().to_lowercase();
        let mut choices = self.stoppable(caller, scope, &search).await?;
        choices.retain(|choice| {
            format!("{} {}", choice.name, choice.detail).to_lowercase().contains(&search)
        });
        choices.truncate(CHOICES_MAX);
        self.count_calls(caller, &mut choices).await?;
        Ok(choices)
    }

    async fn preview(&self, caller: &Caller, target: Target) -> Result<Preview, Fault> {
        Ok(self.reach_of(caller, target).await?)
    }

    async fn arm(&self, caller: &Caller, new: NewKill) -> Result<KillId, Fault> {
        Ok(self.stop(caller, new).await?)
    }

    async fn release(
        &self,
        caller: &Caller,
        id: KillId,
        reason: String,
        confirmation: String,
    ) -> Result<(), Fault> {
        Ok(self.end_kill(caller, id, &reason, &confirmation).await?)
    }

    async fn propagation(&self, caller: &Caller, id: KillId) -> Result<Propagation, Fault> {
        Ok(self.how_far(caller, id).await?)
    }
}

impl Services {
    async fn reach_of(&self, caller: &Caller, target: Target) -> Result<Preview, Failure> {
        let found = self.resolve(caller, &target).await?;
        let now = self.clock.now();
        let by_platform = caller.role() == Role::PlatformAdmin;
        let reach = match (target.scope, by_platform) {
            (KillScope::All | KillScope::Provider, _) | (KillScope::Tenant, true) => {
                let mut tx = self.store.system(store::Reason::Kills).await?;
                let tenant = Some(found.scope.tenant_id).filter(|id| *id != TenantId::PLATFORM);
                tx.reach(tenant, found.provider.as_deref()).await?
            }
            _ => self.store.tenant(&found.scope).await?.reach(&found.target).await?,
        };
        let mut tx = self.store.tenant(&found.scope).await?;
        let stopped = tx.kills_in_force(None).await?.into_iter().any(|row| {
            row.kill.target == found.target
                && row.kill.by_platform == by_platform
                && lasts(row.kill.expires_at, now)
        });
        Ok(Preview {
            target,
            name: found.name,
            tenant: found.tenant,
            reach: reach_view(reach),
            stopped,
        })
    }

    async fn stop(&self, caller: &Caller, new: NewKill) -> Result<KillId, Failure> {
        let found = self.resolve(caller, &new.target).await?;
        let reason = form::reason(Some(&new.reason))?;
        let now = self.clock.now();
        let expires_at = expiry(new.expires_in_hours, now)?;
        if new.confirmation.trim() != found.name {
            return Err(Failure::invalid(Field::Confirmation, Reason::DoesNotMatch));
        }
        let mut act = Act::in_scope(self, caller, &found.scope).await?;
        let kill = store::kills::NewKill {
            id: KillId::mint(),
            target: found.target,
            name: found.name,
            by_platform: caller.role() == Role::PlatformAdmin,
            reason,
            by: caller.email.clone(),
            expires_at,
        };
        let armed = act.tx().arm_kill(&kill, now).await;
        let armed = armed.map_err(|error| match error.conflict() {
            Some(STOPPED) => Failure::invalid(Field::Target, Reason::Stopped),
            _ => Failure::Store(error),
        })?;
        let after = json!({ "state": "stopped", "expires_at": expires_at, "epoch": armed.epoch });
        let event = about("kill.arm", &armed, kill.reason);
        act.done(Event { after: Some(after), ..event }).await?;
        Ok(armed.kill.id)
    }

    async fn end_kill(
        &self,
        caller: &Caller,
        id: KillId,
        reason: &str,
        confirmation: &str,
    ) -> Result<(), Failure> {
        caller.require(Permission::ManageKills)?;
        let row = self.kill_in_reach(caller, id).await?;
        if row.kill.by_platform && caller.role() != Role::PlatformAdmin {
            // What the operator stopped is the operator's to release.
            return Err(Fault::Forbidden(Permission::ManageTenants).into());
        }
        if row.release.is_some() || !lasts(row.kill.expires_at, self.clock.now()) {
            return Err(Fault::Conflict.into());
        }
        let reason = form::reason(Some(reason))?;
        if confirmation.trim() != row.kill.name {
            return Err(Failure::invalid(Field::Confirmation, Reason::DoesNotMatch));
        }
        let scope = Scope { tenant_id: row.tenant_id, projects: Vec::new() };
        let mut act = Act::in_scope(self, caller, &scope).await?;
        // Somebody else may have been faster since it was read.
        if !act.tx().release_kill(id, &caller.email, &reason).await? {
            return Err(Fault::Conflict.into());
        }
        act.done(Event {
            before: Some(json!({ "state": "stopped", "reason": row.kill.reason })),
            after: Some(json!({ "state": "released" })),
            ..about("kill.release", &row, reason)
        })
        .await
    }

    /// A kill that the caller may read in full.
    async fn kill_in_reach(&self, caller: &Caller, id: KillId) -> Result<KillRow, Failure> {
        let operator = caller.role() == Role::PlatformAdmin;
        let tenants = match &caller.seat {
            Seat::Tenant { tenant_id, .. } if operator => vec![*tenant_id, TenantId::PLATFORM],
            Seat::Tenant { tenant_id, .. } => vec![*tenant_id],
            Seat::Platform => {
                let mut tx = self.store.system(store::Reason::Kills).await?;
                let kills = tx.kills(KILLS_MAX).await?;
                kills.into_iter().filter(|k| k.id == id).map(|k| k.tenant_id).collect()
            }
        };
        for tenant_id in tenants {
            let scope = Scope { tenant_id, projects: Vec::new() };
            let row = self.store.tenant(&scope).await?.kill(id).await?;
            if let Some(row) = row.filter(|row| may_read(caller, row)) {
                return Ok(row);
            }
        }
        Err(Fault::NotFound.into())
    }
}

/// Whether the caller, who looks into the tenant of this kill, may read all of it: a member what is of
/// their projects, and the operator from outside the tenant what is the operator's own.
fn may_read(caller: &Caller, row: &KillRow) -> bool {
    match (&caller.seat, row.kill.target.project_id) {
        (Seat::Platform, _) => row.kill.by_platform,
        (Seat::Tenant { role: Role::Member, projects, .. }, Some(id)) => projects.contains(&id),
        (Seat::Tenant { .. }, _) => true,
    }
}

/// Whether the caller may stop something in this scope from this seat.
fn permitted(caller: &Caller, scope: KillScope) -> Result<(), Failure> {
    caller.require(Permission::ManageKills)?;
    if scope.is_of_platform() && caller.role() != Role::PlatformAdmin {
        return Err(Fault::Forbidden(Permission::ManageTenants).into());
    }
    let inside = matches!(scope, KillScope::Project | KillScope::Key | KillScope::Agent);
    if inside && caller.seat == Seat::Platform {
        return Err(Fault::NoTenant.into());
    }
    Ok(())
}

fn expiry(hours: Option<u32>, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Failure> {
    match hours {
        None => Ok(None),
        Some(0) => Err(Failure::invalid(Field::ExpiresAt, Reason::InThePast)),
        Some(hours) if hours > EXPIRY_HOURS_MAX => {
            Err(Failure::invalid(Field::ExpiresAt, Reason::TooFar))
        }
        Some(hours) => Ok(Some(now + TimeDelta::hours(i64::from(hours)))),
    }
}

fn about(action: &'static str, row: &KillRow, reason: String) -> Event {
    let target = &row.kill.target;
    Event {
        action,
        target_kind: target.scope.as_str(),
        target_id: target
            .key_id
            .map(|id| id.uuid())
            .or(target.project_id.filter(|_| target.agent.is_none()).map(|id| id.uuid()))
            .or(target.provider_id.map(|id| id.uuid())),
        target: Some(row.kill.name.clone()),
        project_id: target.project_id,
        reason: Some(reason),
        ..Event::default()
    }
}

const fn reach_view(reach: Reach) -> ReachView {
    ReachView {
        tenants: reach.tenants,
        projects: reach.projects,
        keys: reach.keys,
        agents: reach.agents,
        calls_minute: reach.calls_minute,
        calls_hour: reach.calls_hour,
    }
}
