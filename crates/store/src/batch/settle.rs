//! Settlement: a batch of resolutions with their call records and payloads, in one transaction.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::ids::{CallId, PriceId, TenantId};
use domain::money::NanoUsd;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::{BatchConnection, Live, distinct, record};
use crate::calls::{CallRecord, PayloadRecord};
use crate::context::{Signer, array_literal};
use crate::error::StoreError;

/// The longest payload of a notice, in bytes; Postgres refuses 8,000.
const NOTICE_BYTES_MAX: usize = 7_900;

/// How a hold ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResolutionKind {
    /// The call ran: charge and cost are posted.
    Post,
    /// Nothing was used; the hold is given back.
    Void,
    /// The hold ran out; a post may still follow.
    Expire,
}

/// To whom a cost is owed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Payable {
    /// The provider.
    #[default]
    Provider,
    /// Suspense: the provider's own figures are not credible and a person must look.
    Suspense,
}

/// The resolution of one hold. Of a void or an expiry only the kind counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// The call.
    pub call_id: CallId,
    /// Its tenant.
    pub tenant_id: TenantId,
    /// How it ends.
    pub kind: ResolutionKind,
    /// What the tenant is charged; may exceed the hold.
    pub charge: NanoUsd,
    /// What rounding left over of the charge, in 10⁻¹² nano-USD.
    pub charge_remainder: i64,
    /// What the provider charges us.
    pub cost: NanoUsd,
    /// What rounding left over of the cost, in 10⁻⁶ nano-USD.
    pub cost_remainder: i64,
    /// To whom the cost is owed.
    pub payable: Payable,
    /// The price that charge and cost were computed with: that of the target which answered.
    pub price_id: PriceId,
}

/// What a resolution did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It resolved the hold.
    Resolved,
    /// The hold had expired; charge and cost were posted after it.
    Late,
}

impl BatchConnection {
    /// Settles and records a batch, commits, and tells the consoles. A call that is missing from the
    /// answer was settled before (or never held): its resolution is left as it was. A call record that
    /// is there already is replaced only where it said "expired"; a payload never.
    ///
    /// Of several resolutions or records of the same call the first counts.
    ///
    /// # Errors
    /// [`StoreError::is_retryable`] ones: repeat the batch, also when another node resolved one of the
    /// calls at the same moment. Otherwise nothing of the batch is written, and settling the calls one
    /// by one tells which of them it was.
    pub async fn settle(
        &mut self,
        resolutions: &[Resolution],
        calls: &[CallRecord],
        payloads: &[PayloadRecord],
    ) -> Result<HashMap<CallId, Settled>, StoreError> {
        if resolutions.is_empty() && calls.is_empty() && payloads.is_empty() {
            return Ok(HashMap::new());
        }
        let mut live = self.take().await?;
        let mut result = settle(&mut live, &self.signer, resolutions, calls, payloads).await;
        if result.is_err() && sqlx::raw_sql("rollback").execute(&mut live.connection).await.is_err()
        {
            // The connection is gone: dropping it undoes the transaction.
            return result.map_err(StoreError::raced);
        }
        result = result.map_err(StoreError::raced);
        self.done(live, result)
    }
}

async fn settle(
    live: &mut Live,
    signer: &Signer,
    resolutions: &[Resolution],
    calls: &[CallRecord],
    payloads: &[PayloadRecord],
) -> Result<HashMap<CallId, Settled>, StoreError> {
    let tenants = distinct(
        resolutions
            .iter()
            .map(|row| row.tenant_id.uuid())
            .chain(calls.iter().map(|row| row.tenant_id.uuid()))
            .chain(payloads.iter().map(|row| row.tenant_id.uuid())),
    );
    let context = signer.sign(&tenants, &[], &live.backend)?;
    // Ids and hexadecimal digits only, so that nothing here can end a literal; one round trip.
    let begin = format!(
        "begin; select set_config('app.tenants', '{}', true), set_config('app.context', '{context}', true)",
        array_literal(&tenants),
    );
    let connection = &mut live.connection;
    sqlx::raw_sql(AssertSqlSafe(begin)).execute(&mut *connection).await?;
    let settled = resolve(connection, resolutions).await?;
    record::calls(connection, calls, &notices(calls)).await?;
    record::payloads(connection, payloads).await?;
    record::origins(connection, calls).await?;
    sqlx::raw_sql("commit").execute(connection).await?;
    Ok(settled)
}

async fn resolve(
    connection: &mut PgConnection,
    resolutions: &[Resolution],
) -> Result<HashMap<CallId, Settled>, StoreError> {
    if resolutions.is_empty() {
        return Ok(HashMap::new());
    }
    let mut seen = HashSet::new();
    let rows: Vec<&Resolution> =
        resolutions.iter().filter(|row| seen.insert(row.call_id)).collect();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.call_id.uuid()).collect();
    let tenants: Vec<Uuid> = rows.iter().map(|row| row.tenant_id.uuid()).collect();
    let kinds: Vec<String> = rows.iter().map(|row| row.kind.as_str().to_owned()).collect();
    // A void and an expiry move no money, whatever the caller computed.
    let money = |pick: fn(&Resolution) -> i64| -> Vec<i64> {
        rows.iter()
            .map(|row| if row.kind == ResolutionKind::Post { pick(row) } else { 0 })
            .collect()
    };
    let prices: Vec<Uuid> = rows.iter().map(|row| row.price_id.uuid()).collect();
    let payable: Vec<i16> = rows.iter().map(|row| row.payable.account()).collect();
    let settled = sqlx::query!(
        r#"select call_id as "call_id!", step as "step!"
           from app.settle_calls($1, $2, $3, $4, $5, $6, $7, $8, $9)"#,
        &ids,
        &tenants,
        &kinds,
        &money(|row| row.charge.0),
        &money(|row| row.charge_remainder),
        &money(|row| row.cost.0),
        &money(|row| row.cost_remainder),
        &payable,
        &prices,
    )
    .fetch_all(connection)
    .await?;
    Ok(settled
        .into_iter()
        .map(|row| {
            let settled = if row.step == 2 { Settled::Late } else { Settled::Resolved };
            (row.call_id.into(), settled)
        })
        .collect())
}

/// `tenant:project:latest call`, comma-separated, in pieces that fit a notice.
fn notices(calls: &[CallRecord]) -> Vec<String> {
    let mut latest = BTreeMap::new();
    for call in calls {
        let newest = latest.entry((call.tenant_id, call.project_id)).or_insert(call.id);
        *newest = (*newest).max(call.id);
    }
    let mut pieces: Vec<String> = Vec::new();
    for ((tenant, project), call) in latest {
        let item = format!("{tenant}:{project}:{call}");
        match pieces.last_mut() {
            Some(piece) if piece.len() + 1 + item.len() <= NOTICE_BYTES_MAX => {
                piece.push(',');
                piece.push_str(&item);
            }
            _ => pieces.push(item),
        }
    }
    pieces
}

impl ResolutionKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Post => "P",
            Self::Void => "V",
            Self::Expire => "E",
        }
    }
}

impl Payable {
    /// The number of the account in `app.ledger_account`.
    const fn account(self) -> i16 {
        match self {
            Self::Provider => 4,
            Self::Suspense => 5,
        }
    }
}
