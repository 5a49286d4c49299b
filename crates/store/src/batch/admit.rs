//! Admission: durable holds for a batch of calls, in one round trip.

use std::collections::HashMap;

use domain::ids::{CallId, KeyId, PriceId, ProjectId, TenantId};
use domain::limits::IDEMPOTENCY_KEY_BYTES_MAX;
use domain::money::NanoUsd;
use uuid::Uuid;

use super::{BatchConnection, Live, distinct};
use crate::context::Signer;
use crate::error::StoreError;
use crate::text::bounded;

/// A call that wants to be held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldRow {
    /// The call.
    pub call_id: CallId,
    /// Its tenant.
    pub tenant_id: TenantId,
    /// Its project.
    pub project_id: ProjectId,
    /// The key it was made with.
    pub key_id: KeyId,
    /// The price the amount was computed with.
    pub price_id: PriceId,
    /// The most it can be charged.
    pub amount: NanoUsd,
    /// The caller's own key against running twice.
    pub idempotency_key: Option<String>,
    /// SHA-256 of the request, wherever there is an idempotency key.
    pub request_hash: Option<[u8; 32]>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The hold is durable: the call may be sent.
    Held,
    /// The idempotency key ran this very request before.
    Duplicate {
        /// As this call.
        call_id: CallId,
    },
    /// The idempotency key is running this very request: its call has not ended.
    InProgress {
        /// As this call.
        call_id: CallId,
    },
    /// The idempotency key is that of another request.
    Conflict,
}

impl BatchConnection {
    /// Holds a batch of calls and commits. A call that is held already stays held.
    ///
    /// # Errors
    /// [`StoreError::is_retryable`] ones: repeat the batch. [`StoreError::Refused`] with `TK003` or
    /// `TK005` where one of the calls names a key or a price that is not there, and
    /// [`StoreError::Invalid`] for a negative amount: nothing of the batch is held then, and admitting
    /// the calls one by one tells which it was.
    pub async fn admit(
        &mut self,
        holds: &[HoldRow],
        hold_seconds: u32,
    ) -> Result<HashMap<CallId, Verdict>, StoreError> {
        if holds.is_empty() {
            return Ok(HashMap::new());
        }
        let mut live = self.take().await?;
        let result = admit(&mut live, &self.signer, holds, hold_seconds).await;
        self.done(live, result)
    }
}

async fn admit(
    live: &mut Live,
    signer: &Signer,
    holds: &[HoldRow],
    hold_seconds: u32,
) -> Result<HashMap<CallId, Verdict>, StoreError> {
    let tenants = distinct(holds.iter().map(|hold| hold.tenant_id.uuid()));
    let context = signer.sign(&tenants, &[], &live.backend)?;
    let column = |pick: fn(&HoldRow) -> Uuid| holds.iter().map(pick).collect::<Vec<Uuid>>();
    let amounts: Vec<i64> = holds.iter().map(|hold| hold.amount.0).collect();
    let keys: Vec<Option<String>> = holds
        .iter()
        .map(|hold| {
            let key = hold.idempotency_key.as_deref()?;
            Some(bounded(key, IDEMPOTENCY_KEY_BYTES_MAX).into_owned())
        })
        .collect();
    let hashes: Vec<Option<Vec<u8>>> =
        holds.iter().map(|hold| hold.request_hash.map(|hash| hash.to_vec())).collect();
    let rows = sqlx::query!(
        r#"select call_id as "call_id!", verdict as "verdict!", other_call
           from app.admit_calls($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"#,
        &column(|hold| hold.call_id.uuid()),
        &column(|hold| hold.tenant_id.uuid()),
        &column(|hold| hold.project_id.uuid()),
        &column(|hold| hold.key_id.uuid()),
        &column(|hold| hold.price_id.uuid()),
        &amounts,
        &keys as &[Option<String>],
        &hashes as &[Option<Vec<u8>>],
        i32::try_from(hold_seconds).unwrap_or(i32::MAX),
        context,
    )
    .fetch_all(&mut live.connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let verdict = match (row.verdict, row.other_call) {
                (0, _) => Verdict::Held,
                (1, Some(first)) => Verdict::Duplicate { call_id: first.into() },
                (2, _) => Verdict::Conflict,
                (3, Some(first)) => Verdict::InProgress { call_id: first.into() },
                _ => return Err(StoreError::Unreadable { what: "verdict" }),
            };
            Ok((row.call_id.into(), verdict))
        })
        .collect()
}
