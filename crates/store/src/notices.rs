//! Notices from the database: that the epoch advanced, that calls were recorded, that a circuit changed.

use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgListener;

use crate::error::StoreError;
use crate::store::Store;

/// Pause between tries to reach the database again.
const RECONNECT_PAUSE: Duration = Duration::from_millis(500);

/// What can be listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Something that a snapshot holds has changed; the payload is empty.
    Epoch,
    /// Calls were recorded: `tenant:project:latest call id`, comma-separated.
    Calls,
    /// A circuit changed; the payload is empty.
    Circuits,
}

impl Channel {
    /// The name in Postgres.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Epoch => "tokenone_epoch",
            Self::Calls => "tokenone_calls",
            Self::Circuits => "tokenone_circuits",
        }
    }
}

/// What was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A notice with its payload.
    Payload(String),
    /// The connection was lost and made again: notices in between are lost too, so look afresh.
    Reconnected,
}

/// Listens on one channel, and reconnects by itself.
pub struct Listener {
    pool: PgPool,
    channel: Channel,
    /// `None` while the connection is lost.
    inner: Option<PgListener>,
}

impl Store {
    /// Begins to listen: to [`Channel::Calls`] as the console, to the others as the gateway. Takes a
    /// connection of that role's pool for as long as it lives.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the database does not answer.
    pub async fn listen(&self, channel: Channel) -> Result<Listener, StoreError> {
        let pool = match channel {
            Channel::Epoch | Channel::Circuits => &self.gateway,
            Channel::Calls => &self.console,
        };
        let inner = listen(pool, channel).await?;
        Ok(Listener { pool: pool.clone(), channel, inner: Some(inner) })
    }
}

impl Listener {
    /// Waits for the next notice. Cancelling loses none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] once the store is closed; until then a lost connection is made
    /// again, however long that takes.
    pub async fn recv(&mut self) -> Result<Notice, StoreError> {
        if let Some(inner) = &mut self.inner {
            match inner.try_recv().await {
                Ok(Some(notice)) => return Ok(Notice::Payload(notice.payload().to_owned())),
                Err(error @ sqlx::Error::PoolClosed) => return Err(error.into()),
                Ok(None) | Err(_) => self.inner = None,
            }
        }
        loop {
            match listen(&self.pool, self.channel).await {
                Ok(inner) => {
                    self.inner = Some(inner);
                    return Ok(Notice::Reconnected);
                }
                Err(error @ sqlx::Error::PoolClosed) => return Err(error.into()),
                Err(_) => tokio::time::sleep(RECONNECT_PAUSE).await,
            }
        }
    }
}

async fn listen(pool: &PgPool, channel: Channel) -> Result<PgListener, sqlx::Error> {
    let mut inner = PgListener::connect_with(pool).await?;
    inner.eager_reconnect(false);
    inner.listen(channel.as_str()).await?;
    Ok(inner)
}
