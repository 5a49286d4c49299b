//! The parts of a call's latency, from the moments that the gateway wrote down.

use contract::call::Step;
use domain::steps::Steps;

/// The parts in order. They leave no gap, do not overlap, and add up to the total: a moment that is
/// missing, or out of order since a clock was read twice, gives its time to the part that follows.
pub(crate) fn steps(steps: &Steps, total_us: u64) -> Vec<Step> {
    let named = [
        ("authenticate", steps.authenticated_us, false),
        ("read", steps.asked_us, false),
        ("guard", steps.screened_us, false),
        ("redact", steps.redacted_us, false),
        ("route", steps.routed_us, false),
        ("admit", steps.admitted_us, false),
        ("send", steps.first_byte_us, true),
        ("stream", steps.upstream_done_us, true),
        ("finish", Some(total_us), false),
    ];
    let mut at = 0;
    let mut parts = Vec::with_capacity(named.len());
    for (name, end, upstream) in named {
        let Some(end) = end else { continue };
        let end = end.clamp(at, total_us.max(at));
        parts.push(Step { name: name.into(), start_us: at, length_us: end - at, upstream });
        at = end;
    }
    parts
}

/// Our own part: everything but the waits for the provider, and what masking took while its answer came.
/// `None` where none was asked.
pub(crate) fn overhead_us(of: &Steps, total_us: u64) -> Option<u64> {
    let parts = steps(of, total_us);
    let ours = |upstream: bool| {
        parts
            .iter()
            .filter(|step| step.upstream == upstream)
            .map(|step| step.length_us)
            .sum::<u64>()
    };
    let masking = of.masking_us.unwrap_or(0).min(ours(true));
    parts.iter().any(|step| step.upstream).then(|| ours(false) + masking)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOTAL_US: u64 = 900_500;

    fn moments() -> Steps {
        Steps {
            authenticated_us: Some(100),
            asked_us: Some(120),
            screened_us: Some(135),
            redacted_us: Some(140),
            routed_us: Some(150),
            admitted_us: Some(2_000),
            first_byte_us: Some(300_000),
            upstream_done_us: Some(900_000),
            masking_us: None,
        }
    }

    #[test]
    fn the_parts_add_up_to_the_total() {
        let parts = steps(&moments(), TOTAL_US);
        assert_eq!(parts.iter().map(|step| step.length_us).sum::<u64>(), TOTAL_US);
        for pair in parts.windows(2) {
            assert_eq!(pair[0].start_us + pair[0].length_us, pair[1].start_us);
        }
        assert_eq!(overhead_us(&moments(), TOTAL_US), Some(2_500));
    }

    #[test]
    fn masking_is_our_part_of_the_time_in_which_the_answer_came() {
        let masked = Steps { masking_us: Some(700), ..moments() };
        assert_eq!(overhead_us(&masked, TOTAL_US), Some(3_200));
        assert_eq!(steps(&masked, TOTAL_US), steps(&moments(), TOTAL_US));
    }

    #[test]
    fn a_refused_call_has_only_the_parts_it_came_to() {
        let refused = Steps { authenticated_us: Some(80), ..Steps::default() };
        let parts: Vec<_> =
            steps(&refused, 120).into_iter().map(|step| (step.name, step.length_us)).collect();
        assert_eq!(parts, [("authenticate".into(), 80), ("finish".into(), 40)]);
        assert_eq!(overhead_us(&refused, 120), None);
    }

    #[test]
    fn moments_out_of_order_neither_overlap_nor_exceed_the_total() {
        let odd = Steps { routed_us: Some(50), first_byte_us: Some(2_000_000), ..moments() };
        let parts = steps(&odd, TOTAL_US);
        assert_eq!(parts.iter().map(|step| step.length_us).sum::<u64>(), TOTAL_US);
        assert_eq!(parts[4].length_us, 0);
    }
}
