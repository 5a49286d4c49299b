//! A key's life: made, shown once, listed, expired, revoked.

use contract::fault::{Fault, Field, Reason};
use contract::keys::{KeyState, MadeKey, NewKey};
use domain::ids::ProjectId;
use identity::api_key::ParsedKey;

use crate::calls::completed;
use crate::house::{House, Tenant};

async fn make(
    house: &House,
    tenant: &Tenant,
    name: &str,
    days: Option<u32>,
) -> Result<MadeKey, Fault> {
    let new = NewKey { project_id: tenant.project, name: name.into(), expires_in_days: days };
    house.console.keys.create(&tenant.admin, new).await
}

const fn invalid(field: Field, reason: Reason) -> Fault {
    Fault::Invalid { field, reason }
}

#[tokio::test]
async fn a_key_is_shown_once_and_known_by_its_keyed_hash() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let made = make(&house, &tenant, " server ", None).await.unwrap();
    let parsed = ParsedKey::parse(&made.secret).unwrap();
    assert_eq!((made.row.name.as_str(), made.row.shown.as_str()), ("server", &*parsed.shown()));
    assert_eq!(made.row.created_by, "admin@acme.example");

    let snapshot = house.store.gateway_snapshot().await.unwrap();
    assert_eq!(snapshot.keys.len(), 1);
    assert_eq!(snapshot.keys[0].mac, parsed.mac(&[3; 32]));
    assert_eq!(snapshot.keys[0].pepper, console::PEPPER_ID);

    let listed = house.console.keys.list(&tenant.admin).await.unwrap();
    assert_eq!(listed, [made.row]);
    assert!(!format!("{listed:?}").contains(&made.secret));
}

#[tokio::test]
async fn a_key_has_a_name_a_project_and_an_end_within_reason() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    make(&house, &tenant, "server", Some(1)).await.unwrap();
    for (name, days, fault) in [
        ("", None, invalid(Field::Name, Reason::Missing)),
        (&*"x".repeat(101), None, invalid(Field::Name, Reason::TooLong)),
        ("server", None, invalid(Field::Name, Reason::Taken)),
        ("other", Some(0), invalid(Field::ExpiresAt, Reason::InThePast)),
        ("other", Some(3_653), invalid(Field::ExpiresAt, Reason::TooFar)),
        ("other", Some(u32::MAX), invalid(Field::ExpiresAt, Reason::TooFar)),
    ] {
        assert_eq!(make(&house, &tenant, name, days).await.unwrap_err(), fault);
    }
    let elsewhere =
        NewKey { project_id: ProjectId::mint(), name: "other".into(), expires_in_days: None };
    let refused = house.console.keys.create(&tenant.admin, elsewhere).await.unwrap_err();
    assert_eq!(refused, invalid(Field::Project, Reason::Unknown));
}

#[tokio::test]
async fn a_key_expires_by_the_clock_and_is_revoked_for_good() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let day = make(&house, &tenant, "for a day", Some(1)).await.unwrap();
    assert_eq!(day.row.state, KeyState::Active);
    house.clock.advance(chrono::TimeDelta::days(1));
    assert_eq!(house.console.keys.list(&tenant.admin).await.unwrap()[0].state, KeyState::Expired);

    let keys = &house.console.keys;
    let wrong = keys.revoke(&tenant.admin, day.row.id, "For a day".into()).await.unwrap_err();
    assert_eq!(wrong, invalid(Field::Confirmation, Reason::DoesNotMatch));
    keys.revoke(&tenant.admin, day.row.id, " for a day ".into()).await.unwrap();
    let again = keys.revoke(&tenant.admin, day.row.id, "for a day".into()).await.unwrap_err();
    assert_eq!(again, Fault::Conflict);
    assert_eq!(keys.list(&tenant.admin).await.unwrap()[0].state, KeyState::Revoked);
    assert!(house.store.gateway_snapshot().await.unwrap().keys.is_empty());
    assert_eq!(house.actions(tenant.id).await, ["tenant.create", "key.create", "key.revoke"]);
}

#[tokio::test]
async fn of_two_who_revoke_at_once_one_does() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let id = house.key(&tenant.admin, tenant.project, "server").await;
    let revoke = || house.console.keys.revoke(&tenant.admin, id, "server".into());
    let (one, other) = tokio::join!(revoke(), revoke());
    assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|done| **done).count(), 1);
    let revoked = house.actions(tenant.id).await;
    assert_eq!(revoked.iter().filter(|action| *action == "key.revoke").count(), 1);
}

#[tokio::test]
async fn a_key_tells_when_it_was_last_used() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let id = house.key(&tenant.admin, tenant.project, "server").await;
    completed(&house, &tenant, id).await;
    let row = house.console.keys.list(&tenant.admin).await.unwrap().remove(0);
    assert_eq!(row.last_used_at, Some(domain::clock::Clock::now(&house.clock)));
}
