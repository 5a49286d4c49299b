//! The simulator over real sockets: its shapes, its faults and its bills.

#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking, too")]

mod azure;
mod bedrock;
mod bills;
mod chat;
mod completions;
mod embeddings;
mod faults;
mod messages;
mod reasoning;
mod responses;
mod streams;
mod tools;
mod usage;

use std::{sync::Arc, time::Duration};

use domain::clock::{Clock, SystemClock};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use simulator::{Bill, Config, Simulator};
use tokio::{net::TcpListener, task::JoinHandle};

/// A running simulator and a client for it.
struct Bench {
    simulator: Simulator,
    address: String,
    client: Client,
    server: JoinHandle<()>,
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Bench {
    async fn start() -> Self {
        Self::with(Config { requests_kept_max: 8, ..Config::default() }).await
    }

    async fn with(config: Config) -> Self {
        Self::at(config, Arc::new(SystemClock)).await
    }

    async fn at(config: Config, clock: Arc<dyn Clock>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let simulator = Simulator::new(config, clock).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = tokio::spawn(simulator.clone().serve(listener));
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
        Self { simulator, address, client, server }
    }

    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        let url = format!("http://{}{path}", self.address);
        self.client.post(url).bearer_auth("any-key").json(body)
    }

    /// A chat with a script in the header.
    fn chat(&self, script: &str, stream: bool) -> RequestBuilder {
        let body = json!({
            "model": "sim-small",
            "messages": [{"role": "user", "content": "Why is the sky blue?"}],
            "stream": stream,
            "stream_options": {"include_usage": true},
        });
        self.post("/v1/chat/completions", &body).header("x-simulate", script)
    }

    /// The bills, once no call is open and there are so many of them.
    async fn bills(&self, wanted: usize) -> Vec<Bill> {
        for _ in 0..500 {
            let bills = self.simulator.bills();
            if self.simulator.totals().open == 0 && bills.len() >= wanted {
                return bills;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("not {wanted} bills: {:?}", self.simulator.bills());
    }
}

/// The JSON of a response that must have this status.
async fn body(request: RequestBuilder, status: u16) -> Value {
    let response = request.send().await.unwrap();
    assert_eq!(response.status().as_u16(), status);
    assert!(response.headers().contains_key("x-simulated"));
    assert_eq!(response.headers()["content-type"], "application/json");
    response.json().await.unwrap()
}

/// The data of each event in a well-formed stream.
async fn events(request: RequestBuilder) -> Vec<String> {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream; charset=utf-8");
    let text = response.text().await.unwrap();
    let frames = text.strip_suffix("\n\n").unwrap().split("\n\n");
    frames.map(|frame| frame.strip_prefix("data: ").unwrap().to_owned()).collect()
}

/// Name and data of each event.
async fn named_events(request: RequestBuilder) -> Vec<(String, Value)> {
    let text = request.send().await.unwrap().text().await.unwrap();
    let frame = |frame: &str| {
        let (name, data) = frame.split_once('\n').unwrap();
        let name = name.strip_prefix("event: ").unwrap().to_owned();
        let data = parse(data.strip_prefix("data: ").unwrap());
        assert_eq!(data["type"], *name);
        (name, data)
    };
    text.strip_suffix("\n\n").unwrap().split("\n\n").map(frame).collect()
}

fn parse(data: &str) -> Value {
    serde_json::from_str(data).unwrap()
}

/// All bytes up to the end or the break of a body, and whether it broke.
async fn drain(mut response: Response) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return (bytes, false),
            Err(_) => return (bytes, true),
        }
    }
}
