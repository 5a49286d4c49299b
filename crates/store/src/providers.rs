//! Providers: what a call can be sent to. The operator's, and no tenant's.

use chrono::{DateTime, Utc};
use domain::ids::{ProviderId, SecretId, TenantId};
pub use domain::provider::OnHangup;
use domain::provider::{Auth, ProviderKind, Surface, Wire};
use sqlx::PgConnection;

use crate::error::StoreError;
use crate::system::SystemTx;
use crate::tenant::TenantTx;
use crate::text::{word, words};

/// A provider as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderSpec {
    /// The id it gets when it is new.
    pub id: ProviderId,
    /// Its short name: which one this is.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Whose service it is; the simulator's calls are marked as such.
    pub kind: ProviderKind,
    /// Up to and including `/v1` where there is one, without a slash at the end.
    pub base_url: String,
    /// How it is shown its key.
    pub auth: Auth,
    /// How addresses and bodies are formed.
    pub wire: Wire,
    /// What it serves; at least one.
    pub surfaces: Vec<Surface>,
    /// Where it computes: matched by an alias's regions, and signed by `SigV4`, which needs it.
    pub region: Option<String>,
    /// What Azure's addresses end with; its wire needs it.
    pub api_version: Option<String>,
    /// Whether its address may lead to loopback or a private network, and be unencrypted.
    pub private_network: bool,
    /// Its key, a secret of the platform tenant.
    pub secret_id: Option<SecretId>,
    /// What to do when a client hangs up.
    pub on_hangup: OnHangup,
    /// Whether calls are sent to it.
    pub active: bool,
}

/// A provider as the console shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderRow {
    /// What it is.
    pub spec: ProviderSpec,
    /// Whether the configuration file names it, and brings it up to date at every start.
    pub configured: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// What is known of its key, where it has one.
    pub credential: Option<CredentialRow>,
    /// The aliases that lead to it, by name.
    pub aliases: Vec<String>,
    /// Its models that they lead to, by name.
    pub models: Vec<String>,
}

/// What may be known of a provider's key without opening it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialRow {
    /// The beginning of a keyed digest.
    pub fingerprint: String,
    /// How many keys it has had, this one included.
    pub version: i32,
    /// When this one was set.
    pub set_at: DateTime<Utc>,
}

impl SystemTx<'_> {
    /// The provider of this short name with its secret, where there is one: what a configuration
    /// compares itself with.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn provider(
        &mut self,
        slug: &str,
    ) -> Result<Option<(ProviderId, Option<SecretId>)>, StoreError> {
        let row = sqlx::query!("select id, secret_id from platform.provider where slug = $1", slug)
            .fetch_optional(self.connection())
            .await?;
        Ok(row.map(|row| (row.id.into(), row.secret_id.map(SecretId::from))))
    }

    /// Makes a provider or brings it up to date, told by its short name; gives the id it has. One that
    /// was switched off at the console stays off.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] where a value is out of bounds.
    pub async fn upsert_provider(&mut self, spec: &ProviderSpec) -> Result<ProviderId, StoreError> {
        let id = sqlx::query_scalar!(
            "insert into platform.provider as p (id, slug, name, kind, base_url, auth, wire, surfaces,
               region, api_version, private_network, secret_id, on_hangup, state, configured)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, true)
             on conflict (slug) do update set
               name = excluded.name, kind = excluded.kind, base_url = excluded.base_url,
               auth = excluded.auth, wire = excluded.wire, surfaces = excluded.surfaces,
               region = excluded.region, api_version = excluded.api_version,
               private_network = excluded.private_network,
               secret_id = coalesce(excluded.secret_id, p.secret_id),
               on_hangup = excluded.on_hangup, configured = true
             returning p.id",
            spec.id.uuid(),
            spec.slug,
            spec.name,
            spec.kind.as_str(),
            spec.base_url,
            spec.auth.as_str(),
            spec.wire.as_str(),
            &surfaces(spec),
            spec.region,
            spec.api_version,
            spec.private_network,
            spec.secret_id.map(|id| id.uuid()),
            spec.on_hangup.as_str(),
            state(spec),
        )
        .fetch_one(self.connection())
        .await?;
        Ok(id.into())
    }

    /// Forgets which providers and aliases the configuration names; it is about to say so anew.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn forget_configured(&mut self) -> Result<(), StoreError> {
        sqlx::query!("update platform.provider set configured = false where configured")
            .execute(self.connection())
            .await?;
        sqlx::query!("update platform.alias set configured = false where configured")
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Whether calls are answered by the built-in simulator only.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn only_simulated(&mut self) -> Result<bool, StoreError> {
        only_simulated(self.connection()).await
    }
}

