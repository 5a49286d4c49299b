//! From a configuration to open doors, and back to a stopped process.
//!
//! The order matters: the address is taken first, so that a second server fails before it touches data;
//! the database is verified before anything is served; the doors close before calls are drained, calls
//! before the database stops.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use contract::Console;
use data_encoding::HEXLOWER;
use domain::clock::{Clock, SystemClock};
use domain::ids::TenantId;
use gateway::Gateway;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use store::Store;
use tokio::net::TcpListener;
use vault::{FirstRun, KeyRing};
use zeroize::Zeroizing;

use crate::cli::say;
use crate::config::{Config, Settings};
use crate::edge::origin::Origin;
use crate::http::{self, Doors, live, metrics};
use crate::prober::GatewayProber;
use crate::secrets::Secrets;
use crate::{demo, estate, jobs, keks, log, secrets, simulated};

/// How long the embedded database may take to stop, after which it is left to recover next time.
const DATABASE_STOP: Duration = Duration::from_secs(20);

/// How long the last answers may take to leave, and the database's connections to close.
const LAST_BYTES: Duration = Duration::from_secs(5);
/// Where embedded databases live whose data directory only root can enter.
const CLUSTERS_OF_ROOT: &str = "/var/lib/tokenone";

/// Why the server does not run: one sentence, with the remedy where there is one.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Stopped(String);

impl Stopped {
    fn because(what: &str, error: impl std::fmt::Display) -> Self {
        Self(format!("{what}: {error}"))
    }
}

/// Everything that runs behind the doors.
struct Parts {
    store: Store,
    gateway: Arc<Gateway>,
    console: Console,
    feed: live::Feed,
    simulator: Option<SocketAddr>,
}

/// Runs until Ctrl-C or SIGTERM.
///
/// # Errors
/// [`Stopped`] where a part does not start.
pub async fn serve(config: Config) -> Result<(), Stopped> {
    let settings = &config.settings;
    log::start(settings.log_format);
    let stop = stop_signal()?;
    let listener = bind(settings.listen).await?;
    let address =
        listener.local_addr().map_err(|error| Stopped::because("no address was taken", error))?;
    let origin = origin(settings, address);
    let metrics_door = match settings.metrics_listen {
        Some(address) => Some(bind(address).await?),
        None => None,
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let data = data_directory(settings)?;
    let recorder = metrics::install()
        .map_err(|error| Stopped::because("metrics cannot be recorded", error))?;
    gateway::metric::describe();

    let metrics_door = metrics_door.map(|door| (door, recorder));
    let (mut database, admin_url) = database(settings, &data).await?;
    let served = tokio::select! {
        served = run(&config, &data, clock, &admin_url, listener, origin, metrics_door, stop) => served,
        () = crashed(&mut database) => {
            let why = "the embedded PostgreSQL stopped; its log is in the data directory";
            Err(Stopped(why.to_owned()))
        }
    };
    stop_database(database).await;
    served
}

/// Brings the schema up to date and sets the runtime roles' passwords.
///
/// # Errors
/// [`Stopped`] where the database or the key store refuse.
pub async fn migrate(config: Config) -> Result<(), Stopped> {
    let settings = &config.settings;
    log::start(settings.log_format);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let data = data_directory(settings)?;
    let (database, admin_url) = database(settings, &data).await?;
    let outcome = async {
        let secrets = open_secrets(settings, &data, clock).await?;
        prepare(&admin_url, &secrets).await
    }
    .await;
    stop_database(database).await;
    outcome?;
    say("The schema is up to date.");
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "start-up hands everything over once")]
async fn run(
    config: &Config,
    data: &Path,
    clock: Arc<dyn Clock>,
    admin_url: &SecretString,
    listener: TcpListener,
    origin: Origin,
    metrics_door: Option<(TcpListener, metrics::Handle)>,
    stop: impl Future<Output = ()>,
) -> Result<(), Stopped> {
    let address =
        listener.local_addr().map_err(|error| Stopped::because("no address was taken", error))?;
    tokio::pin!(stop);
    let Opened { parts, router, demo, setup_token } = tokio::select! {
        opened = open(config, data, clock, admin_url, &origin, address) => opened?,
        () = &mut stop => return Ok(()),
    };

    let (closing, closed) = tokio::sync::watch::channel(false);
    let mut doors = tokio::task::JoinSet::new();
    doors.spawn(http::serve(listener, router, closed.clone()));
    if let Some((door, recorder)) = metrics_door {
        doors.spawn(http::serve(door, metrics::routes(recorder), closed));
    }
    announce(&origin, demo.as_ref(), &parts, &setup_token).await;

    stop.await;
    tracing::info!("stopping: no new calls; those in flight may finish");
    let _listeners = closing.send(true);
    parts.feed.close();
    parts.gateway.drain(config.settings.drain).await;
    // Calls are settled by now; what is still in the sockets' buffers goes out.
    let _last_bytes =
        tokio::time::timeout(LAST_BYTES, async { while doors.join_next().await.is_some() {} })
            .await;
    doors.abort_all();
    let _closed = tokio::time::timeout(LAST_BYTES, parts.store.close()).await;
    Ok(())
}

