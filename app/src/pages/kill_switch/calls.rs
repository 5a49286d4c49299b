//! The kill switch's server functions.

use contract::kills::{ChoiceView, KillsView, Preview, Propagation};
use domain::ids::KillId;
use domain::kill::KillScope;

use crate::fault::UiFault;
#[cfg(feature = "ssr")]
use crate::server;
#[cfg(feature = "ssr")]
use contract::fault::{Fault, Field, Reason};
#[cfg(feature = "ssr")]
use contract::kills::{NewKill, Target};

/// What is stopped and what was.
#[leptos::server(prefix = "/do", endpoint = "kills/list")]
pub async fn list() -> Result<KillsView, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    server::answer(console.kills.list(&caller).await)
}

/// What can be stopped in a scope, narrowed by a text.
#[leptos::server(prefix = "/do", endpoint = "kills/choices")]
pub async fn choices(
    scope: KillScope,
    #[server(default)] search: String,
) -> Result<Vec<ChoiceView>, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    server::answer(console.kills.choices(&caller, scope, search).await)
}

/// What stopping something would do.
#[leptos::server(name = PreviewKill, prefix = "/do", endpoint = "kills/preview")]
pub async fn preview(target: String) -> Result<Preview, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    let target = target.parse::<Target>().map_err(|_| unknown())?;
    server::answer(console.kills.preview(&caller, target).await)
}

/// Stops something, and shows how far that has come. Zero hours mean: until it is released.
#[leptos::server(prefix = "/do", endpoint = "kills/arm")]
pub async fn arm(
    target: String,
    reason: String,
    expires_in_hours: u32,
    confirmation: String,
) -> Result<KillId, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    let new = NewKill {
        target: target.parse::<Target>().map_err(|_| unknown())?,
        reason,
        expires_in_hours: Some(expires_in_hours).filter(|hours| *hours > 0),
        confirmation,
    };
    let id = server::answer(console.kills.arm(&caller, new).await)?;
    leptos_axum::redirect(&crate::paths::kill_watch(id));
    Ok(id)
}

/// Ends a kill. `confirmation` is its target's name.
#[leptos::server(prefix = "/do", endpoint = "kills/release")]
pub async fn release(id: KillId, reason: String, confirmation: String) -> Result<(), UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    server::answer(console.kills.release(&caller, id, reason, confirmation).await)?;
    leptos_axum::redirect(crate::paths::KILL_SWITCH);
    Ok(())
}

/// How far a kill has come.
#[leptos::server(name = WatchKill, prefix = "/do", endpoint = "kills/propagation")]
pub async fn propagation(id: KillId) -> Result<Propagation, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    server::answer(console.kills.propagation(&caller, id).await)
}

#[cfg(feature = "ssr")]
const fn unknown() -> Fault {
    Fault::Invalid { field: Field::Target, reason: Reason::Unknown }
}
