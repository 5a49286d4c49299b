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
    /// The rows; each says its place itself.
    #[serde(default)]
    pub targets: BTreeMap<u32, TargetForm>,
}

#[cfg(feature = "ssr")]
impl AliasFields {
    fn form(self) -> AliasForm {
        AliasForm {
            description: self.description,
            strategy: self.strategy,
            regions: self.regions,
            targets: self.targets.into_values().collect(),
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