/// What is ready to be served.
struct Opened {
    parts: Parts,
    router: axum::Router,
    demo: Option<demo::Credentials>,
    setup_token: SecretString,
}

async fn open(
    config: &Config,
    data: &Path,
    clock: Arc<dyn Clock>,
    admin_url: &SecretString,
    origin: &Origin,
    address: SocketAddr,
) -> Result<Opened, Stopped> {
    let secrets = open_secrets(&config.settings, data, clock.clone()).await?;
    prepare(admin_url, &secrets).await?;
    let setup_token =
        demo::token().map_err(|error| Stopped::because("the first-run token", error))?;
    let parts = start(config, &secrets, admin_url, clock.clone(), &setup_token, origin).await?;
    let doors = Doors {
        console: parts.console.clone(),
        gateway: parts.gateway.clone(),
        store: parts.store.clone(),
        clock: clock.clone(),
        origin: origin.clone(),
        trusted_proxies: config.settings.trusted_proxies.clone().into(),
        leptos: leptos_options(address)?,
        feed: parts.feed.clone(),
    };
    let router = http::router(doors)
        .map_err(|error| Stopped::because("the site's files cannot be read", error))?;
    let demo = if config.settings.demo {
        let estate = demo::Estate {
            store: &parts.store,
            secrets: &secrets,
            router: router.clone(),
            base_url: &origin.0,
            folder: data,
            now: clock.now(),
        };
        demo::ensure(estate).await.map_err(|error| Stopped::because("the demo estate", error))?
    } else {
        None
    };
    Ok(Opened { parts, router, demo, setup_token })
}

async fn start(
    config: &Config,
    secrets: &Secrets,
    admin_url: &SecretString,
    clock: Arc<dyn Clock>,
    setup_token: &SecretString,
    origin: &Origin,
) -> Result<Parts, Stopped> {
    let urls = store::runtime_urls(admin_url, &secrets.runtime)
        .map_err(|error| Stopped::because("the database's address", error))?;
    let store = Store::connect(&urls, *secrets.runtime.context_key.expose_secret())
        .await
        .map_err(|error| Stopped::because("the runtime roles cannot sign in", error))?;
    store.verify().await.map_err(|unsafe_facts| {
        let facts: Vec<_> = unsafe_facts.iter().map(ToString::to_string).collect();
        Stopped(format!("this database is not safe to serve from:\n  {}", facts.join("\n  ")))
    })?;
    let source = Arc::new(keks::Keks::new(store.clone()));
    let ring =
        Arc::new(KeyRing::new(secrets.deployment, secrets.keys.clone(), source, clock.clone()));
    // Opening the platform's key proves that key store and database belong together.
    ring.active(TenantId::PLATFORM)
        .await
        .map_err(|error| Stopped::because("the key store does not open this database", error))?;

    let simulator = simulated::start(config, secrets.simulator_key.clone(), clock.clone())
        .await
        .map_err(|error| Stopped::because("the simulator does not start", error))?;
    estate::configure(&store, &ring, secrets, config, simulator)
        .await
        .map_err(|error| Stopped::because("the configuration cannot be applied", error))?;

    let gateway = Gateway::start(gateway::Parts {
        store: store.clone(),
        ring: ring.clone(),
        peppers: vec![secrets.pepper()],
        clock: clock.clone(),
        settings: gateway_settings(&config.settings),
    })
    .await
    .map_err(|error| Stopped::because("the gateway does not start", error))?;
    jobs::start(store.clone(), ring.clone(), clock.clone());
    let feed = live::Feed::new();
    tokio::spawn(feed.clone().run(store.clone()));
    let console = console::console(console::Services {
        store: store.clone(),
        clock,
        passwords: identity::password::Passwords::default(),
        ring,
        pepper: Zeroizing::new(*secrets.pepper.expose()),
        throttle_key: Zeroizing::new(*secrets.throttle.expose()),
        setup_token: Some(setup_token.clone()),
        prober: Arc::new(GatewayProber(gateway.clone())),
        base_url: origin.0.to_string(),
        simulated: simulator.is_some(),
        spent: console::SpentToday::default(),
    });
    Ok(Parts { store, gateway, console, feed, simulator })
}

