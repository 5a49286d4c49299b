//! Setting up a client.

use async_trait::async_trait;
use contract::fault::Fault;
use contract::set_up::{SetUp, SetUpView};
use domain::caller::Caller;
use domain::role::Permission;

use crate::Services;
use crate::fault::Failure;

#[async_trait]
impl SetUp for Services {
    async fn set_up(&self, caller: &Caller) -> Result<SetUpView, Fault> {
        Ok(self.for_clients(caller).await?)
    }
}

impl Services {
    async fn for_clients(&self, caller: &Caller) -> Result<SetUpView, Failure> {
        let scope = caller.scope(Permission::ReadKeys)?;
        let mut tx = self.store.tenant(&scope).await?;
        let now = self.clock.now();
        let works = |key: &store::keys::KeyRow| {
            key.revoked_at.is_none() && key.expires_at.is_none_or(|at| at > now)
        };
        Ok(SetUpView {
            base_url: self.base_url.clone(),
            models: tx.alias_names().await?,
            any_key: tx.keys().await?.iter().any(works),
        })
    }
}
