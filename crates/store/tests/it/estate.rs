//! A database with two tenants that have a row in every table.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use domain::caller::Scope;
use domain::clock::{Clock, SystemClock};
use domain::guard::{Findings, Policy, Verdict};
use domain::ids::{
    AccountId, AuditId, CallId, KeyId, KillId, PriceId, ProjectId, SecretId, TenantId,
};
use domain::kill::KillScope;
use domain::money::NanoUsd;
use domain::outcome::{Outcome, UsageSource};
use domain::role::Role;
use domain::steps::Steps;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::Sha256;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use store::accounts::NewAccount;
use store::audit::{ActorKind, AuditEntry, AuditOutcome};
use store::calls::{CallRecord, PayloadRecord};
use store::keks::NewKek;
use store::keys::NewKey;
use store::kills::{KillTarget, NewKill};
use store::origins::Origin;
use store::prices::PriceRow;
use store::secrets::NewSecret;
use store::{
    HoldRow, Payable, Reason, Resolution, ResolutionKind, RuntimeSecrets, RuntimeUrls, Store,
};
use testing::{RUNTIME_PASSWORD, TestDatabase};
use uuid::Uuid;

pub const CONTEXT_KEY: [u8; 32] = [7; 32];
pub const ROLES: [&str; 2] = ["tokenone_gateway", "tokenone_console"];

/// A migrated database and a store on it.
pub struct House {
    pub database: TestDatabase,
    pub store: Store,
    pub price: PriceId,
}

/// A tenant with two projects and a key in each.
#[derive(Clone, Copy, Debug)]
pub struct Tenant {
    pub id: TenantId,
    pub project: ProjectId,
    pub key: KeyId,
    pub other_project: ProjectId,
    pub other_key: KeyId,
    pub price: PriceId,
}

pub fn urls(database: &TestDatabase) -> RuntimeUrls {
    RuntimeUrls {
        gateway: database.runtime_url("tokenone_gateway"),
        console: database.runtime_url("tokenone_console"),
    }
}

pub fn secrets() -> RuntimeSecrets {
    RuntimeSecrets {
        gateway_password: RUNTIME_PASSWORD.into(),
        console_password: RUNTIME_PASSWORD.into(),
        context_key: SecretBox::new(Box::new(CONTEXT_KEY)),
    }
}

impl House {
    pub async fn new() -> Self {
        let database = TestDatabase::new().await;
        store::install_secrets(&database.superuser_url(), &secrets()).await.unwrap();
        let store = Store::connect(&urls(&database), CONTEXT_KEY).await.unwrap();
        let price = PriceId::mint();
        let mut tx = store.system(Reason::Demo).await.unwrap();
        assert_eq!(tx.insert_prices(&[price_row(price, "m")]).await.unwrap(), 1);
        tx.commit().await.unwrap();
        Self { database, store, price }
    }

    /// Two tenants with a row in every table of schema app.
    pub async fn furnished() -> (Self, Tenant, Tenant) {
        let house = Self::new().await;
        let (a, b) = (house.tenant("ada").await, house.tenant("bob").await);
        for tenant in [a, b] {
            house.furnish(&tenant).await;
        }
        (house, a, b)
    }

    pub async fn tenant(&self, slug: &str) -> Tenant {
        let tenant = Tenant {
            id: TenantId::mint(),
            project: ProjectId::mint(),
            key: KeyId::mint(),
            other_project: ProjectId::mint(),
            other_key: KeyId::mint(),
            price: self.price,
        };
        let mut tx = self.store.system(Reason::Demo).await.unwrap();
        tx.create_tenant(tenant.id, slug, slug, 50_000).await.unwrap();
        tx.create_project(tenant.id, tenant.project, "main", "Main").await.unwrap();
        tx.create_project(tenant.id, tenant.other_project, "side", "Side").await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = self.store.tenant(&tenant.scope()).await.unwrap();
        for (project, key) in
            [(tenant.project, tenant.key), (tenant.other_project, tenant.other_key)]
        {
            tx.create_key(&new_key(project, key, "first")).await.unwrap();
        }
        tx.commit().await.unwrap();
        tenant
    }

