//! The routes under `/v1`. One table says what there is and what of it can reach a provider; the router
//! is made from it, and what it does not name is refused.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::response::Response;
use axum::routing::{any, get, post};
use domain::ids::CallId;
use domain::refusal::Refusal;
use http::{HeaderValue, Method, header};

use crate::authenticate::authenticate;
use crate::gateway::Gateway;
use crate::line::Line;
use crate::models::models;
use crate::refuse::{self, Refused};
use crate::serve::Call;
use crate::trail::{Surface, Trail};

/// Longest `User-Agent` and route that are kept, in characters.
const TEXT_CHARS_MAX: usize = 300;

/// The client's address, as the edge of the server has found it out. Without this extension the
/// connection's own address counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

/// A route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Door {
    /// Its method.
    pub method: &'static str,
    /// Its path, as axum writes it.
    pub path: &'static str,
    /// Whether it can lead to a provider. Such a route goes through the whole path of a call, and so
    /// through the hold.
    pub reaches_provider: bool,
}

/// Every route there is.
pub const DOORS: &[Door] = &[
    Door { method: "POST", path: "/v1/chat/completions", reaches_provider: true },
    Door { method: "GET", path: "/v1/models", reaches_provider: false },
    Door { method: "GET", path: "/v1/models/{*id}", reaches_provider: false },
];

/// The data plane: everything under `/v1`.
pub fn router(gateway: Arc<Gateway>) -> Router {
    let mut router = Router::new();
    for path in ["/v1", "/v1/", "/v1/{*rest}"] {
        router = router.route(path, any(unknown));
    }
    for door in DOORS {
        let methods = match door.path {
            "/v1/chat/completions" => post(chat),
            "/v1/models" => get(list_models),
            _ => get(one_model),
        };
        router = router.route(door.path, methods.fallback(wrong_method));
    }
    router.with_state(gateway)
}

async fn chat(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    let trail = begin(&gateway, &request, Surface::Chat);
    let call_id = trail.call_id;
    if gateway.is_stopping() {
        return refused(&gateway, Refused::new(Refusal::ShuttingDown, trail), call_id);
    }
    let (line, answer) = Line::new();
    let (parts, body) = request.into_parts();
    gateway.spawn(Call { trail, headers: parts.headers, body }, line);
    match answer.await {
        Ok(response) => response,
        // The call's task was cut off or panicked; its obligation has settled what there was.
        Err(_) if gateway.is_stopping() => refuse::response(&Refusal::ShuttingDown, call_id),
        Err(_) => refuse::response(&Refusal::Internal, call_id),
    }
}

async fn list_models(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    answer_models(&gateway, &request, None)
}

async fn one_model(
    State(gateway): State<Arc<Gateway>>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    // What is not even text is the name of no model.
    let id = id.map_or_else(|_| char::REPLACEMENT_CHARACTER.to_string(), |Path(id)| id);
    answer_models(&gateway, &request, Some(&id))
}

fn answer_models(gateway: &Gateway, request: &Request, named: Option<&str>) -> Response {
    let trail = begin(gateway, request, Surface::Models);
    let call_id = trail.call_id;
    models(gateway, request.headers(), trail, named)
        .unwrap_or_else(|refused_call| refused(gateway, refused_call, call_id))
}

async fn unknown(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    let route = route_of(&request);
    lead_nowhere(&gateway, &request, Refusal::UnknownRoute { route })
}

async fn wrong_method(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    let route = route_of(&request);
    let mut response = lead_nowhere(&gateway, &request, Refusal::MethodNotAllowed { route });
    let allow = if request.uri().path().starts_with("/v1/models") { "GET, HEAD" } else { "POST" };
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
    response
}

/// Refuses a request that no route takes; with a trail where the key says whose mistake it is.
fn lead_nowhere(gateway: &Gateway, request: &Request, refusal: Refusal) -> Response {
    let trail = begin(gateway, request, Surface::Other);
    let call_id = trail.call_id;
    let trail = match authenticate(gateway, request.headers(), trail) {
        Ok(known) => Some(known.into_parts().0),
        Err(unknown) => unknown.trail,
    };
    refused(gateway, Refused { refusal, trail }, call_id)
}

fn refused(gateway: &Gateway, refused: Refused, call_id: CallId) -> Response {
    gateway.note_refusal(&refused);
    refuse::response(&refused.refusal, call_id)
}

fn begin(gateway: &Gateway, request: &Request, surface: Surface) -> Box<Trail> {
    let mut trail = Trail::new(CallId::mint(), surface, gateway.clock().now());
    let edge = request.extensions().get::<ClientIp>().map(|ip| ip.0);
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    trail.client_ip = edge.or(peer);
    let agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    trail.user_agent = agent.map(|text| text.chars().take(TEXT_CHARS_MAX).collect());
    Box::new(trail)
}

/// `POST /v1/…`, of a bounded length and without the query, which may hold a secret.
fn route_of(request: &Request) -> String {
    let method: &Method = request.method();
    let path: String = request.uri().path().chars().take(TEXT_CHARS_MAX).collect();
    format!("{method} {path}")
}
