//! Messages to deliver, and what became of each try.
//!
//! A message is written with the block that causes it and stays until it is delivered or given up.
//! A worker *claims* messages: for the time of its lease no other worker gets them. A worker that
//! dies loses nothing but that time; delivery is at least once, and receivers know an id again.

use assent_model::time::{Span, Timestamp};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, QueryResult, Value};

use crate::bulk::{self, Table};
use crate::error::StoreError;
use crate::row::{Row, instant, number};
use crate::store::Store;

/// A message to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxMessage {
    /// The id by which the receiver knows it again.
    pub id: String,
    /// Which workers deliver it.
    pub kind: String,
    /// Where to.
    pub target: String,
    /// What to deliver.
    pub payload: Vec<u8>,
    /// Not before this time.
    pub not_before: Timestamp,
}

/// A message in the hands of one worker until its lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The id of the message.
    pub id: String,
    /// Where to.
    pub target: String,
    /// What to deliver.
    pub payload: Vec<u8>,
    /// The how manieth try this is, from 1.
    pub attempt: u64,
}

/// What a try to deliver led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has it.
    Delivered,
    /// It failed and is to be tried again.
    Retry {
        /// When.
        at: Timestamp,
        /// Why it failed, as a code without content.
        code: String,
    },
    /// It failed for good. The message stays in the outbox, for the operator.
    Dead {
        /// Why, as a code without content.
        code: String,
    },
}

/// One line of the delivery log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The how manieth try, from 1.
    pub attempt: u64,
    /// When it ended.
    pub at: Timestamp,
    /// `delivered`, `retry` or `dead`.
    pub outcome: String,
    /// The code of the failure; empty where there was none.
    pub code: String,
}

const ATTEMPTS: Table<5> = Table {
    name: "attempts",
    columns: ["message", "attempt", "at", "outcome", "code"],
    conflict: "",
};

impl Store {
    /// Claims up to `limit` messages of a kind that are to be delivered by `now`, the longest
    /// waiting first, for the time of `lease`.
    ///
    /// # Errors
    /// [`StoreError::Poisoned`], or what the database reports.
    pub async fn claim(
        &self,
        kind: &str,
        now: Timestamp,
        lease: Span,
        limit: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        // Only this process writes, through one connection: two claims cannot meet.
        const CLAIM: &str = "UPDATE outbox SET next_at = $1, attempts = attempts + 1 \
            WHERE id IN (SELECT id FROM outbox WHERE kind = $2 AND next_at <= $3 \
                ORDER BY next_at, id LIMIT $4) \
            RETURNING id, target, payload, attempts";
        let values = [
            instant(now + lease),
            kind.into(),
            instant(now),
            limit.into(),
        ];
        let rows = self
            .writer()?
            .query_all_raw(self.statement(CLAIM, values))
            .await;
        self.judged(rows)?.iter().map(claim).collect()
    }

    /// Records what the tries on claimed messages led to, all at once.
    ///
    /// A claim whose lease ended before, and that another worker has taken since, only decides where
    /// the message was delivered.
    ///
    /// # Errors
    /// [`StoreError::Poisoned`], or what the database reports.
    pub async fn settle(
        &self,
        now: Timestamp,
        outcomes: &[(Claim, Outcome)],
    ) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        let settled = self.settle_in(&transaction, now, outcomes).await;
        self.judged(settled)?;
        self.judged(transaction.commit().await)
    }

    async fn settle_in(
        &self,
        db: &DatabaseTransaction,
        now: Timestamp,
        outcomes: &[(Claim, Outcome)],
    ) -> Result<(), DbErr> {
        let mut delivered = Vec::new();
        let mut lines = Vec::with_capacity(outcomes.len());
        for (claim, outcome) in outcomes {
            let (word, code) = match outcome {
                Outcome::Delivered => {
                    delivered.push(Value::from(claim.id.as_str()));
                    ("delivered", "")
                }
                Outcome::Retry { at, code } => {
                    self.reschedule(db, claim, instant(*at)).await?;
                    ("retry", code.as_str())
                }
                Outcome::Dead { code } => {
                    self.reschedule(db, claim, Value::BigInt(None)).await?;
                    ("dead", code.as_str())
                }
            };
            let id = claim.id.as_str();
            let attempt = number(claim.attempt);
            lines.push([id.into(), attempt, instant(now), word.into(), code.into()]);
        }
        bulk::execute_in(db, "DELETE FROM outbox WHERE id", delivered).await?;
        bulk::insert(db, &ATTEMPTS, lines).await
    }

    async fn reschedule(
        &self,
        db: &DatabaseTransaction,
        claim: &Claim,
        next_at: Value,
    ) -> Result<(), DbErr> {
        const RESCHEDULE: &str = "UPDATE outbox SET next_at = $1 WHERE id = $2 AND attempts = $3";
        let values = [next_at, claim.id.as_str().into(), number(claim.attempt)];
        db.execute_raw(self.statement(RESCHEDULE, values)).await?;
        Ok(())
    }

    /// The delivery log of a message, oldest first.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn attempts_of(&self, id: &str) -> Result<Vec<Attempt>, StoreError> {
        const ALL: &str =
            "SELECT attempt, at, outcome, code FROM attempts WHERE message = $1 ORDER BY number";
        self.select(ALL, [id.into()])
            .await?
            .iter()
            .map(attempt)
            .collect()
    }

    /// Forgets the lines of the delivery log from before a time; how many they were.
    ///
    /// # Errors
    /// [`StoreError::Poisoned`], or what the database reports.
    pub async fn purge_attempts(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.execute("DELETE FROM attempts WHERE at < $1", [instant(before)])
            .await
    }
}

fn claim(row: &QueryResult) -> Result<Claim, StoreError> {
    Ok(Claim {
        id: row.column(0)?,
        target: row.column(1)?,
        payload: row.column(2)?,
        attempt: row.number(3)?,
    })
}

fn attempt(row: &QueryResult) -> Result<Attempt, StoreError> {
    Ok(Attempt {
        attempt: row.number(0)?,
        at: row.instant(1)?,
        outcome: row.column(2)?,
        code: row.column(3)?,
    })
}
