//! A person at the console, as far as a service needs to know them.

use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, ProjectId, RequestId, TenantId};
use crate::role::{Permission, Role};

/// Who asks, and from which seat. Built from a live session, for one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The person.
    pub account_id: AccountId,
    /// Their name, for audit rows that must stay readable.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Where they sit.
    pub seat: Seat,
    /// The request they make.
    pub request_id: RequestId,
    /// Where from, as the edge determined it.
    pub ip: Option<std::net::IpAddr>,
}

/// The place from which a person acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seat {
    /// Over the platform, in no tenant.
    Platform,
    /// In one tenant.
    Tenant {
        /// The tenant.
        tenant_id: TenantId,
        /// What they are in it.
        role: Role,
        /// The projects they reach; for a role that sees all, all of them.
        projects: Vec<ProjectId>,
    },
}

/// The pair (tenant, projects) that a query runs under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The projects.
    pub projects: Vec<ProjectId>,
}

/// Why a caller may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Denied {
    /// The role does not grant it.
    #[error("the role does not grant {0:?}")]
    Role(Permission),
    /// It happens inside a tenant, and none is chosen.
    #[error("no tenant is chosen")]
    NoTenant,
}

impl Caller {
    /// What they are here.
    #[must_use]
    pub const fn role(&self) -> Role {
        match &self.seat {
            Seat::Platform => Role::PlatformAdmin,
            Seat::Tenant { role, .. } => *role,
        }
    }

    /// Checks a permission.
    ///
    /// # Errors
    /// [`Denied::Role`] where the role does not grant it.
    pub const fn require(&self, permission: Permission) -> Result<(), Denied> {
        if self.role().may(permission) { Ok(()) } else { Err(Denied::Role(permission)) }
    }

    /// Checks a permission that is exercised inside a tenant, and gives the scope to exercise it in.
    ///
    /// # Errors
    /// [`Denied`] where the role does not grant it or no tenant is chosen.
    pub fn scope(&self, permission: Permission) -> Result<Scope, Denied> {
        self.require(permission)?;
        match &self.seat {
            Seat::Platform => Err(Denied::NoTenant),
            Seat::Tenant { tenant_id, projects, .. } => {
                Ok(Scope { tenant_id: *tenant_id, projects: projects.clone() })
            }
        }
    }
}
