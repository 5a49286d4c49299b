//! The server as a value: start it, ask where it is, stop it.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use crate::account::Account;
use crate::configuration::{self, Durability};
use crate::error::Context as _;
use crate::files::{create_private, read_if_there, runnable};
use crate::layout::Layout;
use crate::postmaster::{
    FAST_STOP_SECONDS_MAX, IMMEDIATE_STOP_SECONDS_MAX, send, stop_survivor, survivor,
};
use crate::{Address, Error, initdb, pidfile, port};

/// Starting includes recovery from a crash, which reads up to `max_wal_size` of log.
const START_SECONDS_MAX: u64 = 300;

/// How long orphaned workers of a killed server get to notice that it is gone.
const ORPHAN_SECONDS_MAX: u64 = 10;

/// How long a dropped server is waited for, which blocks the thread.
const DROP_MILLISECONDS_MAX: u64 = 2_000;

const CONNECTIONS_MAX: u16 = 100;
const TOLD_LINES_MAX: usize = 10;
const POLL: Duration = Duration::from_millis(20);

/// What to start and where.
#[derive(Clone, Debug)]
pub struct Options {
    /// Our data folder; the database lives in `pg` below it. Made when missing.
    pub data_dir: PathBuf,
    /// The folder of `postgres` and `initdb`, as [`crate::find_bin_dir`] finds it.
    pub bin_dir: PathBuf,
    /// A fixed port, or `None` for the one of the last start, or a free one.
    pub port: Option<u16>,
    /// Server processes, which is to say connections, at a time.
    pub connections_max: u16,
    /// Whether commits survive a crash of the machine.
    pub durability: Durability,
}

impl Options {
    /// Full durability, a port of its own and 100 connections.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>, bin_dir: impl Into<PathBuf>) -> Options {
        Options {
            data_dir: data_dir.into(),
            bin_dir: bin_dir.into(),
            port: None,
            connections_max: CONNECTIONS_MAX,
            durability: Durability::Full,
        }
    }
}

/// A running server. Dropped, it is told to stop; [`Postgres::stop`] is the orderly way.
#[derive(Debug)]
pub struct Postgres {
    address: Address,
    /// `None` once it has been stopped or let go.
    child: Option<Child>,
    cluster: PathBuf,
    /// The kernel lets go of it when we die, however we die.
    _lock: File,
}

impl Postgres {
    /// Starts the server, making the cluster first when there is none, and waits until it accepts
    /// connections. A server that a killed process of ours left behind is stopped first.
    ///
    /// # Errors
    /// Every [`Error`] there is; their texts name the remedy.
    pub async fn start(options: Options) -> Result<Postgres, Error> {
        let layout = Layout::create(&options.data_dir)?;
        let lock = lock(&layout)?;
        let cluster = layout.cluster();
        let account = Account::for_cluster(&cluster)?;
        account.check_reachable(&layout.home)?;
        let bin_dir = runnable(&options.bin_dir, &layout, account)?;
        if stop_survivor(&layout).await? {
            tracing::warn!(cluster = %cluster.display(), "stopped a database server left running");
        } else if survivor_is_impostor(&layout)? {
            initdb::remove_stale_pidfile(&cluster)?;
        }
        let password = initdb::ensure(&layout, &bin_dir, account, options.durability).await?;
        let launch = Launch { layout: &layout, program: bin_dir.join("postgres"), account };
        let orphan_deadline = Instant::now() + Duration::from_secs(ORPHAN_SECONDS_MAX);
        let mut moved = false;
        loop {
            initdb::prune_logs(&layout)?;
            let port = port::choose(&layout, options.port)?;
            let (connections, durability) = (options.connections_max, options.durability);
            configuration::write(&layout, account, port, connections, durability)?;
            let refusal = match launch.run().await {
                Ok(child) => {
                    return Ok(Postgres {
                        address: Address { port, password },
                        child: Some(child),
                        cluster,
                        _lock: lock,
                    });
                }
                Err(refusal) => refusal,
            };
            if told_of_orphans(&refusal) && Instant::now() < orphan_deadline {
                sleep(POLL * 10).await;
            } else if !moved && options.port.is_none() && !port::is_free(port) {
                // Somebody took the port between our look and the server's; ask for another.
                moved = true;
            } else {
                return Err(refusal);
            }
        }
    }

