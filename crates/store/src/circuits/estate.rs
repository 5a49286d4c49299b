//! What stands behind circuits: the providers, their credentials, and the aliases that depend on them.

use chrono::{DateTime, Utc};
use domain::ids::{ProviderId, SecretId};

use crate::error::StoreError;
use crate::system::SystemTx;
use crate::tenant::TenantTx;

/// A provider, as far as its circuits are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircuitProvider {
    /// Its id.
    pub id: ProviderId,
    /// Its short name.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Whether it is the built-in simulator.
    pub simulated: bool,
    /// Whether calls are sent to it.
    pub active: bool,
    /// Its key, a secret of the platform tenant.
    pub secret_id: Option<SecretId>,
    /// Since when it is there.
    pub created_at: DateTime<Utc>,
}

/// An alias that a provider answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependant {
    /// The provider.
    pub provider_id: ProviderId,
    /// What programs ask for.
    pub alias: String,
    /// The model's name there.
    pub model: String,
    /// Its place among the alias's targets; 0 is the first.
    pub ordinal: u16,
    /// How many targets the alias has.
    pub targets: u16,
}

/// What may be told of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretFacts {
    /// The secret.
    pub id: SecretId,
    /// The beginning of a keyed digest of its latest version.
    pub fingerprint: String,
    /// When that version was set.
    pub set_at: DateTime<Utc>,
}

impl SystemTx<'_> {
    /// All providers, by name.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn circuit_providers(&mut self) -> Result<Vec<CircuitProvider>, StoreError> {
        let rows = sqlx::query!(
            r#"select id, slug, name, simulated, state = 'active' as "active!", secret_id, created_at
               from platform.provider order by name, slug"#
        )
        .fetch_all(self.connection())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| CircuitProvider {
                id: row.id.into(),
                slug: row.slug,
                name: row.name,
                simulated: row.simulated,
                active: row.active,
                secret_id: row.secret_id.map(SecretId::from),
                created_at: row.created_at,
            })
            .collect())
    }

    /// Which aliases each provider answers, by alias.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn dependants(&mut self) -> Result<Vec<Dependant>, StoreError> {
        let rows = sqlx::query!(
            r#"select provider_id, alias, upstream_model, ordinal,
                      count(*) over (partition by alias) as "targets!"
               from platform.target order by alias, ordinal"#
        )
        .fetch_all(self.connection())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| Dependant {
                provider_id: row.provider_id.into(),
                alias: row.alias,
                model: row.upstream_model,
                ordinal: u16::try_from(row.ordinal).unwrap_or(u16::MAX),
                targets: u16::try_from(row.targets).unwrap_or(u16::MAX),
            })
            .collect())
    }
}

impl TenantTx<'_> {
    /// What may be told of the tenant's secrets: all but the secrets.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn secret_facts(&mut self) -> Result<Vec<SecretFacts>, StoreError> {
        let tenant = self.tenant_uuid();
        let rows = sqlx::query!(
            "select distinct on (id) id, fingerprint, created_at
             from app.secret where tenant_id = $1 order by id, version desc",
            tenant,
        )
        .fetch_all(self.connection())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| SecretFacts {
                id: row.id.into(),
                fingerprint: row.fingerprint,
                set_at: row.created_at,
            })
            .collect())
    }
}
