//! The table of settings.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

/// Why a value does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// What is wrong with it.
    pub what: String,
    /// What would be right.
    pub remedy: String,
}

/// A setting as the documentation shows it.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// `section.key` in the file.
    pub key: &'static str,
    /// The unit or form of the value.
    pub unit: &'static str,
    /// The default, as it would be written.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

macro_rules! settings {
    ($($field:ident $key:literal: $type:ty = $default:literal, $unit:literal, $meaning:literal;)*) => {
        /// Every setting, in the order of the documentation.
        pub const SETTINGS: &[Setting] = &[$(Setting {
            key: $key,
            unit: $unit,
            default: $default,
            meaning: $meaning,
        },)*];

        /// The values of all settings.
        #[derive(Clone, Debug)]
        pub struct Settings { $(#[doc = $meaning] pub $field: $type,)* }

        impl Settings {
            /// Sets one by its key.
            ///
            /// # Errors
            /// Where there is no such key, or the value does not fit it.
            pub fn set(&mut self, key: &str, text: &str) -> Result<(), Unfit> {
                match key {
                    $($key => {
                        self.$field = Value::read(text).map_err(|what| Unfit {
                            what,
                            remedy: format!("{} takes {}; the default is `{}`", key, $unit, $default),
                        })?;
                    })*
                    _ => return Err(Unfit {
                        what: format!("`{key}` is not a setting"),
                        remedy: suggest(key),
                    }),
                }
                Ok(())
            }
        }

        impl Default for Settings {
            fn default() -> Self {
                Self { $($field: Value::read($default).expect($key),)* }
            }
        }
    };
}

settings! {
    listen "server.listen": SocketAddr = "127.0.0.1:3900", "address:port",
        "Where both doors listen: `/v1/*` for programs, everything else for people.";
    public_url "server.public_url": Option<Url> = "", "an http(s) URL without a path, or empty",
        "The address that people use, where it differs from the listener's: behind a proxy that ends TLS, or in a network. \
         Decides whether the session cookie is Secure, and which Origin may change things.";
    metrics_listen "server.metrics_listen": Option<SocketAddr> = "127.0.0.1:3990", "address:port, or empty for none",
        "Where Prometheus reads `/metrics`. A listener of its own, so that it is never public by accident.";
    trusted_proxies "server.trusted_proxies": Vec<Network> = "", "CIDR networks, separated by commas",
        "Peers whose X-Forwarded-For is believed, read from the right; of everybody else the socket's address counts.";
    drain "server.drain": Seconds = "25", "seconds, 1 to 3600",
        "How long calls in flight may finish after SIGTERM or Ctrl-C before they are cut and settled.";
    log_format "server.log_format": LogFormat = "text", "`text` or `json`",
        "The form of log lines on standard error. What is logged follows TOKENONE_LOG, such as `info,gateway=debug`.";
    data_directory "data.directory": PathBuf = "data", "a path",
        "The embedded PostgreSQL and `demo.json` live here.";
    demo "data.demo": Flag = "true", "true or false",
        "Whether a first start fills the estate with two tenants and about a hundred calls of the simulator. \
         `--no-demo` says false and leaves an empty estate with a first-run page.";
    database_url "database.url": Option<Secret> = "", "a postgres:// URL, or empty for the embedded PostgreSQL",
        "The database, as a role that may migrate it and set the passwords of the two runtime roles. Used at start only; \
         calls and people are served by the runtime roles.";
    keystore_file "keystore.file": Option<PathBuf> = "", "a path, or empty for the user's configuration directory",
        "The master keys. Must lie outside the data directory. Created at the first start; back it up apart from the database.";
    calls_in_flight "gateway.calls_in_flight": Count = "1024", "a number, 1 to 1000000",
        "Calls that a node carries at once; one more is refused with 503.";
    upstream_timeout "gateway.upstream_timeout": Seconds = "600", "seconds, 1 to 3600",
        "How long a provider may take for a whole answer.";
    drain_after_hangup "gateway.drain_after_hangup": Seconds = "120", "seconds, 1 to 3600",
        "How long the rest of an answer is read, to learn what the provider bills, after the client has gone.";
    drains_at_once "gateway.drains_at_once": Count = "256", "a number, 1 to 1000000",
        "How many such answers are read at once; of one more the usage is estimated.";
    attempts "gateway.attempts": Attempts = "3", "a number, 1 to 10",
        "Attempts at providers that one call makes at most, its first included. Another is made only before the first byte \
         of an answer.";
    keep_alive "gateway.keep_alive": Seconds = "15", "seconds, 1 to 3600",
        "After so much silence a client that waits for a stream is told that it still lives, so that proxies do not cut it.";
    bodies_mib "gateway.bodies_mib": Count = "512", "MiB, 1 to 1000000",
        "Request bodies that a node holds at once; a call for which there is no room is refused with 503.";
    egress_allow "gateway.egress_allow": Hosts = "", "host names, separated by commas; `*.example.com` for all below it",
        "Hosts that providers may have; empty for all. A provider elsewhere is not called. Addresses of private networks need \
         the provider's own `private_network = true` besides.";
    keep_content "gateway.keep_content": Flag = "true", "true or false",
        "Whether prompts and answers are kept, sealed, for replay.";
}

/// The environment variable of a key: `server.listen` is `TOKENONE_SERVER_LISTEN`.
#[must_use]
pub fn variable(key: &str) -> String {
    format!("TOKENONE_{}", key.replace('.', "_").to_uppercase())
}

pub(super) fn key_of_variable(name: &str) -> Option<&'static str> {
    SETTINGS.iter().map(|s| s.key).find(|key| variable(key) == name)
}

pub(super) fn suggest_variable(name: &str) -> String {
    let names: Vec<_> = SETTINGS.iter().map(|s| variable(s.key)).collect();
    match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean {near}?"),
        None => "remove it, or see docs/configuration.md for the settings there are".to_owned(),
    }
}

