//! Caches, as each provider reports them.

use serde_json::json;

use crate::{Bench, body};

const SCRIPT: &str = "cached_tokens=1000;cache_write_tokens=200;cache_write_1h_tokens=30";

#[tokio::test]
async fn t49_openai_counts_what_was_cached_as_a_part_of_the_prompt() {
    let bench = Bench::start().await;
    let usage = body(bench.chat(SCRIPT, false), 200).await["usage"].clone();
    assert_eq!(usage["prompt_tokens"], 1231);
    let details = &usage["prompt_tokens_details"];
    assert_eq!(
        (&details["cached_tokens"], &details["cache_write_tokens"]),
        (&json!(1000), &json!(230))
    );
    let ask = json!({"model": "sim-small", "input": "a".repeat(8000)});
    let request = bench.post("/v1/responses", &ask).header("x-simulate", SCRIPT);
    let usage = body(request, 200).await["usage"].clone();
    assert_eq!(
        (&usage["input_tokens"], &usage["input_tokens_details"]["cached_tokens"]),
        (&json!(2000), &json!(1000))
    );
    let bills = bench.bills(2).await;
    assert_eq!(bills.iter().map(|bill| bill.prompt_tokens).collect::<Vec<_>>(), [1231, 2000]);
    for bill in bills {
        let written = (bill.cache_write_tokens, bill.cache_write_1h_tokens);
        assert_eq!((bill.cached_tokens, written), (1000, (230, 30)));
    }
}

#[tokio::test]
async fn t49_anthropic_counts_what_was_cached_apart() {
    let bench = Bench::start().await;
    for stream in [false, true] {
        let ask = json!({
            "model": "sim-small", "max_tokens": 1000, "stream": stream,
            "messages": [{"role": "user", "content": "a".repeat(8000)}],
        });
        let request = bench.post("/v1/messages", &ask).header("x-simulate", SCRIPT);
        let usage = if stream {
            let events = crate::named_events(request).await;
            assert_eq!(events[0].1["message"]["usage"]["cache_read_input_tokens"], 1000);
            events[events.len() - 2].1["usage"].clone()
        } else {
            body(request, 200).await["usage"].clone()
        };
        assert_eq!(usage["input_tokens"], 2000 - 1230);
        assert_eq!(usage["cache_read_input_tokens"], 1000);
        assert_eq!(usage["cache_creation_input_tokens"], 230);
        let creation = json!({"ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 30});
        assert_eq!(usage["cache_creation"], creation);
    }
    assert!(bench.bills(2).await.iter().all(|bill| bill.prompt_tokens == 2000));
}
