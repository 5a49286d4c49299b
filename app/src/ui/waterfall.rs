//! Where the time of a call went: one row per step, as a drawing and in numbers at once. The table is
//! the drawing's own text, so nothing is lost to those who cannot see the bars.

use leptos::prelude::*;

use crate::ui::number::duration_text;

/// Units of the drawing's width; the browser stretches it to the column.
const WIDTH: u64 = 1000;
/// Narrowest bar, in the same units, so that the shortest step can still be seen.
const WIDTH_MIN: u64 = 4;

/// The id of the pattern that bars of waiting are filled with.
const HATCH: &str = "waiting";

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Its name.
    pub name: String,
    /// From the beginning, in microseconds.
    pub start_us: u64,
    /// Its length in microseconds.
    pub length_us: u64,
    /// Whether we only wait for another here: drawn hatched.
    pub waiting: bool,
}

/// The steps of something, one below the other.
#[component]
pub fn Waterfall(
    /// What the steps are of.
    #[prop(into)]
    caption: String,
    /// The steps, in order.
    bars: Vec<Bar>,
    /// The whole, in microseconds.
    total_us: u64,
) -> impl IntoView {
    let rows = bars.into_iter().map(|bar| row(bar, total_us)).collect_view();
    view! {
        {hatch()}
        <table class="waterfall">
            <caption class="sr-only">{caption}</caption>
            <thead>
                <tr>
                    <th scope="col">"Step"</th>
                    <th scope="col" class="waterfall-wide">
                        <span class="sr-only">"Drawing"</span>
                    </th>
                    <th scope="col" class="num">"Starts at"</th>
                    <th scope="col" class="num">"Takes"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
            <tfoot>
                <tr>
                    <th scope="row">"Total"</th>
                    <td></td>
                    <td></td>
                    <td class="num">{duration_text(total_us)}</td>
                </tr>
            </tfoot>
        </table>
    }
}

fn row(bar: Bar, total_us: u64) -> impl IntoView {
    let (x, width) = place(bar.start_us, bar.length_us, total_us);
    let class = if bar.waiting { "" } else { "waterfall-bar" };
    let hatched = bar.waiting.then(|| format!("url(#{HATCH})"));
    let note = bar.waiting.then_some(" (waiting for the provider)");
    view! {
        <tr>
            <th scope="row">{bar.name}<span class="sr-only">{note}</span></th>
            <td class="waterfall-wide">
                <svg
                    class="waterfall-drawing"
                    viewBox=format!("0 0 {WIDTH} 10")
                    preserveAspectRatio="none"
                    aria-hidden="true"
                    focusable="false"
                >
                    <rect class=class fill=hatched x=x y="1" width=width height="8" />
                </svg>
            </td>
            <td class="num dim">{duration_text(bar.start_us)}</td>
            <td class="num">{duration_text(bar.length_us)}</td>
        </tr>
    }
}

/// The pattern of waiting, defined once for all bars of the page.
fn hatch() -> impl IntoView {
    view! {
        <svg class="absolute size-0" aria-hidden="true" focusable="false">
            <defs>
                <pattern id=HATCH width="14" height="10" patternUnits="userSpaceOnUse">
                    <rect class="fill-line" width="14" height="10" />
                    <path class="stroke-dim" stroke-width="3" d="M0 10 14 0" />
                </pattern>
            </defs>
        </svg>
    }
}

/// Where a bar stands and how wide it is; always inside the drawing.
fn place(start_us: u64, length_us: u64, total_us: u64) -> (u64, u64) {
    let units = |us: u64| {
        let scaled = u128::from(us) * u128::from(WIDTH) / u128::from(total_us.max(1));
        u64::try_from(scaled).unwrap_or(WIDTH).min(WIDTH)
    };
    let width = units(length_us).max(WIDTH_MIN);
    (units(start_us).min(WIDTH - WIDTH_MIN), width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stay_inside_the_drawing() {
        assert_eq!(place(0, 50, 100), (0, 500));
        assert_eq!(place(50, 50, 100), (500, 500));
        assert_eq!(place(100, 0, 100), (WIDTH - WIDTH_MIN, WIDTH_MIN));
        assert_eq!(place(u64::MAX, u64::MAX, 1), (WIDTH - WIDTH_MIN, WIDTH));
        assert_eq!(place(0, 0, 0), (0, WIDTH_MIN));
    }
}
