//! `assent doctor`: looks at a node from the outside in, and says what is wrong.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use assent_client::http::NodeClient;
use assent_crypto::digest::Digest;
use assent_ledger::block::BlockHeader;
use assent_ledger::checkpoint::app_hash;
use assent_ledger::merkle::{Appender, leaf_hash};
use assent_model::ids::PartyId;
use assent_model::statement::CLOCK_SKEW_MAX;
use assent_model::time::{Span, Timestamp};
use assent_node::config::Config;
use assent_node::objects::Objects;
use assent_node::operator_keys::OperatorKeys;
use assent_storage::{Store, StoreConfig, StoreError};
use clap::Args;
use serde::Serialize;

use super::backup::check_is_there;
use super::configuration::ConfigArguments;
use crate::failure::{Doing, Failure};
use crate::moment::{iso, now};
use crate::output::Output;

/// Less free room than this is too little for a store to grow in.
const FREE_BYTES_MIN: u64 = 256 << 20;
/// This program did not exist before (2025-01-01T00:00:00Z): a clock that says so was never set.
const EPOCH: Timestamp = Timestamp::from_millis(1_735_689_600_000);
/// The permission bits of everybody but the owner.
const OTHERS: u32 = 0o077;
/// How many log entries are read at once.
const ENTRIES: u64 = 1024;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    config: ConfigArguments,
}

/// What one look showed.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    holds: bool,
    detail: String,
}

/// The findings so far.
#[derive(Debug, Default)]
struct Report(Vec<Finding>);

impl Report {
    fn note(&mut self, check: &'static str, result: Result<String, Failure>) {
        let holds = result.is_ok();
        let detail = result.unwrap_or_else(|failure| failure.whole());
        self.0.push(Finding {
            check,
            holds,
            detail,
        });
    }
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let mut report = Report::default();
        let config = match self.config.load() {
            Ok(config) => config,
            Err(failure) => {
                report.note("configuration", Err(failure));
                return conclude(report, output);
            }
        };
        report.note(
            "configuration",
            Ok("every value is within its bounds".to_owned()),
        );
        report.note("directory", check_directory(&config.data_dir));
        report.note("keys", check_keys(&config.data_dir));
        let is_running = examine_store(&config, &mut report).await;
        report.note("objects", check_objects(&config).await);
        report.note("disk", check_disk(&config.data_dir));
        if is_running {
            report.note("node", check_running(&config).await);
        } else {
            report.note("port", check_port(config.listen));
            report.note("admin port", check_port(config.admin_listen));
        }
        conclude(report, output)
    }
}

fn conclude(report: Report, output: Output) -> Result<(), Failure> {
    let findings = report.0;
    output.answer(&findings, |findings| {
        let line = |finding: &Finding| {
            let word = if finding.holds { "ok" } else { "WRONG" };
            format!("{word:<6} {:<14} {}\n", finding.check, finding.detail)
        };
        findings.iter().map(line).collect()
    })?;
    match findings.iter().filter(|finding| !finding.holds).count() {
        0 => Ok(()),
        wrong => Err(Failure::problem(format!(
            "{wrong} of {} checks do not hold",
            findings.len()
        ))),
    }
}

fn check_directory(path: &Path) -> Result<String, Failure> {
    let metadata = fs::metadata(path).doing(format!("{} cannot be read", path.display()))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & OTHERS == 0 {
        Ok(format!("{} is closed to others", path.display()))
    } else {
        let path = path.display();
        Err(Failure::problem(format!(
            "{path} has mode {mode:o}; run `chmod 700` on it"
        )))
    }
}

fn check_keys(data_dir: &Path) -> Result<String, Failure> {
    let keys = OperatorKeys::load(data_dir);
    let keys = keys.map_err(|error| {
        Failure::problem("the operator's keys cannot be used").caused_by(&error)
    })?;
    let party: PartyId = keys.party_id();
    Ok(format!("those of {party}, closed to others"))
}

