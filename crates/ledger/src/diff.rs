//! What a new catalogue changes, and which changes are too large to believe unasked.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;

use crate::catalogue::{Catalogue, Row};

/// A rate that changes by more than this factor, either way, needs a person's consent.
pub const FACTOR_MAX: i64 = 2;

/// One difference between two catalogues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whose model.
    pub provider: String,
    /// Which model.
    pub model: String,
    /// The first day of the price.
    pub effective_from: NaiveDate,
    /// What is different.
    pub what: What,
}

/// What is different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A model or price that was not there.
    Added,
    /// A price that is no longer there.
    Removed,
    /// Names, dates or sources changed, and no rate.
    Described,
    /// Rates changed, against the price that held on that day before.
    Repriced(Vec<Shift>),
}

/// One rate that changed, in nano-USD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Which: `input`, `output above 200000`, …
    pub component: String,
    /// Before.
    pub old: i64,
    /// After.
    pub new: i64,
}

impl Change {
    /// Whether a rate changes by more than [`FACTOR_MAX`], to nothing or from nothing.
    #[must_use]
    pub fn is_large(&self) -> bool {
        matches!(&self.what, What::Repriced(shifts) if shifts.iter().any(Shift::is_large))
    }
}

impl Shift {
    /// Whether it changes by more than [`FACTOR_MAX`], to nothing or from nothing.
    #[must_use]
    pub fn is_large(&self) -> bool {
        let (low, high) = (self.old.min(self.new), self.old.max(self.new));
        i128::from(high) > i128::from(low) * i128::from(FACTOR_MAX)
    }
}

/// Everything that is different, in the order of the rows, removals last. A price with a new date is
/// compared with the one that held on that day before, so that no change escapes by being new.
#[must_use]
pub fn diff(old: &Catalogue, new: &Catalogue) -> Vec<Change> {
    let mut models: BTreeMap<(&str, &str), Vec<&Row>> = BTreeMap::new();
    for row in &old.rows {
        models.entry((&row.provider, &row.model)).or_default().push(row);
    }
    let before = |row: &Row| {
        let rows = models.get(&(row.provider.as_str(), row.model.as_str()))?;
        let held = rows.iter().rev().find(|before| before.effective_from <= row.effective_from);
        held.or(rows.first()).copied()
    };
    let mut changes: Vec<Change> = new
        .rows
        .iter()
        .filter_map(|row| {
            let what = match before(row) {
                None => What::Added,
                Some(before) if before == row => return None,
                Some(before) => match shifts(before, row) {
                    shifts if !shifts.is_empty() => What::Repriced(shifts),
                    _ if before.key() == row.key() => What::Described,
                    _ => What::Added,
                },
            };
            Some(change(row, what))
        })
        .collect();
    let kept: BTreeMap<_, _> = new.rows.iter().map(|row| (row.key(), ())).collect();
    let removed = old.rows.iter().filter(|row| !kept.contains_key(&row.key()));
    changes.extend(removed.map(|row| change(row, What::Removed)));
    changes
}

fn change(row: &Row, what: What) -> Change {
    Change {
        provider: row.provider.clone(),
        model: row.model.clone(),
        effective_from: row.effective_from,
        what,
    }
}

/// The rates that differ, at the base and at every threshold that either row knows.
fn shifts(old: &Row, new: &Row) -> Vec<Shift> {
    let (was, is) = (old.tariff(), new.tariff());
    let mut shifts = vec![("per_request".into(), was.per_request_nano, is.per_request_nano)];
    let mut thresholds: Vec<u64> =
        was.tiers.iter().chain(&is.tiers).map(|tier| tier.above_input_tokens).collect();
    thresholds.sort_unstable();
    thresholds.dedup();
    let spots = std::iter::once((0, String::new()))
        .chain(thresholds.into_iter().map(|at| (at.saturating_add(1), format!(" above {at}"))));
    for (input_total, label) in spots {
        let (before, after) = (was.rates_at(input_total), is.rates_at(input_total));
        let pairs = before.components().into_iter().zip(after.components());
        // Against what was charged where there was no price for it.
        let hours = (before.cache_write_1h_or_less(), after.cache_write_1h_or_less());
        if before.cache_write_1h.is_some() || after.cache_write_1h.is_some() {
            shifts.push((format!("cache_write_1h{label}"), hours.0, hours.1));
        }
        shifts.extend(pairs.map(|((name, old), (_, new))| (format!("{name}{label}"), old, new)));
    }
    shifts
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .map(|(component, old, new)| Shift { component, old, new })
        .collect()
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { provider, model, effective_from, what } = self;
        match what {
            What::Added => write!(f, "+ {provider}/{model} from {effective_from}"),
            What::Removed => write!(f, "- {provider}/{model} from {effective_from}"),
            What::Described => {
                write!(f, "~ {provider}/{model} from {effective_from}: names, dates or source")
            }
            What::Repriced(shifts) => {
                write!(f, "~ {provider}/{model} from {effective_from}:")?;
                for (index, shift) in shifts.iter().enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    let mark = if shift.is_large() { " (!)" } else { "" };
                    write!(f, "{comma} {} {} → {}{mark}", shift.component, shift.old, shift.new)?;
                }
                Ok(())
            }
        }
    }
}
