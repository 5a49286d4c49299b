//! The browser's session: its cookie, its row, and what it remembers.
//!
//! The cookie's value is random and stored only as a hash. On HTTPS it is `__Host-` prefixed (bound to
//! this host, this path, TLS). On plain HTTP to loopback a browser refuses that prefix, so there, and
//! nowhere else, the same cookie goes without.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use contract::access::{BrowserSession, SignedIn};
use contract::draft::Draft;
use contract::fault::Fault;
use domain::clock::Clock;
use domain::ids::TenantId;
use identity::session::{SESSION_IDLE_SECONDS_MAX, SeatChoice, SessionFacts};
use sha2::{Digest, Sha256};
use store::Store;
use store::sessions::{self, SessionRow};
use time::OffsetDateTime;
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result, SessionStore};
use tower_sessions::{Expiry, Session, SessionManagerLayer};

use super::origin::Origin;

/// The key under which a session keeps its facts.
const FACTS: &str = "facts";
/// The key under which a session keeps the form that was refused last.
const DRAFT: &str = "draft";
/// How long a refused form may wait for its page, in minutes.
const DRAFT_MINUTES_MAX: i64 = 10;
/// Most that a session keeps of a form, in bytes of JSON; of a longer one nothing comes back.
const DRAFT_BYTES_MAX: usize = 32 * 1024;

/// The layer that loads and saves sessions.
#[must_use]
pub fn layer(store: Store, clock: Arc<dyn Clock>, origin: &Origin) -> SessionManagerLayer<Rows> {
    let plain = origin.is_plain_loopback();
    let idle = time::Duration::seconds(SESSION_IDLE_SECONDS_MAX);
    SessionManagerLayer::new(Rows { store, clock })
        .with_name(if plain { "tokenone" } else { "__Host-tokenone" })
        .with_secure(!plain)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(idle))
}

/// The facts of a session that is alive, with its idle clock set anew; `None` for nobody.
///
/// # Errors
/// [`Fault::Unavailable`] where the store does not answer: nobody must be taken for signed out by that.
pub async fn facts(
    session: &Session,
    now: DateTime<Utc>,
) -> std::result::Result<Option<SessionFacts>, Fault> {
    use tower_sessions::session::Error as E;
    let mut facts: SessionFacts = match session.get(FACTS).await {
        Ok(Some(facts)) => facts,
        Err(error @ E::Store(_)) => return Err(unavailable(error)),
        Ok(None) | Err(_) => return Ok(None),
    };
    if !facts.live(now) {
        session.flush().await.map_err(unavailable)?;
        return Ok(None);
    }
    if facts.touch(now) {
        session.insert(FACTS, facts).await.map_err(unavailable)?;
    }
    Ok(Some(facts))
}

/// A refused form with the end of its time.
#[derive(serde::Serialize, serde::Deserialize)]
struct Waiting {
    until: DateTime<Utc>,
    draft: Draft,
}

/// Keeps a form that was refused, in place of one before it. It is a comfort: where it cannot be kept,
/// the form comes back empty.
pub async fn keep_draft(session: &Session, draft: Draft, now: DateTime<Utc>) {
    let until = now + chrono::TimeDelta::minutes(DRAFT_MINUTES_MAX);
    let waiting = serde_json::to_value(Waiting { until, draft }).ok();
    let fits = waiting.filter(|waiting| waiting.to_string().len() <= DRAFT_BYTES_MAX);
    let Some(waiting) = fits else { return };
    if let Err(error) = session.insert_value(DRAFT, waiting).await {
        tracing::warn!(%error, "a refused form could not be kept");
    }
}

/// Forgets a form that was refused, where there is one.
pub async fn forget_draft(session: &Session) {
    // Looked at first: a session counts as changed by the removal of what is not there, too.
    if matches!(session.get_value(DRAFT).await, Ok(None)) {
        return;
    }
    if let Err(error) = session.remove_value(DRAFT).await {
        tracing::warn!(%error, "a refused form could not be forgotten");
    }
}

