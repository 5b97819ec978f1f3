//! A node in a folder of its own, with its cast.

use std::path::{Path, PathBuf};
use std::time::Duration;

use assent_client::http::NodeClient;
use tempfile::TempDir;

use crate::Outcome;
use crate::cast::{Cast, Pair};
use crate::child::Server;
use crate::load::{self, Load, Request};

/// How often the log is looked at until it stands still.
const LOOK: Duration = Duration::from_millis(250);
/// So many looks without a change mean that nothing is left to do: the node looks for work of its
/// own twice a second.
const LOOKS: usize = 5;

/// A running node.
pub(crate) struct Stage {
    pub(crate) cast: Cast,
    pub(crate) client: NodeClient,
    pub(crate) server: Server,
    folder: TempDir,
}

/// What came of a load, and what it cost the server.
pub(crate) struct Turn {
    pub(crate) load: Load,
    pub(crate) cpu: Duration,
}

impl Stage {
    /// A new node on an empty folder.
    pub(crate) async fn start() -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let server = serve(&data_dir(folder.path()))?;
        let client = NodeClient::new(&format!("http://{}", server.address))?;
        Ok(Self {
            cast: Cast::enrol(&client).await?,
            client,
            server,
            folder,
        })
    }

    /// The same node again, after this was done with its folder while it stood still.
    pub(crate) async fn restarted_after<T>(
        self,
        work: impl AsyncFnOnce(&Path) -> Outcome<T>,
    ) -> Outcome<(Self, T)> {
        let Self {
            cast,
            server,
            folder,
            ..
        } = self;
        server.stop()?;
        let done = work(&data_dir(folder.path())).await?;
        let server = serve(&data_dir(folder.path()))?;
        let stage = Self {
            client: NodeClient::new(&format!("http://{}", server.address))?,
            cast,
            server,
            folder,
        };
        Ok((stage, done))
    }

    /// Where raw files can lie beside the store, on the same disk.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Stops the node in order.
    pub(crate) fn stop(self) -> Outcome<()> {
        self.server.stop()
    }

    /// Links everybody and asks everything; what is left are the answers.
    pub(crate) async fn prepare(&self, pairs: Vec<Pair>) -> Outcome<Vec<Request>> {
        let (mut links, mut questions, mut answers) = (Vec::new(), Vec::new(), Vec::new());
        for pair in pairs {
            links.push(pair.link);
            questions.push(pair.question);
            answers.push(pair.answer);
        }
        self.send(64, links).await?;
        self.send(64, questions).await?;
        Ok(answers)
    }

    /// Sends requests, untimed.
    pub(crate) async fn send(&self, clients: usize, requests: Vec<Request>) -> Outcome<Load> {
        load::run(self.server.address, clients, requests).await
    }

    /// Sends requests and measures what they cost.
    pub(crate) async fn turn(&self, clients: usize, requests: Vec<Request>) -> Outcome<Turn> {
        turn(&self.server, clients, requests).await
    }

    /// Sends requests and measures what they cost, with what the node does about them afterwards.
    pub(crate) async fn whole_turn(&self, clients: usize, requests: Vec<Request>) -> Outcome<Turn> {
        let before = self.server.cpu()?;
        let load = self.send(clients, requests).await?;
        self.settle().await?;
        let cpu = self.server.cpu()?.saturating_sub(before);
        Ok(Turn { load, cpu })
    }

    /// Waits until the log stands still.
    async fn settle(&self) -> Outcome<()> {
        let (mut size, mut looks) = (0, 0);
        while looks < LOOKS {
            tokio::time::sleep(LOOK).await;
            let now = self.log_size().await?;
            looks = if now == size { looks + 1 } else { 0 };
            size = now;
        }
        Ok(())
    }

    /// The number of entries in the log.
    pub(crate) async fn log_size(&self) -> Outcome<u64> {
        let checkpoint = self.client.checkpoint().await?;
        Ok(checkpoint.lines().nth(1).unwrap_or_default().parse()?)
    }
}

/// Sends requests to any server and measures what they cost.
pub(crate) async fn turn(server: &Server, clients: usize, requests: Vec<Request>) -> Outcome<Turn> {
    let before = server.cpu()?;
    let load = load::run(server.address, clients, requests).await?;
    let cpu = server.cpu()?.saturating_sub(before);
    Ok(Turn { load, cpu })
}

fn data_dir(folder: &Path) -> PathBuf {
    folder.join("node")
}

fn serve(data_dir: &Path) -> Outcome<Server> {
    Server::start(&["serve".as_ref(), data_dir.as_os_str()])
}
