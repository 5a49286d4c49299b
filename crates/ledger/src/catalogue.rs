//! The price catalogue as a file: one line per price, sorted, so that a change reads as a diff.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use domain::ids::PriceId;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::price::{Price, PriceError, Rates, Tariff, Tier, check_names};

/// The version of the file format.
pub const FORMAT: u32 = 1;
/// The date of a price that has always held.
pub const ALWAYS: NaiveDate = match NaiveDate::from_ymd_opt(1970, 1, 1) {
    Some(date) => date,
    None => NaiveDate::MIN,
};
/// The most rows of one catalogue.
pub const ROWS_MAX: usize = 50_000;

/// A catalogue: where it comes from and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    /// Where it comes from.
    pub header: Header,
    /// The prices, sorted by provider, model and effective date.
    pub rows: Vec<Row>,
}

/// Where a catalogue comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`FORMAT`].
    pub format: u32,
    /// Whose facts these are, with their licence.
    pub source: String,
    /// The state of the source.
    pub state: NaiveDate,
    /// SHA-256 of the file imported, in hex; absent where the catalogue was written by hand.
    pub sha256: Option<String>,
}

/// One price. Rates are in nano-USD per million tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Whose model.
    pub provider: String,
    /// Which model, by the provider's name.
    pub model: String,
    /// Other names that mean exactly this model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub equals: Vec<String>,
    /// Names that mean this model when a date or version mark follows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub starts_with: Vec<String>,
    /// The first day of the price, from midnight UTC.
    pub effective_from: NaiveDate,
    /// The day, from midnight UTC, on which it no longer holds.
    pub effective_to: Option<NaiveDate>,
    /// Input tokens.
    pub input: i64,
    /// Input tokens read from the cache.
    pub cached_input: i64,
    /// Input tokens written to the cache.
    pub cache_write: i64,
    /// Input tokens written to the cache for an hour; absent where there is no price for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write_1h: Option<i64>,
    /// Output tokens.
    pub output: i64,
    /// A fee per request, in nano-USD.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub per_request: i64,
    /// Rates for long calls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<Tier>,
    /// Whose fact this is.
    pub source: String,
}

/// Why a catalogue is refused.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The file is not JSON of this shape.
    #[error("the catalogue cannot be read: {0}")]
    Unreadable(#[source] serde_json::Error),
    /// The file has another format.
    #[error("the catalogue has format {0}, not {FORMAT}")]
    Format(u32),
    /// The file has too many rows.
    #[error("the catalogue has more than {ROWS_MAX} prices")]
    TooLong,
    /// A row is wrong.
    #[error("price {index} ({name}): {reason}")]
    Row {
        /// Its place in `prices`, from 0.
        index: usize,
        /// Provider and model, as far as they can be read.
        name: String,
        /// What is wrong with it.
        reason: RowError,
    },
}

/// What is wrong with a row.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// It is not JSON of this shape.
    #[error("{0}")]
    Unreadable(#[source] serde_json::Error),
    /// It is out of bounds.
    #[error("{0}")]
    Price(#[from] PriceError),
    /// It ends before it begins.
    #[error("it ends before it begins")]
    Period,
    /// It holds while the row before it, for the same model, still holds.
    #[error("it overlaps the price before it")]
    Overlap,
    /// It stands before a row that it should follow.
    #[error("it is out of order, or twice there")]
    Order,
    /// Another model of the provider has this name.
    #[error("the name `{0}` already means another model of the provider")]
    Ambiguous(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'a> {
    format: u32,
    source: String,
    state: NaiveDate,
    #[serde(default)]
    sha256: Option<String>,
    #[serde(borrow)]
    prices: Vec<&'a RawValue>,
}

/// As much of a row as names it, when the rest cannot be read.
#[derive(Default, Deserialize)]
struct Name {
    #[serde(default)]
    provider: String,
    #[serde(default)]
    model: String,
}

impl Catalogue {
    /// Reads and checks a catalogue.
    ///
    /// # Errors
    /// [`CatalogueError`] names the row that is wrong.
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        let file: File<'_> = serde_json::from_str(text).map_err(CatalogueError::Unreadable)?;
        if file.format != FORMAT {
            return Err(CatalogueError::Format(file.format));
        }
        if file.prices.len() > ROWS_MAX {
            return Err(CatalogueError::TooLong);
        }
        let header = Header {
            format: file.format,
            source: file.source,
            state: file.state,
            sha256: file.sha256,
        };
        let read = |(index, raw): (usize, &&RawValue)| {
            serde_json::from_str(raw.get()).map_err(|error| {
                let name: Name = serde_json::from_str(raw.get()).unwrap_or_default();
                CatalogueError::Row {
                    index,
                    name: format!("{}/{}", name.provider, name.model),
                    reason: RowError::Unreadable(error),
                }
            })
        };
        let rows = file.prices.iter().enumerate().map(read).collect::<Result<_, _>>()?;
        Self::new(header, rows)
    }

    /// A catalogue of these rows, checked: bounds, order, periods and names.
    ///
    /// # Errors
    /// [`CatalogueError`] names the row that is wrong.
    pub fn new(header: Header, rows: Vec<Row>) -> Result<Self, CatalogueError> {
        for (index, row) in rows.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|before| rows.get(before));
            row.check(before).map_err(|reason| row.wrong(index, reason))?;
        }
        let mut names: BTreeMap<(&str, &str), &str> = BTreeMap::new();
        for (index, row) in rows.iter().enumerate() {
            for name in std::iter::once(&row.model).chain(&row.equals) {
                let model = *names.entry((&row.provider, name)).or_insert(&row.model);
                if model != row.model {
                    return Err(row.wrong(index, RowError::Ambiguous(name.clone())));
                }
            }
        }
        Ok(Self { header, rows })
    }

    /// The price of a model at a moment. A name is looked for among the models and their other
    /// names first; then among the beginnings of names, the longest first, where what follows must
    /// be a date or a version mark: `gpt-x-2026-01-31` is priced as `gpt-x`, `gpt-x-pro` is not.
    #[must_use]
    pub fn find(&self, provider: &str, model: &str, at: DateTime<Utc>) -> Option<&Row> {
        let date = at.date_naive();
        let holds = |row: &&Row| {
            row.provider == provider
                && row.effective_from <= date
                && row.effective_to.is_none_or(|end| date < end)
        };
        let exact = |row: &&Row| row.model == model || row.equals.iter().any(|name| name == model);
        if let Some(row) = self.rows.iter().find(|row| holds(row) && exact(row)) {
            return Some(row);
        }
        let begun = |row: &Row| {
            let marked = |name: &&String| model.strip_prefix(name.as_str()).is_some_and(is_mark);
            row.starts_with.iter().filter(marked).map(String::len).max()
        };
        let candidates = self.rows.iter().filter(holds);
        candidates
            .filter_map(|row| Some((begun(row)?, row)))
            .max_by_key(|(length, _)| *length)
            .map(|(_, row)| row)
    }

    /// The file: the header, then one line per price.
    ///
    /// # Errors
    /// None that the types leave room for; serialising reports it all the same.
    pub fn render(&self) -> Result<String, serde_json::Error> {
        let header = serde_json::to_string_pretty(&self.header)?;
        let mut text = header.trim_end_matches(['}', '\n']).to_string();
        text.push_str(",\n  \"prices\": [");
        for (index, row) in self.rows.iter().enumerate() {
            text.push_str(if index == 0 { "\n" } else { ",\n" });
            text.push_str(&serde_json::to_string(row)?);
        }
        text.push_str("\n]}\n");
        Ok(text)
    }
}