impl TenantTx<'_> {
    /// The short names of all providers: the choices of a filter.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn provider_names(&mut self) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar!("select slug from platform.provider order by slug")
            .fetch_all(self.connection())
            .await?)
    }

    /// Whether calls are answered by the built-in simulator only.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn only_simulated(&mut self) -> Result<bool, StoreError> {
        only_simulated(self.connection()).await
    }

    /// All providers, by name. Their keys are known only in the platform tenant, whose rows they are.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn providers(&mut self) -> Result<Vec<ProviderRow>, StoreError> {
        self.select_providers(None).await
    }

    /// One provider.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn provider(&mut self, id: ProviderId) -> Result<Option<ProviderRow>, StoreError> {
        Ok(self.select_providers(Some(id)).await?.pop())
    }

    /// One provider, kept from everybody else's change until this transaction ends.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn provider_to_change(
        &mut self,
        id: ProviderId,
    ) -> Result<Option<ProviderRow>, StoreError> {
        sqlx::query!("select id from platform.provider where id = $1 for update", id.uuid())
            .fetch_optional(self.connection())
            .await?;
        self.provider(id).await
    }

    /// Makes a provider; nodes learn of it with the commit, as of the changes below.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the short name is taken, [`StoreError::Invalid`] where a value is
    /// out of bounds.
    pub async fn insert_provider(&mut self, spec: &ProviderSpec) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into platform.provider (id, slug, name, kind, base_url, auth, wire, surfaces,
               region, api_version, private_network, secret_id, on_hangup, state)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            spec.id.uuid(),
            spec.slug,
            spec.name,
            spec.kind.as_str(),
            spec.base_url,
            spec.auth.as_str(),
            spec.wire.as_str(),
            &surfaces(spec),
            spec.region,
            spec.api_version,
            spec.private_network,
            spec.secret_id.map(|id| id.uuid()),
            spec.on_hangup.as_str(),
            state(spec),
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Changes everything of a provider but its id and short name; `false` where there is none.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] where a value is out of bounds.
    pub async fn update_provider(&mut self, spec: &ProviderSpec) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "update platform.provider set
               name = $2, kind = $3, base_url = $4, auth = $5, wire = $6, surfaces = $7, region = $8,
               api_version = $9, private_network = $10, secret_id = $11, on_hangup = $12, state = $13
             where id = $1",
            spec.id.uuid(),
            spec.name,
            spec.kind.as_str(),
            spec.base_url,
            spec.auth.as_str(),
            spec.wire.as_str(),
            &surfaces(spec),
            spec.region,
            spec.api_version,
            spec.private_network,
            spec.secret_id.map(|id| id.uuid()),
            spec.on_hangup.as_str(),
            state(spec),
        )
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Removes a provider, and destroys its sealed key where this is the platform tenant, whose row that
    /// is; `false` where there is no such provider.
    ///
    /// # Errors
    /// [`StoreError::Refused`] with `23503` where an alias leads to it.
    pub async fn delete_provider(&mut self, id: ProviderId) -> Result<bool, StoreError> {
        let removed = sqlx::query_scalar!(
            "delete from platform.provider where id = $1 returning secret_id",
            id.uuid()
        )
        .fetch_optional(self.connection())
        .await?;
        if let Some(Some(secret)) = removed {
            self.destroy_secret(secret.into()).await?;
        }
        Ok(removed.is_some())
    }

    async fn select_providers(
        &mut self,
        only: Option<ProviderId>,
    ) -> Result<Vec<ProviderRow>, StoreError> {
        let rows = sqlx::query!(
            r#"select p.id, p.slug, p.name, p.kind, p.base_url, p.auth, p.wire, p.surfaces, p.region,
                      p.api_version, p.private_network, p.secret_id, p.on_hangup,
                      p.state = 'active' as "active!", p.configured, p.created_at,
                      s.fingerprint as "fingerprint?", s.version as "version?",
                      s.created_at as "set_at?",
                      array(select distinct t.alias from platform.target t
                            where t.provider_id = p.id order by 1) as "aliases!",
                      array(select distinct t.upstream_model from platform.target t
                            where t.provider_id = p.id order by 1) as "models!"
               from platform.provider p
               left join lateral (
                 select s.fingerprint, s.version, s.created_at from app.secret s
                 where s.tenant_id = $1 and s.id = p.secret_id
                 order by s.version desc limit 1) s on true
               where $2::uuid is null or p.id = $2
               order by p.name, p.slug"#,
            TenantId::PLATFORM.uuid(),
            only.map(|id| id.uuid()),
        )
        .fetch_all(self.connection())
        .await?;
        rows.into_iter()
            .map(|row| {
                let credential = match (row.fingerprint, row.version, row.set_at) {
                    (Some(fingerprint), Some(version), Some(set_at)) => {
                        Some(CredentialRow { fingerprint, version, set_at })
                    }
                    _ => None,
                };
                let spec = ProviderSpec {
                    id: row.id.into(),
                    slug: row.slug,
                    name: row.name,
                    kind: word("kind", &row.kind)?,
                    base_url: row.base_url,
                    auth: word("auth", &row.auth)?,
                    wire: word("wire", &row.wire)?,
                    surfaces: words("surfaces", &row.surfaces)?,
                    region: row.region,
                    api_version: row.api_version,
                    private_network: row.private_network,
                    secret_id: row.secret_id.map(SecretId::from),
                    on_hangup: word("on_hangup", &row.on_hangup)?,
                    active: row.active,
                };
                Ok(ProviderRow {
                    spec,
                    configured: row.configured,
                    created_at: row.created_at,
                    credential,
                    aliases: row.aliases,
                    models: row.models,
                })
            })
            .collect()
    }
}

async fn only_simulated(connection: &mut PgConnection) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"select coalesce(bool_and(simulated), false) as "only!"
           from platform.provider where state = 'active'"#
    )
    .fetch_one(connection)
    .await?)
}

fn surfaces(spec: &ProviderSpec) -> Vec<String> {
    spec.surfaces.iter().map(|surface| surface.as_str().to_owned()).collect()
}

const fn state(spec: &ProviderSpec) -> &'static str {
    if spec.active { "active" } else { "disabled" }
}
