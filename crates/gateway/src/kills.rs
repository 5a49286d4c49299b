//! What is stopped: looked up before a call is admitted, and listened for while one runs.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::clock::Clock;
use domain::ids::{KeyId, ProjectId, ProviderId, TenantId};
use domain::kill::{AgentName, KillScope};
use store::snapshot::KillEntry;
use tokio::sync::watch;

use crate::trail::Owner;
use crate::watch::Rules;

/// Until when something is stopped; `None` until it is released.
type Until = Option<DateTime<Utc>>;

/// Everything that is stopped, as of one epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kills {
    all: HashMap<(), Until>,
    providers: HashMap<ProviderId, Until>,
    tenants: HashMap<TenantId, Until>,
    projects: HashMap<ProjectId, Until>,
    keys: HashMap<KeyId, Until>,
    agents: HashMap<ProjectId, HashMap<AgentName, Until>>,
}

impl Kills {
    pub(crate) fn of(entries: &[KillEntry]) -> Self {
        let mut kills = Self::default();
        for entry in entries {
            let until = entry.expires_at;
            let KillEntry { scope, tenant_id, provider_id, project_id, key_id, agent, .. } = entry;
            match scope {
                KillScope::All => add(&mut kills.all, Some(()), until),
                KillScope::Provider => add(&mut kills.providers, *provider_id, until),
                KillScope::Tenant => add(&mut kills.tenants, Some(*tenant_id), until),
                KillScope::Project => add(&mut kills.projects, *project_id, until),
                KillScope::Key => add(&mut kills.keys, *key_id, until),
                KillScope::Agent => {
                    if let Some(project) = project_id {
                        let agents = kills.agents.entry(*project).or_default();
                        add(agents, agent.clone(), until);
                    }
                }
            }
        }
        kills
    }

    /// What stops this caller, the widest first.
    pub(crate) fn stop(
        &self,
        owner: &Owner,
        agent: Option<&AgentName>,
        now: DateTime<Utc>,
    ) -> Option<KillScope> {
        let of_agent = || {
            let agents = self.agents.get(&owner.project_id)?;
            Some(in_force(agents.get(agent?), now))
        };
        [
            (KillScope::All, in_force(self.all.get(&()), now)),
            (KillScope::Tenant, in_force(self.tenants.get(&owner.tenant_id), now)),
            (KillScope::Project, in_force(self.projects.get(&owner.project_id), now)),
            (KillScope::Key, in_force(self.keys.get(&owner.key_id), now)),
            (KillScope::Agent, of_agent().unwrap_or(false)),
        ]
        .into_iter()
        .find_map(|(scope, stopped)| stopped.then_some(scope))
    }

    /// Whether calls to this provider are stopped.
    pub(crate) fn stop_provider(&self, provider: ProviderId, now: DateTime<Utc>) -> bool {
        in_force(self.providers.get(&provider), now)
    }
}

/// Of two kills of the same thing, the one that lasts longer counts.
fn add<K: Eq + Hash>(kills: &mut HashMap<K, Until>, key: Option<K>, until: Until) {
    let Some(key) = key else { return };
    kills
        .entry(key)
        .and_modify(|known| {
            *known = match (*known, until) {
                (Some(one), Some(other)) => Some(one.max(other)),
                _ => None,
            }
        })
        .or_insert(until);
}

fn in_force(until: Option<&Until>, now: DateTime<Utc>) -> bool {
    until.is_some_and(|until| until.is_none_or(|until| now < until))
}

/// Hears for one call that it is stopped.
pub(crate) struct Ear {
    pub(crate) rules: Arc<Rules>,
    pub(crate) changed: watch::Receiver<()>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) owner: Owner,
    pub(crate) agent: Option<AgentName>,
    /// The provider that is being called.
    pub(crate) provider: Option<ProviderId>,
}

impl Ear {
    /// Returns when the call is stopped, and by what.
    pub(crate) async fn killed(&mut self) -> KillScope {
        loop {
            if self.changed.changed().await.is_err() {
                // The node stops, which has its own way of ending calls.
                return std::future::pending().await;
            }
            if let Some(scope) = self.stopped() {
                return scope;
            }
        }
    }

    /// What stops the call now, if anything does.
    pub(crate) fn stopped(&self) -> Option<KillScope> {
        let snapshot = self.rules.current();
        let now = self.clock.now();
        let kills = &snapshot.kills;
        let provider = self.provider.filter(|provider| kills.stop_provider(*provider, now));
        kills
            .stop(&self.owner, self.agent.as_ref(), now)
            .or_else(|| provider.map(|_| KillScope::Provider))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use domain::clock::{Clock, SystemClock};
    use domain::ids::KillId;

    use super::*;

    #[test]
    fn what_is_stopped_is_found_until_it_expires() {
        let now = SystemClock.now();
        let owner = Owner {
            tenant_id: TenantId::mint(),
            project_id: ProjectId::mint(),
            key_id: KeyId::mint(),
            markup_ppm: 0,
        };
        let kill = |scope, expires_at| KillEntry {
            id: KillId::mint(),
            scope,
            tenant_id: owner.tenant_id,
            provider_id: None,
            project_id: (scope != KillScope::Tenant).then_some(owner.project_id),
            key_id: (scope == KillScope::Key).then_some(owner.key_id),
            agent: (scope == KillScope::Agent).then(|| "bot".parse().unwrap()),
            expires_at,
        };
        let past = Some(now - TimeDelta::seconds(1));
        for (entries, agent, expected) in [
            (vec![], None, None),
            (vec![kill(KillScope::Tenant, None)], None, Some(KillScope::Tenant)),
            (vec![kill(KillScope::Key, past)], None, None),
            (
                vec![kill(KillScope::Key, past), kill(KillScope::Key, None)],
                None,
                Some(KillScope::Key),
            ),
            (vec![kill(KillScope::Agent, None)], Some("bot"), Some(KillScope::Agent)),
            (vec![kill(KillScope::Agent, None)], Some("other"), None),
            (vec![kill(KillScope::Agent, None)], None, None),
        ] {
            let agent = agent.map(|name: &str| name.parse().unwrap());
            let stop = Kills::of(&entries).stop(&owner, agent.as_ref(), now);
            assert_eq!(stop, expected, "{entries:?}");
        }
    }
}
