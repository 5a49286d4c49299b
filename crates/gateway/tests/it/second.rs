//! The second opinion on ambiguous prompts.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::guard::{Policy, SecondOpinion};
use domain::provider::{ProviderKind, Surface};
use serde_json::{Value, json};
use store::providers::{OnHangup, ProviderSpec};
use tokio::net::TcpListener;

use crate::guard::{ODD, SECRET, saying};
use crate::house::{House, settings};

/// A stand-in for Lakera Guard that speaks its published shapes (docs.lakera.ai, "Guard API").
#[derive(Clone, Default)]
struct Lakera {
    /// What it answers: `flagged`, `clean`, `slow`, `error`, `garbage`.
    mood: Arc<Mutex<&'static str>>,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Lakera {
    async fn serve(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v2", listener.local_addr().unwrap());
        let this = self.clone();
        let answer = move |headers: http::HeaderMap, body: String| async move {
            let key = headers["authorization"].to_str().unwrap().to_owned();
            let mood = *this.mood.lock().unwrap();
            this.asked.lock().unwrap().push((key, serde_json::from_str(&body).unwrap()));
            let answer = |flagged: bool| {
                json!({"flagged": flagged, "payload": [], "breakdown": [{
                    "project_id": "project-1", "policy_id": "policy-1", "detector_id": "d-1",
                    "detector_type": "prompt_attack", "detected": flagged, "message_id": 0}],
                    "dev_info": {"git_revision": "0", "model_version": "lakera-guard-1"}})
                .to_string()
            };
            match mood {
                "flagged" => (200, answer(true)),
                "clean" => (200, answer(false)),
                "error" => (500, json!({"error": "internal"}).to_string()),
                "slow" => {
                    tokio::time::sleep(Duration::from_secs(5)).await;
                    (200, answer(false))
                }
                _ => (200, "<html>".to_owned()),
            }
        };
        let respond = move |headers: http::HeaderMap, body: String| async move {
            let (status, body) = answer(headers, body).await;
            (http::StatusCode::from_u16(status).unwrap(), body)
        };
        let router = axum::Router::new().route("/v2/guard", axum::routing::post(respond));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        base
    }
}

#[tokio::test]
async fn of_an_ambiguous_prompt_somebody_else_is_asked_where_the_tenant_wants_it() {
    let lakera = Lakera::default();
    let base_url = lakera.serve().await;
    let house = House::furnished(settings(), OnHangup::Drain, async |estate| {
        let secret = estate.seal("lakera-canary-key").await;
        let spec = ProviderSpec {
            kind: ProviderKind::Lakera,
            base_url: base_url.clone(),
            surfaces: Vec::new(),
            secret_id: Some(secret),
            ..estate.spec("lakera")
        };
        estate.provider(spec).await;
    })
    .await;
    let text = format!("{ODD} My key is {SECRET}.");
    let ask = async |mood: &'static str, second_opinion: SecondOpinion| {
        *lakera.mood.lock().unwrap() = mood;
        let policy = Policy {
            suspicious_from: 10,
            ambiguous_from: 20,
            blocked_from: 1_000,
            second_opinion,
            ..Policy::default()
        };
        house.wish(None, &policy).await;
        let request = house.ask(Surface::Chat, &saying(Surface::Chat, false, &text));
        let response = request.send().await.unwrap();
        let header = response.headers()["x-tokenone-guard"].to_str().unwrap().to_owned();
        (response.status().as_u16(), header.split(';').next().unwrap().to_owned())
    };
    use SecondOpinion as S;
    let cases = [
        ("flagged", S::Off, 200, "ambiguous", None),
        ("clean", S::Block, 200, "ambiguous", Some(Some(false))),
        ("flagged", S::Allow, 400, "blocked", Some(Some(true))),
        ("error", S::Allow, 200, "ambiguous", Some(None)),
        ("error", S::Block, 400, "blocked", Some(None)),
        ("garbage", S::Block, 400, "blocked", Some(None)),
        ("slow", S::Allow, 200, "ambiguous", Some(None)),
        ("slow", S::Block, 400, "blocked", Some(None)),
    ];
    let mut done = 0;
    for (mood, wanted, status, verdict, flagged) in cases {
        loop {
            let got = ask(mood, wanted).await;
            done += 1;
            let found = house.findings(done).await.pop().unwrap().unwrap();
            let second = found.second.map(|second| {
                assert!(second.by == "lakera" && second.took_ms < 3_000, "{second:?}");
                second.flagged
            });
            // A machine that is busy may be late with an answer that was given at once.
            if second == Some(None) && matches!(flagged, Some(Some(_))) && done < 50 {
                continue;
            }
            assert_eq!(got, (status, verdict.into()), "{mood} {wanted:?}");
            assert_eq!(second, flagged, "{mood} {wanted:?}");
            break;
        }
    }
    let asked = lakera.asked.lock().unwrap().clone();
    assert!(asked.len() < done, "nobody is asked where the tenant does not want it");
    assert!(asked.len() >= 5, "{asked:?}");
    for (key, body) in asked {
        assert_eq!(key, "Bearer lakera-canary-key");
        let messages = body["messages"].as_array().unwrap();
        let said = messages[0]["content"].as_str().unwrap();
        assert_eq!((messages.len(), &messages[0]["role"]), (1, &json!("user")));
        assert!(said.starts_with(ODD) && !said.contains(SECRET), "{said}");
    }
}
