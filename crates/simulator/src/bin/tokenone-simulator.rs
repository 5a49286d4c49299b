//! Runs the simulator by itself, for benches and for trying things out.

#![forbid(unsafe_code)]

use std::{
    error::Error,
    io::{self, Write},
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
};

use clap::Parser;
use domain::clock::SystemClock;
use secrecy::SecretString;
use simulator::{AwsKey, Config, Simulator};
use tokio::net::TcpListener;

/// A model provider that is not real: it answers OpenAI's and Anthropic's wire and asks no model.
#[derive(Parser)]
#[command(name = "tokenone-simulator")]
struct Arguments {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:3999")]
    listen: SocketAddr,

    /// File to append bills to, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,

    /// Threads to serve with; all cores when absent.
    #[arg(long)]
    threads: Option<std::num::NonZeroUsize>,

    /// The only API key to accept; without it any key will do. Better given in the environment,
    /// where other users of the machine can not read it.
    #[arg(long, env = "TOKENONE_SIMULATOR_KEY", hide_env_values = true)]
    key: Option<SecretString>,

    /// The only AWS access key whose signatures to accept; without it any well-formed one will do.
    #[arg(
        long,
        env = "TOKENONE_SIMULATOR_AWS_ACCESS_KEY_ID",
        value_name = "ID",
        requires = "aws_secret_access_key"
    )]
    aws_access_key_id: Option<String>,

    /// The secret that goes with it. Better given in the environment as well.
    #[arg(
        long,
        env = "TOKENONE_SIMULATOR_AWS_SECRET_ACCESS_KEY",
        hide_env_values = true,
        value_name = "SECRET",
        requires = "aws_access_key_id"
    )]
    aws_secret_access_key: Option<SecretString>,
}

fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    let arguments = Arguments::parse();
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if let Some(threads) = arguments.threads {
        runtime.worker_threads(threads.get());
    }
    runtime.enable_all().build()?.block_on(run(arguments))
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let aws = arguments.aws_access_key_id.zip(arguments.aws_secret_access_key);
    let config = Config {
        key: arguments.key,
        aws: aws
            .map(|(access_key_id, secret_access_key)| AwsKey { access_key_id, secret_access_key }),
        log_file: arguments.log,
        ..Config::default()
    };
    let simulator = Simulator::new(config, Arc::new(SystemClock))?;
    let listener = TcpListener::bind(arguments.listen).await?;
    let address = listener.local_addr()?;
    writeln!(io::stdout(), "tokenone-simulator ready http://{address}")?;
    // On a thread of the pool, where connections are accepted sooner than on the main thread.
    let server = tokio::spawn(simulator.clone().serve(listener));
    tokio::signal::ctrl_c().await?;
    server.abort();
    let _ = server.await;
    let totals = simulator.totals();
    writeln!(
        io::stdout(),
        "served {} calls, {} of them not to the end: {} prompt and {} completion tokens",
        totals.bills,
        totals.incomplete,
        totals.prompt_tokens,
        totals.completion_tokens,
    )?;
    Ok(())
}
