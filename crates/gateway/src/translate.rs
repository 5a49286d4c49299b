//! Translation, and whatever else reads a whole body, off the path of other calls: it takes some 8 ms for
//! each megabyte, in which a thread that carries many streams must not stand still.

use std::sync::Arc;

use bytes::Bytes;
use dialect::{Broken, Translated, Unsupported, Wanted};
use domain::provider::Surface;
use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_blocking};

/// Largest body that is read through where it is, in bytes: less than a millisecond.
const AT_ONCE_BYTES_MAX: usize = 64 * 1024;

/// Where large bodies are read through: beside the calls, and no more at a time than there are cores.
#[derive(Debug)]
pub(crate) struct Desk(Arc<Semaphore>);

impl Default for Desk {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self(Arc::new(Semaphore::new(cores)))
    }
}

/// The work was given up: the node stops, or it panicked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Lost {
    #[error("no more is begun")]
    Closed(#[from] tokio::sync::AcquireError),
    #[error("it failed")]
    Failed(#[from] JoinError),
}

/// What is asked of a request's translation: [`Wanted`] with a name of its own.
pub(crate) struct Order {
    pub(crate) from: Surface,
    pub(crate) to: Surface,
    pub(crate) upstream_model: String,
    pub(crate) output_tokens_max: u32,
    pub(crate) input_tokens_estimate: u64,
    pub(crate) created_unix_s: i64,
    pub(crate) answer_id: String,
}

impl Order {
    fn carry_out(&self, body: &[u8]) -> Result<Translated, Unsupported> {
        let wanted = Wanted {
            upstream_model: &self.upstream_model,
            output_tokens_max: self.output_tokens_max,
            input_tokens_estimate: self.input_tokens_estimate,
            created_unix_s: self.created_unix_s,
            answer_id: &self.answer_id,
        };
        dialect::request(self.from, self.to, body, &wanted)
    }
}

impl Desk {
    /// Translates a request.
    pub(crate) async fn request(
        &self,
        body: Bytes,
        order: Order,
    ) -> Result<Result<Translated, Unsupported>, Lost> {
        self.run(body.len(), move || order.carry_out(&body)).await
    }

    /// Translates a whole answer to what was asked in `translated`.
    pub(crate) async fn answer(
        &self,
        translated: &Arc<Translated>,
        body: Bytes,
    ) -> Result<Result<Bytes, Broken>, Lost> {
        let bytes = body.len();
        let translated = Arc::clone(translated);
        let work = move || dialect::answer(&translated.context, &body).map(Bytes::from);
        self.run(bytes, work).await
    }

    /// Runs what reads so many bytes.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        bytes: usize,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Lost> {
        if bytes <= AT_ONCE_BYTES_MAX {
            return Ok(work());
        }
        let turn = Arc::clone(&self.0).acquire_owned().await?;
        let done = spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        Ok(done.await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn small_work_is_done_here_and_large_work_elsewhere() {
        let desk = Desk::default();
        let here = std::thread::current().id();
        let thread = || std::thread::current().id();
        assert_eq!(desk.run(AT_ONCE_BYTES_MAX, thread).await.unwrap(), here);
        assert_ne!(desk.run(AT_ONCE_BYTES_MAX + 1, thread).await.unwrap(), here);
    }

    #[tokio::test]
    async fn work_that_panics_is_an_error_and_gives_its_turn_back() {
        let desk = Desk(Arc::new(Semaphore::new(1)));
        let panics = desk.run(usize::MAX, || panic!("as a test wants it")).await;
        assert!(matches!(panics, Err(Lost::Failed(_))));
        assert_eq!(desk.run(usize::MAX, || 1).await.unwrap(), 1);
    }
}
