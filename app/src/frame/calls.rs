//! The frame's server functions: loading it, taking a seat, signing out.

use contract::draft::Draft;
use contract::frame::FrameView;
use serde::{Deserialize, Serialize};

use crate::fault::UiFault;
#[cfg(feature = "ssr")]
use crate::{paths, server};
#[cfg(feature = "ssr")]
use contract::fault::{Fault, Field, Reason};
#[cfg(feature = "ssr")]
use domain::ids::TenantId;

/// The frame with what else a page brings along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Framing {
    /// What surrounds the page.
    pub view: FrameView,
    /// The form that was refused and that the page's address names.
    pub draft: Option<Draft>,
}

/// What surrounds the pages of the person who asks.
#[leptos::server(prefix = "/do", endpoint = "frame/load")]
pub async fn load() -> Result<Framing, UiFault> {
    let (console, caller) = (server::console()?, server::caller());
    let frame = match caller {
        Ok(caller) => console.frame.frame(&caller).await,
        Err(fault) => Err(fault),
    };
    let view = server::answer(frame)?;
    Ok(Framing { view, draft: server::draft().await })
}

/// Takes a seat in a tenant, or leaves it when `tenant` is empty. A platform admin says why.
#[leptos::server(prefix = "/do", endpoint = "access/take_seat")]
pub async fn take_seat(
    #[server(default)] tenant: String,
    #[server(default)] reason: String,
) -> Result<(), UiFault> {
    let (console, caller, session) = (server::console()?, server::caller()?, server::session()?);
    let tenant_id = match tenant.as_str() {
        "" => None,
        text => Some(text.parse::<TenantId>().map_err(|_| unknown_tenant())?),
    };
    let reason = Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    server::answer(console.access.take_seat(&caller, tenant_id, reason).await)?;
    server::answer(session.remember_seat(tenant_id).await)?;
    leptos_axum::redirect(if tenant_id.is_some() { paths::ACTIVITY } else { paths::TENANTS });
    Ok(())
}

/// Ends the session, here and in the store.
#[leptos::server(prefix = "/do", endpoint = "access/sign_out")]
pub async fn sign_out() -> Result<(), UiFault> {
    let (console, session) = (server::console()?, server::session()?);
    if let Ok(caller) = server::caller() {
        server::answer(console.access.sign_out(&caller).await)?;
    }
    server::answer(session.end().await)?;
    leptos_axum::redirect(paths::SIGN_IN);
    Ok(())
}

#[cfg(feature = "ssr")]
const fn unknown_tenant() -> Fault {
    Fault::Invalid { field: Field::Tenant, reason: Reason::Unknown }
}
