//! Providers, for the operator: where calls can be sent. A provider's key goes in and never comes out.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::caller::Caller;
use domain::ids::ProviderId;
use domain::probe::Probe;
use domain::provider::{Auth, OnHangup, ProviderKind, Surface, Wire};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// A provider in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderRow {
    /// Its id.
    pub id: ProviderId,
    /// Its short name.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Whose service it is.
    pub kind: ProviderKind,
    /// Where it is reached.
    pub base_url: String,
    /// How it is shown its key.
    pub auth: Auth,
    /// How addresses and bodies are formed.
    pub wire: Wire,
    /// What it serves.
    pub surfaces: Vec<Surface>,
    /// Where it computes.
    pub region: Option<String>,
    /// What Azure's addresses end with.
    pub api_version: Option<String>,
    /// Whether its address may lead to loopback or a private network.
    pub private_network: bool,
    /// What happens to a stream whose client has hung up.
    pub on_hangup: OnHangup,
    /// Whether calls are sent to it.
    pub active: bool,
    /// Whether the configuration file names it, and puts it back at every start.
    pub configured: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// What may be known of its key, where it has one.
    pub credential: Option<CredentialRow>,
    /// The aliases that lead to it, by name.
    pub aliases: Vec<String>,
    /// Its models that aliases lead to, by name: what a test call can ask for.
    pub models: Vec<String>,
}

/// What may be known of a provider's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialRow {
    /// The beginning of a keyed digest, to tell keys apart.
    pub fingerprint: String,
    /// How many keys the provider has had, this one included.
    pub version: u32,
    /// When this one was set.
    pub set_at: DateTime<Utc>,
}

/// The facts of a provider as they are typed. What is left out comes with its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderForm {
    /// Its name.
    pub name: String,
    /// Whose service it is.
    pub kind: ProviderKind,
    /// Where it is reached; empty for what its kind brings.
    #[serde(default)]
    pub base_url: String,
    /// How it is shown its key; `None` for what its kind brings.
    #[serde(default)]
    pub auth: Option<Auth>,
    /// How addresses and bodies are formed; `None` for what its kind brings.
    #[serde(default)]
    pub wire: Option<Wire>,
    /// What it serves; a new provider without any serves what its kind does.
    #[serde(default)]
    pub surfaces: Vec<Surface>,
    /// Where it computes; empty where that does not matter.
    #[serde(default)]
    pub region: String,
    /// What Azure's addresses end with; empty elsewhere.
    #[serde(default)]
    pub api_version: String,
    /// Whether its address may lead to loopback or a private network, and be unencrypted.
    #[serde(default)]
    pub private_network: bool,
    /// What happens to a stream whose client has hung up; `None` for what its kind brings.
    #[serde(default)]
    pub on_hangup: Option<OnHangup>,
}

/// A provider to make.
#[derive(Clone, Debug)]
pub struct NewProvider {
    /// Its short name, which stays: the price catalogue knows providers by it.
    pub slug: String,
    /// The rest.
    pub form: ProviderForm,
    /// Its key; empty for none yet.
    pub credential: SecretString,
}

/// Providers, for the operator.
#[async_trait]
pub trait Providers: Send + Sync {
    /// All of them, by name.
    async fn list(&self, caller: &Caller) -> Result<Vec<ProviderRow>, Fault>;

    /// Makes one; calls can be sent to it within a second.
    async fn create(&self, caller: &Caller, new: NewProvider) -> Result<ProviderRow, Fault>;

    /// Changes all of one but its short name and its key.
    async fn update(
        &self,
        caller: &Caller,
        id: ProviderId,
        form: ProviderForm,
    ) -> Result<ProviderRow, Fault>;

    /// Sends calls to one, or no longer.
    async fn switch(
        &self,
        caller: &Caller,
        id: ProviderId,
        active: bool,
    ) -> Result<ProviderRow, Fault>;

    /// Gives one another key, in force on every node within a second.
    async fn set_credential(
        &self,
        caller: &Caller,
        id: ProviderId,
        credential: SecretString,
    ) -> Result<ProviderRow, Fault>;

    /// Removes one that no alias leads to. `confirmation` is its short name.
    async fn delete(
        &self,
        caller: &Caller,
        id: ProviderId,
        confirmation: String,
    ) -> Result<(), Fault>;

    /// Sends one tiny request for this model of the provider's.
    async fn probe(&self, caller: &Caller, id: ProviderId, model: String) -> Result<Probe, Fault>;
}
