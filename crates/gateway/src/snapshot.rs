//! What a node knows by heart: whose keys are valid, which alias leads where, and at what price. No
//! call asks the database for any of it.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::ids::{ProviderId, SecretId};
use domain::provider::{Auth, Capability, OnHangup, Strategy, Surface};
use ledger::price::{Price, Rates, Tariff};
use store::prices::PriceRow;
use store::snapshot::{ProviderEntry, SealedSecret, TargetEntry};
use store::{Store, StoreError};
use vault::{Aad, KeyRing};

use crate::kills::Kills;
use crate::policies::Policies;
use crate::request::AskedFor;
use crate::trail::Owner;
use crate::upstream::credential::Credential;
use crate::upstream::egress::{self, EgressAllow};
use crate::upstream::provider::Provider;

/// The rules as of one epoch.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    pub(crate) epoch: i64,
    /// When a price that is known already takes effect; the rules must be read again by then.
    pub(crate) next_price_at: Option<DateTime<Utc>>,
    /// Whether a provider's key could not be opened: worth another try, which no epoch will ask for.
    pub(crate) incomplete: bool,
    /// By the whole keyed hash of the key.
    keys: HashMap<[u8; 32], Key>,
    /// By name.
    aliases: HashMap<String, Alias>,
    /// By id, those that can be called.
    providers: HashMap<ProviderId, Arc<Provider>>,
    /// What is stopped.
    pub(crate) kills: Kills,
    /// What is wanted of the guard.
    pub(crate) policies: Policies,
    /// Who is asked for a second opinion on prompts.
    pub(crate) second: Option<Arc<Provider>>,
    /// Opened once, and taken over by the next snapshot.
    credentials: HashMap<(SecretId, i32), (Auth, Credential)>,
}

/// A key that is not revoked.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) owner: Owner,
    pub(crate) pepper: i32,
    pub(crate) expires_at: Option<DateTime<Utc>>,
    /// Whether tenant and project are active.
    pub(crate) active: bool,
}

/// A model that can be asked for.
#[derive(Debug)]
pub(crate) struct Alias {
    pub(crate) strategy: Strategy,
    /// Regions that may compute; `None` for any.
    pub(crate) regions: Option<Vec<String>>,
    /// Those that can be used now, in the order they are written.
    pub(crate) targets: Vec<Arc<Target>>,
    /// Whether another target is left out for want of a price.
    pub(crate) unpriced: bool,
    /// Those that cannot be used.
    pub(crate) left_out: Vec<LeftOut>,
}

/// A target that cannot be used, and why.
#[derive(Clone, Debug)]
pub(crate) struct LeftOut {
    pub(crate) provider_id: ProviderId,
    pub(crate) provider: String,
    pub(crate) model: String,
    pub(crate) why: &'static str,
    /// Whether the node tries by itself to change that.
    pub(crate) for_now: bool,
}

/// A provider's model with its price.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) provider: Arc<Provider>,
    pub(crate) upstream_model: String,
    /// The most tokens that an answer has, where the caller gives no limit.
    pub(crate) output_tokens_max: u32,
    /// The longest context, in tokens; `None` where unknown.
    pub(crate) context_tokens_max: Option<u32>,
    /// What it can do beyond text; `None` where unknown.
    pub(crate) capabilities: Option<Vec<Capability>>,
    pub(crate) weight: u32,
    pub(crate) price: Price,
}

impl Target {
    /// The most tokens of one answer to a request, in tokens.
    pub(crate) fn output_bound(&self, request: &AskedFor) -> u64 {
        match request.surface() {
            Surface::Embeddings | Surface::CountTokens => 0,
            _ => request.max_output_tokens().unwrap_or(u64::from(self.output_tokens_max)),
        }
    }
}

