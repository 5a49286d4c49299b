//! Where calls may go: nothing that a client sends changes it, and nothing leads inside by mistake. And
//! what opens a provider is seen by that provider alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::provider::{Auth, Surface};
use gateway::{EgressAllow, Settings};
use serde_json::{Value, json};
use store::circuits::WHOLE_PROVIDER;
use store::providers::ProviderSpec;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::furniture::{asking, asking_of};
use crate::house::{AWS_ID, AWS_SECRET, CANARY, House, settings};
use crate::watching::{Log, nothing_in_the_database};
use crate::wires::bedrock;

/// A place where nobody must ever come.
struct Trap {
    port: u16,
    visits: Arc<AtomicUsize>,
}

impl Trap {
    /// On both loopback addresses, where there are two.
    async fn new() -> Self {
        let visits = Arc::new(AtomicUsize::new(0));
        let first = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = first.local_addr().unwrap().port();
        let second = TcpListener::bind(("::1", port)).await.ok();
        for listener in [Some(first), second].into_iter().flatten() {
            let visits = Arc::clone(&visits);
            tokio::spawn(async move {
                while listener.accept().await.is_ok() {
                    visits.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        Self { port, visits }
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}

/// A server that answers every request with what `answer` makes of its head.
async fn server(answer: impl Fn(&str) -> String + Send + Clone + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                let mut read = Vec::new();
                while !read.windows(4).any(|end| end == b"\r\n\r\n") {
                    if stream.read_buf(&mut read).await.unwrap_or(0) == 0 {
                        return;
                    }
                }
                let answer = answer(&String::from_utf8_lossy(&read));
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn t33_nothing_that_a_client_sends_changes_where_a_call_goes() {
    let (house, trap) = (House::new().await, Trap::new().await);
    let place = format!("127.0.0.1:{}", trap.port);
    let url = format!("http://{place}/v1");
    let mut done = 0;
    for surface in Surface::ALL {
        let mut body = asking(*surface, false);
        for field in ["base_url", "api_base", "url", "endpoint", "custom_host", "proxy"] {
            body[field] = url.as_str().into();
        }
        for header in [
            "host",
            "x-forwarded-host",
            "forwarded",
            "x-portkey-custom-host",
            "x-portkey-config",
            "helicone-target-url",
            "helicone-openai-api-base",
            "x-base-url",
            "x-target-url",
            "x-original-url",
            "x-rewrite-url",
            "destination",
        ] {
            let value = match header {
                "host" | "x-forwarded-host" => place.clone(),
                "forwarded" => format!("host={place};proto=http"),
                _ => url.clone(),
            };
            let request = house.ask(*surface, &body).header(header, value);
            assert_eq!(request.send().await.unwrap().status(), 200, "{surface:?} {header}");
            let seen = house.simulator.seen().pop().unwrap();
            assert_eq!(seen.uri.path(), format!("/v1/{}", surface.path()));
            let host = seen.headers["host"].to_str().unwrap();
            assert!(house.estate.upstream.ends_with(host), "{header}: {host}");
            done += 1;
        }
    }
    for model in [url.clone(), format!("{url}/sim-small"), "../../admin".into(), "//x/y".into()] {
        let body = asking_of(&model, Surface::Chat, false);
        assert_eq!(house.chat(&body).send().await.unwrap().status(), 404, "{model}");
    }
    assert_eq!((house.simulator.totals().requests as usize, trap.visits()), (done, 0));
}

#[tokio::test]
async fn t33_a_request_for_another_server_is_not_forwarded_to_it() {
    let (house, trap) = (House::new().await, Trap::new().await);
    let key = house.key.expose();
    let body = asking(Surface::Chat, false).to_string();
    let rest = format!(
        "host: x\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    for line in [
        format!("POST http://127.0.0.1:{}/v1/chat/completions HTTP/1.1", trap.port),
        format!("POST /v1/chat/completions?base_url=http://127.0.0.1:{} HTTP/1.1", trap.port),
        format!("CONNECT 127.0.0.1:{} HTTP/1.1", trap.port),
    ] {
        let address = house.base.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(format!("{line}\r\n{rest}").as_bytes()).await.unwrap();
        let mut answer = vec![0; 64];
        let _ = stream.read(&mut answer).await;
    }
    assert_eq!(trap.visits(), 0);
}

#[tokio::test]
async fn t33_a_host_that_is_not_on_the_list_is_never_called() {
    let trap = Trap::new().await;
    for (allow, status) in [
        (vec!["api.openai.com".to_owned(), "*.anthropic.com".to_owned()], 503),
        (vec!["*.127.0.0.1".to_owned()], 503),
        (vec!["api.openai.com".to_owned(), "127.0.0.1".to_owned()], 200),
        (vec![], 200),
    ] {
        let egress_allow = EgressAllow::new(allow.clone());
        let house = House::with(Settings { egress_allow, ..settings() }).await;
        let response = house.chat(&asking(Surface::Chat, false)).send().await.unwrap();
        assert_eq!(response.status(), status, "{allow:?}");
        let asked = house.simulator.totals().requests;
        assert_eq!(asked, u64::from(status == 200), "{allow:?}: it was called");
        if status == 200 {
            continue;
        }
        assert_eq!(response.headers()["x-should-retry"], "false");
        let error: Value = response.json().await.unwrap();
        assert_eq!(error["error"]["code"], "model_unavailable");
        let call = house.call().await;
        let why = &call.decision.unwrap()["candidates"][0]["why"];
        assert_eq!(why, "its provider's address is not allowed");
        assert!(house.estate.transfers().await.is_empty());
    }
    assert_eq!(trap.visits(), 0);
}

#[tokio::test]
async fn t33_addresses_inside_are_not_called_unless_the_provider_is_said_to_be_there() {
    let (house, trap) = (House::new().await, Trap::new().await);
    let port = trap.port;
    let hosts = [
        "127.0.0.1",
        "localhost",
        "LOCALHOST.",
        "[::1]",
        "0.0.0.0",
        "[::]",
        "127.1",
        "2130706433",
        "0x7f000001",
        "017700000001",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
    ];
    for (n, host) in hosts.into_iter().enumerate() {
        let name = format!("inside-{n}");
        let base_url = format!("https://{host}:{port}/v1");
        let spec = ProviderSpec { base_url, private_network: false, ..house.estate.spec(&name) };
        let id = house.estate.provider(spec).await;
        house.estate.route(&name, &[(id, "sim-small")]).await;
        house.follow().await;
        let body = asking_of(&name, Surface::Chat, false);
        let response = house.chat(&body).send().await.unwrap();
        // An address is refused when the rules are read, a name when it is resolved.
        let is_name = host.to_ascii_lowercase().starts_with("localhost");
        let expected =
            if is_name { (502, "provider_unreachable") } else { (503, "model_unavailable") };
        assert_eq!(response.status(), expected.0, "{host}");
        let error: Value = response.json().await.unwrap();
        assert_eq!(error["error"]["code"], expected.1, "{host}");
        assert_eq!(house.calls(n + 1).await.pop().unwrap().charge_nano, 0);
    }
    assert_eq!(trap.visits(), 0);
    // The trap is really there.
    let base_url = format!("https://localhost:{port}/v1");
    let id = house.estate.provider(ProviderSpec { base_url, ..house.estate.spec("said") }).await;
    house.estate.route("said", &[(id, "sim-small")]).await;
    house.follow().await;
    let call = tokio::spawn(house.chat(&asking_of("said", Surface::Chat, false)).send());
    let begun = std::time::Instant::now();
    while trap.visits() == 0 {
        assert!(begun.elapsed() < std::time::Duration::from_secs(10), "there is no trap");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    call.abort();
}

#[tokio::test]
async fn t33_a_redirect_is_not_followed_and_is_told_as_no_answer() {
    let (house, trap) = (House::new().await, Trap::new().await);
    for (n, status) in [301, 302, 303, 307, 308].into_iter().enumerate() {
        let place = format!("http://127.0.0.1:{}/v1", trap.port);
        let redirecting = server(move |_| {
            format!("HTTP/1.1 {status} Moved\r\nlocation: {place}\r\ncontent-length: 0\r\n\r\n")
        })
        .await;
        let name = format!("moved-{n}");
        let spec = ProviderSpec { base_url: redirecting + "/v1", ..house.estate.spec(&name) };
        let id = house.estate.provider(spec).await;
        house.estate.route(&name, &[(id, "sim-small")]).await;
        house.follow().await;
        for streamed in [false, true] {
            let body = asking_of(&name, Surface::Chat, streamed);
            let response = house.chat(&body).send().await.unwrap();
            assert_eq!(response.status(), 502, "{status}");
            assert!(response.headers().get("location").is_none());
            let error: Value = response.json().await.unwrap();
            assert_eq!(error["error"]["code"], "provider_invalid_answer");
        }
    }
    assert_eq!(trap.visits(), 0);
}

#[tokio::test]
async fn t34_an_error_under_a_status_of_success_is_translated_kept_back_and_free() {
    let house = House::new().await;
    let plain = |body: Value| {
        move |_: &str| {
            let body = body.to_string();
            format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
        }
    };
    let error = json!({"error": {"message": "out of order", "type": "server_error"}});
    let telling = server(plain(error)).await;
    let leak = json!({"error": {"message": format!("bad key {CANARY}"), "type": "server_error"}});
    let leaking = server(plain(leak)).await;
    for (slug, base) in [("telling", telling), ("leaking", leaking)] {
        let surfaces = vec![Surface::Chat];
        let base_url = base + "/v1";
        let spec = ProviderSpec { base_url, surfaces, ..house.estate.spec(slug) };
        let id = house.estate.provider(spec).await;
        house.estate.route(slug, &[(id, "sim-small")]).await;
    }
    house.follow().await;
    for (surface, model, status, word) in [
        (Surface::Chat, "telling", 200, "out of order"),
        (Surface::Messages, "telling", 200, "out of order"),
        (Surface::Chat, "leaking", 502, "could not be read"),
        (Surface::Messages, "leaking", 502, "could not be read"),
    ] {
        let body = asking_of(model, surface, false);
        let response = house.ask(surface, &body).send().await.unwrap();
        assert_eq!(response.status(), status, "{model}");
        let text = response.text().await.unwrap();
        assert!(text.contains(word) && !text.contains(CANARY), "{text}");
        let error: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(error["type"] == "error", surface == Surface::Messages, "{text}");
    }
    let calls = house.calls(4).await;
    assert!(calls.iter().all(|call| call.outcome == "upstream_error" && call.charge_nano == 0));
    house.estate.audit(&calls).await;
}

#[tokio::test]
async fn t34_no_kind_of_key_is_seen_by_anyone_but_its_provider() {
    let log = Log::default();
    let _logging = log.keep();
    let house = House::new().await;
    // Says back all that it was sent, as a proxy in front of a provider may.
    let echo = server(|head| {
        let body = json!({"error": {"message": head, "type": "echo"}}).to_string();
        format!(
            "HTTP/1.1 400 Bad\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    })
    .await;
    let aws = house.estate.seal(&format!("{AWS_ID}:{AWS_SECRET}:session-canary-77")).await;
    let mut names = Vec::new();
    for auth in [Auth::Bearer, Auth::XApiKey, Auth::ApiKey, Auth::SigV4] {
        for base in ["simulator", "echo"] {
            let name = format!("{}-{base}", auth.as_str().replace('_', "-"));
            let mut spec = match auth {
                Auth::SigV4 => bedrock(&house, &name, aws),
                _ => ProviderSpec { auth, ..house.estate.spec(&name) },
            };
            if base == "echo" {
                spec.base_url.clone_from(&echo);
            }
            let id = house.estate.provider(spec).await;
            house.estate.force(id, WHOLE_PROVIDER, domain::circuit::Force::Closed).await;
            house.estate.force(id, "sim-small", domain::circuit::Force::Closed).await;
            house.estate.route(&name, &[(id, "sim-small")]).await;
            names.push(name);
        }
    }
    house.follow().await;
    let mut answers = Vec::new();
    for name in &names {
        for script in
            ["", "status=401", "status=500", "reset", "truncate", "malformed_json", "error_after=1"]
        {
            for streamed in [false, true] {
                let body = asking_of(name, Surface::Messages, streamed);
                let request = house.ask(Surface::Messages, &body).header("x-simulate", script);
                let response = request.send().await.unwrap();
                answers.push(format!("{:?}", response.headers()));
                let bytes = response.bytes().await.unwrap_or_default();
                answers.push(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
    }
    house.calls(answers.len() / 2).await;
    assert!(answers.iter().any(|answer| answer.contains(simulator::OPENING)));
    let secrets = [CANARY, AWS_SECRET, "session-canary-77"];
    let log = log.text();
    assert!(log.contains("gateway"), "nothing was logged");
    for secret in secrets {
        let told = answers.iter().find(|answer| answer.contains(secret));
        assert_eq!(told, None, "a client hears it");
        let logged = log.lines().find(|line| line.contains(secret));
        assert_eq!(logged, None, "it is in the log");
    }
    nothing_in_the_database(&house, &secrets).await;
}
