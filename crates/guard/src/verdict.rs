//! What a scan says about a text.

use std::ops::Range;

pub use domain::guard::Verdict;

use crate::signature::{Signature, Signatures};

/// Where a signature was seen, and what that weighs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub signature: Signature,
    /// In hundredths; the channel's weight is already in it.
    pub points: u16,
    /// Whether it is ordinary by itself, and counts only beside what is not.
    pub support: bool,
    /// Bytes of the text that was scanned, whatever had to be undone to see it; on character boundaries.
    pub span: Range<usize>,
}

/// The result of one scan.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Report {
    pub verdict: Verdict,
    /// The worst window's sum, in hundredths.
    pub score: u16,
    /// What was seen in that window, the best finding of each signature, by place in the text.
    pub findings: Vec<Finding>,
    /// How much work the scan was, in bytes and words looked at; for tests that bound it.
    pub work: usize,
}

impl Report {
    pub fn signatures(&self) -> Signatures {
        self.findings.iter().map(|finding| finding.signature).collect()
    }
}
