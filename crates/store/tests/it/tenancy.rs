//! The boundary between tenants, attacked from every table (see `attacks`) and from the side.

use std::collections::BTreeSet;
use std::future::Future;
use std::task::{Context, Waker};
use std::time::Duration;

use domain::caller::Scope;
use domain::cursor::Cursor;
use store::activity::Filter;
use store::{PoolSizes, Reason, Store, StoreError};

use crate::attacks::{self, ask, attempt};
use crate::estate::{
    CONTEXT_KEY, House, ROLES, Tenant, enter, good_context, new_key, run, texts, urls,
};

/// C1–C4, C7–C9, C12, C13, C15–C19 on every table that the catalogue knows; a table without
/// protection, or without a row to steal, fails.
#[tokio::test]
async fn c1_to_c19_no_attack_on_any_table_shows_or_changes_a_foreign_row() {
    let (house, a, b) = House::furnished().await;
    let mut admin = house.admin().await;
    let tables = attacks::tables(&mut admin).await;
    assert!(tables.len() >= 12, "{tables:?}");
    for table in &tables {
        let owners =
            texts(&mut admin, format!("select distinct tenant_id::text from {table}")).await;
        for tenant in [a, b] {
            assert!(owners.contains(&tenant.id.to_string()), "{table} has no row to attack");
        }
    }
    run(&mut admin, "begin").await.unwrap();
    assert_eq!(attacks::all(&mut admin, &a, &b).await, Vec::<String>::new());
}

/// The attacks above are worth something only where the same statements find what is one's own.
#[tokio::test]
async fn each_role_sees_its_own_rows_under_a_good_context() {
    let (house, a, _) = House::furnished().await;
    let mut admin = house.admin().await;
    run(&mut admin, "begin").await.unwrap();
    let signed = good_context(&mut admin, &[a.id.uuid()], &a.projects()).await;
    let inside = enter(&[a.id.uuid()], &signed);
    let mut blind = BTreeSet::new();
    for table in attacks::tables(&mut admin).await {
        for role in ROLES {
            let question = format!("select count(tenant_id) from {table}");
            if !matches!(ask(&mut admin, role, &inside, &question).await, Ok(1..)) {
                blind.insert(format!("{role} {table}"));
            }
        }
    }
    // What a role has no business with.
    let expected = [
        "tokenone_console app.idempotency",
        "tokenone_console app.kek",
        "tokenone_console app.origin",
        "tokenone_gateway app.audit_event",
        "tokenone_gateway app.guard_policy",
        "tokenone_gateway app.guard_report",
        "tokenone_gateway app.kill",
        "tokenone_gateway app.membership",
        "tokenone_gateway app.project_member",
        "tokenone_gateway app.tenant",
    ];
    assert_eq!(blind, expected.map(String::from).into());
}

#[tokio::test]
async fn c5_c6_views_show_what_their_reader_may_see() {
    let (house, a, b) = House::furnished().await;
    let mut admin = house.admin().await;
    run(&mut admin, "begin").await.unwrap();
    let signed = good_context(&mut admin, &[a.id.uuid()], &a.projects()).await;
    let inside = enter(&[a.id.uuid()], &signed);
    let foreign = format!("select count(*) from app.entry where tenant_id = '{}'", b.id);
    assert_eq!(ask(&mut admin, "tokenone_console", &inside, &foreign).await, Ok(0));
    let own = "select count(*) from app.entry";
    assert!(matches!(ask(&mut admin, "tokenone_console", &inside, own).await, Ok(1..)));
    run(&mut admin, "create materialized view app.sums as select tenant_id from app.call")
        .await
        .unwrap();
    for role in ROLES {
        let sums = ask(&mut admin, role, &inside, "select count(*) from app.sums").await;
        assert_eq!(sums, Err("42501".into()));
    }
}

#[tokio::test]
async fn c10_statistics_and_sizes_are_not_for_runtime_roles() {
    let (house, _, _) = House::furnished().await;
    let mut admin = house.admin().await;
    run(&mut admin, "analyze").await.unwrap();
    run(&mut admin, "begin").await.unwrap();
    for role in ROLES {
        let columns =
            "select count(*) from pg_stats where schemaname in ('app', 'identity', 'sec')";
        assert_eq!(ask(&mut admin, role, "", columns).await, Ok(0));
        // 10b
        for question in [
            "select reltuples::bigint from pg_class where relname = 'transfer'",
            "select relpages::bigint from pg_class where relname = 'transfer'",
            "select pg_stat_get_live_tuples('app.transfer'::regclass)",
            "select pg_stat_get_tuples_inserted('app.transfer'::regclass)",
            "select n_live_tup from pg_stat_user_tables where relname = 'transfer'",
            "select pg_relation_size('app.transfer')",
            "select pg_total_relation_size('app.transfer')",
            "select pg_database_size(current_database())",
            "select reltuples::bigint from pg_stat_all_tables t join pg_class c on c.oid = t.relid limit 1",
        ] {
            assert_eq!(
                ask(&mut admin, role, "", question).await,
                Err("42501".into()),
                "{question}"
            );
        }
    }
}

