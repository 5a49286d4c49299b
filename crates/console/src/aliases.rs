//! Model aliases, for the operator: from the platform or from a seat in a tenant.

mod check;

use std::collections::HashMap;

use async_trait::async_trait;
use contract::aliases::{AliasForm, AliasRow, Aliases, TargetPrice, TargetRow, TargetState};
use contract::fault::{Fault, Field, Reason};
use domain::caller::Caller;
use domain::ids::ProviderId;
use domain::money::NanoUsd;
use domain::role::Permission;
use serde_json::{Value, json};
use store::TenantTx;
use store::aliases::{AliasSpec, TargetSpec};
use store::providers::ProviderRow;

use crate::Services;
use crate::act::{Act, Event};
use crate::fault::Failure;
use crate::form;

/// The unique constraint over an alias's name.
const NAME_TAKEN: &str = "alias_pkey";

#[async_trait]
impl Aliases for Services {
    async fn list(&self, caller: &Caller) -> Result<Vec<AliasRow>, Fault> {
        Ok(self.all_aliases(caller).await?)
    }

    async fn create(
        &self,
        caller: &Caller,
        name: String,
        form: AliasForm,
    ) -> Result<AliasRow, Fault> {
        Ok(self.make_alias(caller, &name, &form).await?)
    }

    async fn update(
        &self,
        caller: &Caller,
        name: String,
        form: AliasForm,
    ) -> Result<AliasRow, Fault> {
        Ok(self.change_alias(caller, &name, &form).await?)
    }

    async fn delete(
        &self,
        caller: &Caller,
        name: String,
        confirmation: String,
    ) -> Result<(), Fault> {
        Ok(self.remove_alias(caller, &name, &confirmation).await?)
    }
}

impl Services {
    async fn all_aliases(&self, caller: &Caller) -> Result<Vec<AliasRow>, Failure> {
        let mut tx = self.platform(caller, Permission::ReadProviders).await?;
        let providers = Known::read(&mut tx).await?;
        Ok(tx.aliases().await?.into_iter().map(|alias| providers.row(alias)).collect())
    }

    async fn make_alias(
        &self,
        caller: &Caller,
        name: &str,
        typed: &AliasForm,
    ) -> Result<AliasRow, Failure> {
        let mut act = Act::of_platform(self, caller, Permission::ManageProviders).await?;
        let name = form::model(Field::Name, name)?;
        let providers = Known::read(act.tx()).await?;
        let spec = check::spec(name, typed, &providers)?;
        let made = act.tx().insert_alias(&spec).await;
        made.map_err(|error| Failure::taken(error, NAME_TAKEN, Field::Name))?;
        let made = to_change(act.tx(), &spec.name).await?;
        let after = Some(providers.facts(&spec));
        act.done(Event { after, ..about("alias.create", &spec.name) }).await?;
        Ok(providers.row(made))
    }

    async fn change_alias(
        &self,
        caller: &Caller,
        name: &str,
        typed: &AliasForm,
    ) -> Result<AliasRow, Failure> {
        let mut act = Act::of_platform(self, caller, Permission::ManageProviders).await?;
        let before = to_change(act.tx(), name).await?;
        let providers = Known::read(act.tx()).await?;
        let spec = check::spec(before.spec.name.clone(), typed, &providers)?;
        act.tx().update_alias(&spec).await?;
        let after = to_change(act.tx(), name).await?;
        act.done(Event {
            before: Some(providers.facts(&before.spec)),
            after: Some(providers.facts(&spec)),
            ..about("alias.update", name)
        })
        .await?;
        Ok(providers.row(after))
    }

    async fn remove_alias(
        &self,
        caller: &Caller,
        name: &str,
        confirmation: &str,
    ) -> Result<(), Failure> {
        let mut act = Act::of_platform(self, caller, Permission::ManageProviders).await?;
        let before = to_change(act.tx(), name).await?;
        if confirmation.trim() != name {
            return Err(Failure::invalid(Field::Confirmation, Reason::DoesNotMatch));
        }
        let providers = Known::read(act.tx()).await?;
        act.tx().delete_alias(name).await?;
        let before = Some(providers.facts(&before.spec));
        act.done(Event { before, ..about("alias.delete", name) }).await
    }
}

