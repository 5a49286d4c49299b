//! Providers and model aliases: what a call can be sent to. The operator's, and no tenant's.

use std::str::FromStr;

use domain::ids::{ProviderId, SecretId};
use sqlx::PgConnection;

use crate::error::StoreError;
use crate::system::SystemTx;
use crate::tenant::TenantTx;

/// The wire format that a provider speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// OpenAI's.
    OpenAi,
}

/// What to do with the rest of a stream whose client has hung up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnHangup {
    /// Read on, and learn the usage.
    #[default]
    Drain,
    /// Hang up too.
    Cancel,
}

/// A provider as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderSpec {
    /// The id it gets when it is new.
    pub id: ProviderId,
    /// Its short name: which one this is.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it speaks.
    pub dialect: Dialect,
    /// Up to and including `/v1`, without a slash at the end.
    pub base_url: String,
    /// Its key, a secret of the platform tenant.
    pub secret_id: Option<SecretId>,
    /// Whether it is the built-in simulator.
    pub simulated: bool,
    /// What to do when a client hangs up.
    pub on_hangup: OnHangup,
    /// Whether calls are sent to it.
    pub active: bool,
}

/// A target of an alias as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetSpec {
    /// The provider.
    pub provider_id: ProviderId,
    /// The model's name there.
    pub upstream_model: String,
    /// Which price applies: the catalogue's provider.
    pub price_provider: String,
    /// Which price applies: the catalogue's model.
    pub price_model: String,
    /// The most tokens that an answer has, where the caller gives no limit.
    pub output_tokens_max: u32,
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

    /// Makes a provider or brings it up to date, told by its short name; gives the id it has.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] where a value is out of bounds.
    pub async fn upsert_provider(&mut self, spec: &ProviderSpec) -> Result<ProviderId, StoreError> {
        let id = sqlx::query_scalar!(
            "insert into platform.provider as p (id, slug, name, dialect, base_url, secret_id,
                                                 simulated, on_hangup, state)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict (slug) do update set
               name = excluded.name, dialect = excluded.dialect, base_url = excluded.base_url,
               secret_id = excluded.secret_id, simulated = excluded.simulated,
               on_hangup = excluded.on_hangup, state = excluded.state
             returning p.id",
            spec.id.uuid(),
            spec.slug,
            spec.name,
            spec.dialect.as_str(),
            spec.base_url,
            spec.secret_id.map(|id| id.uuid()),
            spec.simulated,
            spec.on_hangup.as_str(),
            if spec.active { "active" } else { "disabled" },
        )
        .fetch_one(self.connection())
        .await?;
        Ok(id.into())
    }

    /// Makes an alias or replaces its targets, which are tried in this order.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] where a value is out of bounds, [`StoreError::Refused`] where a
    /// provider does not exist.
    pub async fn put_alias(
        &mut self,
        name: &str,
        targets: &[TargetSpec],
    ) -> Result<(), StoreError> {
        sqlx::query!("insert into platform.alias (name) values ($1) on conflict do nothing", name)
            .execute(self.connection())
            .await?;
        sqlx::query!("delete from platform.target where alias = $1", name)
            .execute(self.connection())
            .await?;
        for (ordinal, target) in targets.iter().enumerate() {
            sqlx::query!(
                "insert into platform.target (alias, ordinal, provider_id, upstream_model,
                                              price_provider, price_model, output_tokens_max)
                 values ($1, $2, $3, $4, $5, $6, $7)",
                name,
                i16::try_from(ordinal).map_err(|_| StoreError::invalid("targets"))?,
                target.provider_id.uuid(),
                target.upstream_model,
                target.price_provider,
                target.price_model,
                i32::try_from(target.output_tokens_max)
                    .map_err(|_| StoreError::invalid("output_tokens_max"))?,
            )
            .execute(self.connection())
            .await?;
        }
        Ok(())
    }

    /// Removes an alias; `false` where there is none.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn delete_alias(&mut self, name: &str) -> Result<bool, StoreError> {
        let done = sqlx::query!("delete from platform.alias where name = $1", name)
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The names of all aliases.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn alias_names(&mut self) -> Result<Vec<String>, StoreError> {
        alias_names(self.connection()).await
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
    /// The names of all aliases: the choices of a filter.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn alias_names(&mut self) -> Result<Vec<String>, StoreError> {
        alias_names(self.connection()).await
    }

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
}

async fn alias_names(connection: &mut PgConnection) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar!("select name from platform.alias order by name")
        .fetch_all(connection)
        .await?)
}

async fn only_simulated(connection: &mut PgConnection) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"select coalesce(bool_and(simulated), false) as "only!"
           from platform.provider where state = 'active'"#
    )
    .fetch_one(connection)
    .await?)
}

impl Dialect {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
        }
    }
}

impl FromStr for Dialect {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        match text {
            "openai" => Ok(Self::OpenAi),
            _ => Err(StoreError::Unreadable { what: "dialect" }),
        }
    }
}

impl OnHangup {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Drain => "drain",
            Self::Cancel => "cancel",
        }
    }
}

impl FromStr for OnHangup {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        match text {
            "drain" => Ok(Self::Drain),
            "cancel" => Ok(Self::Cancel),
            _ => Err(StoreError::Unreadable { what: "on_hangup" }),
        }
    }
}
