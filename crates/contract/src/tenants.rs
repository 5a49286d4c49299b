//! Tenants, for the operator: the list, and making a new one ready for use.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::caller::Caller;
use domain::ids::TenantId;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// A tenant in the list. Aggregates only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantRow {
    /// Its id.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// Its short name.
    pub slug: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Projects it has.
    pub projects: u32,
    /// People in it.
    pub people: u32,
    /// Active keys it has.
    pub keys: u32,
    /// When it last made a call.
    pub last_call_at: Option<DateTime<Utc>>,
}

/// A tenant to make, with its first project and its first administrator.
#[derive(Clone, Debug)]
pub struct NewTenant {
    /// Its name.
    pub name: String,
    /// Its short name: lower-case letters, digits, hyphens.
    pub slug: String,
    /// The name of its first project.
    pub project: String,
    /// The administrator's name.
    pub admin_name: String,
    /// The administrator's address; an account that exists is given the seat, its password stays.
    pub admin_email: String,
    /// The administrator's first password.
    pub admin_password: SecretString,
}

/// Tenants, for the operator.
#[async_trait]
pub trait Tenants: Send + Sync {
    /// All of them, by name.
    async fn list(&self, caller: &Caller) -> Result<Vec<TenantRow>, Fault>;

    /// Makes one ready for use.
    async fn create(&self, caller: &Caller, new: NewTenant) -> Result<TenantRow, Fault>;
}
