//! The form of an alias, looked at field by field, in the order people see them.

use contract::aliases::{AliasForm, PLACE_MAX, TargetForm, rank};
use contract::fault::{Fault, Field, Reason};
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
    let targets = targets(&typed.targets, providers)?;
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

/// The targets that were written, in the places that were typed.
fn targets(typed: &[TargetForm], providers: &Known) -> Result<Vec<TargetSpec>, Failure> {
    let mut rows: Vec<_> = typed.iter().collect();
    rows.sort_by_key(|row| rank(&row.place, &row.was));
    // A target that was struck out, or whose provider and model were left empty, is none; it is counted,
    // since the form shows it.
    let written = rows.into_iter().zip(1..).filter(|(row, _)| !is_blank(row));
    written.map(|(row, at)| target(row, providers).map_err(|why| of_target(at, why))).collect()
}

/// Says which target a mistake is in.
fn of_target(at: usize, why: Failure) -> Failure {
    match why {
        Failure::Fault(Fault::Invalid { field, reason }) => {
            let target = u8::try_from(at).unwrap_or(u8::MAX);
            Fault::InvalidTarget { target, field, reason }.into()
        }
        other => other,
    }
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
        .map_err(|reason| Failure::invalid(Field::TargetProvider, reason))?;
    let model = form::model(Field::TargetModel, &typed.model)?;
    let price = |field, typed: &str, otherwise: &str| match typed.trim() {
        "" => Ok(otherwise.to_owned()),
        text => form::model(field, text),
    };
    let number = |field, typed: &str, least, most| match typed.trim() {
        "" => Ok(None),
        text => form::number(field, text, least, most).map(Some),
    };
    number(Field::TargetPlace, &typed.place, 1, PLACE_MAX)?;
    let output = number(Field::TargetOutput, &typed.output_tokens_max, 1, TOKENS_MAX)?;
    let wanted = |one: &&Capability| typed.capabilities.contains(one);
    Ok(TargetSpec {
        provider_id,
        price_provider: price(Field::TargetPriceProvider, &typed.price_provider, provider)?,
        price_model: price(Field::TargetPriceModel, &typed.price_model, &model)?,
        upstream_model: model,
        output_tokens_max: output.unwrap_or(OUTPUT_TOKENS),
        weight: number(Field::TargetWeight, &typed.weight, 0, WEIGHT_MAX)?.unwrap_or(1),
        context_tokens_max: number(Field::TargetContext, &typed.context_tokens_max, 1, TOKENS_MAX)?,
        capabilities: typed.known.then(|| Capability::ALL.iter().filter(wanted).copied().collect()),
    })
}
