//! Golden invoices: provider reports against prices, to the nano-USD.

use domain::money::NanoUsd;
use ledger::cost::{charge, cost, hold_bound};
use ledger::price::{Price, Rates};
use ledger::usage::{Reading, Usage};
use serde_json::json;

use crate::{DOLLAR, price, rates};

fn reported(reading: Reading) -> Usage {
    match reading {
        Reading::Reported(usage) => usage,
        other => panic!("{other:?}"),
    }
}

fn invoice(price: &Price, usage: &Usage) -> String {
    cost(price, usage).unwrap().amount.exact()
}

/// $2.50 in, $1.25 cached, $10 out.
fn openai_price() -> Price {
    price(rates(DOLLAR * 5 / 2, DOLLAR * 5 / 4, DOLLAR * 5 / 2, 10 * DOLLAR), 0, &[])
}

/// $3 in, $0.30 read, $3.75 written, $15 out; above 200,000 input tokens $6, $0.60, $7.50, $22.50.
fn anthropic_price() -> Price {
    let base = rates(3 * DOLLAR, 300_000_000, 3_750_000_000, 15 * DOLLAR);
    let long = rates(6 * DOLLAR, 600_000_000, 7_500_000_000, 22_500_000_000);
    price(base, 0, &[(200_000, long)])
}

#[test]
fn t49_openai_invoice_with_cached_tokens() {
    let plain = json!({"prompt_tokens": 2006, "completion_tokens": 300});
    let usage = reported(Reading::openai_chat(Some(&plain)));
    assert_eq!(invoice(&openai_price(), &usage), "0.008015000");
    let cached = json!({"prompt_tokens": 2006, "completion_tokens": 300,
        "prompt_tokens_details": {"cached_tokens": 1920},
        "completion_tokens_details": {"reasoning_tokens": 192}});
    let usage = reported(Reading::openai_chat(Some(&cached)));
    // 86 × $2.50 + 1,920 × $1.25 + 300 × $10 per million; reasoning is part of the output.
    assert_eq!(invoice(&openai_price(), &usage), "0.005615000");
}

#[test]
fn t49_anthropic_invoice_with_cache_reads_and_writes() {
    let message = json!({"input_tokens": 86, "cache_read_input_tokens": 1920,
        "cache_creation_input_tokens": 248, "output_tokens": 300});
    let usage = reported(Reading::anthropic(Some(&message)));
    // 86 × $3 + 1,920 × $0.30 + 248 × $3.75 + 300 × $15 per million.
    assert_eq!(invoice(&anthropic_price(), &usage), "0.006264000");
    // The stream says the same in two parts, and costs the same.
    let start = json!({"input_tokens": 86, "cache_read_input_tokens": 1920,
        "cache_creation_input_tokens": 248, "output_tokens": 2});
    let delta = json!({"output_tokens": 300});
    let streamed = reported(Reading::anthropic_stream(Some(&start), Some(&delta)));
    assert_eq!(streamed, usage);
}

