//! From an executed block to the rows of its commit.

use assent_api::v1::Outcome;
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::event::Event;
use assent_exchange::rejection::Rejection;
use assent_ledger::block::{Accepted, ExecutedBlock};
use assent_storage::{BlockCommit, DueChange, VaultEntry};

use super::intake::{Submission, SubmitError, VaultBody};
use super::own_work::OwnWork;
use super::task::Parts;
use super::{block_rows, due, replay};
use crate::vaulted;
use crate::webhooks::outbox_messages;

/// A block of the exchange.
pub(super) type Block = ExecutedBlock<Event, Rejection>;

/// All rows of a block. The node's own commands come first in it, then the submissions.
pub(super) fn rows(
    parts: &Parts,
    block: &Block,
    own: &OwnWork,
    submissions: &[Submission],
) -> BlockCommit {
    let mut commit = BlockCommit {
        entries: block.entries.clone(),
        changes: block.changes.clone(),
        tiles: block.tiles.clone(),
        nodes: block.nodes.clone(),
        due: own
            .due_keys
            .iter()
            .map(|key| DueChange::Clear { key: key.clone() })
            .collect(),
        receipts_done: receipts_done(block, own),
        ..BlockCommit::new(block.header.clone())
    };
    for accepted in block.outcomes.iter().flatten() {
        add_events(parts, accepted, &mut commit);
    }
    for (submission, outcome) in submissions
        .iter()
        .zip(block.outcomes.iter().skip(own.commands.len()))
    {
        if let Ok(accepted) = outcome {
            commit.uses.extend(replay::uses(
                &submission.command,
                &outcome_of(block, accepted),
            ));
            if brought_something(accepted) {
                commit.vault.extend(
                    submission
                        .bodies
                        .iter()
                        .map(|body| vault_entry(parts, body)),
                );
            }
        }
    }
    commit
}

/// The receipts that this block has taken in. One that the rules refuse stays in the queue.
fn receipts_done(block: &Block, own: &OwnWork) -> Vec<i64> {
    let mut done = Vec::new();
    for (numbers, outcome) in own.receipts.iter().zip(&block.outcomes) {
        match outcome {
            Ok(_) => done.extend(numbers),
            Err(rejection) => {
                tracing::error!(code = rejection.code(), "receipts are refused by the rules");
            }
        }
    }
    done
}

fn add_events(parts: &Parts, accepted: &Accepted<Event>, commit: &mut BlockCommit) {
    for (event, index) in accepted.events.iter().zip(accepted.first_index..) {
        let subjects = block_rows::subjects(event);
        commit
            .subjects
            .extend(subjects.into_iter().map(|subject| (subject, index)));
        commit.listings.extend(block_rows::listings(event, index));
        commit.due.extend(due::changes(event));
        if parts.webhooks.endpoints.are_there() {
            commit
                .outbox
                .extend(outbox_messages(event, index, commit.header.time));
        }
    }
}

/// A consent given a second time leaves things as they were, and so do the bodies beside it: the
/// id in it is free for another record.
fn brought_something(accepted: &Accepted<Event>) -> bool {
    let affirmed = |event: &Event| matches!(event, Event::Consent(ConsentEvent::Affirmed { .. }));
    !accepted.events.iter().any(affirmed)
}

fn vault_entry(parts: &Parts, body: &VaultBody) -> VaultEntry {
    let id = format!("{}/{}/{}", body.owner, body.kind, body.id);
    let (owner, kind) = (body.owner.clone(), body.kind);
    vaulted::entry(&parts.vault, id, owner, kind, &body.content)
}

fn outcome_of(block: &Block, accepted: &Accepted<Event>) -> Outcome {
    Outcome {
        height: block.header.height,
        time: block.header.time.as_millis(),
        first_index: (!accepted.events.is_empty()).then_some(accepted.first_index),
        events: accepted.events.len() as u64,
    }
}

/// Tells everybody what became of their commands.
pub(super) fn reply(block: &Block, own: &OwnWork, submissions: Vec<Submission>) {
    for (submission, outcome) in submissions
        .into_iter()
        .zip(block.outcomes.iter().skip(own.commands.len()))
    {
        let answer = match outcome {
            Ok(accepted) => Ok(outcome_of(block, accepted)),
            Err(rejection) => Err(SubmitError::Rejected(*rejection)),
        };
        // Whoever asked may have gone away; the outcome stands either way.
        let _ = submission.reply.send(answer);
    }
}
