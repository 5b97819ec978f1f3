//! Records of streams, and where older ones lie.
//!
//! A record is opaque here. New ones are rows; when they are older they go together into a segment,
//! an object outside the store, of which the store knows the name. A record is in one of both.

use assent_crypto::digest::Digest;
use assent_model::time::Timestamp;
use sea_orm::{ConnectionTrait, QueryResult};

use crate::bulk::{self, Table};
use crate::error::StoreError;
use crate::row::{Row, digest, instant, number};
use crate::store::Store;

/// A record of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamRecord {
    /// Its number.
    pub sequence: u64,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// The digest by which the next one names it.
    pub digest: Digest,
    /// The record.
    pub body: Vec<u8>,
}

/// Records of a stream that lie together outside the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamSegment {
    /// The stream.
    pub stream: String,
    /// The number of the first record.
    pub first: u64,
    /// The number after the last.
    pub next: u64,
    /// When the last of them was taken.
    pub taken_until: Timestamp,
    /// The name of the object.
    pub object: String,
}

const RECORDS: Table<5> = Table {
    name: "stream_records",
    columns: ["stream", "sequence", "taken_at", "digest", "body"],
    conflict: "",
};

impl Store {
    /// Appends records of a stream, all or none of them.
    ///
    /// # Errors
    /// [`StoreError::Poisoned`], or what the database reports: also where one of them is there.
    pub async fn append_stream_records(
        &self,
        stream: &str,
        records: Vec<StreamRecord>,
    ) -> Result<(), StoreError> {
        let row = |record: StreamRecord| {
            [
                stream.into(),
                number(record.sequence),
                instant(record.taken_at),
                digest(record.digest),
                record.body.into(),
            ]
        };
        let transaction = self.begin().await?;
        let rows = records.into_iter().map(row).collect();
        let put = bulk::insert(&transaction, &RECORDS, rows).await;
        self.judged(put)?;
        self.judged(transaction.commit().await)
    }

    /// The records of a stream that are rows, from a number on, at most `limit`.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn stream_records(
        &self,
        stream: &str,
        from: u64,
        limit: u32,
    ) -> Result<Vec<StreamRecord>, StoreError> {
        const SOME: &str = "SELECT sequence, taken_at, digest, body FROM stream_records \
            WHERE stream = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3";
        let place = [stream.into(), number(from), limit.into()];
        self.select(SOME, place).await?.iter().map(record).collect()
    }

    /// The last record of a stream. It always is a row.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn last_stream_record(
        &self,
        stream: &str,
    ) -> Result<Option<StreamRecord>, StoreError> {
        const LAST: &str = "SELECT sequence, taken_at, digest, body FROM stream_records \
            WHERE stream = $1 ORDER BY sequence DESC LIMIT 1";
        let rows = self.select(LAST, [stream.into()]).await?;
        rows.first().map(record).transpose()
    }

    /// The segment that has a record, or the first one after it.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn stream_segment(
        &self,
        stream: &str,
        sequence: u64,
    ) -> Result<Option<StreamSegment>, StoreError> {
        const ONE: &str = "SELECT stream, first, next, taken_until, object FROM stream_segments \
            WHERE stream = $1 AND next > $2 ORDER BY first LIMIT 1";
        let rows = self.select(ONE, [stream.into(), number(sequence)]).await?;
        rows.first().map(segment).transpose()
    }

    /// Streams with records that are rows and were taken before `before`, at most `limit`.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn streams_taken_before(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        const SOME: &str = "SELECT DISTINCT stream FROM stream_records AS old \
            WHERE taken_at < $1 AND EXISTS (SELECT 1 FROM stream_records AS later \
                WHERE later.stream = old.stream AND later.sequence > old.sequence) \
            ORDER BY stream LIMIT $2";
        let rows = self.select(SOME, [instant(before), limit.into()]).await?;
        rows.iter().map(|row| row.column(0)).collect()
    }

    /// Puts a segment in the place of its records.
    ///
    /// # Errors
    /// [`StoreError::Poisoned`], or what the database reports.
    pub async fn move_to_segment(&self, segment: StreamSegment) -> Result<(), StoreError> {
        const PUT: &str = "INSERT INTO stream_segments (stream, first, next, taken_until, object) \
            VALUES ($1, $2, $3, $4, $5)";
        const TAKE: &str = "DELETE FROM stream_records \
            WHERE stream = $1 AND sequence >= $2 AND sequence < $3";
        let range = [
            segment.stream.clone().into(),
            number(segment.first),
            number(segment.next),
        ];
        let values = [
            segment.stream.into(),
            number(segment.first),
            number(segment.next),
            instant(segment.taken_until),
            segment.object.into(),
        ];
        let transaction = self.begin().await?;
        let put = transaction.execute_raw(self.statement(PUT, values)).await;
        self.judged(put)?;
        let taken = transaction.execute_raw(self.statement(TAKE, range)).await;
        self.judged(taken)?;
        self.judged(transaction.commit().await)
    }

    /// Segments whose records were all taken before `before`, at most `limit`.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn segments_taken_before(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<StreamSegment>, StoreError> {
        const SOME: &str = "SELECT stream, first, next, taken_until, object FROM stream_segments \
            WHERE taken_until < $1 ORDER BY stream, first LIMIT $2";
        let rows = self.select(SOME, [instant(before), limit.into()]).await?;
        rows.iter().map(segment).collect()
    }

    /// Forgets a segment; whether it was there.
    ///
    /// # Errors
    /// [`StoreError::Poisoned`], or what the database reports.
    pub async fn forget_segment(&self, stream: &str, first: u64) -> Result<bool, StoreError> {
        const ONE: &str = "DELETE FROM stream_segments WHERE stream = $1 AND first = $2";
        Ok(self.execute(ONE, [stream.into(), number(first)]).await? > 0)
    }
}

fn record(row: &QueryResult) -> Result<StreamRecord, StoreError> {
    Ok(StreamRecord {
        sequence: row.number(0)?,
        taken_at: row.instant(1)?,
        digest: row.digest(2)?,
        body: row.column(3)?,
    })
}

fn segment(row: &QueryResult) -> Result<StreamSegment, StoreError> {
    Ok(StreamSegment {
        stream: row.column(0)?,
        first: row.number(1)?,
        next: row.number(2)?,
        taken_until: row.instant(3)?,
        object: row.column(4)?,
    })
}
