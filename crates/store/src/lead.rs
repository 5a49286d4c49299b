//! Work that one node does for all: whoever holds the office's lock. The lock belongs to a session of
//! Postgres, so that it is free again when the node dies.

use sqlx::{Connection, PgConnection};

use crate::error::StoreError;
use crate::store::Store;

/// The first key of our advisory locks: "TK1L".
const LOCK_CLASS: i32 = 0x544b_314c;

/// Something that only one node does at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Office {
    /// Resolves holds of nodes that died.
    Reaper,
    /// Makes partitions and sweeps out what is over.
    Housekeeper,
}

impl Office {
    const fn key(self) -> i32 {
        match self {
            Self::Reaper => 1,
            Self::Housekeeper => 2,
        }
    }
}

/// Held for as long as this lives and its connection does.
pub struct Leadership {
    connection: PgConnection,
    office: Office,
}

impl Store {
    /// Takes the office, or gives `None` where another node holds it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the database does not answer.
    pub async fn lead(&self, office: Office) -> Result<Option<Leadership>, StoreError> {
        let mut connection = PgConnection::connect_with(&self.gateway_options).await?;
        let taken = sqlx::query_scalar!(
            r#"select pg_try_advisory_lock($1, $2) as "taken!""#,
            LOCK_CLASS,
            office.key()
        )
        .fetch_one(&mut connection)
        .await?;
        if taken {
            return Ok(Some(Leadership { connection, office }));
        }
        connection.close().await?;
        Ok(None)
    }
}

impl Leadership {
    /// Whether the office is still held; to be asked before each piece of work.
    pub async fn is_held(&mut self) -> bool {
        sqlx::query_scalar!("select 1 as one").fetch_one(&mut self.connection).await.is_ok()
    }

    /// The office.
    #[must_use]
    pub const fn office(&self) -> Office {
        self.office
    }

    /// Gives it up.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the connection is gone; the office is free then too.
    pub async fn resign(self) -> Result<(), StoreError> {
        Ok(self.connection.close().await?)
    }
}
