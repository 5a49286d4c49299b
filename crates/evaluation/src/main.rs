//! How well the guard does on a labelled corpus: a table to read, and the same figures as JSON.
//!
//! The corpus is a folder of JSON Lines, gzipped or not; `docs/guard.md` tells the fields. What is missing is
//! skipped, and said.

mod card;
mod corpus;
mod injections;
mod pii;
mod rate;
mod report;
mod secrets;
mod seen;
mod sensitive;
mod speed;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// Measures the guard on a labelled corpus.
#[derive(Parser)]
struct Options {
    /// The folder with the corpus.
    #[arg(long)]
    corpus: PathBuf,
    /// Where the figures go, as JSON.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Where the few figures go that the console shows, as JSON; `--on` says what day it is.
    #[arg(long, requires = "on")]
    card: Option<PathBuf>,
    /// The day of the measurement, as `2026-01-02`.
    #[arg(long)]
    on: Option<String>,
    /// Also measures the time per KiB on the clean texts, and on a worst case of 1 MiB.
    #[arg(long)]
    speed: bool,
    /// Lists the texts that were judged wrongly: their ids, scores and signatures.
    #[arg(long)]
    list: bool,
    /// With `--list`, also what was seen in them.
    #[arg(long)]
    explain: bool,
    /// Where what the guard sees in each row goes, as JSON Lines, for trials of other ways to judge it.
    #[arg(long)]
    rows: Option<PathBuf>,
}

fn main() -> ExitCode {
    match report::run(&Options::parse()) {
        Ok(text) => {
            // A closed pipe is the reader's wish.
            let _ = std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(fault) => {
            let _ = std::io::Write::write_all(
                &mut std::io::stderr(),
                format!("eval-guard: {fault}\n").as_bytes(),
            );
            ExitCode::FAILURE
        }
    }
}