#[tokio::test]
async fn c11_there_are_no_sequences_to_count_with() {
    let house = House::new().await;
    let mut admin = house.admin().await;
    let sequences =
        texts(&mut admin, "select oid::regclass::text from pg_class where relkind = 'S'").await;
    assert_eq!(sequences, Vec::<String>::new());
}

#[tokio::test]
async fn c14_a_plan_holds_no_foreign_value() {
    let (house, a, b) = House::furnished().await;
    let mut console = house.raw("tokenone_console").await;
    run(&mut console, "begin").await.unwrap();
    let signed = good_context(&mut console, &[a.id.uuid()], &a.projects()).await;
    run(&mut console, enter(&[a.id.uuid()], &signed)).await.unwrap();
    let plan = texts(
        &mut console,
        "explain (analyze, verbose, costs off, timing off, summary off)
        select * from app.api_key",
    )
    .await
    .join("\n");
    assert!(plan.contains("context_tenant"), "{plan}");
    for id in [b.id.to_string(), b.project.to_string(), b.key.to_string()] {
        assert!(!plan.contains(&id), "{plan}");
    }
}

#[tokio::test]
async fn c20_c36_a_runtime_role_cannot_become_another_or_change_the_rules() {
    let house = House::new().await;
    for role in ROLES {
        let mut connection = house.raw(role).await;
        for statement in [
            "set role tokenone_owner",
            "set role tokenone_system",
            "set session authorization tokenone_owner",
            "alter table app.call disable row level security",
            "alter table app.call no force row level security",
            "alter table app.transfer disable trigger all",
            "drop policy signed_context on app.call",
            "set session_replication_role = replica",
            "create function app.f() returns int language sql as 'select 1'",
            "create function public.f() returns int language sql as 'select 1'",
            "create temporary table t (x int)",
            "create schema s",
            "create table public.t (x int)",
            "alter role tokenone_gateway superuser",
            "create extension dblink",
            "copy app.call to program 'cat'",
            "copy (select 1) to '/tmp/x'",
            "select * from sec.context_key",
            "select rolpassword from pg_authid",
            "select * from identity.account",
            "select app.protect('app.call')",
            "select app.seal_partition('app.call_default')",
            "select pg_read_file('/etc/passwd')",
            "do $$ begin lock table app.call in access exclusive mode; end $$",
        ] {
            let error = run(&mut connection, statement).await.expect_err(statement);
            let code = crate::estate::code(&error);
            assert!(
                ["42501", "0A000", "42704", "3F000"].contains(&code.as_str()),
                "{role}: {statement}: {error}"
            );
        }
    }
}

#[tokio::test]
async fn c21_another_project_of_the_same_tenant_is_out_of_reach() {
    let (house, a, _) = House::furnished().await;
    let scope = Scope { tenant_id: a.id, projects: vec![a.other_project] };
    let mut tx = house.store.tenant(&scope).await.unwrap();
    assert_eq!(tx.projects().await.unwrap().len(), 1);
    assert_eq!(tx.keys().await.unwrap().len(), 1);
    assert!(tx.key(a.key).await.unwrap().is_none());
    let page = tx.activity(&Filter::default(), Cursor::Newest, 50).await.unwrap();
    assert!(page.rows.is_empty());
    assert_eq!(tx.balances().await.unwrap(), []);
    let foreign = new_key(a.project, domain::ids::KeyId::mint(), "x");
    assert!(matches!(tx.create_key(&foreign).await, Err(StoreError::Refused { .. })));
    let nothing = Scope { tenant_id: a.id, projects: vec![] };
    let mut tx = house.store.tenant(&nothing).await.unwrap();
    assert_eq!(tx.projects().await.unwrap(), []);
    assert_eq!(tx.latest_call().await.unwrap(), None);
}

#[tokio::test]
async fn c22_work_without_a_context_reaches_nothing() {
    let (house, a, _) = House::furnished().await;
    for role in ROLES {
        let mut connection = house.raw(role).await;
        for table in ["app.api_key", "app.call", "app.transfer", "app.kek"] {
            let question = format!("select count(tenant_id) from {table}");
            let rows = crate::estate::number(&mut connection, question).await;
            assert!(!matches!(rows, Ok(1..)), "{role} {table}");
        }
        let insert = format!(
            "insert into app.kek (tenant_id, id, version, wrapped, master_id)
            values ('{}', gen_random_uuid(), 9, '\\x00', 'm')",
            a.id
        );
        let error = run(&mut connection, insert).await.unwrap_err();
        assert_eq!(crate::estate::code(&error), "42501");
    }
}

async fn assert_only(store: &Store, tenant: &Tenant) {
    let mut tx = store.tenant(&tenant.scope()).await.unwrap();
    let keys = tx.key_names().await.unwrap();
    let ids: BTreeSet<_> = keys.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, BTreeSet::from([tenant.key, tenant.other_key]));
    tx.commit().await.unwrap();
}

