//! The signed context: the proof that a transaction may see the tenants it names.
//!
//! `kid|tenants|projects|expiry|HMAC-SHA256(key, the rest|backend pid)`, checked by
//! `sec.context_part` in every restrictive policy. It is bound to one backend and lives for seconds, so
//! that one that leaks opens nothing elsewhere.

use std::fmt::Write as _;
use std::time::Instant;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::StoreError;

/// How long a context is good for, in seconds. A transaction that lasts longer sees nothing more.
pub const CONTEXT_SECONDS: i64 = 20;
/// Which key signs; the row of `sec.context_key`.
pub(crate) const KID: i32 = 1;

/// Holds the key that contexts are signed with.
pub(crate) struct Signer(SecretBox<[u8; 32]>);

/// What is known of the backend at the other end of a connection. Its clock is the one that expiries
/// are checked against, so that a node whose own clock is wrong still works.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backend {
    pid: i32,
    epoch_seconds: i64,
    learned: Instant,
}

impl Backend {
    /// Asks the backend who it is and what time it has: one round trip.
    pub(crate) async fn learn(connection: &mut PgConnection) -> Result<Self, sqlx::Error> {
        let row = sqlx::query!(
            r#"select pg_backend_pid() as "pid!",
                      extract(epoch from clock_timestamp())::bigint as "now!""#
        )
        .fetch_one(connection)
        .await?;
        Ok(Self { pid: row.pid, epoch_seconds: row.now, learned: Instant::now() })
    }

    fn expiry(&self) -> i64 {
        let elapsed = i64::try_from(self.learned.elapsed().as_secs()).unwrap_or(i64::MAX);
        self.epoch_seconds.saturating_add(elapsed).saturating_add(CONTEXT_SECONDS)
    }
}

impl Signer {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self(SecretBox::new(Box::new(key)))
    }

    /// Signs for one backend. No projects means: none in reach.
    pub(crate) fn sign(
        &self,
        tenants: &[Uuid],
        projects: &[Uuid],
        backend: &Backend,
    ) -> Result<String, StoreError> {
        let mut context = format!("{KID}|");
        list(&mut context, tenants);
        context.push('|');
        list(&mut context, projects);
        let _ = write!(context, "|{}", backend.expiry());
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret())
            .map_err(|_| StoreError::invalid("context key"))?;
        mac.update(context.as_bytes());
        mac.update(format!("|{}", backend.pid).as_bytes());
        context.push('|');
        context.push_str(&HEXLOWER.encode(&mac.finalize().into_bytes()));
        Ok(context)
    }
}

fn list(text: &mut String, ids: &[Uuid]) {
    for (index, id) in ids.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        let _ = write!(text, "{id}");
    }
}

/// A Postgres array literal of ids, for `app.tenants`.
pub(crate) fn array_literal(ids: &[Uuid]) -> String {
    let mut text = String::from("{");
    list(&mut text, ids);
    text.push('}');
    text
}
