//! Making, starting and stopping a node.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use assent_crypto::signature::SigningKey;
use assent_crypto::vault::RecordCipher;
use assent_exchange::command::Command;
use assent_exchange::identity::command::IdentityCommand;
use assent_model::ids::PartyId;
use assent_model::names::ChainId;
use assent_model::records::identity::Genesis;
use assent_model::statement::{self, Envelope};
use assent_model::time::Span;
use assent_storage::{Store, StoreConfig, StoreError};
use axum::Router;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::admin;
use crate::clock::Clock;
use crate::config::Config;
use crate::contacts::Contacts;
use crate::descriptions::DescriptionCache;
use crate::following;
use crate::holdings::HoldingsCache;
use crate::homes::Homes;
use crate::housekeeping;
use crate::http::router::router;
use crate::keyrings::Keyrings;
use crate::mail::post::{Post, PostError};
use crate::mail::waiting;
use crate::node::Node;
use crate::notifications::Numbers;
use crate::objects::{Objects, ObjectsError};
use crate::operator_keys::{KeysError, OperatorKeys};
use crate::pages::texts::{self, AddedTextsError};
use crate::pairings::Pairings;
use crate::passkeys::Passkeys;
use crate::proof_cache::ProofCache;
use crate::providers::Providers;
use crate::release::Stopping;
use crate::release::receipts::{PendingReceipts, ReceiptQueue};
use crate::sequencing::{self, SubmitError};
use crate::state_reader::StateReader;
use crate::streams::{Retention, Streams};
use crate::webhooks::guard::Guard;
use crate::webhooks::{self, Webhooks, WebhooksError};

/// The name of the file that says which chain a data directory holds.
const CHAIN_FILE: &str = "chain.json";

/// What `init` decided for good.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChainFile {
    chain: ChainId,
    /// The signed genesis.
    genesis: String,
}

