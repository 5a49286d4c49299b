//! One request, one call: idempotency keys.

use serde_json::{Value, json};

use crate::house::{House, hello};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b4_fifty_parallel_tries_with_one_key_are_one_call() {
    let house = House::new().await;
    let tries = (0..50).map(|_| {
        let request = house.chat(&hello(false)).header("idempotency-key", "order-1");
        tokio::spawn(async move {
            let response = request.send().await.unwrap();
            (response.status().as_u16(), response.json::<Value>().await.unwrap())
        })
    });
    let mut answered = 0;
    for attempt in tries.collect::<Vec<_>>() {
        let (status, body) = attempt.await.unwrap();
        match status {
            200 => answered += 1,
            409 => {
                let code = body["error"]["code"].as_str().unwrap();
                let codes = ["idempotency_key_in_progress", "idempotency_key_used"];
                assert!(codes.contains(&code), "{body}");
            }
            other => panic!("{other}: {body}"),
        }
    }
    assert_eq!(answered, 1);
    let calls = house.calls(50).await;
    assert_eq!(calls.iter().filter(|call| call.outcome == "completed").count(), 1);
    assert_eq!(house.estate.transfers().await.len(), 1);
    assert_eq!(house.simulator.totals().bills, 1);
    house.estate.audit(&calls).await;
}

#[tokio::test]
async fn b5_one_key_for_another_request_is_a_conflict() {
    let house = House::new().await;
    let send = |text: &str| {
        let mut body = hello(false);
        body["messages"][0]["content"] = text.into();
        house.chat(&body).header("idempotency-key", "order-2").send()
    };
    assert_eq!(send("one").await.unwrap().status(), 200);
    let response = send("two").await.unwrap();
    assert_eq!(response.status(), 409);
    assert_eq!(response.headers()["x-should-retry"], "false");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["error"]["code"], "idempotency_key_conflict");
    assert_eq!(body["error"]["param"], "Idempotency-Key");
    house.estate.audit(&house.calls(2).await).await;
}

#[tokio::test]
async fn a_key_whose_call_cost_nothing_serves_again() {
    let house = House::new().await;
    let send = |model: &str| {
        let body = json!({ "model": model, "messages": [{ "role": "user", "content": "hello" }] });
        house.chat(&body).header("idempotency-key", "order-3").send()
    };
    assert_eq!(send("dead").await.unwrap().status(), 502);
    house.calls(1).await;
    assert_eq!(send("sim-small").await.unwrap().status(), 200);
    house.calls(2).await;
    let response = send("sim-small").await.unwrap();
    assert_eq!(response.status(), 409);
    assert_eq!(response.headers()["x-should-retry"], "false");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["error"]["code"], "idempotency_key_used");
    house.estate.audit(&house.calls(3).await).await;
}
