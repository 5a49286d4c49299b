//! `POST /v1/chat/completions` and `POST /v1/messages`: from a request to an answer.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::Response,
};

use crate::{
    answer,
    call::{Call, Shared, receive},
    deliver::{Delivery, Payload},
    dialect::{Dialect, Problem, Reply},
    models, script, sse,
    usage::Usage,
};

/// `POST /v1/chat/completions`
pub(crate) async fn chat(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    converse(&shared, Dialect::OpenAi, request).await
}

/// `POST /v1/messages`
pub(crate) async fn messages(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    converse(&shared, Dialect::Anthropic, request).await
}

async fn converse(shared: &Shared, dialect: Dialect, request: Request) -> Response {
    let call = match receive(shared, dialect, dialect.id_prefix(), request).await {
        Ok(call) => call,
        Err(refusal) => return refusal,
    };
    match prepare(shared, &call) {
        Ok(prepared) => {
            let (script, meter, payload) = prepared;
            Delivery { call, script, meter, payload }.respond().await
        }
        Err(problem) => call.refuse(&problem),
    }
}

type Prepared = (script::Script, Option<crate::bill::Meter>, Payload);

/// Everything that needs no waiting: the whole answer is written down before any of it is sent.
fn prepare(shared: &Shared, call: &Call) -> Result<Prepared, Problem> {
    let prompt = call.dialect.parse(&call.body)?;
    let (model, script) = script::read(&prompt.model, &call.headers)?;
    if !models::speaks(model) {
        return Err(Problem::no_model(model));
    }
    let answer = answer::compose(&prompt, &script);
    let usage = Usage {
        prompt_tokens: answer.prompt_tokens,
        completion_tokens: answer.completion_tokens,
        fault: script.usage,
    };
    let created = shared.book.now().timestamp();
    let reply = Reply { id: &call.id, created, model, answer: &answer, usage };
    let meter = script.bills().then(|| {
        let mut meter = call.meter(shared, call.dialect.endpoint(), model, answer.prompt_tokens);
        if prompt.stream {
            meter.streamed();
        } else if !script.hangs() {
            meter.generated(answer.completion_tokens);
        }
        meter
    });
    let payload = if prompt.stream {
        let events = call.dialect.stream(&reply, &script, prompt.include_usage);
        Payload::Stream(sse::pieces(events, &script))
    } else {
        Payload::Whole(call.dialect.whole(&reply).into())
    };
    Ok((script, meter, payload))
}
