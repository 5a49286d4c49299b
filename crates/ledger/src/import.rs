//! Prices of the public project pydantic/genai-prices as rows of our catalogue.
//!
//! Their unit is decimal US dollars per million tokens, ours whole nano-US-dollars. What our prices
//! cannot represent is left out and named, since a model without a price is refused, while a model
//! with a wrong price is charged wrongly.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::catalogue::{ALWAYS, Row};
use crate::decimal::{NotDecimal, Scaled, scaled};
use crate::price::{PriceError, Rates, Tier};

/// What the rows name as their source.
pub const SOURCE: &str = "genai-prices";

/// Whose cache writes of an hour cost twice what input costs (Anthropic, "Prompt caching", section
/// "Pricing"): the source has the rate of five minutes only. Others resell the same models at prices of
/// their own, which are not derived here.
const TWICE_FOR_AN_HOUR: &str = "anthropic";

/// Decimal places between a US dollar and a nano-US-dollar.
const NANO: u8 = 9;
/// Their fee is in US dollars per thousand requests, ours in nano-US-dollars per request.
const NANO_PER_THOUSAND: u8 = NANO - 3;

/// What an import yields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The rows, sorted.
    pub rows: Vec<Row>,
    /// What was left out or simplified, in the order of the file.
    pub notes: Vec<Note>,
}

/// Something that a person who renews the catalogue should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Whose model.
    pub provider: String,
    /// Which model.
    pub model: String,
    /// What was done with it.
    pub what: Remark,
}

/// What was left out or simplified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    /// Left out: the source has no price for it.
    NoPrice,
    /// Left out: it generates, and the source has no price for output.
    NoOutputPrice,
    /// Left out: its price depends on the time of day.
    TimeOfDay,
    /// Left out: it answers in sound, at rates that our prices do not have.
    SoundOutput,
    /// Left out: it is priced by something that our prices do not have.
    UnknownComponent,
    /// Kept: sound in its input is charged at the rate of text.
    SoundInput,
    /// Kept: a rate was finer than a nano-USD per million tokens, and rounded half-even.
    Rounded,
}

/// Why nothing is imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is not JSON of the expected shape.
    #[error("the file cannot be read: {0}")]
    Unreadable(#[source] serde_json::Error),
    /// A model cannot be read.
    #[error("{provider}/{model}: {reason}")]
    Model {
        /// Whose model.
        provider: String,
        /// Which model.
        model: String,
        /// What is wrong with it.
        reason: ModelError,
    },
}