impl Row {
    /// What the row charges.
    #[must_use]
    pub fn tariff(&self) -> Tariff {
        Tariff {
            base: Rates {
                input: self.input,
                cached_input: self.cached_input,
                cache_write: self.cache_write,
                cache_write_1h: self.cache_write_1h,
                output: self.output,
            },
            per_request_nano: self.per_request,
            tiers: self.tiers.clone(),
        }
    }

    /// The price under an id of this deployment.
    ///
    /// # Errors
    /// [`PriceError`] names what is out of bounds.
    pub fn price(&self, id: PriceId) -> Result<Price, PriceError> {
        Price::new(id, &self.provider, &self.model, self.effective_at(), self.tariff())
    }

    /// The moment from which it holds.
    #[must_use]
    pub fn effective_at(&self) -> DateTime<Utc> {
        self.effective_from.and_time(NaiveTime::MIN).and_utc()
    }

    /// What the catalogue is sorted by, and what is there once.
    #[must_use]
    pub fn key(&self) -> (&str, &str, NaiveDate) {
        (&self.provider, &self.model, self.effective_from)
    }

    fn check(&self, before: Option<&Self>) -> Result<(), RowError> {
        check_names(&self.provider, &self.model)?;
        self.tariff().check()?;
        if self.effective_to.is_some_and(|end| end <= self.effective_from) {
            return Err(RowError::Period);
        }
        let Some(before) = before else { return Ok(()) };
        if before.key() >= self.key() {
            return Err(RowError::Order);
        }
        let same = (&before.provider, &before.model) == (&self.provider, &self.model);
        if same && before.effective_to.is_none_or(|end| end > self.effective_from) {
            return Err(RowError::Overlap);
        }
        Ok(())
    }

    fn wrong(&self, index: usize, reason: RowError) -> CatalogueError {
        CatalogueError::Row { index, name: format!("{}/{}", self.provider, self.model), reason }
    }
}

/// Whether the rest of a name only says which build of the same model it is: nothing, `-latest`, or
/// a mark of 3 to 8 digits such as `-001`, `-0613`, `@20250514` or `-2026-01-31`, and after it the
/// revision that Bedrock adds, `-v1:0`.
fn is_mark(rest: &str) -> bool {
    let rest = rest.split_once("-v").map_or(rest, |(mark, revision)| {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if revision.split(':').all(digits) { mark } else { rest }
    });
    if rest.is_empty() || rest == "-latest" {
        return true;
    }
    let Some(mark) = rest.strip_prefix(['-', '@']) else { return false };
    let digits = mark.bytes().filter(u8::is_ascii_digit).count();
    let parts: Vec<&str> = mark.split('-').collect();
    let dated = match parts.as_slice() {
        [_] => true,
        [year, month] => year.len() == 4 && month.len() == 2,
        [year, month, day] => year.len() == 4 && month.len() == 2 && day.len() == 2,
        _ => false,
    };
    dated && (3..=8).contains(&digits) && mark.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
const fn is_zero(nano: &i64) -> bool {
    *nano == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dates_and_version_marks_may_follow_a_name() {
        for rest in [
            "",
            "-latest",
            "-001",
            "-0613",
            "@20250514",
            "-2026-01-31",
            "-2026-01",
            "-20251001-v1:0",
            "-v1:0",
        ] {
            assert!(is_mark(rest), "{rest}");
        }
        for rest in [
            "-pro",
            "-1",
            "-5",
            ".1",
            "-latest-pro",
            "-2026-01-31-x",
            "-audio-2026-01-31",
            "0613",
            "-",
            "--123",
            "-v",
            "-vision",
            "-123456789",
        ] {
            assert!(!is_mark(rest), "{rest}");
        }
    }
}
