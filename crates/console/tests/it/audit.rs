//! No change without its audit row: where the row cannot be written, nothing has changed.

use contract::aliases::AliasForm;
use contract::circuits::NewForce;
use contract::fault::Fault;
use contract::keys::{KeyState, NewKey};
use contract::kills::{NewKill, Target};
use contract::providers::{ProviderForm, ProviderRow};
use domain::circuit::Force;
use domain::kill::KillScope;
use domain::provider::Surface;

use crate::aliases::alias;
use crate::house::{House, PASSWORD, new_tenant};
use crate::providers::new_provider;

/// From here on the database takes no audit row.
const DEAF: &str = "alter table app.audit_event add constraint deaf check (false) not valid";
const HEARING: &str = "alter table app.audit_event drop constraint deaf";

fn failed<T: std::fmt::Debug>(result: Result<T, Fault>) {
    match result {
        Err(Fault::Internal { reference }) => assert_eq!(reference.len(), 36),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn nothing_changes_that_cannot_be_put_on_record() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let kept = house.key(&tenant.admin, tenant.project, "kept").await;
    let stop = |target| NewKill {
        target,
        reason: "a drill".into(),
        expires_in_hours: None,
        confirmation: "kept".into(),
    };
    let key = Target { scope: KillScope::Key, id: kept.to_string() };
    let other = house.key(&tenant.admin, tenant.project, "other").await;
    let other = Target { scope: KillScope::Key, id: other.to_string() };
    let armed = NewKill { confirmation: "other".into(), ..stop(other) };
    let armed = house.console.kills.arm(&tenant.admin, armed).await.unwrap();
    let log = house.actions(tenant.id).await;
    let provider = house.console.providers.create(&operator, new_provider("near")).await.unwrap();
    house.console.aliases.create(&operator, "kept".into(), alias("near")).await.unwrap();
    house.provider("alpha").await;
    house.as_superuser(DEAF).await;

    let console = &house.console;
    let new = NewKey { project_id: tenant.project, name: "new".into(), expires_in_days: None };
    failed(console.keys.create(&tenant.admin, new).await);
    failed(console.keys.revoke(&tenant.admin, kept, "kept".into()).await);
    failed(console.kills.arm(&tenant.admin, stop(key)).await);
    failed(console.kills.release(&tenant.admin, armed, "over".into(), "other".into()).await);
    failed(console.tenants.create(&operator, new_tenant("globex", "g@globex.example")).await);
    let why = Some("ticket 7".to_owned());
    failed(console.access.take_seat(&operator, Some(tenant.id), why).await);
    let force =
        NewForce { model: String::new(), to: Force::Open, reason: "ticket 7".into(), minutes: 5 };
    failed(console.circuits.force(&operator, "alpha", force).await);
    failed(console.access.sign_out(&tenant.admin).await);
    failed(console.providers.create(&operator, new_provider("far")).await);
    let surfaces = vec![Surface::Chat];
    let changed = ProviderForm { name: "Other".into(), surfaces, ..new_provider("near").form };
    failed(console.providers.update(&operator, provider.id, changed).await);
    failed(console.providers.switch(&operator, provider.id, false).await);
    failed(console.providers.set_credential(&operator, provider.id, "sk-other".into()).await);
    failed(console.aliases.create(&operator, "new".into(), alias("near")).await);
    let changed = AliasForm { description: "Other".into(), ..alias("near") };
    failed(console.aliases.update(&operator, "kept".into(), changed).await);
    failed(console.aliases.delete(&operator, "kept".into(), "kept".into()).await);
    failed(house.sign_in("admin@acme.example", PASSWORD).await);

    house.as_superuser(HEARING).await;
    let keys = console.keys.list(&tenant.admin).await.unwrap();
    assert_eq!(keys.len(), 2);
    assert_eq!((keys[1].id, keys[1].state, keys[1].stopped), (kept, KeyState::Active, None));
    assert_eq!(keys[0].stopped, Some(KillScope::Key));
    assert_eq!(console.tenants.list(&operator).await.unwrap().len(), 1);
    let provider =
        ProviderRow { aliases: vec!["kept".into()], models: vec!["small".into()], ..provider };
    let mut providers = console.providers.list(&operator).await.unwrap();
    providers.retain(|known| known.slug != "alpha");
    assert_eq!(providers, [provider]);
    let mut aliases = console.aliases.list(&operator).await.unwrap();
    aliases.retain(|known| known.name != "alpha-alias");
    assert_eq!((aliases.len(), &aliases[0].description), (1, &None));
    assert_eq!(house.actions(tenant.id).await, log);
    assert_eq!(house.store.circuits().await.unwrap(), []);
    // The account of the tenant that was not made was not made either.
    let person = house.sign_in("g@globex.example", PASSWORD).await;
    assert_eq!(person.unwrap_err(), Fault::WrongCredentials);
}

#[tokio::test]
async fn the_first_account_is_not_made_in_silence() {
    let house = House::empty().await;
    house.as_superuser(DEAF).await;
    failed(house.first_run().await);
    assert!(house.console.access.first_run_open().await.unwrap());
}

#[tokio::test]
async fn rows_name_who_did_it_from_where_and_never_a_secret() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let new =
        NewKey { project_id: tenant.project, name: "server".into(), expires_in_days: Some(9) };
    let made = house.console.keys.create(&tenant.admin, new).await.unwrap();
    let row = house.log(tenant.id).await.remove(0);
    assert_eq!(row.entry.actor, "admin@acme.example");
    assert_eq!(row.entry.actor_id, Some(tenant.admin.account_id.uuid()));
    assert_eq!(
        (row.entry.ip, row.entry.request_id),
        (tenant.admin.ip, Some(tenant.admin.request_id))
    );
    assert_eq!(row.entry.target_id, Some(made.row.id.uuid()));
    assert_eq!(row.entry.target.as_deref(), Some("server"));
    assert_eq!(row.entry.project_id, Some(tenant.project));
    let text = format!("{:?}", house.log(tenant.id).await);
    assert!(!text.contains(&made.secret) && !text.contains(PASSWORD));
    assert!(text.contains(&made.row.shown));
}
