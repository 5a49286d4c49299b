//! What must hold of every server we start: who runs it, who gets in, what it writes down.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use embedded::{Error, Options, Postgres};
use secrecy::SecretString;

use crate::{bin_dir, connect, folder, open, start, text};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

#[tokio::test]
async fn secrets_and_data_are_closed_to_others() {
    let folder = folder();
    let server = start(folder.path()).await;
    let home = folder.path().join("pg");
    for file in ["superuser.password", "port", "lock", "start.log", "cluster/tokenone.conf"] {
        assert_eq!(mode(&home.join(file)), 0o600, "{file}");
    }
    for inner in ["cluster", "log"] {
        assert_eq!(mode(&home.join(inner)), 0o700, "{inner}");
    }
    let own = rustix::process::geteuid().as_raw();
    assert_eq!(fs::metadata(home.join("superuser.password")).unwrap().uid(), own);
    assert!(!home.join("initdb.password").exists());
    server.stop().await.unwrap();
}

/// Linux tells who a process is; elsewhere the server itself refuses to run as root.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_server_is_not_root_and_sees_no_secret_of_ours() {
    let folder = folder();
    let server = start(folder.path()).await;
    let process = format!("/proc/{}", server.pid().unwrap());
    let status = fs::read_to_string(format!("{process}/status")).unwrap();
    let uids = status.lines().find(|line| line.starts_with("Uid:")).unwrap();
    assert!(uids.split_whitespace().skip(1).all(|uid| uid != "0"), "{uids}");
    let groups = status.lines().find(|line| line.starts_with("Groups:")).unwrap();
    if rustix::process::geteuid().is_root() {
        assert_eq!(groups.split_whitespace().count(), 1, "no group of root's: {groups}");
    }
    let password = fs::read_to_string(folder.path().join("pg/superuser.password")).unwrap();
    let arguments = fs::read_to_string(format!("{process}/cmdline")).unwrap();
    assert!(!arguments.contains(&password));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn nobody_enters_without_the_password() {
    let folder = folder();
    let server = start(folder.path()).await;
    let wrong = server.address().url("postgres", &SecretString::from("guess"), "postgres");
    assert!(open(&wrong).await.is_err());
    let none = format!("postgres://postgres@127.0.0.1:{}/postgres", server.address().port());
    assert!(open(&SecretString::from(none)).await.is_err());
    let rules = fs::read_to_string(folder.path().join("pg/cluster/pg_hba.conf")).unwrap();
    assert!(!rules.contains("trust"));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn settings_are_what_money_needs() {
    let folder = folder();
    let server = start(folder.path()).await;
    let mut connection = connect(server.address()).await;
    for (query, expected) in [
        ("show fsync", "on"),
        ("show synchronous_commit", "on"),
        ("show full_page_writes", "on"),
        ("show data_checksums", "on"),
        ("show listen_addresses", "127.0.0.1"),
        ("show unix_socket_directories", ""),
        ("show password_encryption", "scram-sha-256"),
        ("show server_encoding", "UTF8"),
        ("show timezone", "UTC"),
        ("show max_connections", "100"),
        ("select datlocale from pg_database where datname = current_database()", "C.UTF-8"),
        ("select upper('ä')", "Ä"),
    ] {
        assert_eq!(text(&mut connection, query).await, expected, "{query}");
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn the_log_has_no_statement_and_no_data() {
    let folder = folder();
    let server = start(folder.path()).await;
    let mut connection = connect(server.address()).await;
    for statement in [
        "create table people (email text primary key)",
        "insert into people values ('secret@example.org')",
        "insert into people values ('secret@example.org')",
        "select 'secret@example.org'::int",
    ] {
        // The last two fail, and failures are what a log usually tells too much about.
        let _ = sqlx::raw_sql(statement).execute(&mut connection).await;
    }
    server.stop().await.unwrap();
    let mut log = fs::read_to_string(folder.path().join("pg/start.log")).unwrap();
    for entry in fs::read_dir(folder.path().join("pg/log")).unwrap() {
        log.push_str(&fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    assert!(log.contains("database system is ready"), "{log}");
    assert!(!log.contains("secret@"), "{log}");
    let password = fs::read_to_string(folder.path().join("pg/superuser.password")).unwrap();
    assert!(!log.contains(&password));
}

/// Only root has another user to run the server as, so only root can meet these two.
#[tokio::test]
async fn a_data_folder_behind_a_closed_door_is_refused_by_name() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let closed = tempfile::tempdir().unwrap();
    fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let data = closed.path().join("data");
    let error = Postgres::start(Options::new(&data, bin_dir())).await.unwrap_err();
    assert!(matches!(&error, Error::Unreachable { path, .. } if path == closed.path()), "{error}");
    let elsewhere = Path::new("/var/lib/elsewhere");
    assert_eq!(embedded::reachable_or(&data, elsewhere), elsewhere);
    let open = folder();
    assert_eq!(embedded::reachable_or(open.path(), elsewhere), open.path());
}

#[tokio::test]
async fn binaries_behind_a_closed_door_are_copied() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let closed = tempfile::tempdir().unwrap();
    let native = closed.path().join("native");
    let copied = std::process::Command::new("cp")
        .arg("-a")
        .arg(bin_dir().parent().unwrap())
        .arg(&native)
        .status();
    assert!(copied.unwrap().success());
    fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let folder = folder();
    for _ in 0..2 {
        let options = Options::new(folder.path(), native.join("bin"));
        let server = Postgres::start(options).await.unwrap();
        connect(server.address()).await;
        server.stop().await.unwrap();
    }
    assert!(folder.path().join("pg/native/bin/postgres").is_file());
}
