//! The guard: the policies of a tenant and its projects, what was found in its calls, and which of that
//! people hold to be wrong.

use chrono::{DateTime, Utc};
use domain::guard::{Findings, Policy};
use domain::ids::{CallId, ProjectId, TenantId};
use serde_json::Value;

use crate::error::StoreError;
use crate::tenant::TenantTx;

/// A policy as nodes know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyEntry {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The project; `None` where it holds for all that have none of their own.
    pub project_id: Option<ProjectId>,
    /// What is wanted.
    pub policy: Policy,
}

/// A policy as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRow {
    /// The project; `None` for the tenant's own.
    pub project_id: Option<ProjectId>,
    /// What is wanted.
    pub policy: Policy,
    /// Counts its changes from 1.
    pub version: u32,
    /// Who changed it last.
    pub updated_by: String,
    /// When.
    pub updated_at: DateTime<Utc>,
}

/// How often something was met in a part of a time range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HitRow {
    /// The part, from 0.
    pub part: u32,
    /// The signature's id.
    pub signature: String,
    /// Calls that carry it.
    pub calls: u64,
}

/// What the guard did in a time range, in calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// All calls.
    pub calls: u64,
    /// Those whose prompt was above clean.
    pub flagged: u64,
    /// Those that were refused for it.
    pub refused: u64,
    /// Those with secrets in the prompt.
    pub redacted: u64,
    /// Those with personal data in the answer.
    pub masked: u64,
}

/// A call with findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundRow {
    /// The call.
    pub call_id: CallId,
    /// When.
    pub at: DateTime<Utc>,
    /// The project's name.
    pub project: String,
    /// The key's name.
    pub key: String,
    /// Whether it was refused.
    pub refused: bool,
    /// What was found.
    pub findings: Findings,
    /// Whether somebody has reported it.
    pub reported: bool,
}

/// A report of a mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRow {
    /// The call.
    pub call_id: CallId,
    /// What is wrong, in the reporter's words.
    pub note: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A policy out of the columns of a row: two questions give the same ones.
macro_rules! policy {
    ($row:expr) => {
        domain::guard::Policy {
            injections: $crate::text::word("injections", &$row.injections)?,
            suspicious_from: $row.suspicious_from.unsigned_abs(),
            ambiguous_from: $row.ambiguous_from.unsigned_abs(),
            blocked_from: $row.blocked_from.unsigned_abs(),
            disabled: $row.disabled,
            second_opinion: $crate::text::word("second_opinion", &$row.second_opinion)?,
            secrets: $crate::text::word("secrets", &$row.secrets)?,
            restores: $row.restores,
            personal: $crate::text::word("personal", &$row.personal)?,
            reasoning: $row.reasoning,
            kinds_passed: $row.kinds_passed,
            values_passed: $row.values_passed,
        }
    };
}

pub(crate) use policy;

fn threshold(value: u16) -> Result<i16, StoreError> {
    i16::try_from(value).map_err(|_| StoreError::invalid("threshold"))
}

/// What was found, from its column.
pub(crate) fn findings(value: Value) -> Result<Findings, StoreError> {
    serde_json::from_value(value).map_err(|_| StoreError::Unreadable { what: "guard" })
}

