//! Which models there are: the aliases that can be used now, in OpenAI's shape.

use axum::body::Body;
use axum::response::Response;
use domain::refusal::Refusal;
use http::{HeaderMap, HeaderValue, header};
use serde::Serialize;

use crate::authenticate::authenticate;
use crate::gateway::Gateway;
use crate::refuse::{self, Refused};
use crate::snapshot::Target;
use crate::trail::Trail;

#[derive(Serialize)]
struct List<'a> {
    object: &'a str,
    data: Vec<Model<'a>>,
}

#[derive(Serialize)]
struct Model<'a> {
    id: &'a str,
    object: &'a str,
    /// Unix time in seconds: since when the model is offered at its present price.
    created: i64,
    owned_by: &'a str,
}

/// Lists them, or shows the one that is named.
pub(crate) fn models(
    gateway: &Gateway,
    headers: &HeaderMap,
    trail: Box<Trail>,
    named: Option<&str>,
) -> Result<Response, Refused> {
    let call_id = trail.call_id;
    let (mut trail, _) = authenticate(gateway, headers, trail)?.into_parts();
    let Some(snapshot) = gateway.rules().confirmed() else {
        return Err(Refused::new(Refusal::Unavailable, trail));
    };
    let body = match named {
        None => {
            let data =
                snapshot.usable().into_iter().map(|(id, target)| model(id, target)).collect();
            serde_json::to_vec(&List { object: "list", data })
        }
        Some(name) => {
            let target = snapshot.alias(name).and_then(|alias| alias.targets.first());
            let Some(target) = target else {
                let shown: String = name.chars().filter(|c| !c.is_control()).take(256).collect();
                trail.model = Some(shown.clone());
                return Err(Refused::new(Refusal::UnknownModel { model: shown }, trail));
            };
            serde_json::to_vec(&model(name, target))
        }
    };
    let Ok(body) = body else { return Err(Refused::new(Refusal::Internal, trail)) };
    let mut response = Response::new(Body::from(body));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    refuse::stamp(&mut response, call_id);
    Ok(response)
}

fn model<'a>(id: &'a str, target: &'a Target) -> Model<'a> {
    let created = target.price.effective_from().timestamp();
    Model { id, object: "model", created, owned_by: &target.provider }
}
