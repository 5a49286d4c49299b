//! What a call did to the books: its transfers, and their entries, which sum to zero.

use contract::call::{EntryView, LedgerView, TransferView};
use domain::money::NanoUsd;
use leptos::prelude::*;

use crate::ui::time::{Shown, time};
use crate::ui::{Clock, Column, Empty, State, Table, badge, money};

/// The tab.
#[component]
pub fn Ledger(ledger: LedgerView) -> impl IntoView {
    if ledger.transfers.is_empty() && ledger.entries.is_empty() {
        return view! {
            <Empty
                title="The books were not touched"
                sentence="The call ended before anything was held, so there is nothing to give back."
            />
        }
        .into_any();
    }
    let clock = Clock::here();
    let transfers = ledger.transfers.into_iter().map(|t| transfer(clock, t)).collect_view();
    let entries = running(&ledger.entries)
        .into_iter()
        .zip(ledger.entries)
        .map(|(sum, e)| entry(e, sum))
        .collect_view();
    view! {
        {balance(ledger.sum)}
        <h2>"Transfers"</h2>
        <Table
            caption="Transfers of this call, in order"
            columns=vec![
                Column::new("When"),
                Column::new("Kind"),
                Column::new("Leg"),
                Column::new("From (debit)"),
                Column::new("To (credit)"),
                Column::number("Amount"),
                Column::number("Released"),
            ]
        >
            {transfers}
        </Table>
        <h2>"Entries"</h2>
        <Table
            caption="Entries of these transfers; a positive amount is a debit"
            columns=vec![
                Column::new("Kind"),
                Column::new("Account"),
                Column::new("Layer"),
                Column::number("Amount"),
                Column::number("Running sum"),
            ]
        >
            {entries}
        </Table>
    }
    .into_any()
}

/// Whether the entries sum to zero: always, unless the ledger is wrong, and then loudly.
fn balance(sum: NanoUsd) -> AnyView {
    if sum == NanoUsd::ZERO {
        view! {
            <p class="balance">"Sum: " {money(sum)} " " {badge(State::Good, "balanced")}</p>
        }
        .into_any()
    } else {
        view! {
            <div class="balance balance-bad" role="alert">
                <p>"Sum: " {money(sum)} " " {badge(State::Bad, "not balanced")}</p>
                <p>
                    "The entries of this call do not sum to zero. That must never happen: tell the \
                     operator, with the id of this call."
                </p>
            </div>
        }
        .into_any()
    }
}

fn transfer(clock: Clock, transfer: TransferView) -> impl IntoView {
    view! {
        <tr>
            <td class="nowrap">{time(clock, transfer.at, Shown::Second)}</td>
            <td data-label="Kind">{transfer.kind}</td>
            <td data-label="Leg">{transfer.leg}</td>
            <td class="mono" data-label="From (debit)">{transfer.debit}</td>
            <td class="mono" data-label="To (credit)">{transfer.credit}</td>
            <td class="end" data-label="Amount">{money(transfer.amount)}</td>
            <td class="end" data-label="Released">{money(transfer.released)}</td>
        </tr>
    }
}

fn entry(entry: EntryView, sum: Option<NanoUsd>) -> impl IntoView {
    view! {
        <tr>
            <td>{entry.kind}</td>
            <td class="mono" data-label="Account">{entry.account}</td>
            <td data-label="Layer">{entry.layer}</td>
            <td class="end" data-label="Amount">{money(entry.amount)}</td>
            <td class="end" data-label="Running sum">
                {sum.map_or_else(|| "out of range".into_any(), |sum| money(sum).into_any())}
            </td>
        </tr>
    }
}

/// The sum after each entry; `None` from where it would leave the range.
fn running(entries: &[EntryView]) -> Vec<Option<NanoUsd>> {
    entries
        .iter()
        .scan(Some(NanoUsd::ZERO), |sum, entry| {
            *sum = sum.and_then(|sum| sum.checked_add(entry.amount));
            Some(*sum)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(amount: i64) -> EntryView {
        EntryView {
            kind: "post".into(),
            account: "tenant".into(),
            layer: "posted".into(),
            amount: NanoUsd(amount),
        }
    }

    #[test]
    fn sums_run_and_never_wrap() {
        let sums = |amounts: &[i64]| {
            running(&amounts.iter().map(|n| entry(*n)).collect::<Vec<_>>())
                .into_iter()
                .map(|sum| sum.map(|NanoUsd(n)| n))
                .collect::<Vec<_>>()
        };
        assert_eq!(sums(&[5, -5, 3, -3]), [Some(5), Some(0), Some(3), Some(0)]);
        assert_eq!(sums(&[i64::MAX, 1, -1]), [Some(i64::MAX), None, None]);
    }
}
