//! What can be stopped from a seat, and what a target names.

use contract::fault::{Field, Reason};
use contract::kills::{ALL_CALLS, CHOICES_MAX, ChoiceView, Target};
use domain::caller::{Caller, Scope};
use domain::ids::{ProjectId, TenantId};
use domain::kill::{AgentName, KillScope};
use domain::role::{Permission, Role};
use store::TenantTx;
use store::kills::KillTarget;
use store::traffic::MinuteCalls;

use super::permitted;
use crate::Services;
use crate::fault::Failure;

/// A target that exists and that the caller may stop.
pub(super) struct Resolved {
    /// The tenant whose row it is, with the caller's projects where they sit in it.
    pub scope: Scope,
    /// What the row says.
    pub target: KillTarget,
    /// Its name: what is typed to confirm.
    pub name: String,
    /// The tenant's name, where it belongs to one.
    pub tenant: Option<String>,
    /// The provider's short name, of a provider.
    pub provider: Option<String>,
}

const UNKNOWN: Failure = Failure::invalid(Field::Target, Reason::Unknown);

impl Services {
    /// Finds what a target names, within what the caller may stop.
    pub(super) async fn resolve(
        &self,
        caller: &Caller,
        target: &Target,
    ) -> Result<Resolved, Failure> {
        permitted(caller, target.scope)?;
        match target.scope {
            KillScope::All => Ok(Resolved {
                scope: of_platform(),
                target: KillTarget::of(KillScope::All),
                name: ALL_CALLS.into(),
                tenant: None,
                provider: None,
            }),
            KillScope::Provider => self.provider(&target.id).await,
            KillScope::Tenant => self.tenant(caller, &target.id).await,
            KillScope::Project | KillScope::Key | KillScope::Agent => {
                self.of_seat(caller, target).await
            }
        }
    }

    async fn provider(&self, id: &str) -> Result<Resolved, Failure> {
        let mut tx = self.store.system(store::Reason::Kills).await?;
        let found = tx.providers_by_name().await?;
        let found = found.into_iter().find(|(provider_id, ..)| provider_id.to_string() == id);
        let (provider_id, slug, name) = found.ok_or(UNKNOWN)?;
        Ok(Resolved {
            scope: of_platform(),
            target: KillTarget {
                provider_id: Some(provider_id),
                ..KillTarget::of(KillScope::Provider)
            },
            name,
            tenant: None,
            provider: Some(slug),
        })
    }

    /// The operator stops any tenant, its administrator the own one.
    async fn tenant(&self, caller: &Caller, id: &str) -> Result<Resolved, Failure> {
        let id: TenantId = id.parse().map_err(|_| UNKNOWN)?;
        let (scope, name) = if caller.role() == Role::PlatformAdmin {
            let mut tx = self.store.system(store::Reason::Kills).await?;
            let found = tx.tenants().await?.into_iter().find(|tenant| tenant.id == id);
            (Scope { tenant_id: id, projects: Vec::new() }, found.map(|tenant| tenant.name))
        } else {
            let scope = caller.scope(Permission::ManageKills)?;
            if scope.tenant_id != id {
                return Err(UNKNOWN);
            }
            let found = self.store.tenant(&scope).await?.tenant().await?;
            (scope, found.map(|tenant| tenant.name))
        };
        let name = name.ok_or(UNKNOWN)?;
        Ok(Resolved {
            scope,
            target: KillTarget::of(KillScope::Tenant),
            tenant: Some(name.clone()),
            name,
            provider: None,
        })
    }

    async fn of_seat(&self, caller: &Caller, target: &Target) -> Result<Resolved, Failure> {
        let scope = caller.scope(Permission::ManageKills)?;
        let mut tx = self.store.tenant(&scope).await?;
        let (target, name) = match target.scope {
            KillScope::Key => key(&mut tx, &target.id).await?,
            KillScope::Agent => agent(&mut tx, &target.id).await?,
            _ => project(&mut tx, &target.id).await?,
        };
        let tenant = tx.tenant().await?.map(|tenant| tenant.name);
        Ok(Resolved { scope, target, name, tenant, provider: None })
    }

