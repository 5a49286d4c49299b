//! The line to the client, from the side of the call's own task. The client may hang up at any moment;
//! the task then carries on as it sees fit.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use domain::ids::CallId;
use domain::provider::Surface;
use domain::refusal::Refusal;
use http::{HeaderMap, HeaderValue, header};
use http_body::Frame;
use tokio::sync::{mpsc, oneshot};

use crate::refuse::{self, Broken, Voice};

/// Pieces of a stream that may wait for a slow client before its provider is read no further.
const PIECES_WAITING_MAX: usize = 32;

/// The line of one call.
#[derive(Debug)]
pub(crate) struct Line {
    end: End,
    surface: Surface,
    call_id: CallId,
    marks: Vec<(&'static str, HeaderValue)>,
}

/// The client's end, before and after the head of the answer.
#[derive(Debug)]
enum End {
    /// The client waits for an answer.
    Waiting(oneshot::Sender<Response>),
    /// The head has gone out and the body follows.
    Streaming {
        sender: mpsc::Sender<Bytes>,
        /// Set before the sender goes, where the body is complete.
        complete: Arc<AtomicBool>,
    },
    /// The answer is complete, or nobody listens any more.
    Closed,
}

impl Line {
    /// A line for a call on this surface, and where its answer comes out.
    pub(crate) fn new(surface: Surface, call_id: CallId) -> (Self, oneshot::Receiver<Response>) {
        let (sender, receiver) = oneshot::channel();
        let end = End::Waiting(sender);
        (Self { end, surface, call_id, marks: Vec::new() }, receiver)
    }

    /// The surface it came in on.
    pub(crate) const fn surface(&self) -> Surface {
        self.surface
    }

    /// Adds a header to the answer, whatever that will be; without effect once its head has gone out.
    pub(crate) fn mark(&mut self, name: &'static str, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.marks.push((name, value));
        }
    }

    /// Gives a whole answer. Says whether somebody took it.
    pub(crate) fn answer(&mut self, mut response: Response) -> bool {
        match std::mem::replace(&mut self.end, End::Closed) {
            End::Waiting(sender) => {
                refuse::stamp(&mut response, Voice::of(self.surface), self.call_id);
                for (name, value) in self.marks.drain(..) {
                    response.headers_mut().insert(name, value);
                }
                sender.send(response).is_ok()
            }
            End::Streaming { .. } | End::Closed => false,
        }
    }

    /// Refuses: with a whole answer, or inside the stream that has been opened already.
    pub(crate) async fn refuse(&mut self, refusal: &Refusal) -> bool {
        if self.is_streaming() {
            let event = refuse::event(refusal, self.surface, self.call_id, Broken::default());
            let taken = self.push(event).await;
            self.close();
            return taken;
        }
        self.answer(refuse::response(refusal, Voice::of(self.surface), self.call_id))
    }

    /// Opens a stream of events with these headers, unless that is done. Says whether it is open.
    pub(crate) fn open(&mut self, headers: HeaderMap) -> bool {
        if self.is_streaming() {
            return true;
        }
        let (sender, receiver) = mpsc::channel(PIECES_WAITING_MAX);
        let complete = Arc::new(AtomicBool::new(false));
        let pieces = Pieces { receiver, complete: Arc::clone(&complete) };
        let mut head = Response::new(Body::new(pieces));
        *head.headers_mut() = headers;
        let stream = HeaderValue::from_static("text/event-stream; charset=utf-8");
        head.headers_mut().entry(header::CONTENT_TYPE).or_insert(stream);
        // A proxy between us and the client must not gather or keep what is meant to flow.
        head.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        head.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
        let taken = self.answer(head);
        if taken {
            self.end = End::Streaming { sender, complete };
        }
        taken
    }

    /// Says that the call still runs. A client that does not read what there is already needs no more.
    pub(crate) fn keep_alive(&mut self) {
        if self.open(HeaderMap::new())
            && let End::Streaming { sender, .. } = &self.end
        {
            let _ = sender.try_send(Bytes::from_static(refuse::keep_alive(self.surface)));
        }
    }

    /// Pushes a piece of the body, and waits where the client is slow. Says whether it was taken.
    pub(crate) async fn push(&mut self, piece: Bytes) -> bool {
        let End::Streaming { sender, .. } = &self.end else { return false };
        let taken = sender.send(piece).await.is_ok();
        if !taken {
            self.end = End::Closed;
        }
        taken
    }

    /// Waits until the client has hung up; for ever once the line is closed.
    pub(crate) async fn hung_up(&mut self) {
        match &mut self.end {
            End::Waiting(sender) => sender.closed().await,
            End::Streaming { sender, .. } => sender.closed().await,
            End::Closed => std::future::pending().await,
        }
    }

    /// Whether the client has hung up by now.
    pub(crate) fn is_closed(&self) -> bool {
        match &self.end {
            End::Waiting(sender) => sender.is_closed(),
            End::Streaming { sender, .. } => sender.is_closed(),
            End::Closed => true,
        }
    }

    /// Whether the head of a stream has gone out.
    pub(crate) const fn is_streaming(&self) -> bool {
        matches!(self.end, End::Streaming { .. })
    }

    /// Ends the answer. A stream that is dropped without this was cut, and its client sees it break off
    /// instead of taking a part for the whole.
    pub(crate) fn close(&mut self) {
        if let End::Streaming { complete, .. } = std::mem::replace(&mut self.end, End::Closed) {
            complete.store(true, Ordering::Release);
        }
    }
}

/// A response body made of pieces as they come.
struct Pieces {
    receiver: mpsc::Receiver<Bytes>,
    complete: Arc<AtomicBool>,
}

/// The call was cut off in the middle of its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stream was cut off")]
struct Cut;

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.receiver.poll_recv(context).map(|piece| match piece {
            Some(bytes) => Some(Ok(Frame::data(bytes))),
            None if self.complete.load(Ordering::Acquire) => None,
            None => Some(Err(Cut)),
        })
    }
}
