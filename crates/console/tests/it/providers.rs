//! Providers: made, changed, switched, given keys, tried, removed; and what is told of them.

use contract::fault::{Fault, Field, Reason};
use contract::providers::{NewProvider, ProviderForm, ProviderRow};
use domain::caller::{Caller, Scope};
use domain::ids::{ProjectId, ProviderId, TenantId};
use domain::limits::CREDENTIAL_BYTES_MAX;
use domain::provider::{Auth, OnHangup, ProviderKind, Surface, Wire};
use serde_json::json;
use store::Reason as Why;
use store::providers::ProviderSpec;
use vault::Aad;

use crate::aliases::alias;
use crate::house::House;

pub const KEY: &str = "sk-the-first-key-of-the-provider";

pub fn form() -> ProviderForm {
    ProviderForm {
        name: "Near".into(),
        kind: ProviderKind::Compatible,
        base_url: "https://near.example/v1".into(),
        auth: None,
        wire: None,
        surfaces: Vec::new(),
        region: String::new(),
        api_version: String::new(),
        private_network: false,
        on_hangup: None,
    }
}

pub fn new_provider(slug: &str) -> NewProvider {
    NewProvider { slug: slug.into(), form: form(), credential: KEY.into() }
}

const fn invalid(field: Field, reason: Reason) -> Fault {
    Fault::Invalid { field, reason }
}

async fn made(house: &House, operator: &Caller, slug: &str) -> ProviderRow {
    house.console.providers.create(operator, new_provider(slug)).await.unwrap()
}

/// What the vault holds of a provider's key, opened.
async fn opened(house: &House, id: ProviderId) -> (u32, Vec<u8>) {
    let snapshot = house.store.gateway_snapshot().await.unwrap();
    let provider = snapshot.providers.iter().find(|provider| provider.id == id).unwrap();
    let sealed = provider.secret.as_ref().unwrap();
    let version = sealed.version.unsigned_abs();
    let place = Aad::provider_key(house.ring.deployment(), sealed.id, version);
    (version, house.ring.open(&place, &sealed.blob).await.unwrap().to_vec())
}

#[tokio::test]
async fn a_provider_is_made_with_what_its_kind_brings_and_its_key_goes_in_sealed() {
    let (house, operator) = House::new().await;
    let new = NewProvider {
        slug: "anthropic".into(),
        form: ProviderForm {
            name: " Claude ".into(),
            kind: ProviderKind::Anthropic,
            base_url: " ".into(),
            ..form()
        },
        credential: format!(" {KEY}\n").into(),
    };
    let row = house.console.providers.create(&operator, new).await.unwrap();
    let preset = ProviderKind::Anthropic.preset();
    assert_eq!((row.name.as_str(), row.base_url.as_str()), ("Claude", preset.base_url));
    assert_eq!((row.auth, row.wire, row.on_hangup), (preset.auth, preset.wire, OnHangup::Cancel));
    assert_eq!(row.surfaces, preset.surfaces);
    assert!(row.active && !row.configured && !row.private_network && row.aliases.is_empty());
    let known = row.credential.clone().unwrap();
    assert_eq!((known.version, known.fingerprint.len()), (1, 12));
    assert_eq!(opened(&house, row.id).await, (1, KEY.as_bytes().to_vec()));
    assert_eq!(house.console.providers.list(&operator).await.unwrap(), [row]);

    let bare = NewProvider { credential: "".into(), ..new_provider("bare") };
    let bare = house.console.providers.create(&operator, bare).await.unwrap();
    assert_eq!(bare.credential, None);
}

