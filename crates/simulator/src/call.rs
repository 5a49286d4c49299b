//! A request as it comes off the wire: read, remembered, and let in or not.

use std::sync::Arc;

use axum::{extract::Request, response::Response};
use bytes::Bytes;
use http::HeaderMap;
use secrecy::SecretString;

use crate::{
    auth,
    bill::{Bill, Book, Endpoint, Meter, correlation},
    dialect::{Dialect, Problem},
    seen::Memory,
    wire::Wire,
};

/// The largest body that is read.
pub(crate) const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What all handlers share.
pub(crate) struct Shared {
    pub(crate) key: Option<SecretString>,
    pub(crate) book: Arc<Book>,
    pub(crate) memory: Memory,
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
    auth::check(&parts.headers, shared.key.as_ref())
        .map_err(|problem| problem.response(dialect, &id))?;
    let wire = parts.extensions.remove::<Wire>();
    Ok(Call { dialect, id, headers: parts.headers, body, wire })
}

impl Call {
    /// Refuses the call.
    pub(crate) fn refuse(&self, problem: &Problem) -> Response {
        problem.response(self.dialect, &self.id)
    }

    /// Begins to bill the call. The bill is written when the meter is dropped.
    pub(crate) fn meter(
        &self,
        shared: &Shared,
        endpoint: Endpoint,
        model: &str,
        prompt_tokens: u64,
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
                prompt_tokens,
                completion_tokens: 0,
                completed: false,
                status: 200,
                at: shared.book.now(),
            },
        )
    }
}
