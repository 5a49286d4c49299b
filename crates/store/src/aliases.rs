//! Model aliases: what programs ask for, and the targets that may answer. The operator's, and no
//! tenant's.

use std::collections::HashMap;

use domain::ids::ProviderId;
use domain::provider::{Capability, Strategy};
use sqlx::PgConnection;

use crate::error::StoreError;
use crate::system::SystemTx;
use crate::tenant::TenantTx;
use crate::text::{word, words};

/// An alias as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AliasSpec {
    /// What programs ask for.
    pub name: String,
    /// What it is for, for people.
    pub description: Option<String>,
    /// How it chooses among its targets.
    pub strategy: Strategy,
    /// Only providers in one of these regions may answer; `None` for any.
    pub regions: Option<Vec<String>>,
    /// What may answer, in order.
    pub targets: Vec<TargetSpec>,
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
    /// Its share under [`Strategy::Weighted`], 0 to 1000; none at 0.
    pub weight: u32,
    /// The longest context that the model takes, in tokens; `None` where unknown, and taken to fit.
    pub context_tokens_max: Option<u32>,
    /// What the model can do beyond text; `None` where unknown, and taken to fit.
    pub capabilities: Option<Vec<Capability>>,
}

/// An alias as the console shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AliasRow {
    /// What it is.
    pub spec: AliasSpec,
    /// Whether the configuration file names it, and puts it back at every start.
    pub configured: bool,
    /// What its targets cost now, in their order; `None` for one that has no price and is not called.
    pub prices: Vec<Option<TargetPrice>>,
}

/// The price in force, in nano-USD per million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetPrice {
    /// Input.
    pub input_nano_per_mtok: i64,
    /// Output.
    pub output_nano_per_mtok: i64,
}

impl AliasSpec {
    /// An alias that tries its targets in their order.
    #[must_use]
    pub fn in_order(name: &str, targets: Vec<TargetSpec>) -> Self {
        Self {
            name: name.to_owned(),
            description: None,
            strategy: Strategy::Priority,
            regions: None,
            targets,
        }
    }
}

impl SystemTx<'_> {
    /// Makes an alias or replaces all of it but its description, which the console may give.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] where a value is out of bounds, [`StoreError::Refused`] where a
    /// provider does not exist.
    pub async fn put_alias(&mut self, spec: &AliasSpec) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into platform.alias as a (name, description, strategy, regions, configured)
             values ($1, $2, $3, $4, true)
             on conflict (name) do update set
               description = coalesce(excluded.description, a.description),
               strategy = excluded.strategy, regions = excluded.regions, configured = true",
            spec.name,
            spec.description,
            spec.strategy.as_str(),
            spec.regions.as_deref(),
        )
        .execute(self.connection())
        .await?;
        replace_targets(self.connection(), spec).await
    }

    /// Removes an alias; `false` where there is none.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn delete_alias(&mut self, name: &str) -> Result<bool, StoreError> {
        delete_alias(self.connection(), name).await
    }

    /// The names of all aliases.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn alias_names(&mut self) -> Result<Vec<String>, StoreError> {
        alias_names(self.connection()).await
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

    /// All aliases with their targets, by name.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn aliases(&mut self) -> Result<Vec<AliasRow>, StoreError> {
        select_aliases(self.connection(), None).await
    }

    /// One alias, kept from everybody else's change until this transaction ends.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn alias_to_change(&mut self, name: &str) -> Result<Option<AliasRow>, StoreError> {
        sqlx::query!("select name from platform.alias where name = $1 for update", name)
            .fetch_optional(self.connection())
            .await?;
        Ok(select_aliases(self.connection(), Some(name)).await?.pop())
    }

    /// Makes an alias; nodes learn of it with the commit, as of the changes below.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the name is taken, [`StoreError::Invalid`] where a value is out
    /// of bounds, [`StoreError::Refused`] where a provider does not exist.
    pub async fn insert_alias(&mut self, spec: &AliasSpec) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into platform.alias (name, description, strategy, regions)
             values ($1, $2, $3, $4)",
            spec.name,
            spec.description,
            spec.strategy.as_str(),
            spec.regions.as_deref(),
        )
        .execute(self.connection())
        .await?;
        replace_targets(self.connection(), spec).await
    }

    /// Changes everything of an alias but its name; `false` where there is none.
    ///
    /// # Errors
    /// As [`Self::insert_alias`].
    pub async fn update_alias(&mut self, spec: &AliasSpec) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "update platform.alias set description = $2, strategy = $3, regions = $4 where name = $1",
            spec.name,
            spec.description,
            spec.strategy.as_str(),
            spec.regions.as_deref(),
        )
        .execute(self.connection())
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        replace_targets(self.connection(), spec).await?;
        Ok(true)
    }

    /// Removes an alias; `false` where there is none.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn delete_alias(&mut self, name: &str) -> Result<bool, StoreError> {
        delete_alias(self.connection(), name).await
    }
}

