//! Is this prompt safe to send? Every text that the model would read is scanned, by the channel that it
//! came by; what the policy does not let pass ends here.

use std::sync::Arc;

use bytes::Bytes;
use domain::guard::{Findings, Second, SecondOpinion, Seen, Verdict};
use domain::ids::TenantId;
use domain::provider::Surface;
use domain::refusal::Refusal;
use guard::injection::scan;
use guard::policy::{Mode, Policy};
use guard::verdict::Report;
use guard::wishes::Wishes;
use speech::prompt::said;

use crate::ask::{Asked, AskedParts};
use crate::gateway::Gateway;
use crate::line::Line;
use crate::metric;
use crate::redact;
use crate::refuse::Refused;
use crate::second;
use crate::upstream::provider::Provider;

/// Most texts of one prompt that somebody else is asked about.
const IN_DOUBT_MAX: usize = 16;

/// The header that tells what the guard thought of a prompt.
pub(crate) const HEADER: &str = "x-tokenone-guard";

/// A call whose prompt may be sent, as far as injections go.
pub(crate) struct Screened {
    asked: AskedParts,
    wishes: Arc<Wishes>,
}

impl Screened {
    pub(crate) fn into_parts(self) -> (AskedParts, Arc<Wishes>) {
        (self.asked, self.wishes)
    }
}

/// What a scan of a whole prompt says.
struct Scanned {
    findings: Findings,
    refuses: bool,
    /// The texts that the guard is not sure about.
    in_doubt: Vec<String>,
}

/// Screens the call.
pub(crate) async fn screen(
    gateway: &Gateway,
    asked: Asked,
    line: &mut Line,
) -> Result<Screened, Refused> {
    let mut asked = asked.into_parts();
    let Some(snapshot) = gateway.rules().confirmed() else {
        return Err(Refused::new(Refusal::Unavailable, asked.trail));
    };
    let wishes = snapshot.policies.for_owner(&asked.owner);
    if wishes.injections.mode == Mode::Off {
        return Ok(Screened { asked, wishes });
    }
    let (surface, body) = (asked.request.surface(), asked.body.clone());
    let policy = Arc::clone(&wishes);
    let bytes = body.len();
    let work = move || scan_prompt(surface, &body, &policy.injections);
    let mut scanned = match gateway.desk().run(bytes, work).await {
        Ok(Some(scanned)) => scanned,
        // What cannot be looked through is not sent.
        Ok(None) => return Err(Refused::new(Refusal::Internal, asked.trail)),
        Err(lost) => {
            tracing::error!(call = %asked.trail.call_id, %lost, "a prompt is not scanned");
            return Err(Refused::new(Refusal::Internal, asked.trail));
        }
    };
    if scanned.findings.verdict == Verdict::Ambiguous
        && let Some(provider) = &snapshot.second
        && wishes.second_opinion != SecondOpinion::Off
    {
        let killed = snapshot.kills.stop_provider(provider.id, gateway.clock().now());
        let asked = (asked.owner.tenant_id, &*wishes);
        second_look(gateway, provider, killed, asked, &mut scanned).await;
    }
    asked.trail.screened();
    metric::screened(scanned.findings.verdict);
    if scanned.findings.verdict == Verdict::Clean {
        return Ok(Screened { asked, wishes });
    }
    line.mark(HEADER, &header(&scanned.findings));
    let signatures = ids(&scanned.findings);
    asked.trail.guard = Some(Box::new(scanned.findings));
    if !scanned.refuses {
        return Ok(Screened { asked, wishes });
    }
    // It is kept for whoever looks into it, without its secrets like any other.
    let refusal = Refusal::PromptBlocked { signatures };
    match redact::redact(gateway, Screened { asked, wishes }, line).await {
        Ok(redacted) => Err(redacted.refuse(refusal)),
        Err(mut refused) => {
            refused.refusal = refusal;
            Err(refused)
        }
    }
}

/// Asks for a second opinion. What it holds to be an attack is one; where it does not answer, the policy
/// says what the prompt is.
async fn second_look(
    gateway: &Gateway,
    provider: &Provider,
    killed: bool,
    (tenant, wishes): (TenantId, &Wishes),
    scanned: &mut Scanned,
) {
    let second = if killed {
        Second { by: provider.slug.clone(), flagged: None, took_ms: 0 }
    } else {
        second::opinion(gateway, provider, tenant, wishes, &scanned.in_doubt).await
    };
    let attack = second.flagged.unwrap_or(wishes.second_opinion == SecondOpinion::Block);
    scanned.findings.second = Some(second);
    if attack {
        scanned.findings.verdict = Verdict::Blocked;
        scanned.refuses = wishes.injections.mode == Mode::Block;
    }
}

/// `blocked; score=1.20; signatures=a,b`.
fn header(findings: &Findings) -> String {
    let (whole, hundredths) = (findings.score / 100, findings.score % 100);
    let (verdict, names) = (findings.verdict.as_str(), ids(findings).join(","));
    format!("{verdict}; score={whole}.{hundredths:02}; signatures={names}")
}

/// The signatures, each once.
fn ids(findings: &Findings) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for seen in &findings.signatures {
        if !ids.contains(&seen.signature) {
            ids.push(seen.signature.clone());
        }
    }
    ids
}

/// Scans every text of a prompt; the worst of them is the prompt's verdict. `None` where the body cannot be read,
/// though it could before.
fn scan_prompt(surface: Surface, body: &Bytes, policy: &Policy) -> Option<Scanned> {
    let mut scanned =
        Scanned { findings: Findings::default(), refuses: false, in_doubt: Vec::new() };
    for text in said(surface, std::str::from_utf8(body).ok()?).ok()? {
        let report = scan(&text.text, text.channel, policy);
        if report.verdict != Verdict::Clean {
            scanned.refuses |= policy.refuses(&report);
            add(&mut scanned.findings, &text.path, &report);
            if report.verdict == Verdict::Ambiguous && scanned.in_doubt.len() < IN_DOUBT_MAX {
                scanned.in_doubt.push(text.text.into_owned());
            }
        }
    }
    Some(scanned)
}

fn add(findings: &mut Findings, path: &str, report: &Report) {
    findings.verdict = findings.verdict.max(report.verdict);
    findings.score = findings.score.max(report.score);
    for finding in &report.findings {
        if findings.signatures.len() == Findings::EACH_MAX {
            findings.left_out = findings.left_out.saturating_add(1);
            continue;
        }
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        findings.signatures.push(Seen {
            signature: finding.signature.id().to_owned(),
            points: finding.points,
            path: path.to_owned(),
            start: place(finding.span.start),
            end: place(finding.span.end),
        });
    }
}
