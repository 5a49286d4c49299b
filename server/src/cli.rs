//! The command line: `serve`, `check`, `migrate`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line talks to people")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::boot;
use crate::config::setting::{SETTINGS, variable};
use crate::config::{Config, Problem};

/// A security-first, multi-tenant gateway for LLM calls, with a control room.
#[derive(Parser)]
#[command(name = "tokenone", version, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Start the gateway and the console (the default).
    Serve(ServeArgs),
    /// Read the configuration and explain every mistake in it.
    Check(CheckArgs),
    /// Bring the database's schema up to date and set the runtime roles' passwords, then leave.
    Migrate(ConfigArgs),
}

#[derive(Args, Default)]
struct ConfigArgs {
    /// The configuration file; `tokenone.toml` in the working directory where it exists.
    #[arg(long, env = "TOKENONE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Args, Default)]
struct CheckArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// List every setting with its variable, unit, default and meaning, and leave.
    #[arg(long)]
    list: bool,
}

#[derive(Args, Default)]
struct ServeArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Start empty, with a first-run page, instead of with a demo estate.
    #[arg(long)]
    no_demo: bool,
}

/// Runs the command given on the command line.
pub fn run() -> ExitCode {
    let command = Cli::parse().command.unwrap_or(Command::Serve(ServeArgs::default()));
    match command {
        Command::Check(args) => check(&args),
        Command::Migrate(args) => with_config(&args, |config| block_on(boot::migrate(config))),
        Command::Serve(args) => with_config(&args.config, |mut config| {
            config.settings.demo &= !args.no_demo;
            block_on(boot::serve(config))
        }),
    }
}

/// Says why on standard error.
pub fn fail(why: &str) -> ExitCode {
    eprintln!("tokenone: {why}");
    ExitCode::FAILURE
}

/// One line for people and scripts on standard output.
pub fn say(line: &str) {
    println!("{line}");
}

fn check(args: &CheckArgs) -> ExitCode {
    if args.list {
        for setting in SETTINGS {
            let default = if setting.default.is_empty() { "nothing" } else { setting.default };
            println!("{}  ({})", setting.key, variable(setting.key));
            println!("    {}; default: {default}", setting.unit);
            println!("    {}", setting.meaning);
        }
        return ExitCode::SUCCESS;
    }
    match load(&args.config) {
        Ok(_) => {
            println!("The configuration is good.");
            ExitCode::SUCCESS
        }
        Err(problems) => explain(&problems),
    }
}

fn with_config(args: &ConfigArgs, then: impl FnOnce(Config) -> ExitCode) -> ExitCode {
    match load(args) {
        Ok(config) => then(config),
        Err(problems) => explain(&problems),
    }
}

fn load(args: &ConfigArgs) -> Result<Config, Vec<Problem>> {
    let path = Config::default_path(args.config.clone());
    Config::load(path.as_deref(), std::env::vars())
}

fn explain(problems: &[Problem]) -> ExitCode {
    for problem in problems {
        eprintln!("{problem}");
    }
    let (count, noun) = (problems.len(), if problems.len() == 1 { "mistake" } else { "mistakes" });
    fail(&format!("{count} {noun} in the configuration"))
}

fn block_on(work: impl Future<Output = Result<(), boot::Stopped>>) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("the runtime does not start: {error}")),
    };
    match runtime.block_on(work) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stopped) => fail(&stopped.to_string()),
    }
}