impl TenantTx<'_> {
    /// The policies of the tenant, its own first.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn guard_policies(&mut self) -> Result<Vec<PolicyRow>, StoreError> {
        let tenant = self.tenant_uuid();
        let rows = sqlx::query!(
            "select * from app.guard_policy where tenant_id = $1 order by project_id nulls first",
            tenant
        )
        .fetch_all(self.connection())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(PolicyRow {
                    project_id: row.project_id.map(ProjectId::from),
                    policy: policy!(row),
                    version: row.version.unsigned_abs(),
                    updated_by: row.updated_by,
                    updated_at: row.updated_at,
                })
            })
            .collect()
    }

    /// Keeps a policy; nodes learn of it with the commit. `version` is that of the policy it takes the
    /// place of, 0 where there is none. `false` where that is not the one in force any more.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where there is one after all, [`StoreError::Invalid`] where it breaks a
    /// bound.
    pub async fn keep_guard_policy(
        &mut self,
        project: Option<ProjectId>,
        policy: &Policy,
        version: u32,
        by: &str,
    ) -> Result<bool, StoreError> {
        let tenant = self.tenant_uuid();
        let done = sqlx::query!(
            "insert into app.guard_policy as p (tenant_id, project_id, scope_id, injections, suspicious_from,
               ambiguous_from, blocked_from, disabled, secrets, restores, personal, reasoning,
               kinds_passed, values_passed, second_opinion, updated_by)
             values ($1::uuid, $2::uuid, coalesce($2::uuid, $1::uuid), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $16)
             on conflict (tenant_id, scope_id) do update set
               injections = excluded.injections, suspicious_from = excluded.suspicious_from,
               ambiguous_from = excluded.ambiguous_from, blocked_from = excluded.blocked_from,
               disabled = excluded.disabled, secrets = excluded.secrets, restores = excluded.restores,
               personal = excluded.personal, reasoning = excluded.reasoning,
               kinds_passed = excluded.kinds_passed, values_passed = excluded.values_passed,
               second_opinion = excluded.second_opinion,
               version = p.version + 1, updated_by = excluded.updated_by,
               updated_at = clock_timestamp()
             where p.version = $15",
            tenant,
            project.map(|id| id.uuid()),
            policy.injections.as_str(),
            threshold(policy.suspicious_from)?,
            threshold(policy.ambiguous_from)?,
            threshold(policy.blocked_from)?,
            &policy.disabled,
            policy.secrets.as_str(),
            policy.restores,
            policy.personal.as_str(),
            policy.reasoning,
            &policy.kinds_passed,
            &policy.values_passed,
            policy.second_opinion.as_str(),
            i32::try_from(version).unwrap_or(i32::MAX),
            by,
        )
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Takes a policy away: the tenant's holds for the project again, or the default for the tenant.
    /// `false` where there is none of this version.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn drop_guard_policy(
        &mut self,
        project: Option<ProjectId>,
        version: u32,
    ) -> Result<bool, StoreError> {
        let tenant = self.tenant_uuid();
        let done = sqlx::query!(
            "delete from app.guard_policy
             where tenant_id = $1 and project_id is not distinct from $2 and version = $3",
            tenant,
            project.map(|id| id.uuid()),
            i32::try_from(version).unwrap_or(i32::MAX),
        )
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// What the guard did since `since`, in calls.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn guard_totals(&mut self, since: DateTime<Utc>) -> Result<Totals, StoreError> {
        let tenant = self.tenant_uuid();
        let row = sqlx::query!(
            r#"select
                 (select count(*) from app.call a
                  where a.tenant_id = $1 and a.id >= app.uuid_floor($2)) as "calls!",
                 count(*) filter (where c.guard->>'verdict' <> 'clean') as "flagged!",
                 count(*) filter (where c.code = 'prompt_blocked') as "refused!",
                 count(*) filter (where c.guard ? 'redacted') as "redacted!",
                 count(*) filter (where c.guard ? 'masked') as "masked!"
               from app.call c
               where c.tenant_id = $1 and c.guard is not null and c.id >= app.uuid_floor($2)"#,
            tenant,
            since,
        )
        .fetch_one(self.connection())
        .await?;
        Ok(Totals {
            calls: row.calls.unsigned_abs(),
            flagged: row.flagged.unsigned_abs(),
            refused: row.refused.unsigned_abs(),
            redacted: row.redacted.unsigned_abs(),
            masked: row.masked.unsigned_abs(),
        })
    }

    /// How often each signature was met since `since`, in parts of so many seconds.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn guard_hits(
        &mut self,
        since: DateTime<Utc>,
        part_seconds: u32,
    ) -> Result<Vec<HitRow>, StoreError> {
        let tenant = self.tenant_uuid();
        let rows = sqlx::query!(
            r#"select floor(extract(epoch from c.started_at - $2) / $3::int)::int as "part!",
                      s.signature as "signature!", count(*) as "calls!"
               from app.call c, lateral (
                 select distinct e.seen->>'signature' as signature
                 from jsonb_array_elements(c.guard->'signatures') e (seen)) s
               where c.tenant_id = $1 and c.guard is not null and c.id >= app.uuid_floor($2)
                 and c.started_at >= $2
               group by 1, 2 order by 1, 2"#,
            tenant,
            since,
            i32::try_from(part_seconds.max(1)).unwrap_or(i32::MAX),
        )
        .fetch_all(self.connection())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| HitRow {
                part: row.part.unsigned_abs(),
                signature: row.signature,
                calls: row.calls.unsigned_abs(),
            })
            .collect())
    }

    /// The latest calls with findings, newest first, at most `rows` of them.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn guard_found(&mut self, rows: usize) -> Result<Vec<FoundRow>, StoreError> {
        let tenant = self.tenant_uuid();
        let rows = sqlx::query!(
            r#"select c.id, c.started_at, p.name as project, k.name as key,
                      coalesce(c.code = 'prompt_blocked', false) as "refused!", c.guard as "guard!",
                      exists (select from app.guard_report r
                              where r.tenant_id = c.tenant_id and r.call_id = c.id) as "reported!"
               from app.call c
               join app.project p on p.tenant_id = c.tenant_id and p.id = c.project_id
               join app.api_key k on k.tenant_id = c.tenant_id and k.id = c.key_id
               where c.tenant_id = $1 and c.guard is not null
               order by c.id desc limit $2"#,
            tenant,
            i64::try_from(rows).unwrap_or(i64::MAX),
        )
        .fetch_all(self.connection())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(FoundRow {
                    call_id: row.id.into(),
                    at: row.started_at,
                    project: row.project,
                    key: row.key,
                    refused: row.refused,
                    findings: findings(row.guard)?,
                    reported: row.reported,
                })
            })
            .collect()
    }

    /// Reports a mistake.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the call has been reported, [`StoreError::Refused`] where it is out
    /// of reach or has no findings.
    pub async fn report_guard(
        &mut self,
        call: CallId,
        project: ProjectId,
        note: &str,
        by: &str,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant_uuid();
        sqlx::query!(
            "insert into app.guard_report (tenant_id, call_id, project_id, note, reported_by)
             values ($1, $2, $3, $4, $5)",
            tenant,
            call.uuid(),
            project.uuid(),
            note,
            by,
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The latest reports, newest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn guard_reports(&mut self, rows: usize) -> Result<Vec<ReportRow>, StoreError> {
        let tenant = self.tenant_uuid();
        let rows = sqlx::query!(
            "select call_id, note, reported_by, at from app.guard_report
             where tenant_id = $1 order by at desc, call_id desc limit $2",
            tenant,
            i64::try_from(rows).unwrap_or(i64::MAX),
        )
        .fetch_all(self.connection())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| ReportRow {
                call_id: row.call_id.into(),
                note: row.note,
                by: row.reported_by,
                at: row.at,
            })
            .collect())
    }
}
