//! `demo.json`: the address, people with their passwords, and keys.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::DemoError;

/// What it takes to use the demo estate. Not for an estate with real data.
#[derive(Clone, Serialize, Deserialize)]
pub struct Credentials {
    /// The address, without `/v1`.
    pub base_url: String,
    /// The people.
    pub users: Vec<User>,
    /// The keys.
    pub api_keys: Vec<Key>,
}

/// A person of the demo.
#[derive(Clone, Serialize, Deserialize)]
pub struct User {
    /// E-mail address.
    pub email: String,
    /// Password.
    pub password: String,
    /// Role, as in `domain::role`.
    pub role: String,
    /// The tenant's name; none for the platform admin.
    pub tenant: Option<String>,
}

/// A key of the demo.
#[derive(Clone, Serialize, Deserialize)]
pub struct Key {
    /// The tenant's name.
    pub tenant: String,
    /// The project's name.
    pub project: String,
    /// The key's name.
    pub name: String,
    /// The key.
    pub key: String,
    /// The models it may ask for.
    pub aliases: Vec<String>,
}

const FILE: &str = "demo.json";

impl Credentials {
    /// Reads the file of an earlier start, and brings its address up to date.
    pub(super) fn read(folder: &Path, base_url: &str) -> Result<Option<Self>, DemoError> {
        let text = match std::fs::read_to_string(folder.join(FILE)) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut credentials: Self = serde_json::from_str(&text)?;
        if credentials.base_url != base_url {
            base_url.clone_into(&mut credentials.base_url);
            credentials.write(folder)?;
        }
        Ok(Some(credentials))
    }

    /// Writes the file, whole or not at all, for its owner only.
    pub(super) fn write(&self, folder: &Path) -> Result<(), DemoError> {
        let (path, fresh) = (folder.join(FILE), folder.join(".demo.json.new"));
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&fresh)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        std::fs::rename(fresh, path)?;
        Ok(())
    }

    /// The lines to print at a start.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let people = self.users.iter().map(|user| {
            let tenant = user.tenant.as_deref().unwrap_or("the platform");
            format!("{:<14} {:<28} {}  ({tenant})", user.role, user.email, user.password)
        });
        let keys = self
            .api_keys
            .iter()
            .map(|key| format!("{:<14} {}  ({}, {})", "api key", key.key, key.tenant, key.project));
        people.chain(keys)
    }
}
