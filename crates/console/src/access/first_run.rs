//! The first run: the account that everything begins with.

use contract::access::{SignedIn, Visitor};
use contract::fault::{Fault, Field, Reason as Why};
use domain::ids::{AccountId, TenantId};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use store::Reason;
use store::accounts::NewAccount;
use subtle::ConstantTimeEq;

use crate::Services;
use crate::access::session;
use crate::act::{Act, Actor, Event};
use crate::fault::Failure;
use crate::form;

/// Who wants to be the first.
pub(super) struct First {
    pub name: String,
    pub email: String,
    pub password: SecretString,
}

impl Services {
    /// Whether the first run is still to come.
    pub(super) async fn nobody_yet(&self) -> Result<bool, Failure> {
        let mut tx = self.store.system(Reason::FirstRun).await?;
        Ok(!tx.any_account().await?)
    }

    /// Makes the platform admin. Of two at once the database lets one be first; the token has been used
    /// then, since there is an account and no further first run.
    pub(super) async fn make_first(
        &self,
        visitor: &Visitor,
        token: &SecretString,
        first: First,
    ) -> Result<SignedIn, Failure> {
        if !self.nobody_yet().await? {
            return Err(Fault::Conflict.into());
        }
        // Before anything else is looked at, and before a password is hashed: a stranger gets no work
        // out of us.
        if !self.is_setup_token(token) {
            return Err(Failure::invalid(Field::Token, Why::WrongToken));
        }
        let name = form::name(Field::Name, &first.name)?;
        let email = form::email(&first.email)?;
        form::password(&first.password, &email)?;
        let account = NewAccount {
            id: AccountId::mint(),
            email: email.as_str().into(),
            name,
            password_hash: self.passwords.hash(first.password).await?.into(),
            platform_admin: true,
        };
        let actor = Actor::proven(visitor, account.id, &account.email);
        let mut act = Act::across(&self.store, actor, Reason::FirstRun).await?;
        if !act.tx().create_first_account(&account).await? {
            return Err(Fault::Conflict.into());
        }
        let made = Event {
            reason: Some("first run".into()),
            after: Some(json!({ "name": account.name, "platform_admin": true })),
            ..session("account.create", account.id, &account.email)
        };
        let started = session("session.start", account.id, &account.email);
        act.done([(TenantId::PLATFORM, made), (TenantId::PLATFORM, started)]).await?;
        Ok(SignedIn { account_id: account.id, tenant_id: None })
    }

    fn is_setup_token(&self, given: &SecretString) -> bool {
        self.setup_token.as_ref().is_some_and(|expected| {
            // Copied from a terminal, it may have brought the space around it.
            let given = given.expose_secret().trim().as_bytes();
            expected.expose_secret().as_bytes().ct_eq(given).into()
        })
    }
}
