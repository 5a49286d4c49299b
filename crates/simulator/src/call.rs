//! A request as it comes off the wire: read, remembered, and let in or not.

use std::sync::Arc;

use axum::{extract::Request, response::Response};
use bytes::Bytes;
use http::HeaderMap;
use secrecy::SecretString;

use crate::{
    auth,
    bill::{Bill, Book, Endpoint, Meter, correlation},
    config::AwsKey,
    dialect::{Dialect, Problem},
    failures::Failures,
    script::{self, Script},
    seal::Seal,
    seen::Memory,
    sigv4, tokens,
    usage::Usage,
    wire::Wire,
};

/// The largest body that is read.
pub(crate) const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// By this header's value requests are counted for `fail_first`.
const SIMULATE_ID: &str = "x-simulate-id";

/// So much of a model's name is kept to count by.
const MODEL_BYTES_MAX: usize = 128;

/// What all handlers share.
pub(crate) struct Shared {
    pub(crate) key: Option<SecretString>,
    pub(crate) aws: Option<AwsKey>,
    pub(crate) book: Arc<Book>,
    pub(crate) memory: Memory,
    pub(crate) failures: Failures,
}

impl Shared {
    /// Splits a model's name from its script, reads that and the header's, and counts the request
    /// where the script limits how many of them fail.
    pub(crate) fn script<'m>(
        &self,
        model: &'m str,
        headers: &HeaderMap,
    ) -> Result<(&'m str, Script), Problem> {
        let (model, mut script) = script::read(model, headers)?;
        if let Some(fail_first) = script.fail_first {
            let key = match correlation(headers, SIMULATE_ID) {
                Some(id) => format!("id {id}"),
                None => format!("model {}", tokens::prefix(model, MODEL_BYTES_MAX)),
            };
            if self.failures.count(key) < fail_first {
                script.fail();
            } else {
                script.heal();
            }
        }
        Ok((model, script))
    }
}

/// A request that carries an acceptable key.
pub(crate) struct Call {
    pub(crate) dialect: Dialect,
    /// Goes into the answer, its headers and the bill.
    pub(crate) id: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Absent when the router is not served by [`crate::Simulator::serve`].
    pub(crate) wire: Option<Wire>,
}

/// Reads a request and checks its key.
///
/// # Errors
/// The refusal, ready to be sent.
pub(crate) async fn receive(
    shared: &Shared,
    dialect: Dialect,
    id_prefix: &str,
    request: Request,
) -> Result<Call, Response> {
    shared.book.count_request();
    let id = shared.book.next_id(id_prefix);
    let (mut parts, body) = request.into_parts();
    let read = axum::body::to_bytes(body, BODY_BYTES_MAX).await;
    let Ok(body) = read else {
        return Err(Problem::too_large(BODY_BYTES_MAX).response(dialect, &id));
    };
    shared.memory.record(&parts, &body);
    let checked = match dialect {
        Dialect::Bedrock => sigv4::check(&parts, &body, shared.aws.as_ref(), shared.book.now()),
        Dialect::OpenAi | Dialect::Anthropic => auth::check(&parts.headers, shared.key.as_ref()),
    };
    checked.map_err(|problem| problem.response(dialect, &id))?;
    let wire = parts.extensions.remove::<Wire>();
    Ok(Call { dialect, id, headers: parts.headers, body, wire })
}

impl Call {
    /// Refuses the call.
    pub(crate) fn refuse(&self, problem: &Problem) -> Response {
        problem.response(self.dialect, &self.id)
    }

    /// What seals reasoning for this caller, and opens it again.
    pub(crate) fn seal(&self) -> Seal {
        Seal::new(auth::key(&self.headers).unwrap_or_default())
    }

    /// Begins to bill the call. The bill is written when the meter is dropped.
    pub(crate) fn meter(
        &self,
        shared: &Shared,
        endpoint: Endpoint,
        model: &str,
        usage: &Usage,
    ) -> Meter {
        Meter::open(
            &shared.book,
            Bill {
                id: self.id.clone(),
                x_request_id: correlation(&self.headers, "x-request-id"),
                x_tokenone_call: correlation(&self.headers, "x-tokenone-call")
                    .or_else(|| correlation(&self.headers, "x-tokenone-call-id")),
                x_client_request_id: correlation(&self.headers, "x-client-request-id"),
                endpoint,
                model: model.to_owned(),
                streamed: false,
                prompt_tokens: usage.prompt_tokens,
                cached_tokens: usage.cached_tokens,
                cache_write_tokens: usage.written_tokens(),
                cache_write_1h_tokens: usage.cache_write_1h_tokens,
                completion_tokens: 0,
                reasoning_tokens: usage.reasoning_tokens,
                completed: false,
                status: 200,
                at: shared.book.now(),
                closed_by_client_ms: None,
            },
        )
    }
}
