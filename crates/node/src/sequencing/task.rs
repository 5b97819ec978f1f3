//! The task that owns the sequencer: the driver between the engine, which orders, the rules,
//! which decide, and the store, which keeps.

use std::sync::Arc;
use std::time::Duration;

use assent_crypto::signature::SigningKey;
use assent_crypto::vault::RecordCipher;
use assent_exchange::Exchange;
use assent_exchange::command::Command;
use assent_ledger::block::BlockHeader;
use assent_ledger::checkpoint::{Checkpoint, Origin};
use assent_ledger::engine::{Action, Engine, LocalEngine, LocalLimits, Overloaded, Proposal};
use assent_ledger::merkle::edge_tiles_needed;
use assent_ledger::sequencer::{Missing, Sequencer, Step, Uncommitted};
use assent_model::names::ChainId;
use assent_model::time::Timestamp;
use assent_storage::{Store, StoreError};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Interval, MissedTickBehavior};

use super::commit::{self, Block};
use super::intake::{Intake, Submission, SubmitError, Waiting};
use super::lists;
use super::own_work::OwnWork;
use super::replay;
use crate::clock::Clock;
use crate::release::receipts::PendingReceipts;
use crate::state_reader::StateReader;
use crate::webhooks::Webhooks;

/// The most commands in one block.
const BLOCK_COMMANDS_MAX: usize = 512;
/// How often the schedule and the receipts are looked at when nobody calls.
const TICK: Duration = Duration::from_millis(500);
/// How many pieces of state and status map nodes stay in memory.
const CACHED_PIECES: usize = 50_000;
const CACHED_NODES: usize = 50_000;

/// The newest block that is durable.
#[derive(Debug, Clone)]
pub struct Head {
    /// Its header.
    pub header: BlockHeader,
    /// The checkpoint over it, a signed note.
    pub checkpoint: Arc<str>,
}

/// What the task works with.
pub(crate) struct Parts {
    pub(crate) chain: ChainId,
    pub(crate) store: Arc<Store>,
    pub(crate) clock: Clock,
    pub(crate) state: StateReader,
    pub(crate) vault: Arc<RecordCipher>,
    pub(crate) receipts: PendingReceipts,
    pub(crate) webhooks: Arc<Webhooks>,
    pub(crate) token_key: Arc<SigningKey>,
    pub(crate) checkpoint_key: SigningKey,
    pub(crate) waiting_max: usize,
}

/// A running sequencing task.
pub struct Started {
    /// Where commands go.
    pub intake: Intake,
    /// The newest durable block.
    pub head: watch::Receiver<Head>,
    /// Ends when every intake is gone, or when the store fails.
    pub task: tokio::task::JoinHandle<()>,
}

