//! The file key store: made once, kept private, and refused with a remedy when something is wrong.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use domain::clock::SystemClock;
use tempfile::TempDir;
use vault::{FileKeyStore, FirstRun, Key256, KeyStore, KeyStoreError};

/// A home with a data directory and a place for a key store beside it.
pub struct Home {
    _root: TempDir,
    pub data: PathBuf,
    pub path: PathBuf,
}

impl Home {
    pub fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let (data, path) = (root.path().join("data"), root.path().join("config/t/keystore.json"));
        fs::create_dir(&data).unwrap();
        Self { _root: root, data, path }
    }

    pub fn open(&self, first_run: FirstRun) -> Result<FileKeyStore, KeyStoreError> {
        FileKeyStore::open(&self.path, &self.data, first_run, Arc::new(SystemClock))
    }

    pub fn made() -> (Self, FileKeyStore) {
        let home = Self::new();
        let store = home.open(FirstRun::Create).unwrap();
        (home, store)
    }

    fn write(&self, text: &[u8]) {
        fs::create_dir_all(self.path.parent().unwrap()).unwrap();
        fs::set_permissions(self.path.parent().unwrap(), Permissions::from_mode(0o700)).unwrap();
        fs::write(&self.path, text).unwrap();
        fs::set_permissions(&self.path, Permissions::from_mode(0o600)).unwrap();
    }

    /// The message with which opening fails, which must name the file.
    fn refusal(&self, first_run: FirstRun) -> String {
        let said = self.open(first_run).err().unwrap().to_string();
        assert!(said.contains(self.path.parent().unwrap().to_str().unwrap()), "{said}");
        said
    }
}

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[tokio::test]
async fn a_first_run_makes_a_private_file_and_later_runs_use_it() {
    let (home, first) = Home::made();
    assert_eq!(mode(&home.path), 0o600);
    assert_eq!(mode(home.path.parent().unwrap()), 0o700);
    assert_eq!(fs::read_dir(home.path.parent().unwrap()).unwrap().count(), 1, "drafts stay behind");
    let key = Key256::generate().unwrap();
    let wrapped = first.wrap(b"place", &key).await.unwrap();
    let later = home.open(FirstRun::MustExist).unwrap();
    assert!(later.unwrap(b"place", &wrapped.bytes).await.unwrap() == key);
    assert_eq!(later.current_id().await.unwrap(), wrapped.master_id);
    assert!(first.derive("cookies").await.unwrap() == later.derive("cookies").await.unwrap());
}

#[test]
fn many_first_runs_at_once_agree_on_one_key_store() {
    let home = Home::new();
    let files: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    home.open(FirstRun::Create).unwrap();
                    fs::read(&home.path).unwrap()
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert!(files.iter().all(|file| *file == files[0]));
}

#[test]
fn d12_a_missing_key_store_is_refused_when_it_must_exist() {
    let home = Home::new();
    let said = home.refusal(FirstRun::MustExist);
    assert!(
        said.contains("does not exist") && said.contains("restore it from its backup"),
        "{said}"
    );
    assert!(said.contains(home.path.to_str().unwrap()));
    assert!(!home.path.exists(), "nothing was made");
}

#[test]
fn d12_a_key_store_among_the_data_is_refused() {
    let mut home = Home::new();
    home.path = home.data.join("keystore.json");
    let said = home.refusal(FirstRun::Create);
    assert!(
        said.contains("inside the data directory") && said.contains("TOKENONE_KEYSTORE"),
        "{said}"
    );
    assert!(!home.path.exists());
}

#[test]
fn d12_empty_and_damaged_files_are_refused_and_left_alone() {
    let (home, _store) = Home::made();
    let whole = fs::read(&home.path).unwrap();
    let half = &whole[..whole.len() / 2];
    let texts: [&[u8]; 7] = [b"", b" \n", &[0; 64], half, b"{}", b"default", b"changeme"];
    for text in texts {
        home.write(text);
        for first_run in [FirstRun::Create, FirstRun::MustExist] {
            let said = home.refusal(first_run);
            assert!(said.contains("is damaged") && said.contains("backup"), "{said}");
        }
        assert_eq!(fs::read(&home.path).unwrap(), text, "a damaged file is evidence");
    }
}

/// The key store's text with every key replaced by `key`, in base64.
fn with_key(home: &Home, name: &str, key: &[u8]) -> Vec<u8> {
    let text = fs::read(&home.path).unwrap();
    let mut json: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let encoded = data_encoding::BASE64.encode(key).into();
    match name {
        "derivation" => json["derivation"] = encoded,
        _ => json["masters"][0]["key"] = encoded,
    }
    serde_json::to_vec(&json).unwrap()
}

