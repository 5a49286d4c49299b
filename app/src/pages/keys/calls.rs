//! The key page's server functions.

use contract::keys::{KeyRow, MadeKey};
use domain::ids::{KeyId, ProjectId};

use crate::fault::UiFault;
#[cfg(feature = "ssr")]
use crate::server;
#[cfg(feature = "ssr")]
use contract::{fault::Fault, keys::NewKey};

/// The keys in reach, newest first.
#[leptos::server(prefix = "/do", endpoint = "keys/list")]
pub async fn list() -> Result<Vec<KeyRow>, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    server::answer(console.keys.list(&caller).await)
}

/// Makes a key and returns its secret, once. A form sent without a script would be answered with a
/// redirect and lose the secret, so it is refused before anything is made. Zero days means no expiry.
#[leptos::server(prefix = "/do", endpoint = "keys/create")]
pub async fn create(
    project_id: ProjectId,
    name: String,
    expires_in_days: u32,
) -> Result<MadeKey, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    if server::plain_form() {
        return server::answer(Err(Fault::Unavailable));
    }
    let expires_in_days = Some(expires_in_days).filter(|days| *days > 0);
    let new = NewKey { project_id, name: name.trim().to_owned(), expires_in_days };
    server::answer(console.keys.create(&caller, new).await)
}

/// Revokes a key for good. `confirmation` is its name.
#[leptos::server(prefix = "/do", endpoint = "keys/revoke")]
pub async fn revoke(id: KeyId, confirmation: String) -> Result<(), UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    server::answer(console.keys.revoke(&caller, id, confirmation).await)?;
    leptos_axum::redirect(crate::paths::KEYS);
    Ok(())
}