/// Why a node cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// There is a node already.
    #[error("{0} holds a node already")]
    Exists(PathBuf),
    /// The directory cannot be written.
    #[error("the data directory cannot be written")]
    Directory(#[from] io::Error),
    /// The keys cannot be written.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The chain cannot be opened.
    #[error("the chain cannot be opened")]
    Open(#[from] StartError),
    /// The genesis is refused.
    #[error("the genesis is refused")]
    Genesis(#[from] SubmitError),
}

/// Why a node does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no node yet.
    #[error("{0} holds no node; run `assent init` first")]
    NotInitialised(PathBuf),
    /// The chain file is damaged.
    #[error("the file {0} is damaged")]
    ChainFile(PathBuf),
    /// The keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The store cannot be opened.
    #[error("the store cannot be opened")]
    Store(#[from] StoreError),
    /// There can be no mail.
    #[error(transparent)]
    Mail(#[from] PostError),
    /// The languages that the operator has added cannot be used.
    #[error(transparent)]
    Texts(#[from] AddedTextsError),
    /// What is in the store does not fit together.
    #[error("the chain in the store cannot be continued")]
    Resume(#[from] sequencing::ResumeError),
    /// Webhooks cannot be sent.
    #[error("webhooks cannot be sent")]
    Webhooks(#[from] WebhooksError),
    /// Identity providers cannot be called.
    #[error("identity providers cannot be called")]
    Providers(#[from] reqwest::Error),
    /// Objects cannot be kept.
    #[error(transparent)]
    Objects(#[from] ObjectsError),
    /// An address is in use or not ours.
    #[error("cannot listen on {address}")]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The disk does not hold the file.
    #[error("the data directory cannot be read")]
    Directory(#[from] io::Error),
}

/// Makes a node: keys, chain file, store with its genesis.
///
/// # Errors
/// See [`InitError`]. Nothing that exists is overwritten.
pub async fn init(config: &Config, clock: &Clock) -> Result<PartyId, InitError> {
    if config.data_dir.join(CHAIN_FILE).exists() {
        return Err(InitError::Exists(config.data_dir.clone()));
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&config.data_dir)?;
    let keys = OperatorKeys::create(&config.data_dir)?;
    let content = Genesis {
        operator: keys.party_id(),
        token_key: *keys.token.verifying_key(),
        checkpoint_key: *keys.checkpoint.verifying_key(),
        sealing_key: keys.opening.sealing_key().clone(),
        acknowledge_within: Span::from_minutes(config.acknowledge_within_hours * 60),
    };
    let signer = *keys.signing.verifying_key();
    let envelope = Envelope::new(
        config.chain.clone(),
        signer,
        clock.now(),
        Span::from_minutes(5),
        content,
    );
    let genesis = statement::sign(envelope, &keys.signing);
    let operator = keys.party_id();
    let (_stop, stopped) = watch::channel(());
    let genesis_text = genesis.compact().into();
    let joined = open(config.clone(), clock.clone(), keys, genesis_text, stopped).await?;
    let opened = Command::Identity(IdentityCommand::Open(genesis.clone()));
    joined.node.intake.submit(opened, Vec::new()).await?;
    joined.close().await.map_err(StartError::Store)?;
    // Last, so that a directory with this file is whole.
    let file = ChainFile {
        chain: config.chain.clone(),
        genesis: genesis.compact().into(),
    };
    fs::write(
        config.data_dir.join(CHAIN_FILE),
        serde_json::to_vec_pretty(&file).map_err(io::Error::other)?,
    )?;
    Ok(operator)
}

fn read_chain_file(data_dir: &Path) -> Result<ChainFile, StartError> {
    let path = data_dir.join(CHAIN_FILE);
    match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| StartError::ChainFile(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(StartError::NotInitialised(data_dir.to_owned()))
        }
        Err(error) => Err(error.into()),
    }
}

/// The parts of a node, joined. It listens nowhere yet.
struct Joined {
    node: Arc<Node>,
    /// They end once the node is dropped.
    tasks: Vec<JoinHandle<()>>,
}

async fn open(
    config: Config,
    clock: Clock,
    keys: OperatorKeys,
    genesis: String,
    stopped: watch::Receiver<()>,
) -> Result<Joined, StartError> {
    let url = config.store_url();
    let store = Arc::new(Store::open(&StoreConfig { url }).await?);
    let state = StateReader::new(Arc::clone(&store));
    let checkpoint_key = *keys.checkpoint.verifying_key();
    let vault = Arc::new(RecordCipher::new(keys.vault_key()));
    let pending = PendingReceipts::after_restart();
    let operator = keys.party_id();
    let index_key = *keys.index_key();
    let token_key = Arc::new(keys.token);
    let webhooks = load_webhooks(&config, &store, &state, &clock, keys.webhook).await?;
    let started = sequencing::start(sequencing::Parts {
        chain: config.chain.clone(),
        store: Arc::clone(&store),
        clock: clock.clone(),
        state: state.clone(),
        vault: Arc::clone(&vault),
        receipts: pending.clone(),
        webhooks: Arc::clone(&webhooks),
        token_key: Arc::clone(&token_key),
        checkpoint_key: keys.checkpoint,
        waiting_max: config.waiting_commands_max,
    })
    .await?;
    let head = started.head;
    let (receipts, receipts_task) = ReceiptQueue::start(Arc::clone(&store), pending);
    let (post, mail_task) = Post::start(&config, clock.clone(), head.clone())?;
    let objects = Objects::open(&config)?;
    let node = Arc::new(Node {
        chain: config.chain.clone(),
        operator,
        genesis,
        proofs: ProofCache::since(clock.now()),
        clock,
        receipts,
        store,
        intake: started.intake,
        state,
        head,
        stopping: Stopping::default(),
        vault,
        operator_key: Arc::new(keys.signing),
        token_key,
        checkpoint_key,
        holdings: HoldingsCache::default(),
        descriptions: DescriptionCache::default(),
        contacts: Contacts::new(post, index_key),
        providers: Providers::new(&config)?,
        passkeys: Passkeys::new(&config.public_url),
        homes: Homes::default(),
        notifications: Numbers::default(),
        letters: Arc::default(),
        webhooks,
        keyrings: Keyrings::new(),
        pairings: Pairings::new(),
        streams: Streams::new(&config, objects.clone(), stopped),
        requests_refused: Arc::default(),
        index_key,
        config,
    });
    let mut tasks = work_beside(&node, objects);
    tasks.extend([started.task, receipts_task, mail_task]);
    Ok(Joined { node, tasks })
}

/// What a node does beside answering requests. None of it keeps the node alive.
fn work_beside(node: &Arc<Node>, objects: Objects) -> Vec<JoinHandle<()>> {
    let head = || node.head.clone();
    vec![
        webhooks::start(Arc::clone(&node.webhooks), head()),
        housekeeping::start(
            Arc::clone(&node.store),
            Retention::of(&node.config, objects),
            node.clock.clone(),
            head(),
        ),
        following::start(node),
        waiting::start(node),
    ]
}

async fn load_webhooks(
    config: &Config,
    store: &Arc<Store>,
    state: &StateReader,
    clock: &Clock,
    key: SigningKey,
) -> Result<Arc<Webhooks>, StartError> {
    let guard = Guard::new(config.callbacks_to_private);
    let webhooks = Webhooks::load(Arc::clone(store), state.clone(), clock.clone(), guard, key);
    Ok(Arc::new(webhooks.await?))
}

impl Joined {
    /// Waits until all that was accepted is done, and closes the store.
    async fn close(self) -> Result<(), StoreError> {
        let store = Arc::clone(&self.node.store);
        drop(self.node);
        for task in self.tasks {
            // A task that panicked has said so; the store is closed all the same.
            let _ = task.await;
        }
        match Arc::into_inner(store) {
            Some(store) => store.close().await,
            None => Ok(()),
        }
    }
}

/// A node that listens. Dropping it stops it too, without waiting.
pub struct Running {
    /// Where the API listens; the port is real even when 0 was asked for.
    pub address: SocketAddr,
    /// Where health and metrics are served.
    pub admin_address: SocketAddr,
    joined: Joined,
    stop: watch::Sender<()>,
    servers: Vec<JoinHandle<io::Result<()>>>,
}

/// Starts the node in the data directory.
///
/// # Errors
/// See [`StartError`].
pub async fn start(mut config: Config, clock: Clock) -> Result<Running, StartError> {
    let chain = read_chain_file(&config.data_dir)?;
    config.chain = chain.chain;
    texts::add(&config.data_dir.join("texts"))?;
    let keys = OperatorKeys::load(&config.data_dir)?;
    let (listener, address) = listen(config.listen).await?;
    let (admin_listener, admin_address) = listen(config.admin_listen).await?;
    if config.public_url.is_empty() {
        // A name and no number: browsers have passkeys for names only.
        config.public_url = format!("http://localhost:{}", address.port());
    }
    let (stop, stopped) = watch::channel(());
    let joined = open(config, clock, keys, chain.genesis, stopped.clone()).await?;
    let node = &joined.node;
    let server = serve(listener, router(Arc::clone(node)), stopped.clone());
    let admin = serve(admin_listener, admin::router(Arc::clone(node)), stopped);
    Ok(Running {
        address,
        admin_address,
        joined,
        stop,
        servers: vec![server, admin],
    })
}

/// Listens, and says where: the port is real even when 0 was asked for.
async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let listen_error = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(listen_error)?;
    let bound = listener.local_addr().map_err(listen_error)?;
    Ok((listener, bound))
}

/// Serves until the other end of `stopped` is dropped.
fn serve(
    listener: TcpListener,
    app: Router,
    mut stopped: watch::Receiver<()>,
) -> JoinHandle<io::Result<()>> {
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, app)
        .with_graceful_shutdown(async move { while stopped.changed().await.is_ok() {} });
    tokio::spawn(server.into_future())
}

impl Running {
    /// What handlers use.
    pub fn node(&self) -> &Arc<Node> {
        &self.joined.node
    }

    /// Lets running requests finish, writes what was accepted, and stops.
    ///
    /// # Errors
    /// A listener or the store failed.
    pub async fn stop(self) -> io::Result<()> {
        drop(self.stop);
        for server in self.servers {
            server
                .await
                .unwrap_or_else(|error| Err(io::Error::other(error)))?;
        }
        self.joined.close().await.map_err(io::Error::other)
    }

    /// Returns when the node cannot go on: the store takes no writes any more.
    pub async fn failed(&self) {
        self.node().intake.closed().await;
    }
}
