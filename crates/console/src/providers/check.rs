//! The form of a provider, looked at field by field, in the order people see them.

use contract::fault::{Field, Reason};
use contract::providers::ProviderForm;
use domain::address::{self, AddressFlaw};
use domain::ids::ProviderId;
use domain::provider::{Auth, ProviderKind, Surface, Wire, is_region, is_version};
use store::providers::ProviderSpec;

use crate::fault::Failure;
use crate::form;

/// What a form is about.
pub(super) enum Base<'a> {
    /// A provider that is not there yet, of this short name.
    New { slug: String },
    /// One that is.
    Known(&'a ProviderSpec),
}

/// The provider that the form describes.
pub(super) fn spec(typed: &ProviderForm, base: Base<'_>) -> Result<ProviderSpec, Failure> {
    let name = form::name(Field::Name, &typed.name)?;
    if typed.kind == ProviderKind::Simulator {
        return Err(Failure::invalid(Field::Kind, Reason::BuiltIn));
    }
    let preset = typed.kind.preset();
    let base_url = base_url(typed, preset.base_url)?;
    let auth = typed.auth.unwrap_or(preset.auth);
    let wire = typed.wire.unwrap_or(preset.wire);
    let surfaces = if typed.kind.answers_calls() {
        surfaces(typed, &base, preset.surfaces)?
    } else {
        Vec::new()
    };
    let region = region(&typed.region, auth)?;
    let api_version = api_version(&typed.api_version, wire)?;
    let (id, slug, secret_id, active) = match base {
        Base::New { slug } => (ProviderId::mint(), slug, None, true),
        Base::Known(spec) => (spec.id, spec.slug.clone(), spec.secret_id, spec.active),
    };
    Ok(ProviderSpec {
        id,
        slug,
        name,
        kind: typed.kind,
        base_url,
        auth,
        wire,
        surfaces,
        region,
        api_version,
        private_network: typed.private_network,
        secret_id,
        on_hangup: typed.on_hangup.unwrap_or_else(|| preset.on_hangup()),
        active,
    })
}

fn base_url(typed: &ProviderForm, preset: &str) -> Result<String, Failure> {
    let text = match typed.base_url.trim() {
        "" => preset,
        text => text,
    };
    let reason = match address::check(text, typed.private_network) {
        Ok(()) => return Ok(text.to_owned()),
        Err(AddressFlaw::Missing) => Reason::Missing,
        Err(AddressFlaw::TooLong) => Reason::TooLong,
        Err(AddressFlaw::Malformed) => Reason::NotAnAddress,
        Err(AddressFlaw::Unencrypted) => Reason::Unencrypted,
        Err(AddressFlaw::Credentials) => Reason::HoldsCredentials,
        Err(AddressFlaw::Tail) => Reason::HoldsQuery,
        Err(AddressFlaw::TrailingSlash) => Reason::TrailingSlash,
    };
    Err(Failure::invalid(Field::Address, reason))
}

/// In the order of the domain, each once. A new provider without any serves what its kind does; one
/// that is known must keep something.
fn surfaces(
    typed: &ProviderForm,
    base: &Base<'_>,
    preset: &[Surface],
) -> Result<Vec<Surface>, Failure> {
    match (typed.surfaces.is_empty(), base) {
        (true, Base::New { .. }) => Ok(preset.to_vec()),
        (true, Base::Known(_)) => Err(Failure::invalid(Field::Surfaces, Reason::Missing)),
        (false, _) => {
            let wanted = |surface: &&Surface| typed.surfaces.contains(surface);
            Ok(Surface::ALL.iter().filter(wanted).copied().collect())
        }
    }
}

fn region(typed: &str, auth: Auth) -> Result<Option<String>, Failure> {
    match typed.trim() {
        "" if auth == Auth::SigV4 => Err(Failure::invalid(Field::Region, Reason::NeededBySigV4)),
        "" => Ok(None),
        text if is_region(text) => Ok(Some(text.to_owned())),
        _ => Err(Failure::invalid(Field::Region, Reason::NotARegion)),
    }
}

fn api_version(typed: &str, wire: Wire) -> Result<Option<String>, Failure> {
    match typed.trim() {
        "" if wire == Wire::Azure => {
            Err(Failure::invalid(Field::ApiVersion, Reason::NeededByAzure))
        }
        "" => Ok(None),
        text if is_version(text) => Ok(Some(text.to_owned())),
        _ => Err(Failure::invalid(Field::ApiVersion, Reason::NotAVersion)),
    }
}
