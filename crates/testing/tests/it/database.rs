//! Databases of their own for tests.

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::{Connection as _, PgConnection};
use testing::TestDatabase;

async fn open(url: &SecretString) -> PgConnection {
    PgConnection::connect(url.expose_secret()).await.unwrap()
}

async fn exists(name: &str) -> bool {
    let cluster = testing::cluster().await.unwrap();
    let mut admin = open(&cluster.superuser_url("postgres")).await;
    sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(name)
        .fetch_one(&mut admin)
        .await
        .unwrap()
}

#[tokio::test]
async fn two_tests_do_not_see_each_other() {
    let (one, two) = tokio::join!(TestDatabase::new(), TestDatabase::new());
    assert_ne!(one.name(), two.name());
    let mut first = open(&one.superuser_url()).await;
    sqlx::raw_sql("create table public.mine (x int)").execute(&mut first).await.unwrap();
    let mut second = open(&two.superuser_url()).await;
    let seen: bool = sqlx::query_scalar("select to_regclass('public.mine') is not null")
        .fetch_one(&mut second)
        .await
        .unwrap();
    assert!(!seen);
}

#[tokio::test]
async fn a_database_is_gone_after_its_test_even_when_still_connected() {
    let database = TestDatabase::new().await;
    let name = database.name().to_owned();
    let _still_open = open(&database.superuser_url()).await;
    assert!(exists(&name).await);
    drop(database);
    assert!(!exists(&name).await);
}

#[tokio::test]
async fn every_migration_is_applied() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|e| e == "sql"));
    let expected = i64::try_from(files.count()).unwrap();
    let database = TestDatabase::new().await;
    let mut inside = open(&database.superuser_url()).await;
    let applied: i64 = sqlx::query_scalar("select count(*) from _sqlx_migrations where success")
        .fetch_one(&mut inside)
        .await
        .unwrap();
    assert_eq!(applied, expected);
}

/// `create database … template` leaves the rights on the database behind; a copy must have them all
/// the same, or tests would pass under weaker rules than production has.
#[tokio::test]
async fn a_runtime_role_gets_in_and_a_stranger_does_not() {
    let database = TestDatabase::new().await;
    let mut admin = open(&database.superuser_url()).await;
    let public: bool = sqlx::query_scalar(
        "select has_database_privilege('public', current_database(), 'connect')",
    )
    .fetch_one(&mut admin)
    .await
    .unwrap();
    assert!(!public, "the migrations take this right away");
    let mut inside = open(&database.runtime_url("tokenone_console")).await;
    let role: String =
        sqlx::query_scalar("select current_user::text").fetch_one(&mut inside).await.unwrap();
    assert_eq!(role, "tokenone_console");
}

#[tokio::test]
async fn what_a_killed_test_left_behind_is_dropped_when_it_is_old() {
    let private = testing::private_cluster().await;
    let mut admin = open(&private.cluster().superuser_url("postgres")).await;
    for name in ["test_old", "test_young"] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("create database {name}")))
            .execute(&mut admin)
            .await
            .unwrap();
    }
    let file: String = sqlx::query_scalar(
        "select current_setting('data_directory') || '/base/' || oid || '/PG_VERSION'
         from pg_database where datname = 'test_old'",
    )
    .fetch_one(&mut admin)
    .await
    .unwrap();
    let two_hours_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(7_200);
    let file = std::fs::File::options().write(true).open(file).unwrap();
    file.set_modified(two_hours_ago).unwrap();
    let _database = TestDatabase::create_in(private.cluster()).await.unwrap();
    let left: Vec<String> = sqlx::query_scalar(
        "select datname from pg_database where datname in ('test_old', 'test_young')",
    )
    .fetch_all(&mut admin)
    .await
    .unwrap();
    assert_eq!(left, ["test_young"]);
}
