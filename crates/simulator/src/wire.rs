//! The connection below HTTP, where the faults live that no response can express.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

/// So many bytes of a slow head are written at a time.
const SLOW_PIECE_BYTES: usize = 8;

/// CR LF CR LF, the end of a head (RFC 9112 section 2.1).
const HEAD_END: u32 = 0x0d0a_0d0a;

/// A handler's hold on the connection that its request came by.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wire(Arc<Wishes>);

#[derive(Debug, Default)]
struct Wishes {
    reset: AtomicBool,
    head_step_ms: AtomicU64,
}

impl Wire {
    /// When the connection is next closed, it is reset instead: the peer sees RST, not FIN.
    pub(crate) fn reset_on_close(&self) {
        self.0.reset.store(true, Relaxed);
    }

    /// The next head is written in small pieces, with this long a wait before each.
    pub(crate) fn slow_head(&self, step: Duration) {
        let step_ms = u64::try_from(step.as_millis()).unwrap_or(u64::MAX);
        self.0.head_step_ms.store(step_ms, Relaxed);
    }

    fn head_step_ms(&self) -> u64 {
        self.0.head_step_ms.load(Relaxed)
    }
}

/// A TCP stream that does what its [`Wire`] was told.
pub(crate) struct Connection {
    stream: TcpStream,
    wire: Wire,
    pause: Option<Pin<Box<Sleep>>>,
    /// The last four bytes of the slow head, to see its end across writes.
    tail: u32,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream, wire: Wire) -> Self {
        Self { stream, wire, pause: None, tail: 0 }
    }

    fn poll_write_slowly(
        &mut self,
        cx: &mut Context<'_>,
        buf: &[u8],
        step_ms: u64,
    ) -> Poll<io::Result<usize>> {
        let pause =
            self.pause.get_or_insert_with(|| Box::pin(sleep(Duration::from_millis(step_ms))));
        ready!(pause.as_mut().poll(cx));
        self.pause = None;
        let piece = &buf[..buf.len().min(SLOW_PIECE_BYTES)];
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, piece))?;
        for byte in &piece[..written] {
            self.tail = self.tail << 8 | u32::from(*byte);
            if self.tail == HEAD_END {
                self.wire.slow_head(Duration::ZERO);
                self.tail = 0;
                break;
            }
        }
        Poll::Ready(Ok(written))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.wire.0.reset.load(Relaxed) {
            // A socket that refuses the option closes in the ordinary way, which callers must
            // survive as well.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        match this.wire.head_step_ms() {
            0 => Pin::new(&mut this.stream).poll_write(cx, buf),
            step_ms => this.poll_write_slowly(cx, buf, step_ms),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        match this.wire.head_step_ms() {
            0 => Pin::new(&mut this.stream).poll_write_vectored(cx, bufs),
            step_ms => {
                let first = bufs.iter().find(|buf| !buf.is_empty()).map_or(&[][..], |buf| buf);
                this.poll_write_slowly(cx, first, step_ms)
            }
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
