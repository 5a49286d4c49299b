//! The first run.

use crate::fault::UiFault;
#[cfg(feature = "ssr")]
use crate::{paths, server};

/// Creates the platform admin against the token printed on the server's console, and signs them in.
#[leptos::server(prefix = "/do", endpoint = "access/first_run")]
pub async fn first_run(
    token: String,
    name: String,
    email: String,
    password: String,
) -> Result<(), UiFault> {
    let (console, visitor, session) = (server::console()?, server::visitor()?, server::session()?);
    let made = console.access.first_run(&visitor, token.into(), name, email, password.into()).await;
    let signed_in = server::answer(made)?;
    server::answer(session.start(signed_in).await)?;
    leptos_axum::redirect(paths::TENANTS);
    Ok(())
}
