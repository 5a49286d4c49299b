//! Providers and model aliases in the configuration file.
//!
//! ```toml
//! [[provider]]
//! slug = "openai"
//! base_url = "https://api.openai.com/v1"
//! credential_file = "/run/secrets/openai"   # read at start, sealed into the vault
//!
//! [[alias]]
//! name = "gpt-4o-mini"
//! targets = [{ provider = "openai", model = "gpt-4o-mini" }]
//! ```

use std::collections::BTreeSet;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::file::{Source, scalar};
use super::{Config, Problem};

/// A provider to configure at start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderConfig {
    /// Short name, unique; the price catalogue knows providers by it.
    pub slug: String,
    /// Name to show; the short name where it is left out.
    pub name: String,
    /// With the path up to and including `/v1`.
    pub base_url: String,
    /// A file that holds the API key and nothing else.
    pub credential_file: Option<PathBuf>,
    /// `drain` or `cancel`: what happens to a stream whose client has gone.
    pub on_hangup: String,
    place: String,
}

/// A model alias to configure at start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AliasConfig {
    /// What programs ask for.
    pub name: String,
    /// Where it is sent, in order.
    pub targets: Vec<TargetConfig>,
    place: String,
}

/// One target of an alias.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
}

pub(super) fn read_providers(
    config: &mut Config,
    source: &Source<'_>,
    rows: &DeArray<'_>,
    problems: &mut Vec<Problem>,
) {
    for row in rows {
        let Some(table) = as_table(row, source, problems) else { continue };
        let mut made = ProviderConfig {
            place: source.place(row.span().start),
            on_hangup: "drain".to_owned(),
            ..ProviderConfig::default()
        };
        for (key, value) in table {
            let place = source.place(key.span().start);
            let Some(text) = text(value, &place, problems) else { continue };
            match key.get_ref().as_ref() {
                "slug" => made.slug = text,
                "name" => made.name = text,
                "base_url" => made.base_url = text.trim_end_matches('/').to_owned(),
                "credential_file" => made.credential_file = Some(text.into()),
                "on_hangup" => made.on_hangup = text,
                other => problems.push(unknown(
                    place,
                    other,
                    "a provider takes slug, name, base_url, credential_file, on_hangup",
                )),
            }
        }
        if made.name.is_empty() {
            made.name.clone_from(&made.slug);
        }
        config.providers.push(made);
    }
}

pub(super) fn read_aliases(
    config: &mut Config,
    source: &Source<'_>,
    rows: &DeArray<'_>,
    problems: &mut Vec<Problem>,
) {
    for row in rows {
        let Some(table) = as_table(row, source, problems) else { continue };
        let mut made =
            AliasConfig { place: source.place(row.span().start), ..AliasConfig::default() };
        for (key, value) in table {
            let place = source.place(key.span().start);
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("name", _) => {
                    if let Some(text) = text(value, &place, problems) {
                        made.name = text;
                    }
                }
                ("targets", DeValue::Array(targets)) => {
                    made.targets =
                        targets.iter().filter_map(|t| target(t, source, problems)).collect();
                }
                ("targets", _) => problems.push(Problem::new(
                    place,
                    "`targets` is a list",
                    "write targets = [{ provider = \"…\", model = \"…\" }]",
                )),
                (other, _) => {
                    problems.push(unknown(place, other, "an alias takes name and targets"));
                }
            }
        }
        config.aliases.push(made);
    }
}

