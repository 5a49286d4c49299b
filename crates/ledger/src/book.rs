//! A ledger in memory with the rules that the database enforces: what it takes, Postgres takes, and
//! what it refuses, Postgres refuses. Tests and verifiers compare the two.

use std::collections::BTreeMap;

use domain::ids::{CallId, TenantId};
use domain::money::NanoUsd;

use crate::transfer::{Account, Layer, Leg, Step, Transfer, TransferKind, entries};

/// What names a row: one hold per attempt, one resolution per hold.
type Key = (TenantId, CallId, i16, Step, Leg);
type Balances = BTreeMap<(TenantId, Layer, Account), i64>;

/// The rows and the balances that follow from them.
#[derive(Clone, Debug, Default)]
pub struct Book {
    rows: BTreeMap<Key, Transfer>,
    balances: Balances,
}

/// What became of a batch that was not refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It is in the book now.
    Now,
    /// It was in the book before, row for row: a retry, and nothing changed.
    Before,
}

/// Why a batch is refused. Nothing of it is in the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    /// Another row has the key: the hold was already resolved in another way.
    #[error("the step was already taken, otherwise")]
    Conflict,
    /// There is no hold to resolve.
    #[error("there is no hold to resolve")]
    NoHold,
    /// A cost without its charge, or a late charge without an expiry.
    #[error("the step before it is missing")]
    OutOfOrder,
    /// Kind, step, accounts or amounts do not belong together.
    #[error("kind, step, accounts and amounts do not belong together")]
    Malformed,
    /// The release is not the whole hold.
    #[error("the release is not the whole hold")]
    Release,
    /// A balance would leave its range.
    #[error("a balance would leave its range")]
    Overflow,
}

impl Book {
    /// Enters a batch, wholly or not at all.
    ///
    /// # Errors
    /// [`BookError`] where a row breaks a rule; the book is then as before.
    pub fn apply(&mut self, batch: &[Transfer]) -> Result<Applied, BookError> {
        let mut added: BTreeMap<Key, Transfer> = BTreeMap::new();
        let mut moved = Balances::new();
        for row in batch {
            let key = key(row, row.step, row.leg);
            match self.rows.get(&key).or_else(|| added.get(&key)) {
                Some(known) if known == row => continue,
                Some(_) => return Err(BookError::Conflict),
                None => {}
            }
            self.check(row, &added)?;
            for entry in entries(row) {
                let place = (row.tenant_id, entry.layer, entry.account);
                let before = self.balances.get(&place).copied().unwrap_or(0);
                let balance = moved.entry(place).or_insert(before);
                *balance = balance.checked_add(entry.amount.0).ok_or(BookError::Overflow)?;
            }
            added.insert(key, *row);
        }
        if added.is_empty() {
            return Ok(Applied::Before);
        }
        self.rows.extend(added);
        self.balances.extend(moved);
        Ok(Applied::Now)
    }

    /// The balance of one account on one layer.
    #[must_use]
    pub fn balance(&self, tenant_id: TenantId, layer: Layer, account: Account) -> NanoUsd {
        NanoUsd(self.balances.get(&(tenant_id, layer, account)).copied().unwrap_or(0))
    }

    /// The sum over all accounts of a layer, in nano-USD. It is zero.
    #[must_use]
    pub fn layer_sum(&self, layer: Layer) -> i128 {
        let of_layer = self.balances.iter().filter(|((_, of, _), _)| *of == layer);
        of_layer.map(|(_, balance)| i128::from(*balance)).sum()
    }

    /// The rows of one attempt in the order of step and leg.
    pub fn rows(
        &self,
        tenant_id: TenantId,
        call_id: CallId,
        attempt: i16,
    ) -> impl Iterator<Item = &Transfer> {
        let first = (tenant_id, call_id, attempt, Step::Hold, Leg::Charge);
        let last = (tenant_id, call_id, attempt, Step::Late, Leg::Cost);
        self.rows.range(first..=last).map(|(_, row)| row)
    }

    /// Checks a new row against itself and the rows before it.
    fn check(&self, row: &Transfer, added: &BTreeMap<Key, Transfer>) -> Result<(), BookError> {
        if !well_formed(row) {
            return Err(BookError::Malformed);
        }
        if row.step == Step::Hold {
            return Ok(());
        }
        let find = |step, leg| {
            let key = key(row, step, leg);
            self.rows.get(&key).or_else(|| added.get(&key))
        };
        let hold = find(Step::Hold, Leg::Charge).ok_or(BookError::NoHold)?;
        let releases = row.step == Step::Resolution && row.leg == Leg::Charge;
        if row.released != if releases { hold.amount } else { NanoUsd::ZERO } {
            return Err(BookError::Release);
        }
        let before = match (row.step, row.leg) {
            (step, Leg::Cost) => find(step, Leg::Charge).is_some_and(|c| c.kind == row.kind),
            (Step::Late, Leg::Charge) => find(Step::Resolution, Leg::Charge)
                .is_some_and(|resolution| resolution.kind == TransferKind::Expire),
            _ => true,
        };
        if before { Ok(()) } else { Err(BookError::OutOfOrder) }
    }
}

const fn key(row: &Transfer, step: Step, leg: Leg) -> Key {
    (row.tenant_id, row.call_id, row.attempt, step, leg)
}

/// What a row must be whatever else is in the book.
fn well_formed(row: &Transfer) -> bool {
    let accounts = match row.leg {
        Leg::Charge => (row.debit, row.credit) == (Account::Wallet, Account::Revenue),
        Leg::Cost => {
            row.debit == Account::ProviderCost
                && matches!(row.credit, Account::ProviderPayable | Account::Suspense)
        }
    };
    let kind = match (row.kind, row.leg) {
        (TransferKind::Hold, Leg::Charge) => {
            row.step == Step::Hold && row.amount > NanoUsd::ZERO && row.released == NanoUsd::ZERO
        }
        (TransferKind::Post, _) => row.step == Step::Resolution,
        (TransferKind::Void | TransferKind::Expire, Leg::Charge) => {
            row.step == Step::Resolution && row.amount == NanoUsd::ZERO
        }
        (TransferKind::Late, _) => row.step == Step::Late,
        _ => false,
    };
    accounts && kind && row.amount >= NanoUsd::ZERO && row.released >= NanoUsd::ZERO
}
