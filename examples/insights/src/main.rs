//! `assent-insights`: the example service as a program.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use assent_client::http::NodeClient;
use assent_insights::households::Households;
use assent_insights::insights::Insights;
use assent_insights::pages;
use assent_insights::provider::Provider;
use assent_insights::reading::node_relay::NodeRelay;
use assent_insights::store::Store;
use assent_meter::zone::Zone;
use assent_model::ids::ServiceId;
use clap::Parser;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Shows people their energy use live, for as long as they consent
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The node; plain http on this machine only
    #[arg(long, value_name = "URL")]
    node: String,
    /// Where to listen; the port may be 0
    #[arg(long, value_name = "ADDRESS")]
    address: std::net::SocketAddr,
    /// What people's browsers call it, where that is not the address
    #[arg(long, value_name = "URL")]
    origin: Option<String>,
    /// Where keys and records are kept
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The service that the readings come from
    #[arg(long, value_name = "SERVICE_ID")]
    source: ServiceId,
    /// Where the meters stand
    #[arg(long, value_name = "ZONE", default_value = "Europe/Amsterdam")]
    zone: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = &*error, "insights cannot go on");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let listener = TcpListener::bind(arguments.address).await?;
    let origin = match &arguments.origin {
        Some(origin) => origin.trim_end_matches('/').to_owned(),
        None => format!("http://{}", listener.local_addr()?),
    };
    let insights = open(&arguments, &origin).await?;
    insights.resume();
    say(&format!("Insights is at {origin}/"))?;
    let serving = axum::serve(listener, pages::routes(Arc::clone(&insights)));
    tokio::select! {
        served = serving.into_future() => served?,
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    insights.keep_all();
    Ok(())
}

async fn open(arguments: &Arguments, origin: &str) -> Result<Arc<Insights>, Box<dyn Error>> {
    let zone = Zone::named(&arguments.zone).ok_or("the zone is not one that is known")?;
    let store = Store::open(&arguments.data)?;
    let client = NodeClient::new(&arguments.node)?;
    let service_id = store.service_id()?;
    let provider = Provider::arrive(client, store.keys()?).await?;
    let service = provider.describe(service_id, origin).await?;
    let source = provider.service(arguments.source).await?;
    let provider = Arc::new(provider);
    Ok(Arc::new(Insights {
        relay: Arc::new(NodeRelay::new(Arc::clone(&provider))),
        provider,
        service,
        source: arguments.source,
        source_name: source.name,
        households: Households::open(store)?,
        zone,
    }))
}

/// What a program that started this one waits for.
fn say(line: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