#[tokio::test]
async fn what_is_written_out_counts_more_than_the_kind() {
    let (house, operator) = House::new().await;
    let new = NewProvider {
        form: ProviderForm {
            kind: ProviderKind::Bedrock,
            auth: Some(Auth::SigV4),
            wire: Some(Wire::Bedrock),
            surfaces: vec![Surface::CountTokens, Surface::Messages, Surface::Messages],
            region: " eu-central-1 ".into(),
            on_hangup: Some(OnHangup::Cancel),
            ..form()
        },
        credential: "AKIAEXAMPLE:secret".into(),
        ..new_provider("bedrock")
    };
    let row = house.console.providers.create(&operator, new).await.unwrap();
    assert_eq!(row.surfaces, [Surface::Messages, Surface::CountTokens]);
    assert_eq!((row.region.as_deref(), row.on_hangup), (Some("eu-central-1"), OnHangup::Cancel));
    let near = ProviderForm {
        base_url: "http://127.0.0.1:8000/v1".into(),
        private_network: true,
        ..form()
    };
    let near = NewProvider { form: near, ..new_provider("vllm") };
    assert!(house.console.providers.create(&operator, near).await.unwrap().private_network);
}

#[tokio::test]
async fn every_mistake_names_its_field() {
    let (house, operator) = House::new().await;
    let known = made(&house, &operator, "near").await;
    let url = |url: &str| ProviderForm { base_url: url.into(), ..form() };
    let long = "x".repeat(600);
    let faults = [
        (ProviderForm { name: " ".into(), ..form() }, Field::Name, Reason::Missing),
        (ProviderForm { name: long.clone(), ..form() }, Field::Name, Reason::TooLong),
        (ProviderForm { kind: ProviderKind::Simulator, ..form() }, Field::Kind, Reason::BuiltIn),
        (url(""), Field::Address, Reason::Missing),
        (url(&format!("https://h/{long}")), Field::Address, Reason::TooLong),
        (url("near.example/v1"), Field::Address, Reason::NotAnAddress),
        (url("file:///etc/passwd"), Field::Address, Reason::NotAnAddress),
        (url("http://near.example/v1"), Field::Address, Reason::Unencrypted),
        (url("https://u:p@near.example/v1"), Field::Address, Reason::HoldsCredentials),
        (url("https://near.example/v1?key=1"), Field::Address, Reason::HoldsQuery),
        (url("https://near.example/v1#x"), Field::Address, Reason::HoldsQuery),
        (url("https://near.example/v1/"), Field::Address, Reason::TrailingSlash),
        (ProviderForm { region: "EU 1".into(), ..form() }, Field::Region, Reason::NotARegion),
        (ProviderForm { auth: Some(Auth::SigV4), ..form() }, Field::Region, Reason::NeededBySigV4),
        (
            ProviderForm { kind: ProviderKind::Azure, ..form() },
            Field::ApiVersion,
            Reason::NeededByAzure,
        ),
        (
            ProviderForm { api_version: "1/2".into(), ..form() },
            Field::ApiVersion,
            Reason::NotAVersion,
        ),
    ];
    let providers = &house.console.providers;
    for (form, field, reason) in faults {
        let new = NewProvider { form: form.clone(), ..new_provider("new") };
        let refused = providers.create(&operator, new).await.unwrap_err();
        assert_eq!(refused, invalid(field, reason), "made from {form:?}");
        // One that is known is held to its surfaces first.
        let form = ProviderForm { surfaces: vec![Surface::Chat], ..form };
        let refused = providers.update(&operator, known.id, form).await.unwrap_err();
        assert_eq!(refused, invalid(field, reason));
    }
    for (slug, reason) in [
        ("", Reason::Missing),
        ("Near", Reason::NotASlug),
        ("near--by", Reason::NotASlug),
        ("near", Reason::Taken),
    ] {
        let refused = providers.create(&operator, new_provider(slug)).await.unwrap_err();
        assert_eq!(refused, invalid(Field::Slug, reason));
    }
    let too_long = "x".repeat(CREDENTIAL_BYTES_MAX + 1);
    for (key, reason) in [("two words", Reason::NotAKey), (&*too_long, Reason::TooLong)] {
        let new = NewProvider { credential: key.into(), ..new_provider("new") };
        let refused = providers.create(&operator, new).await.unwrap_err();
        assert_eq!(refused, invalid(Field::Credential, reason));
        let refused = providers.set_credential(&operator, known.id, key.into()).await.unwrap_err();
        assert_eq!(refused, invalid(Field::Credential, reason));
    }
    let refused = providers.set_credential(&operator, known.id, "".into()).await.unwrap_err();
    assert_eq!(refused, invalid(Field::Credential, Reason::Missing));
    let refused = providers.update(&operator, known.id, form()).await.unwrap_err();
    assert_eq!(refused, invalid(Field::Surfaces, Reason::Missing));
    assert_eq!(providers.list(&operator).await.unwrap(), [known]);
}

