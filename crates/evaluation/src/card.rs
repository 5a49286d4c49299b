//! The figures that the console shows of a measurement: a small file that is kept with the source, so that
//! whoever runs the product sees what it was measured to do.

use serde_json::{Value, json};

use crate::rate::Rate;

/// The card of these figures, in the order in which they are given. A share is told in ten-thousandths, with
/// its interval; a figure without rows is left out.
pub fn card(measured_on: &str, figures: &[(String, Rate)]) -> Value {
    let share = |share: f64| (share * 10_000.0).round() as u32;
    let lines: Vec<Value> = figures
        .iter()
        .filter_map(|(id, rate)| {
            let ((low, high), all) = (rate.interval()?, rate.fraction()?);
            Some(json!({
                "id": id, "hits": rate.hits, "of": rate.of,
                "share": share(all), "low": share(low), "high": share(high),
            }))
        })
        .collect();
    json!({ "measured_on": measured_on, "figures": lines })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_without_rows_is_left_out() {
        let figures = [("a".to_owned(), Rate { hits: 81, of: 263 }), ("b".into(), Rate::default())];
        let card = card("2026-01-02", &figures);
        assert_eq!(card["measured_on"], "2026-01-02");
        assert_eq!(
            card["figures"],
            json!([{ "id": "a", "hits": 81, "of": 263, "share": 3_080, "low": 2_553, "high": 3_662 }])
        );
    }
}
