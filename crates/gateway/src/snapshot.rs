//! What a node knows by heart: whose keys are valid, which alias leads where, and at what price. No
//! call asks the database for any of it.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::ids::{ProviderId, SecretId};
use http::HeaderValue;
use ledger::price::{Price, Rates, Tariff};
use reqwest::Url;
use store::prices::PriceRow;
use store::providers::OnHangup;
use store::snapshot::{ProviderEntry, SealedSecret, TargetEntry};
use store::{Store, StoreError};
use vault::{Aad, KeyRing};
use zeroize::Zeroizing;

use crate::trail::Owner;

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
    /// Opened once, and taken over by the next snapshot.
    credentials: HashMap<(SecretId, i32), Credential>,
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
#[derive(Debug, Default)]
pub(crate) struct Alias {
    /// Those that can be used now, in the order to be tried.
    pub(crate) targets: Vec<Arc<Target>>,
    /// Whether another target is left out for want of a price.
    pub(crate) unpriced: bool,
}

/// A provider's model with its price.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) provider: String,
    pub(crate) simulated: bool,
    pub(crate) chat_url: Url,
    pub(crate) credential: Option<Credential>,
    pub(crate) drain: bool,
    pub(crate) upstream_model: String,
    pub(crate) output_tokens_max: u32,
    pub(crate) price: Price,
}

/// The header that opens a provider.
#[derive(Clone)]
pub(crate) struct Credential(HeaderValue);

/// Why no snapshot could be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Credential {
    /// `Authorization: Bearer …`; `None` where the key cannot stand in a header.
    fn new(key: &[u8]) -> Option<Self> {
        let text = Zeroizing::new([b"Bearer ".as_slice(), key.trim_ascii()].concat());
        let mut header = HeaderValue::from_bytes(&text).ok()?;
        header.set_sensitive(true);
        Some(Self(header))
    }

    pub(crate) const fn header(&self) -> &HeaderValue {
        &self.0
    }

    /// Whether a text repeats the key.
    pub(crate) fn occurs_in(&self, text: &[u8]) -> bool {
        let key = self.0.as_bytes().get(b"Bearer ".len()..).unwrap_or_default();
        !key.is_empty() && memchr::memmem::find(text, key).is_some()
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(redacted)")
    }
}

impl Snapshot {
    /// Reads the rules, and opens the credentials that `before` did not have.
    pub(crate) async fn load(
        store: &Store,
        ring: &KeyRing,
        before: &Self,
    ) -> Result<Self, LoadError> {
        let read = store.gateway_snapshot().await?;
        let mut credentials = HashMap::new();
        let mut incomplete = false;
        for provider in &read.providers {
            if let Some(secret) = &provider.secret {
                let place = (secret.id, secret.version);
                let known = before.credentials.get(&place).cloned();
                let opened = match known {
                    Some(known) => Some(known),
                    None => open(ring, provider, secret).await,
                };
                incomplete |= opened.is_none();
                opened.map(|credential| credentials.insert(place, credential));
            }
        }
        let providers: HashMap<ProviderId, &ProviderEntry> =
            read.providers.iter().map(|provider| (provider.id, provider)).collect();
        let mut aliases = HashMap::with_capacity(read.aliases.len());
        for entry in read.aliases {
            let mut alias = Alias::default();
            for target in &entry.targets {
                let provider = providers.get(&target.provider_id).filter(|found| found.active);
                let Some(provider) = provider else { continue };
                match resolve(provider, target, &credentials) {
                    Resolved::Usable(target) => alias.targets.push(Arc::new(*target)),
                    Resolved::Unpriced => alias.unpriced = true,
                    Resolved::Unusable => {}
                }
            }
            aliases.insert(entry.name, alias);
        }
        let keys = keys(&read.tenants, &read.projects, &read.keys);
        let (epoch, next_price_at) = (read.epoch, read.next_price_at);
        Ok(Self { epoch, next_price_at, incomplete, keys, aliases, credentials })
    }

    /// The key with this keyed hash under this pepper.
    pub(crate) fn key(&self, mac: &[u8; 32], pepper: i32) -> Option<&Key> {
        self.keys.get(mac).filter(|key| key.pepper == pepper)
    }

    /// The alias of this name.
    pub(crate) fn alias(&self, name: &str) -> Option<&Alias> {
        self.aliases.get(name)
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
        Ok(key) => Credential::new(&key),
        Err(error) => {
            tracing::error!(provider = provider.slug, %error, "a provider's key cannot be opened");
            None
        }
    }
}

enum Resolved {
    Usable(Box<Target>),
    Unpriced,
    Unusable,
}

fn resolve(
    provider: &ProviderEntry,
    target: &TargetEntry,
    credentials: &HashMap<(SecretId, i32), Credential>,
) -> Resolved {
    let credential = match &provider.secret {
        None => None,
        Some(secret) => match credentials.get(&(secret.id, secret.version)) {
            Some(credential) => Some(credential.clone()),
            None => return Resolved::Unusable,
        },
    };
    let Ok(chat_url) = Url::parse(&format!("{}/chat/completions", provider.base_url)) else {
        tracing::error!(provider = provider.slug, "the provider's address cannot be read");
        return Resolved::Unusable;
    };
    let Some(price) = &target.price else { return Resolved::Unpriced };
    let Some(price) = believed(price) else {
        tracing::error!(
            provider = provider.slug,
            model = target.upstream_model,
            "a price is refused"
        );
        return Resolved::Unpriced;
    };
    Resolved::Usable(Box::new(Target {
        provider: provider.slug.clone(),
        simulated: provider.simulated,
        chat_url,
        credential,
        drain: provider.on_hangup == OnHangup::Drain,
        upstream_model: target.upstream_model.clone(),
        output_tokens_max: target.output_tokens_max,
        price,
    }))
}

/// The price, if it is within the ledger's bounds and still what was imported.
fn believed(row: &PriceRow) -> Option<Price> {
    let tariff = Tariff {
        base: Rates {
            input: row.input_nano_per_mtok,
            cached_input: row.cached_input_nano_per_mtok,
            cache_write: row.cache_write_nano_per_mtok,
            output: row.output_nano_per_mtok,
        },
        per_request_nano: row.request_nano,
        tiers: serde_json::from_value(row.tiers.clone()).ok()?,
    };
    let price = Price::new(row.id, &row.provider, &row.model, row.effective_from, tariff).ok()?;
    (price.hash() == row.hash).then_some(price)
}
