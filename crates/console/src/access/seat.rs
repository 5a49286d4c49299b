//! Taking a seat in a tenant, and giving it back.

use contract::fault::Fault;
use domain::caller::{Caller, Seat};
use domain::ids::TenantId;
use domain::role::{Permission, Role};
use serde_json::json;
use store::Reason;

use crate::Services;
use crate::access::session;
use crate::act::{Act, Actor, Event};
use crate::fault::Failure;
use crate::form;

impl Services {
    /// A member sits down as they are; an operator says why, and the tenant reads it in its own log.
    pub(super) async fn sit_down(
        &self,
        caller: &Caller,
        tenant_id: TenantId,
        reason: Option<&str>,
    ) -> Result<(), Failure> {
        let mut act = Act::across(&self.store, Actor::person(caller), Reason::Seat).await?;
        let seat = act.tx().seat(caller.account_id, tenant_id).await?.ok_or(Fault::NotFound)?;
        let reason = match seat.role {
            Role::PlatformAdmin => Some(form::reason(reason)?),
            _ => None,
        };
        let taken = Event {
            reason,
            after: Some(json!({ "role": seat.role.as_str() })),
            ..session("seat.take", caller.account_id, &caller.email)
        };
        act.done([(tenant_id, taken)]).await
    }

    /// An operator goes back to the platform.
    pub(super) async fn stand_up(&self, caller: &Caller) -> Result<(), Failure> {
        let mut act = Act::across(&self.store, Actor::person(caller), Reason::Seat).await?;
        let account = act.tx().account(caller.account_id).await?;
        if !account.is_some_and(|account| account.active && account.platform_admin) {
            return Err(Fault::Forbidden(Permission::ReadTenants).into());
        }
        match &caller.seat {
            Seat::Platform => Ok(()),
            Seat::Tenant { tenant_id, .. } => {
                let left = session("seat.leave", caller.account_id, &caller.email);
                act.done([(*tenant_id, left)]).await
            }
        }
    }
}
