//! A body on its way to the caller.

use std::{collections::VecDeque, io, time::Duration};

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use tokio::time::sleep;

use crate::{
    bill::Meter,
    call::Call,
    event::Refrain,
    pieces::{self, Framing, Piece},
    script::{Script, Sse},
    wire::Wire,
};

/// The wait before a connection is dropped in mid-answer, so that what went before is on the wire.
const FLUSH: Duration = Duration::from_millis(20);

/// The least wait between deltas that never end, which would otherwise only measure the machine.
const FOREVER_DELAY_MIN: Duration = Duration::from_millis(5);

/// What comes after the last piece.
#[derive(Debug)]
pub(crate) enum Tail {
    Complete,
    /// An orderly end of what is not complete, or of an answer that broke.
    Broken,
    /// An orderly close before the promised length.
    Close,
    Reset,
    Hang,
    Forever(Refrain, Framing),
}

/// A body on its way. While it lives the meter does, and a dropped body writes the bill.
pub(crate) struct Flow {
    pieces: VecDeque<Piece>,
    chunk_delay: Duration,
    /// Before the first piece.
    silence: Duration,
    /// After so many deltas.
    silence_after: Option<(u64, Duration)>,
    deltas: u64,
    meter: Option<Meter>,
    tail: Tail,
    sse: Sse,
    wire: Option<Wire>,
}

impl Flow {
    pub(crate) fn new(
        call: &Call,
        script: &Script,
        meter: Option<Meter>,
        pieces: Vec<Piece>,
        tail: Tail,
    ) -> Self {
        let least = match tail {
            Tail::Forever(..) => FOREVER_DELAY_MIN,
            _ => Duration::ZERO,
        };
        Self {
            pieces: pieces.into(),
            chunk_delay: script.chunk_delay.max(least),
            silence: script.silence,
            silence_after: script.silence_after,
            deltas: 0,
            meter,
            tail,
            sse: script.sse,
            wire: call.wire.clone(),
        }
    }

    pub(crate) fn body(self) -> Body {
        Body::from_stream(stream::unfold(Some(self), |flow| async move { flow?.step().await }))
    }

    async fn step(mut self) -> Option<(io::Result<Bytes>, Option<Self>)> {
        if let Tail::Forever(refrain, framing) = &mut self.tail
            && self.pieces.is_empty()
        {
            pieces::write(&mut self.pieces, refrain.next(), *framing, self.sse);
        }
        if let Some(piece) = self.pieces.pop_front() {
            self.wait(&piece).await;
            self.count(&piece);
            return Some((Ok(piece.bytes), Some(self)));
        }
        match self.tail {
            Tail::Complete | Tail::Forever(..) => None,
            Tail::Broken => {
                self.end();
                None
            }
            Tail::Close => {
                sleep(FLUSH).await;
                self.end();
                None
            }
            Tail::Hang => std::future::pending().await,
            Tail::Reset => {
                sleep(FLUSH).await;
                self.end();
                Some((Err(abort(self.wire.as_ref())), None))
            }
        }
    }

    async fn wait(&mut self, next: &Piece) {
        let silence = std::mem::take(&mut self.silence);
        if !silence.is_zero() {
            sleep(silence).await;
        }
        if let Some((deltas, silence)) = self.silence_after
            && self.deltas == deltas
            && (deltas > 0 || next.begins_delta)
        {
            self.silence_after = None;
            sleep(silence).await;
        }
        if next.begins_delta && !self.chunk_delay.is_zero() {
            sleep(self.chunk_delay).await;
        }
    }

    fn count(&mut self, piece: &Piece) {
        self.deltas += u64::from(piece.generated.is_some());
        let Some(meter) = &mut self.meter else { return };
        if let Some(tokens) = piece.generated {
            meter.generated(tokens);
        }
        if self.pieces.is_empty() && matches!(self.tail, Tail::Complete) {
            meter.complete();
        }
    }

    fn end(&mut self) {
        if let Some(meter) = &mut self.meter {
            meter.ended();
        }
    }
}

/// Asks for a reset of the connection, and makes the error that ends its body.
pub(crate) fn abort(wire: Option<&Wire>) -> io::Error {
    if let Some(wire) = wire {
        wire.reset_on_close();
    }
    io::Error::new(io::ErrorKind::ConnectionReset, "a simulated reset")
}
