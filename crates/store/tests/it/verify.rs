//! The start-up lint refuses each way of being unsafe.

use secrecy::{ExposeSecret, SecretString};
use store::{RuntimeUrls, Store};
use testing::{PrivateCluster, TestDatabase, private_cluster};

use crate::estate::{CONTEXT_KEY, House, connect, run, secrets, urls};

#[tokio::test]
async fn a_fresh_database_is_safe() {
    let house = House::new().await;
    assert_eq!(house.store.verify().await, Ok(()));
}

#[tokio::test]
async fn each_weakness_of_the_schema_is_refused() {
    let house = House::new().await;
    let mut admin = house.admin().await;
    for (weaken, restore, expected) in [
        ("create table app.note (tenant_id uuid not null, text text)", "drop table app.note",
         "table app.note has no row-level security"),
        ("alter table app.call no force row level security", "alter table app.call force row level security",
         "table app.call does not force row-level security on its owner"),
        ("alter table app.call disable row level security", "alter table app.call enable row level security",
         "table app.call has no row-level security"),
        ("grant truncate on app.kek to tokenone_gateway", "revoke truncate on app.kek from tokenone_gateway",
         "role tokenone_gateway may truncate app.kek"),
        ("create sequence app.n; grant usage on sequence app.n to tokenone_console", "drop sequence app.n",
         "role tokenone_console holds usage on sequence app.n"),
        ("grant create on schema public to tokenone_console", "revoke create on schema public from tokenone_console",
         "role tokenone_console may create in schema public"),
        ("do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$",
         "do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$",
         "role tokenone_gateway may temporary in the database"),
        ("create view app.v as select * from app.call; grant select on app.v to tokenone_console", "drop view app.v",
         "view app.v is not a security_invoker"),
        ("create unique index once on app.api_key (mac)", "drop index app.once", "index app.once is unique over all tenants"),
        ("create unique index two on app.kek (id); alter table app.secret add constraint loose foreign key (kek_id) references app.kek (id)",
         "alter table app.secret drop constraint loose; drop index app.two",
         "foreign key loose on app.secret does not carry the tenant"),
        ("drop policy signed_context on app.api_key",
         "create policy signed_context on app.api_key as restrictive to tokenone_console
            using (tenant_id = (select sec.context_tenant())) with check (tenant_id = (select sec.context_tenant()))",
         "table app.api_key does not ask tokenone_console for a signed context"),
        ("drop policy tenant_equality on app.api_key",
         "create policy tenant_equality on app.api_key as permissive to tokenone_console
            using (tenant_id = (select current_setting('app.tenant', true))::uuid)
            with check (tenant_id = (select current_setting('app.tenant', true))::uuid)",
         "table app.api_key shows tokenone_console its rows by 0 permissive policies"),
        ("create policy open on app.kek to tokenone_gateway using (true)", "drop policy open on app.kek",
         "table app.kek shows tokenone_gateway its rows by 2 permissive policies"),
        ("alter table app.transfer disable trigger append_only", "alter table app.transfer enable trigger append_only",
         "table app.transfer lacks its trigger append_only"),
        ("create function sys.peek() returns bigint language sql security definer as 'select count(*) from app.call'",
         "drop function sys.peek()", "function sys.peek() is a definer without a fixed search_path"),
    ] {
        run(&mut admin, weaken).await.unwrap_or_else(|error| panic!("{weaken}: {error}"));
        let found = house.store.verify().await.expect_err(weaken);
        let told: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(told.iter().any(|line| line == expected), "{weaken}: {told:?}");
        run(&mut admin, restore).await.unwrap_or_else(|error| panic!("{restore}: {error}"));
        assert_eq!(house.store.verify().await, Ok(()), "{restore}");
    }
}

/// Roles belong to the server, so these need one of their own.
#[tokio::test]
async fn each_weakness_of_a_role_is_refused() {
    let cluster: PrivateCluster = private_cluster().await;
    let database = TestDatabase::create_in(cluster.cluster()).await.unwrap();
    store::install_secrets(&database.superuser_url(), &secrets()).await.unwrap();
    let store = Store::connect(&urls(&database), CONTEXT_KEY).await.unwrap();
    let mut admin = connect(&database.superuser_url()).await;
    assert_eq!(store.verify().await, Ok(()));
    for (weaken, restore, expected) in [
        (
            "alter role tokenone_console superuser",
            "alter role tokenone_console nosuperuser",
            "is a superuser",
        ),
        (
            "alter role tokenone_gateway bypassrls",
            "alter role tokenone_gateway nobypassrls",
            "bypasses row-level security",
        ),
        (
            "alter role tokenone_gateway createdb",
            "alter role tokenone_gateway nocreatedb",
            "may create databases",
        ),
        (
            "grant tokenone_owner to tokenone_console",
            "revoke tokenone_owner from tokenone_console",
            "is a member of tokenone_owner",
        ),
        (
            "grant pg_read_all_data to tokenone_gateway",
            "revoke pg_read_all_data from tokenone_gateway",
            "is a member of pg_read_all_data",
        ),
        (
            "create schema mine authorization tokenone_gateway",
            "drop schema mine",
            "owns schema mine",
        ),
    ] {
        run(&mut admin, weaken).await.unwrap();
        let told: Vec<String> =
            store.verify().await.expect_err(weaken).iter().map(ToString::to_string).collect();
        assert!(told.iter().any(|line| line.contains(expected)), "{weaken}: {told:?}");
        run(&mut admin, restore).await.unwrap();
        assert_eq!(store.verify().await, Ok(()), "{restore}");
    }
    // A superuser in the place of a runtime role.
    let admin_urls =
        RuntimeUrls { gateway: database.superuser_url(), console: database.superuser_url() };
    let unsafe_store = Store::connect(&admin_urls, CONTEXT_KEY).await.unwrap();
    let told: Vec<String> =
        unsafe_store.verify().await.unwrap_err().iter().map(ToString::to_string).collect();
    assert!(told.contains(&"role postgres is a superuser".to_owned()), "{told:?}");
    assert!(
        told.contains(&"role postgres signs in where tokenone_console should".to_owned()),
        "{told:?}"
    );
    // A database that was never migrated.
    run(&mut admin, "create database empty").await.unwrap();
    let elsewhere = |url: SecretString| -> SecretString {
        url.expose_secret().replace(database.name(), "empty").into()
    };
    let empty_urls = RuntimeUrls {
        gateway: elsewhere(urls(&database).gateway),
        console: elsewhere(urls(&database).console),
    };
    let empty = Store::connect(&empty_urls, CONTEXT_KEY).await.unwrap();
    let told: Vec<String> =
        empty.verify().await.unwrap_err().iter().map(ToString::to_string).collect();
    assert!(told.contains(&"schema app is missing".to_owned()), "{told:?}");
    store.close().await;
    unsafe_store.close().await;
    empty.close().await;
}
