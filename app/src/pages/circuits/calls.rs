//! The circuit page's server functions.

use contract::circuits::{CircuitDetail, CircuitsView, ProbeView};
use domain::circuit::Force as To;

use crate::fault::UiFault;
#[cfg(feature = "ssr")]
use crate::server;
#[cfg(feature = "ssr")]
use contract::circuits::NewForce;

/// All providers with their circuits.
#[leptos::server(prefix = "/do", endpoint = "circuits/list")]
pub async fn list() -> Result<CircuitsView, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    server::answer(console.circuits.list(&caller).await)
}

/// One provider with what happened to its circuits.
#[leptos::server(prefix = "/do", endpoint = "circuits/detail")]
pub async fn detail(provider: String) -> Result<CircuitDetail, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    server::answer(console.circuits.detail(&caller, &provider).await)
}

/// Decides in a circuit's place. The minutes are text, so that a field left empty is told as such.
#[leptos::server(prefix = "/do", endpoint = "circuits/force")]
pub async fn force(
    provider: String,
    model: String,
    to: To,
    reason: String,
    minutes: String,
) -> Result<(), UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    // What is no number is outside the bounds as well.
    let minutes = minutes.trim().parse().unwrap_or(0);
    let force = NewForce { model, to, reason, minutes };
    server::answer(console.circuits.force(&caller, &provider, force).await)?;
    leptos_axum::redirect(&crate::paths::circuit(&provider));
    Ok(())
}

/// Ends such a decision.
#[leptos::server(prefix = "/do", endpoint = "circuits/clear")]
pub async fn clear(provider: String, model: String) -> Result<(), UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    server::answer(console.circuits.clear(&caller, &provider, &model).await)?;
    leptos_axum::redirect(&crate::paths::circuit(&provider));
    Ok(())
}

/// Asks the provider for one small answer now.
#[leptos::server(prefix = "/do", endpoint = "circuits/probe")]
pub async fn probe(provider: String, model: String) -> Result<ProbeView, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    server::answer(console.circuits.probe(&caller, &provider, &model).await)
}
