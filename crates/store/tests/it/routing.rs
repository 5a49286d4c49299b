//! Providers and aliases: what the console does with them, and what the database does not take.

use domain::caller::Scope;
use domain::ids::{PriceId, ProjectId, ProviderId, SecretId, TenantId};
use domain::provider::{
    Auth, Capability, OnHangup, ProviderKind, Strategy, Surface, Wire, is_region, is_version,
};
use store::aliases::{AliasSpec, TargetPrice, TargetSpec};
use store::providers::ProviderSpec;
use store::{Reason, StoreError};
use uuid::Uuid;

use crate::attacks::attempt;
use crate::estate::{House, new_kek, new_secret, number, price_row, run};
use crate::node::{provider, target};

fn platform() -> Scope {
    Scope { tenant_id: TenantId::PLATFORM, projects: vec![ProjectId::PLATFORM] }
}

#[tokio::test]
async fn every_word_of_the_domain_is_a_word_of_the_database() {
    let house = House::new().await;
    let mut tx = house.store.tenant(&platform()).await.unwrap();
    let base = ProviderSpec {
        region: Some("eu-central-1".into()),
        api_version: Some("2024-10-21".into()),
        surfaces: Surface::ALL.to_vec(),
        ..provider("p", None)
    };
    tx.insert_provider(&base).await.unwrap();
    let mut specs = vec![base.clone()];
    specs.extend(ProviderKind::ALL.iter().map(|&kind| {
        let surfaces = if kind.answers_calls() { base.surfaces.clone() } else { Vec::new() };
        ProviderSpec { kind, surfaces, ..base.clone() }
    }));
    specs.extend(Auth::ALL.iter().map(|&auth| ProviderSpec { auth, ..base.clone() }));
    specs.extend(Wire::ALL.iter().map(|&wire| ProviderSpec { wire, ..base.clone() }));
    specs.extend(
        Surface::ALL.iter().map(|&one| ProviderSpec { surfaces: vec![one], ..base.clone() }),
    );
    specs.extend(OnHangup::ALL.iter().map(|&on_hangup| ProviderSpec { on_hangup, ..base.clone() }));
    for spec in specs {
        assert!(tx.update_provider(&spec).await.unwrap());
        let row = tx.provider(spec.id).await.unwrap().unwrap();
        assert_eq!((row.spec, row.configured, row.credential), (spec, false, None));
    }
    for &strategy in Strategy::ALL {
        let all =
            TargetSpec { capabilities: Some(Capability::ALL.to_vec()), ..target(base.id, "m") };
        let spec = AliasSpec { strategy, ..AliasSpec::in_order(strategy.as_str(), vec![all]) };
        tx.insert_alias(&spec).await.unwrap();
        assert_eq!(tx.alias_to_change(strategy.as_str()).await.unwrap().unwrap().spec, spec);
    }
}

#[tokio::test]
async fn what_does_not_fit_together_is_refused() {
    let house = House::new().await;
    let good = provider("p", None);
    let long = "x".repeat(41);
    assert!(is_region("eu-central-1") && !is_region(&long) && !is_region("EU") && !is_region(""));
    assert!(is_version("2024-10-21") && !is_version(&long) && !is_version("1/2"));
    for (spec, constraint) in [
        (ProviderSpec { surfaces: Vec::new(), ..good.clone() }, "provider_surfaces_check"),
        (ProviderSpec { private_network: false, ..good.clone() }, "provider_encrypted"),
        (ProviderSpec { auth: Auth::SigV4, ..good.clone() }, "provider_signed_region"),
        (ProviderSpec { wire: Wire::Azure, ..good.clone() }, "provider_azure_version"),
        (ProviderSpec { region: Some("EU".into()), ..good.clone() }, "provider_region_check"),
        (ProviderSpec { region: Some(long.clone()), ..good.clone() }, "provider_region_check"),
        (ProviderSpec { api_version: Some(long), ..good.clone() }, "provider_api_version_check"),
        (
            ProviderSpec { base_url: "http://u:p@h/v1".into(), ..good.clone() },
            "provider_base_url_check",
        ),
    ] {
        let mut tx = house.store.tenant(&platform()).await.unwrap();
        let refused = tx.insert_provider(&spec).await;
        assert!(
            matches!(&refused, Err(StoreError::Invalid { what }) if what == constraint),
            "{refused:?} for {constraint}"
        );
    }
    let mut tx = house.store.tenant(&platform()).await.unwrap();
    tx.insert_provider(&good).await.unwrap();
    assert!(matches!(tx.insert_provider(&good).await, Err(StoreError::Conflict { .. })));
    drop(tx);
    let mut tx = house.store.tenant(&platform()).await.unwrap();
    tx.insert_provider(&good).await.unwrap();
    tx.commit().await.unwrap();
    let one = || target(good.id, "m");
    for (spec, constraint) in [
        (TargetSpec { weight: 1_001, ..one() }, "target_weight_check"),
        (TargetSpec { context_tokens_max: Some(0), ..one() }, "target_context_tokens_max_check"),
        (TargetSpec { output_tokens_max: 0, ..one() }, "target_output_tokens_max_check"),
    ] {
        let mut tx = house.store.tenant(&platform()).await.unwrap();
        let refused = tx.insert_alias(&AliasSpec::in_order("a", vec![spec])).await;
        assert!(
            matches!(&refused, Err(StoreError::Invalid { what }) if what == constraint),
            "{refused:?} for {constraint}"
        );
    }
    for regions in [vec![], vec!["EU".to_owned()], vec!["a,B".to_owned()]] {
        let mut tx = house.store.tenant(&platform()).await.unwrap();
        let spec = AliasSpec {
            regions: Some(regions),
            ..AliasSpec::in_order("a", vec![target(good.id, "m")])
        };
        assert!(matches!(tx.insert_alias(&spec).await, Err(StoreError::Invalid { .. })));
    }
    let mut tx = house.store.tenant(&platform()).await.unwrap();
    let nobody = AliasSpec::in_order("a", vec![target(ProviderId::mint(), "m")]);
    let refused = tx.insert_alias(&nobody).await;
    assert!(matches!(refused, Err(StoreError::Refused { code, .. }) if code == "23503"));
}

