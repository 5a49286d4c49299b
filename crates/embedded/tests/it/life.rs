//! An ordinary life: start, use, stop, start again.

use std::net::TcpStream;
use std::time::Duration;

use embedded::{Error, Options, Postgres};
use rustix::process::{Pid, test_kill_process};

use crate::{bin_dir, connect, folder, start, text};

#[tokio::test]
async fn what_was_written_is_there_after_a_clean_stop() {
    let folder = folder();
    let server = start(folder.path()).await;
    let port = server.address().port();
    let pid = Pid::from_raw(i32::try_from(server.pid().unwrap()).unwrap()).unwrap();
    let mut connection = connect(server.address()).await;
    sqlx::raw_sql("create table kept (word text); insert into kept values ('still here')")
        .execute(&mut connection)
        .await
        .unwrap();
    drop(connection);
    server.stop().await.unwrap();
    assert!(test_kill_process(pid).is_err(), "the process is gone");
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    assert!(!folder.path().join("pg/cluster/postmaster.pid").exists());

    let server = start(folder.path()).await;
    assert_eq!(server.address().port(), port, "the port is remembered");
    let mut connection = connect(server.address()).await;
    assert_eq!(text(&mut connection, "select word from kept").await, "still here");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn an_open_transaction_does_not_hold_up_a_stop() {
    let folder = folder();
    let server = start(folder.path()).await;
    let mut connection = connect(server.address()).await;
    sqlx::raw_sql("begin; create table held (x int)").execute(&mut connection).await.unwrap();
    let stop = tokio::time::timeout(Duration::from_secs(10), server.stop());
    stop.await.expect("in time").unwrap();
}

#[tokio::test]
async fn a_dropped_server_stops() {
    let folder = folder();
    drop(start(folder.path()).await);
    assert!(embedded::running(folder.path()).unwrap().is_none());
}

#[tokio::test]
async fn one_folder_has_one_owner() {
    let folder = folder();
    let server = start(folder.path()).await;
    let second = Postgres::start(Options::new(folder.path(), bin_dir())).await;
    assert!(matches!(second, Err(Error::InUse(_))), "{second:?}");
    connect(server.address()).await;
    server.stop().await.unwrap();
}

#[tokio::test]
async fn an_asked_for_port_is_used_or_refused() {
    let folder = folder();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let mut options = Options::new(folder.path(), bin_dir());
    options.port = Some(port);
    let refused = Postgres::start(options.clone()).await;
    assert!(matches!(refused, Err(Error::PortTaken(taken)) if taken == port));
    drop(taken);
    let server = Postgres::start(options).await.unwrap();
    assert_eq!(server.address().port(), port);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn data_of_another_major_version_is_refused_with_a_remedy() {
    let folder = folder();
    start(folder.path()).await.stop().await.unwrap();
    std::fs::write(folder.path().join("pg/cluster/PG_VERSION"), "12\n").unwrap();
    let error = Postgres::start(Options::new(folder.path(), bin_dir())).await.unwrap_err();
    assert!(matches!(&error, Error::Version { found, .. } if found == "12"), "{error}");
    assert!(error.to_string().contains("dump the data"));
}