pub(super) fn suggest(key: &str) -> String {
    match nearest(key, SETTINGS.iter().map(|s| s.key)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "remove it, or see docs/configuration.md for the settings there are".to_owned(),
    }
}

/// The candidate within three edits, if there is one.
fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .map(|candidate| (edits(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= 3)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// A value that can be read from text.
trait Value: Sized {
    fn read(text: &str) -> Result<Self, String>;
}

/// A number that is at least one.
pub type Count = u32;
/// How often a call is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempts(pub u32);
/// A switch.
pub type Flag = bool;
/// A whole number of seconds.
pub type Seconds = Duration;
/// A text that is never shown.
pub type Secret = SecretString;

impl Value for u32 {
    fn read(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(number @ 1..=1_000_000) => Ok(number),
            Ok(_) => Err(format!("`{text}` is out of range")),
            Err(_) => Err(format!("`{text}` is not a whole number")),
        }
    }
}

impl Value for Attempts {
    fn read(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(number @ 1..=10) => Ok(Self(number)),
            Ok(_) => Err(format!("`{text}` is out of range")),
            Err(_) => Err(format!("`{text}` is not a whole number")),
        }
    }
}

impl Value for Duration {
    fn read(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(seconds @ 1..=3600) => Ok(Self::from_secs(seconds)),
            Ok(_) => Err(format!("`{text}` is out of range")),
            Err(_) => Err(format!("`{text}` is not a whole number of seconds")),
        }
    }
}

impl Value for bool {
    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| format!("`{text}` is neither true nor false"))
    }
}

impl Value for SocketAddr {
    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| format!("`{text}` is not an address with a port"))
    }
}

impl Value for PathBuf {
    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() { Err("is empty".to_owned()) } else { Ok(Self::from(text)) }
    }
}

impl Value for SecretString {
    fn read(text: &str) -> Result<Self, String> {
        // The only secret setting is the database URL; its text must not reach a message.
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Ok(Self::from(text.to_owned()))
        } else {
            Err("does not begin with postgres://".to_owned())
        }
    }
}

impl<T: Value> Value for Option<T> {
    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() { Ok(None) } else { T::read(text).map(Some) }
    }
}

/// An origin: scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url(pub String);

impl Value for Url {
    fn read(text: &str) -> Result<Self, String> {
        let url = text.trim_end_matches('/');
        let parsed: http::Uri = url.parse().map_err(|_| format!("`{text}` is not a URL"))?;
        let scheme = parsed.scheme_str().unwrap_or_default();
        if !matches!(scheme, "http" | "https") || parsed.authority().is_none() {
            return Err(format!("`{text}` is not an http(s) URL"));
        }
        if !matches!(parsed.path(), "" | "/") || parsed.query().is_some() {
            return Err(format!("`{text}` has a path"));
        }
        Ok(Self(url.to_owned()))
    }
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Value for LogFormat {
    fn read(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(format!("`{text}` is no log format")),
        }
    }
}

/// A CIDR network (RFC 4632, RFC 4291 section 2.3).
pub type Network = ipnet::IpNet;

impl Value for Vec<Network> {
    fn read(text: &str) -> Result<Self, String> {
        text.split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| part.parse().map_err(|_| format!("`{part}` is not a CIDR network")))
            .collect()
    }
}

/// Names of hosts, or of all hosts below one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts(pub Vec<String>);

impl Value for Hosts {
    fn read(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let hosts: Result<_, String> = parts
            .map(|part| {
                let name = part.strip_prefix("*.").unwrap_or(part);
                let fits =
                    |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
                if name.is_empty() || !name.chars().all(fits) {
                    return Err(format!("`{part}` is not a host name"));
                }
                Ok(part.to_owned())
            })
            .collect();
        hosts.map(Self)
    }
}
