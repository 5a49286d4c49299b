//! Model aliases: made, changed, removed, and whether their targets can be called.

use contract::aliases::{AliasForm, TargetForm, TargetPrice, TargetState};
use contract::fault::{Fault, Field, Reason};
use contract::providers::{NewProvider, ProviderForm};
use domain::caller::Caller;
use domain::ids::{PriceId, TenantId};
use domain::money::NanoUsd;
use domain::provider::{Capability, ProviderKind, Strategy};
use serde_json::json;
use store::prices::PriceRow;

use crate::house::House;
use crate::providers::{form, new_provider};

pub fn target(provider: &str) -> TargetForm {
    TargetForm { provider: provider.into(), model: "small".into(), ..TargetForm::default() }
}

pub fn alias(provider: &str) -> AliasForm {
    AliasForm {
        description: String::new(),
        strategy: Strategy::Priority,
        regions: String::new(),
        targets: vec![target(provider)],
    }
}

const fn invalid(field: Field, reason: Reason) -> Fault {
    Fault::Invalid { field, reason }
}

/// Two providers, `near` in a region and with a price for its model `small`, and `far` in none.
async fn furnished() -> (House, Caller) {
    let (house, operator) = House::new().await;
    let near = NewProvider {
        form: ProviderForm { region: "eu-west-3".into(), ..form() },
        ..new_provider("near")
    };
    house.console.providers.create(&operator, near).await.unwrap();
    house.console.providers.create(&operator, new_provider("far")).await.unwrap();
    let price = PriceRow {
        id: PriceId::mint(),
        provider: "near".into(),
        model: "small".into(),
        effective_from: "2026-01-01T00:00:00Z".parse().unwrap(),
        input_nano_per_mtok: 150_000_000,
        cached_input_nano_per_mtok: 75_000_000,
        cache_write_nano_per_mtok: 150_000_000,
        cache_write_1h_nano_per_mtok: None,
        output_nano_per_mtok: 600_000_000,
        request_nano: 0,
        tiers: json!([]),
        source: "a test".into(),
        hash: [5; 32],
    };
    let mut tx = house.store.system(store::Reason::Configure).await.unwrap();
    tx.insert_prices(&[price]).await.unwrap();
    tx.commit().await.unwrap();
    (house, operator)
}

#[tokio::test]
async fn an_alias_keeps_its_targets_in_order_and_tells_which_can_be_called() {
    let (house, operator) = furnished().await;
    let aliases = &house.console.aliases;
    let first = TargetForm {
        output_tokens_max: "1000".into(),
        weight: "3".into(),
        context_tokens_max: " 128000 ".into(),
        known: true,
        capabilities: vec![Capability::Images, Capability::Tools],
        ..target("near")
    };
    let typed = AliasForm {
        description: " For drafts ".into(),
        strategy: Strategy::Weighted,
        regions: "eu-west-3, eu-central-1 eu-west-3".into(),
        targets: vec![
            first,
            TargetForm::default(),
            TargetForm { removed: true, ..target("near") },
            target("far"),
            TargetForm { model: "other".into(), known: true, ..target("near") },
        ],
    };
    let row = aliases.create(&operator, " drafts ".into(), typed).await.unwrap();
    assert_eq!((row.name.as_str(), row.description.as_deref()), ("drafts", Some("For drafts")));
    assert_eq!((row.strategy, row.configured), (Strategy::Weighted, false));
    assert_eq!(row.regions, ["eu-west-3", "eu-central-1"]);
    let [first, far, other] = <[_; 3]>::try_from(row.targets.clone()).unwrap();
    assert_eq!((first.weight, first.output_tokens_max), (3, 1_000));
    assert_eq!(first.context_tokens_max, Some(128_000));
    assert_eq!(first.capabilities, Some(vec![Capability::Tools, Capability::Images]));
    let price = TargetPrice { input: NanoUsd(150_000_000), output: NanoUsd(600_000_000) };
    assert_eq!((first.state, first.price), (TargetState::Ready, Some(price)));
    assert_eq!((far.provider.as_str(), far.state), ("far", TargetState::OutOfRegion));
    assert_eq!((far.weight, far.output_tokens_max, &far.capabilities), (1, 4_096, &None));
    assert_eq!((far.price_provider.as_str(), far.price_model.as_str()), ("far", "small"));
    assert_eq!((other.state, &other.capabilities), (TargetState::Unpriced, &Some(Vec::new())));
    assert_eq!(aliases.list(&operator).await.unwrap(), [row]);

    let near = house.console.providers.list(&operator).await.unwrap();
    let near = near.iter().find(|provider| provider.slug == "near").unwrap();
    house.console.providers.switch(&operator, near.id, false).await.unwrap();
    let row = aliases.list(&operator).await.unwrap().remove(0);
    assert_eq!(row.targets[0].state, TargetState::ProviderOff);
}

