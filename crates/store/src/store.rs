//! The store: two pools, one per runtime role, that nobody outside this crate can reach.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::caller::Scope;
use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, PgPool, Postgres, Transaction};
use uuid::Uuid;

use crate::batch::BatchConnection;
use crate::context::{Backend, Signer, array_literal};
use crate::error::StoreError;
use crate::system::{Reason, SystemTx};
use crate::tenant::TenantTx;
use crate::urls::RuntimeUrls;

/// How many connections each pool may open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSizes {
    /// The console's: one per page that is being made, and one per listener.
    pub console: u32,
    /// The gateway's: snapshot, epoch, keys of the vault, circuits, one per listener; not the batches.
    pub gateway: u32,
}

impl Default for PoolSizes {
    fn default() -> Self {
        Self { console: 12, gateway: 8 }
    }
}

/// How long a request waits for a connection before it is told that the database is unavailable.
const ACQUIRE_WAIT_MAX: Duration = Duration::from_secs(3);
/// Longest a statement may run, in milliseconds.
pub(crate) const STATEMENT_MS_MAX: u32 = 5_000;

/// Access to Postgres under the two runtime roles. Cloning shares the pools.
#[derive(Clone)]
pub struct Store {
    pub(crate) gateway: PgPool,
    pub(crate) console: PgPool,
    pub(crate) gateway_options: PgConnectOptions,
    pub(crate) signer: Arc<Signer>,
}

impl Store {
    /// Connects both roles; fails where either cannot sign in.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the server does not answer or refuses a role,
    /// [`StoreError::Invalid`] where an address cannot be read.
    pub async fn connect(urls: &RuntimeUrls, context_key: [u8; 32]) -> Result<Self, StoreError> {
        Self::connect_sized(urls, context_key, PoolSizes::default()).await
    }

    /// The same with pools of a given size.
    ///
    /// # Errors
    /// As [`Self::connect`].
    pub async fn connect_sized(
        urls: &RuntimeUrls,
        context_key: [u8; 32],
        sizes: PoolSizes,
    ) -> Result<Self, StoreError> {
        let gateway_options =
            options(&urls.gateway, "tokenone gateway")?.disable_statement_logging();
        let console_options = options(&urls.console, "tokenone console")?;
        Ok(Self {
            gateway: pool(sizes.gateway).connect_with(gateway_options.clone()).await?,
            console: pool(sizes.console).connect_with(console_options).await?,
            gateway_options,
            signer: Arc::new(Signer::new(context_key)),
        })
    }

