//! Where the master key lives, behind one trait.

pub(crate) mod file;
mod format;
pub(crate) mod place;

use std::path::PathBuf;

use async_trait::async_trait;

use crate::key::{Key256, RandomnessUnavailable};

/// A key that another key has wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    /// Which master key version wrapped it.
    pub master_id: String,
    /// The wrapped key, in a form that only the key store reads.
    pub bytes: Vec<u8>,
}

/// How the key store is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The master key version that wraps today.
    pub master_id: String,
    /// How many versions can still unwrap, the current one included.
    pub versions: usize,
}

/// Holds the master key and never gives it out.
///
/// Futures, because a key store may be another process, a hardware module or another machine. None of
/// its calls stand on the path of one LLM call: the [`crate::KeyRing`] asks once a minute at most.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Wraps `key` with the current master version, bound to `aad`.
    async fn wrap(&self, aad: &[u8], key: &Key256) -> Result<WrappedKey, KeyStoreError>;

    /// Unwraps what [`Self::wrap`] gave, whichever master version did it.
    async fn unwrap(&self, aad: &[u8], wrapped: &[u8]) -> Result<Key256, KeyStoreError>;

    /// The id of the master version that wraps today.
    async fn current_id(&self) -> Result<String, KeyStoreError>;

    /// Adds a master version and makes it current; older ones keep unwrapping. Returns its id.
    async fn rotate(&self) -> Result<String, KeyStoreError>;

    /// A secret for one purpose, the same at every call and after every rotation of the master key.
    ///
    /// Purposes are labels such as `tenant-context`; each gives an independent key (HKDF-SHA256, RFC
    /// 5869). A purpose that needs its own rotation carries a version in its label.
    async fn derive(&self, purpose: &str) -> Result<Key256, KeyStoreError>;

    /// Looks whether the key store is there and whole.
    async fn health(&self) -> Result<Health, KeyStoreError>;
}

/// What is wrong with the key store. Each message says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum KeyStoreError {
    /// The file must exist already, and does not.
    #[error(
        "the key store {} does not exist. Without it nothing that is stored can be decrypted: \
         restore it from its backup, or set TOKENONE_KEYSTORE to where it is",
        path.display()
    )]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// Neither a home nor an explicit path is known.
    #[error(
        "no place for the key store is known: set TOKENONE_KEYSTORE to an absolute path outside the \
         data directory, such as /etc/tokenone/keystore.json"
    )]
    NoPlace,
    /// A relative path would mean another file after a change of directory.
    #[error("the key store's path {} is relative: give an absolute one", path.display())]
    Relative {
        /// What was given.
        path: PathBuf,
    },
    /// The key would be copied along with every backup of the data.
    #[error(
        "the key store {} lies inside the data directory {}: whoever copies the data would have its \
         key. Move it elsewhere and set TOKENONE_KEYSTORE",
        path.display(),
        data.display()
    )]
    InsideData {
        /// The key store.
        path: PathBuf,
        /// The data directory.
        data: PathBuf,
    },
    /// Others than the owner may read or write the file.
    #[error(
        "the key store {} has mode {mode:04o}, so others than its owner can reach it: run \
         `chmod 600 {}`, and consider its keys known if it has been so for long",
        path.display(),
        path.display()
    )]
    Exposed {
        /// The key store.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Others than the owner may replace files in the directory.
    #[error(
        "the directory {} has mode {mode:04o}, so others could put another key store in its place: \
         run `chmod 700 {}`",
        path.display(),
        path.display()
    )]
    DirectoryExposed {
        /// The directory.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file belongs to another user, who could read and change it.
    #[error(
        "the key store {} belongs to user {owner}, but this runs as user {me}: run `chown {me} {}`",
        path.display(),
        path.display()
    )]
    Foreign {
        /// The key store.
        path: PathBuf,
        /// Its owner.
        owner: u32,
        /// Who we are.
        me: u32,
    },
    /// Not a file: a directory, a device, a pipe.
    #[error("the key store {} is not a regular file: set TOKENONE_KEYSTORE to one", path.display())]
    NotAFile {
        /// What was found.
        path: PathBuf,
    },
    /// Empty, cut short, or not a key store.
    #[error(
        "the key store {} is damaged ({what}): restore it from its backup. Only if nothing was ever \
         stored with it, remove it and a new one is made at the next start",
        path.display()
    )]
    Damaged {
        /// The key store.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A key that nobody drew at random.
    #[error(
        "the key store {} holds a key that is not random ({what}): remove the file and start again, \
         and a random key is drawn; never write one by hand",
        path.display()
    )]
    Weak {
        /// The key store.
        path: PathBuf,
        /// What gave it away.
        what: &'static str,
    },
    /// The operating system refused.
    #[error("the key store {} cannot be {doing}: {cause}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// Why it failed.
        #[source]
        cause: std::io::Error,
    },
    /// The wrapped key was made with another key store.
    #[error(
        "the wrapped key was made with another key store than the present one: set TOKENONE_KEYSTORE \
         to the one this database was used with"
    )]
    OtherStore,
    /// The master version that wrapped it is gone.
    #[error(
        "the master key version {version} is not in the key store: restore a backup that has it"
    )]
    NoSuchVersion {
        /// Which version.
        version: u32,
    },
    /// The wrapped key was changed, or belongs elsewhere.
    #[error("the wrapped key does not unwrap: it was changed or moved")]
    Unwrap,
    /// The cipher or the key derivation refused its input.
    #[error("the key store's cipher refused its input")]
    Cipher,
    /// The operating system gave no random bytes.
    #[error(transparent)]
    Randomness(#[from] RandomnessUnavailable),
}

/// Whether a key store may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstRun {
    /// Make one when there is none: right only while nothing has been stored yet.
    Create,
    /// Refuse to start without it: right as soon as the database holds anything sealed.
    MustExist,
}
