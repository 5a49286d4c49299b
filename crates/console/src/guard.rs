//! The guard: what it found in a tenant's calls, what the tenant wants of it, and trying it out.

mod card;
mod policy;
mod trial;

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::TimeDelta;
use contract::fault::{Fault, Field, Reason};
use contract::guard::{
    FOUND_SHOWN_MAX, FoundRow, Guard, GuardView, PARTS, PolicyView, SignatureRow, Span,
    TRIED_BYTES_MAX, Totals, Tried,
};
use domain::caller::Caller;
use domain::guard::{Channel, Findings, Hidden, Policy};
use domain::ids::{CallId, ProjectId};
use domain::role::Permission;
use guard::signature::Signature;
use guard::wishes::Wishes;
use serde_json::json;
use store::TenantTx;
use store::guard::HitRow;

use crate::Services;
use crate::act::{Act, Event};
use crate::fault::Failure;
use crate::form;

/// The constraint that one call is reported once.
const REPORTED: &str = "guard_report_pkey";

#[async_trait]
impl Guard for Services {
    async fn view(&self, caller: &Caller, span: Span) -> Result<GuardView, Fault> {
        Ok(self.guard_in_reach(caller, span).await?)
    }

    async fn set_policy(
        &self,
        caller: &Caller,
        project: Option<ProjectId>,
        policy: Policy,
        version: u32,
    ) -> Result<(), Fault> {
        Ok(self.change_policy(caller, project, policy, version).await?)
    }

    async fn drop_policy(
        &self,
        caller: &Caller,
        project: Option<ProjectId>,
        version: u32,
    ) -> Result<(), Fault> {
        Ok(self.take_policy_away(caller, project, version).await?)
    }

    async fn try_out(
        &self,
        caller: &Caller,
        project: Option<ProjectId>,
        channel: Channel,
        text: String,
    ) -> Result<Tried, Fault> {
        Ok(self.tried_out(caller, project, channel, text).await?)
    }

    async fn report(&self, caller: &Caller, call_id: CallId, note: String) -> Result<(), Fault> {
        Ok(self.report_mistake(caller, call_id, &note).await?)
    }
}

impl Services {
    async fn guard_in_reach(&self, caller: &Caller, span: Span) -> Result<GuardView, Failure> {
        let scope = caller.scope(Permission::ReadGuard)?;
        let mut tx = self.store.tenant(&scope).await?;
        let hours = span.hours();
        let since = self.clock.now() - TimeDelta::hours(hours.into());
        let totals = tx.guard_totals(since).await?;
        let hits = tx.guard_hits(since, hours * 3_600 / PARTS).await?;
        let found = tx.guard_found(FOUND_SHOWN_MAX).await?;
        Ok(GuardView {
            totals: Totals {
                calls: totals.calls,
                flagged: totals.flagged,
                refused: totals.refused,
                redacted: totals.redacted,
                masked: totals.masked,
            },
            signatures: signatures(&hits),
            found: found.into_iter().map(found_row).collect(),
            policies: policies(&mut tx).await?,
            may_change: caller.scope(Permission::ManageGuard).is_ok(),
            evaluation: card::evaluation(),
        })
    }

    async fn change_policy(
        &self,
        caller: &Caller,
        project: Option<ProjectId>,
        policy: Policy,
        version: u32,
    ) -> Result<(), Failure> {
        let mut act = Act::in_tenant(self, caller, Permission::ManageGuard).await?;
        let policy = policy::checked(policy)?;
        let before = in_force(act.tx(), project, version).await?;
        let kept = act.tx().keep_guard_policy(project, &policy, version, &caller.email).await?;
        if !kept {
            return Err(Fault::Conflict.into());
        }
        act.done(Event {
            after: Some(json!(policy)),
            ..about("guard.set_policy", project, &before)
        })
        .await
    }

    async fn take_policy_away(
        &self,
        caller: &Caller,
        project: Option<ProjectId>,
        version: u32,
    ) -> Result<(), Failure> {
        let mut act = Act::in_tenant(self, caller, Permission::ManageGuard).await?;
        let before = in_force(act.tx(), project, version).await?;
        if !act.tx().drop_guard_policy(project, version).await? {
            return Err(Fault::Conflict.into());
        }
        act.done(about("guard.drop_policy", project, &before)).await
    }

    async fn tried_out(
        &self,
        caller: &Caller,
        project: Option<ProjectId>,
        channel: Channel,
        text: String,
    ) -> Result<Tried, Failure> {
        let scope = caller.scope(Permission::ReadGuard)?;
        if text.trim().is_empty() {
            return Err(Failure::invalid(Field::Text, Reason::Missing));
        }
        if text.len() > TRIED_BYTES_MAX {
            return Err(Failure::invalid(Field::Text, Reason::TooLong));
        }
        let mut tx = self.store.tenant(&scope).await?;
        let views = policies(&mut tx).await?;
        let of = |view: &&PolicyView| view.project_id == project;
        let view = views.iter().find(of).ok_or(Fault::NotFound)?;
        // At most as long as reading a request's body, on a thread of its own all the same.
        let wishes = Wishes::of(&view.policy);
        let tried = tokio::task::spawn_blocking(move || trial::of(&text, channel, &wishes)).await;
        tried.map_err(|_| Failure::Fault(Fault::Unavailable))
    }

