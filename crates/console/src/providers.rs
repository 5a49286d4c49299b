//! Providers, for the operator: from the platform or from a seat in a tenant.

mod check;
mod credential;

use async_trait::async_trait;
use contract::fault::{Fault, Field, Reason};
use contract::providers::{CredentialRow, NewProvider, ProviderForm, ProviderRow, Providers};
use domain::caller::Caller;
use domain::ids::ProviderId;
use domain::probe::Probe;
use domain::provider::ProviderKind;
use domain::role::Permission;
use secrecy::SecretString;
use serde_json::{Value, json};
use store::TenantTx;
use store::providers::ProviderSpec;

use crate::Services;
use crate::act::{Act, Event};
use crate::fault::Failure;
use crate::form;
use check::Base;

/// The unique constraint over a provider's short name.
const SLUG_TAKEN: &str = "provider_slug_key";

#[async_trait]
impl Providers for Services {
    async fn list(&self, caller: &Caller) -> Result<Vec<ProviderRow>, Fault> {
        Ok(self.all_providers(caller).await?)
    }

    async fn create(&self, caller: &Caller, new: NewProvider) -> Result<ProviderRow, Fault> {
        Ok(self.make_provider(caller, new).await?)
    }

    async fn update(
        &self,
        caller: &Caller,
        id: ProviderId,
        form: ProviderForm,
    ) -> Result<ProviderRow, Fault> {
        Ok(self.change_provider(caller, id, &form).await?)
    }

    async fn switch(
        &self,
        caller: &Caller,
        id: ProviderId,
        active: bool,
    ) -> Result<ProviderRow, Fault> {
        Ok(self.switch_provider(caller, id, active).await?)
    }

    async fn set_credential(
        &self,
        caller: &Caller,
        id: ProviderId,
        credential: SecretString,
    ) -> Result<ProviderRow, Fault> {
        Ok(self.rotate_credential(caller, id, &credential).await?)
    }

    async fn delete(
        &self,
        caller: &Caller,
        id: ProviderId,
        confirmation: String,
    ) -> Result<(), Fault> {
        Ok(self.remove_provider(caller, id, &confirmation).await?)
    }

    async fn probe(&self, caller: &Caller, id: ProviderId, model: String) -> Result<Probe, Fault> {
        Ok(self.try_provider(caller, id, &model).await?)
    }
}

impl Services {
    async fn all_providers(&self, caller: &Caller) -> Result<Vec<ProviderRow>, Failure> {
        let mut tx = self.platform(caller, Permission::ReadProviders).await?;
        Ok(tx.providers().await?.into_iter().map(row).collect())
    }

    async fn make_provider(
        &self,
        caller: &Caller,
        new: NewProvider,
    ) -> Result<ProviderRow, Failure> {
        let mut act = Act::of_platform(self, caller, Permission::ManageProviders).await?;
        let slug = form::slug(&new.slug)?;
        let mut spec = check::spec(&new.form, Base::New { slug })?;
        let sealed = match credential::given(&new.credential, spec.auth)? {
            Some(key) => Some(self.seal(&spec, None, key).await?),
            None => None,
        };
        if let Some(sealed) = &sealed {
            act.tx().insert_secret(sealed).await?;
            spec.secret_id = Some(sealed.id);
        }
        let made = act.tx().insert_provider(&spec).await;
        made.map_err(|error| Failure::taken(error, SLUG_TAKEN, Field::Slug))?;
        let made = found(act.tx(), spec.id).await?;
        act.done(Event { after: Some(facts(&made)), ..about("provider.create", &made.spec) })
            .await?;
        Ok(row(made))
    }

    async fn change_provider(
        &self,
        caller: &Caller,
        id: ProviderId,
        form: &ProviderForm,
    ) -> Result<ProviderRow, Failure> {
        let mut act = Act::of_platform(self, caller, Permission::ManageProviders).await?;
        let before = to_change(act.tx(), id).await?;
        own_facts(&before.spec)?;
        let spec = check::spec(form, Base::Known(&before.spec))?;
        act.tx().update_provider(&spec).await?;
        let after = found(act.tx(), id).await?;
        act.done(Event {
            before: Some(facts(&before)),
            after: Some(facts(&after)),
            ..about("provider.update", &after.spec)
        })
        .await?;
        Ok(row(after))
    }

    async fn switch_provider(
        &self,
        caller: &Caller,
        id: ProviderId,
        active: bool,
    ) -> Result<ProviderRow, Failure> {
        let mut act = Act::of_platform(self, caller, Permission::ManageProviders).await?;
        let before = to_change(act.tx(), id).await?;
        if before.spec.active == active {
            return Err(Fault::Conflict.into());
        }
        let spec = ProviderSpec { active, ..before.spec };
        act.tx().update_provider(&spec).await?;
        let after = found(act.tx(), id).await?;
        let action = if active { "provider.enable" } else { "provider.disable" };
        act.done(Event {
            before: Some(json!({ "active": !active })),
            after: Some(json!({ "active": active })),
            ..about(action, &spec)
        })
        .await?;
        Ok(row(after))
    }

