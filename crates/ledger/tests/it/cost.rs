//! Exact sums, one rounding, no overflow, and holds that cover their charges.

use domain::money::NanoUsd;
use ledger::cost::{Cost, CostError, REQUEST_OVERHEAD_TOKENS, charge, cost, half_even, hold_bound};
use ledger::price::{Price, RATE_NANO_PER_MTOK_MAX, Rates};
use ledger::usage::{TOKENS_MAX, Usage};
use proptest::prelude::*;

use crate::{DOLLAR, price, rates};

const fn usage(input: u64, cached: u64, write: u64, output: u64) -> Usage {
    Usage {
        input_tokens: input,
        cached_input_tokens: cached,
        cache_write_tokens: write,
        cache_write_1h_tokens: 0,
        output_tokens: output,
        reasoning_tokens: 0,
    }
}

/// The amount of a charge.
fn charged(price: &Price, usage: &Usage, markup_ppm: i32) -> Result<NanoUsd, CostError> {
    charge(price, usage, markup_ppm).map(|charge| charge.amount)
}

#[test]
fn halves_go_to_the_even_neighbour() {
    for (dividend, quotient, remainder) in [
        (0, 0, 0),
        (4, 0, 4),
        (5, 0, 5),
        (6, 1, -4),
        (10, 1, 0),
        (15, 2, -5),
        (25, 2, 5),
        (26, 3, -4),
        (35, 4, -5),
        (-5, 0, -5),
        (-15, -2, 5),
        (-16, -2, 4),
        (-25, -2, -5),
    ] {
        assert_eq!(half_even(dividend, 10), (quotient, remainder), "{dividend}");
        assert_eq!(quotient * 10 + remainder, dividend);
    }
}

#[test]
fn one_rounding_over_the_sum_of_all_components() {
    // Each component alone is 0.5 nano-USD and would vanish; together they are 2.
    let half = 500_000;
    let price = price(rates(half, half, half, half), 0, &[]);
    let whole = Cost { amount: NanoUsd(2), remainder: 0 };
    assert_eq!(cost(&price, &usage(1, 1, 1, 1)), Ok(whole));
    let down = Cost { amount: NanoUsd(0), remainder: 500_000 };
    assert_eq!(cost(&price, &usage(1, 0, 0, 0)), Ok(down));
    let up = Cost { amount: NanoUsd(2), remainder: -500_000 };
    assert_eq!(cost(&price, &usage(1, 1, 0, 1)), Ok(up));
}

#[test]
fn the_markup_is_on_the_exact_sum_and_not_on_the_rounded_cost() {
    let price = price(rates(500_000, 0, 0, 0), 0, &[]);
    // 0.5 nano-USD costs 0 (to even); with 100 % markup it charges 1, not twice nothing.
    assert_eq!(charged(&price, &usage(1, 0, 0, 0), 1_000_000), Ok(NanoUsd(1)));
    assert_eq!(charged(&price, &usage(1, 0, 0, 0), 0), Ok(NanoUsd(0)));
    assert_eq!(charged(&price, &usage(3, 0, 0, 0), 0), Ok(NanoUsd(2)));
    // A discount down to nothing is one; below that is not.
    assert_eq!(charged(&price, &usage(1_000, 0, 0, 0), -1_000_000), Ok(NanoUsd(0)));
    let below = charged(&price, &usage(1_000, 0, 0, 0), -1_000_001);
    assert_eq!(below, Err(CostError::Markup(-1_000_001)));
}

#[test]
fn what_rounding_takes_from_a_charge_is_kept() {
    let price = price(rates(500_001, 0, 0, 0), 0, &[]);
    // 0.500001 nano-USD with 5 % is 0.52500105, so 1 is charged and 0.47499895 too much.
    let charge = charge(&price, &usage(1, 0, 0, 0), 50_000).unwrap();
    assert_eq!((charge.amount, charge.remainder), (NanoUsd(1), -474_998_950_000));
}

#[test]
fn a_fee_per_request_is_part_of_the_sum() {
    let price = price(rates(DOLLAR, 0, 0, DOLLAR), 12_000_000, &[]);
    assert_eq!(charged(&price, &usage(10, 0, 0, 10), 0), Ok(NanoUsd(12_020_000)));
    assert_eq!(charged(&price, &usage(10, 0, 0, 10), 50_000), Ok(NanoUsd(12_621_000)));
}

