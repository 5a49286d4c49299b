//! Signing in, the first run, and taking a seat.

mod caller;
mod first_run;
mod seat;
mod sign_in;

use async_trait::async_trait;
use contract::access::{Access, SignedIn, Visitor};
use contract::fault::Fault;
use domain::caller::{Caller, Seat};
use domain::ids::{AccountId, TenantId};
use secrecy::SecretString;
use store::Reason;

use crate::Services;
use crate::act::{Act, Actor, Event};
use crate::fault::Failure;

use first_run::First;

#[async_trait]
impl Access for Services {
    async fn first_run_open(&self) -> Result<bool, Fault> {
        Ok(self.nobody_yet().await?)
    }

    async fn first_run(
        &self,
        visitor: &Visitor,
        token: SecretString,
        name: String,
        email: String,
        password: SecretString,
    ) -> Result<SignedIn, Fault> {
        Ok(self.make_first(visitor, &token, First { name, email, password }).await?)
    }

    async fn sign_in(
        &self,
        visitor: &Visitor,
        email: String,
        password: SecretString,
    ) -> Result<SignedIn, Fault> {
        Ok(self.prove(visitor, &email, password).await?)
    }

    async fn sign_out(&self, caller: &Caller) -> Result<(), Fault> {
        Ok(self.leave(caller).await?)
    }

    async fn caller(
        &self,
        visitor: &Visitor,
        account_id: AccountId,
        tenant_id: Option<TenantId>,
    ) -> Result<Caller, Fault> {
        Ok(self.recognise(visitor, account_id, tenant_id).await?)
    }

    async fn take_seat(
        &self,
        caller: &Caller,
        tenant_id: Option<TenantId>,
        reason: Option<String>,
    ) -> Result<(), Fault> {
        match tenant_id {
            Some(tenant_id) => self.sit_down(caller, tenant_id, reason.as_deref()).await?,
            None => self.stand_up(caller).await?,
        }
        Ok(())
    }
}

impl Services {
    async fn leave(&self, caller: &Caller) -> Result<(), Failure> {
        let act = Act::across(&self.store, Actor::person(caller), Reason::SignIn).await?;
        let ended = session("session.end", caller.account_id, &caller.email);
        match &caller.seat {
            Seat::Platform => act.done([(TenantId::PLATFORM, ended)]).await,
            Seat::Tenant { tenant_id, .. } => {
                act.done([(TenantId::PLATFORM, ended.clone()), (*tenant_id, ended)]).await
            }
        }
    }
}

/// Something that happened to a person's session.
fn session(action: &'static str, account_id: AccountId, email: &str) -> Event {
    Event {
        action,
        target_kind: "account",
        target_id: Some(account_id.uuid()),
        target: Some(email.into()),
        ..Event::default()
    }
}
