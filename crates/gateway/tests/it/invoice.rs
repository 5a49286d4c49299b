//! The provider's invoice against our ledger, over a mixed load of everything that there is.

use std::collections::HashMap;
use std::time::Duration;

use domain::provider::Surface;
use futures_util::StreamExt;
use futures_util::stream;
use simulator::Bill;

use crate::furniture::asking_of;
use crate::house::{House, settings};

const CALLS: u64 = 600;
const AT_ONCE: usize = 12;

/// What each call is like, by its number.
fn script(n: u64) -> String {
    let length = 5 + n * 37 % 180;
    match n % 6 {
        0 => format!("answer_tokens={length}"),
        1 => format!("answer_tokens={length};cached_tokens={}", n * 13 % 900),
        2 => format!("answer_tokens={length};cached_tokens=50;cache_write_tokens={}", n % 90),
        3 => format!("answer_tokens={length};latency_ms={}", n % 20),
        4 => "sse=crlf,comments,split".to_owned(),
        _ => format!("answer_tokens={length};chunks=6;chunk_delay_ms=4"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t18_a_mixed_load_with_hangups_is_charged_to_the_token_as_the_provider_bills() {
    let house = House::with(settings()).await;
    let anthropic = house.estate.serving("anthropic", &[Surface::Messages]).await;
    let openai = house.estate.serving("openai", &[Surface::Chat]).await;
    house.estate.route("by-messages", &[(anthropic, "sim-small")]).await;
    house.estate.route("by-chat", &[(openai, "sim-small")]).await;
    house.follow().await;
    let ways = [
        ("sim-small", Surface::Chat),
        ("sim-small", Surface::Responses),
        ("sim-small", Surface::Messages),
        ("sim-small", Surface::Completions),
        ("by-messages", Surface::Chat),
        ("by-messages", Surface::Responses),
        ("by-chat", Surface::Messages),
        ("by-chat", Surface::Responses),
    ];
    stream::iter(0..CALLS)
        .map(|n| {
            let (model, surface) = ways[(n % 8) as usize];
            let streamed = n / 8 % 3 > 0;
            let request = house.ask(surface, &asking_of(model, surface, streamed));
            let request = request.header("x-simulate", script(n));
            async move {
                let response = request.send().await.unwrap();
                assert_eq!(response.status(), 200, "{surface:?} {model} {}", script(n));
                // Every fifth stream is left in its middle, to be read to its end without its client.
                if streamed && n % 5 == 0 {
                    let mut stream = response.bytes_stream();
                    stream.next().await;
                } else {
                    response.bytes().await.unwrap();
                }
            }
        })
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<()>>()
        .await;
    let calls = house.calls(CALLS as usize).await;
    while house.simulator.totals().open > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let bills: HashMap<String, Bill> = house
        .simulator
        .bills()
        .into_iter()
        .map(|bill| (bill.x_client_request_id.clone().unwrap(), bill))
        .collect();
    assert_eq!(bills.len(), calls.len());
    for call in &calls {
        let bill = &bills[&call.id.to_string()];
        let ours = [
            call.input_tokens,
            call.cached_input_tokens,
            call.cache_write_tokens,
            call.output_tokens,
        ];
        let theirs = [
            bill.prompt_tokens,
            bill.cached_tokens,
            bill.cache_write_tokens,
            bill.completion_tokens,
        ];
        assert_eq!(ours.map(i64::unsigned_abs), theirs, "{call:#?} {bill:#?}");
        assert_eq!(call.usage_source, "reported");
    }
    let left = calls.iter().filter(|call| call.outcome == "client_closed").count();
    assert!(left > 20, "{left} were left");
    house.estate.audit(&calls).await;
    assert_eq!(house.gateway.in_flight(), 0);
}
