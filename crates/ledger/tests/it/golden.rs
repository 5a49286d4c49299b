//! Golden invoices: provider reports against prices, to the nano-USD.

use domain::money::NanoUsd;
use ledger::cost::{charge, cost, hold_bound};
use ledger::price::Price;
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
