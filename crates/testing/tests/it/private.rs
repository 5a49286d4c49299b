//! A private server lives through what its test does to it.

use std::time::{Duration, Instant};

use secrecy::ExposeSecret as _;
use sqlx::{Connection as _, PgConnection};
use testing::{TestDatabase, private_cluster};

#[tokio::test]
async fn what_was_committed_outlives_a_kill_at_the_same_address() {
    let mut private = private_cluster().await;
    let database = TestDatabase::create_in(private.cluster()).await.unwrap();
    let url = database.superuser_url();
    let mut connection = PgConnection::connect(url.expose_secret()).await.unwrap();
    sqlx::raw_sql("create table kept (x int); insert into kept values (7)")
        .execute(&mut connection)
        .await
        .unwrap();
    private.kill().await.unwrap();
    // A process of the server's may still answer before it notices that the server is gone.
    let begun = Instant::now();
    while sqlx::raw_sql("select 1").execute(&mut connection).await.is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(10), "it answers as if nothing had happened");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(private.kill().await.is_err(), "it is dead already");

    private.start_again().await.unwrap();
    let mut connection = PgConnection::connect(url.expose_secret()).await.unwrap();
    let kept: i32 =
        sqlx::query_scalar("select x from kept").fetch_one(&mut connection).await.unwrap();
    assert_eq!(kept, 7);
    private.stop().await.unwrap();
    private.start_again().await.unwrap();
}
