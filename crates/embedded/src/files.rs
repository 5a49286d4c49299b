//! Files whose mode matters, and copies of the binaries.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use crate::Error;
use crate::account::Account;
use crate::error::Context as _;
use crate::layout::{Layout, remove_folder};

/// Writes `content` to `path` with mode 0600 so that a reader sees the old file or the new one.
///
/// The file is made in `scratch`, which only we may write to, and moved into place: a link planted
/// in a folder that belongs to the server's user is replaced, not followed.
pub(crate) fn write_private(
    scratch: &Path,
    path: &Path,
    content: &[u8],
    owner: Option<Account>,
) -> Result<(), Error> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = scratch.join(format!(".{name}.{}", std::process::id()));
    let written = (|| {
        let mut file = create_private(&temporary)?;
        file.write_all(content).context("write", &temporary)?;
        file.sync_all().context("write", &temporary)?;
        if let Some(account) = owner {
            account.own(&temporary)?;
        }
        fs::rename(&temporary, path).context("write", path)
    })();
    if written.is_err() {
        // What could not be moved into place is of no use; failing to remove it changes nothing.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Opens a file of our own for writing, mode 0600, emptied.
pub(crate) fn create_private(path: &Path) -> Result<File, Error> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .context("create", path)
}

/// The file's text, or `None` when there is no such file.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context("read", path),
    }
}

/// A folder of binaries that `account` can run: `bin_dir`, or a copy of the installation in the
/// data folder when it lies behind a closed door, such as a clone in root's home.
pub(crate) fn runnable(
    bin_dir: &Path,
    layout: &Layout,
    account: Account,
) -> Result<PathBuf, Error> {
    let bin_dir = bin_dir.canonicalize().context("open", bin_dir)?;
    if account.can_run(&bin_dir)? {
        return Ok(bin_dir);
    }
    let native = layout.native();
    let origin = origin(&bin_dir)?;
    let mark = native.join("origin");
    if read_if_there(&mark)?.as_deref() != Some(origin.as_str()) {
        let unfinished = layout.home.join("native.unfinished");
        remove_folder(&unfinished)?;
        copy_open(bin_dir.parent().unwrap_or(&bin_dir), &unfinished)?;
        fs::write(unfinished.join("origin"), &origin).context("write", &mark)?;
        remove_folder(&native)?;
        fs::rename(&unfinished, &native).context("create", &native)?;
    }
    Ok(native.join("bin"))
}

/// Tells one installation from another, without reading 60 MB.
fn origin(bin_dir: &Path) -> Result<String, Error> {
    let server = bin_dir.join("postgres");
    let metadata = fs::metadata(&server).context("look at", &server)?;
    Ok(format!(
        "{}\n{} bytes\n{}.{:09}\n",
        server.display(),
        metadata.len(),
        metadata.mtime(),
        metadata.mtime_nsec()
    ))
}

/// Copies a folder so that everybody may read it. Links stay links: they point inside the folder.
fn copy_open(from: &Path, to: &Path) -> Result<(), Error> {
    fs::create_dir(to).context("create", to)?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o755)).context("open up", to)?;
    for entry in fs::read_dir(from).context("read", from)? {
        let entry = entry.context("read", from)?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().context("look at", &source)?;
        if kind.is_dir() {
            copy_open(&source, &target)?;
        } else if kind.is_symlink() {
            let pointed = fs::read_link(&source).context("read", &source)?;
            symlink(pointed, &target).context("create", &target)?;
        } else {
            fs::copy(&source, &target).context("copy", &source)?;
            let mode = fs::metadata(&source).context("look at", &source)?.mode();
            let open = if mode & 0o100 == 0 { 0o644 } else { 0o755 };
            fs::set_permissions(&target, fs::Permissions::from_mode(open))
                .context("open up", &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_planted_link_is_replaced_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let victim = folder.path().join("victim");
        fs::write(&victim, "precious").unwrap();
        let path = folder.path().join("settings");
        symlink(&victim, &path).unwrap();
        write_private(folder.path(), &path, b"new", None).unwrap();
        assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_copy_of_a_closed_folder_is_open_and_keeps_links() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("from");
        fs::create_dir(&from).unwrap();
        fs::write(from.join("tool"), "x").unwrap();
        fs::set_permissions(from.join("tool"), fs::Permissions::from_mode(0o700)).unwrap();
        symlink("tool", from.join("alias")).unwrap();
        let to = folder.path().join("to");
        copy_open(&from, &to).unwrap();
        assert_eq!(fs::metadata(to.join("tool")).unwrap().mode() & 0o777, 0o755);
        assert_eq!(fs::read_link(to.join("alias")).unwrap(), Path::new("tool"));
    }
}
