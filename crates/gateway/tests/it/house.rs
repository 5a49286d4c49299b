//! A whole house for one test: a database, a simulator, a gateway behind a real socket, a tenant with a
//! key.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::caller::Scope;
use domain::clock::{Clock, SystemClock};
use domain::ids::{CallId, KeyId, PriceId, ProjectId, ProviderId, SecretId, TenantId};
use gateway::{Gateway, Parts, Pepper, Settings};
use identity::api_key::{ApiKey, Environment};
use ledger::price::{Price, Rates, Tariff};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use serde_json::{Value, json};
use simulator::{AwsKey, Config, Simulator};
use sqlx::{Connection, PgConnection};
use store::aliases::{AliasSpec, TargetSpec};
use store::keks::{KekRow, NewKek};
use store::keys::NewKey;
use store::prices::PriceRow;
use store::providers::{OnHangup, ProviderSpec};
use store::{Reason, RuntimeSecrets, RuntimeUrls, Store};
use tempfile::TempDir;
use testing::{RUNTIME_PASSWORD, TestDatabase};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use uuid::Uuid;
use vault::{FileKeyStore, FirstRun, KekId, KekSource, KeyRing, SourceFault, StoredKek};

/// The simulator's key: if it turns up anywhere it should not, a test finds it.
pub const CANARY: &str = "sk-canary-8f1c2e7d90ab4635";
/// The key that signs towards the simulator's Bedrock.
pub const AWS_ID: &str = "AKIACANARY0000000001";
pub const AWS_SECRET: &str = "aws-canary-secret-51d0c9ab77e3";
pub const PEPPER: [u8; 32] = [7; 32];

pub struct House {
    pub gateway: Arc<Gateway>,
    pub base: String,
    pub http: reqwest::Client,
    pub simulator: Simulator,
    pub key: ApiKey,
    pub estate: Estate,
    servers: Vec<AbortHandle>,
}

/// What several gateways of one test share.
#[derive(Clone)]
pub struct Estate {
    pub store: Store,
    pub ring: Arc<KeyRing>,
    pub tenant: TenantId,
    pub project: ProjectId,
    pub price: Price,
    pub provider: ProviderId,
    /// The provider's key.
    pub secret: SecretId,
    /// Where the simulator is, without a path.
    pub upstream: String,
    pub database: Arc<TestDatabase>,
    /// All prices that there are.
    pub prices: Arc<Mutex<Vec<Price>>>,
    _home: Arc<TempDir>,
}

/// One row of `app.call`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CallRow {
    pub id: Uuid,
    pub outcome: String,
    pub status: i16,
    pub usage_source: String,
    pub input_tokens: i64,
    pub cached_input_tokens: i64,
    pub cache_write_tokens: i64,
    pub cache_write_1h_tokens: i64,
    pub output_tokens: i64,
    pub reasoning_tokens: i64,
    pub charge_nano: i64,
    pub cost_nano: i64,
    pub markup_ppm: i32,
    pub alias: Option<String>,
    pub price_id: Option<Uuid>,
    pub provider: Option<String>,
    pub agent: Option<String>,
    pub decision: Option<Value>,
    pub code: Option<String>,
    pub note: Option<String>,
    pub surface: String,
    pub upstream_request_id: Option<String>,
    pub model_served: Option<String>,
}

/// One row of `app.transfer`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TransferRow {
    pub call_id: Uuid,
    pub kind: String,
    pub leg: i16,
    pub credit: i16,
    pub amount: i64,
    pub released: i64,
}

impl House {
    pub async fn new() -> Self {
        Self::with(settings()).await
    }

    pub async fn with(settings: Settings) -> Self {
        Self::build(settings, OnHangup::Drain).await
    }

    pub async fn build(settings: Settings, on_hangup: OnHangup) -> Self {
        Self::furnished(settings, on_hangup, async |_| {}).await
    }

