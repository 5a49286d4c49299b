//! The start-up lint: refuses to serve from a database in which one tenant could see another.
//!
//! Each file beside this one is a question to the catalogue that answers with what is wrong; no answer
//! is the good one. They name no table of ours except where a rule is about that table, so that a new
//! table without protection is found by its absence. `$1` holds the roles that the store signs in as.

use std::fmt;

use sqlx::{PgConnection, PgPool};

use crate::error::StoreError;
use crate::store::Store;
use crate::urls::{CONSOLE_ROLE, GATEWAY_ROLE};

/// Something about the database that makes it unsafe to serve from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unsafe {
    /// The role, table, policy, index or function.
    pub object: String,
    /// What is wrong with it, as the rest of a sentence.
    pub fault: String,
}

impl fmt::Display for Unsafe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.object, self.fault)
    }
}

impl Store {
    /// Checks the database that this store is connected to.
    ///
    /// # Errors
    /// Everything that is unsafe; also that the check itself could not be made.
    pub async fn verify(&self) -> Result<(), Vec<Unsafe>> {
        let mut found = match self.inspect().await {
            Ok(found) => found,
            Err(error) => vec![Unsafe {
                object: "the database".into(),
                fault: format!("could not be checked: {error}"),
            }],
        };
        found.sort();
        found.dedup();
        if found.is_empty() { Ok(()) } else { Err(found) }
    }

    async fn inspect(&self) -> Result<Vec<Unsafe>, StoreError> {
        let mut found = Vec::new();
        let mut roles = Vec::new();
        for (pool, expected) in [(&self.gateway, GATEWAY_ROLE), (&self.console, CONSOLE_ROLE)] {
            let role = current_role(pool).await?;
            if role != expected {
                found.push(Unsafe {
                    object: format!("role {role}"),
                    fault: format!("signs in where {expected} should"),
                });
            }
            roles.push(role);
        }
        let mut connection = self.gateway.acquire().await?;
        found.extend(ask(&mut connection, &roles).await?);
        Ok(found)
    }
}

async fn current_role(pool: &PgPool) -> Result<String, StoreError> {
    Ok(sqlx::query_scalar!(r#"select current_user::text as "role!""#).fetch_one(pool).await?)
}

async fn ask(connection: &mut PgConnection, roles: &[String]) -> Result<Vec<Unsafe>, StoreError> {
    // sqlx wants each question as a literal of its own.
    macro_rules! questions {
        ($($file:literal)*) => {{
            let mut found = Vec::new();
            $(found.extend(
                sqlx::query_file_as!(Unsafe, $file, roles).fetch_all(&mut *connection).await?,
            );)*
            Ok(found)
        }};
    }
    questions!(
        "src/verify/roles.sql"
        "src/verify/grants.sql"
        "src/verify/tables.sql"
        "src/verify/policies.sql"
        "src/verify/constraints.sql"
        "src/verify/triggers.sql"
        "src/verify/functions.sql"
    )
}
