//! What a gateway node keeps in memory: everything that admitting and routing a call needs to know,
//! read at one moment, with the epoch to compare with.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::ids::{KeyId, KillId, ProjectId, ProviderId, SecretId, TenantId};
use domain::kill::{AgentName, KillScope};
use domain::provider::{Auth, Capability, OnHangup, ProviderKind, Strategy, Surface, Wire};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::aliases::count;
use crate::error::StoreError;
use crate::guard::{PolicyEntry, policy};
use crate::kills;
use crate::prices::PriceRow;
use crate::store::Store;
use crate::text::{word, words};

/// The whole of it.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The epoch that this is the state of.
    pub epoch: i64,
    /// When it was read, by the database's clock.
    pub read_at: DateTime<Utc>,
    /// When a price that is known now takes effect: read again by then, no epoch will tell.
    pub next_price_at: Option<DateTime<Utc>>,
    /// The tenants.
    pub tenants: Vec<TenantEntry>,
    /// Their projects.
    pub projects: Vec<ProjectEntry>,
    /// Their keys, without those revoked.
    pub keys: Vec<KeyEntry>,
    /// The providers.
    pub providers: Vec<ProviderEntry>,
    /// The model aliases.
    pub aliases: Vec<AliasEntry>,
    /// What the kill switch stops: not released, but perhaps expired.
    pub kills: Vec<KillEntry>,
    /// What tenants and projects want of the guard, where they have said so.
    pub policies: Vec<PolicyEntry>,
}

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantEntry {
    /// Its id.
    pub id: TenantId,
    /// Whether its calls are admitted.
    pub active: bool,
    /// What is charged above cost, in parts per million of the cost.
    pub markup_ppm: u32,
}

/// A project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectEntry {
    /// The tenant.
    pub tenant_id: TenantId,
    /// Its id.
    pub id: ProjectId,
    /// Whether its calls are admitted.
    pub active: bool,
}

/// A key that is not revoked; it may have expired.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyEntry {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The project.
    pub project_id: ProjectId,
    /// Its id.
    pub id: KeyId,
    /// The key's HMAC-SHA256 under the pepper.
    pub mac: [u8; 32],
    /// Which pepper.
    pub pepper: i32,
    /// When it stops working.
    pub expires_at: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for KeyEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyEntry").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderEntry {
    /// Its id.
    pub id: ProviderId,
    /// Its short name.
    pub slug: String,
    /// Whose service it is.
    pub kind: ProviderKind,
    /// Up to and including `/v1` where there is one, without a slash at the end.
    pub base_url: String,
    /// How it is shown its key.
    pub auth: Auth,
    /// How addresses and bodies are formed.
    pub wire: Wire,
    /// What it serves.
    pub surfaces: Vec<Surface>,
    /// Where it computes: matched by an alias's regions, and signed by `SigV4`, which has it always.
    pub region: Option<String>,
    /// What Azure's addresses end with; its wire has it always.
    pub api_version: Option<String>,
    /// Whether its address may lead to loopback or a private network.
    pub private_network: bool,
    /// Its sealed key, of the platform tenant; `None` for a server that wants none.
    pub secret: Option<SealedSecret>,
    /// Whether it is the built-in simulator.
    pub simulated: bool,
    /// What to do with a stream whose client has hung up.
    pub on_hangup: OnHangup,
    /// Whether calls are sent to it.
    pub active: bool,
}

/// A secret as it is stored; the vault opens it with the tenant's key.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSecret {
    /// Its id.
    pub id: SecretId,
    /// Its version, bound into the seal.
    pub version: i32,
    /// The envelope.
    pub blob: Vec<u8>,
    /// The tenant's key that wraps it.
    pub kek_id: Uuid,
}

impl std::fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedSecret")
            .field("id", &self.id)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// A model alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AliasEntry {
    /// What programs ask for.
    pub name: String,
    /// How it chooses among its targets.
    pub strategy: Strategy,
    /// Only providers in one of these regions may answer; `None` for any.
    pub regions: Option<Vec<String>>,
    /// What may answer, in order.
    pub targets: Vec<TargetEntry>,
}

/// A target of an alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetEntry {
    /// The provider.
    pub provider_id: ProviderId,
    /// The model's name there.
    pub upstream_model: String,
    /// The most tokens that an answer has, where the caller gives no limit.
    pub output_tokens_max: u32,
    /// Its share under [`Strategy::Weighted`], 0 to 1000; none at 0.
    pub weight: u32,
    /// The longest context that the model takes, in tokens; `None` where unknown, and taken to fit.
    pub context_tokens_max: Option<u32>,
    /// What the model can do beyond text; `None` where unknown, and taken to fit.
    pub capabilities: Option<Vec<Capability>>,
    /// The price in force when this was read; `None` where there is none, so that the target cannot
    /// be used.
    pub price: Option<PriceRow>,
}

