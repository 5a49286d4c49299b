//! A transaction in one tenant. Its methods stand in the files of their nouns: `activity`, `calls`,
//! `keys`, `projects`, `ledger`, `prices`, `keks`, `secrets`, `providers`, `aliases`, `audit`.

use domain::caller::Scope;
use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;

use crate::error::StoreError;

/// Shows one tenant's rows. Rolled back when dropped.
#[must_use = "a transaction that is not committed is undone"]
pub struct TenantTx<'s> {
    pub(crate) tx: Transaction<'s, Postgres>,
    pub(crate) scope: Scope,
}

impl TenantTx<'_> {
    /// Makes what was done last.
    ///
    /// # Errors
    /// [`StoreError`] where the commit failed; nothing was done then, or it is unknown whether it was.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.tx.commit().await?)
    }

    /// Undoes what was done.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the connection is gone; Postgres undoes it by itself then.
    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.tx.rollback().await?)
    }

    /// Where this transaction is.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    pub(crate) const fn tenant_uuid(&self) -> Uuid {
        self.scope.tenant_id.uuid()
    }
}
