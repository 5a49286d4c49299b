//! Accounts, seats, tenants, sessions, failed tries: what belongs to no tenant.

use chrono::TimeDelta;
use domain::clock::{Clock, SystemClock};
use domain::ids::{AccountId, ProjectId, TenantId};
use domain::role::Role;
use secrecy::{ExposeSecret, SecretString};
use store::accounts::NewAccount;
use store::attempts::AttemptCount;
use store::sessions::{self, SessionRow};
use store::{Reason, StoreError};

use crate::estate::{House, new_account};

#[tokio::test]
async fn the_first_account_is_made_once_however_many_try() {
    let house = House::new().await;
    let mut tasks = Vec::new();
    for n in 0..8 {
        let store = house.store.clone();
        tasks.push(tokio::spawn(async move {
            let mut tx = store.system(Reason::FirstRun).await.unwrap();
            let account = new_account(AccountId::mint(), &format!("Person{n}@Example.test"));
            let made = tx.create_first_account(&account).await.unwrap();
            tx.commit().await.unwrap();
            made
        }));
    }
    let mut made = 0;
    for task in tasks {
        made += u32::from(task.await.unwrap());
    }
    assert_eq!(made, 1);
    let mut tx = house.store.system(Reason::FirstRun).await.unwrap();
    assert!(tx.any_account().await.unwrap());
}

#[tokio::test]
async fn an_account_is_found_by_its_address_in_any_case() {
    let house = House::new().await;
    let mut tx = house.store.system(Reason::ManageTenants).await.unwrap();
    assert!(!tx.any_account().await.unwrap());
    let id = AccountId::mint();
    tx.create_account(&new_account(id, "Ada@Example.test")).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = house.store.system(Reason::SignIn).await.unwrap();
    let (account, _hash) = tx.account_by_email("ADA@example.TEST").await.unwrap().unwrap();
    assert_eq!((account.id, account.email.as_str()), (id, "ada@example.test"));
    assert_eq!(tx.account(id).await.unwrap(), Some(account));
    assert!(tx.account_by_email("bob@example.test").await.unwrap().is_none());
    assert!(tx.account(AccountId::mint()).await.unwrap().is_none());
    let again = tx.create_account(&new_account(AccountId::mint(), "ada@example.test")).await;
    assert_eq!(again.unwrap_err().conflict(), Some("account_email_key"));
    let mut tx = house.store.system(Reason::SignIn).await.unwrap();
    let clear = NewAccount {
        password_hash: "hunter2".into(),
        ..new_account(AccountId::mint(), "c@d.test")
    };
    assert!(matches!(tx.create_account(&clear).await, Err(StoreError::Invalid { .. })));
}

#[tokio::test]
async fn a_hash_is_renewed_only_in_place_of_the_one_it_was_verified_against() {
    let house = House::new().await;
    let account = new_account(AccountId::mint(), "ada@example.test");
    let mut tx = house.store.system(Reason::ManageTenants).await.unwrap();
    tx.create_account(&account).await.unwrap();
    let (old, new) = (&account.password_hash, SecretString::from("$argon2id$v=19$new"));
    assert!(tx.renew_password_hash(account.id, old, &new).await.unwrap());
    assert!(!tx.renew_password_hash(account.id, old, &"$argon2id$late".into()).await.unwrap());
    assert!(!tx.renew_password_hash(AccountId::mint(), &new, old).await.unwrap());
    let (_, found) = tx.account_by_email(&account.email).await.unwrap().unwrap();
    assert_eq!(found.expose_secret(), new.expose_secret());
    let clear = tx.renew_password_hash(account.id, &new, &"hunter2".into()).await;
    assert!(matches!(clear, Err(StoreError::Invalid { .. })));
}

