//! Browser sessions, by the hash of their cookie: a copy of the table opens nothing.

use chrono::{DateTime, Utc};
use domain::ids::AccountId;
use serde_json::Value;

use crate::error::StoreError;
use crate::store::Store;

/// SHA-256 of the cookie's value.
pub type IdHash = [u8; 32];

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Whose it is, once someone has signed in.
    pub account_id: Option<AccountId>,
    /// What it remembers; at most 8 KiB.
    pub data: Value,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// A session that has not ended.
///
/// # Errors
/// [`StoreError`] where the database does not answer.
pub async fn load(
    store: &Store,
    id: &IdHash,
    now: DateTime<Utc>,
) -> Result<Option<SessionRow>, StoreError> {
    let row = sqlx::query!(
        "select account_id, data, expires_at from identity.session
         where id_hash = $1 and expires_at > $2",
        &id[..],
        now,
    )
    .fetch_optional(&store.console)
    .await?;
    Ok(row.map(|row| SessionRow {
        account_id: row.account_id.map(AccountId::from),
        data: row.data,
        expires_at: row.expires_at,
    }))
}

/// Keeps a new session; `false` where the id is in use, so that another must be drawn.
///
/// # Errors
/// [`StoreError::Invalid`] where the data is too large.
pub async fn create(store: &Store, id: &IdHash, session: &SessionRow) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "insert into identity.session (id_hash, account_id, data, expires_at)
         values ($1, $2, $3, $4) on conflict do nothing",
        &id[..],
        session.account_id.map(|id| id.uuid()),
        session.data,
        session.expires_at,
    )
    .execute(&store.console)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps what a session remembers. One that was ended in the meantime stays ended: a slow request must
/// not bring it back.
///
/// # Errors
/// [`StoreError::Invalid`] where the data is too large.
pub async fn save(store: &Store, id: &IdHash, session: &SessionRow) -> Result<(), StoreError> {
    sqlx::query!(
        "update identity.session set account_id = $2, data = $3, expires_at = $4 where id_hash = $1",
        &id[..],
        session.account_id.map(|id| id.uuid()),
        session.data,
        session.expires_at,
    )
    .execute(&store.console)
    .await?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// [`StoreError`] where the database does not answer.
pub async fn delete(store: &Store, id: &IdHash) -> Result<(), StoreError> {
    sqlx::query!("delete from identity.session where id_hash = $1", &id[..])
        .execute(&store.console)
        .await?;
    Ok(())
}

/// Ends all sessions of a person; says how many.
///
/// # Errors
/// [`StoreError`] where the database does not answer.
pub async fn delete_of_account(store: &Store, account: AccountId) -> Result<u64, StoreError> {
    let done = sqlx::query!("delete from identity.session where account_id = $1", account.uuid())
        .execute(&store.console)
        .await?;
    Ok(done.rows_affected())
}

/// Sweeps out sessions that have ended; says how many.
///
/// # Errors
/// [`StoreError`] where the database does not answer.
pub async fn delete_expired(store: &Store, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let done = sqlx::query!("delete from identity.session where expires_at <= $1", now)
        .execute(&store.console)
        .await?;
    Ok(done.rows_affected())
}
