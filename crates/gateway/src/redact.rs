//! Which of it is secret? What is, is taken out before the prompt leaves, and only that: with nothing to
//! take out the body is the very same bytes.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use data_encoding::HEXLOWER;
use domain::guard::{Findings, Hidden};
use domain::ids::TenantId;
use domain::provider::Surface;
use domain::refusal::Refusal;
use guard::sensitive::redact::redact as take_out;
use guard::sensitive::restore::Placeholders;
use guard::sensitive::{DigestKey, Finding};
use guard::wishes::Wishes;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::ExposeSecret;
use sha2::Sha256;
use speech::prompt::kept;

use crate::ask::AskedParts;
use crate::gateway::Gateway;
use crate::line::Line;
use crate::metric;
use crate::refuse::Refused;
use crate::request::AskedFor;
use crate::screen::Screened;

/// The header that tells what was taken out of a prompt.
pub(crate) const HEADER: &str = "x-tokenone-redacted";

/// Separates the digests of findings from whatever else is made under the same key.
const PURPOSE: &[u8] = b"tokenone/guard/v1";

/// A call whose prompt holds no secret that the policy takes out. Nothing else is routed.
pub(crate) struct Redacted {
    asked: AskedParts,
    guarded: Guarded,
}

/// What the guard has to know of a call when its answer comes.
#[derive(Clone)]
pub(crate) struct Guarded {
    pub(crate) wishes: Arc<Wishes>,
    /// Names what is found.
    pub(crate) key: Arc<DigestKey>,
    /// What was taken out, where the policy puts it back.
    pub(crate) placeholders: Option<Arc<Placeholders>>,
}

impl Redacted {
    pub(crate) fn into_parts(self) -> (AskedParts, Guarded) {
        (self.asked, self.guarded)
    }

    /// The call is refused after all; its prompt is kept.
    pub(crate) fn refuse(self, refusal: Refusal) -> Refused {
        let AskedParts { trail, body, place, .. } = self.asked;
        Refused::with_prompt(refusal, trail, body, place)
    }
}

/// What was found, and the body without it where it changed.
struct Changed {
    body: Option<(Bytes, AskedFor)>,
    findings: Vec<Finding>,
    placeholders: Arc<Placeholders>,
}

/// Redacts the call.
pub(crate) async fn redact(
    gateway: &Gateway,
    screened: Screened,
    line: &mut Line,
) -> Result<Redacted, Refused> {
    let (mut asked, wishes) = screened.into_parts();
    let Some(key) = digest_key(gateway, asked.owner.tenant_id).map(Arc::new) else {
        return Err(Refused::new(Refusal::Internal, asked.trail));
    };
    let (for_answer, key_for_answer) = (Arc::clone(&wishes), Arc::clone(&key));
    let mut guarded = Guarded { wishes: for_answer, key: key_for_answer, placeholders: None };
    if wishes.secrets.is_none() {
        return Ok(Redacted { asked, guarded });
    }
    let (surface, body) = (asked.request.surface(), asked.body.clone());
    let bytes = body.len();
    let work = move || change(surface, &body, &wishes, &key);
    let changed = match gateway.desk().run(bytes, work).await {
        Ok(Some(changed)) => changed,
        // What cannot be looked through is not sent.
        Ok(None) => return Err(Refused::new(Refusal::Internal, asked.trail)),
        Err(lost) => {
            tracing::error!(call = %asked.trail.call_id, %lost, "a prompt is not redacted");
            return Err(Refused::new(Refusal::Internal, asked.trail));
        }
    };
    asked.trail.redacted();
    if let Some((body, request)) = changed.body {
        (asked.body, asked.request) = (body, request);
    }
    if changed.findings.is_empty() {
        return Ok(Redacted { asked, guarded });
    }
    metric::redacted(changed.findings.len());
    let kinds = changed.findings.iter().map(|finding| finding.kind.id());
    line.mark(HEADER, &header(changed.findings.len(), kinds));
    let found = asked.trail.guard.get_or_insert_default();
    for finding in &changed.findings {
        note(&mut found.redacted, &mut found.left_out, finding);
    }
    if guarded.wishes.restores {
        guarded.placeholders = Some(changed.placeholders);
    }
    Ok(Redacted { asked, guarded })
}

/// Takes the secrets out. `None` where the body cannot be read, though it could before.
fn change(surface: Surface, body: &Bytes, wishes: &Wishes, key: &DigestKey) -> Option<Changed> {
    let policy = wishes.secrets.as_ref()?;
    let ranges = kept(surface, std::str::from_utf8(body).ok()?).ok()?;
    let redaction = take_out(body, policy, key, &ranges);
    let body = match redaction.body {
        Cow::Borrowed(_) => None,
        Cow::Owned(body) => {
            let request = AskedFor::parse(surface, &body).ok()?;
            Some((body.into(), request))
        }
    };
    Some(Changed { body, findings: redaction.findings, placeholders: redaction.placeholders })
}

/// Adds a finding to those that are kept with the call: how often each value was met and where, never the
/// value.
pub(crate) fn note(kept: &mut Vec<Hidden>, left_out: &mut u32, finding: &Finding) {
    let digest = HEXLOWER.encode(&finding.digest);
    let full = kept.len() == Findings::EACH_MAX;
    let known =
        kept.iter_mut().find(|hidden| hidden.kind == finding.kind.id() && hidden.digest == digest);
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let span = (place(finding.range.start), place(finding.range.end));
    match known {
        Some(hidden) => {
            hidden.times = hidden.times.saturating_add(1);
            if hidden.spans.len() < Hidden::SPANS_MAX {
                hidden.spans.push(span);
            }
        }
        None if full => *left_out = left_out.saturating_add(1),
        None => {
            let kind = finding.kind.id().to_owned();
            kept.push(Hidden { kind, times: 1, digest, spans: vec![span] });
        }
    }
}

/// `3; kinds=aws_access_key,jwt`.
pub(crate) fn header<'a>(count: usize, kinds: impl Iterator<Item = &'a str>) -> String {
    let kinds: BTreeSet<&str> = kinds.collect();
    let kinds: Vec<&str> = kinds.into_iter().collect();
    format!("{count}; kinds={}", kinds.join(","))
}

/// The key of a tenant's digests: nobody who reads the tables can try out guesses, nor recognise a value
/// at another tenant.
pub(crate) fn digest_key(gateway: &Gateway, tenant: TenantId) -> Option<DigestKey> {
    let pepper = gateway.peppers().first()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(pepper.key.expose_secret()).ok()?;
    mac.update(PURPOSE);
    mac.update(tenant.uuid().as_bytes());
    Some(DigestKey::new(mac.finalize().into_bytes().into()))
}