#[tokio::test]
async fn a_key_is_known_by_its_fingerprint_in_the_platform_tenant_only() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let (secret, kek) = (SecretId::mint(), Uuid::now_v7());
    house.store.promote_kek(TenantId::PLATFORM, &new_kek(kek), None).await.unwrap();
    let spec = provider("p", Some(secret));
    let mut tx = house.store.tenant(&platform()).await.unwrap();
    tx.insert_secret(&new_secret(secret, kek)).await.unwrap();
    let second = store::secrets::NewSecret {
        version: 2,
        fingerprint: "second".into(),
        ..new_secret(secret, kek)
    };
    tx.insert_secret(&second).await.unwrap();
    tx.insert_provider(&spec).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = house.store.tenant(&platform()).await.unwrap();
    let known = tx.provider_to_change(spec.id).await.unwrap().unwrap().credential.unwrap();
    assert_eq!((known.fingerprint.as_str(), known.version), ("second", 2));
    drop(tx);
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    let [row] = <[_; 1]>::try_from(tx.providers().await.unwrap()).unwrap();
    assert_eq!((row.spec.slug.as_str(), row.credential), ("p", None));
}

#[tokio::test]
async fn a_sealed_key_goes_with_its_successor_and_with_its_provider() {
    let house = House::new().await;
    let (kek, key, other) = (Uuid::now_v7(), SecretId::mint(), SecretId::mint());
    house.store.promote_kek(TenantId::PLATFORM, &new_kek(kek), None).await.unwrap();
    let sealed = async || -> Vec<(Uuid, i32)> {
        let rows = sqlx::query_as("select id, version from app.secret order by id, version");
        rows.fetch_all(&mut house.admin().await).await.unwrap()
    };
    let (spec, second) = (provider("p", Some(key)), provider("q", Some(other)));
    let mut tx = house.store.tenant(&platform()).await.unwrap();
    for id in [key, other] {
        tx.insert_secret(&new_secret(id, kek)).await.unwrap();
    }
    tx.insert_provider(&spec).await.unwrap();
    tx.insert_provider(&second).await.unwrap();
    let successor = store::secrets::NewSecret { version: 2, ..new_secret(key, kek) };
    tx.insert_secret(&successor).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(sealed().await, [(key.uuid(), 2), (other.uuid(), 1)]);

    // A change that is given up destroys nothing.
    let mut tx = house.store.tenant(&platform()).await.unwrap();
    assert!(tx.delete_provider(spec.id).await.unwrap());
    drop(tx);
    assert_eq!(sealed().await.len(), 2);
    let mut tx = house.store.tenant(&platform()).await.unwrap();
    assert!(tx.delete_provider(spec.id).await.unwrap());
    assert!(!tx.delete_provider(spec.id).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(sealed().await, [(other.uuid(), 1)]);

    // A key that was sealed for a provider which never came goes too, once it is no longer on its way.
    let mut tx = house.store.tenant(&platform()).await.unwrap();
    tx.insert_secret(&new_secret(SecretId::mint(), kek)).await.unwrap();
    tx.commit().await.unwrap();
    let sweep = async || {
        let mut tx = house.store.tenant(&platform()).await.unwrap();
        let destroyed = tx.destroy_unowned_secrets().await.unwrap();
        tx.commit().await.unwrap();
        destroyed
    };
    assert_eq!(sweep().await, 0, "it may be on its way");
    let older = "update app.secret set created_at = created_at - interval '61 minutes'";
    run(&mut house.admin().await, older).await.unwrap();
    assert_eq!(sweep().await, 1);
    assert_eq!(sealed().await, [(other.uuid(), 1)]);
}

#[tokio::test]
async fn a_key_of_another_tenant_cannot_be_destroyed() {
    let house = House::new().await;
    let (a, b) = (house.tenant("ada").await, house.tenant("bob").await);
    let (kek, key) = (Uuid::now_v7(), SecretId::mint());
    house.store.promote_kek(a.id, &new_kek(kek), None).await.unwrap();
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    tx.insert_secret(&new_secret(key, kek)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = house.store.tenant(&b.scope()).await.unwrap();
    assert_eq!(tx.destroy_secret(key).await.unwrap(), 0);
    tx.commit().await.unwrap();
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    assert!(tx.secret(key).await.unwrap().is_some());
}

#[tokio::test]
async fn a_provider_goes_only_when_no_alias_leads_to_it() {
    let house = House::new().await;
    let spec = provider("sim", None);
    let mut tx = house.store.system(Reason::Configure).await.unwrap();
    let id = tx.upsert_provider(&spec).await.unwrap();
    tx.insert_prices(&[price_row(PriceId::mint(), "m")]).await.unwrap();
    let known = AliasSpec {
        description: Some("kept".into()),
        ..AliasSpec::in_order("b", vec![target(id, "m"), target(id, "unpriced")])
    };
    tx.put_alias(&known).await.unwrap();
    tx.put_alias(&AliasSpec::in_order("a", vec![target(id, "m")])).await.unwrap();
    // A configuration knows no descriptions.
    tx.put_alias(&AliasSpec { description: None, ..known.clone() }).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = house.store.tenant(&platform()).await.unwrap();
    let row = tx.provider(id).await.unwrap().unwrap();
    assert_eq!((row.aliases, row.configured), (vec!["a".to_owned(), "b".to_owned()], true));
    let aliases = tx.aliases().await.unwrap();
    assert_eq!(aliases.iter().map(|row| row.spec.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!((&aliases[1].spec, aliases[1].configured), (&known, true));
    let price = price_row(PriceId::mint(), "m");
    let shown = TargetPrice {
        input_nano_per_mtok: price.input_nano_per_mtok,
        output_nano_per_mtok: price.output_nano_per_mtok,
    };
    assert_eq!(aliases[1].prices, [Some(shown), None]);
    let refused = tx.delete_provider(id).await;
    assert!(matches!(refused, Err(StoreError::Refused { code, .. }) if code == "23503"));
    drop(tx);

    let before = house.store.epoch().await.unwrap();
    let mut tx = house.store.tenant(&platform()).await.unwrap();
    let changed = AliasSpec {
        description: Some("other".into()),
        strategy: Strategy::Fastest,
        ..AliasSpec::in_order("b", vec![target(id, "m")])
    };
    assert!(tx.update_alias(&changed).await.unwrap());
    assert_eq!(tx.alias_to_change("b").await.unwrap().unwrap().spec, changed);
    assert!(!tx.update_alias(&AliasSpec::in_order("c", Vec::new())).await.unwrap());
    assert!(tx.delete_alias("a").await.unwrap() && tx.delete_alias("b").await.unwrap());
    assert!(!tx.delete_alias("b").await.unwrap());
    assert!(tx.delete_provider(id).await.unwrap() && !tx.delete_provider(id).await.unwrap());
    tx.commit().await.unwrap();
    assert!(house.store.epoch().await.unwrap() > before);
}

#[tokio::test]
async fn what_the_console_switched_off_and_its_key_outlive_a_start() {
    let house = House::new().await;
    let secret = SecretId::mint();
    let mut tx = house.store.system(Reason::Configure).await.unwrap();
    let id = tx.upsert_provider(&provider("p", None)).await.unwrap();
    tx.put_alias(&AliasSpec::in_order("a", vec![target(id, "m")])).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = house.store.tenant(&platform()).await.unwrap();
    let off = ProviderSpec { id, active: false, ..provider("p", Some(secret)) };
    assert!(tx.update_provider(&off).await.unwrap());
    tx.commit().await.unwrap();

    let mut tx = house.store.system(Reason::Configure).await.unwrap();
    tx.forget_configured().await.unwrap();
    tx.upsert_provider(&provider("p", None)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = house.store.tenant(&platform()).await.unwrap();
    let row = tx.provider(id).await.unwrap().unwrap();
    assert_eq!((row.spec, row.configured), (off, true));
    assert!(!tx.aliases().await.unwrap()[0].configured, "the configuration no longer names it");
}

#[tokio::test]
async fn the_gateway_changes_no_provider_and_no_alias() {
    let house = House::new().await;
    let mut tx = house.store.system(Reason::Configure).await.unwrap();
    let id = tx.upsert_provider(&provider("p", None)).await.unwrap();
    tx.put_alias(&AliasSpec::in_order("a", vec![target(id, "m")])).await.unwrap();
    tx.commit().await.unwrap();
    let mut admin = house.admin().await;
    run(&mut admin, "begin").await.unwrap();
    for statement in [
        "update platform.provider set state = 'disabled'",
        "delete from platform.provider",
        "insert into platform.alias (name) values ('b')",
        "update platform.alias set strategy = 'fastest'",
        "delete from platform.alias",
        "delete from platform.target",
    ] {
        let refused = attempt(&mut admin, "tokenone_gateway", "", statement).await;
        assert_eq!(refused, Err("42501".into()), "{statement}");
    }
    let kept = "select count(*) from platform.target where weight = 1 and capabilities is null";
    assert_eq!(number(&mut admin, kept).await.unwrap(), 1);
}
