//! Takes prices, providers and aliases from the configuration into the database, at every start.
//!
//! What the configuration does not name stays as it is: providers may also live in the database only.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use domain::caller::Scope;
use domain::ids::{PriceId, ProjectId, ProviderId, SecretId, TenantId};
use domain::limits::{CREDENTIAL_BYTES_MAX, OUTPUT_TOKENS};
use domain::provider::{ProviderKind, Strategy};
use ledger::catalogue::{Catalogue, CatalogueError};
use ledger::price::PriceError;
use secrecy::{ExposeSecret as _, SecretString};
use store::aliases::{AliasSpec, TargetSpec};
use store::prices::PriceRow;
use store::providers::ProviderSpec;
use store::secrets::NewSecret;
use store::{Reason, Store, StoreError, SystemTx};
use vault::{Aad, Blob, BlobError, KeyRing, RingError};

use crate::config::{AliasConfig, Config, ProviderConfig};
use crate::secrets::Secrets;
use crate::simulated;

/// Public prices, imported; and those of the simulator.
const CATALOGUES: [&str; 2] =
    [include_str!("../../prices/catalogue.json"), include_str!("../../prices/simulator.json")];
/// The simulator's models, each an alias of its own name.
const SIMULATED_MODELS: [&str; 3] = ["sim-small", "sim-large", "sim-embed"];
/// An alias that shows how two targets share the work: most of it goes to the cheaper one.
const SHARED_ALIAS: &str = "sim-shared";