async fn narrow(house: &House) -> Store {
    let sizes = PoolSizes { console: 1, gateway: 1 };
    Store::connect_sized(&urls(&house.database), CONTEXT_KEY, sizes).await.unwrap()
}

#[tokio::test]
async fn c23_two_tenants_in_turns_on_one_connection_never_meet() {
    let (house, a, b) = House::furnished().await;
    let store = narrow(&house).await;
    let alternate = |tenant: Tenant| {
        let store = store.clone();
        async move {
            for _ in 0..5_000 {
                assert_only(&store, &tenant).await;
            }
        }
    };
    tokio::join!(alternate(a), alternate(b));
}

#[tokio::test]
async fn c24_a_panic_or_a_cancelled_request_leaves_the_connection_clean() {
    let (house, a, b) = House::furnished().await;
    let store = narrow(&house).await;
    for polls in 0..60 {
        // Dropped after this many polls: between any two of its round trips.
        let mut work = Box::pin(async {
            let mut tx = store.tenant(&a.scope()).await?;
            tx.keys().await?;
            tx.keys().await
        });
        for _ in 0..polls {
            if work.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
                break;
            }
            tokio::time::sleep(Duration::from_micros(300)).await;
        }
        drop(work);
        assert_only(&store, &b).await;
    }
    let (panicking, scope) = (store.clone(), a.scope());
    let result = tokio::spawn(async move {
        let _tx = panicking.tenant(&scope).await.unwrap();
        panic!("in the middle of a transaction");
    })
    .await;
    assert!(result.is_err());
    assert_only(&store, &b).await;
    let mut tx = store.system(Reason::Housekeeping).await.unwrap();
    assert_eq!(tx.tenants().await.unwrap().len(), 2);
}

#[tokio::test]
async fn c25_a_statement_that_takes_too_long_leaves_the_connection_clean() {
    let (house, a, b) = House::furnished().await;
    let store = narrow(&house).await;
    let mut admin = house.admin().await;
    run(&mut admin, "begin; lock table app.api_key in access exclusive mode").await.unwrap();
    let mut tx = store.tenant(&a.scope()).await.unwrap();
    let error = tx.keys().await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    drop(tx);
    run(&mut admin, "rollback").await.unwrap();
    assert_only(&store, &b).await;
}

#[tokio::test]
async fn c26_a_plan_made_for_one_tenant_serves_the_next_with_its_own_rows() {
    let (house, a, b) = House::furnished().await;
    for role in ROLES {
        let mut connection = house.raw(role).await;
        run(&mut connection, "set plan_cache_mode = force_generic_plan").await.unwrap();
        for turn in 0..40 {
            let tenant = if turn % 2 == 0 { a } else { b };
            run(&mut connection, "begin").await.unwrap();
            let signed =
                good_context(&mut connection, &[tenant.id.uuid()], &tenant.projects()).await;
            run(&mut connection, enter(&[tenant.id.uuid()], &signed)).await.unwrap();
            // The same prepared statement each time.
            let rows: Vec<uuid::Uuid> = sqlx::query_scalar("select tenant_id from app.api_key")
                .fetch_all(&mut connection)
                .await
                .unwrap();
            assert_eq!(rows, [tenant.id.uuid(); 2], "{role}");
            run(&mut connection, "commit").await.unwrap();
        }
    }
}

#[tokio::test]
async fn c30_errors_do_not_repeat_what_rows_say() {
    let (house, a, _) = House::furnished().await;
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    let marked = new_key(a.project, domain::ids::KeyId::mint(), "marked-name-4711");
    tx.create_key(&marked).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    let again = new_key(a.project, domain::ids::KeyId::mint(), "marked-name-4711");
    let duplicate = tx.create_key(&again).await.unwrap_err();
    assert_eq!(duplicate.conflict(), Some("api_key_tenant_id_project_id_name_key"));
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    let long = new_key(a.project, domain::ids::KeyId::mint(), &"4711".repeat(100));
    let invalid = tx.create_key(&long).await.unwrap_err();
    for error in [duplicate, invalid] {
        let mut told = format!("{error} {error:?}");
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            told.push_str(&format!("{cause} {cause:?}"));
            source = cause.source();
        }
        assert!(!told.contains("4711"), "{told}");
    }
}

#[tokio::test]
async fn attacks_run_in_savepoints_and_leave_nothing() {
    let (house, a, _) = House::furnished().await;
    let mut admin = house.admin().await;
    run(&mut admin, "begin").await.unwrap();
    let signed = good_context(&mut admin, &[a.id.uuid()], &a.projects()).await;
    let inside = enter(&[a.id.uuid()], &signed);
    let revoke = "update app.api_key set state = 'revoked', revoked_by = 'x', revoked_at = now()";
    assert_eq!(attempt(&mut admin, "tokenone_console", &inside, revoke).await, Ok(2));
    let active = "select count(*) from app.api_key where state = 'active'";
    assert_eq!(crate::estate::number(&mut admin, active).await.unwrap(), 4);
}
