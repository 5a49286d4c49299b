//! Bounds, tiers and hash of a price.

use chrono::{DateTime, Utc};
use ledger::price::{Price, PriceError, RATE_NANO_PER_MTOK_MAX, Tariff, Tier};

use crate::{DOLLAR, price, price_id, rates};

fn built(tariff: Tariff) -> Result<Price, PriceError> {
    Price::new(price_id(), "openai", "gpt", DateTime::<Utc>::UNIX_EPOCH, tariff)
}

#[test]
fn prices_beyond_belief_are_refused() {
    let base = rates(DOLLAR, 0, 0, 0);
    let dear = rates(RATE_NANO_PER_MTOK_MAX + 1, 0, 0, 0);
    let tier = |above_input_tokens, rates| Tier { above_input_tokens, rates };
    let tariff = |base, per_request_nano, tiers| Tariff { base, per_request_nano, tiers };
    assert!(built(tariff(rates(RATE_NANO_PER_MTOK_MAX, 0, 0, 0), 0, vec![])).is_ok());
    for (wrong, expected) in [
        (tariff(dear, 0, vec![]), "`input` is above"),
        (tariff(rates(0, 0, 0, i64::MAX), 0, vec![]), "`output` is above"),
        (tariff(rates(0, -1, 0, 0), 0, vec![]), "`cached_input` is negative"),
        (tariff(rates(0, 0, i64::MIN, 0), 0, vec![]), "`cache_write` is negative"),
        (tariff(base, -1, vec![]), "`per_request` is negative"),
        (tariff(base, 10 * DOLLAR + 1, vec![]), "`per_request` is above"),
        (tariff(base, 0, vec![tier(5, dear)]), "`input` is above"),
        (tariff(base, 0, vec![tier(5, base), tier(5, base)]), "the tiers"),
        (tariff(base, 0, (0..17).map(|at| tier(at, base)).collect()), "the tiers"),
    ] {
        let message = built(wrong).unwrap_err().to_string();
        assert!(message.starts_with(expected), "{message}");
    }
    let from = DateTime::<Utc>::UNIX_EPOCH;
    for (provider, model) in [("", "m"), ("p", ""), ("p", "m".repeat(257).as_str())] {
        assert!(Price::new(price_id(), provider, model, from, Tariff::default()).is_err());
    }
}

#[test]
fn a_tier_applies_above_its_threshold_to_all_tokens() {
    let (base, long, longer) = (rates(1, 2, 3, 4), rates(10, 20, 30, 40), rates(100, 200, 300, 4));
    let price = price(base, 0, &[(200, long), (1_000, longer)]);
    for (input_total, expected) in
        [(0, base), (200, base), (201, long), (1_000, long), (1_001, longer), (u64::MAX, longer)]
    {
        assert_eq!(price.tariff().rates_at(input_total), expected, "{input_total}");
    }
    assert_eq!(price.tariff().dearest_up_to(200), base);
    assert_eq!(price.tariff().dearest_up_to(1_001), rates(100, 200, 300, 40));
}

#[test]
fn the_hash_names_every_fact_and_nothing_else() {
    let at = |micros| DateTime::<Utc>::from_timestamp_micros(micros).unwrap();
    let tariff = Tariff { base: rates(1, 2, 3, 4), per_request_nano: 5, tiers: vec![] };
    let make = |provider: &str, model: &str, micros, tariff: &Tariff| {
        Price::new(price_id(), provider, model, at(micros), tariff.clone()).unwrap().hash()
    };
    let original = make("ab", "c", 7, &tariff);
    let other_id = "01930000-0000-7000-8000-0000000000ff".parse().unwrap();
    let elsewhere = Price::new(other_id, "ab", "c", at(7), tariff.clone()).unwrap();
    assert_eq!(elsewhere.hash(), original);
    let mut hashes = vec![original, make("a", "bc", 7, &tariff), make("ab", "c", 8, &tariff)];
    for change in [
        Tariff { base: rates(2, 1, 3, 4), ..tariff.clone() },
        Tariff { per_request_nano: 6, ..tariff.clone() },
        Tariff {
            tiers: vec![Tier { above_input_tokens: 1, rates: tariff.base }],
            ..tariff.clone()
        },
    ] {
        hashes.push(make("ab", "c", 7, &change));
    }
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), 6);
    // The encoding is published by this value: should it change, old rows no longer verify.
    let hex: String = original.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "9a8f50e6494f429a748dffc16631df9b7cdc75f3f526c797d1307556f37ed21f");
}

#[test]
fn the_hash_survives_the_microseconds_of_the_database() {
    let fine = DateTime::<Utc>::from_timestamp(1, 123_456_789).unwrap();
    let price = Price::new(price_id(), "p", "m", fine, Tariff::default()).unwrap();
    let stored = DateTime::<Utc>::from_timestamp_micros(price.effective_from().timestamp_micros());
    let again = Price::new(price_id(), "p", "m", stored.unwrap(), Tariff::default()).unwrap();
    assert_eq!(price, again);
}
