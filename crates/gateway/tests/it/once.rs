//! One request, one call: idempotency keys.

use serde_json::Value;

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
            409 => assert_eq!(body["error"]["code"], "idempotency_key_used", "{body}"),
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
