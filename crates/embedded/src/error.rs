//! What can go wrong with a database server, each with what to do about it.

use std::io;
use std::path::{Path, PathBuf};

/// Why the embedded PostgreSQL could not be found, started or stopped. The texts are for the person
/// at the terminal: they name the file and the remedy, and never a password.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No PostgreSQL binaries where they were looked for.
    #[error(
        "no PostgreSQL binaries found in {searched}; run `scripts/setup.sh`, or set {variable} to a \
         folder that has `postgres` and `initdb`"
    )]
    NoBinaries {
        /// The folders that were tried.
        searched: String,
        /// The environment variable that names a folder.
        variable: &'static str,
    },
    /// There are no embedded binaries for this kind of machine.
    #[error("no embedded PostgreSQL for {0}; set a database URL to use one of your own")]
    Platform(String),
    /// The server's user can not reach a folder.
    #[error(
        "PostgreSQL does not run as root, and its user (uid {uid}) may not enter {}; \
         use a data folder elsewhere (for example /var/lib/tokenone), or run `chmod o+x {}`",
        .path.display(), .path.display()
    )]
    Unreachable {
        /// The folder it may not enter.
        path: PathBuf,
        /// Who may not.
        uid: u32,
    },
    /// The data belongs to somebody else.
    #[error("{} belongs to uid {uid}, and this is not that user; run as that user", .path.display())]
    NotOurs {
        /// The cluster's folder.
        path: PathBuf,
        /// Its owner.
        uid: u32,
    },
    /// Another live process of ours holds this data folder.
    #[error("the database in {} is in use by another TokenOne that still runs", .0.display())]
    InUse(PathBuf),
    /// The asked-for port is taken.
    #[error("port {0} on 127.0.0.1 is taken by another program")]
    PortTaken(u16),
    /// The data was written by another major version.
    #[error(
        "the data in {} was written by PostgreSQL {found}, these binaries are {expected}; start once \
         with binaries of version {found}, dump the data, and restore it into an empty folder",
        .path.display()
    )]
    Version {
        /// The cluster's folder.
        path: PathBuf,
        /// Major version that wrote the data.
        found: String,
        /// Major version of the binaries.
        expected: String,
    },
    /// The folder has data but the superuser's password file is gone.
    #[error("{} is missing, and the database beside it cannot be opened without it", .0.display())]
    NoPassword(PathBuf),
    /// A program said no.
    #[error("{program} failed: {output}")]
    Failed {
        /// Which program.
        program: &'static str,
        /// The end of what it said.
        output: String,
    },
    /// It did not come up, or did not go down, in time.
    #[error("PostgreSQL did not {what} within {seconds} seconds")]
    Timeout {
        /// What it was asked to do.
        what: &'static str,
        /// How long it was given.
        seconds: u64,
    },
    /// The operating system's source of randomness failed.
    #[error("no randomness for a password: {0}")]
    Randomness(getrandom::Error),
    /// A file or process operation failed.
    #[error("{action} {}: {source}", .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

/// Adds to an I/O error what was tried on which path; a bare "permission denied" helps nobody.
pub(crate) trait Context<T> {
    fn context(self, action: &'static str, path: &Path) -> Result<T, Error>;
}

impl<T, E: Into<io::Error>> Context<T> for Result<T, E> {
    fn context(self, action: &'static str, path: &Path) -> Result<T, Error> {
        self.map_err(|source| Error::Io { action, path: path.to_owned(), source: source.into() })
    }
}
