//! The demo estate: made at the first start, so that people and scripts can begin at once.
//!
//! A platform admin; two tenants with two projects each; an administrator, a member and an auditor in
//! each; one key per project; and about a hundred varied calls through the real path, answered by the
//! simulator and marked as such. What is needed to use it is in `demo.json`, readable by its owner only.

mod calls;
mod credentials;
mod people;

use std::path::Path;

use axum::Router;
use chrono::{DateTime, Utc};
use data_encoding::BASE32_NOPAD;
use secrecy::SecretString;
use store::{Store, StoreError};

pub use credentials::Credentials;

use crate::secrets::Secrets;

/// Bytes of chance in the first-run token.
const TOKEN_BYTES: usize = 20;

/// What the estate is made of.
pub struct Estate<'a> {
    /// Where it is kept.
    pub store: &'a Store,
    /// For the keys' hashes.
    pub secrets: &'a Secrets,
    /// The doors, through which the calls go.
    pub router: Router,
    /// The address to tell.
    pub base_url: &'a str,
    /// The data directory.
    pub folder: &'a Path,
    /// The present moment.
    pub now: DateTime<Utc>,
}

/// Why it could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The database does not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// `demo.json` cannot be read or written.
    #[error("demo.json: {0}")]
    File(#[from] std::io::Error),
    /// `demo.json` is not what we wrote.
    #[error("demo.json: {0}")]
    Form(#[from] serde_json::Error),
    /// A password cannot be hashed.
    #[error(transparent)]
    Password(#[from] identity::password::PasswordError),
    /// The operating system gave no random bytes.
    #[error("no random bytes: {0}")]
    Randomness(#[from] getrandom::Error),
    /// The operating system gave no random bytes for a key.
    #[error(transparent)]
    Key(#[from] identity::api_key::RandomnessUnavailable),
}

/// Makes the estate where there is no account yet; gives the credentials where they are known.
///
/// # Errors
/// [`DemoError`] where something could not be kept.
pub async fn ensure(estate: Estate<'_>) -> Result<Option<Credentials>, DemoError> {
    let empty = {
        let mut tx = estate.store.system(store::Reason::Demo).await?;
        !tx.any_account().await?
    };
    if !empty {
        return Credentials::read(estate.folder, estate.base_url);
    }
    let Some(credentials) = people::make(&estate).await? else { return Ok(None) };
    calls::make(estate.router, &credentials).await;
    Ok(Some(credentials))
}

/// A one-time token for the first run.
///
/// # Errors
/// Where the operating system gives no random bytes.
pub fn token() -> Result<SecretString, DemoError> {
    Ok(SecretString::from(random(TOKEN_BYTES)?))
}

fn random(bytes: usize) -> Result<String, DemoError> {
    let mut chance = vec![0_u8; bytes];
    getrandom::fill(&mut chance)?;
    let text = BASE32_NOPAD.encode(&chance).to_lowercase();
    let groups: Vec<&str> =
        (0..text.len()).step_by(5).map(|at| &text[at..text.len().min(at + 5)]).collect();
    Ok(groups.join("-"))
}