#[tokio::test]
async fn a_price_can_stand_under_another_name() {
    let (house, operator) = furnished().await;
    let elsewhere = TargetForm {
        model: "llama".into(),
        price_provider: "near".into(),
        price_model: "small".into(),
        ..target("far")
    };
    let typed = AliasForm { targets: vec![elsewhere], ..alias("far") };
    let row = house.console.aliases.create(&operator, "llama".into(), typed).await.unwrap();
    assert_eq!(row.targets[0].state, TargetState::Ready);
}

#[tokio::test]
async fn every_mistake_names_its_field() {
    let (house, operator) = furnished().await;
    let aliases = &house.console.aliases;
    aliases.create(&operator, "known".into(), alias("near")).await.unwrap();
    let with = |target: TargetForm| AliasForm { targets: vec![target], ..alias("near") };
    let near = || target("near");
    let weightless = TargetForm { weight: "0".into(), ..near() };
    let long = "x".repeat(301);
    let faults = [
        (
            AliasForm { description: long.clone(), ..alias("near") },
            Field::Description,
            Reason::TooLong,
        ),
        (AliasForm { regions: "EU".into(), ..alias("near") }, Field::Regions, Reason::NotARegion),
        (AliasForm { targets: vec![], ..alias("near") }, Field::Targets, Reason::Missing),
        (with(TargetForm::default()), Field::Targets, Reason::Missing),
        (AliasForm { targets: vec![near(); 21], ..alias("near") }, Field::Targets, Reason::TooMany),
        (
            AliasForm { strategy: Strategy::Weighted, ..with(weightless) },
            Field::Targets,
            Reason::NoneWeighted,
        ),
    ];
    for (form, field, reason) in faults {
        let refused = aliases.create(&operator, "new".into(), form.clone()).await.unwrap_err();
        assert_eq!(refused, invalid(field, reason));
        let refused = aliases.update(&operator, "known".into(), form).await.unwrap_err();
        assert_eq!(refused, invalid(field, reason));
    }
    for (name, reason) in [
        ("", Reason::Missing),
        ("two\nlines", Reason::Malformed),
        (&*"x".repeat(257), Reason::TooLong),
        ("known", Reason::Taken),
    ] {
        let refused = aliases.create(&operator, name.into(), alias("near")).await.unwrap_err();
        assert_eq!(refused, invalid(Field::Name, reason));
    }
    assert_eq!(aliases.list(&operator).await.unwrap().len(), 1);
}

