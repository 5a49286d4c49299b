//! Renews `prices/catalogue.json` from a file of the public project pydantic/genai-prices.
//!
//! `cargo run -p ledger --bin import_prices -- FILE [--state YYYY-MM-DD] [--accept-large-changes]`

#![forbid(unsafe_code)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::NaiveDate;
use domain::clock::{Clock, SystemClock};
use ledger::catalogue::{Catalogue, FORMAT, Header};
use ledger::diff::{Change, What, diff};
use ledger::import::convert;
use sha2::{Digest, Sha256};

const USAGE: &str = "usage: import_prices FILE [--state YYYY-MM-DD] [--accept-large-changes]";
const SOURCE: &str = "pydantic/genai-prices, MIT licence";
/// Beyond this many lines, additions are counted and not listed.
const ADDITIONS_LISTED_MAX: usize = 100;

struct Arguments {
    file: PathBuf,
    state: Option<NaiveDate>,
    accept_large_changes: bool,
}

#[expect(clippy::print_stderr, reason = "a command line tool tells its user what went wrong")]
fn main() -> ExitCode {
    match arguments(std::env::args().skip(1)).and_then(|arguments| run(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn arguments(mut given: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let (mut file, mut state, mut accept_large_changes) = (None, None, false);
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--accept-large-changes" => accept_large_changes = true,
            "--state" => {
                let date = given.next().and_then(|date| date.parse().ok());
                state = Some(date.ok_or("--state takes a date such as 2026-08-21")?);
            }
            option if option.starts_with('-') => return Err(format!("unknown {option}\n{USAGE}")),
            path if file.is_none() => file = Some(PathBuf::from(path)),
            _ => return Err(USAGE.into()),
        }
    }
    Ok(Arguments { file: file.ok_or(USAGE)?, state, accept_large_changes })
}

#[expect(clippy::print_stdout, reason = "what changed is what the tool is run for")]
fn run(arguments: &Arguments) -> Result<(), String> {
    let target = target();
    let text = fs::read_to_string(&arguments.file)
        .map_err(|error| format!("{}: {error}", arguments.file.display()))?;
    let import = convert(&text).map_err(|error| format!("refused: {error}"))?;
    for note in &import.notes {
        println!("  {note}");
    }
    let old = existing(&target)?;
    let header = header(&text, arguments.state, old.as_ref());
    let new = Catalogue::new(header, import.rows).map_err(|error| format!("refused: {error}"))?;
    let nothing = Catalogue { header: new.header.clone(), rows: Vec::new() };
    let changes = diff(old.as_ref().unwrap_or(&nothing), &new);
    report(&changes);
    println!(
        "{} prices; {} remarks above; {} changes",
        new.rows.len(),
        import.notes.len(),
        changes.len()
    );
    let large = changes.iter().filter(|change| change.is_large()).count();
    if large > 0 && !arguments.accept_large_changes {
        return Err(format!(
            "refused: {large} prices change by more than a factor of two, marked (!) above.\n\
             Compare them with the provider's own price page, then add --accept-large-changes."
        ));
    }
    let rendered = new.render().map_err(|error| error.to_string())?;
    // What was written must be what the server will read.
    Catalogue::parse(&rendered).map_err(|error| format!("refused: {error}"))?;
    replace(&target, &rendered).map_err(|error| format!("{}: {error}", target.display()))?;
    println!("wrote {}", target.display());
    Ok(())
}

/// The catalogue of the working tree: cargo says where this crate lies.
fn target() -> PathBuf {
    let root = std::env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .and_then(|manifest| manifest.parent()?.parent().map(Path::to_path_buf));
    root.unwrap_or_default().join("prices").join("catalogue.json")
}

fn existing(target: &Path) -> Result<Option<Catalogue>, String> {
    match fs::read_to_string(target) {
        Ok(text) => Catalogue::parse(&text)
            .map(Some)
            .map_err(|error| format!("{}: {error}", target.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{}: {error}", target.display())),
    }
}

/// The state of the source is what the person says; for a file imported before, what was said then;
/// else today.
fn header(text: &str, state: Option<NaiveDate>, old: Option<&Catalogue>) -> Header {
    let digest = Sha256::digest(text.as_bytes());
    let sha256: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let known = old
        .filter(|old| old.header.sha256.as_deref() == Some(sha256.as_str()))
        .map(|old| old.header.state);
    Header {
        format: FORMAT,
        source: SOURCE.into(),
        state: state.or(known).unwrap_or_else(|| SystemClock.now().date_naive()),
        sha256: Some(sha256),
    }
}

#[expect(clippy::print_stdout, reason = "what changed is what the tool is run for")]
fn report(changes: &[Change]) {
    let added = changes.iter().filter(|change| change.what == What::Added).count();
    let list_added = added <= ADDITIONS_LISTED_MAX;
    for change in changes.iter().filter(|change| list_added || change.what != What::Added) {
        println!("{change}");
    }
    if !list_added {
        println!("+ {added} prices added");
    }
}

/// Writes beside the target, then renames: a reader sees the old file or the new one, never a part.
fn replace(target: &Path, text: &str) -> std::io::Result<()> {
    let beside = target.with_extension(format!("{}.tmp", std::process::id()));
    let written = fs::File::create(&beside)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&beside, target));
    if written.is_err() {
        // The half-written file is of no use; the first error is the one to tell.
        let _ = fs::remove_file(&beside);
    }
    written
}
