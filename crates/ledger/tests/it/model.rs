//! B1: random lives of calls against a model that knows each call only by its state. Goal: the sums
//! of both layers are zero at every moment, whatever happens in whatever order, however often.

use std::sync::LazyLock;

use domain::ids::{CallId, TenantId};
use domain::money::NanoUsd;
use ledger::book::{Applied, Book, BookError};
use ledger::transfer::{
    Account, CostTo, Hold, Layer, Money, Settlement, Step, Transfer, hold, settlement,
};
use proptest::prelude::*;

use crate::{call, money, tenant};

/// Sequences that are tried.
const SEQUENCES: u32 = 100_000;
const TENANTS: u8 = 2;
const CALLS: u8 = 4;

static TENANT_IDS: LazyLock<Vec<TenantId>> = LazyLock::new(|| (0..TENANTS).map(tenant).collect());
static CALL_IDS: LazyLock<Vec<CallId>> = LazyLock::new(|| (0..CALLS).map(call).collect());

#[derive(Clone, Copy, Debug)]
enum Act {
    Hold(i64),
    Post(Money),
    Void,
    Expire,
    Late(Money),
    /// The last batch of the call is sent again.
    Retry,
    /// The node dies: whatever it had not written is not there.
    Crash,
}

/// What the model knows of a call.
#[derive(Clone, Debug, Default)]
struct Life {
    held: Option<i64>,
    resolution: Option<char>,
    late: bool,
    charged: i64,
    cost: i64,
    last: Vec<Transfer>,
}

/// One act and the call it happens to, out of one random number: a strategy per part made the test
/// ten times slower.
fn decode(mut random: u64) -> (usize, Act) {
    let mut below = |bound: u64| {
        let part = random % bound;
        random /= bound;
        part
    };
    let index = usize::try_from(below(u64::from(TENANTS * CALLS))).unwrap();
    let kind = below(15);
    let mut amount = || i64::try_from(below(1_000)).unwrap();
    let (charge, cost) = (amount(), amount());
    let cost_to = if charge % 2 == 0 { CostTo::Suspense } else { CostTo::Payable };
    let money = Money { cost_to, ..money(charge, cost) };
    let act = match kind {
        // Few amounts, so that the same hold comes again as well as another one.
        0..4 => Act::Hold(1 + charge % 3),
        4..7 => Act::Post(money),
        7 => Act::Void,
        8..10 => Act::Expire,
        10..12 => Act::Late(money),
        12..14 => Act::Retry,
        _ => Act::Crash,
    };
    (index, act)
}

impl Life {
    /// Acts on the book and checks that it answers as the model expects.
    fn act(
        &mut self,
        book: &mut Book,
        at: (TenantId, CallId),
        act: Act,
    ) -> Result<(), TestCaseError> {
        let of =
            |amount| Hold { tenant_id: at.0, call_id: at.1, attempt: 0, amount: NanoUsd(amount) };
        let (batch, expected) = match act {
            Act::Crash => return Ok(()),
            Act::Retry if self.last.is_empty() => return Ok(()),
            Act::Retry => (self.last.clone(), Ok(Applied::Before)),
            Act::Hold(amount) => {
                let expected = match self.held {
                    None => Ok(Applied::Now),
                    Some(held) if held == amount => Ok(Applied::Before),
                    Some(_) => Err(BookError::Conflict),
                };
                (vec![hold(&of(amount)).unwrap()], expected)
            }
            Act::Post(_) | Act::Void | Act::Expire | Act::Late(_) => {
                let settled = match act {
                    Act::Post(money) => Settlement::Post(money),
                    Act::Late(money) => Settlement::Late(money),
                    Act::Void => Settlement::Void,
                    _ => Settlement::Expire,
                };
                // Who never held has nothing to settle; the attempt is made up and must fail.
                let batch = settlement(&of(self.held.unwrap_or(1)), &settled).unwrap();
                let expected = self.expected(&batch);
                (batch, expected)
            }
        };
        prop_assert_eq!(book.apply(&batch), expected, "{:?}", act);
        if expected == Ok(Applied::Now) {
            self.remember(&batch);
        }
        Ok(())
    }