#[tokio::test]
async fn every_mistake_in_a_target_names_the_target_and_its_field() {
    let (house, operator) = furnished().await;
    let aliases = &house.console.aliases;
    let opinions = NewProvider {
        form: ProviderForm { kind: ProviderKind::Lakera, ..form() },
        ..new_provider("opinions")
    };
    house.console.providers.create(&operator, opinions).await.unwrap();
    let near = || target("near");
    let long = "x".repeat(301);
    let mistakes = [
        (TargetForm { provider: String::new(), ..near() }, Field::TargetProvider, Reason::Missing),
        (target("nobody"), Field::TargetProvider, Reason::Unknown),
        (target("opinions"), Field::TargetProvider, Reason::HasNoModels),
        (TargetForm { model: " ".into(), ..near() }, Field::TargetModel, Reason::Missing),
        (TargetForm { model: long.clone(), ..near() }, Field::TargetModel, Reason::TooLong),
        (
            TargetForm { price_provider: long.clone(), ..near() },
            Field::TargetPriceProvider,
            Reason::TooLong,
        ),
        (TargetForm { price_model: long, ..near() }, Field::TargetPriceModel, Reason::TooLong),
        (
            TargetForm { output_tokens_max: "0".into(), ..near() },
            Field::TargetOutput,
            Reason::NotANumber,
        ),
        (TargetForm { weight: "1001".into(), ..near() }, Field::TargetWeight, Reason::NotANumber),
        (
            TargetForm { context_tokens_max: "many".into(), ..near() },
            Field::TargetContext,
            Reason::NotANumber,
        ),
        (TargetForm { place: "first".into(), ..near() }, Field::TargetPlace, Reason::NotANumber),
    ];
    for (wrong, field, reason) in mistakes {
        // One that was struck out is still there for whoever reads the form.
        let struck = TargetForm { removed: true, ..near() };
        let targets = vec![struck, near(), wrong];
        let form = AliasForm { targets, ..alias("near") };
        let refused = aliases.create(&operator, "new".into(), form).await.unwrap_err();
        assert_eq!(refused, Fault::InvalidTarget { target: 3, field, reason });
    }
    let places = |place: &str, was: &str| TargetForm {
        place: place.into(),
        was: was.into(),
        ..target("near")
    };
    let up = TargetForm { weight: "no".into(), ..places("1", "2") };
    let form = AliasForm { targets: vec![places("1", "1"), up], ..alias("near") };
    let refused = aliases.create(&operator, "new".into(), form).await.unwrap_err();
    let (field, reason) = (Field::TargetWeight, Reason::NotANumber);
    assert_eq!(refused, Fault::InvalidTarget { target: 1, field, reason }, "counted where it goes");
}

#[tokio::test]
async fn a_target_goes_to_the_place_that_is_typed() {
    let (house, operator) = furnished().await;
    let row = |model: &str, place: &str, was: &str| TargetForm {
        model: model.into(),
        place: place.into(),
        was: was.into(),
        ..target("near")
    };
    let targets =
        vec![row("a", "1", "1"), row("b", "2", "2"), row("c", "1", "3"), row("new", "", "")];
    let typed = AliasForm { targets, ..alias("near") };
    let made = house.console.aliases.create(&operator, "chat".into(), typed).await.unwrap();
    let order: Vec<_> = made.targets.iter().map(|target| target.model.as_str()).collect();
    assert_eq!(order, ["c", "a", "b", "new"]);
}

#[tokio::test]
async fn what_changes_is_on_record_with_before_and_after() {
    let (house, operator) = furnished().await;
    let aliases = &house.console.aliases;
    aliases.create(&operator, "chat".into(), alias("near")).await.unwrap();
    let typed = AliasForm { targets: vec![target("far"), target("near")], ..alias("near") };
    let row = aliases.update(&operator, "chat".into(), typed).await.unwrap();
    let order: Vec<_> = row.targets.iter().map(|target| target.provider.as_str()).collect();
    assert_eq!(order, ["far", "near"]);
    let refused = aliases.delete(&operator, "chat".into(), "Chat".into()).await.unwrap_err();
    assert_eq!(refused, invalid(Field::Confirmation, Reason::DoesNotMatch));
    aliases.delete(&operator, "chat".into(), "chat".into()).await.unwrap();
    let gone = aliases.delete(&operator, "chat".into(), "chat".into()).await.unwrap_err();
    assert_eq!(gone, Fault::NotFound);
    let gone = aliases.update(&operator, "chat".into(), alias("near")).await.unwrap_err();
    assert_eq!(gone, Fault::NotFound);

    let log = house.log(TenantId::PLATFORM).await;
    let told: Vec<_> = log[..3].iter().map(|row| row.entry.action.as_str()).collect();
    assert_eq!(told, ["alias.delete", "alias.update", "alias.create"]);
    let update = &log[1].entry;
    assert_eq!((update.target_kind.as_str(), update.target.as_deref()), ("alias", Some("chat")));
    let providers = |value: &Option<serde_json::Value>| -> Vec<String> {
        let targets = value.as_ref().unwrap()["targets"].as_array().unwrap();
        targets.iter().map(|target| target["provider"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(providers(&update.before), ["near"]);
    assert_eq!(providers(&update.after), ["far", "near"]);
    assert_eq!(providers(&log[0].entry.before), ["far", "near"]);
}
