//! The form of an alias, looked at field by field, in the order people see them.

use contract::aliases::{AliasForm, TargetForm};
use contract::fault::{Field, Reason};
use domain::limits::{DESCRIPTION_CHARS_MAX, OUTPUT_TOKENS, TARGETS_MAX, TOKENS_MAX, WEIGHT_MAX};
use domain::provider::{Capability, Strategy, is_region};
use store::aliases::{AliasSpec, TargetSpec};

use super::Known;
use crate::fault::Failure;
use crate::form;

/// The alias that the form describes.
pub(super) fn spec(
    name: String,
    typed: &AliasForm,
    providers: &Known,
) -> Result<AliasSpec, Failure> {
    let description = match typed.description.trim() {
        "" => None,
        text => Some(form::line(Field::Description, text, DESCRIPTION_CHARS_MAX)?),
    };
    let regions = regions(&typed.regions)?;
    // A target that was struck out, or whose provider and model were left empty, is none.
    let written = typed.targets.iter().filter(|target| !is_blank(target));
    let targets: Vec<_> =
        written.map(|typed| target(typed, providers)).collect::<Result<_, _>>()?;
    if targets.is_empty() {
        return Err(Failure::invalid(Field::Targets, Reason::Missing));
    }
    if targets.len() > TARGETS_MAX {
        return Err(Failure::invalid(Field::Targets, Reason::TooMany));
    }
    let strategy = typed.strategy;
    if strategy == Strategy::Weighted && targets.iter().all(|target| target.weight == 0) {
        return Err(Failure::invalid(Field::Targets, Reason::NoneWeighted));
    }
    Ok(AliasSpec { name, description, strategy, regions, targets })
}

fn is_blank(target: &TargetForm) -> bool {
    target.removed || (target.provider.trim().is_empty() && target.model.trim().is_empty())
}

/// Regions, separated by commas or spaces, each once.
fn regions(typed: &str) -> Result<Option<Vec<String>>, Failure> {
    let mut regions: Vec<String> = Vec::new();
    for part in typed.split([',', ' ']).filter(|part| !part.is_empty()) {
        if !is_region(part) {
            return Err(Failure::invalid(Field::Regions, Reason::NotARegion));
        }
        if !regions.iter().any(|known| known == part) {
            regions.push(part.to_owned());
        }
    }
    if regions.len() > TARGETS_MAX {
        return Err(Failure::invalid(Field::Regions, Reason::TooMany));
    }
    Ok((!regions.is_empty()).then_some(regions))
}

fn target(typed: &TargetForm, providers: &Known) -> Result<TargetSpec, Failure> {
    let provider = match typed.provider.trim() {
        "" => return Err(Failure::invalid(Field::TargetProvider, Reason::Missing)),
        slug => slug,
    };
    let provider_id = providers
        .named(provider)
        .ok_or(Failure::invalid(Field::TargetProvider, Reason::Unknown))?;
    let model = form::model(Field::TargetModel, &typed.model)?;
    let price = |typed: &str, otherwise: &str| match typed.trim() {
        "" => Ok(otherwise.to_owned()),
        text => form::model(Field::TargetPrice, text),
    };
    let number = |field, typed: &str, least, most| match typed.trim() {
        "" => Ok(None),
        text => form::number(field, text, least, most).map(Some),
    };
    let output = number(Field::TargetOutput, &typed.output_tokens_max, 1, TOKENS_MAX)?;
    let wanted = |one: &&Capability| typed.capabilities.contains(one);
    Ok(TargetSpec {
        provider_id,
        price_provider: price(&typed.price_provider, provider)?,
        price_model: price(&typed.price_model, &model)?,
        upstream_model: model,
        output_tokens_max: output.unwrap_or(OUTPUT_TOKENS),
        weight: number(Field::TargetWeight, &typed.weight, 0, WEIGHT_MAX)?.unwrap_or(1),
        context_tokens_max: number(Field::TargetContext, &typed.context_tokens_max, 1, TOKENS_MAX)?,
        capabilities: typed.known.then(|| Capability::ALL.iter().filter(wanted).copied().collect()),
    })
}
