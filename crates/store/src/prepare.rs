//! What a privileged role does once at start, before the runtime roles take over: the schema, the
//! passwords of the roles that sign in, and the key that contexts are signed with.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretBox, SecretString};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::context::KID;
use crate::error::{Cause, StoreError};
use crate::scram;
use crate::urls::{CONSOLE_ROLE, GATEWAY_ROLE};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");

/// How often a change to a role is tried, when another database of the same server changes it too.
const ROLE_TRIES: u32 = 20;

/// What the runtime roles sign in and sign with. Comes from the key store, never from the database.
pub struct RuntimeSecrets {
    /// Password of the data plane's role: printable ASCII.
    pub gateway_password: SecretString,
    /// Password of the console's role: printable ASCII.
    pub console_password: SecretString,
    /// Signs the contexts of transactions.
    pub context_key: SecretBox<[u8; 32]>,
}

/// Brings the schema up to this version. Nodes that start together take turns.
///
/// # Errors
/// [`StoreError::Unavailable`] where the database does not answer, [`StoreError::Internal`] where a
/// migration fails or was changed after it was applied.
pub async fn migrate(admin_url: &SecretString) -> Result<(), StoreError> {
    let mut connection = PgConnection::connect(admin_url.expose_secret()).await?;
    for tries in 1.. {
        match MIGRATIONS.run(&mut connection).await {
            Ok(()) => break,
            // Roles belong to the whole server: another database's migration can be at them.
            Err(sqlx::migrate::MigrateError::ExecuteMigration(error, _))
                if is_concurrent_update(&error) && tries < ROLE_TRIES =>
            {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(sqlx::migrate::MigrateError::ExecuteMigration(error, version)) => {
                tracing::error!(version, "the migration failed: {error}");
                return Err(error.into());
            }
            Err(error) => {
                return Err(StoreError::Internal(Cause {
                    text: Some(error.to_string()),
                    ..Cause::default()
                }));
            }
        }
    }
    connection.close().await?;
    Ok(())
}

/// Sets the passwords of the runtime roles and the context key. What is set already is left alone.
///
/// # Errors
/// [`StoreError`] where the role may not do this or a password is not printable ASCII.
pub async fn install_secrets(
    admin_url: &SecretString,
    secrets: &RuntimeSecrets,
) -> Result<(), StoreError> {
    let mut connection = PgConnection::connect(admin_url.expose_secret()).await?;
    // Looked at before anything is changed: a node with the wrong key store must not lock out the others.
    let known = sqlx::query_scalar!("select key from sec.context_key where kid = $1", KID)
        .fetch_optional(&mut connection)
        .await?;
    if known.is_some_and(|known| known != secrets.context_key.expose_secret()[..]) {
        return Err(StoreError::OtherKeyStore);
    }
    for (role, password) in
        [(GATEWAY_ROLE, &secrets.gateway_password), (CONSOLE_ROLE, &secrets.console_password)]
    {
        set_password(&mut connection, role, password).await?;
    }
    sqlx::query!(
        "insert into sec.context_key (kid, key) values ($1, $2)
         on conflict do nothing",
        KID,
        &secrets.context_key.expose_secret()[..],
    )
    .execute(&mut connection)
    .await?;
    connection.close().await?;
    Ok(())
}

async fn set_password(
    connection: &mut PgConnection,
    role: &str,
    password: &SecretString,
) -> Result<(), StoreError> {
    if is_set(connection, role, password).await? {
        return Ok(());
    }
    // A verifier holds letters, digits and `+/=$:-` only, so it cannot end the literal.
    let statement = format!("alter role {role} password '{}'", scram::verifier(password)?);
    for tries in 1.. {
        match sqlx::raw_sql(AssertSqlSafe(statement.clone())).execute(&mut *connection).await {
            Ok(_) => break,
            Err(error) if is_concurrent_update(&error) && tries < ROLE_TRIES => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Whether the role has this password already. Only a superuser can see that; others set it anew.
async fn is_set(
    connection: &mut PgConnection,
    role: &str,
    password: &SecretString,
) -> Result<bool, StoreError> {
    let may_read = sqlx::query_scalar!(
        r#"select has_table_privilege('pg_catalog.pg_authid', 'select') as "may_read!""#
    )
    .fetch_one(&mut *connection)
    .await?;
    if !may_read {
        return Ok(false);
    }
    let verifier = sqlx::query_scalar!(
        "select rolpassword from pg_catalog.pg_authid where rolname::text = $1",
        role
    )
    .fetch_optional(connection)
    .await?
    .flatten();
    Ok(verifier.is_some_and(|verifier| scram::matches(password, &verifier)))
}

/// "tuple concurrently updated" has no SQLSTATE of its own.
fn is_concurrent_update(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(|error| error.code())
        .is_some_and(|code| matches!(code.as_ref(), "XX000" | "40001" | "40P01"))
}