/// What is wrong with a model.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// It is not JSON of the expected shape.
    #[error("{0}")]
    Unreadable(#[from] serde_json::Error),
    /// A price is no number.
    #[error("`{0}` is {NotDecimal}")]
    NotDecimal(String),
    /// A price is negative or beyond belief.
    #[error("{0}")]
    Price(#[from] PriceError),
    /// Its prices do not follow each other by date.
    #[error("its prices do not follow each other by date")]
    Dates,
}

#[derive(Deserialize)]
struct Provider {
    id: String,
    models: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    id: String,
    #[serde(rename = "match")]
    matches: Value,
    prices: Box<RawValue>,
}

#[derive(Deserialize)]
struct Conditional {
    constraint: Option<Constraint>,
    prices: Components,
}

#[derive(Deserialize)]
struct Constraint {
    start_date: Option<NaiveDate>,
}

#[derive(Deserialize)]
struct Tiered {
    base: Box<RawValue>,
    tiers: Vec<TieredStep>,
}

#[derive(Deserialize)]
struct TieredStep {
    start: u64,
    price: Box<RawValue>,
}

type Components = BTreeMap<String, Box<RawValue>>;

/// One rate at the base and above each threshold.
#[derive(Default)]
struct Curve {
    base: i64,
    above: BTreeMap<u64, i64>,
}

/// Converts a file of genai-prices. Texts of decimals become integers digit by digit.
///
/// # Errors
/// [`ImportError`] names the model whose price is negative, above the bounds or unreadable; nothing
/// is imported then.
pub fn convert(text: &str) -> Result<Import, ImportError> {
    let providers: Vec<Provider> = serde_json::from_str(text).map_err(ImportError::Unreadable)?;
    let mut import = Import { rows: Vec::new(), notes: Vec::new() };
    for provider in &providers {
        // A name belongs to one model: its own first, then the first that claims it in the file.
        let mut taken: BTreeSet<String> = provider.models.iter().map(|m| m.id.clone()).collect();
        for model in &provider.models {
            let converted = model_rows(&provider.id, model, &mut taken).map_err(|reason| {
                let (provider, model) = (provider.id.clone(), model.id.clone());
                ImportError::Model { provider, model, reason }
            })?;
            import.rows.extend(converted.rows);
            import.notes.extend(converted.notes);
        }
    }
    import.rows.sort_by(|a, b| a.key().cmp(&b.key()));
    Ok(import)
}

fn model_rows(
    provider: &str,
    model: &Model,
    taken: &mut BTreeSet<String>,
) -> Result<Import, ModelError> {
    let mut import = Import { rows: Vec::new(), notes: Vec::new() };
    let mut note = |what| {
        import.notes.push(Note { provider: provider.into(), model: model.id.clone(), what });
    };
    let (equals, starts_with) = names(&model.matches, taken);
    let periods = periods(&model.prices)?;
    let Some(periods) = periods else {
        note(Remark::TimeOfDay);
        return Ok(import);
    };
    let left_out = periods.iter().find_map(|(_, prices)| unrepresentable(provider, model, prices));
    if let Some(remark) = left_out {
        note(remark);
        return Ok(import);
    }
    if periods.iter().any(|(_, prices)| prices.contains_key("input_audio_mtok")) {
        note(Remark::SoundInput);
    }
    let mut rounded = false;
    for (index, (effective_from, prices)) in periods.iter().enumerate() {
        let effective_to = periods.get(index + 1).map(|(date, _)| *date);
        let row = with_hours(provider, prices, row(prices, &mut rounded)?);
        import.rows.push(Row {
            provider: provider.into(),
            model: model.id.clone(),
            equals: equals.clone(),
            starts_with: starts_with.clone(),
            effective_from: *effective_from,
            effective_to,
            ..row
        });
    }
    if rounded {
        let what = Remark::Rounded;
        import.notes.push(Note { provider: provider.into(), model: model.id.clone(), what });
    }
    for row in &import.rows {
        row.tariff().check()?;
    }
    Ok(import)
}

/// The prices by their first day; `None` where one depends on the time of day.
fn periods(raw: &RawValue) -> Result<Option<Vec<(NaiveDate, Components)>>, ModelError> {
    if raw.get().trim_start().starts_with('{') {
        return Ok(Some(vec![(ALWAYS, serde_json::from_str(raw.get())?)]));
    }
    let conditionals: Vec<Conditional> = serde_json::from_str(raw.get())?;
    let mut periods: Vec<(NaiveDate, Components)> = Vec::new();
    for Conditional { constraint, prices } in conditionals {
        let date = match constraint {
            None => ALWAYS,
            Some(Constraint { start_date: Some(date) }) => date,
            Some(Constraint { start_date: None }) => return Ok(None),
        };
        if periods.last().is_some_and(|(before, _)| *before >= date) {
            return Err(ModelError::Dates);
        }
        periods.push((date, prices));
    }
    Ok(Some(periods))
}

/// Why a price cannot be one of ours.
fn unrepresentable(provider: &str, model: &Model, prices: &Components) -> Option<Remark> {
    const KNOWN: [&str; 7] = [
        "input_mtok",
        "cache_read_mtok",
        "cache_write_mtok",
        "output_mtok",
        "requests_kcount",
        "input_audio_mtok",
        "cache_audio_read_mtok",
    ];
    if !prices.contains_key("input_mtok") {
        return Some(Remark::NoPrice);
    }
    if prices.contains_key("output_audio_mtok") {
        return Some(Remark::SoundOutput);
    }
    if prices.keys().any(|name| !KNOWN.contains(&name.as_str())) {
        return Some(Remark::UnknownComponent);
    }
    if !prices.contains_key("output_mtok") && !embeds(provider, &model.id) {
        return Some(Remark::NoOutputPrice);
    }
    None
}

/// Whether a model only embeds, so that having no output price says that it has no output. The
/// source does not say so itself; these are the names under which it lists such models.
fn embeds(provider: &str, model: &str) -> bool {
    let model = model.to_ascii_lowercase();
    provider == "voyageai" || model.contains("embed") || model.starts_with("bge-")
}

/// The rates of one period; the names and dates are the caller's to fill in.
fn row(prices: &Components, rounded: &mut bool) -> Result<Row, ModelError> {
    let mut curve = |name: &str| prices.get(name).map(|raw| curve(name, raw, rounded)).transpose();
    let input = curve("input_mtok")?.unwrap_or_default();
    let cached = curve("cache_read_mtok")?;
    let write = curve("cache_write_mtok")?;
    let output = curve("output_mtok")?.unwrap_or_default();
    // Without a price of its own, a cached token is an input token like any other.
    let (cached, write) = (cached.as_ref().unwrap_or(&input), write.as_ref().unwrap_or(&input));
    let rates = |at: Option<u64>| Rates {
        input: input.at(at),
        cached_input: cached.at(at),
        cache_write: write.at(at),
        cache_write_1h: None,
        output: output.at(at),
    };
    let thresholds: BTreeSet<u64> =
        [&input, cached, write, &output].iter().flat_map(|c| c.above.keys().copied()).collect();
    let base = rates(None);
    let per_request = match prices.get("requests_kcount") {
        Some(raw) => number("requests_kcount", raw, NANO_PER_THOUSAND, rounded)?,
        None => 0,
    };
    let tier = |above: u64| Tier { above_input_tokens: above, rates: rates(Some(above)) };
    Ok(Row {
        provider: String::new(),
        model: String::new(),
        equals: Vec::new(),
        starts_with: Vec::new(),
        effective_from: ALWAYS,
        effective_to: None,
        input: base.input,
        cached_input: base.cached_input,
        cache_write: base.cache_write,
        cache_write_1h: None,
        output: base.output,
        per_request,
        tiers: thresholds.into_iter().map(tier).collect(),
        source: SOURCE.into(),
    })
}

/// The row with the rates of cache writes of an hour, where they follow from those of the source.
fn with_hours(provider: &str, prices: &Components, mut row: Row) -> Row {
    if provider == TWICE_FOR_AN_HOUR && prices.contains_key("cache_write_mtok") {
        row.cache_write_1h = row.input.checked_mul(2);
        for Tier { rates, .. } in &mut row.tiers {
            rates.cache_write_1h = rates.input.checked_mul(2);
        }
    }
    row
}

impl Curve {
    /// The rate at the base, or above a threshold.
    fn at(&self, above: Option<u64>) -> i64 {
        let tier = above.and_then(|above| self.above.range(..=above).next_back());
        tier.map_or(self.base, |(_, rate)| *rate)
    }
}

fn curve(name: &str, raw: &RawValue, rounded: &mut bool) -> Result<Curve, ModelError> {
    if !raw.get().starts_with('{') {
        return Ok(Curve { base: number(name, raw, NANO, rounded)?, above: BTreeMap::new() });
    }
    let tiered: Tiered = serde_json::from_str(raw.get())?;
    let base = number(name, &tiered.base, NANO, rounded)?;
    let mut above = BTreeMap::new();
    for TieredStep { start, price } in &tiered.tiers {
        above.insert(*start, number(name, price, NANO, rounded)?);
    }
    Ok(Curve { base, above })
}

fn number(name: &str, raw: &RawValue, scale: u8, rounded: &mut bool) -> Result<i64, ModelError> {
    let wrong = || ModelError::NotDecimal(format!("{name}: {}", raw.get()));
    let Scaled { value, exact } = scaled(raw.get(), scale).map_err(|NotDecimal| wrong())?;
    *rounded |= !exact;
    // A negative price that rounds to nothing is negative all the same.
    if raw.get().starts_with('-') && value == 0 {
        return Err(wrong());
    }
    // Beyond 64 bits is beyond the bounds: the largest value is refused there, with its reason.
    Ok(i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX }))
}

