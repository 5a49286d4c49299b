//! The parts of a call's latency, from the marks that the gateway left.

use contract::call::Step;

/// Moments since the first byte of the request, in microseconds; `None` where the call did not get so
/// far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Marks {
    /// The key was known.
    pub authenticated: Option<u64>,
    /// The target was chosen.
    pub routed: Option<u64>,
    /// The hold was durable.
    pub admitted: Option<u64>,
    /// The answer's first byte came.
    pub first_byte: Option<u64>,
    /// The answer's last byte came.
    pub upstream_done: Option<u64>,
    /// The last byte was sent.
    pub total: u64,
}

/// The parts in order. They leave no gap, do not overlap, and add up to the total: a mark that is
/// missing, or out of order since a clock was read twice, gives its time to the part that follows.
pub(crate) fn steps(marks: &Marks) -> Vec<Step> {
    let named = [
        ("authenticate", marks.authenticated, false),
        ("route", marks.routed, false),
        ("admit", marks.admitted, false),
        ("send", marks.first_byte, true),
        ("stream", marks.upstream_done, true),
        ("finish", Some(marks.total), false),
    ];
    let mut at = 0;
    let mut steps = Vec::with_capacity(named.len());
    for (name, mark, upstream) in named {
        let Some(mark) = mark else { continue };
        let end = mark.clamp(at, marks.total.max(at));
        steps.push(Step { name: name.into(), start_us: at, length_us: end - at, upstream });
        at = end;
    }
    steps
}

/// Our own part: everything but the waits for the provider. `None` where none was asked.
pub(crate) fn overhead_us(marks: &Marks) -> Option<u64> {
    let parts = steps(marks);
    parts
        .iter()
        .any(|step| step.upstream)
        .then(|| parts.iter().filter(|step| !step.upstream).map(|step| step.length_us).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks() -> Marks {
        Marks {
            authenticated: Some(100),
            routed: Some(150),
            admitted: Some(2_000),
            first_byte: Some(300_000),
            upstream_done: Some(900_000),
            total: 900_500,
        }
    }

    fn lengths(marks: &Marks) -> Vec<(String, u64)> {
        steps(marks).into_iter().map(|step| (step.name, step.length_us)).collect()
    }

    #[test]
    fn the_parts_add_up_to_the_total() {
        let parts = steps(&marks());
        assert_eq!(parts.iter().map(|step| step.length_us).sum::<u64>(), 900_500);
        for pair in parts.windows(2) {
            assert_eq!(pair[0].start_us + pair[0].length_us, pair[1].start_us);
        }
        assert_eq!(overhead_us(&marks()), Some(2_500));
    }

    #[test]
    fn a_refused_call_has_only_the_parts_it_came_to() {
        let refused = Marks { authenticated: Some(80), total: 120, ..Marks::default() };
        assert_eq!(lengths(&refused), [("authenticate".into(), 80), ("finish".into(), 40)]);
        assert_eq!(overhead_us(&refused), None);
    }

    #[test]
    fn marks_out_of_order_neither_overlap_nor_exceed_the_total() {
        let odd = Marks { routed: Some(50), first_byte: Some(2_000_000), ..marks() };
        let parts = steps(&odd);
        assert_eq!(parts.iter().map(|step| step.length_us).sum::<u64>(), odd.total);
        assert_eq!(parts[1].length_us, 0);
    }
}
