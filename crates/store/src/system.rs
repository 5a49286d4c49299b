//! A transaction in no tenant: what looks across tenants is asked of the definer functions of schema
//! `sys`, one question each. Its methods stand in the files of their nouns: `accounts`, `tenants`,
//! `attempts`, `providers`, `aliases`, `circuits`, `prices`, `audit`.

use sqlx::{PgConnection, Postgres, Transaction};

use crate::error::StoreError;

/// Why someone looks beyond a tenant. Written into the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The first account of a deployment is made.
    FirstRun,
    /// Someone proves who they are.
    SignIn,
    /// A live session is turned into a caller, or a seat is taken.
    Seat,
    /// The operator reads the list of tenants.
    ReadTenants,
    /// The operator makes tenants, projects and people.
    ManageTenants,
    /// The operator reads or forces circuits.
    Circuits,
    /// Providers, aliases and prices are taken from the configuration.
    Configure,
    /// The operator looks at what is stopped, or stops something.
    Kills,
    /// What is over is swept out.
    Housekeeping,
    /// The demo estate is made.
    Demo,
}

impl Reason {
    /// The word in the trace.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FirstRun => "first_run",
            Self::SignIn => "sign_in",
            Self::Seat => "seat",
            Self::ReadTenants => "read_tenants",
            Self::ManageTenants => "manage_tenants",
            Self::Circuits => "circuits",
            Self::Configure => "configure",
            Self::Kills => "kills",
            Self::Housekeeping => "housekeeping",
            Self::Demo => "demo",
        }
    }
}

/// Asks the questions that look across tenants. Rolled back when dropped.
#[must_use = "a transaction that is not committed is undone"]
pub struct SystemTx<'s> {
    pub(crate) tx: Transaction<'s, Postgres>,
}

impl SystemTx<'_> {
    /// Makes what was done last.
    ///
    /// # Errors
    /// [`StoreError`] where the commit failed.
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

    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        &mut self.tx
    }
}
