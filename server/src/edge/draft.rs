//! A form that is sent without a script and refused comes back with what was typed into it.
//!
//! Leptos answers such a form with a redirect to the page that it stands in, and the refusal in the
//! address. What was typed must not stand there, so it waits in the session, without secrets and for a
//! few minutes, under an id that the address does name.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use contract::draft::{DRAFT_PARAM, Draft};
use domain::caller::Caller;
use domain::clock::Clock;
use domain::ids::RequestId;
use domain::limits::FORM_BYTES_MAX;
use tower_sessions::Session;
use url::form_urlencoded;

use super::session;

/// What a refusal adds to an address: the path that refused, and why.
const REFUSAL_PARAMS: [&str; 2] = ["__path", "__err"];

/// Keeps what was typed into a plain form that is refused. Only of people who are signed in: a stranger's
/// session holds nothing.
pub async fn keep(State(clock): State<Arc<dyn Clock>>, request: Request, next: Next) -> Response {
    let session = request.extensions().get::<Session>().cloned();
    let signed_in = request.extensions().get::<Caller>().is_some();
    let (true, Some(session)) = (signed_in && is_plain_form(&request), session) else {
        return next.run(request).await;
    };
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, FORM_BYTES_MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    // Whatever comes of this form, the one before it is done with.
    session::forget_draft(&session).await;
    let to = parts.uri.path().to_owned();
    let request = Request::from_parts(parts, Body::from(bytes.clone()));
    let mut response = next.run(request).await;
    let refused = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
    let Some(refused) = refused.filter(|to| is_refusal(to)) else {
        return response;
    };
    let id = RequestId::mint().to_string();
    let location = with_draft(refused, &id);
    let fields = form_urlencoded::parse(&bytes).into_owned();
    session::keep_draft(&session, Draft::of(id, to, fields), clock.now()).await;
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

fn is_plain_form(request: &Request) -> bool {
    request.method() == Method::POST
        && request.uri().path().starts_with("/do/")
        && says(request.headers(), header::ACCEPT, "text/html")
        && says(request.headers(), header::CONTENT_TYPE, "application/x-www-form-urlencoded")
}

fn says(headers: &HeaderMap, name: header::HeaderName, word: &str) -> bool {
    headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|text| text.contains(word))
}

fn query(location: &str) -> &str {
    location.split_once('?').map_or("", |(_, query)| query)
}

fn is_refusal(location: &str) -> bool {
    form_urlencoded::parse(query(location).as_bytes()).any(|(name, _)| name == "__err")
}

/// The path and query of the page with this refusal and this draft, and none of a refusal before it.
fn with_draft(location: &str, id: &str) -> String {
    let pairs: Vec<_> = form_urlencoded::parse(query(location).as_bytes()).into_owned().collect();
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for (name, value) in &pairs {
        if name != DRAFT_PARAM && !REFUSAL_PARAMS.contains(&name.as_str()) {
            kept.append_pair(name, value);
        }
    }
    for param in REFUSAL_PARAMS {
        if let Some((name, value)) = pairs.iter().rev().find(|(name, _)| name == param) {
            kept.append_pair(name, value);
        }
    }
    kept.append_pair(DRAFT_PARAM, id);
    format!("{}?{}", path(location), kept.finish())
}

/// The path of an address, which may name its origin.
fn path(location: &str) -> &str {
    let address = location.split(['?', '#']).next().unwrap_or_default();
    let Some((_, rest)) = address.split_once("://") else { return address };
    rest.find('/').map_or("/", |at| &rest[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_one_refusal_and_one_draft() {
        let first = "http://h:1/providers?new=alias&__path=%2Fdo%2Fa&__err=AAA%3D";
        assert!(is_refusal(first));
        let shown = with_draft(first, "d1");
        assert_eq!(shown, "/providers?new=alias&__path=%2Fdo%2Fa&__err=AAA%3D&__draft=d1");
        let again = format!("http://h:1{shown}&__path=%2Fdo%2Fb&__err=BBB%3D");
        assert_eq!(
            with_draft(&again, "d2"),
            "/providers?new=alias&__path=%2Fdo%2Fb&__err=BBB%3D&__draft=d2"
        );
        assert!(!is_refusal("/providers") && !is_refusal("/providers?new=1"));
        assert_eq!(path("https://h"), "/");
    }
}