    async fn report_mistake(
        &self,
        caller: &Caller,
        call_id: CallId,
        note: &str,
    ) -> Result<(), Failure> {
        let mut act = Act::in_tenant(self, caller, Permission::ReadGuard).await?;
        let note = form::reason(Some(note))?;
        let found = act.tx().call(call_id).await?.ok_or(Fault::NotFound)?;
        if found.call.guard.is_none() {
            return Err(Fault::NotFound.into());
        }
        let project = found.call.project_id;
        let reported = act.tx().report_guard(call_id, project, &note, &caller.email).await;
        reported.map_err(|error| match error.conflict() {
            Some(REPORTED) => Failure::invalid(Field::Reason, Reason::Reported),
            _ => error.into(),
        })?;
        act.done(Event {
            action: "guard.report",
            target_kind: "call",
            target_id: Some(call_id.uuid()),
            project_id: Some(project),
            reason: Some(note),
            ..Event::default()
        })
        .await
    }
}

/// The tenant's policy and those of its projects; where one has none, what holds in its place.
async fn policies(tx: &mut TenantTx<'_>) -> Result<Vec<PolicyView>, Failure> {
    let rows = tx.guard_policies().await?;
    let mut own: HashMap<_, _> = rows.into_iter().map(|row| (row.project_id, row)).collect();
    let mut view = |project_id, name, above: Policy| match own.remove(&project_id) {
        Some(row) => PolicyView {
            project_id,
            name,
            policy: row.policy,
            version: row.version,
            updated: Some((row.updated_by, row.updated_at)),
        },
        None => PolicyView { project_id, name, policy: above, version: 0, updated: None },
    };
    let tenant = view(None, "All projects".into(), Policy::default());
    let above = tenant.policy.clone();
    let mut views = vec![tenant];
    for project in tx.projects().await? {
        views.push(view(Some(project.id), project.name, above.clone()));
    }
    Ok(views)
}

/// The policy that is about to change; the caller's version must be that of it.
async fn in_force(
    tx: &mut TenantTx<'_>,
    project: Option<ProjectId>,
    version: u32,
) -> Result<PolicyView, Failure> {
    let views = policies(tx).await?;
    let view = views.into_iter().find(|view| view.project_id == project);
    let view = view.ok_or(Fault::NotFound)?;
    if view.version == version { Ok(view) } else { Err(Fault::Conflict.into()) }
}

fn about(action: &'static str, project: Option<ProjectId>, before: &PolicyView) -> Event {
    Event {
        action,
        target_kind: "guard_policy",
        target_id: project.map(|id| id.uuid()),
        target: Some(before.name.clone()),
        project_id: project,
        before: (before.version > 0).then(|| json!(before.policy)),
        ..Event::default()
    }
}

/// Every signature with its hits.
fn signatures(hits: &[HitRow]) -> Vec<SignatureRow> {
    let rows = Signature::all().map(|signature| {
        let mut parts = vec![0_u64; PARTS as usize];
        for hit in hits.iter().filter(|hit| hit.signature == signature.id()) {
            // What was begun this very moment is of the last part.
            let part = (hit.part as usize).min(parts.len() - 1);
            if let Some(calls) = parts.get_mut(part) {
                *calls += hit.calls;
            }
        }
        SignatureRow {
            number: format!("S{:02}", signature.number()),
            id: signature.id().to_owned(),
            meaning: signature.meaning().to_owned(),
            references: format!("OWASP {}; {}", signature.owasp(), signature.atlas()),
            calls: parts.iter().sum(),
            parts,
        }
    });
    rows.collect()
}

fn found_row(row: store::guard::FoundRow) -> FoundRow {
    FoundRow {
        call_id: row.call_id,
        at: row.at,
        project: row.project,
        key: row.key,
        verdict: row.findings.verdict,
        score: row.findings.score,
        what: in_words(&row.findings),
        refused: row.refused,
        reported: row.reported,
    }
}

/// What was found, in a few words: signatures, then kinds of what was hidden.
fn in_words(found: &Findings) -> String {
    let mut words: Vec<String> = Vec::new();
    for seen in &found.signatures {
        if !words.contains(&seen.signature) {
            words.push(seen.signature.clone());
        }
    }
    let mut hidden = |what: &str, list: &[Hidden]| {
        let mut kinds: Vec<&str> = list.iter().map(|one| one.kind.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        if !kinds.is_empty() {
            words.push(format!("{what} {}", kinds.join(", ")));
        }
    };
    hidden("redacted", &found.redacted);
    hidden("masked", &found.masked);
    words.join("; ")
}
