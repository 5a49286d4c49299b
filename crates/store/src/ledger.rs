//! The ledger, read: the transfers of a call and the entries they make.

use chrono::{DateTime, Utc};
use domain::ids::{CallId, PriceId};
use domain::money::NanoUsd;

use crate::error::StoreError;
use crate::tenant::TenantTx;

/// What a transfer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TransferKind {
    /// Sets the most that a call can be charged aside.
    Hold,
    /// Charges it, and gives the rest back.
    Post,
    /// Gives all of it back: nothing was used.
    Void,
    /// Gives all of it back: its time was over.
    Expire,
    /// Charges after that.
    Late,
}

impl TransferKind {
    /// The word that people read.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Post => "post",
            Self::Void => "void",
            Self::Expire => "expire",
            Self::Late => "late",
        }
    }

    fn parse(letter: &str) -> Result<Self, StoreError> {
        Ok(match letter {
            "H" => Self::Hold,
            "P" => Self::Post,
            "V" => Self::Void,
            "E" => Self::Expire,
            "L" => Self::Late,
            _ => return Err(StoreError::Unreadable { what: "kind" }),
        })
    }
}

/// What a transfer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Leg {
    /// What the tenant owes us.
    Charge,
    /// What we owe the provider.
    Cost,
}

impl Leg {
    /// The word that people read.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Cost => "cost",
        }
    }

    const fn of(leg: i16) -> Self {
        if leg == 0 { Self::Charge } else { Self::Cost }
    }
}

/// A transfer between two accounts of the tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferRow {
    /// When.
    pub at: DateTime<Utc>,
    /// What it does.
    pub kind: TransferKind,
    /// What it is about.
    pub leg: Leg,
    /// The account debited, by its code.
    pub debit: String,
    /// The account credited, by its code.
    pub credit: String,
    /// Of a hold: pending. Of the others: posted.
    pub amount: NanoUsd,
    /// What of the hold is given back.
    pub released: NanoUsd,
    /// What rounding left over, in 10⁻¹² nano-USD of a charge, in 10⁻⁶ of a cost.
    pub remainder: i64,
    /// Of a hold: when its time is over.
    pub expires_at: Option<DateTime<Utc>>,
    /// The price it was computed with.
    pub price_id: PriceId,
}

/// One signed side of a transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRow {
    /// The transfer's kind.
    pub kind: TransferKind,
    /// What the transfer is about.
    pub leg: Leg,
    /// The account, by its code.
    pub account: String,
    /// `pending` or `posted`.
    pub layer: String,
    /// Positive is a debit.
    pub amount: NanoUsd,
}

/// The ledger rows of one call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallLedger {
    /// The transfers, in order.
    pub transfers: Vec<TransferRow>,
    /// Their entries, in order.
    pub entries: Vec<EntryRow>,
}

impl CallLedger {
    /// The sum of all entries, in nano-USD: zero, or the ledger is wrong.
    #[must_use]
    pub fn sum(&self) -> i128 {
        self.entries.iter().map(|entry| i128::from(entry.amount.0)).sum()
    }
}

/// What an account stands at, over the projects in reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// The account, by its code.
    pub account: String,
    /// `pending` or `posted`.
    pub layer: String,
    /// Debits less credits, in nano-USD.
    pub amount: i128,
}

impl TenantTx<'_> {
    /// The transfers and entries of a call; empty where it has none in reach.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn call_ledger(&mut self, id: CallId) -> Result<CallLedger, StoreError> {
        Ok(CallLedger { transfers: self.transfers(id).await?, entries: self.entries(id).await? })
    }

    /// Every account's balance, added up from the entries; the sum of all is zero.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn balances(&mut self) -> Result<Vec<Balance>, StoreError> {
        let tenant = self.tenant_uuid();
        let rows = sqlx::query!(
            r#"select a.code, e.layer as "layer!", sum(e.amount)::text as "amount!"
               from app.entry e
               join app.ledger_account a on a.tenant_id = e.tenant_id and a.number = e.account
               where e.tenant_id = $1
               group by a.number, a.code, e.layer
               order by a.number, e.layer"#,
            tenant
        )
        .fetch_all(self.connection())
        .await?;
        rows.into_iter()
            .map(|row| {
                let amount =
                    row.amount.parse().map_err(|_| StoreError::Unreadable { what: "amount" })?;
                Ok(Balance { account: row.code, layer: row.layer, amount })
            })
            .collect()
    }

    async fn transfers(&mut self, id: CallId) -> Result<Vec<TransferRow>, StoreError> {
        let tenant = self.tenant_uuid();
        let rows = sqlx::query!(
            r#"select t.at, t.kind::text as "kind!", t.leg, d.code as debit, c.code as credit,
                      t.amount, t.released, t.remainder, t.expires_at, t.price_id
               from app.transfer t
               join app.ledger_account d on d.tenant_id = t.tenant_id and d.number = t.debit
               join app.ledger_account c on c.tenant_id = t.tenant_id and c.number = t.credit
               where t.tenant_id = $1 and t.call_id = $2
               order by t.attempt, t.step, t.leg"#,
            tenant,
            id.uuid(),
        )
        .fetch_all(self.connection())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(TransferRow {
                    at: row.at,
                    kind: TransferKind::parse(&row.kind)?,
                    leg: Leg::of(row.leg),
                    debit: row.debit,
                    credit: row.credit,
                    amount: NanoUsd(row.amount),
                    released: NanoUsd(row.released),
                    remainder: row.remainder,
                    expires_at: row.expires_at,
                    price_id: row.price_id.into(),
                })
            })
            .collect()
    }

    async fn entries(&mut self, id: CallId) -> Result<Vec<EntryRow>, StoreError> {
        let tenant = self.tenant_uuid();
        let rows = sqlx::query!(
            r#"select e.kind::text as "kind!", e.leg as "leg!", a.code, e.layer as "layer!",
                      e.amount as "amount!"
               from app.entry e
               join app.ledger_account a on a.tenant_id = e.tenant_id and a.number = e.account
               where e.tenant_id = $1 and e.call_id = $2
               order by e.attempt, e.step, e.leg, e.layer, e.amount desc"#,
            tenant,
            id.uuid(),
        )
        .fetch_all(self.connection())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(EntryRow {
                    kind: TransferKind::parse(&row.kind)?,
                    leg: Leg::of(row.leg),
                    account: row.code,
                    layer: row.layer,
                    amount: NanoUsd(row.amount),
                })
            })
            .collect()
    }
}
