//! A number is used once by a key: what is submitted again gets the outcome on record.

use std::collections::BTreeSet;

use assent_api::v1::Outcome;
use assent_exchange::command::{Claims, Command};
use assent_model::time::Timestamp;
use assent_storage::{CommandUse, Store, StoreError};

use super::intake::{Submission, SubmitError};

/// Submissions by what is known of their statements.
#[derive(Default)]
pub(super) struct Sorted {
    /// Never seen.
    pub(super) fresh: Vec<Submission>,
    /// Share statements with an earlier one of the same block: decided after it.
    pub(super) held_back: Vec<Submission>,
}

/// Answers what was used before: the identical statements get the outcome on record, others a
/// refusal. Sorts the rest.
pub(super) async fn sort(
    store: &Store,
    submissions: Vec<Submission>,
) -> Result<Sorted, StoreError> {
    let mut keys = BTreeSet::new();
    let mut sorted = Sorted::default();
    for submission in submissions {
        let claims = submission.command.claims();
        let own: BTreeSet<String> = claims.iter().map(Claims::use_key).collect();
        if own.len() < claims.len() {
            let _ = submission.reply.send(Err(SubmitError::Reused));
        } else if own.iter().any(|key| keys.contains(key)) {
            sorted.held_back.push(submission);
        } else {
            keys.extend(own);
            sorted.fresh.push(submission);
        }
    }
    if keys.is_empty() {
        return Ok(sorted);
    }
    let keys: Vec<String> = keys.into_iter().collect();
    let known = store.uses(&keys).await?;
    if known.is_empty() {
        return Ok(sorted);
    }
    for submission in std::mem::take(&mut sorted.fresh) {
        match earlier_outcome(&known, &submission.command) {
            None => sorted.fresh.push(submission),
            Some(outcome) => drop(submission.reply.send(outcome)),
        }
    }
    Ok(sorted)
}

/// What is on record for a command whose statements were used before: its outcome if all of them
/// were used, together and with these very bytes, else a refusal.
fn earlier_outcome(
    known: &[CommandUse],
    command: &Command,
) -> Option<Result<Outcome, SubmitError>> {
    let claims = command.claims();
    let used: Vec<&CommandUse> = claims
        .iter()
        .filter_map(|claims| {
            let key = claims.use_key();
            known.iter().find(|used| used.key == key)
        })
        .collect();
    let first = used.first()?;
    let is_identical = used.len() == claims.len()
        && used
            .iter()
            .zip(&claims)
            .all(|(used, claims)| used.digest == claims.digest)
        && used.iter().all(|other| other.outcome == first.outcome);
    if !is_identical {
        return Some(Err(SubmitError::Reused));
    }
    Some(serde_json::from_slice(&first.outcome).map_err(|_| SubmitError::Unavailable))
}

/// What a block records of a command's statements.
pub(super) fn uses(command: &Command, outcome: &Outcome) -> Vec<CommandUse> {
    let outcome = serde_json::to_vec(outcome).expect("an outcome has a JSON form");
    let claims = command.claims();
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
