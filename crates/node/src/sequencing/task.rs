//! The task that owns the sequencer.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use assent_api::v1::Outcome;
use assent_crypto::signature::SigningKey;
use assent_crypto::vault::RecordCipher;
use assent_exchange::Exchange;
use assent_exchange::command::{Claims, Command};
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::event::Event;
use assent_exchange::release::command::ReleaseCommand;
use assent_ledger::block::{Accepted, BlockHeader, ExecutedBlock};
use assent_ledger::checkpoint::{Checkpoint, Origin};
use assent_ledger::merkle::edge_tiles_needed;
use assent_ledger::sequencer::{Missing, Sequencer, Step, Uncommitted};
use assent_model::names::ChainId;
use assent_model::records::release::{ReceiptBatch, UseReceipt};
use assent_model::statement::{self, Envelope};
use assent_model::time::{Span, Timestamp};
use assent_storage::{BlockCommit, CommandUse, DueChange, Store, StoreError, VaultEntry};
use tokio::sync::{mpsc, oneshot, watch};

use super::intake::{Intake, Submission, SubmitError, Waiting};
use super::{block_rows, due};
use crate::clock::Clock;
use crate::release::receipts::PendingReceipts;
use crate::state_reader::StateReader;
use crate::webhooks::outbox_messages;

/// The most commands in one block.
const BLOCK_COMMANDS_MAX: usize = 512;
/// The most expiries that one block records.
const BLOCK_DUE_MAX: u32 = 512;
/// The most receipts in one block.
const BLOCK_RECEIPTS_MAX: u32 = 400;
/// How often the schedule and the receipts are looked at when nobody calls.
const TICK: Duration = Duration::from_millis(500);
/// How many pieces of state and status map nodes stay in memory.
const CACHED_PIECES: usize = 200_000;
const CACHED_NODES: usize = 100_000;

type Block = ExecutedBlock<Event, assent_exchange::rejection::Rejection>;

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

