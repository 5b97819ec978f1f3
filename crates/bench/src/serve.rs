//! The hidden command `serve`: a node as `assent serve` runs it, on a free port, without a limit on
//! requests.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use assent_node::clock::Clock;
use assent_node::config::Config;
use assent_node::{InitError, init, start};
use tracing_subscriber::EnvFilter;

use crate::Outcome;
use crate::child::{Listening, until_input_ends};

/// Runs a node in the folder, made where there is none, until standard input ends.
pub(crate) fn run(data_dir: PathBuf) -> Outcome<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(serve(data_dir))
}

async fn serve(data_dir: PathBuf) -> Outcome<()> {
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = Config {
        data_dir,
        listen: free,
        admin_listen: free,
        requests_per_minute: 0,
        ..Config::default()
    };
    match init(&config, &Clock::System).await {
        Ok(_) | Err(InitError::Exists(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let running = start(config, Clock::System).await?;
    let address = running.address;
    until_input_ends(&Listening { address }).await?;
    running.stop().await?;
    Ok(())
}