    /// With what `furnish` puts into it before the gateway starts.
    pub async fn furnished(
        settings: Settings,
        on_hangup: OnHangup,
        furnish: impl AsyncFnOnce(&Estate),
    ) -> Self {
        let config = Config {
            key: Some(CANARY.to_owned().into()),
            aws: Some(AwsKey {
                access_key_id: AWS_ID.into(),
                secret_access_key: AWS_SECRET.to_owned().into(),
            }),
            requests_kept_max: 64,
            ..Config::default()
        };
        let simulator = Simulator::new(config, Arc::new(SystemClock)).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let upstream = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(simulator.clone().serve(listener)).abort_handle();
        let estate = Estate::new(upstream, on_hangup).await;
        furnish(&estate).await;
        let (key, _) = estate.make_key("first", None).await;
        let gateway = estate.gateway(settings).await;
        let (base, door) = open(&gateway).await;
        Self {
            gateway,
            base,
            http: reqwest::Client::new(),
            simulator,
            key,
            estate,
            servers: vec![server, door],
        }
    }

    /// A request with the house's key.
    pub fn post(&self, path: &str) -> reqwest::RequestBuilder {
        self.http
            .post(format!("{}{path}", self.base))
            .bearer_auth(self.key.expose())
            .header("content-type", "application/json")
    }

    pub fn chat(&self, body: &Value) -> reqwest::RequestBuilder {
        self.post("/v1/chat/completions").body(body.to_string())
    }

    /// Waits until so many calls are recorded, and gives them, oldest first.
    pub async fn calls(&self, count: usize) -> Vec<CallRow> {
        self.estate.calls(count).await
    }

    /// Waits until the only call is recorded.
    pub async fn call(&self) -> CallRow {
        self.calls(1).await.remove(0)
    }

    /// Waits until so many calls are under way at the provider.
    pub async fn at_provider(&self, calls: u64) {
        let begun = Instant::now();
        while self.simulator.totals().open < calls {
            assert!(begun.elapsed() < Duration::from_secs(60), "not all calls reach the provider");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.servers.iter().for_each(AbortHandle::abort);
    }
}

/// Serves a gateway on a socket of its own.
pub async fn open(gateway: &Arc<Gateway>) -> (String, AbortHandle) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = gateway::router(Arc::clone(gateway));
    let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (base, task.abort_handle())
}

/// Quick settings for tests.
pub fn settings() -> Settings {
    Settings {
        settle_gather: Duration::from_millis(1),
        reap_every: Duration::from_millis(300),
        ..Settings::default()
    }
}

/// Settings for many calls at once: a machine that stands still for a while may not refuse them.
pub fn unhurried() -> Settings {
    Settings {
        confirm_wait: Duration::from_secs(120),
        admit_wait: Duration::from_secs(30),
        ..settings()
    }
}

/// The body of an ordinary call.
pub fn hello(streamed: bool) -> Value {
    json!({
        "model": "sim-small",
        "messages": [{"role": "user", "content": "Hello, who is there?"}],
        "stream": streamed,
    })
}

impl Estate {
    async fn new(upstream: String, on_hangup: OnHangup) -> Self {
        let database = Arc::new(TestDatabase::new().await);
        let secrets = RuntimeSecrets {
            gateway_password: RUNTIME_PASSWORD.to_owned().into(),
            console_password: RUNTIME_PASSWORD.to_owned().into(),
            context_key: SecretBox::new(Box::new([9; 32])),
        };
        let admin = database.superuser_url();
        store::install_secrets(&admin, &secrets).await.unwrap();
        let urls = store::runtime_urls(&admin, &secrets).unwrap();
        let store = Store::connect(&urls, [9; 32]).await.unwrap();
        let home = Arc::new(tempfile::tempdir().unwrap());
        let ring = ring(&store, &home);
        let (tenant, project) = (TenantId::mint(), ProjectId::mint());
        let mut tx = store.system(Reason::Demo).await.unwrap();
        tx.create_tenant(tenant, "acme", "Acme", 50_000).await.unwrap();
        tx.create_project(tenant, project, "main", "Main").await.unwrap();
        tx.commit().await.unwrap();
        let price = price("sim-small", RATES);
        let mut estate = Self {
            store,
            ring,
            tenant,
            project,
            price: price.clone(),
            provider: ProviderId::mint(),
            secret: SecretId::mint(),
            upstream,
            database,
            prices: Arc::new(Mutex::new(vec![price])),
            _home: home,
        };
        estate.furnish(on_hangup).await;
        estate
    }

