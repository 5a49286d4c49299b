//! The first start: a cluster and the superuser's password.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::process::Command;

use crate::account::Account;
use crate::address::SUPERUSER;
use crate::binaries::major_version;
use crate::configuration::{self, Durability};
use crate::error::Context as _;
use crate::files::{read_if_there, write_private};
use crate::layout::{Layout, private_folder, remove_folder};
use crate::{Error, pidfile};

/// 256 bits, more than any guess over loopback will reach.
const PASSWORD_BYTES: usize = 32;

/// Older log files are removed at the next start.
const LOG_FILES_KEPT: usize = 5;

/// Makes the cluster when there is none, and returns the superuser's password.
///
/// A cluster becomes visible under its name only when it is complete: an `initdb` that was killed
/// half-way is started over.
pub(crate) async fn ensure(
    layout: &Layout,
    bin_dir: &Path,
    account: Account,
    durability: Durability,
) -> Result<SecretString, Error> {
    let cluster = layout.cluster();
    private_folder(&layout.log(), account)?;
    if cluster.exists() {
        check_version(&cluster, bin_dir).await?;
        return password(layout);
    }
    let secret = match read_if_there(&layout.password())? {
        Some(text) => SecretString::from(text.trim()),
        None => new_password(layout)?,
    };
    let unfinished = layout.unfinished_cluster();
    remove_folder(&unfinished)?;
    private_folder(&unfinished, account)?;
    initialise(layout, bin_dir, account, durability, &secret).await?;
    let main = unfinished.join("postgresql.conf");
    OpenOptions::new()
        .append(true)
        .open(&main)
        .and_then(|mut file| writeln!(file, "include '{}'", configuration::FILE))
        .context("write", &main)?;
    fs::rename(&unfinished, &cluster).context("create", &cluster)?;
    Ok(secret)
}

/// The superuser's password of an existing cluster.
pub(crate) fn password(layout: &Layout) -> Result<SecretString, Error> {
    let path = layout.password();
    let text = read_if_there(&path)?.ok_or(Error::NoPassword(path))?;
    Ok(SecretString::from(text.trim()))
}

/// Removes all log files but the newest few.
pub(crate) fn prune_logs(layout: &Layout) -> Result<(), Error> {
    let mut files = log_files(layout)?;
    files.truncate(files.len().saturating_sub(LOG_FILES_KEPT));
    for file in files {
        fs::remove_file(&file).context("remove", &file)?;
    }
    Ok(())
}

/// The log files, oldest first: their names carry the time.
pub(crate) fn log_files(layout: &Layout) -> Result<Vec<PathBuf>, Error> {
    let folder = layout.log();
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).context("read", &folder)? {
        let path = entry.context("read", &folder)?.path();
        if path.extension().is_some_and(|extension| extension == "log") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn new_password(layout: &Layout) -> Result<SecretString, Error> {
    let mut bytes = [0_u8; PASSWORD_BYTES];
    getrandom::fill(&mut bytes).map_err(Error::Randomness)?;
    let secret = SecretString::from(data_encoding::BASE64URL_NOPAD.encode(&bytes));
    let text = secret.expose_secret().as_bytes();
    write_private(&layout.home, &layout.password(), text, None)?;
    Ok(secret)
}

async fn initialise(
    layout: &Layout,
    bin_dir: &Path,
    account: Account,
    durability: Durability,
    secret: &SecretString,
) -> Result<(), Error> {
    // The password goes by file: an argument would be visible to every user of the machine.
    let password_file = layout.home.join("initdb.password");
    let text = secret.expose_secret().as_bytes();
    write_private(&layout.home, &password_file, text, Some(account))?;
    let mut command = Command::new(bin_dir.join("initdb"));
    command
        .arg("--pgdata")
        .arg(layout.unfinished_cluster())
        .arg("--pwfile")
        .arg(&password_file)
        .args(["--username", SUPERUSER, "--auth", "scram-sha-256"])
        // PostgreSQL's own C.UTF-8: the same order on every machine, whatever its C library.
        .args(["--encoding", "UTF8", "--locale", "C"])
        .args(["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"])
        .args(["--data-checksums", "--no-instructions"])
        .current_dir(&layout.home)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    if durability == Durability::None {
        command.arg("--no-sync");
    }
    clear_environment(&mut command);
    account.apply(&mut command);
    let output = command.output().await.context("run", &bin_dir.join("initdb"));
    fs::remove_file(&password_file).context("remove", &password_file)?;
    let output = output?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::Failed {
        program: "initdb",
        output: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}

/// The server must see neither our secrets nor somebody's `PGDATA`.
pub(crate) fn clear_environment(command: &mut Command) {
    command
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("LC_ALL", "C")
        .env("TZ", "UTC");
}

async fn check_version(cluster: &Path, bin_dir: &Path) -> Result<(), Error> {
    let path = cluster.join("PG_VERSION");
    let found = fs::read_to_string(&path).context("read", &path)?;
    let found = found.trim();
    let expected = major_version(bin_dir).await?;
    if found == expected {
        return Ok(());
    }
    Err(Error::Version { path: cluster.to_owned(), found: found.to_owned(), expected })
}

/// Removes a `postmaster.pid` whose number now belongs to an unrelated process, which the server
/// would take for a rival. It still refuses by itself while orphans of the old server use its memory.
pub(crate) fn remove_stale_pidfile(cluster: &Path) -> Result<(), Error> {
    let path = cluster.join(pidfile::NAME);
    if path.exists() {
        fs::remove_file(&path).context("remove", &path)?;
    }
    Ok(())
}
