//! `assent serve`: runs a node until it is told to stop.

use std::io::{self, IsTerminal};
use std::net::SocketAddr;

use assent_node::clock::Clock;
use assent_node::config::Config;
use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value};
use tracing_subscriber::EnvFilter;

use super::configuration::ConfigArguments;
use super::stop::StopSignal;
use crate::failure::{Doing, Failure};
use crate::output::Output;

/// What is logged unless `RUST_LOG` says otherwise.
const LOG_FILTER: &str = "info,sea_orm_migration=warn";

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Print the configuration that holds, secrets hidden, and stop
    #[arg(long)]
    print_config: bool,
    #[command(flatten)]
    config: ConfigArguments,
}

/// Where a node listens. `assent serve --json` prints it as its first line.
#[derive(Debug, Serialize)]
struct Listening {
    address: SocketAddr,
    admin_address: SocketAddr,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let config = self.config.load()?;
        if self.print_config {
            return print(&config, output);
        }
        log_to_stderr();
        let stop = StopSignal::listen()?;
        let running = assent_node::start(config, Clock::System).await;
        let running = running.doing("the node cannot start")?;
        let listening = Listening {
            address: running.address,
            admin_address: running.admin_address,
        };
        output.answer(&listening, |listening| {
            let Listening {
                address,
                admin_address,
            } = listening;
            format!("listening on http://{address}, health and metrics on http://{admin_address}")
        })?;
        let failed = tokio::select! {
            name = stop.wait() => {
                tracing::info!(signal = name, "stopping");
                false
            }
            () = running.failed() => true,
        };
        let stopped = running.stop().await;
        if failed {
            return Err(Failure::unreachable("the store takes no more writes"));
        }
        stopped.doing("the node did not stop in order")
    }
}

/// The configuration with secrets hidden: lines of TOML, or one object.
fn print(config: &Config, output: Output) -> Result<(), Failure> {
    let printed = config.printed();
    let lines = printed.lines().filter_map(|line| line.split_once(" = "));
    let fields: Result<Map<String, Value>, serde_json::Error> = lines
        .map(|(name, value)| Ok((name.to_owned(), serde_json::from_str(value)?)))
        .collect();
    let fields = fields.doing("the configuration cannot be printed")?;
    output.answer(&fields, |_| printed.clone())
}

/// JSON for machines; for a person at a terminal, plain lines.
pub(crate) fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOG_FILTER));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    if io::stderr().is_terminal() {
        subscriber.init();
    } else {
        subscriber
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .init();
    }
}
