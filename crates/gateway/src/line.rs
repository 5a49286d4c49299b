//! The line to the client, from the side of the call's own task. The client may hang up at any moment;
//! the task then carries on as it sees fit.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http_body::Frame;
use tokio::sync::{mpsc, oneshot};

/// Pieces of a stream that may wait for a slow client before its provider is read no further.
const PIECES_WAITING_MAX: usize = 32;

/// The client's end, before and after the head of the answer.
#[derive(Debug)]
pub(crate) enum Line {
    /// The client waits for an answer.
    Waiting(oneshot::Sender<Response>),
    /// The head has gone out and the body follows.
    Streaming(mpsc::Sender<Bytes>),
    /// The answer is complete, or nobody listens any more.
    Closed,
}

impl Line {
    /// A line, and where its answer comes out.
    pub(crate) fn new() -> (Self, oneshot::Receiver<Response>) {
        let (sender, receiver) = oneshot::channel();
        (Self::Waiting(sender), receiver)
    }

    /// Gives a whole answer. Says whether somebody took it.
    pub(crate) fn answer(&mut self, response: Response) -> bool {
        match std::mem::replace(self, Self::Closed) {
            Self::Waiting(sender) => sender.send(response).is_ok(),
            Self::Streaming(_) | Self::Closed => false,
        }
    }

    /// Gives the head of an answer whose body is pushed piece by piece.
    pub(crate) fn open(&mut self, head: http::response::Parts) -> bool {
        let (sender, receiver) = mpsc::channel(PIECES_WAITING_MAX);
        let taken = self.answer(Response::from_parts(head, Body::new(Pieces(receiver))));
        if taken {
            *self = Self::Streaming(sender);
        }
        taken
    }

    /// Pushes a piece of the body, and waits where the client is slow. Says whether it was taken.
    pub(crate) async fn push(&mut self, piece: Bytes) -> bool {
        let Self::Streaming(sender) = self else { return false };
        let taken = sender.send(piece).await.is_ok();
        if !taken {
            *self = Self::Closed;
        }
        taken
    }

    /// Waits until the client has hung up; for ever once the line is closed.
    pub(crate) async fn hung_up(&mut self) {
        match self {
            Self::Waiting(sender) => sender.closed().await,
            Self::Streaming(sender) => sender.closed().await,
            Self::Closed => std::future::pending().await,
        }
    }

    /// Whether the client has hung up by now.
    pub(crate) fn is_closed(&self) -> bool {
        match self {
            Self::Waiting(sender) => sender.is_closed(),
            Self::Streaming(sender) => sender.is_closed(),
            Self::Closed => true,
        }
    }

    /// Ends the answer.
    pub(crate) fn close(&mut self) {
        *self = Self::Closed;
    }
}

/// A response body made of pieces as they come.
struct Pieces(mpsc::Receiver<Bytes>);

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|bytes| Ok(Frame::data(bytes))))
    }
}
