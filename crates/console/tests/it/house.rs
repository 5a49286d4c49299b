//! Two tenants with people, projects and keys, in a database of their own.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use console::{NotProbed, Prober};
use contract::Console;
use contract::access::Visitor;
use contract::fault::Fault;
use contract::keys::NewKey;
use contract::tenants::NewTenant;
use domain::caller::{Caller, Scope};
use domain::clock::{Clock, SystemClock};
use domain::ids::{AccountId, KeyId, ProjectId, ProviderId, RequestId, SecretId, TenantId};
use domain::probe::Probe;
use domain::provider::{Auth, ProviderKind, Strategy, Surface, Wire};
use domain::role::Role;
use identity::password::Passwords;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{Connection as _, PgConnection};
use store::accounts::{Account, NewAccount};
use store::aliases::{AliasSpec, TargetSpec};
use store::audit::AuditRow;
use store::keks::{KekRow, NewKek};
use store::providers::{OnHangup, ProviderSpec};
use store::secrets::NewSecret;
use store::{Reason, RuntimeUrls, Store, StoreError};
use tempfile::TempDir;
use testing::{ManualClock, TestDatabase};
use uuid::Uuid;
use vault::{FileKeyStore, FirstRun, KekId, KekSource, KeyRing, SourceFault, StoredKek};

pub const PASSWORD: &str = "violet marmot crosses a canal";
pub const TOKEN: &str = "a-token-for-the-first-run";
pub const OPERATOR: &str = "olga@operator.example";

/// Services over an empty, migrated database.
pub struct House {
    pub console: Console,
    pub store: Store,
    pub clock: ManualClock,
    pub ring: Arc<KeyRing>,
    pub tries: Tries,
    database: TestDatabase,
    _folder: TempDir,
}

/// A tenant with its people.
pub struct Tenant {
    pub id: TenantId,
    pub project: ProjectId,
    pub admin: Caller,
}

impl House {
    pub async fn empty() -> Self {
        let database = TestDatabase::new().await;
        let mut admin =
            PgConnection::connect(database.superuser_url().expose_secret()).await.unwrap();
        sqlx::query("insert into sec.context_key (kid, key) values (1, $1)")
            .bind([9_u8; 32].as_slice())
            .execute(&mut admin)
            .await
            .unwrap();
        let urls = RuntimeUrls {
            gateway: database.runtime_url(store::GATEWAY_ROLE),
            console: database.runtime_url(store::CONSOLE_ROLE),
        };
        let store = Store::connect(&urls, [9; 32]).await.unwrap();
        let clock = ManualClock::at(SystemClock.now());
        let folder = tempfile::tempdir().unwrap();
        let (data, file) = (folder.path().join("data"), folder.path().join("keystore.json"));
        std::fs::create_dir(&data).unwrap();
        let time: Arc<dyn Clock> = Arc::new(clock.clone());
        let keys = FileKeyStore::open(&file, &data, FirstRun::Create, Arc::clone(&time)).unwrap();
        let ring = Arc::new(KeyRing::new(
            Uuid::now_v7(),
            Arc::new(keys),
            Arc::new(Keks(store.clone())),
            Arc::clone(&time),
        ));
        let tries = Tries::default();
        let console = console::console(console::Services {
            store: store.clone(),
            clock: time,
            passwords: Passwords::default(),
            ring: Arc::clone(&ring),
            pepper: [3; 32].into(),
            throttle_key: [4; 32].into(),
            setup_token: Some(TOKEN.into()),
            prober: Arc::new(tries.clone()),
            base_url: "https://tokenone.example".into(),
            simulated: true,
            spent: console::SpentToday::default(),
        });
        Self { console, store, clock, ring, tries, database, _folder: folder }
    }

    /// With the operator's account.
    pub async fn new() -> (Self, Caller) {
        let house = Self::empty().await;
        house.first_run().await.unwrap();
        let operator = house.caller_of(OPERATOR, None).await;
        (house, operator)
    }

    pub async fn first_run(&self) -> Result<contract::access::SignedIn, Fault> {
        let (name, email) = ("Olga".into(), OPERATOR.into());
        self.console.access.first_run(&visitor(), TOKEN.into(), name, email, PASSWORD.into()).await
    }