    /// Where to connect.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The server's process, or `None` once it has ended.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().and_then(Child::id)
    }

    /// Waits until the server ends by itself, which it should not.
    ///
    /// # Errors
    /// When the operating system cannot tell.
    pub async fn exited(&mut self) -> Result<Option<ExitStatus>, Error> {
        match &mut self.child {
            Some(child) => {
                let status = child.wait().await.context("wait for", &self.cluster)?;
                Ok(Some(status))
            }
            None => Ok(None),
        }
    }

    /// Stops the server: a fast shutdown, which ends open transactions and saves everything
    /// committed; when that takes too long an immediate one, after which the next start recovers.
    ///
    /// # Errors
    /// [`Error::Timeout`] when neither ends it.
    pub async fn stop(mut self) -> Result<(), Error> {
        let Some(mut child) = self.child.take() else {
            return Ok(());
        };
        for (signal, seconds) in
            [(Signal::INT, FAST_STOP_SECONDS_MAX), (Signal::QUIT, IMMEDIATE_STOP_SECONDS_MAX)]
        {
            let Some(pid) = pid_of(&child) else {
                return Ok(());
            };
            send(pid, signal, &self.cluster)?;
            if let Ok(ended) = timeout(Duration::from_secs(seconds), child.wait()).await {
                ended.context("wait for", &self.cluster)?;
                return Ok(());
            }
            tracing::warn!(?signal, seconds, "the database server has not stopped yet");
        }
        Err(Error::Timeout {
            what: "stop",
            seconds: FAST_STOP_SECONDS_MAX + IMMEDIATE_STOP_SECONDS_MAX,
        })
    }

    /// Lets the server run on without us. [`crate::running`] finds it again, [`crate::stop`] ends it.
    #[must_use]
    pub fn detach(mut self) -> Address {
        self.child = None;
        self.address.clone()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        if let Some(pid) = pid_of(&child) {
            // There is nobody left to tell, and the next start stops what still runs.
            let _ = send(pid, Signal::INT, &self.cluster);
        }
        for _ in 0..DROP_MILLISECONDS_MAX / 20 {
            if !matches!(child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(POLL);
        }
    }
}

/// One attempt to run the server.
struct Launch<'a> {
    layout: &'a Layout,
    program: PathBuf,
    account: Account,
}

impl Launch<'_> {
    async fn run(&self) -> Result<Child, Error> {
        let start_log = self.layout.start_log();
        let output = create_private(&start_log)?;
        let errors = output.try_clone().context("open", &start_log)?;
        let mut command = Command::new(&self.program);
        command
            .arg("-D")
            .arg(self.layout.cluster())
            .current_dir(&self.layout.home)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            // Its own group: Ctrl-C at the terminal reaches us, and we stop it when we are done.
            .process_group(0);
        initdb::clear_environment(&mut command);
        self.account.apply(&mut command);
        let mut child = command.spawn().context("run", &self.program)?;
        let deadline = Instant::now() + Duration::from_secs(START_SECONDS_MAX);
        while Instant::now() < deadline {
            if child.try_wait().context("wait for", &self.program)?.is_some() {
                return Err(Error::Failed { program: "postgres", output: self.last_words()? });
            }
            if self.is_ready(&child)? {
                return Ok(child);
            }
            sleep(POLL).await;
        }
        // It may be recovering; an immediate shutdown loses nothing and recovery starts over.
        if let Some(pid) = pid_of(&child) {
            send(pid, Signal::QUIT, &self.layout.cluster())?;
        }
        Err(Error::Timeout { what: "start", seconds: START_SECONDS_MAX })
    }

    fn is_ready(&self, child: &Child) -> Result<bool, Error> {
        let file = pidfile::read(&self.layout.cluster())?;
        Ok(file.is_some_and(|file| file.ready && Some(file.pid) == pid_of(child)))
    }

    /// The end of what the server said, before and after its log opened.
    fn last_words(&self) -> Result<String, Error> {
        let mut text = read_if_there(&self.layout.start_log())?.unwrap_or_default();
        if let Some(newest) = initdb::log_files(self.layout)?.last() {
            text.push_str(&read_if_there(newest)?.unwrap_or_default());
        }
        let lines: Vec<_> = text.lines().collect();
        Ok(lines[lines.len().saturating_sub(TOLD_LINES_MAX)..].join("\n"))
    }
}

/// Takes the lock that a live process of ours holds for as long as it owns the server.
fn lock(layout: &Layout) -> Result<File, Error> {
    let path = layout.lock();
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .context("open", &path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse(layout.home.clone())),
        Err(TryLockError::Error(source)) => Err(source).context("lock", &path),
    }
}

/// Whether `postmaster.pid` names a live process that is not the server it once was.
fn survivor_is_impostor(layout: &Layout) -> Result<bool, Error> {
    let named = pidfile::read(&layout.cluster())?;
    let alive = named.is_some_and(|file| rustix::process::test_kill_process(file.pid).is_ok());
    Ok(alive && survivor(layout)?.is_none())
}

/// The server refuses to start while workers of its predecessor still use the shared memory.
fn told_of_orphans(refusal: &Error) -> bool {
    matches!(refusal, Error::Failed { output, .. } if output.contains("shared memory block"))
}

fn pid_of(child: &Child) -> Option<Pid> {
    child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?))
}
