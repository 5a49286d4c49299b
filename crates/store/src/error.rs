//! What can go wrong between us and Postgres, without telling what the rows say.
//!
//! Postgres puts values into its messages and details ("Key (email)=(…) already exists"). None of that
//! is kept: an error carries the SQLSTATE and the names of the constraint and the table, which is what
//! a log needs and no more.

use std::fmt;

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Postgres does not answer, or not in time. Trying again can help.
    #[error("the database does not answer")]
    Unavailable(#[source] Cause),
    /// Another transaction got in between, and this one was undone. Trying again helps.
    #[error("another transaction got in between")]
    Raced(#[source] Cause),
    /// It exists already.
    #[error("it exists already")]
    Conflict {
        /// The unique constraint, such as `tenant_slug_key`.
        constraint: String,
    },
    /// A rule of the database refused it: a policy, a grant, or a trigger.
    #[error("a rule of the database refused it")]
    Refused {
        /// The SQLSTATE: `42501` for policies and grants, `TK…` for our own triggers, `23503` for a
        /// foreign key.
        code: String,
        /// For the log.
        #[source]
        cause: Cause,
    },
    /// The database was sealed with another key store: nothing of it would open, and the nodes that have
    /// the right one would be locked out.
    #[error(
        "this database belongs to another key store than the present one: set TOKENONE_KEYSTORE to the \
         one it was used with"
    )]
    OtherKeyStore,
    /// A value is outside what the schema takes.
    #[error("`{what}` is not acceptable")]
    Invalid {
        /// The value, or the check constraint that names it.
        what: String,
    },
    /// A stored value is none that this version writes.
    #[error("`{what}` is stored in a form that is not known")]
    Unreadable {
        /// The column.
        what: &'static str,
    },
    /// Anything else: a fault of ours.
    #[error("the database could not do it")]
    Internal(#[source] Cause),
}

/// What a log may know of a failure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cause {
    /// The SQLSTATE, where Postgres answered.
    pub code: Option<String>,
    /// The constraint that was violated.
    pub constraint: Option<String>,
    /// The table it is about.
    pub table: Option<String>,
    /// The driver's own words, where Postgres did not answer.
    pub text: Option<String>,
}

impl StoreError {
    /// Whether doing the same again can succeed: the connection was lost, or the transaction was
    /// undone because of another one. Everything in a batch may be repeated.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Raced(_))
    }

    /// The unique constraint that was in the way, where one was.
    #[must_use]
    pub fn conflict(&self) -> Option<&str> {
        match self {
            Self::Conflict { constraint } => Some(constraint),
            _ => None,
        }
    }

    /// In a settlement a unique violation means that another node resolved the same call at the same
    /// moment: the batch is repeated and finds that out.
    pub(crate) fn raced(self) -> Self {
        match self {
            Self::Conflict { constraint } => Self::Raced(Cause {
                code: Some("23505".into()),
                constraint: Some(constraint),
                ..Cause::default()
            }),
            other => other,
        }
    }

    pub(crate) fn invalid(what: impl Into<String>) -> Self {
        Self::Invalid { what: what.into() }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.code, &self.text) {
            (Some(code), _) => write!(f, "SQLSTATE {code}")?,
            (None, Some(text)) => f.write_str(text)?,
            (None, None) => f.write_str("unknown")?,
        }
        if let Some(constraint) = &self.constraint {
            write!(f, ", constraint {constraint}")?;
        }
        if let Some(table) = &self.table {
            write!(f, ", table {table}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Cause {}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match &error {
            E::Database(database) => from_database(database.as_ref()),
            // A row that cannot be decoded can carry its value; only the column is told.
            E::ColumnDecode { index, .. } => Self::Internal(Cause {
                text: Some(format!("column {index} could not be decoded")),
                ..Cause::default()
            }),
            E::Io(_)
            | E::Tls(_)
            | E::Protocol(_)
            | E::PoolTimedOut
            | E::PoolClosed
            | E::WorkerCrashed
            | E::BeginFailed => Self::Unavailable(Cause::words(&error)),
            _ => Self::Internal(Cause::words(&error)),
        }
    }
}

impl Cause {
    fn words(error: &sqlx::Error) -> Self {
        Self { text: Some(error.to_string()), ..Self::default() }
    }
}

fn from_database(error: &dyn sqlx::error::DatabaseError) -> StoreError {
    let code = error.code().unwrap_or_default().into_owned();
    let cause = Cause {
        code: Some(code.clone()),
        constraint: error.constraint().map(str::to_owned),
        table: error.table().map(str::to_owned),
        text: None,
    };
    let named = || cause.constraint.clone().or_else(|| cause.table.clone()).unwrap_or_default();
    match code.as_str() {
        "23505" | "23P01" => StoreError::Conflict { constraint: named() },
        "23502" | "23514" => StoreError::Invalid { what: named() },
        "40001" | "40P01" => StoreError::Raced(cause),
        "23503" | "42501" => StoreError::Refused { code, cause },
        _ if code.starts_with("TK") => StoreError::Refused { code, cause },
        _ if code.starts_with("22") => StoreError::Invalid { what: "value".into() },
        // Connection, resources, limits such as a full queue of notices, operator intervention and
        // cancellation, lock not available, a database that is read-only while another takes over or is
        // not there yet, and a sign-in that a changed password refused.
        "55P03" | "25006" | "3D000" => StoreError::Unavailable(cause),
        _ if ["08", "53", "54", "57", "58", "28", "25P"]
            .iter()
            .any(|class| code.starts_with(class)) =>
        {
            StoreError::Unavailable(cause)
        }
        _ => StoreError::Internal(cause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_names_the_rule_and_not_the_value() {
        let cause = Cause {
            code: Some("23505".into()),
            constraint: Some("tenant_slug_key".into()),
            table: Some("tenant".into()),
            text: None,
        };
        assert_eq!(cause.to_string(), "SQLSTATE 23505, constraint tenant_slug_key, table tenant");
    }

    #[test]
    fn only_losses_and_races_are_worth_repeating() {
        assert!(StoreError::Unavailable(Cause::default()).is_retryable());
        assert!(StoreError::Conflict { constraint: "x".into() }.raced().is_retryable());
        assert!(!StoreError::Conflict { constraint: "x".into() }.is_retryable());
        assert!(!StoreError::Internal(Cause::default()).is_retryable());
    }
}
