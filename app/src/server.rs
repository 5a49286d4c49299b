//! What a server function reaches on the server: the console's ports, and who is asking.
//!
//! Every server function begins with one of these. The middleware in front put the visitor, the
//! session and the caller into the request's extensions; nothing here reads a cookie.

use std::sync::Arc;

use contract::Console;
use contract::access::{BrowserSession, Visitor};
use contract::draft::{DRAFT_PARAM, Draft};
use contract::fault::Fault;
use domain::caller::Caller;
use http::StatusCode;
use http::request::Parts;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::ResponseOptions;

use crate::fault::UiFault;

/// Puts the ports into the context of a request: what pages and server functions need.
pub fn provide(console: &Console) {
    provide_context(console.clone());
}

/// Takes over the nonce that the policy header of this very response names, in place of the one that
/// leptos made up: the browser runs no script under another.
pub(crate) fn provide_nonce() {
    if let Some(nonce) = extension::<leptos::nonce::Nonce>() {
        provide_context(nonce);
    }
}

/// The console's ports.
///
/// # Errors
/// [`Fault::Internal`] when called outside a request.
pub fn console() -> Result<Console, Fault> {
    use_context::<Console>().ok_or_else(misplaced)
}

/// Who asks.
///
/// # Errors
/// [`Fault::SignInAgain`] when nobody is signed in.
pub fn caller() -> Result<Caller, Fault> {
    extension::<Caller>().ok_or(Fault::SignInAgain)
}

/// What is known of the browser, signed in or not.
///
/// # Errors
/// [`Fault::Internal`] when the middleware did not run.
pub fn visitor() -> Result<Visitor, Fault> {
    extension::<Visitor>().ok_or_else(misplaced)
}

/// The browser's session.
///
/// # Errors
/// [`Fault::Internal`] when the middleware did not run.
pub fn session() -> Result<Arc<dyn BrowserSession>, Fault> {
    extension::<Arc<dyn BrowserSession>>().ok_or_else(misplaced)
}

/// The form that was refused, where the address of the page being rendered names one of this session.
pub async fn draft() -> Option<Draft> {
    let parts = use_context::<Parts>()?;
    // Ids need no decoding.
    let mut pairs = parts.uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    let id = pairs.find(|(name, _)| *name == DRAFT_PARAM)?.1.to_owned();
    session().ok()?.draft(&id).await
}

/// Turns a port's answer into a server function's.
///
/// # Errors
/// The fault that came in.
pub fn answer<T>(result: Result<T, Fault>) -> Result<T, UiFault> {
    result.map_err(UiFault::from)
}

/// The status of a page that shows this fault.
#[must_use]
pub const fn status(fault: &Fault) -> StatusCode {
    match fault {
        Fault::NotFound => StatusCode::NOT_FOUND,
        Fault::Forbidden(_) | Fault::NoTenant => StatusCode::FORBIDDEN,
        Fault::SignInAgain | Fault::WrongCredentials => StatusCode::UNAUTHORIZED,
        Fault::Invalid { .. } | Fault::InvalidTarget { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Fault::Conflict => StatusCode::CONFLICT,
        Fault::Limited { .. } => StatusCode::TOO_MANY_REQUESTS,
        Fault::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Fault::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Sets the status of the page being rendered.
pub fn set_status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}

/// Gives the response of a server function the status of its refusal. A form that was sent without
/// JavaScript keeps its redirect, which carries the refusal.
pub(crate) fn refuse(status: StatusCode) {
    if !plain_form() {
        set_status(status);
    }
}

/// A cookie's value, as the browser sent it.
#[must_use]
pub fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let all = parts.headers.get_all(http::header::COOKIE);
    all.iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// What finds the request at hand in the log.
#[must_use]
pub fn reference() -> String {
    extension::<Visitor>().map(|visitor| visitor.request_id.to_string()).unwrap_or_default()
}

fn extension<T: Clone + Send + Sync + 'static>() -> Option<T> {
    use_context::<Parts>()?.extensions.get::<T>().cloned()
}

fn misplaced() -> Fault {
    Fault::Internal { reference: reference() }
}

/// Whether the request is a form sent without JavaScript, which is answered with a redirect.
#[must_use]
pub fn plain_form() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        parts.method == http::Method::POST
            && parts
                .headers
                .get_all(http::header::ACCEPT)
                .iter()
                .any(|accept| accept.to_str().is_ok_and(|text| text.contains("text/html")))
    })
}