/// A session of the request at hand, as pages see it.
pub struct Current {
    session: Session,
    now: DateTime<Utc>,
}

impl Current {
    /// Wraps the request's session.
    #[must_use]
    pub const fn new(session: Session, now: DateTime<Utc>) -> Self {
        Self { session, now }
    }

    async fn renew(&self, facts: SessionFacts) -> std::result::Result<(), Fault> {
        self.session.cycle_id().await.map_err(unavailable)?;
        self.session.insert(FACTS, facts).await.map_err(unavailable)
    }
}

#[async_trait]
impl BrowserSession for Current {
    async fn start(&self, signed_in: SignedIn) -> std::result::Result<(), Fault> {
        self.session.clear().await;
        let mut facts = SessionFacts::begin(signed_in.account_id, self.now);
        facts.seat = signed_in.tenant_id.map(SeatChoice::Tenant);
        self.renew(facts).await
    }

    async fn remember_seat(&self, tenant_id: Option<TenantId>) -> std::result::Result<(), Fault> {
        let mut facts = facts(&self.session, self.now).await?.ok_or(Fault::SignInAgain)?;
        facts.seat = Some(tenant_id.map_or(SeatChoice::Platform, SeatChoice::Tenant));
        self.renew(facts).await
    }

    async fn draft(&self, id: &str) -> Option<Draft> {
        let waiting = self.session.get::<Waiting>(DRAFT).await.ok().flatten()?;
        (waiting.until > self.now && waiting.draft.id == id).then_some(waiting.draft)
    }

    async fn end(&self) -> std::result::Result<(), Fault> {
        self.session.flush().await.map_err(unavailable)
    }
}

fn unavailable(error: tower_sessions::session::Error) -> Fault {
    tracing::error!(%error, "a session could not be kept");
    Fault::Unavailable
}

/// Sessions as rows.
#[derive(Clone)]
pub struct Rows {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rows")
    }
}

#[async_trait]
impl SessionStore for Rows {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let row = row(record)?;
        while !sessions::create(&self.store, &hash(record.id), &row).await.map_err(backend)? {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let row = row(record)?;
        sessions::save(&self.store, &hash(record.id), &row).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = self.clock.now();
        let Some(row) = sessions::load(&self.store, &hash(*id), now).await.map_err(backend)? else {
            return Ok(None);
        };
        let data: HashMap<String, serde_json::Value> =
            serde_json::from_value(row.data).map_err(|e| Error::Decode(e.to_string()))?;
        let seconds = row.expires_at.timestamp();
        let expiry_date = OffsetDateTime::from_unix_timestamp(seconds)
            .map_err(|e| Error::Decode(e.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sessions::delete(&self.store, &hash(*id)).await.map_err(backend)
    }
}

fn row(record: &Record) -> Result<SessionRow> {
    let facts = record.data.get(FACTS).cloned();
    let facts: Option<SessionFacts> =
        facts.map(serde_json::from_value).transpose().map_err(|e| Error::Encode(e.to_string()))?;
    let data = serde_json::to_value(&record.data).map_err(|e| Error::Encode(e.to_string()))?;
    Ok(SessionRow {
        account_id: facts.map(|facts| facts.account_id),
        data,
        expires_at: facts.map_or_else(|| to_utc(record.expiry_date), |facts| facts.ends_at()),
    })
}

/// The tenant that a session remembers.
#[must_use]
pub fn seat(facts: &SessionFacts) -> Option<TenantId> {
    match facts.seat {
        Some(SeatChoice::Tenant(tenant)) => Some(tenant),
        Some(SeatChoice::Platform) | None => None,
    }
}

fn hash(id: Id) -> [u8; 32] {
    Sha256::digest(id.0.to_be_bytes()).into()
}

fn to_utc(at: OffsetDateTime) -> DateTime<Utc> {
    DateTime::from_timestamp(at.unix_timestamp(), 0).unwrap_or_default()
}

fn backend(error: store::StoreError) -> Error {
    Error::Backend(error.to_string())
}
