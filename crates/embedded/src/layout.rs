//! What lies where in the data folder.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::Error;
use crate::account::Account;
use crate::error::Context as _;

/// The paths below `<data folder>/pg`. The folder is ours; `cluster` and `log` are the server's.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) home: PathBuf,
}

impl Layout {
    /// Opens the layout below `data_dir`, making what is missing.
    pub(crate) fn create(data_dir: &Path) -> Result<Layout, Error> {
        let home = data_dir.join("pg");
        for folder in [data_dir, &home] {
            if !folder.exists() {
                fs::create_dir_all(folder).context("create", folder)?;
                // The server's user must be able to pass through, and sees no names on the way.
                fs::set_permissions(folder, Permissions::from_mode(0o711))
                    .context("open up", folder)?;
            }
        }
        Layout::open(data_dir)
    }

    /// The layout below an existing `data_dir`.
    pub(crate) fn open(data_dir: &Path) -> Result<Layout, Error> {
        let home = data_dir.join("pg");
        let home = home.canonicalize().context("open", &home)?;
        Ok(Layout { home })
    }

    /// PostgreSQL's own data.
    pub(crate) fn cluster(&self) -> PathBuf {
        self.home.join("cluster")
    }

    /// A cluster that `initdb` has not finished.
    pub(crate) fn unfinished_cluster(&self) -> PathBuf {
        self.home.join("cluster.unfinished")
    }

    /// The server's log files.
    pub(crate) fn log(&self) -> PathBuf {
        self.home.join("log")
    }

    /// What the server says before its log opens; emptied at each start.
    pub(crate) fn start_log(&self) -> PathBuf {
        self.home.join("start.log")
    }

    /// The superuser's password. Outside the cluster: a copy of the cluster does not carry its key.
    pub(crate) fn password(&self) -> PathBuf {
        self.home.join("superuser.password")
    }

    /// The port of the last start.
    pub(crate) fn port(&self) -> PathBuf {
        self.home.join("port")
    }

    /// Held by the process that owns the server.
    pub(crate) fn lock(&self) -> PathBuf {
        self.home.join("lock")
    }

    /// A copy of the binaries, made only when the server's user can not reach the originals.
    pub(crate) fn native(&self) -> PathBuf {
        self.home.join("native")
    }
}

/// Makes a folder that only `account` may enter; an existing one is left as it is.
pub(crate) fn private_folder(path: &Path, account: Account) -> Result<(), Error> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => account.own(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error).context("create", path),
    }
}

/// Removes a folder and what is in it; one that is not there is gone already.
pub(crate) fn remove_folder(path: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error).context("remove", path),
        _ => Ok(()),
    }
}