#[test]
fn d12_zero_typed_and_short_keys_are_refused() {
    for name in ["derivation", "master"] {
        for (key, expected) in [
            (&[0; 32][..], "all zeros"),
            (&[0x41; 32], "one byte repeated"),
            (b"insecure-default-key-change-me!!", "text"),
            (&[0x5A, 0xA5], "32 bytes"),
            (b"", "32 bytes"),
        ] {
            let (home, _store) = Home::made();
            home.write(&with_key(&home, name, key));
            let said = home.refusal(FirstRun::MustExist);
            assert!(said.contains(expected), "{name}: {said}");
        }
    }
}

#[test]
fn d12_exposed_files_and_directories_are_refused() {
    let (home, _store) = Home::made();
    for open in [0o640, 0o604, 0o660, 0o666, 0o644] {
        fs::set_permissions(&home.path, Permissions::from_mode(open)).unwrap();
        let said = home.refusal(FirstRun::MustExist);
        assert!(said.contains("chmod 600") && said.contains(&format!("{open:04o}")), "{said}");
    }
    fs::set_permissions(&home.path, Permissions::from_mode(0o400)).unwrap();
    home.open(FirstRun::MustExist).unwrap();
    let directory = home.path.parent().unwrap();
    fs::set_permissions(directory, Permissions::from_mode(0o777)).unwrap();
    let said = home.refusal(FirstRun::MustExist);
    assert!(said.contains("chmod 700"), "{said}");
}

#[test]
fn d12_a_directory_in_place_of_the_file_is_refused() {
    let home = Home::new();
    fs::create_dir_all(&home.path).unwrap();
    assert!(home.refusal(FirstRun::Create).contains("not a regular file"));
}

#[tokio::test]
async fn a_rotation_wraps_anew_and_still_unwraps_the_old() {
    let (home, store) = Home::made();
    let neighbour = home.open(FirstRun::MustExist).unwrap();
    let key = Key256::generate().unwrap();
    let (old, derived) = (store.wrap(b"p", &key).await.unwrap(), store.derive("x").await.unwrap());
    let id = store.rotate().await.unwrap();
    assert!(id != old.master_id && id == store.current_id().await.unwrap());
    assert_eq!(mode(&home.path), 0o600);
    let new = store.wrap(b"p", &key).await.unwrap();
    assert_eq!(new.master_id, id);
    for wrapped in [&old, &new] {
        // The other process learns of the new version when it first meets it.
        assert!(neighbour.unwrap(b"p", &wrapped.bytes).await.unwrap() == key);
    }
    assert!(store.derive("x").await.unwrap() == derived, "derived secrets outlive a rotation");
    assert_eq!(neighbour.health().await.unwrap().versions, 2);
}

#[tokio::test]
async fn a_wrapped_key_opens_at_its_place_only() {
    let (_home, store) = Home::made();
    let wrapped = store.wrap(b"here", &Key256::generate().unwrap()).await.unwrap().bytes;
    assert!(matches!(store.unwrap(b"there", &wrapped).await, Err(KeyStoreError::Unwrap)));
    for at in 0..wrapped.len() {
        let mut changed = wrapped.clone();
        changed[at] ^= 1;
        assert!(store.unwrap(b"here", &changed).await.is_err(), "byte {at}");
        assert!(store.unwrap(b"here", &wrapped[..at]).await.is_err(), "cut at {at}");
    }
}

#[tokio::test]
async fn another_key_store_says_that_it_is_another() {
    let ((_a, ours), (_b, theirs)) = (Home::made(), Home::made());
    let wrapped = ours.wrap(b"p", &Key256::generate().unwrap()).await.unwrap();
    let refused = theirs.unwrap(b"p", &wrapped.bytes).await.unwrap_err();
    assert!(matches!(refused, KeyStoreError::OtherStore), "{refused}");
}

#[tokio::test]
async fn each_purpose_has_its_own_secret() {
    let (_home, store) = Home::made();
    let (one, two) = (store.derive("tenant-context").await, store.derive("cookies").await);
    assert!(one.unwrap() != two.unwrap());
}

#[tokio::test]
async fn health_sees_a_file_that_went_away() {
    let (home, store) = Home::made();
    assert_eq!(store.health().await.unwrap().versions, 1);
    fs::remove_file(&home.path).unwrap();
    assert!(matches!(store.health().await, Err(KeyStoreError::Missing { .. })));
}
