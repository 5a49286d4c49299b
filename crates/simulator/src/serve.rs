//! The simulator itself, and the server that runs it.
//!
//! It runs its connections by itself because some faults lie below HTTP: see `wire`.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::Response,
    routing::{get, post},
};
use domain::clock::Clock;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::sleep,
};
use tower::Service;

use crate::{
    azure, bedrock,
    bill::{Bill, Book, Totals},
    call::Shared,
    config::{Config, ConfigError},
    converse, count,
    dialect::{Dialect, Problem},
    embeddings,
    failures::Failures,
    home, models,
    seen::{Memory, Seen},
    wire::{Connection, Wire},
};

/// The wait after an `accept` that failed, for instance because no file descriptor was left.
const ACCEPT_RETRY: Duration = Duration::from_millis(10);

/// A provider that is not real. Clones share one log.
#[derive(Clone)]
pub struct Simulator {
    shared: Arc<Shared>,
}

impl Simulator {
    /// Makes a simulator; it does nothing until its router is served.
    ///
    /// # Errors
    /// When the log file can not be opened.
    pub fn new(config: Config, clock: Arc<dyn Clock>) -> Result<Self, ConfigError> {
        let book = Arc::new(Book::open(&config, clock)?);
        let memory = Memory::new(config.requests_kept_max);
        let shared = Shared {
            key: config.key,
            aws: config.aws,
            book,
            memory,
            failures: Failures::default(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The surfaces, for any server. Under another server than [`Simulator::serve`] a reset is an
    /// orderly close, and `slow_headers` makes the head late instead of slow.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/v1/chat/completions", post(converse::chat))
            .route("/v1/completions", post(converse::completions))
            .route("/v1/responses", post(converse::responses))
            .route("/v1/messages", post(converse::messages))
            .route("/v1/messages/count_tokens", post(count::count_tokens))
            .route("/v1/embeddings", post(embeddings::create))
            .route("/v1/models", get(models::list))
            .route("/openai/deployments/{model}/chat/completions", post(azure::chat))
            .route("/openai/deployments/{model}/completions", post(azure::completions))
            .route("/openai/deployments/{model}/embeddings", post(azure::embeddings))
            .route("/model/{id}/invoke", post(bedrock::invoke))
            .route("/model/{id}/invoke-with-response-stream", post(bedrock::invoke_streaming))
            .route("/", get(home::page))
            .fallback(nothing_here)
            .method_not_allowed_fallback(nothing_here)
            .with_state(Arc::clone(&self.shared))
    }

    /// Serves HTTP/1.1 on a listener until the future is dropped, which drops its connections too.
    pub async fn serve(self, listener: TcpListener) {
        let router = self.router();
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(converse_on(stream, router.clone()));
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the simulator could not accept a connection");
                        sleep(ACCEPT_RETRY).await;
                    }
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }

    /// The newest bills, oldest first. A call still being served has none yet.
    #[must_use]
    pub fn bills(&self) -> Vec<Bill> {
        self.shared.book.bills()
    }

    /// Counts of everything since the simulator was made.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.shared.book.totals()
    }

    /// The newest raw requests, oldest first; none unless `requests_kept_max` says so.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.memory.all()
    }
}

async fn converse_on(stream: TcpStream, router: Router) {
    // Small writes go out at once; where that can not be had, answers are merely slower.
    let _ = stream.set_nodelay(true);
    let wire = Wire::default();
    let io = TokioIo::new(Connection::new(stream, wire.clone()));
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut router = router.clone();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(wire.clone());
        async move { answer(&mut router, request).await }
    });
    let served = http1::Builder::new().pipeline_flush(true).serve_connection(io, service).await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection to the simulator ended early");
    }
}

async fn answer(router: &mut Router, request: Request) -> Result<Response, Infallible> {
    router.call(request).await
}

async fn nothing_here(request: Request) -> Response {
    Problem::not_found(request.uri().path()).response(Dialect::OpenAi, "none")
}
