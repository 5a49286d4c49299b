//! Memory for bodies: a node takes only as many at once as it has room for, and says so.

use std::time::{Duration, Instant};

use domain::provider::Surface;
use gateway::Settings;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::furniture::asking;
use crate::house::{House, settings};
use crate::surfaces::told;

const ROOM: usize = 64 * 1024;

/// Begins to send a body of this length, and stops after its first byte.
async fn dawdle(house: &House, length: usize) -> TcpStream {
    let mut stream = TcpStream::connect(house.base.strip_prefix("http://").unwrap()).await.unwrap();
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{{",
        house.key.expose()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// Calls until the status is this, and gives the answer.
async fn until(house: &House, surface: Surface, status: u16) -> reqwest::Response {
    let begun = Instant::now();
    loop {
        let answer = house.ask(surface, &asking(surface, false)).send().await.unwrap();
        if answer.status() == status {
            return answer;
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "still {}", answer.status());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_node_without_room_for_a_body_refuses_it_and_recovers() {
    let house = House::with(Settings { bodies_bytes_max: ROOM, ..settings() }).await;
    let slow = dawdle(&house, ROOM).await;
    for surface in Surface::ALL {
        let refused = until(&house, *surface, 503).await;
        assert_eq!(refused.headers()["retry-after"], "1", "{surface:?}");
        assert_eq!(refused.headers()["x-should-retry"], "true");
        let error: Value = refused.json().await.unwrap();
        assert!(told(*surface, &error).contains("limit"), "{error}");
        let anthropic = matches!(surface, Surface::Messages | Surface::CountTokens);
        let word = if anthropic { "type" } else { "code" };
        let expected = if anthropic { "overloaded_error" } else { "overloaded" };
        assert_eq!(error["error"][word], expected, "{error}");
    }
    assert!(house.estate.transfers().await.is_empty(), "something was held");
    drop(slow);
    until(&house, Surface::Chat, 200).await;
    until(&house, Surface::Messages, 200).await;
    let rows = house.estate.store.circuits().await.unwrap();
    assert!(rows.is_empty(), "{rows:#?}");
}

#[tokio::test]
async fn a_call_keeps_its_room_until_it_is_settled_and_gives_back_what_it_does_not_need() {
    let house = House::with(Settings { bodies_bytes_max: ROOM, ..settings() }).await;
    // Eighty bodies in turn, each announced as an eighth of the room.
    let mut large = asking(Surface::Chat, false);
    large["messages"][0]["content"] = "x".repeat(ROOM / 8).into();
    for _ in 0..80 {
        assert_eq!(house.chat(&large).send().await.unwrap().status(), 200);
        while house.gateway.in_flight() > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    // Seven at once leave no room for two more of their size.
    let busy: Vec<_> = (0..7)
        .map(|_| {
            let request = house.chat(&large).header("x-simulate", "latency_ms=3000");
            tokio::spawn(async move { request.send().await.unwrap().status().as_u16() })
        })
        .collect();
    house.at_provider(7).await;
    assert_eq!(house.chat(&large).send().await.unwrap().status(), 503);
    until(&house, Surface::Chat, 200).await;
    for call in busy {
        assert_eq!(call.await.unwrap(), 200);
    }
}