    async fn furnish(&self, tenant: &Tenant) {
        let account = AccountId::mint();
        let mut tx = self.store.system(Reason::Demo).await.unwrap();
        tx.create_account(&new_account(account, &format!("{account}@example.test"))).await.unwrap();
        tx.add_member(tenant.id, account, Role::Member, &[tenant.project]).await.unwrap();
        let provider_id = tx.upsert_provider(&crate::node::provider("sim", None)).await.unwrap();
        tx.commit().await.unwrap();
        let kek = Uuid::now_v7();
        self.store.promote_kek(tenant.id, &new_kek(kek), None).await.unwrap();
        let mut tx = self.store.tenant(&tenant.scope()).await.unwrap();
        tx.insert_secret(&new_secret(SecretId::mint(), kek)).await.unwrap();
        tx.audit(&event("key.create")).await.unwrap();
        tx.arm_kill(&new_kill(tenant_kill()), SystemClock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let mut batch = self.store.batch().await.unwrap();
        let call = CallId::mint();
        let mut hold = self.hold(tenant, call, 1_000);
        hold.idempotency_key = Some("once".into());
        hold.request_hash = Some([1; 32]);
        batch.admit(&[hold], 60).await.unwrap();
        let mut record = self.record(tenant, call, Outcome::Completed);
        record.origin = Some(Origin { provider_id, marks: vec![[2; 32]] });
        record.guard = Some(Findings { verdict: Verdict::Suspicious, ..Findings::default() });
        batch
            .settle(&[post(tenant, call, 700, 600)], &[record], &[payload(tenant, call)])
            .await
            .unwrap();
        let mut tx = self.store.tenant(&tenant.scope()).await.unwrap();
        assert!(tx.keep_guard_policy(None, &Policy::default(), 0, "an admin").await.unwrap());
        tx.report_guard(call, tenant.project, "a text about attacks", "an admin").await.unwrap();
        tx.commit().await.unwrap();
    }

    pub fn hold(&self, tenant: &Tenant, call: CallId, nano: i64) -> HoldRow {
        HoldRow {
            call_id: call,
            tenant_id: tenant.id,
            project_id: tenant.project,
            key_id: tenant.key,
            price_id: self.price,
            amount: NanoUsd(nano),
            idempotency_key: None,
            request_hash: None,
        }
    }

    pub fn record(&self, tenant: &Tenant, call: CallId, outcome: Outcome) -> CallRecord {
        CallRecord {
            id: call,
            tenant_id: tenant.id,
            project_id: tenant.project,
            key_id: tenant.key,
            price_id: Some(self.price),
            started_at: moment(call),
            ended_at: moment(call),
            input_tokens: 10,
            cached_input_tokens: 4,
            cache_write_tokens: 0,
            cache_write_1h_tokens: 0,
            output_tokens: 20,
            reasoning_tokens: 5,
            charge: NanoUsd(700),
            cost: NanoUsd(600),
            request_bytes: 100,
            response_bytes: 200,
            steps: Steps {
                authenticated_us: Some(10),
                asked_us: Some(12),
                screened_us: Some(15),
                redacted_us: Some(17),
                routed_us: Some(20),
                admitted_us: Some(1_000),
                first_byte_us: Some(5_000),
                upstream_done_us: None,
                masking_us: Some(40),
            },
            total_us: 9_000,
            markup_ppm: 50_000,
            status: 200,
            streamed: true,
            simulated: true,
            surface: "chat.completions".into(),
            outcome,
            usage_source: UsageSource::Reported,
            alias: Some("fast".into()),
            model_served: Some("fast-1".into()),
            provider: Some("sim".into()),
            code: None,
            note: None,
            request_id: "req_1".into(),
            upstream_request_id: None,
            client_ip: Some("192.0.2.7".parse().unwrap()),
            user_agent: Some("test".into()),
            agent: Some("bot".into()),
            decision: None,
            guard: None,
            origin: None,
        }
    }

    pub async fn admin(&self) -> PgConnection {
        connect(&self.database.superuser_url()).await
    }

    pub async fn raw(&self, role: &str) -> PgConnection {
        connect(&self.database.runtime_url(role)).await
    }
}

impl Tenant {
    pub fn scope(&self) -> Scope {
        Scope { tenant_id: self.id, projects: vec![self.project, self.other_project] }
    }

