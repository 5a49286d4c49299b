//! The kill switch: what it can stop, and what an agent is called.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::limits::AGENT_NAME_BYTES_MAX;
use crate::words::words;

words! {
    /// What a kill stops.
    KillScope {
        /// Every call of every tenant.
        All = "all", "All calls";
        /// Calls to a provider; a model's other targets still answer.
        Provider = "provider", "Provider";
        /// Calls of a tenant.
        Tenant = "tenant", "Tenant";
        /// Calls of a project.
        Project = "project", "Project";
        /// Calls with an API key.
        Key = "key", "API key";
        /// Calls of an agent within a project.
        Agent = "agent", "Agent";
    }
}

impl KillScope {
    /// Whether only the operator stops this: it concerns more than one tenant.
    #[must_use]
    pub const fn is_of_platform(self) -> bool {
        matches!(self, Self::All | Self::Provider)
    }
}

/// What a program calls itself in the header `x-tokenone-agent`: 1 to [`AGENT_NAME_BYTES_MAX`] bytes of
/// letters, digits and `._:@/-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AgentName(String);

/// The text is no agent's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an agent's name has 1 to {AGENT_NAME_BYTES_MAX} letters, digits, or characters of `._:@/-`"
)]
pub struct NotAnAgentName;

impl AgentName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for AgentName {
    type Error = NotAnAgentName;
    fn try_from(text: String) -> Result<Self, NotAnAgentName> {
        let fits = (1..=AGENT_NAME_BYTES_MAX).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:@/-".contains(&b));
        if fits { Ok(Self(text)) } else { Err(NotAnAgentName) }
    }
}

impl FromStr for AgentName {
    type Err = NotAnAgentName;
    fn from_str(text: &str) -> Result<Self, NotAnAgentName> {
        text.to_owned().try_into()
    }
}

impl From<AgentName> for String {
    fn from(name: AgentName) -> Self {
        name.0
    }
}

impl fmt::Display for AgentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_names_are_plain() {
        for name in ["a", "billing-bot", "acme/research.v2:eu@prod", &"x".repeat(100)] {
            assert_eq!(name.parse::<AgentName>().map(String::from), Ok(name.to_owned()));
        }
        for name in ["", " ", "a b", "ä", "a\n", "a\"", &"x".repeat(101)] {
            assert_eq!(name.parse::<AgentName>(), Err(NotAnAgentName), "{name:?}");
        }
    }

    #[test]
    fn only_the_operator_stops_what_concerns_several_tenants() {
        let platform: Vec<_> =
            KillScope::ALL.iter().filter(|scope| scope.is_of_platform()).collect();
        assert_eq!(platform, [&KillScope::All, &KillScope::Provider]);
    }
}
