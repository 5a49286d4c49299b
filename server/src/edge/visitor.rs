//! Turns a cookie into a person, and sends those who may not see a page to one that they may.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use contract::Console;
use contract::access::{BrowserSession, Visitor};
use contract::fault::Fault;
use domain::caller::{Caller, Seat};
use domain::clock::Clock;
use domain::ids::RequestId;
use gateway::ClientIp;
use tower_sessions::Session;

use super::session::{self, Current};

/// Longest part of a browser's name that is kept, in bytes.
const USER_AGENT_BYTES_MAX: usize = 300;

/// What the edge needs to know of the console.
#[derive(Clone)]
pub struct Reception {
    console: Console,
    clock: Arc<dyn Clock>,
    /// Once there is an account, the first run never opens again.
    first_run_over: Arc<AtomicBool>,
}

impl Reception {
    /// A reception for a console.
    #[must_use]
    pub fn new(console: Console, clock: Arc<dyn Clock>) -> Self {
        Self { console, clock, first_run_over: Arc::default() }
    }

    async fn first_run_open(&self) -> Result<bool, Fault> {
        if self.first_run_over.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let open = self.console.access.first_run_open().await?;
        self.first_run_over.store(!open, Ordering::Relaxed);
        Ok(open)
    }
}

/// Puts visitor, session and caller into the request's extensions, and guards pages.
pub async fn receive(
    State(reception): State<Reception>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let request_id = RequestId::mint();
    let visitor = Visitor {
        request_id,
        ip: request.extensions().get::<ClientIp>().map(|ip: &ClientIp| -> IpAddr { ip.0 }),
        user_agent: user_agent(request.headers()),
    };
    let now = reception.clock.now();
    let caller = match caller(&reception, &session, &visitor, now).await {
        Ok(caller) => caller,
        Err(fault) => return unavailable(&fault),
    };
    let open = match reception.first_run_open().await {
        Ok(open) => open,
        Err(fault) => return unavailable(&fault),
    };
    if let Some(elsewhere) = elsewhere(request.method(), request.uri(), caller.as_ref(), open) {
        return elsewhere;
    }
    let extensions = request.extensions_mut();
    extensions.insert(visitor);
    extensions.insert(Arc::new(Current::new(session, now)) as Arc<dyn BrowserSession>);
    if let Some(caller) = caller {
        extensions.insert(caller);
    }
    let mut response = next.run(request).await;
    if let Ok(value) = request_id.to_string().parse() {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

async fn caller(
    reception: &Reception,
    session: &Session,
    visitor: &Visitor,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Option<Caller>, Fault> {
    let Some(facts) = session::facts(session, now).await? else { return Ok(None) };
    let access = &reception.console.access;
    match access.caller(visitor, facts.account_id, session::seat(&facts)).await {
        Ok(caller) => Ok(Some(caller)),
        Err(Fault::SignInAgain) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Where a page request goes instead, if it may not stay.
fn elsewhere(
    method: &Method,
    uri: &axum::http::Uri,
    caller: Option<&Caller>,
    first_run_open: bool,
) -> Option<Response> {
    let path = uri.path();
    if !matches!(*method, Method::GET | Method::HEAD) || path.starts_with("/do/") {
        return None; // A server function asks for its caller itself.
    }
    let home = match caller.map(|caller| &caller.seat) {
        None if first_run_open => "/welcome",
        None => "/sign-in",
        Some(Seat::Platform) => "/tenants",
        Some(Seat::Tenant { .. }) => "/activity",
    };
    match (path, caller) {
        ("/", _) => Some(Redirect::to(home).into_response()),
        ("/sign-in", None) if first_run_open => Some(Redirect::to(home).into_response()),
        ("/sign-in", Some(_)) => Some(Redirect::to(home).into_response()),
        ("/sign-in" | "/welcome", _) => None,
        (_, None) if path.starts_with("/live/") => {
            Some((StatusCode::UNAUTHORIZED, "Sign in first.\n").into_response())
        }
        (_, None) if first_run_open => Some(Redirect::to(home).into_response()),
        (_, None) => {
            let wanted = uri.path_and_query().map_or(path, |p| p.as_str());
            Some(Redirect::to(&app::paths::sign_in_then(wanted)).into_response())
        }
        (_, Some(_)) => None,
    }
}

fn user_agent(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::USER_AGENT)?.to_str().ok()?;
    Some(text.chars().take(USER_AGENT_BYTES_MAX).collect())
}

fn unavailable(fault: &Fault) -> Response {
    tracing::error!(%fault, "a request could not be received");
    let text = "TokenOne cannot reach its database at the moment. Try again shortly.\n";
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [(header::RETRY_AFTER, "2"), (header::CONTENT_TYPE, "text/plain; charset=utf-8")],
        text,
    )
        .into_response()
}
