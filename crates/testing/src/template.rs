//! A migrated database to copy, made once per state of the migrations folder.

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use crate::Error;
use crate::cluster::{Cluster, root};

/// The password of the roles that sign in, on a server that tests use. Roles belong to the server
/// and not to a database, so a test that sets another password must do so on a private server.
pub const RUNTIME_PASSWORD: &str = "a-password-for-tests-only";

/// One process at a time makes templates and sets passwords. Locks belong to a database: everybody
/// asks in `postgres`.
const LOCK: i64 = 0x746f_6b65_6e31;

/// Databases that a killed test left behind are dropped after an hour, templates after a day. A
/// database is as old as the one file in it that is never written again.
const STALE: &str = "select datname
    from pg_database d, pg_stat_file('base/' || d.oid || '/PG_VERSION', true) f
    where (datname like 'test\\_%' and f.modification < now() - interval '1 hour')
       or (datname like 'template\\_%' and datname <> $1
           and f.modification < now() - interval '1 day')";

/// The name of the template for the migrations as they are now, made if it is not there.
pub(crate) async fn ensure(cluster: &Cluster) -> Result<String, Error> {
    let migrations = Migrator::new(root().join("migrations")).await?;
    let name = name(&migrations);
    let mut admin = cluster.connect("postgres").await?;
    sqlx::query("select pg_advisory_lock($1)").bind(LOCK).execute(&mut admin).await?;
    remove_stale(&mut admin, &name).await?;
    let exists: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(&name)
            .fetch_one(&mut admin)
            .await?;
    if !exists {
        make(cluster, &mut admin, &migrations, &name).await?;
    }
    set_passwords(&mut admin).await?;
    // Closing the session gives the lock back.
    admin.close().await?;
    Ok(name)
}

/// Runs a statement that is put together from names we made ourselves.
pub(crate) async fn run(connection: &mut PgConnection, statement: String) -> Result<(), Error> {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await?;
    Ok(())
}

async fn make(
    cluster: &Cluster,
    admin: &mut PgConnection,
    migrations: &Migrator,
    name: &str,
) -> Result<(), Error> {
    // It gets its name when it is complete; what a killed process left unfinished goes.
    let unfinished = format!("{name}_unfinished");
    run(admin, format!("drop database if exists {unfinished} with (force)")).await?;
    run(admin, format!("create database {unfinished} template template0")).await?;
    let mut inside = cluster.connect(&unfinished).await?;
    migrations.run(&mut inside).await?;
    inside.close().await?;
    run(admin, format!("alter database {unfinished} rename to {name}")).await?;
    run(admin, format!("alter database {name} allow_connections false")).await
}

/// The migrations' versions and checksums, shortened.
fn name(migrations: &Migrator) -> String {
    let mut hash = Sha256::new();
    for migration in migrations.iter() {
        hash.update(migration.version.to_be_bytes());
        hash.update(&migration.checksum);
    }
    format!("template_{}", HEXLOWER.encode(&hash.finalize()[..8]))
}

async fn remove_stale(admin: &mut PgConnection, current: &str) -> Result<(), Error> {
    let stale: Vec<String> = sqlx::query_scalar(STALE).bind(current).fetch_all(&mut *admin).await?;
    for name in stale {
        // One that is still in use after an hour belongs to a long test: not ours to drop.
        let _ = run(admin, format!("drop database if exists \"{name}\"")).await;
    }
    Ok(())
}

/// Sets the password of our roles that sign in, in one transaction.
async fn set_passwords(admin: &mut PgConnection) -> Result<(), Error> {
    let roles: Vec<String> = sqlx::query_scalar(
        "select quote_ident(rolname) from pg_roles
         where rolcanlogin and not rolsuper and rolname like 'tokenone\\_%' order by 1",
    )
    .fetch_all(&mut *admin)
    .await?;
    for role in roles {
        run(admin, format!("alter role {role} password '{RUNTIME_PASSWORD}'")).await?;
    }
    Ok(())
}
