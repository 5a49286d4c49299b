//! A server for one test, durable as in production, to be killed and started again.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use embedded::{Options, Postgres};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::Error;
use crate::cluster::{Cluster, bin_dir};

/// A server that one test owns. It stops and its data goes with this value.
pub struct PrivateCluster {
    // The server is dropped before the folder it writes to.
    server: Option<Postgres>,
    cluster: Cluster,
    options: Options,
    _folder: TempDir,
}

/// Starts a private server.
///
/// # Panics
/// When it does not start: the test cannot run, and says why.
#[expect(clippy::panic, reason = "a test that cannot be set up fails with the cause")]
pub async fn private_cluster() -> PrivateCluster {
    match Box::pin(PrivateCluster::start()).await {
        Ok(cluster) => cluster,
        Err(error) => panic!("no private server for this test: {error}"),
    }
}

impl PrivateCluster {
    async fn start() -> Result<PrivateCluster, Error> {
        let path = std::env::temp_dir();
        // The server's user must be able to pass through.
        let folder = tempfile::Builder::new()
            .prefix("tokenone-test-")
            .permissions(Permissions::from_mode(0o711))
            .tempdir_in(&path)
            .map_err(|source| Error::Io { path, source })?;
        let mut options = Options::new(folder.path(), bin_dir()?);
        let server = Postgres::start(options.clone()).await?;
        // Its address stays the same through kills and restarts.
        options.port = Some(server.address().port());
        let cluster = Cluster::from_url(&server.address().superuser_url("postgres"))?;
        Ok(PrivateCluster { server: Some(server), cluster, options, _folder: folder })
    }

    /// How to reach it, also after a restart.
    #[must_use]
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Kills the server as a crash would: nothing is saved, nobody is told.
    ///
    /// # Errors
    /// [`Error::Stopped`] when it is not running.
    pub async fn kill(&mut self) -> Result<(), Error> {
        let mut server = self.server.take().ok_or(Error::Stopped)?;
        let pid = server.pid().and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
        kill_process(pid.ok_or(Error::Stopped)?, Signal::KILL).map_err(|_| Error::Stopped)?;
        server.exited().await?;
        Ok(())
    }

    /// Stops the server in an orderly way, as maintenance would.
    ///
    /// # Errors
    /// When it is not running or does not stop.
    pub async fn stop(&mut self) -> Result<(), Error> {
        let server = self.server.take().ok_or(Error::Stopped)?;
        Ok(server.stop().await?)
    }

    /// Starts the server again on the same data and the same port.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_again(&mut self) -> Result<(), Error> {
        if self.server.is_none() {
            self.server = Some(Postgres::start(self.options.clone()).await?);
        }
        Ok(())
    }
}
