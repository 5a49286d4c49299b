//! Trying a text out. Nothing of it is kept, logged or counted.

use std::sync::Arc;

use contract::guard::{SeenView, Tried};
use domain::guard::Channel;
use guard::injection::{scan, undone};
use guard::sensitive::DigestKey;
use guard::sensitive::mask::mask;
use guard::sensitive::redact::redact_text;
use guard::sensitive::restore::Writing;
use guard::wishes::Wishes;

/// Longest part of a text that is shown for a signature, in characters.
const SHOWN_CHARS_MAX: usize = 200;

/// What the guard says of a text and would do with it.
pub(super) fn of(text: &str, channel: Channel, wishes: &Wishes) -> Tried {
    let report = scan(text, channel, &wishes.injections);
    let seen = report.findings.iter().map(|finding| SeenView {
        id: finding.signature.id().to_owned(),
        meaning: finding.signature.meaning().to_owned(),
        points: finding.points,
        text: text
            .get(finding.span.clone())
            .unwrap_or_default()
            .chars()
            .take(SHOWN_CHARS_MAX)
            .collect(),
    });
    // Digests of what is found are thrown away with it: any key does.
    let key = Arc::new(DigestKey::new([0; 32]));
    let redacted = match &wishes.secrets {
        None => text.to_owned(),
        Some(policy) => {
            let redaction = redact_text(text.as_bytes(), policy, &key);
            String::from_utf8_lossy(&redaction.body).into_owned()
        }
    };
    let (masked, _) = mask(text, Arc::clone(&wishes.personal), key, Writing::Text);
    Tried {
        verdict: report.verdict,
        score: report.score,
        refused: wishes.injections.refuses(&report),
        seen: seen.collect(),
        undone: undone(text),
        redacted,
        masked,
    }
}