/// Why no snapshot could be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Snapshot {
    /// Reads the rules, and opens the credentials that `before` did not have.
    pub(crate) async fn load(
        store: &Store,
        ring: &KeyRing,
        allow: &EgressAllow,
        before: &Self,
    ) -> Result<Self, LoadError> {
        let read = store.gateway_snapshot().await?;
        let mut credentials = HashMap::new();
        let mut providers = HashMap::with_capacity(read.providers.len());
        let mut unusable = HashMap::new();
        let mut incomplete = false;
        for entry in &read.providers {
            let credential = match &entry.secret {
                None => None,
                Some(secret) => {
                    let place = (secret.id, secret.version);
                    // A key may be shown in another way than before.
                    let known = before.credentials.get(&place);
                    let known = known.filter(|(auth, _)| *auth == entry.auth).cloned();
                    let opened = match known {
                        Some((_, known)) => Some(known),
                        None => open(ring, entry, secret).await,
                    };
                    incomplete |= opened.is_none();
                    if let Some(opened) = &opened {
                        credentials.insert(place, (entry.auth, opened.clone()));
                    }
                    opened
                }
            };
            match provider(entry, credential, allow) {
                Ok(provider) => {
                    providers.insert(entry.id, Arc::new(provider));
                }
                Err(why) => {
                    unusable.insert(entry.id, why);
                }
            }
        }
        let slugs: HashMap<ProviderId, &str> =
            read.providers.iter().map(|entry| (entry.id, entry.slug.as_str())).collect();
        let mut aliases = HashMap::with_capacity(read.aliases.len());
        for entry in read.aliases {
            let mut alias = Alias {
                strategy: entry.strategy,
                regions: entry.regions,
                targets: Vec::new(),
                unpriced: false,
                left_out: Vec::new(),
            };
            for target in entry.targets {
                let id = target.provider_id;
                let provider = match providers.get(&id) {
                    Some(provider) => Ok(Arc::clone(provider)),
                    None => Err(unusable.get(&id).copied().unwrap_or("its provider is unknown")),
                };
                let model = target.upstream_model.clone();
                match provider.and_then(|provider| resolve(provider, target)) {
                    Ok(target) => alias.targets.push(Arc::new(target)),
                    Err(why) => {
                        alias.unpriced |= why == UNPRICED;
                        let provider = slugs.get(&id).copied().unwrap_or_default().to_owned();
                        let for_now = why == SHUT;
                        alias.left_out.push(LeftOut {
                            provider_id: id,
                            provider,
                            model,
                            why,
                            for_now,
                        });
                    }
                }
            }
            aliases.insert(entry.name, alias);
        }
        let keys = keys(&read.tenants, &read.projects, &read.keys);
        let kills = Kills::of(&read.kills);
        let (epoch, next_price_at) = (read.epoch, read.next_price_at);
        let policies = Policies::of(&read.policies);
        let mut second: Vec<_> =
            providers.values().filter(|provider| !provider.kind.answers_calls()).collect();
        second.sort_unstable_by(|one, other| one.slug.cmp(&other.slug));
        let second = second.first().map(|provider| Arc::clone(provider));
        Ok(Self {
            epoch,
            next_price_at,
            incomplete,
            keys,
            aliases,
            providers,
            kills,
            policies,
            second,
            credentials,
        })
    }

    /// The key with this keyed hash under this pepper.
    pub(crate) fn key(&self, mac: &[u8; 32], pepper: i32) -> Option<&Key> {
        self.keys.get(mac).filter(|key| key.pepper == pepper)
    }

    /// The alias of this name.
    pub(crate) fn alias(&self, name: &str) -> Option<&Alias> {
        self.aliases.get(name)
    }

    /// The provider of this id, where it can be called.
    pub(crate) fn provider(&self, id: ProviderId) -> Option<&Arc<Provider>> {
        self.providers.get(&id)
    }

    /// All aliases that can be used, by name.
    pub(crate) fn usable(&self) -> Vec<(&str, &Target)> {
        let mut usable: Vec<_> = self
            .aliases
            .iter()
            .filter_map(|(name, alias)| Some((name.as_str(), alias.targets.first()?.as_ref())))
            .collect();
        usable.sort_unstable_by_key(|(name, _)| *name);
        usable
    }
}