fn target(
    row: &Spanned<DeValue<'_>>,
    source: &Source<'_>,
    problems: &mut Vec<Problem>,
) -> Option<TargetConfig> {
    let table = as_table(row, source, problems)?;
    let mut made = TargetConfig { output_tokens_max: 4096, ..TargetConfig::default() };
    for (key, value) in table {
        let place = source.place(key.span().start);
        let Some(text) = text(value, &place, problems) else { continue };
        match key.get_ref().as_ref() {
            "provider" => made.provider = text,
            "model" => made.model = text,
            "price_provider" => made.price_provider = text,
            "price_model" => made.price_model = text,
            "output_tokens_max" => match text.parse() {
                Ok(tokens @ 1..=10_000_000) => made.output_tokens_max = tokens,
                _ => problems.push(Problem::new(
                    place,
                    format!("`{text}` is not a number of tokens"),
                    "write a whole number from 1 to 10000000",
                )),
            },
            other => problems.push(unknown(
                place,
                other,
                "a target takes provider, model, price_provider, price_model, output_tokens_max",
            )),
        }
    }
    if made.price_provider.is_empty() {
        made.price_provider.clone_from(&made.provider);
    }
    if made.price_model.is_empty() {
        made.price_model.clone_from(&made.model);
    }
    Some(made)
}

/// What can only be judged once everything is read.
pub(super) fn check(config: &Config, problems: &mut Vec<Problem>) {
    let mut slugs = BTreeSet::new();
    for provider in &config.providers {
        let mut fault = |what: String, remedy: &str| {
            problems.push(Problem::new(provider.place.clone(), what, remedy));
        };
        if !is_slug(&provider.slug) {
            fault(
                format!("the provider's slug `{}` is not a short name", provider.slug),
                "use lower-case letters, digits and hyphens",
            );
        } else if !slugs.insert(provider.slug.as_str()) {
            fault(format!("the provider `{}` stands twice", provider.slug), "remove one");
        }
        if provider.slug == "simulator" {
            fault("`simulator` is the built-in provider".to_owned(), "choose another slug");
        }
        if !is_base_url(&provider.base_url) {
            fault(
                format!("`{}` is not a provider's address", provider.base_url),
                "write base_url = \"https://host/v1\", without credentials, query or fragment",
            );
        }
        if !matches!(provider.on_hangup.as_str(), "drain" | "cancel") {
            fault(
                format!("on_hangup `{}` is neither drain nor cancel", provider.on_hangup),
                "drain where the provider bills on, cancel where it stops billing",
            );
        }
    }
    slugs.insert("simulator");
    let mut names = BTreeSet::new();
    for alias in &config.aliases {
        let mut fault = |what: String, remedy: &str| {
            problems.push(Problem::new(alias.place.clone(), what, remedy));
        };
        if alias.name.is_empty() || alias.name.len() > domain::limits::MODEL_BYTES_MAX {
            fault("the alias has no usable name".to_owned(), "write name = \"…\"");
        } else if !names.insert(alias.name.as_str()) {
            fault(format!("the alias `{}` stands twice", alias.name), "remove one");
        }
        if alias.targets.is_empty() {
            fault(format!("the alias `{}` has no target", alias.name), "give it at least one");
        }
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

fn as_table<'t, 'i>(
    row: &'t Spanned<DeValue<'i>>,
    source: &Source<'_>,
    problems: &mut Vec<Problem>,
) -> Option<&'t DeTable<'i>> {
    let table = row.get_ref().as_table();
    if table.is_none() {
        problems.push(Problem::new(
            source.place(row.span().start),
            format!("holds a {}", row.get_ref().type_str()),
            "write a table",
        ));
    }
    table
}

fn text(value: &Spanned<DeValue<'_>>, place: &str, problems: &mut Vec<Problem>) -> Option<String> {
    match scalar(value.get_ref()) {
        Ok(text) => Some(text),
        Err(unfit) => {
            problems.push(Problem::new(place, unfit.what, unfit.remedy));
            None
        }
    }
}

fn unknown(place: String, key: &str, remedy: &str) -> Problem {
    Problem::new(place, format!("`{key}` is not a setting here"), remedy)
}

fn is_slug(text: &str) -> bool {
    let bytes = text.as_bytes();
    (1..=63).contains(&bytes.len())
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
}

fn is_base_url(text: &str) -> bool {
    text.parse::<http::Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.authority().is_some_and(|a| !a.as_str().contains('@'))
            && uri.query().is_none()
    }) && !text.contains('#')
}
