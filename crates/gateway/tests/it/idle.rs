//! Behind a proxy that cuts connections on which nothing moves. Times are those of the field divided by
//! some thirty: nginx and AWS's load balancers cut after 60 s, a reasoning model is silent for two minutes, and
//! the gateway's sign of life comes every 15 s.

use std::time::Duration;

use dialect::Step;
use domain::provider::Surface;
use futures_util::future::join_all;
use gateway::Settings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio::time::timeout;

use crate::furniture::asking;
use crate::house::{House, settings};
use crate::order::orderly;
use crate::sse;
use crate::surfaces::{STREAMED, told};

const IDLE: Duration = Duration::from_millis(1_800);
const SIGN_OF_LIFE: Duration = Duration::from_millis(450);
const SILENT: &str = "latency_ms=3600";

/// A proxy in front of a server; it cuts a connection when nothing has come from the server for so long.
struct IdleProxy {
    base: String,
    task: AbortHandle,
}

impl IdleProxy {
    async fn before(server: &str, idle: Duration) -> Self {
        let to = server.strip_prefix("http://").unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, to.clone(), idle));
            }
        });
        Self { base, task: task.abort_handle() }
    }
}

impl Drop for IdleProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(near: TcpStream, to: String, idle: Duration) -> Option<()> {
    let far = TcpStream::connect(to).await.ok()?;
    let (mut from_client, mut to_client) = near.into_split();
    let (mut from_server, mut to_server) = far.into_split();
    let up = async { tokio::io::copy(&mut from_client, &mut to_server).await };
    let down = async {
        let mut piece = vec![0; 16 * 1024];
        loop {
            match timeout(idle, from_server.read(&mut piece)).await {
                Ok(Ok(read)) if read > 0 => to_client.write_all(&piece[..read]).await.ok()?,
                _ => return Some(()),
            }
        }
    };
    // Both halves are dropped with the first that ends, which cuts the connection.
    tokio::select! {
        down = down => down,
        _ = up => None,
    }
}

/// Asks through the proxy; `None` where the answer is cut.
async fn through(
    house: &House,
    proxy: &IdleProxy,
    surface: Surface,
    script: &str,
) -> Option<String> {
    let request = reqwest::Client::new()
        .post(format!("{}/v1/{}", proxy.base, surface.path()))
        .bearer_auth(house.key.expose())
        .header("content-type", "application/json")
        .header("x-simulate", script)
        .body(asking(surface, true).to_string());
    let response = request.send().await.ok()?;
    assert_eq!(response.status(), 200);
    response.text().await.ok()
}

/// Every surface with each of the scripts, at once; none is cut.
async fn streams(house: &House, proxy: &IdleProxy, scripts: [&str; 2]) -> Vec<(Surface, String)> {
    let asked = STREAMED.into_iter().flat_map(|surface| scripts.map(|script| (surface, script)));
    join_all(asked.map(async |(surface, script)| {
        let text = through(house, proxy, surface, script).await;
        (surface, text.unwrap_or_else(|| panic!("{surface:?} {script}: it was cut")))
    }))
    .await
}

#[tokio::test]
async fn t24_a_silent_stream_survives_a_proxy_that_cuts_idle_connections() {
    let house = House::with(Settings { keep_alive: SIGN_OF_LIFE, ..settings() }).await;
    let proxy = IdleProxy::before(&house.base, IDLE).await;
    for (surface, text) in streams(&house, &proxy, [SILENT, "silence_after=2:3600"]).await {
        if surface == Surface::Completions {
            assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
        } else {
            orderly(surface, &sse::events(&text), Step::Done, false);
        }
    }
}

#[tokio::test]
async fn t24_without_signs_of_life_that_proxy_cuts() {
    let keep_alive = Duration::from_secs(60);
    let house = House::with(Settings { keep_alive, ..settings() }).await;
    let proxy = IdleProxy::before(&house.base, IDLE).await;
    assert_eq!(through(&house, &proxy, Surface::Chat, SILENT).await, None);
}

#[tokio::test]
async fn t24_behind_that_proxy_an_error_after_the_silence_is_an_event_of_the_dialect() {
    let keep_alive = SIGN_OF_LIFE;
    let house = House::patient(Settings { keep_alive, attempts_max: 1, ..settings() }).await;
    let proxy = IdleProxy::before(&house.base, IDLE).await;
    let scripts = ["latency_ms=3600;status=529", "latency_ms=3600;reset"];
    for (surface, text) in streams(&house, &proxy, scripts).await {
        let last = sse::last(&text);
        let message = match surface {
            Surface::Responses => {
                assert_eq!(last["type"], "response.failed", "{text}");
                last["response"]["error"]["message"].as_str().unwrap()
            }
            _ => told(surface, &last),
        };
        assert!(!message.is_empty() && !text.contains("[DONE]"), "{surface:?}: {text}");
    }
}
