//! The compute decision: which targets were weighed for a call, why each was taken or not, and what was
//! tried. It is written down with the call.

use std::time::Duration;

use domain::provider::Strategy;
use serde::Serialize;

use crate::snapshot::Target;

/// Most candidates and attempts that are written down of one call.
const ROWS_MAX: usize = 24;

/// The decision as it grows.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Decision {
    strategy: &'static str,
    candidates: Vec<Candidate>,
    attempts: Vec<Attempt>,
}

#[derive(Clone, Debug, Serialize)]
struct Candidate {
    provider: String,
    model: String,
    verdict: Verdict,
    why: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    /// It was called.
    Taken,
    /// It could not be called.
    Skipped,
    /// Another answered first.
    NotNeeded,
}

/// One try at a target.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Attempt {
    pub(crate) provider: String,
    pub(crate) model: String,
    pub(crate) status: Option<u16>,
    pub(crate) outcome: String,
    /// The pause before it, in milliseconds.
    pub(crate) wait_ms: u64,
    pub(crate) took_ms: u64,
}

impl Decision {
    pub(crate) const fn new(strategy: Strategy) -> Self {
        Self { strategy: strategy.as_str(), candidates: Vec::new(), attempts: Vec::new() }
    }

    /// A target that cannot serve this call.
    pub(crate) fn skip(&mut self, target: &Target, why: impl Into<String>) {
        let (provider, model) = (&target.provider.slug, &target.upstream_model);
        self.consider(provider, model, Verdict::Skipped, why.into());
    }

    /// A target that can serve it.
    pub(crate) fn offer(&mut self, target: &Target, why: impl Into<String>) {
        let (provider, model) = (&target.provider.slug, &target.upstream_model);
        self.consider(provider, model, Verdict::NotNeeded, why.into());
    }

    /// A target that was left out while the rules were read.
    pub(crate) fn leave_out(&mut self, provider: &str, model: &str, why: &str) {
        self.consider(provider, model, Verdict::Skipped, why.to_owned());
    }

    /// A target that was offered and then found to be blocked.
    pub(crate) fn withdraw(&mut self, target: &Target, why: &str) {
        if let Some(candidate) = self.find(target) {
            candidate.verdict = Verdict::Skipped;
            candidate.why = why.to_owned();
        }
    }

    /// An attempt that is over.
    pub(crate) fn tried(
        &mut self,
        target: &Target,
        status: Option<u16>,
        outcome: &str,
        wait: Duration,
        took: Duration,
    ) {
        if let Some(candidate) = self.find(target) {
            candidate.verdict = Verdict::Taken;
        }
        if self.attempts.len() < ROWS_MAX {
            self.attempts.push(Attempt {
                provider: target.provider.slug.clone(),
                model: target.upstream_model.clone(),
                status,
                outcome: outcome.to_owned(),
                wait_ms: millis(wait),
                took_ms: millis(took),
            });
        }
    }

    fn consider(&mut self, provider: &str, model: &str, verdict: Verdict, why: String) {
        if self.candidates.len() < ROWS_MAX {
            let (provider, model) = (provider.to_owned(), model.to_owned());
            self.candidates.push(Candidate { provider, model, verdict, why });
        }
    }

    fn find(&mut self, target: &Target) -> Option<&mut Candidate> {
        self.candidates.iter_mut().find(|candidate| {
            candidate.provider == target.provider.slug && candidate.model == target.upstream_model
        })
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