#[tokio::test]
async fn a_change_is_on_record_with_before_and_after_and_keys_by_their_fingerprint() {
    let (house, operator) = House::new().await;
    let providers = &house.console.providers;
    let row = made(&house, &operator, "near").await;
    let changed = ProviderForm {
        name: "Nearer".into(),
        surfaces: vec![Surface::Chat],
        region: "eu-west-3".into(),
        ..form()
    };
    let after = providers.update(&operator, row.id, changed).await.unwrap();
    assert_eq!((after.slug.as_str(), after.name.as_str()), ("near", "Nearer"));
    assert_eq!(after.credential, row.credential, "a change of facts leaves the key");
    let second = "sk-the-second-key";
    let rotated = providers.set_credential(&operator, row.id, second.into()).await.unwrap();
    let known = rotated.credential.clone().unwrap();
    assert_eq!(known.version, 2);
    assert_ne!(Some(&known.fingerprint), row.credential.as_ref().map(|first| &first.fingerprint));
    assert_eq!(opened(&house, row.id).await, (2, second.as_bytes().to_vec()));
    assert!(!providers.switch(&operator, row.id, false).await.unwrap().active);
    let again = providers.switch(&operator, row.id, false).await.unwrap_err();
    assert_eq!(again, Fault::Conflict);
    assert!(providers.switch(&operator, row.id, true).await.unwrap().active);
    providers.delete(&operator, row.id, "near".into()).await.unwrap();

    assert_eq!(
        house.actions(TenantId::PLATFORM).await[2..],
        [
            "provider.create",
            "provider.update",
            "provider.key.set",
            "provider.disable",
            "provider.enable",
            "provider.delete"
        ]
    );
    let log = house.log(TenantId::PLATFORM).await;
    let entry = |action: &str| log.iter().find(|row| row.entry.action == action).unwrap();
    let update = &entry("provider.update").entry;
    assert_eq!((update.target.as_deref(), update.target_id), (Some("near"), Some(row.id.uuid())));
    assert_eq!(update.actor, operator.email);
    let (before, after) = (update.before.as_ref().unwrap(), update.after.as_ref().unwrap());
    assert_eq!((&before["name"], &after["name"]), (&json!("Near"), &json!("Nearer")));
    assert_eq!((&before["region"], &after["region"]), (&json!(null), &json!("eu-west-3")));
    let rotation = &entry("provider.key.set").entry;
    assert_eq!(rotation.after, Some(json!({ "key": known.fingerprint, "version": 2 })));
    let first = row.credential.clone().unwrap().fingerprint;
    assert_eq!(rotation.before, Some(json!({ "key": first })));
    let text = format!("{log:?}");
    assert!(!text.contains(KEY) && !text.contains(second));
}