    /// A tenant with one project and its administrator, `admin@<slug>.example`.
    pub async fn tenant(&self, operator: &Caller, slug: &str) -> Tenant {
        let email = format!("admin@{slug}.example");
        let row = self.console.tenants.create(operator, new_tenant(slug, &email)).await.unwrap();
        let admin = self.caller_of(&email, Some(row.id)).await;
        let project = self.console.frame.frame(&admin).await.unwrap().projects[0].id;
        Tenant { id: row.id, project, admin }
    }

    /// A second project; the administrator's seat does not hold it until it is taken anew.
    pub async fn project(&self, tenant: TenantId, slug: &str) -> ProjectId {
        let id = ProjectId::mint();
        let mut tx = self.store.system(Reason::ManageTenants).await.unwrap();
        tx.create_project(tenant, id, slug, slug).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A person in a tenant.
    pub async fn person(
        &self,
        tenant: TenantId,
        role: Role,
        email: &str,
        projects: &[ProjectId],
    ) -> Caller {
        let id = self.account(email).await;
        let mut tx = self.store.system(Reason::ManageTenants).await.unwrap();
        tx.add_member(tenant, id, role, projects).await.unwrap();
        tx.commit().await.unwrap();
        self.caller(id, Some(tenant)).await.unwrap()
    }

    /// An account that belongs nowhere, with [`PASSWORD`].
    pub async fn account(&self, email: &str) -> AccountId {
        let hash = Passwords::default().hash(PASSWORD.into()).await.unwrap();
        let account = NewAccount {
            id: AccountId::mint(),
            email: email.into(),
            name: "Somebody".into(),
            password_hash: hash.into(),
            platform_admin: false,
        };
        let mut tx = self.store.system(Reason::ManageTenants).await.unwrap();
        tx.create_account(&account).await.unwrap();
        tx.commit().await.unwrap();
        account.id
    }

    /// Signs in from [`visitor`].
    pub async fn sign_in(
        &self,
        email: &str,
        password: &str,
    ) -> Result<contract::access::SignedIn, Fault> {
        self.console.access.sign_in(&visitor(), email.into(), password.into()).await
    }

    pub async fn caller(&self, id: AccountId, tenant: Option<TenantId>) -> Result<Caller, Fault> {
        self.console.access.caller(&visitor(), id, tenant).await
    }

    pub async fn caller_of(&self, email: &str, tenant: Option<TenantId>) -> Caller {
        let (account, _) = self.account_with_hash(email).await;
        self.caller(account.id, tenant).await.unwrap()
    }

    pub async fn password_hash(&self, email: &str) -> String {
        self.account_with_hash(email).await.1.expose_secret().to_owned()
    }

    async fn account_with_hash(&self, email: &str) -> (Account, SecretString) {
        let mut tx = self.store.system(Reason::SignIn).await.unwrap();
        tx.account_by_email(email).await.unwrap().unwrap()
    }

    pub async fn key(&self, admin: &Caller, project_id: ProjectId, name: &str) -> KeyId {
        let new = NewKey { project_id, name: name.into(), expires_in_days: None };
        self.console.keys.create(admin, new).await.unwrap().row.id
    }

    /// A provider with a key of its own, which answers the alias `<slug>-alias` with its model `m`.
    pub async fn provider(&self, slug: &str) -> ProviderId {
        let secret = SecretId::mint();
        let kek = self.ring.active(TenantId::PLATFORM).await.unwrap();
        let platform = Scope { tenant_id: TenantId::PLATFORM, projects: vec![] };
        let mut tx = self.store.tenant(&platform).await.unwrap();
        tx.insert_secret(&NewSecret {
            id: secret,
            version: 1,
            label: slug.into(),
            fingerprint: format!("f1-{slug}"),
            blob: vec![2; 90],
            kek_id: kek.id().uuid(),
        })
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let mut tx = self.store.system(Reason::Configure).await.unwrap();
        let spec = ProviderSpec {
            id: ProviderId::mint(),
            slug: slug.into(),
            name: format!("The {slug} provider"),
            kind: ProviderKind::Compatible,
            base_url: "http://127.0.0.1:9/v1".into(),
            auth: Auth::Bearer,
            wire: Wire::Plain,
            surfaces: vec![Surface::Chat],
            region: None,
            api_version: None,
            private_network: true,
            secret_id: Some(secret),
            on_hangup: OnHangup::Drain,
            active: true,
        };
        let id = tx.upsert_provider(&spec).await.unwrap();
        let target = TargetSpec {
            provider_id: id,
            upstream_model: "m".into(),
            price_provider: slug.into(),
            price_model: "m".into(),
            output_tokens_max: 1_024,
            weight: 1,
            context_tokens_max: None,
            capabilities: None,
        };
        let alias = AliasSpec {
            name: format!("{slug}-alias"),
            strategy: Strategy::Priority,
            regions: None,
            description: None,
            targets: vec![target],
        };
        tx.put_alias(&alias).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A tenant's audit log, newest first.
    pub async fn log(&self, tenant_id: TenantId) -> Vec<AuditRow> {
        let mut tx = self.store.tenant(&Scope { tenant_id, projects: vec![] }).await.unwrap();
        tx.audit_events(None, 1_000).await.unwrap()
    }

    /// The actions in a tenant's audit log, oldest first.
    pub async fn actions(&self, tenant: TenantId) -> Vec<String> {
        let mut actions: Vec<_> =
            self.log(tenant).await.into_iter().map(|row| row.entry.action).collect();
        actions.reverse();
        actions
    }

    /// Counts what only a superuser sees all of.
    pub async fn count(&self, question: &'static str) -> i64 {
        let url = self.database.superuser_url();
        let mut admin = PgConnection::connect(url.expose_secret()).await.unwrap();
        sqlx::query_scalar(question).fetch_one(&mut admin).await.unwrap()
    }

    /// Does what only a superuser can.
    pub async fn as_superuser(&self, statement: &'static str) {
        let url = self.database.superuser_url();
        let mut admin = PgConnection::connect(url.expose_secret()).await.unwrap();
        sqlx::raw_sql(statement).execute(&mut admin).await.unwrap();
    }
}

pub fn visitor() -> Visitor {
    Visitor {
        request_id: RequestId::mint(),
        ip: Some([192, 0, 2, 7].into()),
        user_agent: Some("a browser".into()),
    }
}

pub fn new_tenant(slug: &str, email: &str) -> NewTenant {
    NewTenant {
        name: format!("The {slug} company"),
        slug: slug.into(),
        project: "First project".into(),
        admin_name: "Anna".into(),
        admin_email: email.into(),
        admin_password: SecretString::from(PASSWORD),
    }
}

/// Wrapped keys in the database, where sealed secrets refer to them.
struct Keks(Store);

fn stored(row: KekRow) -> StoredKek {
    StoredKek {
        id: row.id.into(),
        tenant: row.tenant_id,
        master_id: row.master_id,
        wrapped: row.wrapped,
        wraps: row.wraps,
    }
}

fn fault(error: StoreError) -> SourceFault {
    SourceFault(Box::new(error))
}

#[async_trait]
impl KekSource for Keks {
    async fn by_id(&self, tenant: TenantId, id: KekId) -> Result<Option<StoredKek>, SourceFault> {
        Ok(self.0.kek(tenant, id.uuid()).await.map_err(fault)?.map(stored))
    }

    async fn active(&self, tenant: TenantId) -> Result<Option<StoredKek>, SourceFault> {
        Ok(self.0.active_kek(tenant).await.map_err(fault)?.map(stored))
    }

    async fn promote(
        &self,
        fresh: StoredKek,
        replaces: Option<KekId>,
    ) -> Result<StoredKek, SourceFault> {
        let kek =
            NewKek { id: fresh.id.uuid(), wrapped: fresh.wrapped, master_id: fresh.master_id };
        let promoted = self.0.promote_kek(fresh.tenant, &kek, replaces.map(KekId::uuid)).await;
        promoted.map(stored).map_err(fault)
    }

    async fn take_wraps(
        &self,
        tenant: TenantId,
        id: KekId,
        count: u32,
    ) -> Result<u64, SourceFault> {
        self.0.take_wraps(tenant, id.uuid(), count).await.map_err(fault)
    }
}

/// Answers test calls in place of the gateway, and keeps what it was asked.
#[derive(Clone, Default)]
pub struct Tries(Arc<Mutex<Vec<(ProviderId, String)>>>);

impl Tries {
    pub fn asked(&self) -> Vec<(ProviderId, String)> {
        self.0.lock().unwrap().clone()
    }
}

#[async_trait]
impl Prober for Tries {
    async fn probe(&self, provider: ProviderId, model: &str) -> Result<Probe, NotProbed> {
        if model == "nobody-home" {
            return Err(NotProbed);
        }
        self.0.lock().unwrap().push((provider, model.to_owned()));
        Ok(Probe {
            ok: true,
            status: Some(200),
            latency_ms: 12,
            model_served: Some(format!("{model}-2026")),
            note: None,
        })
    }
}