/// Why the chain in a store cannot be continued.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    /// The store cannot be read.
    #[error("the store cannot be read")]
    Store(#[from] StoreError),
    /// Head and log of the store do not belong together.
    #[error("the log in the store does not fit its head")]
    Log(#[from] assent_ledger::sequencer::ResumeError),
    /// The chain id does not make an origin of checkpoints.
    #[error("the chain id cannot name checkpoints")]
    Origin,
}

/// Continues the chain in the store, or begins one.
///
/// # Errors
/// The store cannot be read, or what is in it does not fit together.
pub(crate) async fn start(parts: Parts) -> Result<Started, ResumeError> {
    let origin: Origin = parts
        .chain
        .as_str()
        .parse()
        .map_err(|_| ResumeError::Origin)?;
    lists::complete(&parts.store).await?;
    let sequencer = resume(&parts.store).await?;
    let (sender, inbox) = mpsc::channel(parts.waiting_max);
    let first = signed_head(&origin, sequencer.head(), &parts.checkpoint_key);
    let (head, head_receiver) = watch::channel(first);
    let limits = LocalLimits {
        block_commands_max: BLOCK_COMMANDS_MAX,
        waiting_commands_max: parts.waiting_max,
    };
    let engine = LocalEngine::new(limits);
    let task = Task {
        parts,
        origin,
        inbox,
        engine,
        block_waiters: Vec::new(),
        head,
    };
    let task = tokio::spawn(async move {
        if let Err(error) = task.run(sequencer).await {
            tracing::error!(error = %error, "the store failed; nothing is acknowledged any more");
        }
    });
    Ok(Started {
        intake: Intake(sender),
        head: head_receiver,
        task,
    })
}

async fn resume(store: &Store) -> Result<Sequencer<Exchange>, ResumeError> {
    let Some(head) = store.head() else {
        return Ok(Sequencer::new(Timestamp::default()));
    };
    let edge: Vec<_> = edge_tiles_needed(head.log_size)
        .iter()
        .map(|tile| (tile.level, tile.index))
        .collect();
    let tiles = store.tiles(&edge).await?;
    Ok(Sequencer::resume(head, tiles)?)
}

fn signed_head(origin: &Origin, header: &BlockHeader, key: &SigningKey) -> Head {
    let checkpoint = Checkpoint::new(origin.clone(), header).sign(key);
    Head {
        header: header.clone(),
        checkpoint: checkpoint.as_str().into(),
    }
}

struct Task {
    parts: Parts,
    origin: Origin,
    inbox: mpsc::Receiver<Waiting>,
    engine: LocalEngine<Submission>,
    /// Who waits for a block, commands or not.
    block_waiters: Vec<oneshot::Sender<()>>,
    head: watch::Sender<Head>,
}

impl Task {
    async fn run(mut self, mut sequencer: Sequencer<Exchange>) -> Result<(), StoreError> {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while self.gather(&mut tick).await {
            let now = self.parts.clock.now();
            while let Some(Action::Execute(proposal)) = self.engine.poll(now) {
                sequencer = self.block(sequencer, proposal).await?;
                sequencer.evict(CACHED_PIECES, CACHED_NODES);
            }
        }
        Ok(())
    }

    /// Waits until there is something to do and hands it to the engine. False when nobody can
    /// submit anything any more.
    async fn gather(&mut self, tick: &mut Interval) -> bool {
        tokio::select! {
            waiting = self.inbox.recv() => match waiting {
                Some(waiting) => self.offer(waiting),
                None => return false,
            },
            // Receipts and expiries make a block of their own when nobody else does.
            _ = tick.tick() => self.engine.request_block(),
        }
        for _ in 1..BLOCK_COMMANDS_MAX {
            let Ok(waiting) = self.inbox.try_recv() else {
                break;
            };
            self.offer(waiting);
        }
        true
    }

    fn offer(&mut self, waiting: Waiting) {
        match waiting {
            Waiting::Command(submission) => self.submit(submission),
            Waiting::Block(waiter) => {
                self.block_waiters.push(waiter);
                self.engine.request_block();
            }
        }
    }

    fn submit(&mut self, submission: Submission) {
        if let Err(Overloaded(submission)) = self.engine.submit(submission) {
            let _ = submission.reply.send(Err(SubmitError::Overloaded));
        }
    }

    /// Executes what the engine has ordered and makes it durable; only then does anybody hear of
    /// it.
    async fn block(
        &mut self,
        sequencer: Sequencer<Exchange>,
        proposal: Proposal<Submission>,
    ) -> Result<Sequencer<Exchange>, StoreError> {
        let waiters = std::mem::take(&mut self.block_waiters);
        let now = proposal.time.max(sequencer.head().time);
        let sorted = replay::sort(&self.parts.store, proposal.commands).await?;
        for submission in sorted.held_back {
            self.submit(submission);
        }
        let own = OwnWork::at(&self.parts, now).await?;
        let commands = own.commands.iter().cloned();
        let commands = commands.chain(
            sorted
                .fresh
                .iter()
                .map(|submission| submission.command.clone()),
        );
        let (block, uncommitted) = self.execute(sequencer, now, commands.collect()).await?;
        self.engine.executed(&block.header);
        // One node decides alone: what it has executed is final.
        assert!(
            matches!(self.engine.poll(now), Some(Action::Commit)),
            "the local engine commits at once"
        );
        let is_worth_a_commit =
            !block.entries.is_empty() || !own.due_keys.is_empty() || !waiters.is_empty();
        let sequencer = if is_worth_a_commit {
            let rows = commit::rows(&self.parts, &block, &own, &sorted.fresh);
            self.parts.store.commit_block(rows).await?;
            self.publish(&block);
            uncommitted.committed()
        } else {
            uncommitted.revoked()
        };
        if let Some(mark) = own.receipts_mark {
            self.parts.receipts.recorded(mark);
        }
        self.engine.committed();
        commit::reply(&block, &own, sorted.fresh);
        for waiter in waiters {
            let _ = waiter.send(());
        }
        Ok(sequencer)
    }

    async fn execute(
        &self,
        sequencer: Sequencer<Exchange>,
        now: Timestamp,
        commands: Vec<Command>,
    ) -> Result<(Block, Uncommitted<Exchange>), StoreError> {
        let mut draft = sequencer.begin(now, commands);
        loop {
            let (Missing { state, nodes }, waiting) = match draft.run() {
                Step::Done(block, uncommitted) => return Ok((block, uncommitted)),
                Step::Needs(missing, waiting) => (missing, waiting),
            };
            draft = waiting;
            if !state.is_empty() {
                for (key, value) in self.parts.store.state(&state).await? {
                    draft
                        .load_state(&key, value.as_deref())
                        .map_err(|_| StoreError::Corrupt)?;
                }
            }
            if !nodes.is_empty() {
                for (path, node) in self.parts.store.nodes(&nodes).await? {
                    draft
                        .load_node(&path, node.as_deref())
                        .map_err(|_| StoreError::Corrupt)?;
                }
            }
        }
    }

    /// Lets handlers see the block, before anybody is told of it.
    fn publish(&self, block: &Block) {
        self.parts
            .state
            .invalidate(block.changes.iter().map(|change| &change.key));
        self.head.send_replace(signed_head(
            &self.origin,
            &block.header,
            &self.parts.checkpoint_key,
        ));
    }
}
