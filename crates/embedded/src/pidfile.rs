//! `postmaster.pid`, by which a running server describes itself.

use std::path::Path;

use rustix::process::Pid;

use crate::Error;
use crate::files::read_if_there;

/// The name of the file in the cluster's folder.
pub(crate) const NAME: &str = "postmaster.pid";

/// What the server wrote: its process on line 1, its port on line 4, its state on line 8
/// (PostgreSQL, `src/include/utils/pidfile.h`).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PidFile {
    pub(crate) pid: Pid,
    pub(crate) port: Option<u16>,
    pub(crate) ready: bool,
}

/// Reads the file; `None` when there is none or it is not written yet.
pub(crate) fn read(cluster: &Path) -> Result<Option<PidFile>, Error> {
    Ok(read_if_there(&cluster.join(NAME))?.and_then(|text| parse(&text)))
}

fn parse(text: &str) -> Option<PidFile> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let pid = lines.first()?.parse::<i32>().ok().filter(|pid| *pid > 0)?;
    Some(PidFile {
        pid: Pid::from_raw(pid)?,
        port: lines.get(3).and_then(|line| line.parse().ok()),
        ready: lines.get(7) == Some(&"ready"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ready_server_is_understood() {
        let text = "4711\n/d/pg/cluster\n1700000000\n5433\n\n127.0.0.1\n  1 2\nready   \n";
        let file = parse(text).unwrap();
        assert_eq!(file.pid.as_raw_nonzero().get(), 4711);
        assert_eq!((file.port, file.ready), (Some(5433), true));
    }

    #[test]
    fn a_starting_server_is_not_ready() {
        let file = parse("4711\n/d\n1700000000\n5433\n").unwrap();
        assert!(!file.ready);
    }

    #[test]
    fn nonsense_is_no_process() {
        for text in ["", "\n", "-5\n", "0\n", "abc\n"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
