//! The master key in a file: the key store of an installation on one machine.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use aes_gcm_siv::Aes256GcmSiv;
use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use async_trait::async_trait;
use data_encoding::HEXLOWER;
use domain::clock::Clock;
use hkdf::Hkdf;
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::key::{KEY_BYTES, Key256, fill};
use crate::keystore::format::{Contents, FILE_BYTES_MAX, Flaw};
use crate::keystore::place::{check_directory, check_file, ensure_outside, prepare_directory};
use crate::keystore::{FirstRun, Health, KeyStore, KeyStoreError, WrappedKey};

/// First byte of a wrapped key: `1 | store id 16 | master version u32 BE | nonce 12 | key 32 | tag 16`.
const WRAP_VERSION: u8 = 1;
const NONCE_BYTES: usize = 12;

/// Master keys in one JSON file, which its owner alone may read.
///
/// The file is read once and again when another process has rotated it. Calls block for the length of
/// a small file operation at most, and only at start, at a rotation and on [`KeyStore::health`].
pub struct FileKeyStore {
    path: PathBuf,
    clock: Arc<dyn Clock>,
    contents: RwLock<Arc<Contents>>,
    /// One rotation at a time.
    rotating: Mutex<()>,
}

impl FileKeyStore {
    /// Opens the key store at `path`, which must lie outside `data_dir`; makes it on a first run.
    ///
    /// # Errors
    /// With a remedy in each message: see [`KeyStoreError`].
    pub fn open(
        path: &Path,
        data_dir: &Path,
        first_run: FirstRun,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, KeyStoreError> {
        ensure_outside(path, data_dir)?;
        let contents = match (read(path), first_run) {
            (Err(KeyStoreError::Missing { .. }), FirstRun::Create) => {
                create(path, &Contents::generate(clock.now())?)?;
                // Read back: proves the file, and takes another process's if that was faster.
                read(path)?
            }
            (found, _) => found?,
        };
        Ok(Self {
            path: path.to_path_buf(),
            clock,
            contents: RwLock::new(Arc::new(contents)),
            rotating: Mutex::new(()),
        })
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn contents(&self) -> Arc<Contents> {
        Arc::clone(&self.contents.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the file again, and refuses one that is not a later state of the same key store.
    fn refresh(&self) -> Result<Arc<Contents>, KeyStoreError> {
        let fresh = Arc::new(read(&self.path)?);
        if fresh.id != self.contents().id {
            return Err(KeyStoreError::OtherStore);
        }
        *self.contents.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&fresh);
        Ok(fresh)
    }
}

#[async_trait]
impl KeyStore for FileKeyStore {
    async fn wrap(&self, aad: &[u8], key: &Key256) -> Result<WrappedKey, KeyStoreError> {
        let contents = self.contents();
        let version = contents.current;
        let master = contents.master(version).ok_or(KeyStoreError::NoSuchVersion { version })?;
        let mut nonce = [0; NONCE_BYTES];
        fill(&mut nonce)?;
        let sealed = Aes256GcmSiv::new(master.expose().into())
            .encrypt((&nonce).into(), Payload { msg: key.expose(), aad })
            .map_err(|_| KeyStoreError::Cipher)?;
        let bytes = [
            [WRAP_VERSION].as_slice(),
            contents.id.as_bytes(),
            &version.to_be_bytes(),
            &nonce,
            &sealed,
        ]
        .concat();
        Ok(WrappedKey { master_id: master_id(contents.id, version), bytes })
    }

    async fn unwrap(&self, aad: &[u8], wrapped: &[u8]) -> Result<Key256, KeyStoreError> {
        let wrapped = Wrapped::parse(wrapped).ok_or(KeyStoreError::Unwrap)?;
        let mut contents = self.contents();
        if wrapped.store != contents.id {
            return Err(KeyStoreError::OtherStore);
        }
        let version = wrapped.version;
        if contents.master(version).is_none() {
            contents = self.refresh()?;
        }
        let master = contents.master(version).ok_or(KeyStoreError::NoSuchVersion { version })?;
        let key = Aes256GcmSiv::new(master.expose().into())
            .decrypt(wrapped.nonce.into(), Payload { msg: wrapped.sealed, aad })
            .map(Zeroizing::new)
            .map_err(|_| KeyStoreError::Unwrap)?;
        Key256::from_slice(&key).ok_or(KeyStoreError::Unwrap)
    }

    async fn current_id(&self) -> Result<String, KeyStoreError> {
        let contents = self.contents();
        Ok(master_id(contents.id, contents.current))
    }

    async fn rotate(&self) -> Result<String, KeyStoreError> {
        let _one = self.rotating.lock().unwrap_or_else(PoisonError::into_inner);
        let rotated = self.refresh()?.rotated(self.clock.now())?;
        replace(&self.path, &rotated)?;
        let fresh = self.refresh()?;
        Ok(master_id(fresh.id, fresh.current))
    }

    async fn derive(&self, purpose: &str) -> Result<Key256, KeyStoreError> {
        let contents = self.contents();
        let hkdf = Hkdf::<Sha256>::new(Some(b"tokenone/v1/derive"), contents.derivation.expose());
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        hkdf.expand(purpose.as_bytes(), key.as_mut_slice()).map_err(|_| KeyStoreError::Cipher)?;
        Ok(Key256::from_bytes(&mut key))
    }

    async fn health(&self) -> Result<Health, KeyStoreError> {
        let contents = self.refresh()?;
        Ok(Health {
            master_id: master_id(contents.id, contents.current),
            versions: contents.masters.len(),
        })
    }
}

/// A wrapped key, taken apart.
struct Wrapped<'a> {
    store: Uuid,
    version: u32,
    nonce: &'a [u8; NONCE_BYTES],
    sealed: &'a [u8],
}

impl<'a> Wrapped<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (&WRAP_VERSION, rest) = bytes.split_first()? else { return None };
        let (store, rest) = rest.split_first_chunk::<16>()?;
        let (version, rest) = rest.split_first_chunk::<4>()?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let store = Uuid::from_bytes(*store);
        Some(Self { store, version: u32::from_be_bytes(*version), nonce, sealed })
    }
}

