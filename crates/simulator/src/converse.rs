//! From a request to an answer, by whichever door it came.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::Response,
};

use crate::{
    answer,
    bill::Meter,
    call::{Call, Shared, receive},
    deliver::{Delivery, Payload},
    dialect::{Problem, Reply},
    door::{Door, Surface},
    event::{Refrain, after_deltas},
    models,
    pieces::pieces,
    prompt::Prompt,
    script::{End, Script},
};

/// `POST /v1/chat/completions`
pub(crate) async fn chat(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    converse(&shared, Door::of(Surface::Chat), request).await
}

/// `POST /v1/completions`
pub(crate) async fn completions(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    converse(&shared, Door::of(Surface::Completions), request).await
}

/// `POST /v1/responses`
pub(crate) async fn responses(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    converse(&shared, Door::of(Surface::Responses), request).await
}

/// `POST /v1/messages`
pub(crate) async fn messages(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    converse(&shared, Door::of(Surface::Messages), request).await
}

/// Answers a request.
pub(crate) async fn converse(shared: &Shared, door: Door, request: Request) -> Response {
    let call = match receive(shared, door.dialect, door.id_prefix(), request).await {
        Ok(call) => call,
        Err(refusal) => return refusal,
    };
    match prepare(shared, &door, &call) {
        Ok((script, meter, payload)) => Delivery { call, script, meter, payload }.respond().await,
        Err(problem) => call.refuse(&problem),
    }
}

/// Everything that needs no waiting: the whole answer is written down before any of it is sent.
fn prepare(
    shared: &Shared,
    door: &Door,
    call: &Call,
) -> Result<(Script, Option<Meter>, Payload), Problem> {
    let prompt = door.parse(&call.body)?;
    let (model, script) = shared.script(&prompt.model, &call.headers)?;
    if !models::speaks(model) {
        return Err(Problem::no_model(model));
    }
    let seal = call.seal();
    if let Some(terms) = &prompt.terms {
        terms.check(|sealed| seal.opens(sealed))?;
    }
    let answer = answer::compose(&prompt, &script)?;
    let created = shared.book.now().timestamp();
    let reply =
        Reply { id: &call.id, created, model, prompt: &prompt, answer: &answer, seal: &seal };
    let meter = script.bills().then(|| {
        let mut meter = call.meter(shared, door.endpoint, model, &answer.usage);
        if prompt.stream {
            meter.streamed();
        } else if !script.hangs() {
            meter.generated(answer.usage.completion_tokens);
        }
        meter
    });
    Ok((script.clone(), meter, payload(door, &reply, &prompt, &script)))
}

fn payload(door: &Door, reply: &Reply<'_>, prompt: &Prompt<'_>, script: &Script) -> Payload {
    if !prompt.stream {
        return Payload::Whole(door.whole(reply).into());
    }
    let mut events = door.stream(reply, script);
    let mut refrain = None;
    match script.end {
        Some(End::ErrorAfter(deltas)) => {
            events.truncate(after_deltas(&events, deltas));
            events.extend(door.failure(reply, events.len()));
        }
        Some(End::Forever) => refrain = Refrain::of(&mut events),
        _ => {}
    }
    let framing = door.framing();
    Payload::Stream { framing, pieces: pieces(events, framing, script), refrain }
}