#[test]
fn b10_an_amount_beyond_64_bits_is_refused() {
    let top = RATE_NANO_PER_MTOK_MAX;
    let price = price(rates(top, top, top, top), 0, &[]);
    // 2^40 tokens at $1,000 per million are over a billion dollars; nine times that does not fit.
    let all = usage(TOKENS_MAX, TOKENS_MAX, TOKENS_MAX, TOKENS_MAX);
    assert!(cost(&price, &all).is_ok());
    assert_eq!(charged(&price, &all, i32::MAX), Err(CostError::Overflow));
    assert_eq!(charged(&price, &all, 2_000_000), Err(CostError::Overflow));
    // Counts that no reading lets through are refused as well, rather than wrapped.
    let wild = usage(u64::MAX, u64::MAX, u64::MAX, u64::MAX);
    assert_eq!(cost(&price, &wild), Err(CostError::Overflow));
    assert_eq!(charged(&price, &wild, i32::MAX), Err(CostError::Overflow));
    let bound = hold_bound(&price, u64::MAX, u64::MAX, u32::MAX, i32::MAX);
    assert_eq!(bound, Err(CostError::Overflow));
}

#[test]
fn b11_a_million_calls_of_one_token_sum_exactly() {
    // $0.02 per million tokens is 20 nano-USD per token.
    let price = price(rates(20_000_000, 0, 0, 0), 0, &[]);
    let mut total = NanoUsd::ZERO;
    for _ in 0..1_000_000 {
        let cost = cost(&price, &usage(1, 0, 0, 0)).unwrap();
        assert_eq!(cost.remainder, 0);
        total = total.checked_add(cost.amount).unwrap();
    }
    assert_eq!(total, NanoUsd(20_000_000));
    assert_eq!(total.to_string(), "$0.02");
}

#[test]
fn a_hold_is_never_nothing() {
    let free = price(Rates::default(), 0, &[]);
    assert_eq!(hold_bound(&free, 0, 0, 0, 0), Ok(NanoUsd(1)));
    assert_eq!(hold_bound(&free, 1_000, 1_000, 1, -1_000_000), Ok(NanoUsd(1)));
}

fn any_rates() -> impl Strategy<Value = Rates> {
    let rate = 0..=RATE_NANO_PER_MTOK_MAX;
    (rate.clone(), rate.clone(), rate.clone(), rate).prop_map(|(i, c, w, o)| rates(i, c, w, o))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn t10_the_hold_covers_the_charge_of_any_usage_within_its_bound(
        base in any_rates(),
        per_request in 0..10 * DOLLAR,
        tiers in prop::collection::btree_map(0..400_000_u64, any_rates(), 0..4),
        bytes in 0..400_000_u64,
        (max_output, n) in (0..200_000_u64, 1..5_u32),
        markup in -1_000_000..3_000_000_i32,
        parts in (0..=1_000_u64, 0..=1_000_u64, 0..=1_000_u64),
        output in 0..=1_000_u64,
    ) {
        let tiers: Vec<_> = tiers.into_iter().collect();
        let price = price(base, per_request, &tiers);
        // Share the whole input bound between the kinds of input, all of it or a part.
        let most = bytes + REQUEST_OVERHEAD_TOKENS;
        let input = most * parts.0 / 1_000;
        let cached = (most - input) * parts.1 / 1_000;
        let write = (most - input - cached) * parts.2 / 1_000;
        let output = max_output * u64::from(n) * output / 1_000;
        let charge = charged(&price, &usage(input, cached, write, output), markup).unwrap();
        let held = hold_bound(&price, bytes, max_output, n, markup).unwrap();
        prop_assert!(held >= charge, "{held} < {charge}");
        prop_assert!(held > NanoUsd::ZERO);
    }

    #[test]
    fn the_remainder_restores_the_exact_sum(
        base in any_rates(),
        input in 0..TOKENS_MAX, cached in 0..1_000_000_u64, output in 0..1_000_000_u64,
    ) {
        let price = price(base, 0, &[]);
        let cost = cost(&price, &usage(input, cached, 0, output)).unwrap();
        let exact = i128::from(input) * i128::from(base.input)
            + i128::from(cached) * i128::from(base.cached_input)
            + i128::from(output) * i128::from(base.output);
        let restored = i128::from(cost.amount.0) * 1_000_000 + i128::from(cost.remainder);
        prop_assert_eq!(restored, exact);
        prop_assert!(cost.remainder.abs() <= 500_000);
    }
}