#[tokio::test]
async fn seats_follow_membership_and_the_operator_has_one_everywhere() {
    let house = House::new().await;
    let (a, b) = (house.tenant("ada").await, house.tenant("bob").await);
    let [member, admin, operator, stranger] = [(); 4].map(|()| AccountId::mint());
    let mut tx = house.store.system(Reason::ManageTenants).await.unwrap();
    for id in [member, admin, stranger] {
        tx.create_account(&new_account(id, &format!("{id}@example.test"))).await.unwrap();
    }
    let account = NewAccount { platform_admin: true, ..new_account(operator, "op@example.test") };
    tx.create_account(&account).await.unwrap();
    tx.add_member(a.id, member, Role::Member, &[a.project]).await.unwrap();
    tx.add_member(a.id, admin, Role::TenantAdmin, &[]).await.unwrap();
    tx.add_member(b.id, admin, Role::Auditor, &[]).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = house.store.system(Reason::Seat).await.unwrap();
    let seat = tx.seat(member, a.id).await.unwrap().unwrap();
    assert_eq!((seat.role, seat.projects), (Role::Member, vec![a.project]));
    let seat = tx.seat(admin, a.id).await.unwrap().unwrap();
    assert_eq!((seat.role, seat.projects.len()), (Role::TenantAdmin, 2));
    assert_eq!(tx.seat(admin, b.id).await.unwrap().unwrap().role, Role::Auditor);
    assert_eq!(tx.seat(operator, b.id).await.unwrap().unwrap().role, Role::PlatformAdmin);
    for (account, tenant) in [
        (member, b.id),
        (stranger, a.id),
        (admin, TenantId::mint()),
        (operator, TenantId::PLATFORM),
    ] {
        assert_eq!(tx.seat(account, tenant).await.unwrap(), None);
    }
    let names: Vec<String> =
        tx.memberships(admin).await.unwrap().into_iter().map(|place| place.tenant).collect();
    assert_eq!(names, ["ada", "bob"]);
    assert_eq!(tx.memberships(stranger).await.unwrap(), []);
    let twice = tx.add_member(a.id, member, Role::Member, &[]).await;
    assert!(matches!(twice, Err(StoreError::Conflict { .. })));
    // Another tenant's project is not to be had.
    let mut tx = house.store.system(Reason::ManageTenants).await.unwrap();
    let foreign = tx.add_member(b.id, member, Role::Member, &[a.project]).await;
    assert!(matches!(foreign, Err(StoreError::Refused { code, .. }) if code == "23503"));
    let mut tx = house.store.system(Reason::ManageTenants).await.unwrap();
    let operator_seat = tx.add_member(a.id, stranger, Role::PlatformAdmin, &[]).await;
    assert!(matches!(operator_seat, Err(StoreError::Invalid { .. })));
}

#[tokio::test]
async fn tenants_are_listed_in_numbers_only() {
    let (house, a, _) = House::furnished().await;
    let mut tx = house.store.system(Reason::ReadTenants).await.unwrap();
    let tenants = tx.tenants().await.unwrap();
    assert_eq!(tenants.len(), 2);
    let row = &tenants[0];
    assert_eq!((row.id, row.projects, row.people, row.keys), (a.id, 2, 1, 2));
    assert!(row.last_call_at.is_some());
    let taken = tx.create_tenant(TenantId::mint(), "ada", "Ada", 0).await.unwrap_err();
    assert_eq!(taken.conflict(), Some("tenant_slug_key"));
    let mut tx = house.store.system(Reason::ManageTenants).await.unwrap();
    assert!(matches!(
        tx.create_tenant(TenantId::mint(), "Not A Slug", "x", 0).await,
        Err(StoreError::Invalid { .. })
    ));
    let mut tx = house.store.system(Reason::ManageTenants).await.unwrap();
    let taken = tx.create_project(a.id, ProjectId::mint(), "main", "Main").await;
    assert!(matches!(taken, Err(StoreError::Conflict { .. })));
}