fn master_id(store: Uuid, version: u32) -> String {
    format!("file:{store}:{version}")
}

fn read(path: &Path) -> Result<Contents, KeyStoreError> {
    let io = |doing, cause| KeyStoreError::Io { path: path.to_path_buf(), doing, cause };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(cause) if cause.kind() == ErrorKind::NotFound => {
            return Err(KeyStoreError::Missing { path: path.to_path_buf() });
        }
        Err(cause) => return Err(io("opened", cause)),
    };
    let found = check_file(path, &file)?;
    check_directory(path)?;
    if found.len() > FILE_BYTES_MAX {
        let what = "it is larger than any key store";
        return Err(KeyStoreError::Damaged { path: path.to_path_buf(), what });
    }
    let mut text = Zeroizing::new(Vec::with_capacity(found.len() as usize + 1));
    file.take(FILE_BYTES_MAX).read_to_end(&mut text).map_err(|cause| io("read", cause))?;
    Contents::read(&text).map_err(|flaw| match flaw {
        Flaw::Damaged(what) => KeyStoreError::Damaged { path: path.to_path_buf(), what },
        Flaw::Weak(what) => KeyStoreError::Weak { path: path.to_path_buf(), what },
    })
}

/// Puts a new key store at `path`, whole or not at all, and never over one that is there.
fn create(path: &Path, contents: &Contents) -> Result<(), KeyStoreError> {
    let directory = prepare_directory(path)?;
    let draft = write_draft(&directory, contents)?;
    // A link fails when the name is taken, which a rename does not.
    let linked = std::fs::hard_link(&draft, path);
    let cleared = std::fs::remove_file(&draft);
    match linked {
        // Another process has just made one: that one is used.
        Err(cause) if cause.kind() == ErrorKind::AlreadyExists => {}
        Err(cause) => {
            return Err(KeyStoreError::Io { path: path.to_path_buf(), doing: "created", cause });
        }
        Ok(()) => {}
    }
    cleared.map_err(|cause| KeyStoreError::Io { path: draft, doing: "cleared away", cause })?;
    sync_directory(&directory)
}

/// Replaces the key store in one step: a crash leaves the old one or the new one.
fn replace(path: &Path, contents: &Contents) -> Result<(), KeyStoreError> {
    let directory = prepare_directory(path)?;
    let draft = write_draft(&directory, contents)?;
    std::fs::rename(&draft, path).map_err(|cause| {
        // The draft holds keys: it must not stay behind. The first failure is the one to report.
        let _ = std::fs::remove_file(&draft);
        KeyStoreError::Io { path: path.to_path_buf(), doing: "replaced", cause }
    })?;
    sync_directory(&directory)
}

/// Writes a file beside the final one, opened with `O_EXCL` and mode 0600, and forces it to disk.
fn write_draft(directory: &Path, contents: &Contents) -> Result<PathBuf, KeyStoreError> {
    let mut name = [0; 8];
    fill(&mut name)?;
    let draft = directory.join(format!(".keystore-{}.draft", HEXLOWER.encode(&name)));
    let io = |cause| KeyStoreError::Io { path: draft.clone(), doing: "written", cause };
    let text = contents.text().map_err(|cause| io(cause.into()))?;
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft);
    let mut file = file.map_err(io)?;
    if let Err(cause) = file.write_all(&text).and_then(|()| file.sync_all()) {
        // As above: half a key is still a secret, and the first failure is the one to report.
        let _ = std::fs::remove_file(&draft);
        return Err(io(cause));
    }
    Ok(draft)
}

fn sync_directory(directory: &Path) -> Result<(), KeyStoreError> {
    File::open(directory).and_then(|directory| directory.sync_all()).map_err(|cause| {
        KeyStoreError::Io { path: directory.to_path_buf(), doing: "forced to disk", cause }
    })
}
