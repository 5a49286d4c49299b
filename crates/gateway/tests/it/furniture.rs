//! What a test puts into its house: providers, prices, aliases, secrets, and requests for every surface.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use domain::caller::Scope;
use domain::circuit::Force;
use domain::ids::{ProjectId, ProviderId, SecretId, TenantId};
use domain::provider::{Auth, ProviderKind, Surface, Wire};
use gateway::Gateway;
use ledger::price::{Price, Rates};
use serde_json::{Value, json};
use store::Reason;
use store::aliases::{AliasSpec, TargetSpec};
use store::circuits::{NewForce, WHOLE_PROVIDER};
use store::providers::{OnHangup, ProviderSpec};
use store::secrets::NewSecret;
use vault::Aad;

use crate::house::{Estate, House, price, row, target};

/// How long a node may take to follow a change.
const FOLLOWED: Duration = Duration::from_secs(10);

/// A small request on a surface, of a model that serves it.
pub fn asking(surface: Surface, streamed: bool) -> Value {
    let text = "Hello, who is there?";
    let messages = json!([{"role": "user", "content": text}]);
    match surface {
        Surface::Chat => json!({"model": "sim-small", "messages": messages, "stream": streamed}),
        Surface::Responses => json!({"model": "sim-small", "input": text, "stream": streamed}),
        Surface::Messages => {
            json!({"model": "sim-small", "max_tokens": 500, "messages": messages, "stream": streamed})
        }
        Surface::CountTokens => json!({"model": "sim-small", "messages": messages}),
        Surface::Embeddings => json!({"model": "sim-embed", "input": text}),
        Surface::Completions => json!({"model": "sim-small", "prompt": text, "stream": streamed}),
    }
}

/// The same of another model.
pub fn asking_of(model: &str, surface: Surface, streamed: bool) -> Value {
    let mut body = asking(surface, streamed);
    body["model"] = model.into();
    body
}

impl House {
    /// A request on a surface.
    pub fn ask(&self, surface: Surface, body: &Value) -> reqwest::RequestBuilder {
        self.post(&format!("/v1/{}", surface.path())).body(body.to_string())
    }

    /// Waits until the gateway follows every change that has been committed.
    pub async fn follow(&self) {
        follow(&self.gateway, &self.estate).await;
    }

    /// A house whose simulator may fail as often as it likes without being left alone.
    pub async fn patient(settings: gateway::Settings) -> Self {
        Self::furnished(settings, OnHangup::Drain, async |estate| {
            for model in [WHOLE_PROVIDER, "sim-small"] {
                estate.force(estate.provider, model, Force::Closed).await;
            }
        })
        .await
    }
}

/// Waits until a gateway follows every change that has been committed.
pub async fn follow(gateway: &Gateway, estate: &Estate) {
    let epoch = estate.store.epoch().await.unwrap();
    let begun = Instant::now();
    while gateway.health().epoch < epoch {
        assert!(begun.elapsed() < FOLLOWED, "the rules are not followed");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

impl Estate {
    /// The facts of a provider at the simulator's plain address.
    pub fn spec(&self, slug: &str) -> ProviderSpec {
        ProviderSpec {
            id: ProviderId::mint(),
            slug: slug.into(),
            name: slug.into(),
            kind: ProviderKind::Simulator,
            base_url: format!("{}/v1", self.upstream),
            auth: Auth::Bearer,
            wire: Wire::Plain,
            surfaces: Surface::ALL.to_vec(),
            region: None,
            api_version: None,
            private_network: true,
            secret_id: Some(self.secret),
            on_hangup: OnHangup::Drain,
            active: true,
        }
    }

    /// Makes a provider.
    pub async fn provider(&self, spec: ProviderSpec) -> ProviderId {
        let mut tx = self.store.system(Reason::Configure).await.unwrap();
        let id = tx.upsert_provider(&spec).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Makes a provider at the simulator that serves these surfaces only.
    pub async fn serving(&self, slug: &str, surfaces: &[Surface]) -> ProviderId {
        self.provider(ProviderSpec { surfaces: surfaces.to_vec(), ..self.spec(slug) }).await
    }

    /// Makes an alias.
    pub async fn alias(&self, spec: AliasSpec) {
        let mut tx = self.store.system(Reason::Configure).await.unwrap();
        tx.put_alias(&spec).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Makes an alias that tries the simulator's models at these providers in this order.
    pub async fn route(&self, name: &str, targets: &[(ProviderId, &str)]) {
        let targets: Vec<TargetSpec> =
            targets.iter().map(|(provider, model)| target(*provider, model, "sim-small")).collect();
        self.alias(AliasSpec::in_order(name, targets)).await;
    }

    /// Makes a price.
    pub async fn price(&self, model: &str, rates: Rates) -> Price {
        let made = price(model, rates);
        let mut tx = self.store.system(Reason::Configure).await.unwrap();
        tx.insert_prices(&[row(&made)]).await.unwrap();
        tx.commit().await.unwrap();
        self.prices.lock().unwrap_or_else(PoisonError::into_inner).push(made.clone());
        made
    }

    /// Keeps a provider's key.
    pub async fn seal(&self, key: &str) -> SecretId {
        let secret = SecretId::mint();
        let place = Aad::provider_key(self.ring.deployment(), secret, 1);
        let kek = self.ring.active(TenantId::PLATFORM).await.unwrap();
        let blob = kek.seal(&place, key.as_bytes()).unwrap();
        let scope = Scope { tenant_id: TenantId::PLATFORM, projects: vec![ProjectId::PLATFORM] };
        let mut tx = self.store.tenant(&scope).await.unwrap();
        tx.insert_secret(&NewSecret {
            id: secret,
            version: 1,
            label: "a provider".into(),
            fingerprint: "none".into(),
            blob,
            kek_id: kek.id().uuid(),
        })
        .await
        .unwrap();
        tx.commit().await.unwrap();
        secret
    }

    /// Decides in a circuit's place.
    pub async fn force(&self, provider_id: ProviderId, model: &str, to: Force) {
        let force =
            NewForce { provider_id, model, to, reason: "a test", by: "a test", minutes: 60 };
        let mut tx = self.store.system(Reason::Configure).await.unwrap();
        tx.force_circuit(&force).await.unwrap();
        tx.commit().await.unwrap();
    }
}
