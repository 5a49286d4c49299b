//! Model aliases in the configuration file.
//!
//! ```toml
//! [[alias]]
//! name = "gpt-4o-mini"
//! strategy = "priority"
//! targets = [{ provider = "openai", model = "gpt-4o-mini" }]
//! ```

use std::collections::BTreeSet;

use domain::limits::{MODEL_BYTES_MAX, OUTPUT_TOKENS, TARGETS_MAX, TOKENS_MAX, WEIGHT_MAX};
use domain::provider::{Capability, Strategy, is_region};
use toml::Spanned;
use toml::de::{DeArray, DeValue};

use super::file::Source;
use super::table::{Entry, entries};
use super::{Config, Problem};

/// A model alias to configure at start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AliasConfig {
    /// What programs ask for.
    pub name: String,
    /// How it chooses among its targets.
    pub strategy: Strategy,
    /// Only providers in one of these regions may answer; `None` for any.
    pub regions: Option<Vec<String>>,
    /// Where it is sent, in order.
    pub targets: Vec<TargetConfig>,
    place: String,
}

/// One target of an alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetConfig {
    /// The provider's short name.
    pub provider: String,
    /// The provider's name for the model.
    pub model: String,
    /// The catalogue's provider for the price; the provider's short name where it is left out.
    pub price_provider: String,
    /// The catalogue's model for the price; the model where it is left out.
    pub price_model: String,
    /// Longest answer in tokens when the request does not say.
    pub output_tokens_max: u32,
    /// Its share under the strategy `weighted`.
    pub weight: u32,
    /// The longest context that the model takes, in tokens; `None` where unknown.
    pub context_tokens_max: Option<u32>,
    /// What the model can do beyond text; `None` where unknown.
    pub capabilities: Option<Vec<Capability>>,
}

pub(super) fn read(
    config: &mut Config,
    source: &Source<'_>,
    rows: &DeArray<'_>,
    problems: &mut Vec<Problem>,
) {
    for row in rows {
        let mut made = AliasConfig {
            name: String::new(),
            strategy: Strategy::Priority,
            regions: None,
            targets: Vec::new(),
            place: source.place(row.span().start),
        };
        let mut found = Vec::new();
        let whole = entries(row, source, problems, |mut entry| match (entry.key, entry.value) {
            ("name", _) => made.name = entry.text().unwrap_or_default(),
            ("strategy", _) => {
                let strategy = entry.word("a strategy", Strategy::ALL, Strategy::as_str);
                made.strategy = strategy.unwrap_or(Strategy::Priority);
            }
            ("regions", _) => made.regions = entry.list(),
            ("targets", DeValue::Array(targets)) => {
                made.targets =
                    targets.iter().filter_map(|row| target(row, source, &mut found)).collect();
            }
            ("targets", _) => entry.refuse(
                "`targets` is a list",
                "write targets = [{ provider = \"…\", model = \"…\" }]",
            ),
            _ => entry.unknown("an alias takes name, strategy, regions and targets"),
        });
        problems.append(&mut found);
        if whole.is_some() {
            config.aliases.push(made);
        }
    }
}

fn target(
    row: &Spanned<DeValue<'_>>,
    source: &Source<'_>,
    problems: &mut Vec<Problem>,
) -> Option<TargetConfig> {
    let mut made = TargetConfig {
        provider: String::new(),
        model: String::new(),
        price_provider: String::new(),
        price_model: String::new(),
        output_tokens_max: OUTPUT_TOKENS,
        weight: 1,
        context_tokens_max: None,
        capabilities: None,
    };
    entries(row, source, problems, |entry| made.take(entry))?;
    if made.price_provider.is_empty() {
        made.price_provider.clone_from(&made.provider);
    }
    if made.price_model.is_empty() {
        made.price_model.clone_from(&made.model);
    }
    Some(made)
}

impl TargetConfig {
    fn take(&mut self, mut entry: Entry<'_, '_>) {
        match entry.key {
            "provider" => self.provider = entry.text().unwrap_or_default(),
            "model" => self.model = entry.text().unwrap_or_default(),
            "price_provider" => self.price_provider = entry.text().unwrap_or_default(),
            "price_model" => self.price_model = entry.text().unwrap_or_default(),
            "output_tokens_max" => {
                let tokens = entry.number("a number of tokens", 1, TOKENS_MAX);
                self.output_tokens_max = tokens.unwrap_or(OUTPUT_TOKENS);
            }
            "weight" => self.weight = entry.number("a weight", 0, WEIGHT_MAX).unwrap_or(1),
            "context_tokens_max" => {
                self.context_tokens_max = entry.number("a number of tokens", 1, TOKENS_MAX);
            }
            "capabilities" => {
                self.capabilities =
                    entry.words("a capability", Capability::ALL, Capability::as_str);
            }
            _ => entry.unknown(
                "a target takes provider, model, price_provider, price_model, output_tokens_max, \
                 weight, context_tokens_max, capabilities",
            ),
        }
    }
}

/// What can only be judged once everything is read.
pub(super) fn check(config: &Config, problems: &mut Vec<Problem>) {
    let mut slugs: BTreeSet<&str> =
        config.providers.iter().map(|provider| provider.slug.as_str()).collect();
    slugs.insert("simulator");
    let mut names = BTreeSet::new();
    for alias in &config.aliases {
        let mut fault = |what: String, remedy: &str| {
            problems.push(Problem::new(alias.place.clone(), what, remedy));
        };
        if alias.name.is_empty() || alias.name.len() > MODEL_BYTES_MAX {
            fault("the alias has no usable name".to_owned(), "write name = \"…\"");
        } else if !names.insert(alias.name.as_str()) {
            fault(format!("the alias `{}` stands twice", alias.name), "remove one");
        }
        if alias.targets.is_empty() {
            fault(format!("the alias `{}` has no target", alias.name), "give it at least one");
        } else if alias.targets.len() > TARGETS_MAX {
            fault(format!("the alias `{}` has too many targets", alias.name), "use at most 20");
        } else if alias.strategy == Strategy::Weighted
            && alias.targets.iter().all(|target| target.weight == 0)
        {
            fault(
                format!("no target of the alias `{}` has a weight", alias.name),
                "give at least one a weight above 0",
            );
        }
        check_regions(alias, &mut fault);
        for target in &alias.targets {
            if !slugs.contains(target.provider.as_str()) {
                fault(
                    format!("the target's provider `{}` is not configured", target.provider),
                    "add a [[provider]] with this slug",
                );
            }
            if target.model.is_empty() {
                fault("a target has no model".to_owned(), "write model = \"…\"");
            }
        }
    }
}

fn check_regions(alias: &AliasConfig, fault: &mut impl FnMut(String, &str)) {
    let Some(regions) = &alias.regions else { return };
    if regions.is_empty() {
        fault(
            format!("the alias `{}` allows no region", alias.name),
            "name at least one, or leave the key out for any",
        );
    }
    for region in regions.iter().filter(|region| !is_region(region)) {
        fault(
            format!("`{region}` is not a region"),
            "use lower-case letters, digits and hyphens, at most 40",
        );
    }
}
