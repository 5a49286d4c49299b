//! The live feed: tells an open page that there are new calls, or that a circuit changed; the page then
//! asks for them itself.
//!
//! What is sent is a call's id and nothing else, and only for tenants and projects in the caller's reach.
//! Of circuits it is only that one changed, and only to those who may see them.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Extension, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::{Router, routing};
use domain::caller::{Caller, Seat};
use domain::ids::{CallId, ProjectId, TenantId};
use domain::role::Permission;
use futures_util::{Stream, StreamExt as _};
use store::{Channel, Notice, Store};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;
use tokio_util::sync::CancellationToken;

/// Notices that a slow page may lag behind before it loses some; it catches up with the next.
const NOTICES_MAX: usize = 1_024;
/// Silence after which a comment keeps proxies from closing the stream, in seconds.
const KEEP_ALIVE_S: u64 = 15;
/// Longest life of a stream, in seconds: the browser reconnects, and its session is looked at again.
const STREAM_S_MAX: u64 = 300;

/// What open pages are told of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum News {
    /// Some were recorded.
    Recorded(Recorded),
    /// Nobody knows what was: the notices of a moment are lost.
    Lost,
}

/// The calls of one project that were recorded together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Recorded {
    tenant_id: TenantId,
    project_id: ProjectId,
    latest: CallId,
}

/// Passes notices of recorded calls and of changed circuits to open pages.
#[derive(Clone)]
pub struct Feed {
    calls: broadcast::Sender<News>,
    circuits: broadcast::Sender<()>,
    /// Ends the open streams, which would otherwise outlast everything else at a stop.
    closing: CancellationToken,
}

impl Feed {
    /// A feed without a source yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            calls: broadcast::Sender::new(NOTICES_MAX),
            circuits: broadcast::Sender::new(NOTICES_MAX),
            closing: CancellationToken::new(),
        }
    }

    /// Ends every open stream.
    pub fn close(&self) {
        self.closing.cancel();
    }

    /// Listens to the database for as long as the process lives. Nobody may be watching; that is no error.
    pub async fn run(self, store: Store) {
        let calls = follow(&store, Channel::Calls, |notice| match notice {
            Notice::Payload(text) => {
                for recorded in text.split(',').filter_map(parse) {
                    let _watchers = self.calls.send(News::Recorded(recorded));
                }
            }
            Notice::Reconnected => _ = self.calls.send(News::Lost),
        });
        // A lost notice may be the last for long: whoever watches looks again.
        let circuits = follow(&store, Channel::Circuits, |_| _ = self.circuits.send(()));
        tokio::join!(calls, circuits);
    }
}

async fn follow(store: &Store, channel: Channel, tell: impl Fn(Notice)) {
    loop {
        match store.listen(channel).await {
            Ok(mut listener) => {
                while let Ok(notice) = listener.recv().await {
                    tell(notice);
                }
            }
            Err(error) => tracing::warn!(%error, "the live feed cannot listen; trying again"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

impl Default for Feed {
    fn default() -> Self {
        Self::new()
    }
}

/// `/live/activity` and `/live/circuits`.
pub fn routes(feed: Feed) -> Router {
    Router::new()
        .route(app::paths::LIVE_ACTIVITY, routing::get(activity))
        .route(app::paths::LIVE_CIRCUITS, routing::get(circuits))
        .with_state(feed)
}

async fn activity(
    State(feed): State<Feed>,
    caller: Option<Extension<Caller>>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, StatusCode> {
    let Some(Extension(caller)) = caller else { return Err(StatusCode::UNAUTHORIZED) };
    let Seat::Tenant { tenant_id, projects, .. } = caller.seat else {
        return Err(StatusCode::FORBIDDEN);
    };
    let events = BroadcastStream::new(feed.calls.subscribe()).filter_map(move |recorded| {
        // A page that lagged behind looks again, as where the notices themselves were lost.
        let data = match recorded.unwrap_or(News::Lost) {
            News::Recorded(r) if r.tenant_id == tenant_id && projects.contains(&r.project_id) => {
                Some(format!(r#"{{"latest":"{}"}}"#, r.latest))
            }
            News::Recorded(_) => None,
            News::Lost => Some("{}".to_owned()),
        };
        std::future::ready(data.map(|data| Event::default().event("calls").data(data)))
    });
    Ok(stream(feed, events))
}

async fn circuits(
    State(feed): State<Feed>,
    caller: Option<Extension<Caller>>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, StatusCode> {
    let Some(Extension(caller)) = caller else { return Err(StatusCode::UNAUTHORIZED) };
    caller.require(Permission::ReadProviders).map_err(|_| StatusCode::FORBIDDEN)?;
    // A page that lagged behind looks again like the others.
    let events = BroadcastStream::new(feed.circuits.subscribe())
        .map(|_| Event::default().event("circuits").data("{}"));
    Ok(stream(feed, events))
}

fn stream(
    feed: Feed,
    events: impl Stream<Item = Event> + Send + 'static,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    // Some browsers tell a page that its line is open with the first bytes that come over it.
    let open = futures_util::stream::iter([Event::default().comment("open")]);
    let events = open
        .chain(events)
        .map(Ok)
        .take_until(tokio::time::sleep(Duration::from_secs(STREAM_S_MAX)))
        .take_until(feed.closing.cancelled_owned());
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(KEEP_ALIVE_S)))
}

/// `tenant:project:latest call`.
fn parse(text: &str) -> Option<Recorded> {
    let mut parts = text.split(':');
    Some(Recorded {
        tenant_id: parts.next()?.parse().ok()?,
        project_id: parts.next()?.parse().ok()?,
        latest: parts.next()?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_are_read_and_garbage_is_not() {
        let id = "01900000-0000-7000-8000-000000000001";
        assert!(parse(&format!("{id}:{id}:{id}")).is_some());
        assert!(parse("").is_none() && parse("a:b:c").is_none());
        assert!(parse(&format!("{id}:{id}")).is_none());
    }
}