/// The names of a model that are plain: exactly these, and those that begin so. What matches by
/// containing, ending or a pattern is not taken over; it would let a model be charged as another.
fn names(matches: &Value, taken: &mut BTreeSet<String>) -> (Vec<String>, Vec<String>) {
    let clauses = match matches.get("or") {
        Some(Value::Array(clauses)) => clauses.as_slice(),
        _ => std::slice::from_ref(matches),
    };
    let texts = |kind: &str| {
        clauses.iter().filter_map(|clause| clause.get(kind)?.as_str().map(String::from)).collect()
    };
    let mut equals: Vec<String> = texts("equals");
    equals.sort();
    equals.retain(|name| taken.insert(name.clone()));
    let mut starts_with: Vec<String> = texts("starts_with");
    starts_with.sort();
    starts_with.retain(|name| taken.insert(format!("{name}*")));
    (equals, starts_with)
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { provider, model, what } = self;
        let what = match what {
            Remark::NoPrice => "left out: the source has no price",
            Remark::NoOutputPrice => "left out: the source has no price for its output",
            Remark::TimeOfDay => "left out: the price depends on the time of day",
            Remark::SoundOutput => "left out: it answers in sound, which has rates of its own",
            Remark::UnknownComponent => "left out: it is priced by something not known here",
            Remark::SoundInput => "kept: sound in its input is charged at the rate of text",
            Remark::Rounded => "kept: a rate was rounded to a whole nano-USD per million tokens",
        };
        write!(f, "{provider}/{model}: {what}")
    }
}