    /// Begins a transaction that shows this tenant's rows, of these projects, for
    /// [`crate::CONTEXT_SECONDS`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where no connection is to be had.
    pub async fn tenant(&self, scope: &Scope) -> Result<TenantTx<'_>, StoreError> {
        let projects: Vec<Uuid> = scope.projects.iter().map(|id| id.uuid()).collect();
        let mut tx = begin(&self.console, None).await?;
        self.enter(&mut tx, &[scope.tenant_id.uuid()], &projects).await?;
        Ok(TenantTx { tx, scope: scope.clone() })
    }

    /// Begins a transaction in no tenant, for a named reason: it can ask the definer functions of
    /// schema `sys` and use the operator's tables, and sees no tenant's rows.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where no connection is to be had.
    pub async fn system(&self, reason: Reason) -> Result<SystemTx<'_>, StoreError> {
        tracing::debug!(reason = reason.as_str(), "system transaction");
        Ok(SystemTx { tx: begin(&self.console, None).await? })
    }

    /// Opens a connection of its own for group commits. Each admitter and each settler has one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the server does not answer.
    pub async fn batch(&self) -> Result<BatchConnection, StoreError> {
        BatchConnection::open(self.gateway_options.clone(), Arc::clone(&self.signer)).await
    }

    /// The number that rises with every change to what a snapshot holds.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the database does not answer: a node that cannot confirm its
    /// epoch for a few seconds must stop admitting calls.
    pub async fn epoch(&self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar!("select value from platform.epoch").fetch_one(&self.gateway).await?)
    }

    /// Makes the partitions of the month of `at` and of the two after it; says how many were missing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where a running transaction holds the tables: ask again later.
    pub async fn make_partitions(&self, at: DateTime<Utc>) -> Result<i32, StoreError> {
        Ok(sqlx::query_scalar!(r#"select app.make_partitions($1) as "made!""#, at)
            .fetch_one(&self.gateway)
            .await?)
    }

    /// Forgets idempotency keys whose day is over, at most `rows_max` of them, and says how many.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn forget_idempotency(&self, rows_max: u32) -> Result<i32, StoreError> {
        let rows_max = i32::try_from(rows_max).unwrap_or(i32::MAX);
        Ok(sqlx::query_scalar!(r#"select app.forget_idempotency($1) as "forgotten!""#, rows_max)
            .fetch_one(&self.gateway)
            .await?)
    }

    /// Whether both roles get an answer.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where one does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        for pool in [&self.gateway, &self.console] {
            sqlx::query_scalar!("select 1 as one").fetch_one(pool).await?;
        }
        Ok(())
    }

    /// Gives the connections back, waiting for those in use.
    pub async fn close(self) {
        self.gateway.close().await;
        self.console.close().await;
    }

    /// Begins a gateway transaction over these tenants, for what is no batch.
    pub(crate) async fn gateway_tx(
        &self,
        tenants: &[Uuid],
    ) -> Result<Transaction<'static, Postgres>, StoreError> {
        self.enter_gateway(begin(&self.gateway, None).await?, tenants).await
    }

    /// The same, where all statements see the same moment and none writes.
    pub(crate) async fn gateway_tx_repeatable(
        &self,
        tenants: &[Uuid],
    ) -> Result<Transaction<'static, Postgres>, StoreError> {
        let same_moment = "begin isolation level repeatable read read only";
        let tx = begin(&self.gateway, Some(same_moment)).await?;
        self.enter_gateway(tx, tenants).await
    }

    async fn enter_gateway(
        &self,
        mut tx: Transaction<'static, Postgres>,
        tenants: &[Uuid],
    ) -> Result<Transaction<'static, Postgres>, StoreError> {
        let backend = Backend::learn(&mut tx).await?;
        let context = self.signer.sign(tenants, &[], &backend)?;
        sqlx::query!(
            "select set_config('app.tenants', $1, true) as a, set_config('app.context', $2, true) as b,
                    set_config('statement_timeout', $3, true) as c",
            array_literal(tenants),
            context,
            STATEMENT_MS_MAX.to_string(),
        )
        .fetch_one(&mut *tx)
        .await?;
        Ok(tx)
    }

    async fn enter(
        &self,
        tx: &mut Transaction<'static, Postgres>,
        tenants: &[Uuid; 1],
        projects: &[Uuid],
    ) -> Result<(), StoreError> {
        let backend = Backend::learn(&mut *tx).await?;
        let context = self.signer.sign(tenants, projects, &backend)?;
        // Local to the transaction: whoever borrows the connection next starts with nothing.
        sqlx::query!(
            "select set_config('app.tenant', $1, true) as a, set_config('app.context', $2, true) as b,
                    set_config('statement_timeout', $3, true) as c",
            tenants[0].to_string(),
            context,
            STATEMENT_MS_MAX.to_string(),
        )
        .fetch_one(&mut **tx)
        .await?;
        Ok(())
    }
}

fn options(url: &SecretString, name: &str) -> Result<PgConnectOptions, StoreError> {
    Ok(PgConnectOptions::from_str(url.expose_secret())
        .map_err(|_| StoreError::invalid("database address"))?
        .application_name(name))
}

fn pool(connections_max: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(ACQUIRE_WAIT_MAX)
        .after_release(|connection, _| {
            Box::pin(async move {
                // Nothing of ours sets anything for the session; should a statement have done so all
                // the same, it ends here.
                sqlx::raw_sql("reset all").execute(connection).await?;
                Ok(true)
            })
        })
}

/// Begins a transaction. To wait for a connection takes 14 kB: in a box they go when it is there, instead of
/// being part of whatever waits for as long as that lives.
pub(crate) async fn begin(
    pool: &PgPool,
    statement: Option<&'static str>,
) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    match statement {
        None => Box::pin(pool.begin()).await,
        Some(statement) => Box::pin(pool.begin_with(statement)).await,
    }
}
