//! The provider's invoice against our ledger, over a mixed load of everything that there is: calls that end
//! well, clients that leave, and providers that do not come to an end.

use std::collections::HashMap;
use std::time::Duration;

use domain::provider::Surface;
use futures_util::StreamExt;
use futures_util::stream;
use gateway::Settings;
use ledger::usage::Usage;
use simulator::Bill;

use crate::furniture::asking_of;
use crate::house::{House, unhurried};

const CALLS: u64 = 10_000;
const AT_ONCE: usize = 48;
/// Each so many-th call never ends, and is cut by its time.
const HANGS_EVERY: u64 = 500;
/// Most of the invoice that the ledger may be off, in millionths. What was reported is exact; only a call
/// that its time cut is estimated.
const OFF_PPM_MAX: i64 = 1_000;

const fn hangs(n: u64) -> bool {
    n % HANGS_EVERY == 3
}

/// What each call is like, by its number.
fn script(n: u64) -> String {
    let length = 5 + n * 37 % 60;
    if hangs(n) {
        return "hang_after=4".to_owned();
    }
    let answer = format!("answer_tokens={length};chunks=3");
    match n % 6 {
        0 => answer,
        1 => format!("{answer};cached_tokens={}", n * 13 % 900),
        2 => format!("{answer};cached_tokens=50;cache_write_tokens={}", n % 90),
        3 => format!("{answer};latency_ms={}", n % 4),
        4 => "answer_tokens=8;chunks=3;sse=crlf,comments,split".to_owned(),
        _ => format!("{answer};chunk_delay_ms=1"),
    }
}

/// What a bill comes to at the house's price, in nano-USD.
fn invoiced(house: &House, bill: &Bill) -> i64 {
    let usage = Usage {
        input_tokens: bill.prompt_tokens - bill.cached_tokens - bill.cache_write_tokens,
        cached_input_tokens: bill.cached_tokens,
        cache_write_tokens: bill.cache_write_tokens - bill.cache_write_1h_tokens,
        cache_write_1h_tokens: bill.cache_write_1h_tokens,
        output_tokens: bill.completion_tokens,
        reasoning_tokens: bill.reasoning_tokens,
    };
    ledger::cost::cost(&house.estate.price, &usage).unwrap().amount.0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t18_ten_thousand_mixed_calls_are_charged_as_the_provider_bills() {
    let house = House::with(Settings {
        call_wait: Duration::from_secs(12),
        settle_gather: Duration::from_millis(20),
        keep_payloads: false,
        // Whoever is left is read to its end, however many that are.
        drains_max: 1_024,
        ..unhurried()
    })
    .await;
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
                let expected = if hangs(n) && !streamed { 504 } else { 200 };
                assert_eq!(response.status(), expected, "{surface:?} {model} {}", script(n));
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
    while house.gateway.in_flight() > 0 || house.gateway.health().settlements_waiting > 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
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
    let (mut owed, mut cut) = (0, 0);
    for call in &calls {
        let bill = &bills[&call.id.to_string()];
        owed += invoiced(&house, bill);
        if call.outcome == "timed_out" {
            cut += 1;
            continue;
        }
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
    assert!(left > 400, "{left} were left");
    assert_eq!(cut, CALLS / HANGS_EVERY, "calls that their time cut");
    let booked: i64 = calls.iter().map(|call| call.cost_nano).sum();
    let off = (booked - owed).abs() * 1_000_000 / owed;
    assert!(off <= OFF_PPM_MAX, "{booked} booked, {owed} invoiced: {off} ppm");
    house.estate.audit(&calls).await;
    assert_eq!(house.gateway.in_flight(), 0);
}
