//! What a tenant or a project wants done about injections.

pub use domain::guard::{Channel, Mode};

use crate::signature::{Signature, Signatures};
use crate::verdict::{Report, Verdict};

/// Thresholds are in hundredths, like the points that a report adds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Policy {
    pub mode: Mode,
    pub suspicious_from: u16,
    pub ambiguous_from: u16,
    pub blocked_from: u16,
    /// Signatures that count nothing.
    pub disabled: Signatures,
}

/// A block needs this many signatures, whatever they add up to.
pub const BLOCK_SIGNATURES_MIN: usize = 2;

impl Default for Policy {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            suspicious_from: 50,
            ambiguous_from: 70,
            blocked_from: 90,
            disabled: Signatures::default(),
        }
    }
}

impl Policy {
    pub fn counts(&self, signature: Signature) -> bool {
        !self.disabled.contains(signature)
    }

    /// Whether a call whose text got this report is refused.
    pub fn refuses(&self, report: &Report) -> bool {
        self.mode == Mode::Block && report.verdict == Verdict::Blocked
    }

    /// The verdict on a score that so many signatures add up to. `reported` says that the text is about attacks.
    pub fn verdict(&self, score: u16, signatures: usize, reported: bool) -> Verdict {
        let stacked = signatures >= BLOCK_SIGNATURES_MIN && !reported;
        match score {
            score if score >= self.blocked_from && stacked => Verdict::Blocked,
            score if score >= self.ambiguous_from => Verdict::Ambiguous,
            score if score >= self.suspicious_from => Verdict::Suspicious,
            _ => Verdict::Clean,
        }
    }
}
