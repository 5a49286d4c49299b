//! The live feed: tells an open page that there are new calls; the page then asks for them itself.
//!
//! What is sent is a call's id and nothing else, and only for tenants and projects in the caller's reach.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Extension, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::{Router, routing};
use domain::caller::{Caller, Seat};
use domain::ids::{CallId, ProjectId, TenantId};
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

/// A recorded call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    tenant_id: TenantId,
    project_id: ProjectId,
    latest: CallId,
}

/// Passes notices of recorded calls to open pages.
#[derive(Clone)]
pub struct Feed {
    sender: broadcast::Sender<Recorded>,
    /// Ends the open streams, which would otherwise outlast everything else at a stop.
    closing: CancellationToken,
}

impl Feed {
    /// A feed without a source yet.
    #[must_use]
    pub fn new() -> Self {
        Self { sender: broadcast::Sender::new(NOTICES_MAX), closing: CancellationToken::new() }
    }

    /// Ends every open stream.
    pub fn close(&self) {
        self.closing.cancel();
    }

    /// Listens to the database for as long as the process lives.
    pub async fn run(self, store: Store) {
        loop {
            match store.listen(Channel::Calls).await {
                Ok(mut listener) => loop {
                    // What was lost while the connection was made again is told by the next notice.
                    let Ok(notice) = listener.recv().await else { break };
                    if let Notice::Payload(text) = notice {
                        for recorded in text.split(',').filter_map(parse) {
                            // Nobody may be watching; that is no error.
                            let _watchers = self.sender.send(recorded);
                        }
                    }
                },
                Err(error) => tracing::warn!(%error, "the live feed cannot listen; trying again"),
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

impl Default for Feed {
    fn default() -> Self {
        Self::new()
    }
}

/// `/live/activity`.
pub fn routes(feed: Feed) -> Router {
    Router::new().route(app::paths::LIVE_ACTIVITY, routing::get(activity)).with_state(feed)
}

async fn activity(
    State(feed): State<Feed>,
    caller: Option<Extension<Caller>>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, StatusCode> {
    let Some(Extension(caller)) = caller else { return Err(StatusCode::UNAUTHORIZED) };
    let Seat::Tenant { tenant_id, projects, .. } = caller.seat else {
        return Err(StatusCode::FORBIDDEN);
    };
    let events = BroadcastStream::new(feed.sender.subscribe())
        .filter_map(move |recorded| {
            // A page that lagged behind is told by whatever comes next.
            let seen = recorded
                .ok()
                .filter(|r| r.tenant_id == tenant_id && projects.contains(&r.project_id));
            std::future::ready(seen)
        })
        .map(|recorded| {
            let data = format!(r#"{{"latest":"{}"}}"#, recorded.latest);
            Ok(Event::default().event("calls").data(data))
        })
        .take_until(tokio::time::sleep(Duration::from_secs(STREAM_S_MAX)))
        .take_until(feed.closing.cancelled_owned());
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(KEEP_ALIVE_S))))
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
