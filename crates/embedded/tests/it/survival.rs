//! Killed servers, killed parents, and a process number that now belongs to somebody else.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::{connect, folder, start, text};

/// Names the data folder for the copy of this program that plays the parent.
const PARENT_VARIABLE: &str = "EMBEDDED_TEST_PARENT_OF";

fn kill(pid: u32) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
}

async fn write_a_word(server: &embedded::Postgres) {
    let mut connection = connect(server.address()).await;
    sqlx::raw_sql("create table kept (word text); insert into kept values ('still here')")
        .execute(&mut connection)
        .await
        .unwrap();
}

async fn the_word_is_there(server: &embedded::Postgres) {
    let mut connection = connect(server.address()).await;
    assert_eq!(text(&mut connection, "select word from kept").await, "still here");
}

#[tokio::test]
async fn a_killed_server_recovers_what_was_committed() {
    let folder = folder();
    let mut server = start(folder.path()).await;
    write_a_word(&server).await;
    kill(server.pid().unwrap());
    assert!(!server.exited().await.unwrap().unwrap().success());
    drop(server);
    assert!(folder.path().join("pg/cluster/postmaster.pid").exists(), "it left its mark");

    let server = start(folder.path()).await;
    the_word_is_there(&server).await;
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_let_go_is_found_again_and_can_be_stopped() {
    let folder = folder();
    let address = start(folder.path()).await.detach();
    let found = embedded::running(folder.path()).unwrap().expect("still running");
    assert_eq!(found.port(), address.port());
    connect(&found).await;
    assert!(embedded::stop(folder.path()).await.unwrap());
    assert!(embedded::running(folder.path()).unwrap().is_none());
}

#[tokio::test]
async fn a_number_that_belongs_to_another_process_now_is_not_feared() {
    let folder = folder();
    start(folder.path()).await.stop().await.unwrap();
    let mut stranger = Command::new("sleep").arg("60").spawn().unwrap();
    let stale = format!("{}\n/elsewhere\n1700000000\n5432\n\n127.0.0.1\n", stranger.id());
    fs::write(folder.path().join("pg/cluster/postmaster.pid"), stale).unwrap();

    let server = start(folder.path()).await;
    connect(server.address()).await;
    server.stop().await.unwrap();
    assert!(stranger.try_wait().unwrap().is_none(), "the stranger was left alone");
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

/// This test runs twice: a copy of the program starts a server and is killed, as by the kernel for
/// want of memory; the original then starts on the same folder.
#[tokio::test]
async fn a_start_after_the_parent_was_killed_takes_over() {
    if let Some(data_dir) = std::env::var_os(PARENT_VARIABLE) {
        let server = start(Path::new(&data_dir)).await;
        write_a_word(&server).await;
        fs::write(Path::new(&data_dir).join("ready"), server.pid().unwrap().to_string()).unwrap();
        std::future::pending::<()>().await;
    }
    let folder = folder();
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "survival::a_start_after_the_parent_was_killed_takes_over"])
        .env(PARENT_VARIABLE, folder.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let ready = folder.path().join("ready");
    let deadline = Instant::now() + Duration::from_secs(60);
    while !ready.exists() {
        assert!(Instant::now() < deadline, "the parent never got ready");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    parent.kill().unwrap();
    parent.wait().unwrap();
    let orphan = embedded::running(folder.path()).unwrap();
    assert!(orphan.is_some(), "the server outlives its parent");

    let server = start(folder.path()).await;
    assert_ne!(fs::read_to_string(&ready).unwrap(), server.pid().unwrap().to_string());
    the_word_is_there(&server).await;
    server.stop().await.unwrap();
}