async fn to_change(tx: &mut TenantTx<'_>, name: &str) -> Result<store::aliases::AliasRow, Failure> {
    Ok(tx.alias_to_change(name).await?.ok_or(Fault::NotFound)?)
}

fn about(action: &'static str, name: &str) -> Event {
    Event { action, target_kind: "alias", target: Some(name.to_owned()), ..Event::default() }
}

/// The providers that targets can name.
struct Known(HashMap<ProviderId, ProviderRow>);

impl Known {
    async fn read(tx: &mut TenantTx<'_>) -> Result<Self, Failure> {
        let all = tx.providers().await?;
        Ok(Self(all.into_iter().map(|provider| (provider.spec.id, provider)).collect()))
    }

    /// The provider of this short name, where it has models to be asked.
    fn named(&self, slug: &str) -> Result<ProviderId, Reason> {
        let found = self.0.values().find(|provider| provider.spec.slug == slug);
        let spec = &found.ok_or(Reason::Unknown)?.spec;
        if spec.surfaces.is_empty() { Err(Reason::HasNoModels) } else { Ok(spec.id) }
    }

    fn slug(&self, id: ProviderId) -> &str {
        self.0.get(&id).map_or("", |provider| &provider.spec.slug)
    }

    /// An alias as the audit log keeps it.
    fn facts(&self, spec: &AliasSpec) -> Value {
        let target = |target: &TargetSpec| {
            json!({
                "provider": self.slug(target.provider_id),
                "model": target.upstream_model,
                "price_provider": target.price_provider,
                "price_model": target.price_model,
                "output_tokens_max": target.output_tokens_max,
                "weight": target.weight,
                "context_tokens_max": target.context_tokens_max,
                "capabilities": target.capabilities,
            })
        };
        json!({
            "description": spec.description,
            "strategy": spec.strategy,
            "regions": spec.regions,
            "targets": spec.targets.iter().map(target).collect::<Vec<_>>(),
        })
    }

    fn row(&self, alias: store::aliases::AliasRow) -> AliasRow {
        let regions = alias.spec.regions.unwrap_or_default();
        let prices = alias.prices.into_iter().map(|price| {
            price.map(|price| TargetPrice {
                input: NanoUsd(price.input_nano_per_mtok),
                output: NanoUsd(price.output_nano_per_mtok),
            })
        });
        let targets = alias.spec.targets.into_iter().zip(prices);
        AliasRow {
            targets: targets.map(|(spec, price)| self.target(spec, price, &regions)).collect(),
            name: alias.spec.name,
            description: alias.spec.description,
            strategy: alias.spec.strategy,
            regions,
            configured: alias.configured,
        }
    }

    fn target(
        &self,
        spec: TargetSpec,
        price: Option<TargetPrice>,
        regions: &[String],
    ) -> TargetRow {
        let provider = self.0.get(&spec.provider_id).map(|found| &found.spec);
        let within = |region: Option<&String>| {
            regions.is_empty() || region.is_some_and(|region| regions.contains(region))
        };
        let state = match provider {
            Some(provider) if !provider.active => TargetState::ProviderOff,
            Some(provider) if !within(provider.region.as_ref()) => TargetState::OutOfRegion,
            _ if price.is_none() => TargetState::Unpriced,
            _ => TargetState::Ready,
        };
        TargetRow {
            provider: self.slug(spec.provider_id).to_owned(),
            provider_name: provider.map(|found| found.name.clone()).unwrap_or_default(),
            model: spec.upstream_model,
            state,
            price_provider: spec.price_provider,
            price_model: spec.price_model,
            price,
            output_tokens_max: spec.output_tokens_max,
            weight: spec.weight,
            context_tokens_max: spec.context_tokens_max,
            capabilities: spec.capabilities,
        }
    }
}
