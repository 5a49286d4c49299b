//! A body on its way out, which notices when it leaves: until then nobody can have billed it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::Full;

/// Whether a body has begun to leave.
#[derive(Clone, Debug, Default)]
pub(crate) struct Left(Arc<AtomicBool>);

impl Left {
    /// Whether it has.
    pub(crate) fn has(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// A body in one piece. The connection asks for it when it is open and the head is ready.
pub(crate) struct Outgoing {
    body: Full<Bytes>,
    left: Left,
}

impl Outgoing {
    /// The body, and what will tell.
    pub(crate) fn new(bytes: Bytes, left: Left) -> Self {
        Self { body: Full::new(bytes), left }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.left.0.store(true, Ordering::Release);
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
