//! Who runs the server. PostgreSQL refuses to run as root, and is right to.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::Error;
use crate::error::Context as _;

/// The user and group that own nothing ("nobody"), used when we are root.
const NOBODY: u32 = 65_534;

const READ: u32 = 4;
const ENTER: u32 = 1;

/// The user and group the server runs as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    /// Whether that is somebody else than ourselves, so that files must be given to them.
    pub(crate) other: bool,
}

impl Account {
    /// Ourselves, unless we are root: then the owner of the data if there is data, else nobody.
    pub(crate) fn for_cluster(cluster: &Path) -> Result<Account, Error> {
        let own = rustix::process::geteuid().as_raw();
        let owner = match fs::metadata(cluster) {
            Ok(metadata) => Some((metadata.uid(), metadata.gid())),
            Err(_) => None,
        };
        if own == 0 {
            let (uid, gid) = owner.filter(|(uid, _)| *uid != 0).unwrap_or((NOBODY, NOBODY));
            return Ok(Account { uid, gid, other: true });
        }
        match owner {
            Some((uid, _)) if uid != own => Err(Error::NotOurs { path: cluster.to_owned(), uid }),
            _ => Ok(Account { uid: own, gid: rustix::process::getegid().as_raw(), other: false }),
        }
    }

    /// Lets `command` run as this account.
    pub(crate) fn apply(self, command: &mut Command) {
        if self.other {
            // Setting the user also drops root's supplementary groups.
            command.uid(self.uid).gid(self.gid);
        }
    }

    /// Gives a file or folder to this account.
    pub(crate) fn own(self, path: &Path) -> Result<(), Error> {
        if !self.other {
            return Ok(());
        }
        std::os::unix::fs::lchown(path, Some(self.uid), Some(self.gid)).context("give away", path)
    }

    /// Fails with the first folder on the way to `folder`, itself included, that this account may
    /// not enter. `folder` must be absolute and exist.
    pub(crate) fn check_reachable(self, folder: &Path) -> Result<(), Error> {
        if !self.other {
            return Ok(());
        }
        let mut ancestors: Vec<_> = folder.ancestors().collect();
        ancestors.reverse();
        for ancestor in ancestors {
            if !self.may(ancestor, ENTER)? {
                return Err(Error::Unreachable { path: ancestor.to_owned(), uid: self.uid });
            }
        }
        Ok(())
    }

    /// Whether this account may read and run what lies in an installation of PostgreSQL.
    pub(crate) fn can_run(self, bin_dir: &Path) -> Result<bool, Error> {
        if self.check_reachable(bin_dir).is_err() {
            return Ok(false);
        }
        if !self.other {
            return Ok(true);
        }
        let root = bin_dir.parent().unwrap_or(bin_dir);
        for part in
            [bin_dir.join("postgres"), bin_dir.join("initdb"), root.join("lib"), root.join("share")]
        {
            if part.exists() && !self.may(&part, READ | ENTER)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn may(self, path: &Path, wanted: u32) -> Result<bool, Error> {
        let metadata = fs::metadata(path).context("look at", path)?;
        let shift = if metadata.uid() == self.uid {
            6
        } else if metadata.gid() == self.gid {
            3
        } else {
            0
        };
        Ok((metadata.mode() >> shift) & wanted == wanted)
    }
}

/// `preferred`, unless we are root and the server's user could not get there (a clone below a
/// closed home); then `otherwise`. Neither needs to exist.
#[must_use]
pub fn reachable_or(preferred: &Path, otherwise: &Path) -> PathBuf {
    let account = Account { uid: NOBODY, gid: NOBODY, other: rustix::process::geteuid().is_root() };
    let existing = preferred.ancestors().find_map(|path| path.canonicalize().ok());
    match existing.map(|path| account.check_reachable(&path)) {
        Some(Err(_)) => otherwise.to_owned(),
        _ => preferred.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn stranger() -> Account {
        Account { uid: NOBODY, gid: NOBODY, other: true }
    }

    #[test]
    fn a_closed_folder_on_the_way_is_named() {
        let closed = tempfile::tempdir().unwrap();
        fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let inner = closed.path().canonicalize().unwrap().join("inner");
        fs::create_dir(&inner).unwrap();
        let error = stranger().check_reachable(&inner).unwrap_err();
        let Error::Unreachable { path, uid } = &error else { unreachable!("{error}") };
        assert_eq!((path.as_path(), *uid), (closed.path(), NOBODY));
        assert!(error.to_string().contains("chmod o+x"));
    }

    #[test]
    fn a_folder_that_may_be_entered_but_not_listed_will_do() {
        let open = tempfile::tempdir().unwrap();
        fs::set_permissions(open.path(), fs::Permissions::from_mode(0o711)).unwrap();
        let path = open.path().canonicalize().unwrap();
        assert!(stranger().check_reachable(&path).is_ok());
        assert_eq!(stranger().may(&path, READ | ENTER).ok(), Some(false));
    }
}
