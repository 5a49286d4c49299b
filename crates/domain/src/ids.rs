//! Typed identifiers. Every id is a UUIDv7 (RFC 9562 section 5.7): unique without coordination, and
//! in the order of its making, so that an index on it is an index on time.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Makes a new id. Only the server does.
            #[cfg(feature = "mint")]
            #[must_use]
            pub fn mint() -> Self {
                Self(Uuid::now_v7())
            }

            /// The id as Postgres and the wire carry it.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    )*};
}

ids! {
    /// A customer: the boundary that no row crosses.
    TenantId
    /// A part of a tenant with its own keys, members and calls.
    ProjectId
    /// A person who signs in; may belong to several tenants.
    AccountId
    /// An API key of a project.
    KeyId
    /// One LLM call, from the first byte received to the last ledger row.
    CallId
    /// An upstream that serves models.
    ProviderId
    /// A program that acts within a project, named by the header `x-tokenone-agent`.
    AgentId
    /// A kill switch that was thrown.
    KillId
    /// A running gateway process.
    NodeId
    /// One version of one model's price.
    PriceId
    /// A stored secret, whatever its version.
    SecretId
    /// A row of the audit log.
    AuditId
    /// One HTTP request to either door.
    RequestId
}

impl TenantId {
    /// The operator's own tenant: owner of provider credentials and of platform audit events.
    /// A fixed id, so that every deployment and every test names the same row.
    pub const PLATFORM: Self = Self(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001));
}

impl ProjectId {
    /// The platform tenant's only project, for rows that must name one.
    pub const PLATFORM: Self = Self(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0002));
}