#[tokio::test]
async fn sessions_live_until_they_end() {
    let house = House::new().await;
    let (store, now) = (&house.store, SystemClock.now());
    let account = AccountId::mint();
    let mut tx = store.system(Reason::FirstRun).await.unwrap();
    tx.create_first_account(&new_account(account, "ada@example.test")).await.unwrap();
    tx.commit().await.unwrap();
    let session = SessionRow {
        account_id: None,
        data: serde_json::json!({"seat": null}),
        expires_at: chrono::DateTime::from_timestamp(now.timestamp() + 60, 0).unwrap(),
    };
    let [first, second] = [[1; 32], [2; 32]];
    assert!(sessions::create(store, &first, &session).await.unwrap());
    assert!(!sessions::create(store, &first, &session).await.unwrap());
    let signed_in = SessionRow { account_id: Some(account), ..session.clone() };
    sessions::save(store, &first, &signed_in).await.unwrap();
    // Saving makes no session: one that was ended meanwhile stays ended.
    sessions::save(store, &second, &signed_in).await.unwrap();
    assert_eq!(sessions::load(store, &second, now).await.unwrap(), None);
    assert!(sessions::create(store, &second, &signed_in).await.unwrap());
    assert_eq!(sessions::load(store, &first, now).await.unwrap(), Some(signed_in.clone()));
    let later = now + TimeDelta::minutes(2);
    assert_eq!(sessions::load(store, &first, later).await.unwrap(), None);
    sessions::delete(store, &first).await.unwrap();
    assert_eq!(sessions::load(store, &first, now).await.unwrap(), None);
    assert_eq!(sessions::delete_of_account(store, account).await.unwrap(), 1);
    assert!(sessions::create(store, &second, &session).await.unwrap());
    assert_eq!(sessions::delete_expired(store, now).await.unwrap(), 0);
    assert_eq!(sessions::delete_expired(store, later).await.unwrap(), 1);
    let huge = SessionRow { data: serde_json::json!(random_text(42_000)), ..session.clone() };
    let refused = sessions::create(store, &first, &huge).await;
    assert!(matches!(refused, Err(StoreError::Invalid { .. })));
    assert!(sessions::create(store, &first, &session).await.unwrap());
    assert!(matches!(sessions::save(store, &first, &huge).await, Err(StoreError::Invalid { .. })));
}

fn random_text(length: usize) -> String {
    let mut dice = crate::estate::Dice::new(5);
    (0..length).map(|_| char::from(b'!' + u8::try_from(dice.below(90)).unwrap())).collect()
}

#[tokio::test]
async fn failed_tries_are_counted_per_bucket() {
    let house = House::new().await;
    let now = SystemClock.now();
    let mut tx = house.store.system(Reason::SignIn).await.unwrap();
    for _ in 0..3 {
        tx.record_attempts(&[[1; 32], [2; 32]], now).await.unwrap();
    }
    tx.record_attempts(&[[2; 32]], now).await.unwrap();
    let since = now - TimeDelta::minutes(1);
    let counts = tx.attempt_counts(&[[3; 32], [2; 32], [1; 32]], since).await.unwrap();
    assert_eq!(counts.iter().map(|count| count.failures).collect::<Vec<_>>(), [0, 4, 3]);
    assert_eq!(counts[0].latest, None);
    assert!((counts[1].latest.unwrap() - now).abs() < TimeDelta::milliseconds(1));
    let later = now + TimeDelta::seconds(1);
    assert_eq!(tx.attempt_counts(&[[2; 32]], later).await.unwrap(), [AttemptCount::default()]);
    tx.clear_attempts(&[[2; 32]]).await.unwrap();
    let counts = tx.attempt_counts(&[[1; 32], [2; 32]], since).await.unwrap();
    assert_eq!(counts.iter().map(|count| count.failures).collect::<Vec<_>>(), [3, 0]);
    assert_eq!(tx.delete_attempts_before(now + TimeDelta::seconds(1)).await.unwrap(), 3);
}
