//! The first run, signing in, and taking a seat.

use contract::access::{SignedIn, Visitor};
use contract::fault::{Fault, Field, Reason};
use domain::caller::Seat;
use domain::ids::{AccountId, TenantId};
use domain::role::{Permission, Role};
use identity::throttle::{PAIR_FAILURES_FREE, WINDOW_SECONDS};
use store::audit::{ActorKind, AuditOutcome};

use crate::house::{House, OPERATOR, PASSWORD, TOKEN, visitor};

async fn sign_in_from(
    house: &House,
    visitor: &Visitor,
    email: &str,
    password: &str,
) -> Result<SignedIn, Fault> {
    house.console.access.sign_in(visitor, email.into(), password.into()).await
}

#[tokio::test]
async fn the_first_run_is_open_once_and_to_the_token_only() {
    let house = House::empty().await;
    let access = &house.console.access;
    assert!(access.first_run_open().await.unwrap());
    for token in ["", "a-token", "a-token-for-the-first-runs"] {
        let (name, email) = ("Olga".to_owned(), OPERATOR.to_owned());
        let refused =
            access.first_run(&visitor(), token.into(), name, email, PASSWORD.into()).await;
        let wrong = Fault::Invalid { field: Field::Token, reason: Reason::WrongToken };
        assert_eq!(refused.unwrap_err(), wrong);
    }
    let (name, email) = ("Olga".to_owned(), OPERATOR.to_owned());
    let weak = access.first_run(&visitor(), TOKEN.into(), name, email, "short".into()).await;
    let short = Fault::Invalid { field: Field::Password, reason: Reason::TooShort };
    assert_eq!(weak.unwrap_err(), short);

    assert_eq!(house.first_run().await.unwrap().tenant_id, None);
    assert!(!access.first_run_open().await.unwrap());
    assert_eq!(house.first_run().await.unwrap_err(), Fault::Conflict);
    assert_eq!(house.actions(TenantId::PLATFORM).await, ["account.create", "session.start"]);
}

#[tokio::test]
async fn of_two_first_runs_at_once_one_is_first() {
    let house = House::empty().await;
    let (one, other) = tokio::join!(house.first_run(), house.first_run());
    let (made, refused) = if one.is_ok() { (one, other) } else { (other, one) };
    made.unwrap();
    assert_eq!(refused.unwrap_err(), Fault::Conflict);
    assert_eq!(house.actions(TenantId::PLATFORM).await, ["account.create", "session.start"]);
}

#[tokio::test]
async fn e39_every_refusal_is_the_same_and_told_apart_in_the_log_only() {
    let (house, operator) = House::new().await;
    house.tenant(&operator, "acme").await;
    house.account("homeless@acme.example").await;
    house.tenant(&operator, "suspended").await;
    house
        .as_superuser(
            "update identity.account set state = 'suspended'
             where email = 'admin@suspended.example'",
        )
        .await;
    for (email, password) in [
        ("nobody@acme.example", PASSWORD),
        ("admin@acme.example", "not the password at all"),
        ("admin@suspended.example", PASSWORD),
        ("homeless@acme.example", PASSWORD),
    ] {
        assert_eq!(house.sign_in(email, password).await.unwrap_err(), Fault::WrongCredentials);
    }
    let log = house.log(TenantId::PLATFORM).await;
    let refused: Vec<_> = log.iter().filter(|row| row.entry.action == "session.refused").collect();
    let reasons: Vec<_> = refused.iter().filter_map(|row| row.entry.reason.as_deref()).collect();
    assert_eq!(
        reasons,
        ["no active tenant", "account suspended", "wrong password", "no such account"]
    );
    for row in &refused {
        assert_eq!(row.entry.actor_kind, ActorKind::Anonymous);
        assert_eq!(row.entry.outcome, AuditOutcome::Failure);
    }
    let unknown = refused.last().unwrap();
    assert!(!format!("{unknown:?}").contains("nobody"), "an unknown address is not kept");
}