#[tokio::test]
async fn no_sealed_key_stays_without_a_provider_or_behind_a_newer_one() {
    let (house, operator) = House::new().await;
    let providers = &house.console.providers;
    let sealed = || house.count("select count(*) from app.secret");
    let (near, far) = (made(&house, &operator, "near").await, made(&house, &operator, "far").await);
    assert_eq!(sealed().await, 2);
    // What is refused leaves nothing behind either.
    let taken = providers.create(&operator, new_provider("near")).await.unwrap_err();
    assert_eq!(taken, invalid(Field::Slug, Reason::Taken));
    for key in ["sk-the-second-key", "sk-the-third-key"] {
        providers.set_credential(&operator, near.id, key.into()).await.unwrap();
        assert_eq!(sealed().await, 2, "the key before is destroyed");
    }
    assert_eq!(opened(&house, near.id).await, (3, b"sk-the-third-key".to_vec()));
    assert_eq!(opened(&house, far.id).await.0, 1, "another provider's key is left alone");
    let before = house.log(TenantId::PLATFORM).await;
    providers.delete(&operator, near.id, "near".into()).await.unwrap();
    assert_eq!(sealed().await, 1);
    providers.delete(&operator, far.id, "far".into()).await.unwrap();
    assert_eq!(sealed().await, 0);

    // The log still says which key was there: by its fingerprint, as it did before.
    let log = house.log(TenantId::PLATFORM).await;
    assert_eq!(log[2..], before, "nothing that was written changed");
    let print = far.credential.unwrap().fingerprint;
    assert_eq!(log[0].entry.before.as_ref().unwrap()["key"], json!(print));
    let chain = "select count(*) from app.audit_event where action = 'provider.key.set'";
    assert_eq!(house.count(chain).await, 2);
}

#[tokio::test]
async fn nothing_that_is_told_of_a_provider_holds_its_key() {
    let (house, operator) = House::new().await;
    let row = made(&house, &operator, "near").await;
    let listed = house.console.providers.list(&operator).await.unwrap();
    for text in [
        format!("{listed:?}"),
        format!("{row:?}"),
        format!("{:?}", new_provider("near")),
        format!("{:?}", house.console.aliases.list(&operator).await.unwrap()),
    ] {
        assert!(!text.contains(KEY), "{text}");
    }
}

#[tokio::test]
async fn a_provider_that_an_alias_leads_to_stays() {
    let (house, operator) = House::new().await;
    let providers = &house.console.providers;
    let row = made(&house, &operator, "near").await;
    house.console.aliases.create(&operator, "fast".into(), alias("near")).await.unwrap();
    let listed = providers.list(&operator).await.unwrap().remove(0);
    assert_eq!(
        (listed.aliases, listed.models),
        (vec!["fast".to_owned()], vec!["small".to_owned()])
    );
    let refused = providers.delete(&operator, row.id, "near".into()).await.unwrap_err();
    assert_eq!(refused, invalid(Field::Slug, Reason::InUse));
    house.console.aliases.delete(&operator, "fast".into(), "fast".into()).await.unwrap();
    let refused = providers.delete(&operator, row.id, "Near".into()).await.unwrap_err();
    assert_eq!(refused, invalid(Field::Confirmation, Reason::DoesNotMatch));
    providers.delete(&operator, row.id, " near ".into()).await.unwrap();
    let gone = providers.delete(&operator, row.id, "near".into()).await.unwrap_err();
    assert_eq!(gone, Fault::NotFound);
    let nobody = ProviderId::mint();
    let form = ProviderForm { surfaces: vec![Surface::Chat], ..form() };
    assert_eq!(providers.update(&operator, nobody, form).await.unwrap_err(), Fault::NotFound);
    assert_eq!(providers.switch(&operator, nobody, true).await.unwrap_err(), Fault::NotFound);
    let key = providers.set_credential(&operator, nobody, KEY.into()).await;
    assert_eq!(key.unwrap_err(), Fault::NotFound);
    let probe = providers.probe(&operator, nobody, "m".into()).await;
    assert_eq!(probe.unwrap_err(), Fault::NotFound);
}

