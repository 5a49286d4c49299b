//! Why a test could not be set up.

use std::path::PathBuf;

/// Why there is no database for a test.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// PostgreSQL could not be found, started or stopped.
    #[error(transparent)]
    Embedded(#[from] embedded::Error),
    /// A statement failed.
    #[error("{0}")]
    Sql(#[from] sqlx::Error),
    /// A migration could not be read or failed.
    #[error("migrations: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A file operation failed.
    #[error("{}: {source}", .path.display())]
    Io {
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The operating system's source of randomness failed.
    #[error("no randomness: {0}")]
    Randomness(getrandom::Error),
    /// The folder of the test cluster belongs to somebody else.
    #[error("{} belongs to another user", .0.display())]
    NotOurs(PathBuf),
    /// The private server is not running.
    #[error("the private server is not running")]
    Stopped,
}
