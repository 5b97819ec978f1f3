//! `assent source serve`: a small source of meter readings.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use assent_model::ids::ServiceId;
use clap::Args;
use serde::Serialize;
use tokio::net::TcpListener;

use crate::commands::serve::log_to_stderr;
use crate::commands::stop::StopSignal;
use crate::commands::who::ProviderArguments;
use crate::failure::{Doing, Failure};
use crate::output::Output;
use crate::source::{Archive, SourceService, keep_learning, serve};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which service of the provider. Start again when its description has changed
    #[arg(long, value_name = "SERVICE")]
    service: ServiceId,
    /// Whose readings the files are: the account that was named when it was linked
    #[arg(long, value_name = "NAME")]
    account: String,
    /// Files of P1 telegrams
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    data: Vec<PathBuf>,
    /// Where to listen. The description says how others reach it
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8450")]
    listen: SocketAddr,
    /// How often to ask the node for consents that are new or have changed, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    every: u64,
    #[command(flatten)]
    provider: ProviderArguments,
}

#[derive(Serialize)]
struct Listening {
    address: SocketAddr,
    telegrams: usize,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        log_to_stderr();
        let stop = StopSignal::listen()?;
        let mut archive = Archive::default();
        let mut telegrams = 0;
        for path in &self.data {
            let unusable = || format!("the telegrams in {} cannot be used", path.display());
            let bytes = std::fs::read(path).doing(unusable())?;
            telegrams += archive.add(&self.account, &bytes).doing(unusable())?;
        }
        let provider = self.provider.connect().await?;
        let service = SourceService::open(provider, self.service, archive).await?;
        let listener = TcpListener::bind(self.listen).await;
        let listener = listener.doing(format!("cannot listen on {}", self.listen))?;
        let address = listener.local_addr()?;
        let listening = Listening { address, telegrams };
        output.answer(&listening, |listening| {
            format!(
                "listening on http://{} with {} telegrams",
                listening.address, listening.telegrams
            )
        })?;
        let interval = Duration::from_secs(self.every.max(1));
        let stopped = async {
            stop.wait().await;
        };
        let service = Arc::new(service);
        let learner = tokio::spawn(keep_learning(Arc::clone(&service), interval));
        let served = serve(service, listener, stopped).await;
        learner.abort();
        served
    }
}
