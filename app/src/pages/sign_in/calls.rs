//! Signing in: the one server function that anybody may call.

use crate::fault::UiFault;
#[cfg(feature = "ssr")]
use crate::{paths, server};

/// Proves an address and a password, begins a session, and goes on to `next`.
#[leptos::server(prefix = "/do", endpoint = "access/sign_in")]
pub async fn sign_in(
    email: String,
    password: String,
    #[server(default)] next: String,
) -> Result<(), UiFault> {
    let (console, visitor, session) = (server::console()?, server::visitor()?, server::session()?);
    let signed_in = console.access.sign_in(&visitor, email, password.into()).await;
    let signed_in = server::answer(signed_in)?;
    let seated = signed_in.tenant_id.is_some();
    server::answer(session.start(signed_in).await)?;
    let next = paths::safe_next(Some(&next));
    let start = if seated { paths::ACTIVITY } else { paths::TENANTS };
    leptos_axum::redirect(if next == paths::HOME { start } else { &next });
    Ok(())
}

/// Whether the first run is still to come: then there is nobody who could sign in.
#[leptos::server(prefix = "/do", endpoint = "access/first_run_open")]
pub async fn first_run_open() -> Result<bool, UiFault> {
    let (console, _visitor) = (server::console()?, server::visitor()?);
    server::answer(console.access.first_run_open().await)
}