    async fn rotate_credential(
        &self,
        caller: &Caller,
        id: ProviderId,
        typed: &SecretString,
    ) -> Result<ProviderRow, Failure> {
        let mut act = Act::of_platform(self, caller, Permission::ManageProviders).await?;
        let before = to_change(act.tx(), id).await?;
        own_facts(&before.spec)?;
        let key = credential::given(typed, before.spec.auth)?
            .ok_or(Failure::invalid(Field::Credential, Reason::Missing))?;
        let sealed = self.seal(&before.spec, before.credential.as_ref(), key).await?;
        act.tx().insert_secret(&sealed).await?;
        let spec = ProviderSpec { secret_id: Some(sealed.id), ..before.spec };
        act.tx().update_provider(&spec).await?;
        let after = found(act.tx(), id).await?;
        act.done(Event {
            before: Some(json!({ "key": before.credential.map(|known| known.fingerprint) })),
            after: Some(json!({ "key": sealed.fingerprint, "version": sealed.version })),
            ..about("provider.key.set", &spec)
        })
        .await?;
        Ok(row(after))
    }

    async fn remove_provider(
        &self,
        caller: &Caller,
        id: ProviderId,
        confirmation: &str,
    ) -> Result<(), Failure> {
        let mut act = Act::of_platform(self, caller, Permission::ManageProviders).await?;
        let before = to_change(act.tx(), id).await?;
        own_facts(&before.spec)?;
        if !before.aliases.is_empty() {
            return Err(Failure::invalid(Field::Slug, Reason::InUse));
        }
        if confirmation.trim() != before.spec.slug {
            return Err(Failure::invalid(Field::Confirmation, Reason::DoesNotMatch));
        }
        act.tx().delete_provider(id).await?;
        act.done(Event { before: Some(facts(&before)), ..about("provider.delete", &before.spec) })
            .await
    }

    /// The request goes out before the transaction begins, which would else wait for a stranger. A
    /// provider that is switched off can be tried too: that is how one learns whether it is back.
    async fn try_provider(
        &self,
        caller: &Caller,
        id: ProviderId,
        model: &str,
    ) -> Result<Probe, Failure> {
        let provider = {
            let mut tx = self.platform(caller, Permission::ManageProviders).await?;
            found(&mut tx, id).await?
        };
        let model = form::model(Field::Model, model)?;
        let probe = self.prober.probe(id, &model).await.map_err(|_| Fault::Unavailable)?;
        let act = Act::of_platform(self, caller, Permission::ManageProviders).await?;
        act.done(Event {
            after: Some(json!({
                "model": model,
                "ok": probe.ok,
                "status": probe.status,
                "latency_ms": probe.latency_ms,
            })),
            ..about("provider.probe", &provider.spec)
        })
        .await?;
        Ok(probe)
    }
}

async fn found(
    tx: &mut TenantTx<'_>,
    id: ProviderId,
) -> Result<store::providers::ProviderRow, Failure> {
    Ok(tx.provider(id).await?.ok_or(Fault::NotFound)?)
}

async fn to_change(
    tx: &mut TenantTx<'_>,
    id: ProviderId,
) -> Result<store::providers::ProviderRow, Failure> {
    Ok(tx.provider_to_change(id).await?.ok_or(Fault::NotFound)?)
}

/// The simulator's facts follow the server, which writes them at every start.
fn own_facts(spec: &ProviderSpec) -> Result<(), Failure> {
    match spec.kind {
        ProviderKind::Simulator => Err(Failure::invalid(Field::Kind, Reason::BuiltIn)),
        _ => Ok(()),
    }
}

fn about(action: &'static str, provider: &ProviderSpec) -> Event {
    Event {
        action,
        target_kind: "provider",
        target_id: Some(provider.id.uuid()),
        target: Some(provider.slug.clone()),
        ..Event::default()
    }
}

/// A provider as the audit log keeps it: its key by the fingerprint.
fn facts(provider: &store::providers::ProviderRow) -> Value {
    let spec = &provider.spec;
    json!({
        "slug": spec.slug,
        "name": spec.name,
        "kind": spec.kind,
        "base_url": spec.base_url,
        "auth": spec.auth,
        "wire": spec.wire,
        "surfaces": spec.surfaces,
        "region": spec.region,
        "api_version": spec.api_version,
        "private_network": spec.private_network,
        "on_hangup": spec.on_hangup,
        "active": spec.active,
        "key": provider.credential.as_ref().map(|known| &known.fingerprint),
    })
}

fn row(provider: store::providers::ProviderRow) -> ProviderRow {
    let spec = provider.spec;
    ProviderRow {
        id: spec.id,
        slug: spec.slug,
        name: spec.name,
        kind: spec.kind,
        base_url: spec.base_url,
        auth: spec.auth,
        wire: spec.wire,
        surfaces: spec.surfaces,
        region: spec.region,
        api_version: spec.api_version,
        private_network: spec.private_network,
        on_hangup: spec.on_hangup,
        active: spec.active,
        configured: provider.configured,
        created_at: provider.created_at,
        credential: provider.credential.map(|known| CredentialRow {
            fingerprint: known.fingerprint,
            version: known.version.unsigned_abs(),
            set_at: known.set_at,
        }),
        aliases: provider.aliases,
        models: provider.models,
    }
}
