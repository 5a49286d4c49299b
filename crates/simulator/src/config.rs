//! How a simulator is set up.

use std::{io, path::PathBuf};

use secrecy::SecretString;

/// How many bills are remembered when nothing else is said.
const BILLS_KEPT_DEFAULT: usize = 16_384;

/// What a simulator is told when it is made.
#[derive(Clone, Debug)]
pub struct Config {
    /// The only key that is accepted; without one any key is, though some key must be sent.
    pub key: Option<SecretString>,
    /// The only AWS key whose signatures are accepted; without one any signature is that has the
    /// right form.
    pub aws: Option<AwsKey>,
    /// Where bills are appended, one JSON object a line.
    pub log_file: Option<PathBuf>,
    /// How many bills are remembered, the newest ones. The totals count all of them.
    pub bills_kept_max: usize,
    /// How many raw requests are remembered, the newest ones. 0 remembers none and costs nothing.
    /// Bodies are kept whole and hold what callers wrote: this is for tests.
    pub requests_kept_max: usize,
}

/// A key of AWS, which signs requests and is not sent with them.
#[derive(Clone, Debug)]
pub struct AwsKey {
    /// Its public half.
    pub access_key_id: String,
    /// What signs.
    pub secret_access_key: SecretString,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            key: None,
            aws: None,
            log_file: None,
            bills_kept_max: BILLS_KEPT_DEFAULT,
            requests_kept_max: 0,
        }
    }
}

/// Why a simulator could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The log file can not be opened for appending.
    #[error("the simulator's log {path} can not be opened")]
    Log {
        /// The file that was asked for.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
