//! What is stopped and what was, as each may know of it.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use contract::frame::TenantView;
use contract::kills::{KillRow, KillState, KillsView, ReleaseView};
use domain::caller::{Caller, Scope, Seat};
use domain::ids::{KillId, TenantId};
use domain::kill::KillScope;
use domain::role::{Permission, Role};
use store::kills::{KillSummary, PlatformKill};

use super::in_force::{bounds, lasts};
use super::{KILLS_MAX, permitted};
use crate::Services;
use crate::fault::Failure;

/// Kills of one tenant that are shown.
const ROWS_MAX: usize = 200;
/// Tenants into whose kills the operator's list looks; of the rest it tells only that there are some.
const TENANTS_READ_MAX: usize = 50;

/// For whom a row is made.
struct Reader<'c> {
    caller: &'c Caller,
    now: DateTime<Utc>,
}

impl Services {
    pub(super) async fn kills_in_reach(&self, caller: &Caller) -> Result<KillsView, Failure> {
        caller.require(Permission::ReadKills)?;
        let reader = Reader { caller, now: self.clock.now() };
        let rows = match &caller.seat {
            Seat::Platform => self.kills_of_all(&reader).await?,
            Seat::Tenant { .. } => self.kills_of_seat(&reader).await?,
        };
        let (in_force, past) =
            rows.into_iter().partition(|row: &KillRow| row.state == KillState::InForce);
        let scopes = KillScope::ALL.iter().copied();
        Ok(KillsView {
            in_force,
            past,
            scopes: scopes.filter(|scope| permitted(caller, *scope).is_ok()).collect(),
        })
    }

    async fn kills_of_seat(&self, reader: &Reader<'_>) -> Result<Vec<KillRow>, Failure> {
        let scope = reader.caller.scope(Permission::ReadKills)?;
        let mut tx = self.store.tenant(&scope).await?;
        let tenant = tx.tenant().await?.map(|t| TenantView { id: t.id, name: t.name });
        let own = tx.kills(bounds(reader.caller), ROWS_MAX).await?;
        let mut rows = if reader.caller.role() == Role::PlatformAdmin {
            let platform = Scope { tenant_id: TenantId::PLATFORM, projects: Vec::new() };
            let rows = self.store.tenant(&platform).await?.kills(None, ROWS_MAX).await?;
            rows.into_iter().map(|row| reader.full(row, None)).collect()
        } else {
            let kills = tx.platform_kills().await?;
            kills.into_iter().map(|kill| reader.of_platform(kill)).collect::<Vec<_>>()
        };
        rows.extend(own.into_iter().map(|row| reader.full(row, tenant.clone())));
        Ok(rows)
    }

    async fn kills_of_all(&self, reader: &Reader<'_>) -> Result<Vec<KillRow>, Failure> {
        let mut tx = self.store.system(store::Reason::Kills).await?;
        let summaries = tx.kills(KILLS_MAX).await?;
        drop(tx);
        let own = summaries.iter().filter(|kill| kill.by_platform);
        let tenants: BTreeSet<TenantId> = own.map(|kill| kill.tenant_id).collect();
        let mut full: HashMap<KillId, store::kills::KillRow> = HashMap::new();
        for tenant_id in tenants.into_iter().take(TENANTS_READ_MAX) {
            let scope = Scope { tenant_id, projects: Vec::new() };
            let rows = self.store.tenant(&scope).await?.kills(None, ROWS_MAX).await?;
            let own = rows.into_iter().filter(|row| row.kill.by_platform);
            full.extend(own.map(|row| (row.kill.id, row)));
        }
        let row = |kill: KillSummary| {
            let tenant = (kill.tenant_id != TenantId::PLATFORM)
                .then(|| TenantView { id: kill.tenant_id, name: kill.tenant.clone() });
            match full.remove(&kill.id) {
                Some(row) => reader.full(row, tenant),
                None => reader.summary(kill, tenant),
            }
        };
        Ok(summaries.into_iter().map(row).collect())
    }
}

impl Reader<'_> {
    fn state(&self, expires_at: Option<DateTime<Utc>>, released: bool) -> KillState {
        if released {
            KillState::Released
        } else if lasts(expires_at, self.now) {
            KillState::InForce
        } else {
            KillState::Expired
        }
    }

    fn full(&self, row: store::kills::KillRow, tenant: Option<TenantView>) -> KillRow {
        let state = self.state(row.kill.expires_at, row.release.is_some());
        let operator = self.caller.role() == Role::PlatformAdmin;
        KillRow {
            id: row.kill.id,
            scope: row.kill.target.scope,
            target: Some(row.kill.name),
            tenant,
            by_platform: row.kill.by_platform,
            reason: Some(row.kill.reason),
            by: Some(row.kill.by),
            at: row.at,
            expires_at: row.kill.expires_at,
            state,
            release: row.release.map(|release| ReleaseView {
                at: release.at,
                by: Some(release.by),
                reason: Some(release.reason),
            }),
            releasable: state == KillState::InForce
                && self.caller.role().may(Permission::ManageKills)
                && (operator || !row.kill.by_platform),
        }
    }

    /// The operator's, as a tenant may know of it.
    fn of_platform(&self, kill: PlatformKill) -> KillRow {
        KillRow {
            id: kill.id,
            scope: kill.scope,
            target: Some(kill.name),
            tenant: None,
            by_platform: true,
            reason: None,
            by: None,
            at: kill.at,
            expires_at: kill.expires_at,
            state: self.state(kill.expires_at, false),
            release: None,
            releasable: false,
        }
    }

    /// A tenant's own, as the operator may know of it.
    fn summary(&self, kill: KillSummary, tenant: Option<TenantView>) -> KillRow {
        let whole = kill.scope == KillScope::Tenant;
        KillRow {
            id: kill.id,
            scope: kill.scope,
            target: whole.then_some(kill.tenant),
            tenant,
            by_platform: kill.by_platform,
            reason: None,
            by: None,
            at: kill.at,
            expires_at: kill.expires_at,
            state: self.state(kill.expires_at, kill.released_at.is_some()),
            release: kill.released_at.map(|at| ReleaseView { at, by: None, reason: None }),
            releasable: false,
        }
    }
}