    fn expected(&self, batch: &[Transfer]) -> Result<Applied, BookError> {
        let late = batch[0].step == Step::Late;
        let known: Vec<_> = self.last.iter().filter(|row| row.step == batch[0].step).collect();
        if !known.is_empty() && known.iter().copied().eq(batch) {
            return Ok(Applied::Before);
        }
        match (self.held, late, self.resolution) {
            (None, _, _) => Err(BookError::NoHold),
            (_, true, _) if self.late => Err(BookError::Conflict),
            (_, true, Some('E')) | (_, false, None) => Ok(Applied::Now),
            (_, true, _) => Err(BookError::OutOfOrder),
            // After a late charge `last` no longer holds the expiry, which may be repeated.
            (_, false, Some('E')) if batch[0].kind.letter() == 'E' => Ok(Applied::Before),
            (_, false, Some(_)) => Err(BookError::Conflict),
        }
    }

    fn remember(&mut self, batch: &[Transfer]) {
        match batch[0].step {
            Step::Hold => self.held = Some(batch[0].amount.0),
            Step::Resolution => self.resolution = Some(batch[0].kind.letter()),
            Step::Late => self.late = true,
        }
        if batch[0].step != Step::Hold {
            self.charged += batch[0].amount.0;
            self.cost += batch.get(1).map_or(0, |row| row.amount.0);
        }
        self.last = batch.to_vec();
    }
}

/// What must hold at every moment.
fn balanced(book: &Book) -> Result<(), TestCaseError> {
    for layer in [Layer::Pending, Layer::Posted] {
        prop_assert_eq!(book.layer_sum(layer), 0);
    }
    Ok(())
}

/// What each account must hold, by what the model knows.
fn tied_out(book: &Book, lives: &[Life]) -> Result<(), TestCaseError> {
    balanced(book)?;
    let per_tenant = usize::from(CALLS);
    for (tenant_id, lives) in TENANT_IDS.iter().zip(lives.chunks(per_tenant)) {
        let balance = |layer, account| book.balance(*tenant_id, layer, account).0;
        let open = lives.iter().filter(|life| life.resolution.is_none());
        let pending: i64 = open.filter_map(|life| life.held).sum();
        prop_assert_eq!(balance(Layer::Pending, Account::Wallet), pending);
        prop_assert_eq!(balance(Layer::Pending, Account::Revenue), -pending);
        let charged: i64 = lives.iter().map(|life| life.charged).sum();
        prop_assert_eq!(balance(Layer::Posted, Account::Wallet), charged);
        prop_assert_eq!(balance(Layer::Posted, Account::Revenue), -charged);
        let cost: i64 = lives.iter().map(|life| life.cost).sum();
        prop_assert_eq!(balance(Layer::Posted, Account::ProviderCost), cost);
        let owed = balance(Layer::Posted, Account::ProviderPayable)
            + balance(Layer::Posted, Account::Suspense);
        prop_assert_eq!(owed, -cost);
    }
    Ok(())
}

/// What must hold for each call at the end: one resolution, and the whole hold released by it.
fn resolved(book: &Book, lives: &[Life]) -> Result<(), TestCaseError> {
    for (index, life) in lives.iter().enumerate() {
        let (tenant_id, call_id) = place(index);
        let rows: Vec<_> = book.rows(tenant_id, call_id, 0).collect();
        let released: i64 = rows.iter().map(|row| row.released.0).sum();
        let resolutions =
            rows.iter().filter(|row| row.step == Step::Resolution && row.leg.number() == 0).count();
        let expected = life.resolution.map_or((0, 0), |_| (life.held.unwrap_or(0), 1));
        prop_assert_eq!((released, resolutions), expected);
    }
    Ok(())
}

fn place(index: usize) -> (TenantId, CallId) {
    let calls = usize::from(CALLS);
    (TENANT_IDS[index / calls], CALL_IDS[index % calls])
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: SEQUENCES, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn b1_every_layer_sums_to_zero_in_any_sequence(
        acts in prop::collection::vec(any::<u64>(), 1..24)
    ) {
        let mut book = Book::default();
        let mut lives = vec![Life::default(); usize::from(TENANTS * CALLS)];
        for (index, act) in acts.into_iter().map(decode) {
            lives[index].act(&mut book, place(index), act)?;
            balanced(&book)?;
        }
        tied_out(&book, &lives)?;
        // The reaper comes by in the end: then nothing is pending anywhere.
        for (index, life) in lives.iter_mut().enumerate() {
            if life.held.is_some() && life.resolution.is_none() {
                life.act(&mut book, place(index), Act::Expire)?;
            }
        }
        tied_out(&book, &lives)?;
        resolved(&book, &lives)?;
    }
}
