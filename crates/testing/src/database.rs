//! A migrated database for one test, gone when the test is over.

use std::time::Duration;

use data_encoding::HEXLOWER;
use secrecy::SecretString;
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use tokio::sync::OnceCell;

use crate::Error;
use crate::cluster::{Cluster, cluster};
use crate::template::{self, RUNTIME_PASSWORD, run};

/// Dropping happens at the end of a test and must not hang it.
const DROP_WAIT: Duration = Duration::from_secs(10);

/// An empty, migrated database of a random name. It is dropped with this value, connections and all.
pub struct TestDatabase {
    cluster: Cluster,
    name: String,
}

impl TestDatabase {
    /// A database on the shared server.
    ///
    /// # Panics
    /// When there is none to be had: the test cannot run, and says why.
    #[expect(clippy::panic, reason = "a test that cannot be set up fails with the cause")]
    pub async fn new() -> TestDatabase {
        match Box::pin(TestDatabase::shared()).await {
            Ok(database) => database,
            Err(error) => panic!("no database for this test: {error}"),
        }
    }

    /// A database on a given server, for example a private one.
    ///
    /// # Errors
    /// When a statement or a migration fails.
    pub async fn create_in(cluster: &Cluster) -> Result<TestDatabase, Error> {
        let template = Box::pin(template::ensure(cluster)).await?;
        copy(cluster, &template).await
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A URL for the superuser.
    #[must_use]
    pub fn superuser_url(&self) -> SecretString {
        self.cluster.superuser_url(&self.name)
    }

    /// A URL for a role the migrations make that signs in, with [`RUNTIME_PASSWORD`].
    #[must_use]
    pub fn runtime_url(&self, role: &str) -> SecretString {
        self.url(role, RUNTIME_PASSWORD)
    }

    /// A URL for any role.
    #[must_use]
    pub fn url(&self, role: &str, password: &str) -> SecretString {
        self.cluster.url(role, password, &self.name)
    }

    async fn shared() -> Result<TestDatabase, Error> {
        static TEMPLATE: OnceCell<String> = OnceCell::const_new();
        let cluster = cluster().await?;
        let template = TEMPLATE.get_or_try_init(|| Box::pin(template::ensure(&cluster)));
        copy(&cluster, template.await?).await
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (cluster, name) = (self.cluster.clone(), std::mem::take(&mut self.name));
        // A thread with a runtime of its own: the test's may be the one thread that waits here.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                // What cannot be dropped now is dropped as stale by a later run.
                let _ = runtime.block_on(async {
                    tokio::time::timeout(DROP_WAIT, remove(&cluster, &name)).await
                });
            }
        });
        let _ = dropping.join();
    }
}

async fn remove(cluster: &Cluster, name: &str) -> Result<(), Error> {
    let mut admin = cluster.connect("postgres").await?;
    run(&mut admin, format!("drop database if exists {name} with (force)")).await
}

async fn copy(cluster: &Cluster, template: &str) -> Result<TestDatabase, Error> {
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).map_err(Error::Randomness)?;
    let name = format!("test_{}", HEXLOWER.encode(&random));
    let mut admin = cluster.connect("postgres").await?;
    run(&mut admin, format!("create database {name} template {template}")).await?;
    let database = TestDatabase { cluster: cluster.clone(), name };
    copy_rights(&mut admin, template, &database.name).await?;
    admin.close().await?;
    Ok(database)
}

/// A copied database has everything but the rights on the database itself; they follow here.
async fn copy_rights(admin: &mut PgConnection, from: &str, to: &str) -> Result<(), Error> {
    let grants: Vec<String> = sqlx::query_scalar(
        "select format('grant %s on database %I to %s', privilege_type, $2,
                  case when grantee = 0 then 'public' else grantee::regrole::text end)
         from pg_database, aclexplode(datacl) where datname = $1",
    )
    .bind(from)
    .bind(to)
    .fetch_all(&mut *admin)
    .await?;
    if grants.is_empty() {
        return Ok(());
    }
    run(admin, format!("revoke all on database {to} from public; {}", grants.join("; "))).await
}