    pub fn projects(&self) -> [Uuid; 2] {
        [self.project.uuid(), self.other_project.uuid()]
    }
}

pub async fn connect(url: &SecretString) -> PgConnection {
    PgConnection::connect(url.expose_secret()).await.unwrap()
}

pub async fn run(
    connection: &mut PgConnection,
    sql: impl Into<String>,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.into())).execute(connection).await?;
    Ok(done.rows_affected())
}

pub async fn number(
    connection: &mut PgConnection,
    sql: impl Into<String>,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql.into()))
        .persistent(false)
        .fetch_one(connection)
        .await
}

pub async fn texts(connection: &mut PgConnection, sql: impl Into<String>) -> Vec<String> {
    sqlx::query_scalar::<_, String>(AssertSqlSafe(sql.into()))
        .persistent(false)
        .fetch_all(connection)
        .await
        .unwrap()
}

pub fn code(error: &sqlx::Error) -> String {
    error.as_database_error().and_then(|error| error.code()).unwrap_or_default().into_owned()
}

/// A context as the store signs it, or wrong in one part.
pub fn context(
    kid: i32,
    tenants: &[Uuid],
    projects: &[Uuid],
    expiry: i64,
    pid: i32,
    key: &[u8],
) -> String {
    let join = |ids: &[Uuid]| ids.iter().map(Uuid::to_string).collect::<Vec<_>>().join(",");
    let text = format!("{kid}|{}|{}|{expiry}", join(tenants), join(projects));
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(format!("{text}|{pid}").as_bytes());
    format!("{text}|{}", HEXLOWER.encode(&mac.finalize().into_bytes()))
}

pub async fn pid(connection: &mut PgConnection) -> i32 {
    sqlx::query_scalar("select pg_backend_pid()").fetch_one(connection).await.unwrap()
}

/// A context that is good for this connection.
pub async fn good_context(
    connection: &mut PgConnection,
    tenants: &[Uuid],
    projects: &[Uuid],
) -> String {
    let pid = pid(connection).await;
    let now =
        number(connection, "select extract(epoch from clock_timestamp())::bigint").await.unwrap();
    context(1, tenants, projects, now + 20, pid, &CONTEXT_KEY)
}

/// Statements that name tenants and give a context, for this transaction.
pub fn enter(tenants: &[Uuid], context: &str) -> String {
    let list = tenants.iter().map(Uuid::to_string).collect::<Vec<_>>().join(",");
    let one = tenants.first().map(Uuid::to_string).unwrap_or_default();
    format!(
        "set local app.tenant = '{one}'; set local app.tenants = '{{{list}}}'; \
         set local app.context = '{context}';"
    )
}

pub fn post(tenant: &Tenant, call: CallId, charge: i64, cost: i64) -> Resolution {
    Resolution {
        call_id: call,
        tenant_id: tenant.id,
        kind: ResolutionKind::Post,
        charge: NanoUsd(charge),
        charge_remainder: 3,
        cost: NanoUsd(cost),
        cost_remainder: 4,
        payable: Payable::Provider,
        price_id: tenant.price,
    }
}

pub fn void(tenant: &Tenant, call: CallId) -> Resolution {
    Resolution { kind: ResolutionKind::Void, ..post(tenant, call, 0, 0) }
}

pub fn expire(tenant: &Tenant, call: CallId) -> Resolution {
    Resolution { kind: ResolutionKind::Expire, ..post(tenant, call, 0, 0) }
}

pub fn payload(tenant: &Tenant, call: CallId) -> PayloadRecord {
    PayloadRecord {
        tenant_id: tenant.id,
        call_id: call,
        project_id: tenant.project,
        request: b"sealed request".to_vec(),
        response: Some(b"sealed answer".to_vec()),
        request_bytes: 14,
        response_bytes: 13,
        request_truncated: false,
        response_truncated: true,
    }
}

