//! `test_postgres start|stop|url`: the shared server of the tests, from a terminal.

#![forbid(unsafe_code)]

use std::io::{self, Write as _};
use std::process::ExitCode;

use secrecy::ExposeSecret as _;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let command = std::env::args().nth(1).unwrap_or_default();
    let outcome = match command.as_str() {
        "start" | "url" => Box::pin(testing::cluster()).await.map(|cluster| {
            let url = cluster.superuser_url("postgres");
            url.expose_secret().to_owned()
        }),
        "stop" => testing::stop_cluster().await.map(|ran| match ran {
            true => "stopped".to_owned(),
            false => "was not running".to_owned(),
        }),
        _ => {
            let _ = writeln!(io::stderr(), "usage: test_postgres start|stop|url");
            return ExitCode::from(2);
        }
    };
    // A closed terminal is the only way these writes fail, and then nobody reads them.
    match outcome {
        Ok(text) => {
            let _ = writeln!(io::stdout(), "{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "test_postgres: {error}");
            ExitCode::FAILURE
        }
    }
}