#[tokio::test]
async fn the_simulator_follows_the_server_but_can_be_switched() {
    let (house, operator) = House::new().await;
    let preset = ProviderKind::Simulator.preset();
    let spec = ProviderSpec {
        id: ProviderId::mint(),
        slug: "simulator".into(),
        name: "Simulator".into(),
        kind: ProviderKind::Simulator,
        base_url: "http://127.0.0.1:9/v1".into(),
        auth: preset.auth,
        wire: preset.wire,
        surfaces: preset.surfaces.to_vec(),
        region: None,
        api_version: None,
        private_network: true,
        secret_id: None,
        on_hangup: preset.on_hangup(),
        active: true,
    };
    let mut tx = house.store.system(Why::Configure).await.unwrap();
    tx.upsert_provider(&spec).await.unwrap();
    tx.commit().await.unwrap();
    let providers = &house.console.providers;
    let built_in = invalid(Field::Kind, Reason::BuiltIn);
    let form = ProviderForm { surfaces: vec![Surface::Chat], ..form() };
    assert_eq!(providers.update(&operator, spec.id, form).await.unwrap_err(), built_in);
    let key = providers.set_credential(&operator, spec.id, KEY.into()).await;
    assert_eq!(key.unwrap_err(), built_in);
    let gone = providers.delete(&operator, spec.id, "simulator".into()).await;
    assert_eq!(gone.unwrap_err(), built_in);
    let row = providers.switch(&operator, spec.id, false).await.unwrap();
    assert!(row.configured && !row.active);
}

#[tokio::test]
async fn a_test_call_is_for_those_who_manage_and_on_record() {
    let (house, operator) = House::new().await;
    let providers = &house.console.providers;
    let tenant = house.tenant(&operator, "acme").await;
    let row = made(&house, &operator, "near").await;
    let probe = providers.probe(&operator, row.id, " small ".into()).await.unwrap();
    assert!(probe.ok && probe.status == Some(200));
    assert_eq!(probe.model_served.as_deref(), Some("small-2026"));
    let entry = house.log(TenantId::PLATFORM).await.remove(0).entry;
    assert_eq!(entry.action, "provider.probe");
    let told = json!({ "model": "small", "ok": true, "status": 200, "latency_ms": 12 });
    assert_eq!(entry.after, Some(told));

    let denied = providers.probe(&tenant.admin, row.id, "small".into()).await;
    assert!(matches!(denied, Err(Fault::Forbidden(_))));
    let nothing = providers.probe(&operator, row.id, " ".into()).await;
    assert_eq!(nothing.unwrap_err(), invalid(Field::Model, Reason::Missing));
    let nobody = providers.probe(&operator, row.id, "nobody-home".into()).await;
    assert_eq!(nobody.unwrap_err(), Fault::Unavailable);
    assert_eq!(house.tries.asked(), [(row.id, "small".to_owned())], "what is refused is not sent");
}

#[tokio::test]
async fn only_the_operator_changes_a_provider_and_from_any_seat() {
    let (house, operator) = House::new().await;
    let providers = &house.console.providers;
    let tenant = house.tenant(&operator, "acme").await;
    let row = made(&house, &operator, "near").await;
    let admin = &tenant.admin;
    let forbidden = |result: Result<(), Fault>| {
        assert!(matches!(result, Err(Fault::Forbidden(_))), "{result:?}");
    };
    forbidden(providers.list(admin).await.map(drop));
    forbidden(providers.create(admin, new_provider("mine")).await.map(drop));
    forbidden(providers.update(admin, row.id, form()).await.map(drop));
    forbidden(providers.switch(admin, row.id, false).await.map(drop));
    forbidden(providers.set_credential(admin, row.id, "sk-mine".into()).await.map(drop));
    forbidden(providers.delete(admin, row.id, "near".into()).await);

    let seated = house.caller(operator.account_id, Some(tenant.id)).await.unwrap();
    providers.switch(&seated, row.id, false).await.unwrap();
    let scope = Scope { tenant_id: TenantId::PLATFORM, projects: vec![ProjectId::PLATFORM] };
    let mut tx = house.store.tenant(&scope).await.unwrap();
    assert!(!tx.provider(row.id).await.unwrap().unwrap().spec.active);
    assert_eq!(house.actions(TenantId::PLATFORM).await.pop().unwrap(), "provider.disable");
}