    /// Everything in a scope that the caller may stop; of agents those whose name contains a text.
    pub(super) async fn stoppable(
        &self,
        caller: &Caller,
        scope: KillScope,
        search: &str,
    ) -> Result<Vec<ChoiceView>, Failure> {
        let choice = |id: String, name: String, detail: String| ChoiceView {
            target: Target { scope, id },
            name,
            detail,
            calls_minute: 0,
        };
        let operator = caller.role() == Role::PlatformAdmin;
        Ok(match scope {
            KillScope::All => vec![choice(String::new(), ALL_CALLS.into(), String::new())],
            KillScope::Provider => {
                let mut tx = self.store.system(store::Reason::Kills).await?;
                let all = tx.providers_by_name().await?.into_iter();
                all.map(|(id, slug, name)| choice(id.to_string(), name, slug)).collect()
            }
            KillScope::Tenant if operator => {
                let mut tx = self.store.system(store::Reason::Kills).await?;
                let all = tx.tenants().await?.into_iter();
                all.map(|t| choice(t.id.to_string(), t.name, t.slug)).collect()
            }
            KillScope::Tenant => {
                let mut tx = self.store.tenant(&caller.scope(Permission::ManageKills)?).await?;
                let own = tx.tenant().await?.into_iter();
                own.map(|t| choice(t.id.to_string(), t.name, t.slug)).collect()
            }
            KillScope::Project => {
                let mut tx = self.store.tenant(&caller.scope(Permission::ManageKills)?).await?;
                let all = tx.projects().await?.into_iter();
                all.map(|p| choice(p.id.to_string(), p.name, p.slug)).collect()
            }
            KillScope::Key => {
                let mut tx = self.store.tenant(&caller.scope(Permission::ManageKills)?).await?;
                // A revoked key opens nothing: there is nothing to stop.
                let all = tx.keys().await?.into_iter().filter(|key| key.revoked_at.is_none());
                all.map(|k| choice(k.id.to_string(), k.name, format!("{}, {}", k.project, k.shown)))
                    .collect()
            }
            KillScope::Agent => {
                let mut tx = self.store.tenant(&caller.scope(Permission::ManageKills)?).await?;
                let all = tx.agents(None, search, CHOICES_MAX).await?.into_iter();
                all.map(|a| choice(format!("{}:{}", a.project_id, a.name), a.name, a.project))
                    .collect()
            }
        })
    }

    /// Says of each what was called with it in the last minute.
    pub(super) async fn count_calls(
        &self,
        caller: &Caller,
        choices: &mut [ChoiceView],
    ) -> Result<(), Failure> {
        let Some(first) = choices.first() else { return Ok(()) };
        let (scope, operator) = (first.target.scope, caller.role() == Role::PlatformAdmin);
        if scope.is_of_platform() || scope == KillScope::Tenant && operator {
            let calls = self.store.system(store::Reason::Kills).await?.calls_minute().await?;
            for choice in choices {
                let counts = |tenant: &TenantId, provider: Option<&str>| match scope {
                    KillScope::Provider => provider == Some(&*choice.detail),
                    KillScope::Tenant => tenant.to_string() == choice.target.id,
                    _ => true,
                };
                let of = calls.iter().filter(|(tenant, by, _)| counts(tenant, by.as_deref()));
                choice.calls_minute = of.map(|(_, _, calls)| calls).sum();
            }
            return Ok(());
        }
        let scope_of = caller.scope(Permission::ManageKills)?;
        let calls = self.store.tenant(&scope_of).await?.calls_minute().await?;
        for choice in choices {
            let id = choice.target.id.as_str();
            let counts = |row: &MinuteCalls| match scope {
                KillScope::Project => row.project_id.to_string() == id,
                KillScope::Key => row.key_id.to_string() == id,
                KillScope::Agent => {
                    let agent = row.agent.as_ref();
                    agent.is_some_and(|agent| format!("{}:{agent}", row.project_id) == id)
                }
                _ => true,
            };
            let of = calls.iter().filter(|row| counts(row));
            choice.calls_minute = of.map(|row| row.calls).sum();
        }
        Ok(())
    }
}

/// Where rows about more than one tenant live.
fn of_platform() -> Scope {
    Scope { tenant_id: TenantId::PLATFORM, projects: Vec::new() }
}

async fn project(tx: &mut TenantTx<'_>, id: &str) -> Result<(KillTarget, String), Failure> {
    let id: ProjectId = id.parse().map_err(|_| UNKNOWN)?;
    let found = tx.projects().await?.into_iter().find(|project| project.id == id);
    let found = found.ok_or(UNKNOWN)?;
    let target = KillTarget { project_id: Some(id), ..KillTarget::of(KillScope::Project) };
    Ok((target, found.name))
}

async fn key(tx: &mut TenantTx<'_>, id: &str) -> Result<(KillTarget, String), Failure> {
    let id = id.parse().map_err(|_| UNKNOWN)?;
    let found = tx.key(id).await?.ok_or(UNKNOWN)?;
    let target = KillTarget {
        project_id: Some(found.project_id),
        key_id: Some(id),
        ..KillTarget::of(KillScope::Key)
    };
    Ok((target, found.name))
}

/// An agent need not have been seen: one can be stopped before its first call.
async fn agent(tx: &mut TenantTx<'_>, id: &str) -> Result<(KillTarget, String), Failure> {
    let (project_id, name) = id.split_once(':').ok_or(UNKNOWN)?;
    let (target, _) = project(tx, project_id).await?;
    let name: AgentName = name.parse().map_err(|_| UNKNOWN)?;
    let target = KillTarget { agent: Some(name.clone()), scope: KillScope::Agent, ..target };
    Ok((target, name.into()))
}
