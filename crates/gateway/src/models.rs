//! Which models there are: the aliases that can be used now, in the shape of whoever asks.

use axum::body::Body;
use axum::response::Response;
use chrono::SecondsFormat;
use domain::refusal::Refusal;
use http::{HeaderMap, HeaderValue, header};
use serde_json::{Value, json};

use crate::authenticate::authenticate;
use crate::gateway::Gateway;
use crate::refuse::{self, Refused, Voice};
use crate::snapshot::Target;
use crate::trail::Trail;

/// Lists them, or shows the one that is named. The list is given whole, whatever page is asked for: there
/// is no next one.
pub(crate) fn models(
    gateway: &Gateway,
    headers: &HeaderMap,
    trail: Box<Trail>,
    named: Option<&str>,
) -> Result<Response, Refused> {
    let (call_id, voice) = (trail.call_id, trail.voice);
    let (mut trail, _) = authenticate(gateway, headers, trail)?.into_parts();
    let Some(snapshot) = gateway.rules().confirmed() else {
        return Err(Refused::new(Refusal::Unavailable, trail));
    };
    let body = match named {
        None => list(snapshot.usable(), voice),
        Some(name) => {
            let target = snapshot.alias(name).and_then(|alias| alias.targets.first());
            let Some(target) = target else {
                let shown: String = name.chars().filter(|c| !c.is_control()).take(256).collect();
                trail.model = Some(shown.clone());
                return Err(Refused::new(Refusal::UnknownModel { model: shown }, trail));
            };
            model(name, target, voice)
        }
    };
    let mut response = Response::new(Body::from(body.to_string()));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    refuse::stamp(&mut response, voice, call_id);
    Ok(response)
}

fn list(usable: Vec<(&str, &Target)>, voice: Voice) -> Value {
    let ends = (usable.first().map(|(id, _)| *id), usable.last().map(|(id, _)| *id));
    let data: Vec<Value> = usable.iter().map(|(id, target)| model(id, target, voice)).collect();
    match voice {
        Voice::OpenAi => json!({ "object": "list", "data": data }),
        Voice::Anthropic => {
            json!({ "data": data, "has_more": false, "first_id": ends.0, "last_id": ends.1 })
        }
    }
}

/// Its date is since when the model is offered at its present price.
fn model(id: &str, target: &Target, voice: Voice) -> Value {
    let since = target.price.effective_from();
    match voice {
        Voice::OpenAi => json!({
            "id": id,
            "object": "model",
            "created": since.timestamp(),
            "owned_by": target.provider.slug,
        }),
        Voice::Anthropic => json!({
            "id": id,
            "type": "model",
            "display_name": id,
            "created_at": since.to_rfc3339_opts(SecondsFormat::Secs, true),
        }),
    }
}