struct Task {
    parts: Parts,
    origin: Origin,
    inbox: mpsc::Receiver<Waiting>,
    head: watch::Sender<Head>,
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
    let sequencer = match parts.store.head() {
        None => Sequencer::new(Timestamp::default()),
        Some(head) => {
            let edge: Vec<_> = edge_tiles_needed(head.log_size)
                .iter()
                .map(|tile| (tile.level, tile.index))
                .collect();
            let tiles = parts.store.tiles(&edge).await?;
            Sequencer::resume(head, tiles)?
        }
    };
    let (sender, inbox) = mpsc::channel(parts.waiting_max);
    let first = signed_head(&origin, sequencer.head(), &parts.checkpoint_key);
    let (head, head_receiver) = watch::channel(first);
    let task = Task {
        parts,
        origin,
        inbox,
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

fn signed_head(origin: &Origin, header: &BlockHeader, key: &SigningKey) -> Head {
    let checkpoint = Checkpoint::new(origin.clone(), header).sign(key);
    Head {
        header: header.clone(),
        checkpoint: checkpoint.as_str().into(),
    }
}

/// What one block takes in.
#[derive(Default)]
struct Batch {
    submissions: Vec<Submission>,
    block_waiters: Vec<oneshot::Sender<()>>,
}

impl Batch {
    fn add(&mut self, waiting: Waiting) {
        match waiting {
            Waiting::Command(submission) => self.submissions.push(submission),
            Waiting::Block(waiter) => self.block_waiters.push(waiter),
        }
    }

    fn is_empty(&self) -> bool {
        self.submissions.is_empty() && self.block_waiters.is_empty()
    }
}

/// The commands of a block, by where they come from, in the order in which they are executed.
struct Work {
    receipt_rows: Vec<i64>,
    /// How far receipts had been appended when they were read.
    receipt_mark: u64,
    due_keys: Vec<String>,
    commands: Vec<Command>,
    /// How many commands come before the first submission.
    own_commands: usize,
}

impl Task {
    async fn run(mut self, mut sequencer: Sequencer<Exchange>) -> Result<(), StoreError> {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut held_back = Vec::new();
        loop {
            let mut batch = Batch {
                submissions: std::mem::take(&mut held_back),
                ..Batch::default()
            };
            if batch.is_empty() {
                tokio::select! {
                    waiting = self.inbox.recv() => match waiting {
                        Some(waiting) => batch.add(waiting),
                        None => return Ok(()),
                    },
                    _ = tick.tick() => {}
                }
            }
            while batch.submissions.len() < BLOCK_COMMANDS_MAX {
                let Ok(waiting) = self.inbox.try_recv() else {
                    break;
                };
                batch.add(waiting);
            }
            held_back = self.answer_known(&mut batch).await?;
            sequencer = self.block(sequencer, batch).await?;
            sequencer.evict(CACHED_PIECES, CACHED_NODES);
        }
    }

    /// Answers submissions whose statements were used before: the identical statements get the
    /// outcome on record, others a refusal. Hands back those whose statements also stand in an
    /// earlier submission of this batch; they are answered after it.
    async fn answer_known(&self, batch: &mut Batch) -> Result<Vec<Submission>, StoreError> {
        let mut keys = BTreeSet::new();
        let mut held_back = Vec::new();
        let mut fresh = Vec::with_capacity(batch.submissions.len());
        for submission in batch.submissions.drain(..) {
            let claims = submission.command.claims();
            let own: BTreeSet<String> = claims.iter().map(Claims::use_key).collect();
            if own.len() < claims.len() {
                let _ = submission.reply.send(Err(SubmitError::Reused));
            } else if own.iter().any(|key| keys.contains(key)) {
                held_back.push(submission);
            } else {
                keys.extend(own);
                fresh.push(submission);
            }
        }
        let keys: Vec<String> = keys.into_iter().collect();
        let known = if keys.is_empty() {
            Vec::new()
        } else {
            self.parts.store.uses(&keys).await?
        };
        for submission in fresh {
            match earlier_outcome(&known, &submission.command) {
                None => batch.submissions.push(submission),
                Some(outcome) => drop(submission.reply.send(outcome)),
            }
        }
        Ok(held_back)
    }

    /// Makes one block of the batch, of what fell due and of the receipts that wait.
    async fn block(
        &self,
        sequencer: Sequencer<Exchange>,
        batch: Batch,
    ) -> Result<Sequencer<Exchange>, StoreError> {
        let now = self.parts.clock.now().max(sequencer.head().time);
        let work = self.work(&batch, now).await?;
        if work.commands.is_empty() && batch.block_waiters.is_empty() {
            return Ok(sequencer);
        }
        let (own_commands, receipt_mark) = (work.own_commands, work.receipt_mark);
        let all_receipts_read = work.receipt_rows.len() < BLOCK_RECEIPTS_MAX as usize;
        let (block, uncommitted) = self.execute(sequencer, now, work.commands).await?;
        let nothing_happened = block.entries.is_empty() && work.due_keys.is_empty();
        if nothing_happened && batch.block_waiters.is_empty() {
            reply(batch, &block, own_commands);
            return Ok(uncommitted.revoked());
        }
        let commit = self.commit_rows(
            &batch,
            &block,
            work.receipt_rows,
            &work.due_keys,
            own_commands,
        );
        self.parts.store.commit_block(commit).await?;
        if all_receipts_read {
            self.parts.receipts.recorded(receipt_mark);
        }
        self.parts
            .state
            .invalidate(block.changes.iter().map(|change| &change.key));
        self.head.send_replace(signed_head(
            &self.origin,
            &block.header,
            &self.parts.checkpoint_key,
        ));
        reply(batch, &block, own_commands);
        Ok(uncommitted.committed())
    }

    async fn work(&self, batch: &Batch, now: Timestamp) -> Result<Work, StoreError> {
        let mut commands = Vec::new();
        let mut receipt_rows = Vec::new();
        let receipt_mark = self.parts.receipts.reading();
        if self.parts.receipts.are_waiting() {
            let mut receipts = Vec::new();
            for (row, bytes) in self
                .parts
                .store
                .pending_receipts(BLOCK_RECEIPTS_MAX)
                .await?
            {
                receipts.extend(serde_json::from_slice::<UseReceipt>(&bytes));
                receipt_rows.push(row);
            }
            if receipts.is_empty() {
                self.parts.receipts.recorded(receipt_mark);
            } else {
                commands.push(self.receipt_batch(receipts, now));
            }
        }
        let due = self.parts.store.due(now, BLOCK_DUE_MAX).await?;
        let due_keys: Vec<String> = due.into_iter().map(|(_, key)| key).collect();
        commands.extend(due_keys.iter().filter_map(|key| due::command(key)));
        let own_commands = commands.len();
        commands.extend(
            batch
                .submissions
                .iter()
                .map(|submission| submission.command.clone()),
        );
        Ok(Work {
            receipt_rows,
            receipt_mark,
            due_keys,
            commands,
            own_commands,
        })
    }

    fn receipt_batch(&self, receipts: Vec<UseReceipt>, now: Timestamp) -> Command {
        let key = &self.parts.token_key;
        let content = ReceiptBatch { receipts };
        let chain = self.parts.chain.clone();
        let envelope = Envelope::new(
            chain,
            *key.verifying_key(),
            now,
            Span::from_minutes(5),
            content,
        );
        Command::Release(ReleaseCommand::Record(statement::sign(envelope, key)))
    }

    async fn execute(
        &self,
        sequencer: Sequencer<Exchange>,
        now: Timestamp,
        commands: Vec<Command>,
    ) -> Result<(Block, Uncommitted<Exchange>), StoreError> {
        let mut draft = sequencer.begin(now, commands);
        loop {
            match draft.run() {
                Step::Done(block, uncommitted) => return Ok((block, uncommitted)),
                Step::Needs(Missing { state, nodes }, waiting) => {
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
        }
    }

    fn commit_rows(
        &self,
        batch: &Batch,
        block: &Block,
        receipts_done: Vec<i64>,
        due_keys: &[String],
        own_commands: usize,
    ) -> BlockCommit {
        let mut commit = BlockCommit {
            entries: block.entries.clone(),
            changes: block.changes.clone(),
            tiles: block.tiles.clone(),
            nodes: block.nodes.clone(),
            due: due_keys
                .iter()
                .map(|key| DueChange::Clear { key: key.clone() })
                .collect(),
            receipts_done,
            ..BlockCommit::new(block.header.clone())
        };
        for accepted in block
            .outcomes
            .iter()
            .filter_map(|outcome| outcome.as_ref().ok())
        {
            self.event_rows(accepted, &mut commit);
        }
        let outcomes = block.outcomes.iter().skip(own_commands);
        for (submission, outcome) in batch.submissions.iter().zip(outcomes) {
            if let Ok(accepted) = outcome {
                commit
                    .uses
                    .extend(uses(submission, &outcome_of(block, accepted)));
                if brought_something(accepted) {
                    commit
                        .vault
                        .extend(submission.bodies.iter().map(|body| self.vault_entry(body)));
                }
            }
        }
        commit
    }

    fn event_rows(&self, accepted: &Accepted<Event>, commit: &mut BlockCommit) {
        for (event, index) in accepted.events.iter().zip(accepted.first_index..) {
            commit.subjects.extend(
                block_rows::subjects(event)
                    .into_iter()
                    .map(|subject| (subject, index)),
            );
            commit.listings.extend(block_rows::listings(event, index));
            commit.due.extend(due::changes(event));
            commit
                .outbox
                .extend(outbox_messages(event, index, commit.header.time));
        }
    }

    fn vault_entry(&self, body: &super::VaultBody) -> VaultEntry {
        let id = format!("{}/{}/{}", body.owner, body.kind, body.id);
        let ciphertext = self.parts.vault.encrypt(id.as_bytes(), &body.content);
        VaultEntry {
            id,
            owner: body.owner.clone(),
            kind: body.kind.into(),
            ciphertext,
        }
    }
}

fn outcome_of(block: &Block, accepted: &Accepted<Event>) -> Outcome {
    Outcome {
        height: block.header.height,
        time: block.header.time.as_millis(),
        first_index: (!accepted.events.is_empty()).then_some(accepted.first_index),
        events: accepted.events.len() as u64,
    }
}

/// A consent given a second time leaves things as they were, and so do the bodies beside it: the
/// id in it is free for another record.
fn brought_something(accepted: &Accepted<Event>) -> bool {
    let affirmed = |event: &Event| matches!(event, Event::Consent(ConsentEvent::Affirmed { .. }));
    !accepted.events.iter().any(affirmed)
}

fn uses(submission: &Submission, outcome: &Outcome) -> Vec<CommandUse> {
    let outcome = serde_json::to_vec(outcome).expect("an outcome has a JSON form");
    let claims = submission.command.claims();
    claims
        .into_iter()
        .map(|claims| CommandUse {
            key: claims.use_key(),
            digest: claims.digest,
            expires_at: Timestamp::from_millis(claims.envelope.exp.saturating_mul(1000)),
            outcome: outcome.clone(),
        })
        .collect()
}

/// What is on record for a command whose statements were used before.
fn earlier_outcome(
    known: &[CommandUse],
    command: &Command,
) -> Option<Result<Outcome, SubmitError>> {
    let mut earlier = None;
    for claims in command.claims() {
        let key = claims.use_key();
        match known.iter().find(|used| used.key == key) {
            None => {}
            Some(used) if used.digest == claims.digest => earlier = Some(used),
            Some(_) => return Some(Err(SubmitError::Reused)),
        }
    }
    let outcome = serde_json::from_slice(&earlier?.outcome);
    Some(outcome.map_err(|_| SubmitError::Unavailable))
}

fn reply(batch: Batch, block: &Block, own_commands: usize) {
    let outcomes = block.outcomes.iter().skip(own_commands);
    for (submission, outcome) in batch.submissions.into_iter().zip(outcomes) {
        let answer = match outcome {
            Ok(accepted) => Ok(outcome_of(block, accepted)),
            Err(rejection) => Err(SubmitError::Rejected(*rejection)),
        };
        // Whoever asked may have gone away; the outcome stands either way.
        let _ = submission.reply.send(answer);
    }
    for waiter in batch.block_waiters {
        let _ = waiter.send(());
    }
}