/// Checks store, log and clock. Whether a running node has the store open, which then checks it.
async fn examine_store(config: &Config, report: &mut Report) -> bool {
    let url = config.store_url();
    if let Err(failure) = check_is_there(&url) {
        report.note("store", Err(failure));
        return false;
    }
    let store = match Store::open(&StoreConfig { url }).await {
        Ok(store) => store,
        Err(StoreError::Locked) => {
            report.note(
                "store",
                Ok("in use by a running node, which keeps it".to_owned()),
            );
            report.note("clock", check_clock(None));
            return true;
        }
        Err(error) => {
            report.note("store", Err(error).doing("the store cannot be opened"));
            return false;
        }
    };
    report.note("store", check_store(&store).await);
    let head = store.head();
    report.note("log", check_log(&store, head.as_ref()).await);
    report.note("clock", check_clock(head.as_ref()));
    if let Err(error) = store.close().await {
        report.note("store", Err(error).doing("the store cannot be closed"));
    }
    false
}

async fn check_store(store: &Store) -> Result<String, Failure> {
    let damages = store.check().await.doing("the store cannot be checked")?;
    match damages.first() {
        None => {
            let bytes = store.size().await.doing("the store cannot be weighed")?;
            Ok(format!("whole, {} KiB", bytes / 1024))
        }
        Some(damage) => Err(Failure::problem("the store is damaged").caused_by(damage)),
    }
}

async fn check_objects(config: &Config) -> Result<String, Failure> {
    let unusable = |error| Failure::problem("old records cannot be reached").caused_by(&error);
    let objects = Objects::open(config).map_err(unusable)?;
    objects.check().await.map_err(unusable)?;
    Ok(match config.objects_url.as_str() {
        "" => "files in the data directory".to_owned(),
        url => format!("{url} answers"),
    })
}

/// Computes the root of the log from its entries and compares it with what the head says.
async fn check_log(store: &Store, head: Option<&BlockHeader>) -> Result<String, Failure> {
    let head = head.ok_or_else(|| Failure::problem("the store has no block"))?;
    let mut appender = Appender::default();
    while appender.size() < head.log_size {
        let next = appender.size();
        let entries = store.entries(next..head.log_size.min(next + ENTRIES)).await;
        let entries = entries.doing("the log cannot be read")?;
        if entries.is_empty() {
            return Err(Failure::problem(format!(
                "entry {next} of the log is missing"
            )));
        }
        for entry in entries {
            if appender.append(leaf_hash(&entry.bytes)) != entry.index {
                return Err(Failure::problem(format!(
                    "entry {} of the log is out of place",
                    entry.index
                )));
            }
        }
        appender.drain_tiles();
    }
    let agrees = |computed: Digest, said: Digest| computed == said;
    if agrees(appender.root(), head.log_root)
        && agrees(app_hash(&head.log_root, &head.status_root), head.app_hash)
    {
        Ok(format!(
            "{} entries lead to the root of block {}",
            head.log_size, head.height
        ))
    } else {
        Err(Failure::problem(
            "the entries of the log do not lead to the root of its head",
        ))
    }
}

fn check_clock(head: Option<&BlockHeader>) -> Result<String, Failure> {
    let now = now();
    if now < EPOCH {
        return Err(Failure::problem(format!(
            "it says {}, which is long past",
            iso(now)
        )));
    }
    match head {
        Some(head) if head.time > now + CLOCK_SKEW_MAX => {
            let ahead: Span = head.time.since(now);
            let seconds = ahead.as_millis() / 1000;
            Err(Failure::problem(format!(
                "it is {seconds} s behind the newest block"
            )))
        }
        _ => Ok(format!("it says {}", iso(now))),
    }
}

fn check_disk(path: &Path) -> Result<String, Failure> {
    let disk = rustix::fs::statvfs(path).map_err(std::io::Error::from);
    let disk = disk.doing("the free room cannot be told")?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let text = format!("{} MiB are free", free >> 20);
    if free < FREE_BYTES_MIN {
        Err(Failure::problem(format!("only {text}")))
    } else {
        Ok(text)
    }
}

fn check_port(address: SocketAddr) -> Result<String, Failure> {
    TcpListener::bind(address).doing(format!("cannot listen on {address}"))?;
    Ok(format!("{address} is free"))
}

/// Asks the running node which chain it has.
async fn check_running(config: &Config) -> Result<String, Failure> {
    let address = config.listen;
    let client = NodeClient::new(&format!("http://{address}"))?;
    let chain = client
        .chain()
        .await
        .doing(format!("no node answers on {address}"))?;
    Ok(format!("answers on {address} for {}", chain.chain_id))
}
