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
use domain::provider::Surface;
use domain::refusal::Refusal;
use http::{HeaderMap, HeaderValue, Method, header};

use crate::authenticate::authenticate;
use crate::gateway::Gateway;
use crate::line::Line;
use crate::models::models;
use crate::refuse::{self, Refused, Voice};
use crate::serve::Call;
use crate::trail::{Route, Trail};

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
    /// The surface behind it, where it can lead to a provider. Such a route goes through the whole path of
    /// a call, and so through the hold.
    pub surface: Option<Surface>,
}

/// Every route there is.
pub const DOORS: &[Door] = &[
    to_provider("/v1/chat/completions", Surface::Chat),
    to_provider("/v1/responses", Surface::Responses),
    to_provider("/v1/messages", Surface::Messages),
    to_provider("/v1/messages/count_tokens", Surface::CountTokens),
    to_provider("/v1/embeddings", Surface::Embeddings),
    to_provider("/v1/completions", Surface::Completions),
    Door { method: "GET", path: "/v1/models", surface: None },
    Door { method: "GET", path: "/v1/models/{*id}", surface: None },
];

const fn to_provider(path: &'static str, surface: Surface) -> Door {
    Door { method: "POST", path, surface: Some(surface) }
}

/// The data plane: everything under `/v1`.
pub fn router(gateway: Arc<Gateway>) -> Router {
    let mut router = Router::new();
    for path in ["/v1", "/v1/", "/v1/{*rest}"] {
        router = router.route(path, any(unknown));
    }
    for door in DOORS {
        let methods = match (door.surface, door.path) {
            (Some(surface), _) => post(move |gateway, request| ask(gateway, request, surface)),
            (None, "/v1/models") => get(list_models),
            (None, _) => get(one_model),
        };
        router = router.route(door.path, methods.fallback(wrong_method));
    }
    router.with_state(gateway)
}

async fn ask(State(gateway): State<Arc<Gateway>>, request: Request, surface: Surface) -> Response {
    let trail = begin(&gateway, &request, Route::To(surface), Voice::of(surface));
    let (call_id, voice) = (trail.call_id, trail.voice);
    if gateway.is_stopping() {
        return refused(&gateway, Refused::new(Refusal::ShuttingDown, trail), call_id, voice);
    }
    let (line, answer) = Line::new(surface, call_id);
    let (parts, body) = request.into_parts();
    gateway.spawn(Call { trail, headers: parts.headers, body }, line);
    match answer.await {
        Ok(response) => response,
        // The call's task was cut off or panicked; its obligation has settled what there was.
        Err(_) if gateway.is_stopping() => refuse::response(&Refusal::ShuttingDown, voice, call_id),
        Err(_) => refuse::response(&Refusal::Internal, voice, call_id),
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
    let trail = begin(gateway, request, Route::Models, voice_of(request.headers()));
    let (call_id, voice) = (trail.call_id, trail.voice);
    models(gateway, request.headers(), trail, named)
        .unwrap_or_else(|refused_call| refused(gateway, refused_call, call_id, voice))
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
    let voice = if request.uri().path().starts_with("/v1/messages") {
        Voice::Anthropic
    } else {
        voice_of(request.headers())
    };
    let trail = begin(gateway, request, Route::Other, voice);
    let call_id = trail.call_id;
    let trail = match authenticate(gateway, request.headers(), trail) {
        Ok(known) => Some(known.into_parts().0),
        Err(unknown) => unknown.trail,
    };
    refused(gateway, Refused { refusal, trail, prompt: None }, call_id, voice)
}

fn refused(gateway: &Gateway, refused: Refused, call_id: CallId, voice: Voice) -> Response {
    gateway.note_refusal(&refused, None);
    refuse::response(&refused.refusal, voice, call_id)
}

/// Which family's client this is, on a route that both have: only Anthropic's names its version.
fn voice_of(headers: &HeaderMap) -> Voice {
    if headers.contains_key("anthropic-version") { Voice::Anthropic } else { Voice::OpenAi }
}

fn begin(gateway: &Gateway, request: &Request, route: Route, voice: Voice) -> Box<Trail> {
    let mut trail = Trail::new(CallId::mint(), route, voice, gateway.clock().now());
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
