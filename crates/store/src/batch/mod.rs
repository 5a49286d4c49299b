//! Group commit: many calls' holds, or many calls' settlements, in one transaction.
//!
//! A batch names the tenants it is for in a signed list and sees no others. It answers by call id,
//! never by position. Everything in it may be repeated: what is there already is left as it is.

mod admit;
mod record;
mod settle;

use std::sync::Arc;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use uuid::Uuid;

pub use admit::{HoldRow, Verdict};
pub use settle::{Payable, Resolution, ResolutionKind, Settled};

use crate::context::{Backend, Signer};
use crate::error::StoreError;
use crate::store::STATEMENT_MS_MAX;

/// A connection of its own for batches, as the gateway's role. Reconnects by itself after a loss; the
/// batch that was under way then fails and may be repeated.
pub struct BatchConnection {
    options: PgConnectOptions,
    signer: Arc<Signer>,
    /// `None` after a loss.
    live: Option<Live>,
}

struct Live {
    connection: PgConnection,
    backend: Backend,
}

impl BatchConnection {
    pub(crate) async fn open(
        options: PgConnectOptions,
        signer: Arc<Signer>,
    ) -> Result<Self, StoreError> {
        let options = options
            .application_name("tokenone batch")
            .options([("statement_timeout", STATEMENT_MS_MAX.to_string())]);
        let live = Live::connect(&options).await?;
        Ok(Self { options, signer, live: Some(live) })
    }

    /// Closes the connection.
    pub async fn close(self) {
        if let Some(live) = self.live {
            let _ = live.connection.close().await;
        }
    }

    /// Takes the connection out, so that a batch that is cancelled half-way drops it: Postgres then
    /// undoes what was not committed. It is put back by [`Self::done`].
    async fn take(&mut self) -> Result<Live, StoreError> {
        match self.live.take() {
            Some(live) => Ok(live),
            None => Live::connect(&self.options).await,
        }
    }

    /// Puts the connection back after a batch, unless it is lost, or its context was refused: the
    /// database's clock may have been set, which a new connection learns.
    fn done<T>(&mut self, live: Live, result: Result<T, StoreError>) -> Result<T, StoreError> {
        let reusable = match &result {
            Ok(_) => true,
            Err(StoreError::Unavailable(_) | StoreError::Internal(_)) => false,
            Err(StoreError::Refused { code, .. }) => code != "42501",
            Err(_) => true,
        };
        if reusable {
            self.live = Some(live);
        }
        result
    }
}

impl Live {
    async fn connect(options: &PgConnectOptions) -> Result<Self, StoreError> {
        let mut connection = options.connect().await?;
        let backend = Backend::learn(&mut connection).await?;
        Ok(Self { connection, backend })
    }
}

/// The distinct tenants of a batch, in order.
fn distinct(tenants: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let mut tenants: Vec<Uuid> = tenants.collect();
    tenants.sort_unstable();
    tenants.dedup();
    tenants
}
