//! The rows of a call, their entries, and what the book refuses.

use domain::money::NanoUsd;
use ledger::book::{Applied, Book, BookError};
use ledger::transfer::{
    Account, CostTo, Hold, Layer, Leg, Money, Settlement, Step, Transfer, TransferError,
    TransferKind, entries, hold, settlement,
};

use crate::{call, money, tenant};

fn a_hold(amount: i64) -> Hold {
    Hold { tenant_id: tenant(1), call_id: call(1), attempt: 0, amount: NanoUsd(amount) }
}

fn rows(settled: &Settlement) -> Vec<Transfer> {
    settlement(&a_hold(100), settled).unwrap()
}

#[test]
fn numbers_codes_and_letters_are_those_of_the_database() {
    let accounts: Vec<_> =
        Account::ALL.iter().map(|account| (account.number(), account.code())).collect();
    assert_eq!(
        accounts,
        [
            (1, "wallet"),
            (2, "revenue"),
            (3, "provider_cost"),
            (4, "provider_payable"),
            (5, "suspense"),
            (6, "rounding")
        ]
    );
    let letters: String = TransferKind::ALL.map(TransferKind::letter).iter().collect();
    assert_eq!(letters, "HPVELOA");
    for kind in TransferKind::ALL {
        assert_eq!(TransferKind::from_letter(kind.letter()), Some(kind));
    }
    assert_eq!(Account::from_number(3), Some(Account::ProviderCost));
    assert_eq!(Account::from_number(7), None);
    assert_eq!(Step::ALL.iter().map(|step| step.number()).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(Leg::ALL.iter().map(|leg| leg.number()).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn a_post_releases_the_hold_charges_and_books_the_cost() {
    let [charge, cost] = rows(&Settlement::Post(money(140, 120))).try_into().unwrap();
    assert_eq!(
        (charge.step, charge.leg, charge.kind),
        (Step::Resolution, Leg::Charge, TransferKind::Post)
    );
    assert_eq!((charge.debit, charge.credit), (Account::Wallet, Account::Revenue));
    // The charge exceeds the hold, and is recorded as it is.
    assert_eq!((charge.amount, charge.released), (NanoUsd(140), NanoUsd(100)));
    assert_eq!((cost.step, cost.leg, cost.kind), (Step::Resolution, Leg::Cost, TransferKind::Post));
    assert_eq!((cost.debit, cost.credit), (Account::ProviderCost, Account::ProviderPayable));
    assert_eq!((cost.amount, cost.released), (NanoUsd(120), NanoUsd(0)));
}

#[test]
fn what_rounding_took_goes_with_each_amount() {
    let mut money = money(1, 2);
    (money.charge.remainder, money.cost.remainder) = (-499_999_999_999, 500_000);
    let rows = rows(&Settlement::Post(money));
    assert_eq!((rows[0].remainder, rows[1].remainder), (-499_999_999_999, 500_000));
}

#[test]
fn b7_a_cost_in_doubt_goes_to_suspense() {
    let doubt = Money { cost_to: CostTo::Suspense, ..money(0, 120) };
    let rows = rows(&Settlement::Post(doubt));
    assert_eq!((rows[1].debit, rows[1].credit), (Account::ProviderCost, Account::Suspense));
}

#[test]
fn void_and_expiry_release_and_charge_nothing() {
    for (settled, kind) in
        [(Settlement::Void, TransferKind::Void), (Settlement::Expire, TransferKind::Expire)]
    {
        let [row] = rows(&settled).try_into().unwrap();
        assert_eq!((row.kind, row.step), (kind, Step::Resolution));
        assert_eq!((row.amount, row.released), (NanoUsd(0), NanoUsd(100)));
    }
}

#[test]
fn entries_of_every_transfer_sum_to_zero_per_layer() {
    let mut all = vec![hold(&a_hold(100)).unwrap()];
    let settlements = [
        Settlement::Post(money(140, 120)),
        Settlement::Post(money(0, 0)),
        Settlement::Void,
        Settlement::Expire,
        Settlement::Late(money(7, 5)),
    ];
    all.extend(settlements.iter().flat_map(rows));
    for transfer in &all {
        for layer in [Layer::Pending, Layer::Posted] {
            let of_layer = entries(transfer).into_iter().filter(|entry| entry.layer == layer);
            assert_eq!(of_layer.map(|entry| entry.amount.0).sum::<i64>(), 0, "{transfer:?}");
        }
        assert!(entries(transfer).iter().all(|entry| entry.amount != NanoUsd::ZERO));
    }
    assert_eq!(entries(&all[0]).len(), 2);
    assert_eq!(entries(&all[1]).len(), 4);
}

#[test]
fn holds_of_nothing_and_negative_amounts_do_not_exist() {
    assert_eq!(hold(&a_hold(0)), Err(TransferError::EmptyHold));
    assert_eq!(hold(&a_hold(-1)), Err(TransferError::EmptyHold));
    assert_eq!(settlement(&a_hold(0), &Settlement::Void), Err(TransferError::EmptyHold));
    for (wrong, name) in [(money(-1, 0), "charge"), (money(0, -1), "cost")] {
        for settled in [Settlement::Post(wrong), Settlement::Late(wrong)] {
            let refused = settlement(&a_hold(1), &settled);
            assert_eq!(refused, Err(TransferError::Negative(name)));
        }
    }
}

#[test]
fn i6_one_hold_and_one_resolution_and_retries_change_nothing() {
    let mut book = Book::default();
    let held = [hold(&a_hold(100)).unwrap()];
    let post = rows(&Settlement::Post(money(60, 50)));
    assert_eq!(book.apply(&post), Err(BookError::NoHold));
    assert_eq!(book.apply(&held), Ok(Applied::Now));
    assert_eq!(book.apply(&held), Ok(Applied::Before));
    assert_eq!(book.apply(&[hold(&a_hold(101)).unwrap()]), Err(BookError::Conflict));
    assert_eq!(book.apply(&post), Ok(Applied::Now));
    assert_eq!(book.apply(&post), Ok(Applied::Before));
    for other in [Settlement::Void, Settlement::Expire, Settlement::Post(money(61, 50))] {
        assert_eq!(book.apply(&rows(&other)), Err(BookError::Conflict));
    }
    let late = rows(&Settlement::Late(money(1, 1)));
    assert_eq!(book.apply(&late), Err(BookError::OutOfOrder));
    assert_eq!(book.balance(tenant(1), Layer::Posted, Account::Wallet), NanoUsd(60));
    assert_eq!(book.balance(tenant(1), Layer::Posted, Account::ProviderPayable), NanoUsd(-50));
    assert_eq!(book.balance(tenant(2), Layer::Posted, Account::Wallet), NanoUsd(0));
}

#[test]
fn i8_nothing_is_pending_once_a_call_is_resolved() {
    for settled in [Settlement::Post(money(140, 9)), Settlement::Void, Settlement::Expire] {
        let mut book = Book::default();
        book.apply(&[hold(&a_hold(100)).unwrap()]).unwrap();
        let pending = |book: &Book| book.balance(tenant(1), Layer::Pending, Account::Wallet);
        assert_eq!(pending(&book), NanoUsd(100));
        book.apply(&rows(&settled)).unwrap();
        assert_eq!(pending(&book), NanoUsd(0));
        assert_eq!(book.rows(tenant(1), call(1), 0).map(|r| r.released.0).sum::<i64>(), 100);
    }
}

#[test]
fn forged_rows_are_refused_and_leave_no_trace() {
    let mut book = Book::default();
    let held = hold(&a_hold(100)).unwrap();
    book.apply(&[held]).unwrap();
    let post = rows(&Settlement::Post(money(60, 50)));
    let forged = |change: &dyn Fn(&mut Transfer)| {
        let mut rows = post.clone();
        change(&mut rows[0]);
        rows
    };
    for (batch, expected) in [
        (forged(&|row| row.released = NanoUsd(99)), BookError::Release),
        (forged(&|row| row.amount = NanoUsd(-60)), BookError::Malformed),
        (forged(&|row| row.credit = Account::ProviderPayable), BookError::Malformed),
        (forged(&|row| std::mem::swap(&mut row.debit, &mut row.credit)), BookError::Malformed),
        (forged(&|row| row.kind = TransferKind::Void), BookError::Malformed),
        (forged(&|row| row.kind = TransferKind::Adjust), BookError::Malformed),
        (forged(&|row| row.step = Step::Late), BookError::Malformed),
        (forged(&|row| row.attempt = 1), BookError::NoHold),
        (vec![post[1]], BookError::OutOfOrder),
        (vec![post[1], post[0]], BookError::OutOfOrder),
    ] {
        assert_eq!(book.apply(&batch), Err(expected), "{batch:?}");
        assert_eq!(book.rows(tenant(1), call(1), 0).count(), 1);
        assert_eq!(book.balance(tenant(1), Layer::Posted, Account::Wallet), NanoUsd(0));
    }
    assert_eq!(book.apply(&post), Ok(Applied::Now));
}

#[test]
fn b10_a_balance_beyond_64_bits_is_refused() {
    let mut book = Book::default();
    book.apply(&[hold(&a_hold(i64::MAX)).unwrap()]).unwrap();
    let second = Hold { call_id: call(2), ..a_hold(1) };
    assert_eq!(book.apply(&[hold(&second).unwrap()]), Err(BookError::Overflow));
    assert_eq!(book.balance(tenant(1), Layer::Pending, Account::Wallet), NanoUsd(i64::MAX));
    // Another tenant's accounts are other accounts.
    let elsewhere = Hold { tenant_id: tenant(2), ..second };
    assert_eq!(book.apply(&[hold(&elsewhere).unwrap()]), Ok(Applied::Now));
}