pub fn new_key(project: ProjectId, id: KeyId, name: &str) -> NewKey {
    let mut mac = [0; 32];
    mac[..16].copy_from_slice(id.uuid().as_bytes());
    NewKey {
        id,
        project_id: project,
        name: name.into(),
        mac,
        pepper: 1,
        shown: "t1_live_…abcd".into(),
        created_by: "ada@example.test".into(),
        created_at: moment(CallId::mint()),
        expires_at: None,
    }
}

pub fn new_account(id: AccountId, email: &str) -> NewAccount {
    NewAccount {
        id,
        email: email.into(),
        name: "Ada".into(),
        password_hash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".into(),
        platform_admin: false,
    }
}

pub fn new_kek(id: Uuid) -> NewKek {
    NewKek { id, wrapped: vec![1; 60], master_id: "master-1".into() }
}

pub fn new_secret(id: SecretId, kek: Uuid) -> NewSecret {
    NewSecret {
        id,
        version: 1,
        label: "provider".into(),
        fingerprint: "ab12".into(),
        blob: vec![2; 90],
        kek_id: kek,
    }
}

pub fn tenant_kill() -> KillTarget {
    KillTarget::of(KillScope::Tenant)
}

pub fn new_kill(target: KillTarget) -> NewKill {
    NewKill {
        id: KillId::mint(),
        target,
        name: "what is stopped".into(),
        by_platform: false,
        reason: "a drill".into(),
        by: "ada@example.test".into(),
        expires_at: None,
    }
}

pub fn event(action: &str) -> AuditEntry {
    AuditEntry {
        id: AuditId::mint(),
        project_id: None,
        actor_kind: ActorKind::Person,
        actor_id: Some(Uuid::now_v7()),
        actor: "ada@example.test".into(),
        action: action.into(),
        target_kind: "api_key".into(),
        target_id: None,
        target: Some("first".into()),
        outcome: AuditOutcome::Success,
        reason: None,
        before: None,
        after: Some(serde_json::json!({"name": "first"})),
        ip: Some("2001:db8::1".parse().unwrap()),
        user_agent: Some("test".into()),
        request_id: None,
    }
}

pub fn price_row(id: PriceId, model: &str) -> PriceRow {
    let mut hash = [0; 32];
    hash[..16].copy_from_slice(id.uuid().as_bytes());
    PriceRow {
        id,
        provider: "sim".into(),
        model: model.into(),
        effective_from: DateTime::UNIX_EPOCH,
        input_nano_per_mtok: 1_000_000_000,
        cached_input_nano_per_mtok: 500_000_000,
        cache_write_nano_per_mtok: 1_000_000_000,
        cache_write_1h_nano_per_mtok: None,
        output_nano_per_mtok: 2_000_000_000,
        request_nano: 0,
        tiers: serde_json::json!([]),
        source: "test".into(),
        hash,
    }
}

/// The moment in an id.
pub fn moment(id: CallId) -> DateTime<Utc> {
    let millis = i64::try_from(id.uuid().as_u128() >> 80).unwrap();
    DateTime::from_timestamp_millis(millis).unwrap()
}

/// An id of a moment.
pub fn id_at(at: &str, tail: u128) -> CallId {
    let millis = at.parse::<DateTime<Utc>>().unwrap().timestamp_millis();
    let millis = u128::try_from(millis).unwrap();
    Uuid::from_u128((millis << 80) | (7 << 76) | (0b10 << 62) | tail).into()
}

/// A small generator with a seed, so that a failing run can be repeated.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % u64::try_from(bound).unwrap()).unwrap()
    }

    pub fn amount(&mut self) -> i64 {
        i64::try_from(self.below(1_000_000)).unwrap()
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for index in (1..items.len()).rev() {
            items.swap(index, self.below(index + 1));
        }
    }
}

pub type Settlement = HashMap<CallId, store::Settled>;
