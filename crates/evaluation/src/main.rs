//! Measures the guard on a folder of gzipped JSON Lines: `evaluation <folder> <out.json>`.

#![forbid(unsafe_code)]
#![expect(clippy::print_stderr, reason = "a tool for people, whose output this is")]

mod corpus;
mod pii;
mod secrets;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let Some(folder) = arguments.next() else {
        eprintln!("usage: evaluation <folder of the corpus> [<file for the figures>]");
        return ExitCode::FAILURE;
    };
    let mut report = serde_json::Map::new();
    secrets::measure(&folder, &mut report);
    pii::measure(&folder, &mut report);
    let text = serde_json::Value::Object(report).to_string();
    match arguments.next() {
        Some(out) if std::fs::write(&out, &text).is_err() => {
            eprintln!("{} cannot be written", out.display());
            ExitCode::FAILURE
        }
        Some(_) => ExitCode::SUCCESS,
        None => {
            eprintln!("{text}");
            ExitCode::SUCCESS
        }
    }
}
