//! What tenants and projects want of the guard, by whom it concerns.

use std::collections::HashMap;
use std::sync::Arc;

use domain::ids::{ProjectId, TenantId};
use guard::wishes::Wishes;
use store::guard::PolicyEntry;

use crate::trail::Owner;

/// The policies of all tenants.
#[derive(Debug, Default)]
pub(crate) struct Policies {
    own: HashMap<(TenantId, Option<ProjectId>), Arc<Wishes>>,
    default: Arc<Wishes>,
}

impl Policies {
    pub(crate) fn of(entries: &[PolicyEntry]) -> Self {
        let own = entries.iter().map(|entry| {
            ((entry.tenant_id, entry.project_id), Arc::new(Wishes::of(&entry.policy)))
        });
        Self { own: own.collect(), default: Arc::default() }
    }

    /// The project's policy, or the tenant's, or what holds where nobody said anything.
    pub(crate) fn for_owner(&self, owner: &Owner) -> Arc<Wishes> {
        let project = self.own.get(&(owner.tenant_id, Some(owner.project_id)));
        let found = project.or_else(|| self.own.get(&(owner.tenant_id, None)));
        Arc::clone(found.unwrap_or(&self.default))
    }
}
