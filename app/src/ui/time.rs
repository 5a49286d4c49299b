//! Points in time: UTC from the server, the reader's own zone once the browser has taken over, and
//! UTC always in the title. Written by hand, since a date library would double the page's size.

use chrono::{DateTime, Datelike, Timelike, Utc};
use leptos::prelude::*;

use crate::ui::clock::Clock;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// How much of a time is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// `23 Nov 18:15:04`.
    #[default]
    Second,
    /// `23 Nov 2026, 18:15:04.123`.
    Full,
    /// `23 Nov 2026`.
    Day,
    /// `3 min ago`, `in 14 days`; a day until the browser has taken over.
    Relative,
}

/// Parts of a time in some zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Parts {
    year: i32,
    /// From 1.
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    milli: u32,
}

/// A point in time, cheap enough for every row. `clock` is [`Clock::here`], read once per list.
#[must_use]
pub fn time(clock: Clock, at: DateTime<Utc>, shown: Shown) -> impl IntoView {
    let title = utc(at);
    let text = move || match (shown, clock.now_ms()) {
        (Shown::Relative, Some(now)) => relative(at.timestamp_millis() - now),
        (Shown::Relative, None) => format_parts(utc_parts(at), Shown::Day),
        (shown, Some(_)) => format_parts(local_parts(at), shown),
        (Shown::Day, None) => format_parts(utc_parts(at), Shown::Day),
        (shown, None) => format!("{} UTC", format_parts(utc_parts(at), shown)),
    };
    view! { <time class="num" datetime=rfc3339(at) title=title>{text}</time> }
}

/// `2026-11-23T18:15:04.123Z` (RFC 3339).
#[must_use]
pub fn rfc3339(at: DateTime<Utc>) -> String {
    let p = utc_parts(at);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        p.year, p.month, p.day, p.hour, p.minute, p.second, p.milli
    )
}

/// `2026-11-23 18:15:04.123 UTC`: for titles and for text that is the same everywhere.
#[must_use]
pub fn utc(at: DateTime<Utc>) -> String {
    rfc3339(at).replace('T', " ").replace('Z', " UTC")
}

fn format_parts(p: Parts, shown: Shown) -> String {
    let month = MONTHS[(p.month.clamp(1, 12) - 1) as usize];
    match shown {
        Shown::Second => {
            format!("{} {month} {:02}:{:02}:{:02}", p.day, p.hour, p.minute, p.second)
        }
        Shown::Full => format!(
            "{} {month} {}, {:02}:{:02}:{:02}.{:03}",
            p.day, p.year, p.hour, p.minute, p.second, p.milli
        ),
        Shown::Day | Shown::Relative => format!("{} {month} {}", p.day, p.year),
    }
}

/// How far away, in words: negative milliseconds are the past.
fn relative(ms: i64) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let seconds = ms.unsigned_abs() / 1000;
    let (count, unit) = match seconds {
        0..45 => return if ms > 0 { "in a moment".into() } else { "just now".into() },
        45..90 => (1, "min"),
        90..HOUR => (seconds / MINUTE, "min"),
        HOUR..DAY => (seconds / HOUR, "h"),
        DAY..172_800 => (1, "day"),
        _ => (seconds / DAY, "days"),
    };
    if ms > 0 { format!("in {count} {unit}") } else { format!("{count} {unit} ago") }
}

fn utc_parts(at: DateTime<Utc>) -> Parts {
    Parts {
        year: at.year(),
        month: at.month(),
        day: at.day(),
        hour: at.hour(),
        minute: at.minute(),
        second: at.second(),
        milli: at.timestamp_subsec_millis(),
    }
}

/// Only reached once the browser has taken over: [`Clock::now_ms`] is `None` on the server.
fn local_parts(at: DateTime<Utc>) -> Parts {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are exact in an f64")]
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at.timestamp_millis() as f64));
    Parts {
        year: date.get_full_year().cast_signed(),
        month: date.get_month() + 1,
        day: date.get_date(),
        hour: date.get_hours(),
        minute: date.get_minutes(),
        second: date.get_seconds(),
        milli: date.get_milliseconds(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(ms).unwrap()
    }

    #[test]
    fn times_read_the_same_on_the_server_and_in_exports() {
        let at = at(1_795_457_704_123);
        assert_eq!(rfc3339(at), "2026-11-23T18:15:04.123Z");
        assert_eq!(utc(at), "2026-11-23 18:15:04.123 UTC");
        assert_eq!(format_parts(utc_parts(at), Shown::Second), "23 Nov 18:15:04");
        assert_eq!(format_parts(utc_parts(at), Shown::Day), "23 Nov 2026");
    }

    #[test]
    fn distances_in_time_are_words() {
        for (ms, words) in [
            (0, "just now"),
            (-44_999, "just now"),
            (-45_000, "1 min ago"),
            (-3_599_000, "59 min ago"),
            (-3_600_000, "1 h ago"),
            (-86_400_000, "1 day ago"),
            (1_209_600_000, "in 14 days"),
        ] {
            assert_eq!(relative(ms), words, "{ms}");
        }
    }
}
