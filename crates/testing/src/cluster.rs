//! The server that all tests of this clone share.
//!
//! It is started by whichever test process comes first and left running: starting one per process
//! would cost more than the tests. It is fast and forgetful; tests of crashes take a
//! [`crate::private_cluster`].

use std::fs::File;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use data_encoding::HEXLOWER;
use embedded::{Durability, Options, Postgres};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::OnceCell;

use crate::Error;

/// Names a server to use instead: a superuser's URL, to any database of it.
pub const URL_VARIABLE: &str = "TOKENONE_TEST_DATABASE_URL";

/// Many test processes with a pool each run at once.
const CONNECTIONS_MAX: u16 = 400;

/// How to reach a server as its superuser.
#[derive(Clone)]
pub struct Cluster {
    superuser: PgConnectOptions,
}

impl Cluster {
    /// A server by a superuser's URL.
    ///
    /// # Errors
    /// When the URL is none.
    pub fn from_url(url: &SecretString) -> Result<Cluster, Error> {
        let superuser = PgConnectOptions::from_str(url.expose_secret())?;
        Ok(Cluster { superuser })
    }

    /// A superuser's URL to one of its databases.
    #[must_use]
    pub fn superuser_url(&self, database: &str) -> SecretString {
        let options = self.superuser.clone().database(database);
        SecretString::from(String::from(options.to_url_lossy()))
    }

    /// A URL for another role.
    #[must_use]
    pub fn url(&self, role: &str, password: &str, database: &str) -> SecretString {
        let options = self.superuser.clone().database(database);
        let options = options.username(role).password(password);
        SecretString::from(String::from(options.to_url_lossy()))
    }

    /// A superuser's connection to one of its databases.
    pub(crate) async fn connect(&self, database: &str) -> Result<PgConnection, Error> {
        let options = self.superuser.clone().database(database);
        Ok(PgConnection::connect_with(&options).await?)
    }
}

/// The shared server: the one [`URL_VARIABLE`] names, or our own, started if it does not run.
///
/// # Errors
/// When it can neither be found nor started.
pub async fn cluster() -> Result<Cluster, Error> {
    static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
    let cluster = CLUSTER.get_or_try_init(|| Box::pin(find_or_start()));
    cluster.await.cloned()
}

/// Stops our own shared server, if it runs. Says whether it did.
///
/// # Errors
/// When it does not stop.
pub async fn stop_cluster() -> Result<bool, Error> {
    Ok(embedded::stop(&folder()).await?)
}

async fn find_or_start() -> Result<Cluster, Error> {
    if let Ok(url) = std::env::var(URL_VARIABLE) {
        return Cluster::from_url(&SecretString::from(url));
    }
    let folder = folder();
    // Held while looking and starting: other test processes wait and then find what we started.
    let _lock = lock(folder.with_extension("lock")).await?;
    if let Ok(metadata) = std::fs::metadata(&folder)
        && metadata.uid() != rustix::process::geteuid().as_raw()
    {
        return Err(Error::NotOurs(folder));
    }
    let address = match embedded::running(&folder) {
        Ok(Some(address)) => address,
        _ => start(&folder).await?.detach(),
    };
    Cluster::from_url(&address.superuser_url("postgres"))
}

async fn start(folder: &Path) -> Result<Postgres, Error> {
    let mut options = Options::new(folder, bin_dir()?);
    options.durability = Durability::None;
    options.connections_max = CONNECTIONS_MAX;
    match Postgres::start(options.clone()).await {
        // Another version's data, or what a crash left of data that was never safe: it is only tests'.
        Err(
            embedded::Error::Version { .. }
            | embedded::Error::Failed { .. }
            | embedded::Error::NoPassword(_),
        ) => {
            let home = folder.join("pg");
            std::fs::remove_dir_all(&home).map_err(|source| Error::Io { path: home, source })?;
            Ok(Postgres::start(options).await?)
        }
        other => Ok(other?),
    }
}

/// The folder of `postgres` and `initdb`.
pub(crate) fn bin_dir() -> Result<PathBuf, Error> {
    Ok(embedded::find_bin_dir(&[root()])?)
}

/// The repository.
pub(crate) fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().unwrap_or(root)
}

/// In `target`; when that lies behind root's closed door, in a folder named after it.
fn folder() -> PathBuf {
    let root = root();
    let clone = HEXLOWER.encode(&Sha256::digest(root.as_os_str().as_encoded_bytes())[..8]);
    let elsewhere = PathBuf::from(format!("/var/tmp/tokenone-test-postgres-{clone}"));
    embedded::reachable_or(&root.join("target/test-postgres"), &elsewhere)
}

async fn lock(path: PathBuf) -> Result<File, Error> {
    let io = |path: &Path| {
        let path = path.to_owned();
        |source| Error::Io { path, source }
    };
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(io(parent))?;
    }
    let mut options = File::options();
    let file = options.write(true).create(true).truncate(false);
    let file = file.open(&path).map_err(io(&path))?;
    let waiting = tokio::task::spawn_blocking(move || file.lock().map(|()| file));
    let locked = waiting.await.map_err(std::io::Error::other).and_then(|held| held);
    locked.map_err(io(&path))
}
