//! The ledger under direct SQL: as the role that writes it, and as the superuser that triggers bind too.

use domain::ids::CallId;

use crate::attacks::attempt;
use crate::estate::{House, Tenant, enter, expire, good_context, number, post, run};

/// A row of the ledger as SQL; `change` overrides columns.
fn insert(house: &House, tenant: &Tenant, call: CallId, change: &[(&str, &str)]) -> String {
    let mut row = vec![
        ("tenant_id", format!("'{}'", tenant.id)),
        ("call_id", format!("'{call}'")),
        ("project_id", format!("'{}'", tenant.project)),
        ("key_id", format!("'{}'", tenant.key)),
        ("price_id", format!("'{}'", house.price)),
        ("amount", "5".into()),
        ("released", "0".into()),
        ("expires_at", "null".into()),
        ("debit", "1".into()),
        ("credit", "2".into()),
        ("leg", "0".into()),
        ("step", "1".into()),
        ("kind", "'P'".into()),
    ];
    for (name, value) in change {
        row.iter_mut().find(|(column, _)| column == name).unwrap().1 = (*value).into();
    }
    let names: Vec<&str> = row.iter().map(|(name, _)| *name).collect();
    let values: Vec<&str> = row.iter().map(|(_, value)| value.as_str()).collect();
    format!("insert into app.transfer ({}) values ({})", names.join(", "), values.join(", "))
}

#[tokio::test]
async fn i2_i4_b14_entries_that_come_late_or_do_not_match_their_hold_are_refused() {
    let house = House::new().await;
    let (a, b) = (house.tenant("ada").await, house.tenant("bob").await);
    let mut batch = house.store.batch().await.unwrap();
    let [open, posted, expired] = [CallId::mint(), CallId::mint(), CallId::mint()];
    let holds = [open, posted, expired].map(|call| house.hold(&a, call, 100));
    batch.admit(&holds, 60).await.unwrap();
    batch.settle(&[post(&a, posted, 7, 6), expire(&a, expired)], &[], &[]).await.unwrap();

    let mut admin = house.admin().await;
    run(&mut admin, "begin").await.unwrap();
    let both = [a.id.uuid(), b.id.uuid()];
    let signed = good_context(&mut admin, &both, &[]).await;
    let inside = enter(&both, &signed);
    let unknown = CallId::mint();
    let good = insert(&house, &a, open, &[("released", "100")]);
    assert_eq!(
        attempt(&mut admin, "tokenone_gateway", &inside, &good).await,
        Ok(1),
        "the rest is right"
    );
    let cost = [("leg", "1"), ("debit", "3"), ("credit", "4")];
    let late = [("step", "2"), ("kind", "'L'")];
    let other_key = format!("'{}'", a.other_key);
    for (what, call, change, expected) in [
        ("a post without a hold", unknown, vec![], "TK002"),
        ("a part of the hold released", open, vec![("released", "99")], "TK002"),
        ("more than the hold released", open, vec![("released", "101")], "TK002"),
        (
            "another key than the hold's",
            open,
            vec![("released", "100"), ("key_id", other_key.as_str())],
            "TK002",
        ),
        ("a second post", posted, vec![("released", "100")], "23505"),
        ("a second cost", posted, cost.to_vec(), "23505"),
        ("a cost without a charge", open, cost.to_vec(), "TK002"),
        ("a late post without an expiry", open, late.to_vec(), "TK002"),
        ("a late post after a post", posted, late.to_vec(), "TK002"),
        (
            "a late post that releases again",
            expired,
            [late.as_slice(), &[("released", "100")]].concat(),
            "TK002",
        ),
        (
            "a second hold",
            open,
            vec![("step", "0"), ("kind", "'H'"), ("expires_at", "now()")],
            "23505",
        ),
        ("a hold without an end", unknown, vec![("step", "0"), ("kind", "'H'")], "23514"),
        ("a negative amount", open, vec![("released", "100"), ("amount", "-5")], "23514"),
        ("an account against itself", open, vec![("released", "100"), ("credit", "1")], "23514"),
        ("a charge to the provider", open, vec![("released", "100"), ("credit", "4")], "23514"),
        ("an unknown kind", open, vec![("released", "100"), ("kind", "'X'")], "23514"),
        ("a void that charges", open, vec![("released", "100"), ("kind", "'V'")], "23514"),
        (
            "an amount beyond sixty-four bits",
            open,
            vec![("amount", "9223372036854775808")],
            "22003",
        ),
    ] {
        let statement = insert(&house, &a, call, &change);
        let answer = attempt(&mut admin, "tokenone_gateway", &inside, &statement).await;
        assert_eq!(answer, Err(expected.into()), "{what}");
    }
    // B16: the other tenant's name on one's own call.
    let crossed = insert(&house, &b, open, &[("released", "100")]);
    let answer = attempt(&mut admin, "tokenone_gateway", &inside, &crossed).await;
    assert_eq!(answer, Err("TK002".into()));
}

#[tokio::test]
async fn i3_b13_what_is_written_stays_for_runtime_roles_and_for_the_superuser() {
    let (house, a, _) = House::furnished().await;
    let mut admin = house.admin().await;
    run(&mut admin, "begin").await.unwrap();
    let signed = good_context(&mut admin, &[a.id.uuid()], &a.projects()).await;
    let inside = enter(&[a.id.uuid()], &signed);
    for table in ["transfer", "idempotency", "call", "call_payload", "audit_event"] {
        for statement in [
            format!("update app.{table} set tenant_id = tenant_id"),
            format!("delete from app.{table}"),
            format!("truncate app.{table} cascade"),
            format!("alter table app.{table} disable trigger all"),
            "set session_replication_role = replica".into(),
        ] {
            for role in crate::estate::ROLES {
                let answer = attempt(&mut admin, role, &inside, &statement).await;
                let refused =
                    answer.as_ref().is_err_and(|code| ["42501", "TK001"].contains(&code.as_str()));
                assert!(refused, "{role}: {statement}: {answer:?}");
            }
        }
        for statement in
            ["update {} set tenant_id = tenant_id", "delete from {}", "truncate {} cascade"]
        {
            let statement = statement.replace("{}", &format!("app.{table}"));
            let answer = attempt(&mut admin, "postgres", "", &statement).await;
            assert_eq!(answer, Err("TK001".into()), "superuser: {statement}");
        }
    }
    for statement in ["update platform.price set source = 'x'", "delete from platform.price"] {
        assert_eq!(attempt(&mut admin, "postgres", "", statement).await, Err("TK001".into()));
    }
    let entries = "select count(*) from app.entry";
    assert!(number(&mut admin, entries).await.unwrap() > 0);
}

#[tokio::test]
async fn nobody_writes_into_the_audit_log_past_its_function() {
    let (house, a, _) = House::furnished().await;
    let mut admin = house.admin().await;
    run(&mut admin, "begin").await.unwrap();
    let signed = good_context(&mut admin, &[a.id.uuid()], &a.projects()).await;
    let inside = enter(&[a.id.uuid()], &signed);
    let past = format!(
        "insert into app.audit_event (tenant_id, id, actor_kind, actor, action, target_kind)
         values ('{}', gen_random_uuid(), 'system', 'us', 'a.b', 'x')",
        a.id
    );
    for role in crate::estate::ROLES {
        let answer = attempt(&mut admin, role, &inside, &past).await;
        assert_eq!(answer, Err("42501".into()), "{role}");
    }
}
