//! The one way to change something: permission, transaction, change, audit row, commit, in this order.
//!
//! An [`Act`] owns its transaction and lends it out; only [`Act::done`] commits, and it takes the audit
//! row to write first. Whoever forgets the row has changed nothing.

use std::net::IpAddr;

use contract::access::Visitor;
use domain::caller::{Caller, Scope};
use domain::ids::{AccountId, AuditId, ProjectId, RequestId, TenantId};
use domain::role::Permission;
use serde_json::Value;
use store::audit::{ActorKind, AuditEntry, AuditOutcome};
use store::{Reason, Store, SystemTx, TenantTx};
use uuid::Uuid;

use crate::Services;
use crate::fault::Failure;

/// Who acts, as the audit log keeps it: readable also when the account is gone.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    kind: ActorKind,
    id: Option<Uuid>,
    name: String,
    ip: Option<IpAddr>,
    user_agent: Option<String>,
    request_id: RequestId,
}

impl Actor {
    /// Somebody who is signed in.
    pub(crate) fn person(caller: &Caller) -> Self {
        Self {
            kind: ActorKind::Person,
            id: Some(caller.account_id.uuid()),
            name: caller.email.clone(),
            ip: caller.ip,
            user_agent: None,
            request_id: caller.request_id,
        }
    }

    /// Somebody who has just proven who they are.
    pub(crate) fn proven(visitor: &Visitor, account_id: AccountId, email: &str) -> Self {
        Self {
            kind: ActorKind::Person,
            id: Some(account_id.uuid()),
            name: email.into(),
            ..Self::anonymous(visitor)
        }
    }

    /// Somebody who has proven nothing.
    pub(crate) fn anonymous(visitor: &Visitor) -> Self {
        Self {
            kind: ActorKind::Anonymous,
            id: None,
            name: "anonymous".into(),
            ip: visitor.ip,
            user_agent: visitor.user_agent.clone(),
            request_id: visitor.request_id,
        }
    }
}

/// What happened to what. Nothing in it is a secret.
#[derive(Clone, Debug, Default)]
pub(crate) struct Event {
    /// A dotted verb, such as `key.create`.
    pub action: &'static str,
    /// What kind of thing.
    pub target_kind: &'static str,
    /// Which one.
    pub target_id: Option<Uuid>,
    /// Its name, readable for ever.
    pub target: Option<String>,
    /// The project it belongs to.
    pub project_id: Option<ProjectId>,
    /// Why, in the actor's words or ours.
    pub reason: Option<String>,
    /// What it was.
    pub before: Option<Value>,
    /// What it is.
    pub after: Option<Value>,
    /// Whether it was refused.
    pub refused: bool,
}

/// A change on its way.
pub(crate) struct Act<Tx> {
    tx: Tx,
    actor: Actor,
}

impl<'s> Act<TenantTx<'s>> {
    /// Begins a change in the caller's tenant.
    pub(crate) async fn in_tenant(
        services: &'s Services,
        caller: &Caller,
        permission: Permission,
    ) -> Result<Self, Failure> {
        let scope = caller.scope(permission)?;
        let tx = services.store.tenant(&scope).await?;
        Ok(Self { tx, actor: Actor::person(caller) })
    }

    /// Begins a change of what is the operator's own, from any seat whose role may.
    pub(crate) async fn of_platform(
        services: &'s Services,
        caller: &Caller,
        permission: Permission,
    ) -> Result<Self, Failure> {
        let tx = services.platform(caller, permission).await?;
        Ok(Self { tx, actor: Actor::person(caller) })
    }

    /// Begins a change in a tenant that need not be the caller's seat. Whoever calls this has checked the
    /// permission.
    pub(crate) async fn in_scope(
        services: &'s Services,
        caller: &Caller,
        scope: &Scope,
    ) -> Result<Self, Failure> {
        Ok(Self { tx: services.store.tenant(scope).await?, actor: Actor::person(caller) })
    }

    /// Writes the audit row and makes both last.
    pub(crate) async fn done(mut self, event: Event) -> Result<(), Failure> {
        let entry = entry(&self.actor, event);
        self.tx.audit(&entry).await?;
        Ok(self.tx.commit().await?)
    }
}

impl<'s> Act<SystemTx<'s>> {
    /// Begins a change across tenants. Whoever calls this has checked the permission.
    pub(crate) async fn across(
        store: &'s Store,
        actor: Actor,
        reason: Reason,
    ) -> Result<Self, Failure> {
        Ok(Self { tx: store.system(reason).await?, actor })
    }

    /// Writes the audit rows, each into its tenant's log, and makes all of it last.
    pub(crate) async fn done<const N: usize>(
        mut self,
        events: [(TenantId, Event); N],
    ) -> Result<(), Failure> {
        const { assert!(N > 0, "no change without its audit row") };
        for (tenant_id, event) in events {
            let entry = entry(&self.actor, event);
            self.tx.audit(tenant_id, &entry).await?;
        }
        Ok(self.tx.commit().await?)
    }
}

impl Services {
    /// Looks at what is the operator's own, in the platform tenant: its secrets are rows there.
    pub(crate) async fn platform(
        &self,
        caller: &Caller,
        permission: Permission,
    ) -> Result<TenantTx<'_>, Failure> {
        caller.require(permission)?;
        let scope = Scope { tenant_id: TenantId::PLATFORM, projects: vec![ProjectId::PLATFORM] };
        Ok(self.store.tenant(&scope).await?)
    }
}

impl<Tx> Act<Tx> {
    /// The transaction, to make the change in. It cannot be committed through this.
    pub(crate) const fn tx(&mut self) -> &mut Tx {
        &mut self.tx
    }
}

fn entry(actor: &Actor, event: Event) -> AuditEntry {
    AuditEntry {
        id: AuditId::mint(),
        project_id: event.project_id,
        actor_kind: actor.kind,
        actor_id: actor.id,
        actor: actor.name.clone(),
        action: event.action.into(),
        target_kind: event.target_kind.into(),
        target_id: event.target_id,
        target: event.target,
        outcome: if event.refused { AuditOutcome::Failure } else { AuditOutcome::Success },
        reason: event.reason,
        before: event.before,
        after: event.after,
        ip: actor.ip,
        user_agent: actor.user_agent.clone(),
        request_id: Some(actor.request_id),
    }
}
