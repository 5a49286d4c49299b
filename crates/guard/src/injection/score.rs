//! How findings add up: within a window, the best of each signature.

use std::ops::Range;

use super::weights::{HIDDEN_POINTS_MIN, HIDDEN_SUPPORT_MIN};
use crate::signature::Signatures;
use crate::verdict::Finding;

/// Bytes of one step of the window, which is two steps wide: what lies further apart is no one attack.
pub const STEP_BYTES: usize = 1_000;
/// Points that a window of nothing but ordinary findings loses.
const ORDINARY_POINTS: u16 = 20;
/// For each of the 19 signatures, the best finding that counts by itself and the best that only supports.
const SLOTS: usize = 2 * 19;

type Slots = [Option<Finding>; SLOTS];

/// The findings of one text that can matter, by the step that they begin in.
#[derive(Default)]
pub struct Score {
    steps: Vec<Option<Box<Slots>>>,
}

impl Score {
    pub fn add(&mut self, finding: Finding) {
        let at = finding.span.start / STEP_BYTES;
        if self.steps.len() <= at {
            self.steps.resize_with(at + 1, || None);
        }
        let step = &mut self.steps[at];
        let slots = step.get_or_insert_with(|| Box::new([const { None }; SLOTS]));
        let slot = &mut slots[slot(&finding)];
        if slot.as_ref().is_none_or(|known| known.points < finding.points) {
            *slot = Some(finding);
        }
    }

    /// The largest sum of a window, and what it is the sum of, by place. A window in which all is ordinary by itself
    /// loses [`ORDINARY_POINTS`].
    pub fn worst(&self) -> (u16, Vec<Finding>) {
        let mut worst = (0, Vec::new());
        for (index, step) in self.steps.iter().enumerate() {
            let Some(step) = step else { continue };
            let next = self.steps.get(index + 1).and_then(Option::as_ref);
            let window = [Some(&**step), next.map(|next| &**next)];
            let anchored = window
                .iter()
                .flatten()
                .any(|slots| slots.iter().flatten().any(|finding| !finding.support));
            let found = best(window);
            let sum: u16 = found.iter().map(|finding| finding.points).sum();
            // What is ordinary by itself has to come together in numbers.
            let sum = if anchored { sum } else { sum.saturating_sub(ORDINARY_POINTS) };
            if sum > worst.0 {
                worst = (sum, found.into_iter().cloned().collect());
            }
        }
        worst.1.sort_by_key(|finding| finding.span.start);
        worst
    }
}

fn slot(finding: &Finding) -> usize {
    finding.signature as usize * 2 + usize::from(finding.support)
}

/// The best finding of each signature in a window.
fn best(window: [Option<&Slots>; 2]) -> Vec<&Finding> {
    (0..SLOTS / 2)
        .filter_map(|signature| {
            let slots = window
                .into_iter()
                .flatten()
                .flat_map(|slots| &slots[signature * 2..signature * 2 + 2]);
            slots.flatten().max_by_key(|finding| (finding.points, !finding.support))
        })
        .collect()
}

/// What was found in one hidden layer: whether it was worth hiding.
#[derive(Default)]
pub struct Hidden {
    best: Option<(u16, Range<usize>)>,
    seen: Signatures,
}

impl Hidden {
    pub fn add(&mut self, finding: &Finding) {
        // Ordinary things are worth hiding if they weigh something, or come together.
        let alone = self.seen.is_empty() || self.seen.contains(finding.signature);
        let ordinary = finding.support && alone && finding.points < HIDDEN_SUPPORT_MIN;
        self.seen = self.seen.with(finding.signature);
        if !ordinary && self.best.as_ref().is_none_or(|(points, _)| *points < finding.points) {
            self.best = Some((finding.points, finding.span.clone()));
        }
    }

    /// Where the worst of it stood, if that is bad enough.
    pub fn worth(self) -> Option<Range<usize>> {
        self.best.filter(|(points, _)| *points >= HIDDEN_POINTS_MIN).map(|(_, span)| span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::Signature;

    fn finding(signature: Signature, points: u16, support: bool, at: usize) -> Finding {
        Finding { signature, points, support, span: at..at + 10 }
    }

    #[test]
    fn what_is_near_adds_up_and_what_is_far_does_not() {
        let mut score = Score::default();
        score.add(finding(Signature::InstructionOverride, 60, false, 100));
        score.add(finding(Signature::InstructionOverride, 40, false, 200));
        score.add(finding(Signature::PrefixInjection, 20, true, 1_500));
        score.add(finding(Signature::Coercion, 90, true, 5_000));
        let (points, found) = score.worst();
        assert_eq!(points, 80);
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn ordinary_findings_alone_weigh_less() {
        let mut score = Score::default();
        score.add(finding(Signature::Coercion, 30, true, 0));
        score.add(finding(Signature::FictionalFraming, 15, true, 0));
        assert_eq!(score.worst().0, 45 - ORDINARY_POINTS);
    }
}