async fn prepare(admin_url: &SecretString, secrets: &Secrets) -> Result<(), Stopped> {
    store::migrate(admin_url)
        .await
        .map_err(|error| Stopped::because("the schema cannot be brought up to date", error))?;
    store::install_secrets(admin_url, &secrets.runtime)
        .await
        .map_err(|error| Stopped::because("the runtime roles cannot be set up", error))
}

async fn open_secrets(
    settings: &Settings,
    data: &Path,
    clock: Arc<dyn Clock>,
) -> Result<Secrets, Stopped> {
    // A key store is made for a new database only: for an old one, a new key would open nothing.
    let known = data.join("sealed").exists();
    let first_run = if known { FirstRun::MustExist } else { FirstRun::Create };
    let secrets = secrets::open(settings, data, first_run, clock)
        .await
        .map_err(|error| Stopped::because("the key store", error))?;
    if !known {
        std::fs::write(
            data.join("sealed"),
            "This data is sealed with a key store kept elsewhere.\n",
        )
        .map_err(|error| Stopped::because("the data directory cannot be written", error))?;
    }
    Ok(secrets)
}

/// The database to use: the one configured, or one of our own.
async fn database(
    settings: &Settings,
    data: &Path,
) -> Result<(Option<embedded::Postgres>, SecretString), Stopped> {
    if let Some(url) = &settings.database_url {
        return Ok((None, url.clone()));
    }
    let not_started = |error| Stopped::because("the embedded PostgreSQL does not start", error);
    let mut roots = vec![PathBuf::from(".")];
    if let Some(folder) =
        std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_path_buf))
    {
        roots.push(folder.join("../.."));
    }
    let binaries = embedded::find_bin_dir(&roots).map_err(not_started)?;
    let options = embedded::Options::new(cluster_directory(data), binaries);
    let postgres = embedded::Postgres::start(options).await.map_err(not_started)?;
    let url = postgres.address().superuser_url("postgres");
    Ok((Some(postgres), url))
}

/// Where the embedded database lives: under the data directory, unless we are root and the account it
/// runs as cannot get there, as below a closed home; then in a place of its own for this directory.
fn cluster_directory(data: &Path) -> PathBuf {
    let name = Sha256::digest(data.as_os_str().as_encoded_bytes());
    let elsewhere = Path::new(CLUSTERS_OF_ROOT).join(HEXLOWER.encode(&name[..8]));
    let chosen = embedded::reachable_or(&data.join("postgres"), &elsewhere);
    if chosen == elsewhere {
        tracing::warn!(
            directory = %chosen.display(),
            "the data directory is closed to the account that PostgreSQL runs as; its data is kept here"
        );
    }
    chosen
}

/// Returns when the embedded database ends by itself; never, where there is none.
async fn crashed(database: &mut Option<embedded::Postgres>) {
    match database {
        Some(postgres) => {
            if let Err(error) = postgres.exited().await {
                tracing::error!(%error, "the embedded PostgreSQL cannot be watched");
            }
        }
        None => std::future::pending().await,
    }
}

async fn stop_database(database: Option<embedded::Postgres>) {
    let Some(postgres) = database else { return };
    match tokio::time::timeout(DATABASE_STOP, postgres.stop()).await {
        Ok(Ok(())) => tracing::info!("stopped"),
        Ok(Err(error)) => tracing::error!(%error, "the embedded PostgreSQL did not stop cleanly"),
        Err(_) => tracing::error!("the embedded PostgreSQL takes too long to stop"),
    }
}

