//! A line of a few points, as small as a word. It shows a course; the numbers stand beside it as text.

use std::fmt::Write as _;

use leptos::prelude::*;

/// Units of the drawing.
const WIDTH: u64 = 120;
const HEIGHT: u64 = 24;
/// Room for the stroke on every side.
const MARGIN: u64 = 2;

/// The course of some values, `None` where there was none; `summary` says it in words.
#[must_use]
pub fn spark(points: &[Option<u64>], summary: impl Into<String>) -> impl IntoView {
    view! {
        <span class="spark">
            <svg
                class="spark-drawing"
                viewBox=format!("0 0 {WIDTH} {HEIGHT}")
                preserveAspectRatio="none"
                aria-hidden="true"
                focusable="false"
            >
                <path class="spark-ground" d=format!("M0 {0}H{WIDTH}", HEIGHT - 1)></path>
                <path class="spark-line" d=line(points)></path>
            </svg>
            <span class="spark-text">{summary.into()}</span>
        </span>
    }
}

/// The points from left to right, joined where there is no gap. A point alone is a dash.
fn line(points: &[Option<u64>]) -> String {
    let highest = points.iter().flatten().copied().max().unwrap_or(0).max(1);
    let steps = u64::try_from(points.len()).unwrap_or(u64::MAX).saturating_sub(1).max(1);
    let there = |index: Option<usize>| {
        index.and_then(|index| points.get(index)).is_some_and(Option::is_some)
    };
    let mut path = String::new();
    for (index, point) in points.iter().enumerate() {
        let Some(value) = point else { continue };
        let x = MARGIN + index as u64 * (WIDTH - 2 * MARGIN) / steps;
        let tall = u128::from(*value) * u128::from(HEIGHT - 2 * MARGIN) / u128::from(highest);
        let y = HEIGHT - MARGIN - u64::try_from(tall).unwrap_or(0);
        let (before, after) = (there(index.checked_sub(1)), there(index.checked_add(1)));
        // Writing to a String cannot fail.
        let _ = match (before, after) {
            (true, _) => write!(path, "L{x} {y}"),
            (false, true) => write!(path, "M{x} {y}"),
            (false, false) => write!(path, "M{} {y}h{}", x - MARGIN, 2 * MARGIN),
        };
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_inside_the_drawing_and_breaks_where_there_is_nothing() {
        assert_eq!(line(&[]), "");
        assert_eq!(line(&[None, None]), "");
        assert_eq!(line(&[Some(7)]), "M0 2h4");
        assert_eq!(line(&[Some(0), Some(10), None, Some(5)]), "M2 22L40 2M116 12h4");
        assert_eq!(line(&[Some(0), Some(u64::MAX)]), "M2 22L118 2");
    }
}