#[tokio::test]
async fn e39_guessing_is_slowed_alike_for_known_and_unknown_addresses() {
    let (house, operator) = House::new().await;
    house.tenant(&operator, "acme").await;
    let mut waits = Vec::new();
    for email in ["admin@acme.example", "nobody@acme.example"] {
        for _ in 0..PAIR_FAILURES_FREE {
            let wrong = house.sign_in(email, "not the password at all").await;
            assert_eq!(wrong.unwrap_err(), Fault::WrongCredentials);
        }
        // The right password has to wait as well, or waiting would tell that it was wrong.
        waits.push(house.sign_in(email, PASSWORD).await.unwrap_err());
    }
    assert!(matches!(waits[0], Fault::Limited { retry_after_s: 1.. }), "{waits:?}");
    assert_eq!(waits[0], waits[1]);

    // Elsewhere the owner does not notice.
    let home = Visitor { ip: Some([203, 0, 113, 9].into()), ..visitor() };
    sign_in_from(&house, &home, "admin@acme.example", PASSWORD).await.unwrap();

    house.clock.advance(chrono::TimeDelta::seconds(WINDOW_SECONDS + 1));
    house.sign_in("admin@acme.example", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_success_forgives_the_failures_before_it() {
    let (house, operator) = House::new().await;
    house.tenant(&operator, "acme").await;
    for _ in 0..2 {
        for _ in 1..PAIR_FAILURES_FREE {
            house.sign_in("admin@acme.example", "not the password at all").await.unwrap_err();
        }
        house.sign_in(" Admin@ACME.example ", PASSWORD).await.unwrap();
    }
}

#[tokio::test]
async fn an_old_hash_is_renewed_by_a_sign_in_that_never_fails_over_it() {
    let (house, operator) = House::new().await;
    house.tenant(&operator, "acme").await;
    let email = "admin@acme.example";
    // PASSWORD under parameters that were never ours.
    let old = "$argon2id$v=19$m=8,t=1,p=1$YW4tb2xkZXItc2FsdC1vZg\
               $CSna+Wkk7XacwFJY4UcjWP+9iOJupR49btEBScc3SA0";
    house
        .as_superuser(
            "update identity.account set password_hash = '$argon2id$v=19$m=8,t=1,p=1\
             $YW4tb2xkZXItc2FsdC1vZg$CSna+Wkk7XacwFJY4UcjWP+9iOJupR49btEBScc3SA0'
             where email = 'admin@acme.example';
             revoke execute on function sys.renew_password_hash from tokenone_console",
        )
        .await;
    house.sign_in(email, PASSWORD).await.unwrap();
    assert_eq!(house.password_hash(email).await, old, "what cannot be renewed stays");

    house
        .as_superuser("grant execute on function sys.renew_password_hash to tokenone_console")
        .await;
    house.sign_in(email, "not the password at all").await.unwrap_err();
    assert_eq!(house.password_hash(email).await, old, "a stranger renews nothing");
    house.sign_in(email, PASSWORD).await.unwrap();
    let new = house.password_hash(email).await;
    assert!(new.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{new}");
    house.sign_in(email, PASSWORD).await.unwrap();
    assert_eq!(house.password_hash(email).await, new, "today's hash is left alone");
}

#[tokio::test]
async fn a_session_begins_and_ends_on_record() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let signed_in = house.sign_in("admin@acme.example", PASSWORD).await.unwrap();
    assert_eq!(signed_in.tenant_id, Some(tenant.id));
    assert_eq!(signed_in.account_id, tenant.admin.account_id);
    house.console.access.sign_out(&tenant.admin).await.unwrap();
    assert_eq!(house.actions(tenant.id).await, ["tenant.create", "session.start", "session.end"]);
    let platform = house.actions(TenantId::PLATFORM).await;
    assert_eq!(platform[2..], ["tenant.create", "session.start", "session.end"]);

    let operator = house.sign_in(OPERATOR, PASSWORD).await.unwrap();
    assert_eq!(operator.tenant_id, None);
}

#[tokio::test]
async fn a_caller_is_who_they_are_now() {
    let (house, operator) = House::new().await;
    let one = house.tenant(&operator, "acme").await;
    let two = house.tenant(&operator, "globex").await;
    let auditor = house.person(two.id, Role::Auditor, "aud@globex.example", &[]).await;
    let id = auditor.account_id;

    // A tenant that is not theirs, or gone: the first that is.
    for remembered in [None, Some(one.id), Some(TenantId::mint())] {
        let caller = house.caller(id, remembered).await.unwrap();
        let Seat::Tenant { tenant_id, role, projects } = caller.seat else { panic!("no seat") };
        assert_eq!((tenant_id, role, projects), (two.id, Role::Auditor, vec![two.project]));
    }
    assert_eq!(operator.seat, Seat::Platform);
    let gone = house.caller(operator.account_id, Some(TenantId::mint())).await.unwrap();
    assert_eq!(gone.seat, Seat::Platform);
    assert_eq!(house.caller(AccountId::mint(), None).await.unwrap_err(), Fault::SignInAgain);
    let homeless = house.account("homeless@acme.example").await;
    assert_eq!(house.caller(homeless, None).await.unwrap_err(), Fault::SignInAgain);

    house.as_superuser("update app.tenant set state = 'suspended' where slug = 'globex'").await;
    assert_eq!(house.caller(id, Some(two.id)).await.unwrap_err(), Fault::SignInAgain);
    house.as_superuser("update identity.account set state = 'suspended'").await;
    let suspended = house.caller(operator.account_id, None).await;
    assert_eq!(suspended.unwrap_err(), Fault::SignInAgain);
}

#[tokio::test]
async fn an_operator_says_why_and_the_tenant_reads_it() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let access = &house.console.access;
    for (reason, why) in [
        (None, Reason::Missing),
        (Some("   ".to_owned()), Reason::Missing),
        (Some("x".repeat(501)), Reason::TooLong),
    ] {
        let refused = access.take_seat(&operator, Some(tenant.id), reason).await.unwrap_err();
        assert_eq!(refused, Fault::Invalid { field: Field::Reason, reason: why });
    }
    access.take_seat(&operator, Some(tenant.id), Some("ticket 7".into())).await.unwrap();
    let row = house.log(tenant.id).await.remove(0);
    assert_eq!(row.entry.action, "seat.take");
    assert_eq!(
        (row.entry.reason.as_deref(), row.entry.actor.as_str()),
        (Some("ticket 7"), OPERATOR)
    );

    let seated = house.caller(operator.account_id, Some(tenant.id)).await.unwrap();
    assert_eq!(seated.role(), Role::PlatformAdmin);
    access.take_seat(&seated, None, None).await.unwrap();
    access.take_seat(&operator, None, None).await.unwrap();
    assert_eq!(house.actions(tenant.id).await, ["tenant.create", "seat.take", "seat.leave"]);

    // A member needs no reason, and has no platform to return to.
    access.take_seat(&tenant.admin, Some(tenant.id), None).await.unwrap();
    let refused = access.take_seat(&tenant.admin, None, None).await.unwrap_err();
    assert_eq!(refused, Fault::Forbidden(Permission::ReadTenants));
}
