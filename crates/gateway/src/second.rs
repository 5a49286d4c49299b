//! Is it an attack? Of a prompt that the guard is not sure about, somebody else is asked, where the tenant
//! wants that: Lakera Guard (docs.lakera.ai, "Guard API", `POST /v2/guard`), in a short time.

use std::time::{Duration, Instant};

use domain::guard::Second;
use domain::ids::{CallId, TenantId};
use domain::provider::Surface;
use guard::sensitive::redact::redact_text;
use guard::wishes::Wishes;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::json;

use crate::gateway::Gateway;
use crate::redact::digest_key;
use crate::upstream::headers::{self, Recipient};
use crate::upstream::provider::Provider;

/// How long the answer may take.
pub(crate) const WAIT: Duration = Duration::from_millis(300);
/// Most of the texts that are shown, in bytes.
const SHOWN_BYTES_MAX: usize = 64 * 1024;
/// Largest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// What is read of an answer; where in the text it saw something is not needed, and would not be believed.
#[derive(Deserialize)]
struct Answer {
    flagged: bool,
}

/// Asks about the texts that are in doubt, without their secrets.
pub(crate) async fn opinion(
    gateway: &Gateway,
    provider: &Provider,
    tenant: TenantId,
    wishes: &Wishes,
    texts: &[String],
) -> Second {
    let began = Instant::now();
    let asking = ask(gateway, provider, tenant, wishes, texts);
    let flagged = match tokio::time::timeout(WAIT, asking).await {
        Ok(Ok(flagged)) => Some(flagged),
        Ok(Err(why)) => {
            tracing::warn!(provider = provider.slug, why, "no second opinion");
            None
        }
        Err(_) => {
            tracing::warn!(provider = provider.slug, "no second opinion in time");
            None
        }
    };
    let took_ms = u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX);
    Second { by: provider.slug.clone(), flagged, took_ms }
}

async fn ask(
    gateway: &Gateway,
    provider: &Provider,
    tenant: TenantId,
    wishes: &Wishes,
    texts: &[String],
) -> Result<bool, &'static str> {
    let key = digest_key(gateway, tenant).ok_or("there is no key for digests")?;
    let mut left = SHOWN_BYTES_MAX;
    let mut messages = Vec::with_capacity(texts.len());
    for text in texts {
        let shown = &text[..text.floor_char_boundary(left)];
        left -= shown.len();
        let bytes = match &wishes.secrets {
            Some(policy) => redact_text(shown.as_bytes(), policy, &key).body,
            None => shown.as_bytes().into(),
        };
        messages.push(json!({ "role": "user", "content": String::from_utf8_lossy(&bytes) }));
    }
    let url = provider.guard_url().ok_or("its address cannot be written")?;
    let recipient = Recipient {
        surface: Surface::Chat,
        wire: provider.wire,
        credential: provider.credential.as_ref(),
    };
    let headers = headers::to_provider(&HeaderMap::new(), recipient, CallId::mint());
    let client = gateway.clients().towards(provider.private_network);
    let body = json!({ "messages": messages }).to_string();
    let sent = client.post(url).headers(headers).body(body).send().await;
    let mut response = sent.map_err(|_| "it cannot be reached")?;
    if !response.status().is_success() {
        return Err("it answered with an error");
    }
    let mut answer = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| "it broke off")? {
        if answer.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err("its answer is too long");
        }
        answer.extend_from_slice(&chunk);
    }
    let answer: Answer =
        serde_json::from_slice(&answer).map_err(|_| "its answer cannot be read")?;
    Ok(answer.flagged)
}