fn keys(
    tenants: &[store::snapshot::TenantEntry],
    projects: &[store::snapshot::ProjectEntry],
    keys: &[store::snapshot::KeyEntry],
) -> HashMap<[u8; 32], Key> {
    let tenants: HashMap<_, _> = tenants.iter().map(|tenant| (tenant.id, tenant)).collect();
    let projects: HashMap<_, _> =
        projects.iter().map(|project| ((project.tenant_id, project.id), project.active)).collect();
    keys.iter()
        .filter_map(|key| {
            let tenant = tenants.get(&key.tenant_id)?;
            let project = projects.get(&(key.tenant_id, key.project_id))?;
            let owner = Owner {
                tenant_id: key.tenant_id,
                project_id: key.project_id,
                key_id: key.id,
                markup_ppm: i32::try_from(tenant.markup_ppm).ok()?,
            };
            let entry = Key {
                owner,
                pepper: key.pepper,
                expires_at: key.expires_at,
                active: tenant.active && *project,
            };
            Some((key.mac, entry))
        })
        .collect()
}

async fn open(
    ring: &KeyRing,
    provider: &ProviderEntry,
    secret: &SealedSecret,
) -> Option<Credential> {
    let version = u32::try_from(secret.version).ok()?;
    let place = Aad::provider_key(ring.deployment(), secret.id, version);
    match ring.open(&place, &secret.blob).await {
        Ok(key) => {
            let credential = Credential::new(&key, provider.auth);
            if credential.is_none() {
                tracing::error!(
                    provider = provider.slug,
                    "a provider's key cannot be shown its way"
                );
            }
            credential
        }
        Err(error) => {
            tracing::error!(provider = provider.slug, %error, "a provider's key cannot be opened");
            None
        }
    }
}

const UNPRICED: &str = "it has no price";
const SHUT: &str = "its provider's key cannot be opened";

/// A provider that can be called, or why it cannot.
fn provider(
    entry: &ProviderEntry,
    credential: Option<Credential>,
    allow: &EgressAllow,
) -> Result<Provider, &'static str> {
    if !entry.active {
        return Err("its provider is switched off");
    }
    if credential.is_none() && (entry.secret.is_some() || entry.auth == Auth::SigV4) {
        return Err(SHUT);
    }
    let base = match egress::base(&entry.base_url, entry.private_network, allow) {
        Ok(base) => base,
        Err(error) => {
            tracing::error!(provider = entry.slug, %error, "a provider cannot be called");
            return Err("its provider's address is not allowed");
        }
    };
    Ok(Provider {
        id: entry.id,
        slug: entry.slug.clone(),
        kind: entry.kind,
        simulated: entry.simulated,
        base,
        wire: entry.wire,
        surfaces: entry.surfaces.clone(),
        region: entry.region.clone(),
        api_version: entry.api_version.clone(),
        credential,
        private_network: entry.private_network,
        drain: entry.on_hangup == OnHangup::Drain,
    })
}

fn resolve(provider: Arc<Provider>, target: TargetEntry) -> Result<Target, &'static str> {
    let price = target.price.as_ref().ok_or(UNPRICED)?;
    let Some(price) = believed(price) else {
        let model = &target.upstream_model;
        tracing::error!(provider = provider.slug, model, "a price is refused");
        return Err(UNPRICED);
    };
    Ok(Target {
        provider,
        upstream_model: target.upstream_model,
        output_tokens_max: target.output_tokens_max,
        context_tokens_max: target.context_tokens_max,
        capabilities: target.capabilities,
        weight: target.weight,
        price,
    })
}

/// The price, if it is within the ledger's bounds and still what was imported.
fn believed(row: &PriceRow) -> Option<Price> {
    let tariff = Tariff {
        base: Rates {
            input: row.input_nano_per_mtok,
            cached_input: row.cached_input_nano_per_mtok,
            cache_write: row.cache_write_nano_per_mtok,
            cache_write_1h: row.cache_write_1h_nano_per_mtok,
            output: row.output_nano_per_mtok,
        },
        per_request_nano: row.request_nano,
        tiers: serde_json::from_value(row.tiers.clone()).ok()?,
    };
    let price = Price::new(row.id, &row.provider, &row.model, row.effective_from, tariff).ok()?;
    (price.hash() == row.hash).then_some(price)
}