    /// The provider with its sealed key, the price, the aliases.
    async fn furnish(&mut self, on_hangup: OnHangup) {
        self.secret = self.seal(CANARY).await;
        let mut tx = self.store.system(Reason::Configure).await.unwrap();
        let spec = ProviderSpec { on_hangup, ..self.spec("simulator") };
        self.provider = tx.upsert_provider(&spec).await.unwrap();
        let dead = ProviderSpec {
            base_url: "http://127.0.0.1:1/v1".into(),
            secret_id: None,
            ..self.spec("dead")
        };
        let dead = tx.upsert_provider(&dead).await.unwrap();
        tx.insert_prices(&[row(&self.price)]).await.unwrap();
        let unpriced = TargetSpec {
            price_model: "nobody-knows".into(),
            ..target(self.provider, "sim-small", "sim-small")
        };
        for (name, target) in [
            ("sim-small", target(self.provider, "sim-small", "sim-small")),
            ("acme/fast", target(self.provider, "sim-small", "sim-small")),
            ("sim-embed", target(self.provider, "sim-embed", "sim-small")),
            ("unpriced", unpriced),
            ("dead", target(dead, "sim-small", "sim-small")),
        ] {
            tx.put_alias(&AliasSpec::in_order(name, vec![target])).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    pub fn scope(&self) -> Scope {
        Scope { tenant_id: self.tenant, projects: vec![self.project] }
    }

    pub async fn make_key(&self, name: &str, expires_at: Option<DateTime<Utc>>) -> (ApiKey, KeyId) {
        let key = ApiKey::mint(Environment::Live).unwrap();
        let id = KeyId::mint();
        let mut tx = self.store.tenant(&self.scope()).await.unwrap();
        tx.create_key(&NewKey {
            id,
            project_id: self.project,
            name: name.into(),
            mac: key.mac(&PEPPER),
            pepper: 1,
            shown: key.shown(),
            created_by: "a test".into(),
            created_at: SystemClock.now(),
            expires_at,
        })
        .await
        .unwrap();
        tx.commit().await.unwrap();
        (key, id)
    }

    pub async fn revoke(&self, key: KeyId) {
        let mut tx = self.store.tenant(&self.scope()).await.unwrap();
        assert!(tx.revoke_key(key, "a test", SystemClock.now()).await.unwrap());
        tx.commit().await.unwrap();
    }

    pub async fn gateway(&self, settings: Settings) -> Arc<Gateway> {
        self.gateway_over(self.store.clone(), settings).await
    }

    pub async fn gateway_over(&self, store: Store, settings: Settings) -> Arc<Gateway> {
        let peppers = vec![Pepper { id: 1, key: SecretBox::new(Box::new(PEPPER)) }];
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ring = Arc::clone(&self.ring);
        Gateway::start(Parts { store, ring, peppers, clock, settings }).await.unwrap()
    }

    /// A store that reaches the database through another address.
    pub async fn store_through(&self, port: u16) -> Store {
        let through = |role: &str| {
            let url = self.database.runtime_url(role);
            SecretString::from(with_port(url.expose_secret(), port))
        };
        let urls = RuntimeUrls {
            gateway: through(store::GATEWAY_ROLE),
            console: through(store::CONSOLE_ROLE),
        };
        Store::connect(&urls, [9; 32]).await.unwrap()
    }

    pub async fn superuser(&self) -> PgConnection {
        PgConnection::connect(self.database.superuser_url().expose_secret()).await.unwrap()
    }

    pub async fn run(&self, sql: &'static str) {
        let mut connection = self.superuser().await;
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    }

    pub async fn calls(&self, count: usize) -> Vec<CallRow> {
        let mut connection = self.superuser().await;
        for _ in 0..600 {
            let rows: Vec<CallRow> = sqlx::query_as("select * from app.call order by id")
                .fetch_all(&mut connection)
                .await
                .unwrap();
            if rows.len() >= count {
                assert_eq!(rows.len(), count, "{rows:#?}");
                return rows;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{count} calls were not recorded in time");
    }

    pub async fn transfers(&self) -> HashMap<Uuid, Vec<TransferRow>> {
        let mut connection = self.superuser().await;
        let rows: Vec<TransferRow> = sqlx::query_as(
            "select call_id, kind::text as kind, leg, credit, amount, released
             from app.transfer order by call_id, step, leg",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        let mut by_call: HashMap<Uuid, Vec<TransferRow>> = HashMap::new();
        for row in rows {
            by_call.entry(row.call_id).or_default().push(row);
        }
        by_call
    }

    /// The price that a call was settled at.
    fn price_of(&self, call: &CallRow) -> Price {
        let prices = self.prices.lock().unwrap_or_else(PoisonError::into_inner);
        let found = prices.iter().find(|price| Some(price.id().uuid()) == call.price_id);
        found.unwrap_or(&self.price).clone()
    }

    /// Checks every book: each hold is resolved exactly once and wholly, every call's charge and cost is
    /// what its tokens cost at its price (T16), and the ledger says the same as the feed.
    pub async fn audit(&self, calls: &[CallRow]) {
        let transfers = self.transfers().await;
        for call in calls {
            let rows = transfers.get(&call.id).map(Vec::as_slice).unwrap_or_default();
            let usage = ledger::usage::Usage {
                input_tokens: (call.input_tokens
                    - call.cached_input_tokens
                    - call.cache_write_tokens) as u64,
                cached_input_tokens: call.cached_input_tokens as u64,
                cache_write_tokens: (call.cache_write_tokens - call.cache_write_1h_tokens) as u64,
                cache_write_1h_tokens: call.cache_write_1h_tokens as u64,
                output_tokens: call.output_tokens as u64,
                reasoning_tokens: call.reasoning_tokens as u64,
            };
            let price = self.price_of(call);
            let cost = ledger::cost::cost(&price, &usage).unwrap().amount.0;
            let charge = ledger::cost::charge(&price, &usage, call.markup_ppm).unwrap().amount.0;
            assert_eq!((call.cost_nano, call.charge_nano), (cost, charge), "{call:#?}");
            let Some(hold) = rows.first() else {
                assert_eq!(call.charge_nano, 0, "charged without a hold: {call:#?}");
                continue;
            };
            assert_eq!(hold.kind, "H");
            let charged: Vec<_> = rows[1..].iter().filter(|row| row.leg == 0).collect();
            assert_eq!(charged.len(), 1, "one resolution: {rows:#?}");
            assert_eq!(charged[0].released, hold.amount);
            assert_eq!(charged[0].amount, call.charge_nano);
            let owed: i64 = rows.iter().filter(|row| row.leg == 1).map(|row| row.amount).sum();
            assert_eq!(owed, call.cost_nano);
        }
        let held = transfers.values().filter(|rows| rows.len() == 1).count();
        assert_eq!(held, 0, "open holds");
    }
}

/// What the house's own model costs.
pub const RATES: Rates = Rates {
    input: 150_000_001,
    cached_input: 75_000_000,
    cache_write: 150_000_000,
    cache_write_1h: None,
    output: 600_000_007,
};

pub fn price(model: &str, base: Rates) -> Price {
    let tariff = Tariff { base, ..Tariff::default() };
    let since = DateTime::from_timestamp(1_767_225_600, 0).unwrap();
    Price::new(PriceId::mint(), "simulator", model, since, tariff).unwrap()
}

/// A target at one of the simulator's prices.
pub fn target(provider_id: ProviderId, upstream_model: &str, price_model: &str) -> TargetSpec {
    TargetSpec {
        provider_id,
        upstream_model: upstream_model.into(),
        price_provider: "simulator".into(),
        price_model: price_model.into(),
        output_tokens_max: 1_000,
        weight: 1,
        context_tokens_max: None,
        capabilities: None,
    }
}

pub fn row(price: &Price) -> PriceRow {
    let base = price.tariff().base;
    PriceRow {
        id: price.id(),
        provider: price.provider().into(),
        model: price.model().into(),
        effective_from: price.effective_from(),
        input_nano_per_mtok: base.input,
        cached_input_nano_per_mtok: base.cached_input,
        cache_write_nano_per_mtok: base.cache_write,
        cache_write_1h_nano_per_mtok: base.cache_write_1h,
        output_nano_per_mtok: base.output,
        request_nano: 0,
        tiers: json!([]),
        source: "a test".into(),
        hash: price.hash(),
    }
}

fn with_port(url: &str, port: u16) -> String {
    let (before, rest) = url.split_once('@').unwrap();
    let (_, path) = rest.split_once('/').unwrap();
    let path = path.split('?').next().unwrap();
    format!("{before}@127.0.0.1:{port}/{path}?sslmode=disable")
}

fn ring(store: &Store, home: &TempDir) -> Arc<KeyRing> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let data = home.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    let keys = FileKeyStore::open(
        &home.path().join("keys").join("keystore"),
        &data,
        FirstRun::Create,
        Arc::clone(&clock),
    )
    .unwrap();
    let source = Keks { store: store.clone() };
    Arc::new(KeyRing::new(Uuid::from_u128(42), Arc::new(keys), Arc::new(source), clock))
}

/// Wrapped keys in the database.
struct Keks {
    store: Store,
}

fn stored(row: KekRow) -> StoredKek {
    StoredKek {
        id: row.id.into(),
        tenant: row.tenant_id,
        master_id: row.master_id,
        wrapped: row.wrapped,
        wraps: row.wraps,
    }
}

fn fault(error: store::StoreError) -> SourceFault {
    SourceFault(Box::new(error))
}

#[async_trait]
impl KekSource for Keks {
    async fn by_id(&self, tenant: TenantId, id: KekId) -> Result<Option<StoredKek>, SourceFault> {
        Ok(self.store.kek(tenant, id.uuid()).await.map_err(fault)?.map(stored))
    }

    async fn active(&self, tenant: TenantId) -> Result<Option<StoredKek>, SourceFault> {
        Ok(self.store.active_kek(tenant).await.map_err(fault)?.map(stored))
    }

    async fn promote(
        &self,
        fresh: StoredKek,
        replaces: Option<KekId>,
    ) -> Result<StoredKek, SourceFault> {
        let kek =
            NewKek { id: fresh.id.uuid(), wrapped: fresh.wrapped, master_id: fresh.master_id };
        let promoted = self.store.promote_kek(fresh.tenant, &kek, replaces.map(KekId::uuid)).await;
        promoted.map(stored).map_err(fault)
    }

    async fn take_wraps(
        &self,
        tenant: TenantId,
        id: KekId,
        count: u32,
    ) -> Result<u64, SourceFault> {
        self.store.take_wraps(tenant, id.uuid(), count).await.map_err(fault)
    }
}

/// The call's id, as the answer names it.
pub fn call_id(response: &reqwest::Response) -> Uuid {
    let text = response.headers()["x-request-id"].to_str().unwrap();
    text.parse::<CallId>().unwrap().uuid()
}
