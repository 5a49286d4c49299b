//! The server's settings: those that differ from PostgreSQL's own defaults, each for a reason.

use crate::Error;
use crate::account::Account;
use crate::files::write_private;
use crate::layout::Layout;

/// Our settings, included last from `postgresql.conf` and rewritten at each start.
pub(crate) const FILE: &str = "tokenone.conf";

/// An operator's own settings; they win over ours and are never written by us.
const OPERATORS_FILE: &str = "local.conf";

/// One log file is closed at this size; see [`crate::initdb`] for how many are kept.
const LOG_FILE_KILOBYTES_MAX: u32 = 5 * 1024;

/// Whether a commit survives a crash of the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// A commit has reached the disk before it is acknowledged. Money needs this.
    #[default]
    Full,
    /// Fast and forgetful, for tests that throw their data away.
    None,
}

/// Writes the settings and the access rules into the cluster.
pub(crate) fn write(
    layout: &Layout,
    account: Account,
    port: u16,
    connections_max: u16,
    durability: Durability,
) -> Result<(), Error> {
    let cluster = layout.cluster();
    let settings = settings(&layout.log().to_string_lossy(), port, connections_max, durability);
    for (name, text) in [(FILE, settings.as_str()), ("pg_hba.conf", ACCESS)] {
        write_private(&layout.home, &cluster.join(name), text.as_bytes(), Some(account))?;
    }
    Ok(())
}

/// Who may come in: everybody with a password, over loopback, and nobody else.
const ACCESS: &str = "# Written by TokenOne at each start.\n\
                      host all all 127.0.0.1/32 scram-sha-256\n";

fn settings(log: &str, port: u16, connections_max: u16, durability: Durability) -> String {
    let commit = match durability {
        Durability::Full => "on",
        Durability::None => "off",
    };
    let log = log.replace('\'', "''");
    format!(
        "# Written by TokenOne at each start. Put your own settings into {OPERATORS_FILE} beside it.
# Loopback only, and no socket file whose folder would need guarding.
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
max_connections = {connections_max}
shared_buffers = '128MB'
# Reserving huge pages fails at odd times in containers; just-in-time compilation never pays here.
huge_pages = off
jit = off
# Money: a commit is on disk before it is acknowledged (off only in tests).
fsync = {commit}
synchronous_commit = {commit}
full_page_writes = {commit}
max_wal_size = '1GB'
timezone = 'UTC'
# Statements carry people's data. Errors go to the client that made them, not to a file; the log has
# starts, stops, crashes and refused connections, without statements, details or parameters.
logging_collector = on
log_directory = '{log}'
log_filename = 'postgres-%Y%m%d-%H%M%S.log'
log_file_mode = 0600
log_rotation_age = 0
log_rotation_size = {LOG_FILE_KILOBYTES_MAX}
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_statement = 'none'
log_checkpoints = off
log_autovacuum_min_duration = -1
lc_messages = 'C'
include_if_exists = '{OPERATORS_FILE}'
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_durable_unless_a_test_says_otherwise() {
        let durable = settings("/log", 5433, 100, Durability::default());
        for line in ["fsync = on", "synchronous_commit = on", "full_page_writes = on"] {
            assert!(durable.contains(line), "{line}");
        }
        assert!(settings("/log", 5433, 100, Durability::None).contains("fsync = off"));
    }

    #[test]
    fn a_quote_in_the_path_does_not_end_the_setting() {
        let text = settings("/o'brien/log", 5433, 100, Durability::Full);
        assert!(text.contains("log_directory = '/o''brien/log'"));
    }
}
