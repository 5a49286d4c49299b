//! What surrounds every page.

use async_trait::async_trait;
use contract::fault::Fault;
use contract::frame::{Frame, FrameView, ProjectView, TenantView};
use domain::caller::{Caller, Scope, Seat};
use domain::ids::TenantId;
use domain::role::Permission;
use store::Reason;

use crate::Services;
use crate::fault::Failure;
use crate::kills::in_force::InForce;

#[async_trait]
impl Frame for Services {
    async fn frame(&self, caller: &Caller) -> Result<FrameView, Fault> {
        let tenants = self.tenants_in_reach(caller).await?;
        let (tenant, projects) = match &caller.seat {
            Seat::Platform => (None, Vec::new()),
            Seat::Tenant { tenant_id, projects, .. } => {
                let scope = Scope { tenant_id: *tenant_id, projects: projects.clone() };
                (tenants.iter().find(|t| t.id == *tenant_id).cloned(), self.projects(&scope).await?)
            }
        };
        let stopped = self.stopped_here(caller).await?;
        let role = caller.role();
        Ok(FrameView {
            name: caller.name.clone(),
            email: caller.email.clone(),
            role,
            tenant,
            tenants,
            projects,
            permissions: Permission::ALL.into_iter().filter(|p| role.may(*p)).collect(),
            stopped,
            simulated: self.simulated,
        })
    }
}

impl Services {
    /// Of a platform admin all tenants, wherever they sit; of others those they belong to.
    async fn tenants_in_reach(&self, caller: &Caller) -> Result<Vec<TenantView>, Failure> {
        let mut tx = self.store.system(Reason::Seat).await?;
        let view = |id: TenantId, name: String| TenantView { id, name };
        let account = tx.account(caller.account_id).await?;
        Ok(if account.is_some_and(|account| account.platform_admin) {
            tx.tenants().await?.into_iter().map(|t| view(t.id, t.name)).collect()
        } else {
            let belongs = tx.memberships(caller.account_id).await?;
            belongs.into_iter().map(|m| view(m.tenant_id, m.tenant)).collect()
        })
    }

    async fn projects(&self, scope: &Scope) -> Result<Vec<ProjectView>, Failure> {
        let mut tx = self.store.tenant(scope).await?;
        let in_force = InForce::read(&mut tx, self.clock.now()).await?;
        let view = |project: store::projects::ProjectRow| ProjectView {
            stopped: in_force.over_project(project.id).is_some(),
            id: project.id,
            name: project.name,
        };
        Ok(tx.projects().await?.into_iter().map(view).collect())
    }
}
