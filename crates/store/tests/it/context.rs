//! The signed context, from the outside: what is not signed, or for another moment, backend or tenant,
//! shows nothing and writes nothing.

use uuid::Uuid;

use crate::estate::{CONTEXT_KEY, House, Tenant, code, context, enter, number, pid, run};

/// What each context shows of tenant A's keys to each role, and whether it lets write.
async fn works(
    house: &House,
    role: &str,
    tenant: &Tenant,
    make: impl Fn(i32, i64) -> String,
) -> bool {
    let mut connection = house.raw(role).await;
    let backend = pid(&mut connection).await;
    let now = number(&mut connection, "select extract(epoch from clock_timestamp())::bigint")
        .await
        .unwrap();
    run(&mut connection, "begin").await.unwrap();
    run(&mut connection, enter(&[tenant.id.uuid()], &make(backend, now))).await.unwrap();
    let rows = number(&mut connection, "select count(tenant_id) from app.api_key").await.unwrap();
    let insert = match role {
        "tokenone_gateway" => format!(
            "insert into app.kek (tenant_id, id, version, wrapped, master_id, state)
             values ('{}', gen_random_uuid(), 77, '\\x00', 'm', 'disabled')",
            tenant.id
        ),
        _ => format!(
            "insert into app.api_key (tenant_id, project_id, id, name, mac, pepper, shown, created_by)
             values ('{}', '{}', gen_random_uuid(), 'written', sha256('x'), 1, 'sk', 'us')",
            tenant.id, tenant.project
        ),
    };
    let written = run(&mut connection, insert).await;
    if let Err(error) = &written {
        assert_eq!(code(error), "42501");
    }
    assert_eq!(rows > 0, written.is_ok(), "reading and writing agree");
    rows > 0
}

/// Makes a context for a backend at a moment.
type Make<'m> = Box<dyn Fn(i32, i64) -> String + 'm>;

#[tokio::test]
async fn c35_forged_replayed_and_expired_contexts_open_nothing() {
    let (house, a, b) = House::furnished().await;
    let (ours, theirs) = ([a.id.uuid()], [b.id.uuid()]);
    let projects = a.projects();
    for role in crate::estate::ROLES {
        let good = |pid, now| context(1, &ours, &projects, now + 20, pid, &CONTEXT_KEY);
        assert!(works(&house, role, &a, good).await, "{role}: a good one works");
        let bad: Vec<(&str, Make<'_>)> = vec![
            (
                "another key",
                Box::new(|pid, now| context(1, &ours, &projects, now + 20, pid, &[8; 32])),
            ),
            (
                "another backend",
                Box::new(|pid, now| context(1, &ours, &projects, now + 20, pid + 1, &CONTEXT_KEY)),
            ),
            (
                "expired",
                Box::new(|pid, now| context(1, &ours, &projects, now - 1, pid, &CONTEXT_KEY)),
            ),
            (
                "unknown key id",
                Box::new(|pid, now| context(2, &ours, &projects, now + 20, pid, &CONTEXT_KEY)),
            ),
            (
                "another tenant's",
                Box::new(|pid, now| context(1, &theirs, &projects, now + 20, pid, &CONTEXT_KEY)),
            ),
            (
                "longer life",
                Box::new(|pid, now| {
                    good_but(pid, now, &ours, |text| {
                        text.replacen(&format!("|{}|", now + 20), &format!("|{}|", now + 2_000), 1)
                    })
                }),
            ),
            (
                "tenant added",
                Box::new(|pid, now| {
                    good_but(pid, now, &theirs, |text| {
                        text.replacen("1|", &format!("1|{},", ours[0]), 1)
                    })
                }),
            ),
            (
                "no signature",
                Box::new(|pid, now| {
                    good_but(pid, now, &ours, |text| text[..text.len() - 64].to_owned())
                }),
            ),
            (
                "upper case",
                Box::new(|pid, now| good_but(pid, now, &ours, |text| text.to_uppercase())),
            ),
            ("six parts", Box::new(|pid, now| format!("{}|", good(pid, now)))),
            ("words", Box::new(|_, _| "a|b|c|d|e".into())),
            ("nothing", Box::new(|_, _| String::new())),
            ("numbers too long", Box::new(|_, _| "99999999999|a|b|99999999999999|e".into())),
        ];
        for (name, make) in bad {
            assert!(!works(&house, role, &a, make).await, "{role}: {name}");
        }
    }
}

fn good_but(pid: i32, now: i64, tenants: &[Uuid], change: impl Fn(&str) -> String) -> String {
    change(&context(1, tenants, &[], now + 20, pid, &CONTEXT_KEY))
}

#[tokio::test]
async fn a_batch_context_for_two_tenants_opens_no_console_transaction() {
    let (house, a, b) = House::furnished().await;
    let both = [a.id.uuid(), b.id.uuid()];
    let projects = a.projects();
    let make = |pid, now| context(1, &both, &projects, now + 20, pid, &CONTEXT_KEY);
    assert!(!works(&house, "tokenone_console", &a, make).await);
    assert!(works(&house, "tokenone_gateway", &a, make).await);
}
