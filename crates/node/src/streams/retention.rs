//! How long records are kept, and where: rows while they are new, segments later, nothing in the end.

use assent_api::v1::streams::join_records;
use assent_model::time::{Span, Timestamp};
use assent_storage::{Store, StoreError, StreamRecord, StreamSegment};

use crate::config::Config;
use crate::objects::{Objects, ObjectsError};

/// The most records of a segment, and about how many bytes.
const SEGMENT_RECORDS_MAX: u32 = 4096;
const SEGMENT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How many streams and segments are looked at in one go.
const AT_ONCE: u32 = 64;

/// What the operator wants.
#[derive(Debug, Clone)]
pub struct Retention {
    objects: Objects,
    /// How long records are rows.
    rows_for: Span,
    /// How long they are kept.
    kept_for: Span,
}

/// Why nothing is moved or deleted.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// The store failed.
    #[error("the store cannot be read or written")]
    Store(#[from] StoreError),
    /// An object cannot be written or deleted.
    #[error(transparent)]
    Objects(#[from] ObjectsError),
}

impl Retention {
    /// As the configuration says, with segments in this place.
    pub fn of(config: &Config, objects: Objects) -> Self {
        Self {
            objects,
            rows_for: Span::from_minutes(config.stream_rows_hours * 60),
            kept_for: Span::from_days(config.stream_kept_days),
        }
    }

    /// Moves what is old, and deletes what is too old.
    ///
    /// # Errors
    /// See [`RetentionError`]. What was done until then stays done.
    pub async fn sweep(&self, store: &Store, now: Timestamp) -> Result<(), RetentionError> {
        // Whatever becomes of moving: a place that is full gets room by deleting.
        let moved = self.move_old(store, now - self.rows_for).await;
        self.delete_old(store, now - self.kept_for).await?;
        moved
    }

    async fn move_old(&self, store: &Store, old: Timestamp) -> Result<(), RetentionError> {
        for stream in store.streams_taken_before(old, AT_ONCE).await? {
            while self.move_some(store, &stream, old).await? {}
        }
        Ok(())
    }

    async fn delete_old(&self, store: &Store, too_old: Timestamp) -> Result<(), RetentionError> {
        loop {
            let segments = store.segments_taken_before(too_old, AT_ONCE).await?;
            for segment in &segments {
                // The object first: without its row, nobody would delete it ever.
                self.objects.delete(&segment.object).await?;
                store.forget_segment(&segment.stream, segment.first).await?;
            }
            if segments.len() < AT_ONCE as usize {
                return Ok(());
            }
        }
    }

    /// Moves one segment of records that were taken before `old`; whether there may be more. The
    /// last record of a stream stays where it is: it says how the stream goes on.
    async fn move_some(
        &self,
        store: &Store,
        stream: &str,
        old: Timestamp,
    ) -> Result<bool, RetentionError> {
        let rows = store.stream_records(stream, 0, SEGMENT_RECORDS_MAX).await?;
        let mut bytes = 0;
        let movable = rows.iter().zip(rows.iter().skip(1)).take_while(|(row, _)| {
            bytes += row.body.len();
            row.taken_at < old && bytes <= SEGMENT_BYTES_MAX
        });
        let moved: Vec<&StreamRecord> = movable.map(|(row, _)| row).collect();
        let (Some(first), Some(last)) = (moved.first(), moved.last()) else {
            return Ok(false);
        };
        let object = format!("streams/{stream}/{:020}", first.sequence);
        let body = join_records(moved.iter().map(|row| row.body.as_slice()));
        self.objects.put(&object, body).await?;
        let segment = StreamSegment {
            stream: stream.to_owned(),
            first: first.sequence,
            next: last.sequence + 1,
            taken_until: last.taken_at,
            object,
        };
        store.move_to_segment(segment).await?;
        Ok(true)
    }
}
