//! From a live session to a caller. Rights are looked up for every request: taking one away takes
//! effect at once.

use contract::access::Visitor;
use contract::fault::Fault;
use domain::caller::{Caller, Seat};
use domain::ids::{AccountId, TenantId};
use store::accounts::Account;
use store::{Reason, SystemTx};

use crate::Services;
use crate::fault::Failure;

impl Services {
    pub(super) async fn recognise(
        &self,
        visitor: &Visitor,
        account_id: AccountId,
        tenant_id: Option<TenantId>,
    ) -> Result<Caller, Failure> {
        let mut tx = self.store.system(Reason::Seat).await?;
        let account = tx.account(account_id).await?.filter(|account| account.active);
        let account = account.ok_or(Fault::SignInAgain)?;
        let seat = seat(&mut tx, &account, tenant_id).await?.ok_or(Fault::SignInAgain)?;
        Ok(Caller {
            account_id: account.id,
            name: account.name,
            email: account.email,
            seat,
            request_id: visitor.request_id,
            ip: visitor.ip,
        })
    }
}

/// The remembered seat, where it still is one; then the platform for its admins, and for others the
/// first tenant that they belong to.
async fn seat(
    tx: &mut SystemTx<'_>,
    account: &Account,
    remembered: Option<TenantId>,
) -> Result<Option<Seat>, Failure> {
    if let Some(tenant_id) = remembered {
        let seat = in_tenant(tx, account.id, tenant_id).await?;
        if seat.is_some() {
            return Ok(seat);
        }
    }
    if account.platform_admin {
        return Ok(Some(Seat::Platform));
    }
    match tx.memberships(account.id).await?.first() {
        Some(membership) => in_tenant(tx, account.id, membership.tenant_id).await,
        None => Ok(None),
    }
}

async fn in_tenant(
    tx: &mut SystemTx<'_>,
    account_id: AccountId,
    tenant_id: TenantId,
) -> Result<Option<Seat>, Failure> {
    let row = tx.seat(account_id, tenant_id).await?;
    Ok(row.map(|row| Seat::Tenant { tenant_id, role: row.role, projects: row.projects }))
}
