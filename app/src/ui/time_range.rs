//! A range of time: relative ("the last 24 hours") or absolute, in the URL and in a form.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The name of the relative range, in forms and URLs.
pub const RANGE: &str = "range";
/// The name of the absolute start.
pub const FROM: &str = "from";
/// The name of the absolute end.
pub const TO: &str = "to";
/// The word that stands for an absolute range in the choice of ranges.
const CUSTOM: &str = "custom";
/// How a browser's `datetime-local` field writes a moment, which we read as UTC.
const FIELD_FORMATS: [&str; 3] = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%.f"];

/// A range that ends now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Preset {
    /// One hour.
    Hour,
    /// 24 hours: what a list shows unless told otherwise.
    #[default]
    Day,
    /// Seven days.
    Week,
    /// 30 days.
    Month,
}

impl Preset {
    /// Every preset, shortest first.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Week, Self::Month];

    /// The word in URLs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    /// The words that people read, as the end of "in the …".
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Hour => "last hour",
            Self::Day => "last 24 hours",
            Self::Week => "last 7 days",
            Self::Month => "last 30 days",
        }
    }

    const fn span(self) -> TimeDelta {
        match self {
            Self::Hour => TimeDelta::hours(1),
            Self::Day => TimeDelta::hours(24),
            Self::Week => TimeDelta::days(7),
            Self::Month => TimeDelta::days(30),
        }
    }
}

/// What a person asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Range {
    /// Up to now.
    Last(Preset),
    /// Between two moments; without an end, up to now, and without a start, one day long.
    Between {
        /// The first moment inside.
        from: Option<DateTime<Utc>>,
        /// The first moment outside.
        to: Option<DateTime<Utc>>,
    },
}

impl Default for Range {
    fn default() -> Self {
        Self::Last(Preset::default())
    }
}

/// A range at a given moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The first moment inside.
    pub from: DateTime<Utc>,
    /// The first moment outside; `None` for a window that stays open at the end.
    pub to: Option<DateTime<Utc>>,
}

/// Why a range is not looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BadWindow {
    /// It is longer than the limit; `nearest` is not.
    TooLong {
        /// The longest range that ends where the wanted one does.
        nearest: Range,
    },
    /// It ends before it begins.
    Backwards,
}

impl Range {
    /// Reads a range from the three fields of a form or URL. An absolute moment counts only where no
    /// preset is chosen. `None` where something cannot be read.
    #[must_use]
    pub fn read(range: &str, from: &str, to: &str) -> Option<Self> {
        if let Some(preset) = Preset::ALL.into_iter().find(|preset| preset.word() == range) {
            return Some(Self::Last(preset));
        }
        if !matches!(range, "" | CUSTOM) {
            return None;
        }
        match (from.is_empty(), to.is_empty()) {
            (true, true) => Some(Self::default()),
            _ => Some(Self::Between { from: moment(from)?, to: moment(to)? }),
        }
    }

    /// The fields of the URL; none for the default.
    #[must_use]
    pub fn fields(self) -> Vec<(&'static str, String)> {
        match self {
            Self::Last(preset) if preset == Preset::default() => Vec::new(),
            Self::Last(preset) => vec![(RANGE, preset.word().to_owned())],
            Self::Between { from, to } => {
                let field = |name, at: DateTime<Utc>| (name, field_text(at));
                from.map(|at| field(FROM, at))
                    .into_iter()
                    .chain(to.map(|at| field(TO, at)))
                    .collect()
            }
        }
    }

    /// The range at a moment, for a list that looks back at most `days_max` days.
    ///
    /// # Errors
    /// [`BadWindow`] where the range is too long or ends before it begins.
    pub fn window(self, now: DateTime<Utc>, days_max: i64) -> Result<Window, BadWindow> {
        let (from, to) = match self {
            Self::Last(preset) => return Ok(Window { from: now - preset.span(), to: None }),
            Self::Between { from, to } => {
                let end = to.unwrap_or(now);
                let start = from.or_else(|| end.checked_sub_signed(Preset::Day.span()));
                (start.unwrap_or(end), to)
            }
        };
        let end = to.unwrap_or(now);
        if end <= from {
            return Err(BadWindow::Backwards);
        }
        let longest = TimeDelta::try_days(days_max).unwrap_or(TimeDelta::MAX);
        if end.signed_duration_since(from) > longest {
            let nearest = Self::Between { from: end.checked_sub_signed(longest), to: Some(end) };
            return Err(BadWindow::TooLong { nearest });
        }
        Ok(Window { from, to })
    }

    /// The words that people read, as the end of a sentence about a list.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Last(preset) => format!("in the {}", preset.label()),
            Self::Between { from: Some(from), to: Some(to) } => {
                format!("from {} to {}", minute(from), minute(to))
            }
            Self::Between { from: Some(from), to: None } => format!("since {}", minute(from)),
            Self::Between { from: None, to: Some(to) } => {
                format!("in the day before {}", minute(to))
            }
            Self::Between { from: None, to: None } => format!("in the {}", Preset::Day.label()),
        }
    }
}