/// A kill that nobody released. Whether it has expired is for the reader's clock: no epoch tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KillEntry {
    /// Its id.
    pub id: KillId,
    /// What it stops.
    pub scope: KillScope,
    /// The tenant concerned; [`TenantId::PLATFORM`] for all calls and for a provider.
    pub tenant_id: TenantId,
    /// The provider, of a kill of one.
    pub provider_id: Option<ProviderId>,
    /// The project, of a kill of one, or of a key or an agent in it.
    pub project_id: Option<ProjectId>,
    /// The key, of a kill of one.
    pub key_id: Option<KeyId>,
    /// The agent, of a kill of one.
    pub agent: Option<AgentName>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Store {
    /// Reads all of it in one repeatable-read transaction, so that its parts agree.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the database does not answer.
    pub async fn gateway_snapshot(&self) -> Result<Snapshot, StoreError> {
        // The provider's keys are rows of the platform tenant, and need its context.
        let mut tx = self.gateway_tx_repeatable(&[TenantId::PLATFORM.uuid()]).await?;
        let head = sqlx::query!(
            r#"select e.value, clock_timestamp() as "read_at!",
                      (select min(p.effective_from) from platform.price p
                       where p.effective_from > clock_timestamp()) as next_price_at
               from platform.epoch e"#
        )
        .fetch_one(&mut *tx)
        .await?;
        let snapshot = Snapshot {
            epoch: head.value,
            read_at: head.read_at,
            next_price_at: head.next_price_at,
            tenants: tenants(&mut tx).await?,
            projects: projects(&mut tx).await?,
            keys: keys(&mut tx).await?,
            providers: providers(&mut tx).await?,
            aliases: aliases(&mut tx).await?,
            kills: in_force(&mut tx).await?,
            policies: policies(&mut tx).await?,
        };
        tx.commit().await?;
        Ok(snapshot)
    }
}

async fn tenants(connection: &mut PgConnection) -> Result<Vec<TenantEntry>, StoreError> {
    let rows = sqlx::query!(
        r#"select tenant_id as "id!", state = 'active' as "active!", markup_ppm as "markup_ppm!"
           from sys.snapshot_tenants()"#
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(TenantEntry {
                id: row.id.into(),
                active: row.active,
                markup_ppm: u32::try_from(row.markup_ppm)
                    .map_err(|_| StoreError::Unreadable { what: "markup_ppm" })?,
            })
        })
        .collect()
}

async fn projects(connection: &mut PgConnection) -> Result<Vec<ProjectEntry>, StoreError> {
    let rows = sqlx::query!(
        r#"select tenant_id as "tenant_id!", id as "id!", state = 'active' as "active!"
           from sys.snapshot_projects()"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ProjectEntry {
            tenant_id: row.tenant_id.into(),
            id: row.id.into(),
            active: row.active,
        })
        .collect())
}

async fn keys(connection: &mut PgConnection) -> Result<Vec<KeyEntry>, StoreError> {
    let rows = sqlx::query!(
        r#"select tenant_id as "tenant_id!", project_id as "project_id!", id as "id!",
                  mac as "mac!", pepper as "pepper!", expires_at
           from sys.snapshot_keys()"#
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(KeyEntry {
                tenant_id: row.tenant_id.into(),
                project_id: row.project_id.into(),
                id: row.id.into(),
                mac: row.mac.try_into().map_err(|_| StoreError::Unreadable { what: "mac" })?,
                pepper: row.pepper,
                expires_at: row.expires_at,
            })
        })
        .collect()
}

async fn providers(connection: &mut PgConnection) -> Result<Vec<ProviderEntry>, StoreError> {
    let rows = sqlx::query!(
        r#"select p.id, p.slug, p.kind, p.base_url, p.auth, p.wire, p.surfaces, p.region,
                  p.api_version, p.private_network, p.simulated, p.on_hangup,
                  p.state = 'active' as "active!",
                  s.id as "secret_id?", s.version as "version?", s.blob as "blob?",
                  s.kek_id as "kek_id?"
           from platform.provider p
           left join lateral (
             select s.* from app.secret s
             where s.tenant_id = $1 and s.id = p.secret_id
             order by s.version desc limit 1) s on true
           order by p.slug"#,
        TenantId::PLATFORM.uuid(),
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let secret = match (row.secret_id, row.version, row.blob, row.kek_id) {
                (Some(id), Some(version), Some(blob), Some(kek_id)) => {
                    Some(SealedSecret { id: id.into(), version, blob, kek_id })
                }
                _ => None,
            };
            Ok(ProviderEntry {
                id: row.id.into(),
                slug: row.slug,
                kind: word("kind", &row.kind)?,
                base_url: row.base_url,
                auth: word("auth", &row.auth)?,
                wire: word("wire", &row.wire)?,
                surfaces: words("surfaces", &row.surfaces)?,
                region: row.region,
                api_version: row.api_version,
                private_network: row.private_network,
                secret,
                simulated: row.simulated,
                on_hangup: word("on_hangup", &row.on_hangup)?,
                active: row.active,
            })
        })
        .collect()
}

