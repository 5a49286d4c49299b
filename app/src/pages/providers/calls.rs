//! The server functions of providers and aliases.

use std::collections::BTreeMap;

use contract::aliases::{AliasRow, TargetForm};
use contract::providers::{ProviderForm, ProviderRow};
use domain::ids::ProviderId;
use domain::probe::Probe;
use domain::provider::Strategy;
use serde::{Deserialize, Serialize};

use crate::fault::UiFault;
#[cfg(feature = "ssr")]
use crate::server;
#[cfg(feature = "ssr")]
use contract::{aliases::AliasForm, fault::Fault, providers::NewProvider};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routing {
    /// All providers, by name.
    pub providers: Vec<ProviderRow>,
    /// All aliases, by name.
    pub aliases: Vec<AliasRow>,
}

/// All providers and all aliases.
#[leptos::server(prefix = "/do", endpoint = "providers/list")]
pub async fn list() -> Result<Routing, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    let providers = server::answer(console.providers.list(&caller).await)?;
    let aliases = server::answer(console.aliases.list(&caller).await)?;
    Ok(Routing { providers, aliases })
}

/// Makes a provider. The key may be empty, and set later.
#[leptos::server(prefix = "/do", endpoint = "providers/create")]
pub async fn create(
    slug: String,
    form: ProviderForm,
    credential: String,
) -> Result<ProviderRow, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    let new = NewProvider { slug, form, credential: credential.into() };
    let row = server::answer(console.providers.create(&caller, new).await)?;
    leptos_axum::redirect(crate::paths::PROVIDERS);
    Ok(row)
}

/// Changes a provider's facts.
#[leptos::server(prefix = "/do", endpoint = "providers/update")]
pub async fn update(id: ProviderId, form: ProviderForm) -> Result<ProviderRow, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    let row = server::answer(console.providers.update(&caller, id, form).await)?;
    leptos_axum::redirect(crate::paths::PROVIDERS);
    Ok(row)
}

/// Sends calls to a provider, or no longer.
#[leptos::server(prefix = "/do", endpoint = "providers/switch")]
pub async fn switch(id: ProviderId, active: bool) -> Result<ProviderRow, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    let row = server::answer(console.providers.switch(&caller, id, active).await)?;
    leptos_axum::redirect(crate::paths::PROVIDERS);
    Ok(row)
}

/// Gives a provider another key.
#[leptos::server(prefix = "/do", endpoint = "providers/key")]
pub async fn set_key(id: ProviderId, credential: String) -> Result<ProviderRow, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    let set = console.providers.set_credential(&caller, id, credential.into()).await;
    let row = server::answer(set)?;
    leptos_axum::redirect(crate::paths::PROVIDERS);
    Ok(row)
}

/// Removes a provider. `confirmation` is its short name.
#[leptos::server(prefix = "/do", endpoint = "providers/delete")]
pub async fn remove(id: ProviderId, confirmation: String) -> Result<(), UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    server::answer(console.providers.delete(&caller, id, confirmation).await)?;
    leptos_axum::redirect(crate::paths::PROVIDERS);
    Ok(())
}

/// Sends a provider one tiny request. A form sent without a script would be answered with a redirect
/// and lose the answer, so nothing is sent for it.
#[leptos::server(prefix = "/do", endpoint = "providers/probe")]
pub async fn test_call(id: ProviderId, model: String) -> Result<Probe, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    if server::plain_form() {
        return server::answer(Err(Fault::Unavailable));
    }
    server::answer(console.providers.probe(&caller, id, model).await)
}

/// An alias as its form sends it: the targets by the numbers of their rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AliasFields {
    /// What it is for.
    pub description: String,
    /// How it chooses among its targets.
    pub strategy: Strategy,
    /// Regions, separated by commas.
    pub regions: String,
    /// The numbers of the rows in their order, separated by commas; rows left out come last.
    pub order: String,
    /// The rows.
    #[serde(default)]
    pub targets: BTreeMap<u32, TargetForm>,
}

impl AliasFields {
    /// The targets in the order that the form gives.
    #[must_use]
    pub fn ordered(mut self) -> Vec<TargetForm> {
        let numbers = self.order.split(',').filter_map(|number| number.trim().parse().ok());
        let mut targets: Vec<_> =
            numbers.filter_map(|number: u32| self.targets.remove(&number)).collect();
        targets.extend(self.targets.into_values());
        targets
    }

    #[cfg(feature = "ssr")]
    fn form(self) -> AliasForm {
        AliasForm {
            description: self.description.clone(),
            strategy: self.strategy,
            regions: self.regions.clone(),
            targets: self.ordered(),
        }
    }
}

/// Makes an alias.
#[leptos::server(prefix = "/do", endpoint = "aliases/create")]
pub async fn create_alias(name: String, form: AliasFields) -> Result<AliasRow, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    let row = server::answer(console.aliases.create(&caller, name, form.form()).await)?;
    leptos_axum::redirect(crate::paths::PROVIDERS);
    Ok(row)
}

/// Changes an alias.
#[leptos::server(prefix = "/do", endpoint = "aliases/update")]
pub async fn update_alias(name: String, form: AliasFields) -> Result<AliasRow, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    let row = server::answer(console.aliases.update(&caller, name, form.form()).await)?;
    leptos_axum::redirect(crate::paths::PROVIDERS);
    Ok(row)
}

/// Removes an alias. `confirmation` is its name.
#[leptos::server(prefix = "/do", endpoint = "aliases/delete")]
pub async fn remove_alias(name: String, confirmation: String) -> Result<(), UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    server::answer(console.aliases.delete(&caller, name, confirmation).await)?;
    leptos_axum::redirect(crate::paths::PROVIDERS);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_come_in_the_order_that_is_given_and_none_is_lost() {
        let target = |model: &str| TargetForm { model: model.into(), ..TargetForm::default() };
        let fields = |order: &str| AliasFields {
            description: String::new(),
            strategy: Strategy::Priority,
            regions: String::new(),
            order: order.into(),
            targets: BTreeMap::from([(0, target("a")), (1, target("b")), (7, target("c"))]),
        };
        let models = |order: &str| -> Vec<String> {
            fields(order).ordered().into_iter().map(|target| target.model).collect()
        };
        assert_eq!(models("7,0,1"), ["c", "a", "b"]);
        assert_eq!(models("1, 1,x,9"), ["b", "a", "c"]);
        assert_eq!(models(""), ["a", "b", "c"]);
    }
}
