//! `POST /v1/messages/count_tokens`: how long a prompt is, which costs nothing to ask.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::Response,
};
use serde_json::json;

use crate::{
    call::{Call, Shared, receive},
    deliver::{Delivery, Payload},
    dialect::{Dialect, Problem, messages},
    models,
    script::Script,
    tokens,
};

/// `POST /v1/messages/count_tokens`
pub(crate) async fn count_tokens(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let call = match receive(&shared, Dialect::Anthropic, "req_", request).await {
        Ok(call) => call,
        Err(refusal) => return refusal,
    };
    match prepare(&shared, &call) {
        Ok((script, payload)) => Delivery { call, script, meter: None, payload }.respond().await,
        Err(problem) => call.refuse(&problem),
    }
}

fn prepare(shared: &Shared, call: &Call) -> Result<(Script, Payload), Problem> {
    let prompt = messages::parse_count(&call.body)?;
    let (model, script) = shared.script(&prompt.model, &call.headers)?;
    if !models::speaks(model) {
        return Err(Problem::no_model(model));
    }
    let counted = json!({"input_tokens": tokens::count(prompt.bytes)}).to_string();
    Ok((script, Payload::Whole(counted.into())))
}
