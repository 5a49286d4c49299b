//! A bar per day: how much of it something was up. What was down is told by its height and by the words
//! beside it, not by its colour alone.

use leptos::prelude::*;

/// Units of the drawing: one bar with its gap, and the height of a whole day.
const STEP: u64 = 4;
const BAR: u64 = 3;
const HEIGHT: u64 = 24;
/// The least that is drawn of a day that was down, so that a minute can be seen.
const DOWN_MIN: u64 = 5;
/// The height of a day of which nothing is known.
const UNKNOWN: u64 = 3;

/// A day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UptimeBar {
    /// What is said where a pointer rests on it.
    pub title: String,
    /// How much of the day is known, in seconds.
    pub known_s: u32,
    /// For how much of that it was down, in seconds.
    pub down_s: u32,
}

/// The days from left to right; `summary` says them in words.
#[must_use]
pub fn uptime(days: Vec<UptimeBar>, summary: impl Into<String>) -> impl IntoView {
    let width = STEP * u64::try_from(days.len()).unwrap_or(0).max(1);
    let bars = (0_u64..).zip(days).map(|(index, day)| bar(index * STEP, day)).collect_view();
    view! {
        <span class="uptime">
            <svg
                class="uptime-drawing"
                viewBox=format!("0 0 {width} {HEIGHT}")
                preserveAspectRatio="none"
                aria-hidden="true"
                focusable="false"
            >
                {bars}
            </svg>
            <span class="uptime-text">{summary.into()}</span>
        </span>
    }
}

fn bar(x: u64, day: UptimeBar) -> impl IntoView {
    let (up, down) = heights(day.known_s, day.down_s);
    let class = if day.known_s == 0 { "uptime-unknown" } else { "uptime-up" };
    view! {
        <g>
            <title>{day.title}</title>
            <rect class=class x=x y=HEIGHT - up width=BAR height=up></rect>
            {(down > 0)
                .then(|| view! { <rect class="uptime-down" x=x y="0" width=BAR height=down></rect> })}
        </g>
    }
}

/// How tall a day stands, and how much of that, from the top, was down.
fn heights(known_s: u32, down_s: u32) -> (u64, u64) {
    match (known_s, down_s) {
        (0, _) => (UNKNOWN, 0),
        (_, 0) => (HEIGHT, 0),
        (known, down) => {
            let part = u64::from(down) * HEIGHT / u64::from(known);
            (HEIGHT, part.clamp(DOWN_MIN, HEIGHT))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_down_is_seen_and_an_unknown_day_is_not_taken_for_a_good_one() {
        assert_eq!(heights(86_400, 0), (HEIGHT, 0));
        assert_eq!(heights(86_400, 60), (HEIGHT, DOWN_MIN));
        assert_eq!(heights(86_400, 43_200), (HEIGHT, HEIGHT / 2));
        assert_eq!(heights(60, 60), (HEIGHT, HEIGHT));
        assert_eq!(heights(0, 0), (UNKNOWN, 0));
    }
}
