//! A node on an empty directory, with a clock that only moves when told.

use std::net::{Ipv4Addr, SocketAddr};

use assent_client::http::NodeClient;
use assent_client::statements::Signer;
use assent_crypto::signature::VerifyingKey;
use assent_model::time::Timestamp;
use assent_node::clock::Clock;
use assent_node::config::Config;
use assent_node::network::Network;
use assent_node::{Running, init, start};
use tempfile::TempDir;

/// A node that ends with the test.
pub(crate) struct World {
    /// Holds the data directory until the test ends.
    pub(crate) directory: TempDir,
    pub(crate) clock: Clock,
    pub(crate) config: Config,
    pub(crate) running: Running,
}

/// Where all tests call from.
pub(crate) fn here() -> Network {
    Network::of(Ipv4Addr::LOCALHOST.into())
}

/// When all tests begin: 2026-01-01T00:00:00Z.
pub(crate) const BEGIN: Timestamp = Timestamp::from_millis(1_767_225_600_000);

impl World {
    /// A fresh node on free ports.
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// A fresh node with some settings of its own.
    pub(crate) async fn with(set: impl FnOnce(&mut Config)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut config = Config {
            data_dir: directory.path().join("data"),
            listen: free,
            admin_listen: free,
            chain: "assent:test".parse().unwrap(),
            requests_per_minute: 0,
            ..Config::default()
        };
        set(&mut config);
        let clock = Clock::manual(BEGIN);
        init(&config, &clock).await.unwrap();
        let running = start(config.clone(), clock.clone()).await.unwrap();
        Self {
            directory,
            clock,
            config,
            running,
        }
    }

    /// The same node, stopped and started again.
    pub(crate) async fn restarted(self) -> Self {
        self.running.stop().await.unwrap();
        let running = start(self.config.clone(), self.clock.clone())
            .await
            .unwrap();
        Self { running, ..self }
    }

    /// Signs for this chain, now.
    pub(crate) fn signer(&self) -> Signer {
        Signer::new(self.config.chain.clone(), self.clock.now())
    }

    /// The operator's signing key, as the ledger knows it.
    pub(crate) async fn operator_key(&self, client: &NodeClient) -> VerifyingKey {
        client
            .party(self.running.node().operator)
            .await
            .unwrap()
            .signing_key
    }

    /// The address of a path on the node.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.address)
    }
}
