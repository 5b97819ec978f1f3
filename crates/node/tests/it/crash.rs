//! kill -9 at random moments under load: nothing acknowledged is lost, and the log stays one log
//! (invariants 1 and 5). `cargo xtask soak` kills ten times as often.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use assent_client::http::NodeClient;
use assent_crypto::random::random_bytes;
use assent_ledger::checkpoint::{Checkpoint, SignedCheckpoint};
use assent_ledger::merkle::{TileSet, consistency_proof, consistency_tiles, verify_consistency};
use assent_model::ids::LinkId;
use assent_node::clock::Clock;
use assent_node::config::Config;
use assent_storage::{Store, StoreConfig};

use crate::household::{Cast, try_link};
use crate::replaying::replay_all;

/// Tells the child which data directory to serve.
const SERVE: &str = "ASSENT_TEST_SERVE";
/// How often the node is killed.
const KILLS: usize = 20;
/// How many callers there are at once.
const CALLERS: usize = 4;

fn kills() -> usize {
    if std::env::var_os("ASSENT_SOAK").is_some() {
        KILLS * 10
    } else {
        KILLS
    }
}

fn config(directory: &Path) -> Config {
    let free = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    Config {
        data_dir: directory.join("data"),
        listen: free,
        admin_listen: free,
        chain: "assent:crash".parse().unwrap(),
        requests_per_minute: 0,
        ..Config::default()
    }
}

/// Not a test by itself: the child process of the test below serves from here until it is killed.
#[tokio::test(flavor = "multi_thread")]
async fn serve_when_told() {
    let Some(directory) = std::env::var_os(SERVE) else {
        return;
    };
    let directory = Path::new(&directory);
    let running = assent_node::start(config(directory), Clock::System)
        .await
        .unwrap();
    std::fs::write(directory.join("address.new"), running.address.to_string()).unwrap();
    std::fs::rename(directory.join("address.new"), directory.join("address")).unwrap();
    std::future::pending::<()>().await;
}

/// A node in a process of its own, killed when dropped.
struct ChildNode(Child);

impl Drop for ChildNode {
    fn drop(&mut self) {
        // Child::kill sends SIGKILL: the node gets no chance to tidy up.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl ChildNode {
    /// Starts it and waits until it listens.
    async fn start(directory: &Path) -> (Self, NodeClient) {
        let _ = std::fs::remove_file(directory.join("address"));
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["crash::serve_when_told", "--exact", "--nocapture"])
            .env(SERVE, directory)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let child = Self(child);
        for _ in 0..3000 {
            if let Ok(address) = std::fs::read_to_string(directory.join("address")) {
                return (
                    child,
                    NodeClient::new(&format!("http://{address}/")).unwrap(),
                );
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the node does not come up");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_command_is_lost_by_kill() {
    let directory = tempfile::tempdir().unwrap();
    assent_node::init(&config(directory.path()), &Clock::System)
        .await
        .unwrap();
    let (node, client) = ChildNode::start(directory.path()).await;
    let cast = std::sync::Arc::new(Cast::enter_at(&client, &Clock::System).await);
    drop(node);
    let mut acknowledged: Vec<LinkId> = Vec::new();
    let mut checkpoints: Vec<Checkpoint> = Vec::new();
    for _ in 0..kills() {
        let (node, client) = ChildNode::start(directory.path()).await;
        for link in acknowledged.iter().rev().take(20) {
            client
                .link(*link)
                .await
                .expect("what was acknowledged is there");
        }
        let note = client.checkpoint().await.unwrap();
        checkpoints.push(SignedCheckpoint::parse(&note, &cast.chain.checkpoint_key).unwrap());
        acknowledged.extend(load_until_killed(&cast, client, node).await);
    }
    assert!(
        acknowledged.len() > kills(),
        "the kills came while something happened"
    );
    check_store(directory.path(), &acknowledged, &checkpoints).await;
}

/// Callers link as fast as they can until the node is killed; what was acknowledged to them.
async fn load_until_killed(
    cast: &std::sync::Arc<Cast>,
    client: NodeClient,
    node: ChildNode,
) -> Vec<LinkId> {
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (cast, client) = (std::sync::Arc::clone(cast), client.clone());
            tokio::spawn(async move {
                let mut acknowledged = Vec::new();
                while let Some(link) = try_link(&cast, &client, &Clock::System).await {
                    acknowledged.push(link);
                }
                acknowledged
            })
        })
        .collect();
    let [random] = random_bytes::<1>();
    tokio::time::sleep(Duration::from_millis(40 + u64::from(random))).await;
    drop(node);
    let mut acknowledged = Vec::new();
    for caller in callers {
        acknowledged.extend(caller.await.unwrap());
    }
    acknowledged
}

/// Everything acknowledged is in the store, the log replays, and every checkpoint that was ever
/// shown is a prefix of it.
async fn check_store(directory: &Path, acknowledged: &[LinkId], checkpoints: &[Checkpoint]) {
    let store = Store::open(&StoreConfig {
        url: config(directory).store_url(),
    })
    .await
    .unwrap();
    assert_eq!(store.check().await.unwrap(), []);
    for link in acknowledged {
        assert!(
            !store
                .entries_of(&link.to_string(), None, 1)
                .await
                .unwrap()
                .is_empty()
        );
    }
    replay_all(&store).await;
    let head = store.head().unwrap();
    for checkpoint in checkpoints {
        let (old, new) = (checkpoint.size, head.log_size);
        let needed: Vec<_> = consistency_tiles(old, new)
            .unwrap()
            .iter()
            .map(|tile| (tile.level, tile.index))
            .collect();
        let tiles: TileSet = store.tiles(&needed).await.unwrap().into_iter().collect();
        let proof = consistency_proof(old, new, &tiles).unwrap();
        verify_consistency(old, checkpoint.log_root, new, head.log_root, &proof).unwrap();
    }
}