async fn replace_targets(
    connection: &mut PgConnection,
    spec: &AliasSpec,
) -> Result<(), StoreError> {
    sqlx::query!("delete from platform.target where alias = $1", spec.name)
        .execute(&mut *connection)
        .await?;
    let count =
        |what: &str, number: u32| i32::try_from(number).map_err(|_| StoreError::invalid(what));
    for (ordinal, target) in spec.targets.iter().enumerate() {
        let context_tokens_max =
            target.context_tokens_max.map(|tokens| count("context_tokens_max", tokens));
        let capabilities: Option<Vec<String>> = target
            .capabilities
            .as_ref()
            .map(|all| all.iter().map(|one| one.as_str().to_owned()).collect());
        sqlx::query!(
            "insert into platform.target (alias, ordinal, provider_id, upstream_model, price_provider,
               price_model, output_tokens_max, weight, context_tokens_max, capabilities)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            spec.name,
            i16::try_from(ordinal).map_err(|_| StoreError::invalid("targets"))?,
            target.provider_id.uuid(),
            target.upstream_model,
            target.price_provider,
            target.price_model,
            count("output_tokens_max", target.output_tokens_max)?,
            count("weight", target.weight)?,
            context_tokens_max.transpose()?,
            capabilities.as_deref(),
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

async fn delete_alias(connection: &mut PgConnection, name: &str) -> Result<bool, StoreError> {
    let done = sqlx::query!("delete from platform.alias where name = $1", name)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

async fn alias_names(connection: &mut PgConnection) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar!("select name from platform.alias order by name")
        .fetch_all(connection)
        .await?)
}

async fn select_aliases(
    connection: &mut PgConnection,
    only: Option<&str>,
) -> Result<Vec<AliasRow>, StoreError> {
    let mut targets = select_targets(connection, only).await?;
    let rows = sqlx::query!(
        "select name, description, strategy, regions, configured from platform.alias
         where $1::text is null or name = $1 order by name",
        only,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let (targets, prices) =
                targets.remove(&row.name).unwrap_or_default().into_iter().unzip();
            let spec = AliasSpec {
                name: row.name,
                description: row.description,
                strategy: word("strategy", &row.strategy)?,
                regions: row.regions,
                targets,
            };
            Ok(AliasRow { spec, configured: row.configured, prices })
        })
        .collect()
}

type PricedTarget = (TargetSpec, Option<TargetPrice>);

async fn select_targets(
    connection: &mut PgConnection,
    only: Option<&str>,
) -> Result<HashMap<String, Vec<PricedTarget>>, StoreError> {
    let rows = sqlx::query!(
        r#"select t.alias, t.provider_id, t.upstream_model, t.price_provider, t.price_model,
                  t.output_tokens_max, t.weight, t.context_tokens_max, t.capabilities,
                  p.input_nano_per_mtok as "input?", p.output_nano_per_mtok as "output?"
           from platform.target t
           left join lateral (
             select p.* from platform.price p
             where p.provider = t.price_provider and p.model = t.price_model
               and p.effective_from <= clock_timestamp()
             order by p.effective_from desc, p.imported_at desc, p.id desc limit 1) p on true
           where $1::text is null or t.alias = $1
           order by t.alias, t.ordinal"#,
        only,
    )
    .fetch_all(connection)
    .await?;
    let mut by_alias: HashMap<String, Vec<PricedTarget>> = HashMap::new();
    for row in rows {
        let price = match (row.input, row.output) {
            (Some(input_nano_per_mtok), Some(output_nano_per_mtok)) => {
                Some(TargetPrice { input_nano_per_mtok, output_nano_per_mtok })
            }
            _ => None,
        };
        let spec = TargetSpec {
            provider_id: row.provider_id.into(),
            upstream_model: row.upstream_model,
            price_provider: row.price_provider,
            price_model: row.price_model,
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
        };
        by_alias.entry(row.alias).or_default().push((spec, price));
    }
    Ok(by_alias)
}

/// A number that the schema keeps from being negative.
pub(crate) fn count(what: &'static str, number: i32) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| StoreError::Unreadable { what })
}
