//! Use receipts on their way into the log.
//!
//! A receipt is durable before the release that it records happens; it enters the log with a later
//! block, which takes it out of this queue ([`BlockCommit::receipts_done`]).
//!
//! [`BlockCommit::receipts_done`]: crate::BlockCommit::receipts_done

use crate::bulk::{self, Table};
use crate::error::StoreError;
use crate::row::Row;
use crate::store::Store;

const RECEIPTS: Table<1> = Table {
    name: "receipts",
    columns: ["body"],
    conflict: "",
};

impl Store {
    /// Appends receipts, all with one sync of the disk. Once it returns they are durable.
    ///
    /// To be called by one task that gathers receipts and awaits it: where it fails or is dropped
    /// half-way the store is poisoned.
    ///
    /// # Errors
    /// [`StoreError::Poisoned`] where an earlier write failed, or what the database reports. After
    /// any of them the store refuses writes, and no release may happen.
    pub async fn append_receipts(&self, bodies: Vec<Vec<u8>>) -> Result<(), StoreError> {
        let write = self.begin_durable().await?;
        let rows = bodies.into_iter().map(|body| [body.into()]).collect();
        bulk::insert(&write.transaction, &RECEIPTS, rows).await?;
        write.commit().await
    }

    /// The receipts that wait to enter the log, oldest first, at most `limit`, with their numbers.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn pending_receipts(&self, limit: u32) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
        const OLDEST: &str = "SELECT number, body FROM receipts ORDER BY number LIMIT $1";
        let rows = self.select(OLDEST, [limit.into()]).await?;
        rows.iter()
            .map(|row| Ok((row.column(0)?, row.column(1)?)))
            .collect()
    }
}
