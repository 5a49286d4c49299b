//! Servers that somebody else left running: recognising and stopping them.

use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::time::{Instant, sleep};

use crate::error::Context as _;
use crate::layout::Layout;
use crate::pidfile::{self, PidFile};
use crate::{Address, Error, initdb};

/// A fast shutdown ends transactions and writes a checkpoint.
pub(crate) const FAST_STOP_SECONDS_MAX: u64 = 30;

/// An immediate shutdown writes nothing; the next start recovers from the log.
pub(crate) const IMMEDIATE_STOP_SECONDS_MAX: u64 = 10;

const POLL: Duration = Duration::from_millis(20);

/// The server that runs on `data_dir` and accepts connections, whoever started it.
///
/// # Errors
/// When the folder cannot be read or the password is gone.
pub fn running(data_dir: &Path) -> Result<Option<Address>, Error> {
    if !data_dir.join("pg").exists() {
        return Ok(None);
    }
    let layout = Layout::open(data_dir)?;
    match survivor(&layout)? {
        Some(PidFile { port: Some(port), ready: true, .. }) => {
            Ok(Some(Address { port, password: initdb::password(&layout)? }))
        }
        _ => Ok(None),
    }
}

/// Stops the server that runs on `data_dir`, if one does, whoever started it. Says whether one did.
///
/// # Errors
/// [`Error::Timeout`] when it does not stop.
pub async fn stop(data_dir: &Path) -> Result<bool, Error> {
    if !data_dir.join("pg").exists() {
        return Ok(false);
    }
    stop_survivor(&Layout::open(data_dir)?).await
}

/// Stops a server whose parent is gone. Says whether there was one.
pub(crate) async fn stop_survivor(layout: &Layout) -> Result<bool, Error> {
    let Some(PidFile { pid, .. }) = survivor(layout)? else {
        return Ok(false);
    };
    let cluster = layout.cluster();
    for (signal, seconds) in
        [(Signal::INT, FAST_STOP_SECONDS_MAX), (Signal::QUIT, IMMEDIATE_STOP_SECONDS_MAX)]
    {
        send(pid, signal, &cluster)?;
        let deadline = Instant::now() + Duration::from_secs(seconds);
        while Instant::now() < deadline {
            if !serves(pid, &cluster) {
                return Ok(true);
            }
            sleep(POLL).await;
        }
    }
    Err(Error::Timeout {
        what: "stop",
        seconds: FAST_STOP_SECONDS_MAX + IMMEDIATE_STOP_SECONDS_MAX,
    })
}

/// Sends a signal; a process that has gone in the meantime is no error.
pub(crate) fn send(pid: Pid, signal: Signal, cluster: &Path) -> Result<(), Error> {
    match kill_process(pid, signal) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(error).context("signal the server of", cluster),
    }
}

/// The live server that `postmaster.pid` names, if it truly serves this cluster.
pub(crate) fn survivor(layout: &Layout) -> Result<Option<PidFile>, Error> {
    let cluster = layout.cluster();
    Ok(pidfile::read(&cluster)?.filter(|file| serves(file.pid, &cluster)))
}

/// Whether the process is a server of this cluster: after a reboot the number may be anybody's.
///
/// The command line is compared and not the working directory, which root in a container may not
/// read of another user's process. That of a dead, unreaped process is empty.
#[cfg(target_os = "linux")]
fn serves(pid: Pid, cluster: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt as _;

    std::fs::read(format!("/proc/{}/cmdline", pid.as_raw_nonzero())).is_ok_and(|line| {
        line.split(|byte| *byte == 0).any(|argument| argument == cluster.as_os_str().as_bytes())
    })
}

/// Whether the process is a server of this cluster: after a reboot the number may be anybody's.
#[cfg(not(target_os = "linux"))]
fn serves(pid: Pid, cluster: &Path) -> bool {
    std::process::Command::new("ps")
        .args(["-ww", "-o", "command=", "-p"])
        .arg(pid.as_raw_nonzero().to_string())
        .output()
        .is_ok_and(|output| {
            String::from_utf8_lossy(&output.stdout).contains(&*cluster.to_string_lossy())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unrelated_process_is_not_a_server() {
        let own = rustix::process::getpid();
        assert!(!serves(own, Path::new("/nowhere/pg/cluster")));
    }

    #[tokio::test]
    async fn an_empty_folder_has_no_server() {
        let folder = tempfile::tempdir().unwrap();
        assert!(running(folder.path()).unwrap().is_none());
        assert!(!stop(folder.path()).await.unwrap());
    }
}