/// The choice of a range, as fields of a form that works without scripts: the two absolute fields
/// appear, by a style rule, when "Custom" is chosen.
#[component]
pub fn TimeRange(
    /// What is chosen.
    #[prop(into)]
    range: Signal<Range>,
    /// How far back the list can look, in days.
    days_max: i64,
) -> impl IntoView {
    let is = move |preset| range.get() == Range::Last(preset);
    let custom = move || matches!(range.get(), Range::Between { .. });
    let from = move || bound(range.get(), |from, _| from);
    let to = move || bound(range.get(), |_, to| to);
    view! {
        <div class="time-range">
            <label class="filter-field">
                <span class="filter-label">"Time"</span>
                <span class="select"><select name=RANGE class="input">
                    {Preset::ALL
                        .into_iter()
                        .map(|preset| {
                            view! {
                                <option
                                    value=preset.word()
                                    selected=move || is(preset)
                                    prop:selected=move || is(preset)
                                >
                                    {capital(preset.label())}
                                </option>
                            }
                        })
                        .collect_view()}
                    <option value=CUSTOM selected=custom prop:selected=custom>
                        "Custom…"
                    </option>
                </select></span>
            </label>
            <fieldset class="time-range-custom">
                <legend class="sr-only">"Custom range, in UTC"</legend>
                <label class="filter-field">
                    <span class="filter-label">"From (UTC)"</span>
                    <input type="datetime-local" name=FROM class="input" value=from prop:value=from />
                </label>
                <label class="filter-field">
                    <span class="filter-label">"To (UTC)"</span>
                    <input type="datetime-local" name=TO class="input" value=to prop:value=to />
                </label>
                <p class="filter-hint">{format!("At most {days_max} days.")}</p>
            </fieldset>
        </div>
    }
}

/// Whether a field of the form now says "Custom": the two absolute fields are then still to be filled.
#[must_use]
pub fn is_custom(name: &str, value: &str) -> bool {
    name == RANGE && value == CUSTOM
}

type Bounds = fn(Option<DateTime<Utc>>, Option<DateTime<Utc>>) -> Option<DateTime<Utc>>;

fn bound(range: Range, which: Bounds) -> String {
    match range {
        Range::Last(_) => String::new(),
        Range::Between { from, to } => which(from, to).map(field_text).unwrap_or_default(),
    }
}

/// An empty field is no bound; a field that cannot be read is `None`.
#[expect(clippy::option_option, reason = "unreadable and absent are different answers")]
fn moment(text: &str) -> Option<Option<DateTime<Utc>>> {
    if text.is_empty() {
        return Some(None);
    }
    let naive = FIELD_FORMATS.iter().find_map(|format| {
        NaiveDateTime::parse_from_str(text.trim_end_matches('Z'), format).ok()
    })?;
    Some(Some(naive.and_utc()))
}

fn field_text(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M").to_string()
}

fn minute(at: DateTime<Utc>) -> String {
    at.format("%-d %b %Y, %H:%M UTC").to_string()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_range_survives_the_url() {
        let between = Range::Between {
            from: Some(at("2026-01-01T00:00:00Z")),
            to: Some(at("2026-02-01T12:30:00Z")),
        };
        for range in [between, Range::Last(Preset::Week), Range::default()] {
            let fields = range.fields();
            let field = |name: &str| {
                fields.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone()).unwrap_or_default()
            };
            assert_eq!(Range::read(&field(RANGE), &field(FROM), &field(TO)), Some(range));
        }
    }

    #[test]
    fn what_cannot_be_read_is_no_range() {
        assert_eq!(Range::read("yesterday", "", ""), None);
        assert_eq!(Range::read("custom", "soon", ""), None);
        assert_eq!(Range::read("", "", "2026-13-01T00:00"), None);
    }

    #[test]
    fn a_range_over_the_limit_is_answered_with_the_nearest_one() {
        let now = at("2026-11-01T00:00:00Z");
        let long = Range::Between { from: Some(at("2026-01-01T00:00:00Z")), to: None };
        let Err(BadWindow::TooLong { nearest }) = long.window(now, 92) else {
            panic!("a range of ten months is looked up");
        };
        let window = nearest.window(now, 92).unwrap();
        assert_eq!(window.from, at("2026-08-01T00:00:00Z"));
        assert_eq!(window.to, Some(now));
    }

    #[test]
    fn a_range_that_ends_before_it_begins_is_refused() {
        let now = at("2026-11-01T00:00:00Z");
        let future = Range::Between { from: Some(at("2026-12-01T00:00:00Z")), to: None };
        assert_eq!(future.window(now, 92), Err(BadWindow::Backwards));
    }
}
