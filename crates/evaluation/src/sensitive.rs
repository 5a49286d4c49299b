//! What the measurements of secrets and of personal data have in common.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::rate::Rate;

/// Rates by name.
#[derive(Default)]
pub struct Table(BTreeMap<String, Rate>);

impl Table {
    pub fn add(&mut self, name: &str, hit: bool) {
        self.0.entry(name.to_owned()).or_default().add(hit);
    }

    pub fn to_json(&self) -> Value {
        self.0.iter().map(|(name, rate)| (name.clone(), rate.to_json())).collect()
    }
}

/// What was measured: the figures that the summary names, and everything behind them.
pub struct Measured {
    pub figures: Vec<(&'static str, Rate)>,
    pub details: Value,
    /// What was judged wrongly, a line each.
    pub wrong: Vec<String>,
}

impl Measured {
    /// Adds the figures to the summary; one of an empty sample is null, with the reason.
    pub fn summarise(&self, summary: &mut Map<String, Value>, reasons: &mut Map<String, Value>) {
        for (key, rate) in &self.figures {
            summary.insert((*key).into(), rate.fraction().map_or(Value::Null, Value::from));
            if rate.of == 0 {
                reasons.insert((*key).into(), "the corpus has no rows for it".into());
            }
        }
    }
}
