//! The real server, on this machine: it starts, survives what machines do to it, and stops.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is how a failure is told")]

mod life;
mod rules;
mod survival;

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use embedded::{Address, Options, Postgres};
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;

/// A folder the server's user may pass through.
fn folder() -> TempDir {
    tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o711)).tempdir().unwrap()
}

fn bin_dir() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    embedded::find_bin_dir(&[root]).unwrap()
}

async fn start(data_dir: &Path) -> Postgres {
    Postgres::start(Options::new(data_dir, bin_dir())).await.unwrap()
}

async fn connect(address: &Address) -> PgConnection {
    open(&address.superuser_url("postgres")).await.unwrap()
}

async fn open(url: &SecretString) -> Result<PgConnection, sqlx::Error> {
    PgConnection::connect(url.expose_secret()).await
}

async fn text(connection: &mut PgConnection, query: &'static str) -> String {
    sqlx::query_scalar(query).fetch_one(connection).await.unwrap()
}
