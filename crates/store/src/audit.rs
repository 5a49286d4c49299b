//! The audit log: who did what to what. Written in the transaction of what was done.

use std::net::IpAddr;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use domain::ids::{AuditId, ProjectId, RequestId, TenantId};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::StoreError;
use crate::system::SystemTx;
use crate::tenant::TenantTx;
use crate::text::bounded;

const ACTOR_CHARS_MAX: usize = 254;
const TARGET_CHARS_MAX: usize = 300;
const REASON_CHARS_MAX: usize = 500;
const AGENT_CHARS_MAX: usize = 300;

/// What did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// A person at the console.
    Person,
    /// A program with a key.
    ApiKey,
    /// We ourselves.
    System,
    /// Someone not signed in.
    Anonymous,
}

/// Whether it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditOutcome {
    /// It was.
    Success,
    /// It was tried and refused.
    Failure,
}

/// An event to write down. Never holds a secret; where one changed, its fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its id.
    pub id: AuditId,
    /// The project it is about, if it is about one.
    pub project_id: Option<ProjectId>,
    /// What did it.
    pub actor_kind: ActorKind,
    /// Its id: an account's or a key's.
    pub actor_id: Option<Uuid>,
    /// Its name, readable for ever.
    pub actor: String,
    /// A dotted verb: `key.create`, `session.start`, `call.content.read`.
    pub action: String,
    /// What it was done to: `api_key`, `call`, `tenant` …
    pub target_kind: String,
    /// The target's id.
    pub target_id: Option<Uuid>,
    /// The target's name.
    pub target: Option<String>,
    /// Whether it was done.
    pub outcome: AuditOutcome,
    /// Why, where the actor said.
    pub reason: Option<String>,
    /// The state before.
    pub before: Option<Value>,
    /// The state after.
    pub after: Option<Value>,
    /// Where from.
    pub ip: Option<IpAddr>,
    /// With what.
    pub user_agent: Option<String>,
    /// The request.
    pub request_id: Option<RequestId>,
}

/// An event as written, with the time that the database gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub entry: AuditEntry,
}

impl TenantTx<'_> {
    /// Writes an event into the tenant's log, in this transaction.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not take it: what it is about must then not happen.
    pub async fn audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        let tenant = self.scope.tenant_id;
        write(self.connection(), tenant, entry).await
    }

    /// Events of the tenant, newest first, from just before one of them.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn audit_events(
        &mut self,
        before: Option<AuditId>,
        rows: usize,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let tenant = self.tenant_uuid();
        let found = sqlx::query!(
            "select id, project_id, at, actor_kind, actor_id, actor, action, target_kind, target_id,
               target, outcome, reason, before, after, host(ip) as ip, user_agent, request_id
             from app.audit_event
             where tenant_id = $1 and ($2::uuid is null or id < $2)
             order by id desc limit $3",
            tenant,
            before.map(|id| id.uuid()),
            i64::try_from(rows).unwrap_or(i64::MAX),
        )
        .fetch_all(self.connection())
        .await?;
        found
            .into_iter()
            .map(|row| {
                let entry = AuditEntry {
                    id: row.id.into(),
                    project_id: row.project_id.map(ProjectId::from),
                    actor_kind: row.actor_kind.parse()?,
                    actor_id: row.actor_id,
                    actor: row.actor,
                    action: row.action,
                    target_kind: row.target_kind,
                    target_id: row.target_id,
                    target: row.target,
                    outcome: row.outcome.parse()?,
                    reason: row.reason,
                    before: row.before,
                    after: row.after,
                    ip: row.ip.and_then(|ip| ip.parse().ok()),
                    user_agent: row.user_agent,
                    request_id: row.request_id.map(RequestId::from),
                };
                Ok(AuditRow { at: row.at, entry })
            })
            .collect()
    }
}

impl SystemTx<'_> {
    /// Writes an event into a tenant's log from outside it: what the operator does, and what happens
    /// before anyone has a seat ([`TenantId::PLATFORM`]).
    ///
    /// # Errors
    /// [`StoreError`] where the database does not take it: what it is about must then not happen.
    pub async fn audit(&mut self, tenant: TenantId, entry: &AuditEntry) -> Result<(), StoreError> {
        write(self.connection(), tenant, entry).await
    }
}

async fn write(
    connection: &mut PgConnection,
    tenant: TenantId,
    entry: &AuditEntry,
) -> Result<(), StoreError> {
    let texts = Texts::of(entry);
    sqlx::query!(
        "select sys.audit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
                          $15::text::inet, $16, $17) as done",
        tenant.uuid(),
        entry.id.uuid(),
        entry.project_id.map(|id| id.uuid()),
        entry.actor_kind.as_str(),
        entry.actor_id,
        texts.actor,
        entry.action,
        entry.target_kind,
        entry.target_id,
        texts.target,
        entry.outcome.as_str(),
        texts.reason,
        entry.before,
        entry.after,
        texts.ip,
        texts.user_agent,
        entry.request_id.map(|id| id.uuid()),
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// The free texts of an entry, cut to their columns.
struct Texts {
    actor: String,
    target: Option<String>,
    reason: Option<String>,
    user_agent: Option<String>,
    ip: Option<String>,
}

impl Texts {
    fn of(entry: &AuditEntry) -> Self {
        let cut = |text: &Option<String>, chars_max| {
            text.as_deref().map(|text| bounded(text, chars_max).into_owned())
        };
        Self {
            actor: bounded(&entry.actor, ACTOR_CHARS_MAX).into_owned(),
            target: cut(&entry.target, TARGET_CHARS_MAX),
            reason: cut(&entry.reason, REASON_CHARS_MAX),
            user_agent: cut(&entry.user_agent, AGENT_CHARS_MAX),
            ip: entry.ip.map(|ip| ip.to_string()),
        }
    }
}

impl ActorKind {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::ApiKey => "api_key",
            Self::System => "system",
            Self::Anonymous => "anonymous",
        }
    }
}

impl FromStr for ActorKind {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        Ok(match text {
            "person" => Self::Person,
            "api_key" => Self::ApiKey,
            "system" => Self::System,
            "anonymous" => Self::Anonymous,
            _ => return Err(StoreError::Unreadable { what: "actor_kind" }),
        })
    }
}

impl AuditOutcome {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }
}

impl FromStr for AuditOutcome {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        Ok(match text {
            "success" => Self::Success,
            "failure" => Self::Failure,
            _ => return Err(StoreError::Unreadable { what: "outcome" }),
        })
    }
}
