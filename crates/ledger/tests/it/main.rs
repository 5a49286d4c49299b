//! Tests of the ledger's arithmetic, entries and prices.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod catalogue;
mod cost;
mod golden;
mod importing;
mod model;
mod prices;
mod reading;
mod transfers;

use domain::ids::{CallId, PriceId, TenantId};
use domain::money::NanoUsd;
use ledger::catalogue::ALWAYS;
use ledger::cost::{Charge, Cost};
use ledger::price::{Price, Rates, Tariff, Tier};
use ledger::transfer::{CostTo, Money};

/// One US dollar per million tokens.
pub const DOLLAR: i64 = 1_000_000_000;

pub fn price_id() -> PriceId {
    "01930000-0000-7000-8000-000000000001".parse().unwrap()
}

pub fn tenant(number: u8) -> TenantId {
    format!("01930000-0000-7000-8000-0000000001{number:02x}").parse().unwrap()
}

pub fn call(number: u8) -> CallId {
    format!("01930000-0000-7000-8000-0000000002{number:02x}").parse().unwrap()
}

/// Rates in nano-USD per million tokens: input, cached input, cache write, output.
pub const fn rates(input: i64, cached_input: i64, cache_write: i64, output: i64) -> Rates {
    Rates { input, cached_input, cache_write, cache_write_1h: None, output }
}

pub fn price(base: Rates, per_request_nano: i64, tiers: &[(u64, Rates)]) -> Price {
    let tiers = tiers
        .iter()
        .map(|(above_input_tokens, rates)| Tier {
            above_input_tokens: *above_input_tokens,
            rates: *rates,
        })
        .collect();
    let from = ALWAYS.and_time(chrono::NaiveTime::MIN).and_utc();
    let tariff = Tariff { base, per_request_nano, tiers };
    Price::new(price_id(), "test", "model", from, tariff).unwrap()
}

/// Whole amounts in nano-USD, the cost owed to the provider.
pub const fn money(charge: i64, cost: i64) -> Money {
    Money {
        charge: Charge { amount: NanoUsd(charge), remainder: 0 },
        cost: Cost { amount: NanoUsd(cost), remainder: 0 },
        cost_to: CostTo::Payable,
    }
}
