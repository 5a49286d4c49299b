//! Where a key store may lie, and who may reach it.

use std::fs::{DirBuilder, File, Metadata};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};

use crate::keystore::KeyStoreError;

/// Permission bits that let others than the owner in.
const OTHERS: u32 = 0o077;
/// Permission bits of a directory that let others than the owner replace files.
const OTHERS_WRITE: u32 = 0o022;

/// Where the key store lies unless the configuration says otherwise: `$TOKENONE_KEYSTORE`, else
/// `$XDG_CONFIG_HOME/tokenone/keystore.json`, else `$HOME/.config/tokenone/keystore.json`.
///
/// The values are parameters; empty ones count as absent, as the XDG base directory specification
/// asks, and a relative `XDG_CONFIG_HOME` is ignored for the same reason.
///
/// # Errors
/// When nothing names a place, or `TOKENONE_KEYSTORE` is relative.
pub fn default_location(
    tokenone_keystore: Option<&Path>,
    xdg_config_home: Option<&Path>,
    home: Option<&Path>,
) -> Result<PathBuf, KeyStoreError> {
    let named = |path: Option<&Path>| -> Option<PathBuf> {
        path.filter(|path| !path.as_os_str().is_empty()).map(Path::to_path_buf)
    };
    if let Some(path) = named(tokenone_keystore) {
        return if path.is_absolute() { Ok(path) } else { Err(KeyStoreError::Relative { path }) };
    }
    let config = named(xdg_config_home)
        .filter(|path| path.is_absolute())
        .or_else(|| named(home).filter(|path| path.is_absolute()).map(|home| home.join(".config")));
    match config {
        Some(config) => Ok(config.join("tokenone").join("keystore.json")),
        None => Err(KeyStoreError::NoPlace),
    }
}

/// Refuses a key store inside the data directory, through links and `..` as well: whoever copies the
/// data must not have its key by that.
///
/// # Errors
/// [`KeyStoreError::InsideData`], [`KeyStoreError::Relative`], or when a link cannot be followed.
pub fn ensure_outside(keystore: &Path, data_dir: &Path) -> Result<(), KeyStoreError> {
    if !keystore.is_absolute() {
        return Err(KeyStoreError::Relative { path: keystore.to_path_buf() });
    }
    let (path, data) = (real(keystore)?, real(data_dir)?);
    if path.starts_with(&data) { Err(KeyStoreError::InsideData { path, data }) } else { Ok(()) }
}

/// Makes the key store's directory for its owner alone, or checks the one that is there.
pub(super) fn prepare_directory(path: &Path) -> Result<PathBuf, KeyStoreError> {
    let directory = path.parent().unwrap_or(Path::new("/")).to_path_buf();
    DirBuilder::new().recursive(true).mode(0o700).create(&directory).map_err(|cause| {
        KeyStoreError::Io { path: directory.clone(), doing: "given a directory", cause }
    })?;
    check_directory(path)?;
    Ok(directory)
}

/// Refuses a directory in which others could replace the key store.
pub(super) fn check_directory(path: &Path) -> Result<(), KeyStoreError> {
    let directory = path.parent().unwrap_or(Path::new("/")).to_path_buf();
    let found = std::fs::metadata(&directory).map_err(|cause| KeyStoreError::Io {
        path: directory.clone(),
        doing: "found",
        cause,
    })?;
    let mode = found.permissions().mode() & 0o7777;
    if mode & OTHERS_WRITE != 0 {
        return Err(KeyStoreError::DirectoryExposed { path: directory, mode });
    }
    Ok(())
}

/// Refuses an open file that others than its owner can reach, or that another user owns. Looks at the
/// open file and not at its name, which could be another file a moment later.
pub(super) fn check_file(path: &Path, file: &File) -> Result<Metadata, KeyStoreError> {
    let found = file.metadata().map_err(|cause| KeyStoreError::Io {
        path: path.to_path_buf(),
        doing: "examined",
        cause,
    })?;
    if !found.is_file() {
        return Err(KeyStoreError::NotAFile { path: path.to_path_buf() });
    }
    let mode = found.permissions().mode() & 0o7777;
    if mode & OTHERS != 0 {
        return Err(KeyStoreError::Exposed { path: path.to_path_buf(), mode });
    }
    // Root may always read and write, so a file of root's exposes nothing further.
    let (owner, me) = (found.uid(), rustix::process::geteuid().as_raw());
    if owner != me && owner != 0 {
        return Err(KeyStoreError::Foreign { path: path.to_path_buf(), owner, me });
    }
    Ok(found)
}

/// The path with its links followed as far as it exists, and the rest taken literally.
fn real(path: &Path) -> Result<PathBuf, KeyStoreError> {
    let absolute = std::path::absolute(path).map_err(|cause| KeyStoreError::Io {
        path: path.to_path_buf(),
        doing: "located",
        cause,
    })?;
    let mut real = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::ParentDir => {
                real.pop();
            }
            part => real.push(part),
        }
        // Following a link at each step is what makes the `..` after it mean what the system means.
        match std::fs::canonicalize(&real) {
            Ok(followed) => real = followed,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {}
            Err(cause) => {
                return Err(KeyStoreError::Io { path: real, doing: "located", cause });
            }
        }
    }
    Ok(real)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<&Path> {
        Some(Path::new(text))
    }

    #[test]
    fn the_default_place_is_under_the_users_configuration() {
        let place = |store, xdg, home| default_location(store, xdg, home).unwrap();
        assert_eq!(place(at("/k/s.json"), at("/x"), at("/h")), Path::new("/k/s.json"));
        assert_eq!(place(None, at("/x"), at("/h")), Path::new("/x/tokenone/keystore.json"));
        let home = Path::new("/h/.config/tokenone/keystore.json");
        assert_eq!(place(None, None, at("/h")), home);
        assert_eq!(place(at(""), at(""), at("/h")), home);
        assert_eq!(place(None, at("relative"), at("/h")), home);
    }

    #[test]
    fn d12_no_place_and_a_relative_place_are_refused() {
        assert!(matches!(default_location(None, None, None), Err(KeyStoreError::NoPlace)));
        let relative = default_location(at("keystore.json"), None, at("/h"));
        assert!(matches!(relative, Err(KeyStoreError::Relative { .. })));
    }

    #[test]
    fn a_key_store_among_the_data_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let data = home.path().join("data");
        std::fs::create_dir(&data).unwrap();
        std::os::unix::fs::symlink(&data, home.path().join("link")).unwrap();
        let inside = ["data/k.json", "data/deep/er/k.json", "link/k.json", "x/../data/k.json"];
        for path in inside {
            let refused = ensure_outside(&home.path().join(path), &data);
            assert!(matches!(refused, Err(KeyStoreError::InsideData { .. })), "{path}");
        }
        for path in ["k.json", "data2/k.json", "data/../k.json", "link/../k.json"] {
            ensure_outside(&home.path().join(path), &data).unwrap();
        }
    }
}
