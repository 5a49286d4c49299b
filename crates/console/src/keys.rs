//! API keys: made, shown once, revoked.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use contract::fault::{Fault, Field, Reason};
use contract::keys::{KeyRow, KeyState, Keys, MadeKey, NewKey};
use domain::caller::{Caller, Seat};
use domain::ids::{KeyId, ProjectId};
use domain::role::Permission;
use identity::api_key::{ApiKey, Environment};
use serde_json::json;

use crate::act::{Act, Event};
use crate::fault::Failure;
use crate::form;
use crate::kills::in_force::InForce;
use crate::{PEPPER_ID, Services};

/// The unique constraint over a key's name.
const NAME_TAKEN: &str = "api_key_tenant_id_project_id_name_key";
/// Longest time that a key may work, in days: ten years.
const EXPIRY_DAYS_MAX: u32 = 3_652;

#[async_trait]
impl Keys for Services {
    async fn list(&self, caller: &Caller) -> Result<Vec<KeyRow>, Fault> {
        Ok(self.keys_in_reach(caller).await?)
    }

    async fn create(&self, caller: &Caller, new: NewKey) -> Result<MadeKey, Fault> {
        Ok(self.make_key(caller, new).await?)
    }

    async fn revoke(&self, caller: &Caller, id: KeyId, confirmation: String) -> Result<(), Fault> {
        Ok(self.end_key(caller, id, &confirmation).await?)
    }
}

impl Services {
    async fn keys_in_reach(&self, caller: &Caller) -> Result<Vec<KeyRow>, Failure> {
        let scope = caller.scope(Permission::ReadKeys)?;
        let mut tx = self.store.tenant(&scope).await?;
        let now = self.clock.now();
        let in_force = InForce::read(&mut tx, now).await?;
        let row = |key| row(key, now, Some(&in_force));
        Ok(tx.keys().await?.into_iter().map(row).collect())
    }

    async fn make_key(&self, caller: &Caller, new: NewKey) -> Result<MadeKey, Failure> {
        let mut act = Act::in_tenant(self, caller, Permission::ManageKeys).await?;
        let name = form::name(Field::Name, &new.name)?;
        if !reaches(caller, new.project_id) {
            return Err(Failure::invalid(Field::Project, Reason::Unknown));
        }
        let now = self.clock.now();
        let expires_at = expiry(new.expires_in_days, now)?;
        let key = ApiKey::mint(Environment::Live)?;
        let kept = store::keys::NewKey {
            id: KeyId::mint(),
            project_id: new.project_id,
            name,
            mac: key.mac(&self.pepper),
            pepper: PEPPER_ID,
            shown: key.shown(),
            created_by: caller.email.clone(),
            created_at: now,
            expires_at,
        };
        let made = act.tx().create_key(&kept).await;
        made.map_err(|error| Failure::taken(error, NAME_TAKEN, Field::Name))?;
        let made = act.tx().key(kept.id).await?.ok_or(Fault::NotFound)?;
        act.done(Event {
            after: Some(json!({ "shown": made.shown, "expires_at": made.expires_at })),
            ..about("key.create", &made)
        })
        .await?;
        Ok(MadeKey { row: row(made, now, None), secret: key.expose().into() })
    }

    async fn end_key(&self, caller: &Caller, id: KeyId, confirmation: &str) -> Result<(), Failure> {
        let mut act = Act::in_tenant(self, caller, Permission::ManageKeys).await?;
        let key = act.tx().key(id).await?.ok_or(Fault::NotFound)?;
        if key.revoked_at.is_some() {
            return Err(Fault::Conflict.into());
        }
        if confirmation.trim() != key.name {
            return Err(Failure::invalid(Field::Confirmation, Reason::DoesNotMatch));
        }
        // Somebody else may have been faster since the key was read.
        if !act.tx().revoke_key(id, &caller.email, self.clock.now()).await? {
            return Err(Fault::Conflict.into());
        }
        act.done(Event {
            before: Some(json!({ "state": "active" })),
            after: Some(json!({ "state": "revoked" })),
            ..about("key.revoke", &key)
        })
        .await
    }
}

/// Whether a project is of the caller's seat.
fn reaches(caller: &Caller, project_id: ProjectId) -> bool {
    match &caller.seat {
        Seat::Platform => false,
        Seat::Tenant { projects, .. } => projects.contains(&project_id),
    }
}

fn expiry(days: Option<u32>, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Failure> {
    match days {
        None => Ok(None),
        Some(0) => Err(Failure::invalid(Field::ExpiresAt, Reason::InThePast)),
        Some(days) if days > EXPIRY_DAYS_MAX => {
            Err(Failure::invalid(Field::ExpiresAt, Reason::TooFar))
        }
        Some(days) => Ok(Some(now + TimeDelta::days(i64::from(days)))),
    }
}

fn about(action: &'static str, key: &store::keys::KeyRow) -> Event {
    Event {
        action,
        target_kind: "api_key",
        target_id: Some(key.id.uuid()),
        target: Some(key.name.clone()),
        project_id: Some(key.project_id),
        ..Event::default()
    }
}

fn row(key: store::keys::KeyRow, now: DateTime<Utc>, in_force: Option<&InForce>) -> KeyRow {
    let state = if key.revoked_at.is_some() {
        KeyState::Revoked
    } else if key.expires_at.is_some_and(|at| at <= now) {
        KeyState::Expired
    } else {
        KeyState::Active
    };
    KeyRow {
        id: key.id,
        name: key.name,
        shown: key.shown,
        project_id: key.project_id,
        project: key.project,
        state,
        created_by: key.created_by,
        created_at: key.created_at,
        expires_at: key.expires_at,
        stopped: in_force.and_then(|kills| kills.over_key(key.project_id, key.id)),
        last_used_at: key.last_used_at,
    }
}