fn data_directory(settings: &Settings) -> Result<PathBuf, Stopped> {
    let made = std::fs::create_dir_all(&settings.data_directory)
        .and_then(|()| settings.data_directory.canonicalize());
    made.map_err(|error| {
        let path = settings.data_directory.display();
        Stopped::because(&format!("the data directory {path} cannot be made"), error)
    })
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Stopped> {
    TcpListener::bind(address)
        .await
        .map_err(|error| Stopped::because(&format!("cannot listen on {address}"), error))
}

fn origin(settings: &Settings, address: SocketAddr) -> Origin {
    let text = settings.public_url.as_ref().map(|url| url.0.clone());
    let origin = Origin(text.unwrap_or_else(|| format!("http://{address}")).into());
    if !origin.is_https() && !origin.is_plain_loopback() {
        tracing::warn!(
            origin = &*origin.0,
            "people can sign in only over HTTPS or on this machine: set server.public_url to the \
             https address of the proxy in front"
        );
    }
    origin
}

fn leptos_options(address: SocketAddr) -> Result<leptos::config::LeptosOptions, Stopped> {
    let conf = leptos_config::get_configuration(Some("Leptos.toml"))
        .map_err(|error| Stopped::because("Leptos.toml cannot be read", error))?;
    let mut options = conf.leptos_options;
    options.site_addr = address;
    Ok(options)
}

fn gateway_settings(settings: &Settings) -> gateway::Settings {
    let call_wait = settings.upstream_timeout;
    let drain_wait = settings.drain_after_hangup;
    // A hold outlasts the longest call, its drain, and a database that is away for a few minutes.
    let hold = call_wait + drain_wait + Duration::from_secs(300);
    gateway::Settings {
        calls_in_flight_max: settings.calls_in_flight as usize,
        call_wait,
        drain_wait,
        drains_max: settings.drains_at_once as usize,
        hold_seconds: u32::try_from(hold.as_secs()).unwrap_or(u32::MAX),
        keep_payloads: settings.keep_content,
        attempts_max: settings.attempts.0,
        node_name: node_name(settings),
        keep_alive: settings.keep_alive,
        bodies_bytes_max: settings.bodies_mib as usize * 1024 * 1024,
        egress_allow: gateway::EgressAllow::new(settings.egress_allow.0.clone()),
        ..gateway::Settings::default()
    }
}

/// The machine and the port, which tell the nodes of one database apart.
fn node_name(settings: &Settings) -> String {
    let machine = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let name = format!("{machine}:{}", settings.listen.port());
    name.chars().take(100).collect()
}

/// What a person or a script needs to begin.
async fn announce(
    origin: &Origin,
    demo: Option<&demo::Credentials>,
    parts: &Parts,
    setup_token: &SecretString,
) {
    say(&format!("tokenone ready {}", origin.0));
    if let Some(simulator) = parts.simulator {
        say(&format!(
            "  calls are answered by the built-in simulator at {simulator}, plainly marked"
        ));
    }
    if let Some(demo) = demo {
        for line in demo.lines() {
            say(&format!("  {line}"));
        }
    } else if parts.console.access.first_run_open().await.unwrap_or(false) {
        say(&format!("  first run: open {}/welcome and enter the one-time token", origin.0));
        say(&format!("  {}", setup_token.expose_secret()));
    }
}

fn stop_signal() -> Result<impl Future<Output = ()>, Stopped> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| signal(kind).map_err(|error| Stopped::because("signals", error));
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
    })
}

/// The public router over real parts, without a listener.
#[cfg(test)]
pub async fn doors_for_tests(
    config: &Config,
    data: &Path,
    clock: Arc<dyn Clock>,
    admin_url: &SecretString,
    setup_token: &SecretString,
    leptos: leptos::config::LeptosOptions,
) -> axum::Router {
    let secrets = open_secrets(&config.settings, data, clock.clone()).await.unwrap();
    prepare(admin_url, &secrets).await.unwrap();
    let origin = Origin("http://127.0.0.1:3900".into());
    let parts =
        start(config, &secrets, admin_url, clock.clone(), setup_token, &origin).await.unwrap();
    http::router(Doors {
        console: parts.console,
        gateway: parts.gateway,
        store: parts.store,
        clock,
        origin,
        trusted_proxies: Arc::from([]),
        leptos,
        feed: parts.feed,
    })
    .unwrap()
}
