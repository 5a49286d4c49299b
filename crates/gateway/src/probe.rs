//! A look at a provider on request: is it there, does it take our key? It asks for the list of models,
//! which no provider bills, and so needs no hold.

use std::time::{Duration, Instant};

use domain::ids::{CallId, ProviderId, TenantId};
use domain::probe::Probe;
use domain::provider::Surface;
use guard::wishes::Wishes;
use http::HeaderMap;
use serde::Deserialize;

use crate::gateway::Gateway;
use crate::second;
use crate::upstream::headers::{self, Recipient};
use crate::upstream::provider::Provider;

/// How long a provider may take.
const WAIT: Duration = Duration::from_secs(10);
/// Largest list of models that is read, in bytes.
const LIST_BYTES_MAX: usize = 4 * 1024 * 1024;

#[derive(Deserialize)]
struct List {
    data: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    id: String,
}

impl Gateway {
    /// Probes a provider, with a model whose name is looked for in its list where one is given.
    pub async fn probe(&self, provider: ProviderId, model: &str) -> Probe {
        let snapshot = self.rules().current();
        let Some(provider) = snapshot.provider(provider).cloned() else {
            return said(
                "It cannot be called: it is switched off, its address is not allowed, or its key cannot be opened.",
            );
        };
        drop(snapshot);
        if !provider.kind.answers_calls() {
            return self.probe_opinion(&provider).await;
        }
        let Some(url) = provider.models_url() else {
            return said(
                "Its wire has no question that is free of charge; send a call to test it.",
            );
        };
        let anthropic = provider.serves(Surface::Messages) && !provider.serves(Surface::Chat);
        let surface = if anthropic { Surface::Messages } else { Surface::Chat };
        let recipient =
            Recipient { surface, wire: provider.wire, credential: provider.credential.as_ref() };
        let headers = headers::to_provider(&HeaderMap::new(), recipient, CallId::mint());
        let client = self.clients().towards(provider.private_network);
        let began = Instant::now();
        let answer = client.get(url).headers(headers).timeout(WAIT).send().await;
        let latency_ms = u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX);
        match answer {
            Err(error) => {
                let error = error.without_url();
                tracing::info!(provider = provider.slug, %error, "a probe failed");
                let note = if error.is_timeout() {
                    "It did not answer in time."
                } else if error.is_connect() {
                    "It could not be connected to."
                } else {
                    "It broke off."
                };
                Probe { latency_ms, ..said(note) }
            }
            Ok(response) => {
                let status = response.status();
                let (note, model_served) = match status.as_u16() {
                    200..=299 => listed(response, model).await,
                    401 | 403 => ("It refuses our key.".to_owned(), None),
                    404 => ("It has no list of models; its address may be wrong.".to_owned(), None),
                    429 => ("It says that we ask too often.".to_owned(), None),
                    _ => ("It answered with an error.".to_owned(), None),
                };
                let (ok, status) = (status.is_success(), Some(status.as_u16()));
                Probe { ok, status, latency_ms, model_served, note: Some(note) }
            }
        }
    }
}

impl Gateway {
    /// Of one that gives opinions on prompts: asks it about a harmless one.
    async fn probe_opinion(&self, provider: &Provider) -> Probe {
        let harmless = ["Hello, who is there?".to_owned()];
        let wishes = Wishes::default();
        let second = second::opinion(self, provider, TenantId::PLATFORM, &wishes, &harmless).await;
        let note = match second.flagged {
            Some(false) => "It answers, and finds nothing in a harmless text.",
            Some(true) => "It answers, but holds a harmless text to be an attack.",
            None => "It did not answer in time, or not as it should.",
        };
        Probe { ok: second.flagged.is_some(), latency_ms: second.took_ms, ..said(note) }
    }
}

async fn listed(mut response: reqwest::Response, model: &str) -> (String, Option<String>) {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        if body.len() + chunk.len() > LIST_BYTES_MAX {
            return ("It answers; its list of models is too long to read.".to_owned(), None);
        }
        body.extend_from_slice(&chunk);
    }
    let Ok(list) = serde_json::from_slice::<List>(&body) else {
        return ("It answers, with a list of models that cannot be read.".to_owned(), None);
    };
    let count = list.data.len();
    if model.is_empty() {
        return (format!("It answers and lists {count} models."), None);
    }
    match list.data.into_iter().find(|listed| listed.id == model) {
        Some(found) => (format!("It answers and lists the model among {count}."), Some(found.id)),
        None => (format!("It answers, and the model is not among the {count} it lists."), None),
    }
}

fn said(note: &str) -> Probe {
    Probe {
        ok: false,
        status: None,
        latency_ms: 0,
        model_served: None,
        note: Some(note.to_owned()),
    }
}