#[test]
fn t49_anthropic_invoice_with_cache_writes_of_five_minutes_and_of_an_hour() {
    let hours = |rates: Rates| Rates { cache_write_1h: Some(rates.input * 2), ..rates };
    let tariff = anthropic_price().tariff().clone();
    let above = tariff.tiers.iter().map(|tier| (tier.above_input_tokens, hours(tier.rates)));
    let priced = price(hours(tariff.base), 0, &above.collect::<Vec<_>>());
    let message = json!({"input_tokens": 86, "cache_read_input_tokens": 1920,
        "cache_creation_input_tokens": 556, "output_tokens": 300,
        "cache_creation": {"ephemeral_5m_input_tokens": 456, "ephemeral_1h_input_tokens": 100}});
    let usage = reported(Reading::anthropic(Some(&message)));
    assert_eq!((usage.cache_write_tokens, usage.cache_write_1h_tokens), (456, 100));
    assert_eq!(usage.input_total(), 86 + 1920 + 556);
    // 86 × $3 + 1,920 × $0.30 + 456 × $3.75 + 100 × $6 + 300 × $15 per million.
    assert_eq!(invoice(&priced, &usage), "0.007644000");
    assert!(!priced.tariff().lacks_hours(&usage));
    let held = hold_bound(&priced, 2_562, 300, 1, 0).unwrap();
    assert!(held >= cost(&priced, &usage).unwrap().amount);
    // A stream that tells the kinds at its beginning costs the same.
    let start = json!({"input_tokens": 86, "cache_read_input_tokens": 1920, "output_tokens": 1,
        "cache_creation_input_tokens": 556,
        "cache_creation": {"ephemeral_5m_input_tokens": 456, "ephemeral_1h_input_tokens": 100}});
    let delta = json!({"output_tokens": 300, "cache_creation_input_tokens": 556});
    assert_eq!(reported(Reading::anthropic_stream(Some(&start), Some(&delta))), usage);
    // Without a price for an hour they cost what five minutes cost, and the price says that it lacks one.
    assert_eq!(invoice(&anthropic_price(), &usage), "0.007419000");
    assert!(anthropic_price().tariff().lacks_hours(&usage));
    let none = Usage { cache_write_1h_tokens: 0, ..usage };
    assert!(!anthropic_price().tariff().lacks_hours(&none));
    // More for an hour than at all cannot be true.
    let absurd = json!({"input_tokens": 1, "output_tokens": 1, "cache_creation_input_tokens": 9,
        "cache_creation": {"ephemeral_1h_input_tokens": 10}});
    assert!(matches!(Reading::anthropic(Some(&absurd)), Reading::Absurd(_)));
}

#[test]
fn t49_a_compaction_is_billed_beside_the_answer() {
    let message = json!({"input_tokens": 23_000, "output_tokens": 1_000, "iterations": [
        {"type": "compaction", "input_tokens": 180_000, "output_tokens": 3_500,
         "cache_creation": {"ephemeral_1h_input_tokens": 7}, "cache_creation_input_tokens": 7},
        {"type": "message", "input_tokens": 23_000, "output_tokens": 1_000}]});
    let usage = reported(Reading::anthropic(Some(&message)));
    assert_eq!((usage.input_tokens, usage.output_tokens), (203_000, 4_500));
    assert_eq!((usage.cache_write_tokens, usage.cache_write_1h_tokens), (0, 7));
    // Iterations without one are what the top says already.
    let plain = json!({"input_tokens": 10, "output_tokens": 2,
        "iterations": [{"type": "message", "input_tokens": 10, "output_tokens": 2}]});
    assert_eq!(reported(Reading::anthropic(Some(&plain))).input_total(), 10);
}

#[test]
fn a_price_for_an_hour_is_part_of_what_the_price_says() {
    let with = |cache_write_1h| {
        price(Rates { cache_write_1h, ..anthropic_price().tariff().base }, 0, &[]).hash()
    };
    assert_ne!(with(None), with(Some(0)));
    assert_ne!(with(Some(0)), with(Some(1)));
}

#[test]
fn t10_long_context_counts_cached_tokens_and_reprices_the_whole_call() {
    let at = |cached| Usage {
        input_tokens: 50_000,
        cached_input_tokens: cached,
        output_tokens: 1_000,
        ..Usage::default()
    };
    assert_eq!(invoice(&anthropic_price(), &at(150_000)), "0.210000000");
    // One token more: 50,000 × $6 + 150,001 × $0.60 + 1,000 × $22.50 per million.
    assert_eq!(invoice(&anthropic_price(), &at(150_001)), "0.412500600");
    let held = hold_bound(&anthropic_price(), 200_001, 1_000, 1, 0).unwrap();
    assert!(held >= cost(&anthropic_price(), &at(150_001)).unwrap().amount);
}

#[test]
fn t49_embeddings_invoice() {
    let usage = reported(Reading::openai_embeddings(Some(&json!({"prompt_tokens": 1_234_567}))));
    let price = price(rates(20_000_000, 20_000_000, 20_000_000, 0), 0, &[]);
    assert_eq!(invoice(&price, &usage), "0.024691340");
    assert_eq!(charge(&price, &usage, 50_000).unwrap().amount, NanoUsd(25_925_907));
}
