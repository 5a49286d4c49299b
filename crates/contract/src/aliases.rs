//! Model aliases, for the operator: what programs ask for, and which targets may answer.

use async_trait::async_trait;
use domain::caller::Caller;
use domain::money::NanoUsd;
use domain::provider::{Capability, Strategy};
use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// An alias in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AliasRow {
    /// What programs ask for.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// How it chooses among its targets.
    pub strategy: Strategy,
    /// Only providers in one of these regions answer; none named means any.
    pub regions: Vec<String>,
    /// Whether the configuration file names it, and puts it back at every start.
    pub configured: bool,
    /// What may answer, in order.
    pub targets: Vec<TargetRow>,
}

/// A target of an alias.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetRow {
    /// The provider's short name.
    pub provider: String,
    /// The provider's name.
    pub provider_name: String,
    /// The model's name there.
    pub model: String,
    /// Whether a call can be sent to it, and if not, why.
    pub state: TargetState,
    /// Where the price stands: the catalogue's provider.
    pub price_provider: String,
    /// Where the price stands: the catalogue's model.
    pub price_model: String,
    /// The price in force; `None` where there is none.
    pub price: Option<TargetPrice>,
    /// The most tokens that an answer has, where the caller gives no limit.
    pub output_tokens_max: u32,
    /// Its share under the strategy of weights.
    pub weight: u32,
    /// The longest context that the model takes, in tokens; `None` where unknown.
    pub context_tokens_max: Option<u32>,
    /// What the model can do beyond text; `None` where unknown.
    pub capabilities: Option<Vec<Capability>>,
}

/// Whether a call can be sent to a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetState {
    /// It can.
    Ready,
    /// The provider is switched off.
    ProviderOff,
    /// The provider's region is none of the alias's.
    OutOfRegion,
    /// It has no price, and what has no price is not called.
    Unpriced,
}

/// A price in force, per million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetPrice {
    /// Input.
    pub input: NanoUsd,
    /// Output.
    pub output: NanoUsd,
}

/// An alias as it is typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AliasForm {
    /// What it is for; may be empty.
    pub description: String,
    /// How it chooses among its targets.
    pub strategy: Strategy,
    /// Regions, separated by commas or spaces; empty for any.
    pub regions: String,
    /// What may answer, in order.
    pub targets: Vec<TargetForm>,
}

/// A target as it is typed. Without a provider and a model it is no target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TargetForm {
    /// The provider's short name.
    pub provider: String,
    /// The model's name there.
    pub model: String,
    /// Where the price stands: the catalogue's provider; empty for the provider's short name.
    pub price_provider: String,
    /// Where the price stands: the catalogue's model; empty for the model.
    pub price_model: String,
    /// The most tokens that an answer has, where the caller gives no limit; empty for the default.
    pub output_tokens_max: String,
    /// Its share under the strategy of weights; empty for 1.
    pub weight: String,
    /// The longest context that the model takes, in tokens; empty where unknown.
    pub context_tokens_max: String,
    /// Whether it is known what the model can do beyond text.
    pub known: bool,
    /// What it can do, where that is known.
    pub capabilities: Vec<Capability>,
    /// Whether it was struck out: then it is no target.
    pub removed: bool,
    /// Where it shall stand, from 1; empty for last.
    pub place: String,
    /// Where it stood when the form was shown.
    pub was: String,
}

/// Highest place that can be typed.
pub const PLACE_MAX: u32 = 9_999;

/// What targets are sorted by, each with the place that was typed and the one where it stood: one that
/// was moved to another's place goes before it, or after it where it comes from above.
#[must_use]
pub fn rank(place: &str, was: &str) -> (u32, std::cmp::Ordering) {
    let read = |text: &str| text.trim().parse().ok().filter(|place| *place <= PLACE_MAX);
    let place: u32 = read(place).unwrap_or(u32::MAX);
    (place, place.cmp(&read(was).unwrap_or(place)))
}

/// Model aliases, for the operator.
#[async_trait]
pub trait Aliases: Send + Sync {
    /// All of them, by name.
    async fn list(&self, caller: &Caller) -> Result<Vec<AliasRow>, Fault>;

    /// Makes one; programs can ask for it within a second.
    async fn create(
        &self,
        caller: &Caller,
        name: String,
        form: AliasForm,
    ) -> Result<AliasRow, Fault>;

    /// Changes all of one but its name, which programs know.
    async fn update(
        &self,
        caller: &Caller,
        name: String,
        form: AliasForm,
    ) -> Result<AliasRow, Fault>;

    /// Removes one: programs that ask for it are refused. `confirmation` is its name.
    async fn delete(
        &self,
        caller: &Caller,
        name: String,
        confirmation: String,
    ) -> Result<(), Fault>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_takes_the_place_that_is_typed() {
        let order = |places: [(&str, &str); 3]| -> String {
            let mut rows: Vec<_> = "abc".chars().zip(places).collect();
            rows.sort_by_key(|(_, (place, was))| rank(place, was));
            rows.into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(order([("1", "1"), ("2", "2"), ("3", "3")]), "abc");
        assert_eq!(order([("1", "1"), ("2", "2"), ("1", "3")]), "cab", "up, before what was there");
        assert_eq!(
            order([("3", "1"), ("2", "2"), ("3", "3")]),
            "bca",
            "down, after what was there"
        );
        assert_eq!(order([("2", "1"), ("1", "2"), ("3", "3")]), "bac", "two change places");
        assert_eq!(order([("", ""), ("x", "2"), ("1", "3")]), "cab", "the rest comes last");
    }
}
