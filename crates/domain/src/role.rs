//! Who may do what. The whole policy is one table, so that it can be read and tested at once.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a person is, within a tenant or over the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The operator: runs the estate; sees that calls happen, never what they say.
    PlatformAdmin,
    /// Runs one tenant.
    TenantAdmin,
    /// Works in some projects of a tenant.
    Member,
    /// Reads everything in a tenant, changes nothing.
    Auditor,
}

/// Something a person may or may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See that calls were made, with their numbers.
    ReadActivity,
    /// See what a call said: prompt and answer.
    ReadContent,
    /// See API keys, never their secret.
    ReadKeys,
    /// Create and revoke API keys.
    ManageKeys,
    /// See all tenants and enter one.
    ReadTenants,
    /// Create tenants, projects and people.
    ManageTenants,
    /// See providers, aliases and circuits.
    ReadProviders,
    /// Change providers and aliases, force circuits.
    ManageProviders,
    /// See what is stopped, and by whom.
    ReadKills,
    /// Stop and release: a platform admin everything, a tenant admin what is the tenant's own.
    ManageKills,
    /// See what the guard found, its policy, and report what it got wrong.
    ReadGuard,
    /// Change the guard's policy.
    ManageGuard,
}

impl Role {
    /// Every role, in the order of the table.
    pub const ALL: [Self; 4] =
        [Self::PlatformAdmin, Self::TenantAdmin, Self::Member, Self::Auditor];

    /// The access policy.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::PlatformAdmin => matches!(
                permission,
                P::ReadActivity
                    | P::ReadKeys
                    | P::ReadTenants
                    | P::ManageTenants
                    | P::ReadProviders
                    | P::ManageProviders
                    | P::ReadKills
                    | P::ManageKills
                    | P::ReadGuard
                    | P::ManageGuard
            ),
            Self::TenantAdmin => matches!(
                permission,
                P::ReadActivity
                    | P::ReadContent
                    | P::ReadKeys
                    | P::ManageKeys
                    | P::ReadKills
                    | P::ManageKills
                    | P::ReadGuard
                    | P::ManageGuard
            ),
            Self::Member => {
                matches!(permission, P::ReadActivity | P::ReadKeys | P::ReadKills | P::ReadGuard)
            }
            Self::Auditor => {
                matches!(
                    permission,
                    P::ReadActivity | P::ReadContent | P::ReadKeys | P::ReadKills | P::ReadGuard
                )
            }
        }
    }

    /// The name in the database, the configuration and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PlatformAdmin => "platform_admin",
            Self::TenantAdmin => "tenant_admin",
            Self::Member => "member",
            Self::Auditor => "auditor",
        }
    }

    /// The name that people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::PlatformAdmin => "Platform admin",
            Self::TenantAdmin => "Tenant admin",
            Self::Member => "Member",
            Self::Auditor => "Auditor",
        }
    }
}

impl Permission {
    /// Every permission, in the order of the table.
    pub const ALL: [Self; 12] = [
        Self::ReadActivity,
        Self::ReadContent,
        Self::ReadKeys,
        Self::ManageKeys,
        Self::ReadTenants,
        Self::ManageTenants,
        Self::ReadProviders,
        Self::ManageProviders,
        Self::ReadKills,
        Self::ManageKills,
        Self::ReadGuard,
        Self::ManageGuard,
    ];

    /// The roles that grant it, for a refusal that tells the way.
    pub fn granted_by(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| role.may(self))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text names no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown role")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;
    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The policy in full: changing it means changing this picture of it.
    #[test]
    fn policy_table() {
        let table: Vec<String> = Role::ALL
            .into_iter()
            .map(|role| {
                let marks: String =
                    Permission::ALL.map(|p| if role.may(p) { 'x' } else { '.' }).iter().collect();
                format!("{role:<14} {marks}")
            })
            .collect();
        assert_eq!(
            table,
            [
                "platform_admin x.x.xxxxxxxx",
                "tenant_admin   xxxx....xxxx",
                "member         x.x.....x.x.",
                "auditor        xxx.....x.x.",
            ]
        );
    }

    #[test]
    fn names_survive_a_round_trip() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert_eq!("root".parse::<Role>(), Err(UnknownRole));
    }
}