async fn aliases(connection: &mut PgConnection) -> Result<Vec<AliasEntry>, StoreError> {
    let mut targets = targets(connection).await?;
    let rows = sqlx::query!("select name, strategy, regions from platform.alias order by name")
        .fetch_all(connection)
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(AliasEntry {
                strategy: word("strategy", &row.strategy)?,
                regions: row.regions,
                targets: targets.remove(&row.name).unwrap_or_default(),
                name: row.name,
            })
        })
        .collect()
}

async fn targets(
    connection: &mut PgConnection,
) -> Result<HashMap<String, Vec<TargetEntry>>, StoreError> {
    let rows = sqlx::query!(
        r#"select t.alias, t.provider_id, t.upstream_model, t.output_tokens_max, t.weight,
                  t.context_tokens_max, t.capabilities,
                  p.id as "price_id?", p.provider as "price_provider?", p.model as "price_model?",
                  p.effective_from as "effective_from?",
                  p.input_nano_per_mtok as "input?", p.cached_input_nano_per_mtok as "cached_input?",
                  p.cache_write_nano_per_mtok as "cache_write?",
                  p.cache_write_1h_nano_per_mtok as "cache_write_1h?",
                  p.output_nano_per_mtok as "output?", p.request_nano as "request?",
                  p.tiers as "tiers?", p.source as "source?", p.hash as "hash?"
           from platform.target t
           left join lateral (
             select p.* from platform.price p
             where p.provider = t.price_provider and p.model = t.price_model
               and p.effective_from <= clock_timestamp()
             order by p.effective_from desc, p.imported_at desc, p.id desc limit 1) p on true
           order by t.alias, t.ordinal"#
    )
    .fetch_all(connection)
    .await?;
    let mut by_alias: HashMap<String, Vec<TargetEntry>> = HashMap::new();
    for row in rows {
        let price = match row.price_id {
            None => None,
            Some(id) => Some(PriceRow {
                id: id.into(),
                provider: row.price_provider.unwrap_or_default(),
                model: row.price_model.unwrap_or_default(),
                effective_from: row.effective_from.unwrap_or_default(),
                input_nano_per_mtok: row.input.unwrap_or_default(),
                cached_input_nano_per_mtok: row.cached_input.unwrap_or_default(),
                cache_write_nano_per_mtok: row.cache_write.unwrap_or_default(),
                cache_write_1h_nano_per_mtok: row.cache_write_1h,
                output_nano_per_mtok: row.output.unwrap_or_default(),
                request_nano: row.request.unwrap_or_default(),
                tiers: row.tiers.unwrap_or_default(),
                source: row.source.unwrap_or_default(),
                hash: row
                    .hash
                    .unwrap_or_default()
                    .try_into()
                    .map_err(|_| StoreError::Unreadable { what: "hash" })?,
            }),
        };
        let target = TargetEntry {
            provider_id: row.provider_id.into(),
            upstream_model: row.upstream_model,
            output_tokens_max: count("output_tokens_max", row.output_tokens_max)?,
            weight: count("weight", row.weight)?,
            context_tokens_max: row
                .context_tokens_max
                .map(|tokens| count("context_tokens_max", tokens))
                .transpose()?,
            capabilities: row
                .capabilities
                .map(|texts| words("capabilities", &texts))
                .transpose()?,
            price,
        };
        by_alias.entry(row.alias).or_default().push(target);
    }
    Ok(by_alias)
}

async fn in_force(connection: &mut PgConnection) -> Result<Vec<KillEntry>, StoreError> {
    let rows = sqlx::query!(
        r#"select id as "id!", scope as "scope!", tenant_id as "tenant_id!", provider_id,
                  project_id, key_id, agent, expires_at
           from sys.snapshot_kills()"#
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(KillEntry {
                id: row.id.into(),
                scope: kills::scope(&row.scope)?,
                tenant_id: row.tenant_id.into(),
                provider_id: row.provider_id.map(ProviderId::from),
                project_id: row.project_id.map(ProjectId::from),
                key_id: row.key_id.map(KeyId::from),
                agent: row.agent.map(kills::agent).transpose()?,
                expires_at: row.expires_at,
            })
        })
        .collect()
}

async fn policies(connection: &mut PgConnection) -> Result<Vec<PolicyEntry>, StoreError> {
    let rows = sqlx::query!(
        r#"select tenant_id as "tenant_id!", project_id, injections as "injections!",
                  suspicious_from as "suspicious_from!", ambiguous_from as "ambiguous_from!",
                  blocked_from as "blocked_from!", disabled as "disabled!", second_opinion as "second_opinion!",
                  secrets as "secrets!",
                  restores as "restores!", personal as "personal!", reasoning as "reasoning!",
                  kinds_passed as "kinds_passed!", values_passed as "values_passed!"
           from sys.snapshot_guard()"#
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(PolicyEntry {
                tenant_id: row.tenant_id.into(),
                project_id: row.project_id.map(ProjectId::from),
                policy: policy!(row),
            })
        })
        .collect()
}