/// Why the configuration cannot be applied.
#[derive(Debug, thiserror::Error)]
pub enum EstateError {
    /// The database does not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A built-in catalogue is damaged.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// A price is out of bounds.
    #[error(transparent)]
    Price(#[from] PriceError),
    /// The vault does not seal.
    #[error(transparent)]
    Vault(#[from] RingError),
    /// The vault sealed something it cannot read itself.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// A tier of a price cannot be written.
    #[error("a price cannot be written: {0}")]
    Tiers(#[from] serde_json::Error),
    /// A provider's key cannot be read.
    #[error("the credential of provider `{slug}` in {} cannot be used: {why}", path.display())]
    Credential {
        /// The provider.
        slug: String,
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
}

/// Applies it.
///
/// # Errors
/// [`EstateError`]; nothing is half done.
pub async fn configure(
    store: &Store,
    ring: &KeyRing,
    secrets: &Secrets,
    config: &Config,
    simulator: Option<SocketAddr>,
) -> Result<(), EstateError> {
    let mut sealed = HashMap::new();
    for provider in &config.providers {
        if let Some(path) = &provider.credential_file {
            let source = Source::File(path);
            let secret = keep_credential(store, ring, secrets, &provider.slug, source).await?;
            sealed.insert(provider.slug.as_str(), secret);
        }
    }
    if simulator.is_some() {
        let source = Source::Given(&secrets.simulator_key);
        let secret = keep_credential(store, ring, secrets, simulated::SLUG, source).await?;
        sealed.insert(simulated::SLUG, secret);
    }
    let mut tx = store.system(Reason::Configure).await?;
    tx.insert_prices(&prices()?).await?;
    tx.forget_configured().await?;
    let mut ids = HashMap::new();
    for provider in &config.providers {
        let secret = sealed.get(provider.slug.as_str()).copied();
        ids.insert(provider.slug.clone(), put_provider(&mut tx, provider, secret).await?);
    }
    if let Some(address) = simulator {
        let secret = sealed.get(simulated::SLUG).copied();
        let id = put_simulator(&mut tx, address, secret).await?;
        ids.insert(simulated::SLUG.to_owned(), id);
        for alias in simulated_aliases(id) {
            tx.put_alias(&alias).await?;
        }
    }
    for alias in &config.aliases {
        tx.put_alias(&alias_spec(alias, &ids)).await?;
    }
    tx.commit().await?;
    let mut tx = store.tenant(&platform()).await?;
    tx.destroy_unowned_secrets().await?;
    tx.commit().await?;
    Ok(())
}

/// Where the keys of providers lie.
fn platform() -> Scope {
    Scope { tenant_id: TenantId::PLATFORM, projects: vec![ProjectId::PLATFORM] }
}

fn prices() -> Result<Vec<PriceRow>, EstateError> {
    let mut rows = Vec::new();
    for text in CATALOGUES {
        for row in Catalogue::parse(text)?.rows {
            let price = row.price(PriceId::mint())?;
            let tariff = price.tariff();
            rows.push(PriceRow {
                id: price.id(),
                provider: row.provider.clone(),
                model: row.model.clone(),
                effective_from: price.effective_from(),
                input_nano_per_mtok: tariff.base.input,
                cached_input_nano_per_mtok: tariff.base.cached_input,
                cache_write_nano_per_mtok: tariff.base.cache_write,
                cache_write_1h_nano_per_mtok: tariff.base.cache_write_1h,
                output_nano_per_mtok: tariff.base.output,
                request_nano: tariff.per_request_nano,
                tiers: serde_json::to_value(&tariff.tiers)?,
                source: row.source.clone(),
                hash: price.hash(),
            });
        }
    }
    Ok(rows)
}

async fn put_provider(
    tx: &mut SystemTx<'_>,
    provider: &ProviderConfig,
    secret_id: Option<SecretId>,
) -> Result<ProviderId, EstateError> {
    let spec = ProviderSpec {
        id: ProviderId::mint(),
        slug: provider.slug.clone(),
        name: provider.name.clone(),
        kind: provider.kind,
        base_url: provider.base_url.clone(),
        auth: provider.auth,
        wire: provider.wire,
        surfaces: provider.surfaces.clone(),
        region: provider.region.clone(),
        api_version: provider.api_version.clone(),
        private_network: provider.private_network,
        secret_id,
        on_hangup: provider.on_hangup,
        active: true,
    };
    Ok(tx.upsert_provider(&spec).await?)
}

async fn put_simulator(
    tx: &mut SystemTx<'_>,
    address: SocketAddr,
    secret_id: Option<SecretId>,
) -> Result<ProviderId, EstateError> {
    let preset = ProviderKind::Simulator.preset();
    let spec = ProviderSpec {
        id: ProviderId::mint(),
        slug: simulated::SLUG.to_owned(),
        name: "Simulator (not a real provider)".to_owned(),
        kind: ProviderKind::Simulator,
        base_url: format!("http://{address}/v1"),
        auth: preset.auth,
        wire: preset.wire,
        surfaces: preset.surfaces.to_vec(),
        region: None,
        api_version: None,
        private_network: true,
        secret_id,
        on_hangup: preset.on_hangup(),
        active: true,
    };
    Ok(tx.upsert_provider(&spec).await?)
}

/// The configuration was checked: every target names a provider of its own.
fn alias_spec(alias: &AliasConfig, ids: &HashMap<String, ProviderId>) -> AliasSpec {
    let targets = alias.targets.iter().filter_map(|target| {
        Some(TargetSpec {
            provider_id: *ids.get(&target.provider)?,
            upstream_model: target.model.clone(),
            price_provider: target.price_provider.clone(),
            price_model: target.price_model.clone(),
            output_tokens_max: target.output_tokens_max,
            weight: target.weight,
            context_tokens_max: target.context_tokens_max,
            capabilities: target.capabilities.clone(),
        })
    });
    AliasSpec {
        strategy: alias.strategy,
        regions: alias.regions.clone(),
        ..AliasSpec::in_order(&alias.name, targets.collect())
    }
}

/// The simulator's models by their own names, and the two that share an alias.
fn simulated_aliases(provider_id: ProviderId) -> Vec<AliasSpec> {
    let target = |model: &str, weight| TargetSpec {
        provider_id,
        upstream_model: model.to_owned(),
        price_provider: simulated::SLUG.to_owned(),
        price_model: model.to_owned(),
        output_tokens_max: OUTPUT_TOKENS,
        weight,
        context_tokens_max: None,
        capabilities: None,
    };
    let alone = |model: &&str| AliasSpec::in_order(model, vec![target(model, 1)]);
    let mut aliases: Vec<_> = SIMULATED_MODELS.iter().map(alone).collect();
    let shared = vec![target("sim-small", 3), target("sim-large", 1)];
    aliases.push(AliasSpec {
        description: Some("Three calls in four go to the smaller model".to_owned()),
        strategy: Strategy::Weighted,
        ..AliasSpec::in_order(SHARED_ALIAS, shared)
    });
    aliases
}

/// Where a provider's key comes from.
#[derive(Clone, Copy)]
enum Source<'a> {
    /// A file of the operator's.
    File(&'a Path),
    /// Ourselves.
    Given(&'a SecretString),
}

/// Seals a provider's key into the platform tenant's vault, unless this very key is there already.
async fn keep_credential(
    store: &Store,
    ring: &KeyRing,
    secrets: &Secrets,
    slug: &str,
    source: Source<'_>,
) -> Result<SecretId, EstateError> {
    let known = {
        let mut tx = store.system(Reason::Configure).await?;
        tx.provider(slug).await?.and_then(|(_, secret)| secret)
    };
    let mut tx = store.tenant(&platform()).await?;
    let stored = match known {
        Some(id) => tx.secret(id).await?,
        None => None,
    };
    let credential = match (source, &stored, known) {
        (Source::Given(credential), _, _) => credential.clone(),
        // The file was removed after it was sealed, as it may be.
        (Source::File(path), Some(_), Some(id)) if !path.exists() => return Ok(id),
        (Source::File(path), _, _) => read_credential(slug, path)?,
    };
    let fingerprint = vault::fingerprint(&secrets.throttle, credential.expose_secret().as_bytes());
    let (id, version) = match (known, stored) {
        (Some(id), Some((_, print))) if print == fingerprint => return Ok(id),
        (Some(id), Some((sealed, _))) => (id, sealed.version + 1),
        _ => (SecretId::mint(), 1),
    };
    let aad = Aad::provider_key(ring.deployment(), id, version.unsigned_abs());
    let blob = ring.seal(&aad, credential.expose_secret().as_bytes()).await?;
    let kek_id = Blob::parse(&blob)?.kek_id().uuid();
    let label = format!("API key of {slug}");
    tx.insert_secret(&NewSecret { id, version, label, fingerprint, blob, kek_id }).await?;
    tx.commit().await?;
    Ok(id)
}

fn read_credential(slug: &str, path: &Path) -> Result<SecretString, EstateError> {
    let refuse = |why: String| EstateError::Credential {
        slug: slug.to_owned(),
        path: path.to_path_buf(),
        why,
    };
    let length = std::fs::metadata(path).map_err(|error| refuse(error.to_string()))?.len();
    if length > CREDENTIAL_BYTES_MAX as u64 {
        return Err(refuse(format!("it is longer than {CREDENTIAL_BYTES_MAX} bytes")));
    }
    let text = std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
    let text = text.trim();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(refuse("it holds no key, or more than one line".to_owned()));
    }
    Ok(SecretString::from(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_catalogues_are_whole() {
        let rows = prices().unwrap();
        assert!(rows.iter().any(|row| row.provider == "openai" && row.model == "gpt-4o-mini"));
        for model in SIMULATED_MODELS {
            assert!(rows.iter().any(|row| row.provider == "simulator" && row.model == model));
        }
        let mut hashes: Vec<_> = rows.iter().map(|row| row.hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), rows.len(), "two prices have the same hash");
    }
}
