//! Records on their way in and out.

use std::collections::BTreeMap;

use assent_api::problem::{Code, Problem};
use assent_api::v1::streams::{RecordsTaken, split_records};
use assent_client::channel::channel_tag;
use assent_crypto::channel::{Body, Record, UnverifiedRecord};
use assent_crypto::digest::Digest;
use assent_crypto::key_tree::ChannelTag;
use assent_crypto::signature::VerifyingKey;
use assent_model::ids::StreamId;
use assent_model::time::{Span, Timestamp};
use assent_storage::StreamRecord;
use bytes::Bytes;

use super::{closed, lessening, open};
use crate::http::failure::Failure;
use crate::node::Node;

/// The most bytes of an upload.
pub(crate) const UPLOAD_BYTES_MAX: usize = 2 * 1024 * 1024;
/// The most records of an upload.
const UPLOAD_RECORDS_MAX: usize = 1024;
/// The most records of an answer, and about how many bytes.
const ANSWER_RECORDS_MAX: u32 = 1024;
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// How many rows are read at once.
const ROWS: u32 = 64;
/// The oldest checkpoint under which measurements are taken.
const CHECKPOINT_AGE_MAX: Span = Span::from_seconds(60);

/// Takes an upload of a device: what is new of it, in order.
///
/// # Errors
/// The records are not the device's, or do not continue what the relay has.
pub(crate) async fn take(node: &Node, id: StreamId, body: Bytes) -> Result<RecordsTaken, Failure> {
    let stream = open(node, id).await?;
    let device = stream.device_key;
    let verified = tokio::task::spawn_blocking(move || verified(id, &device, &body));
    let records = verified
        .await
        .map_err(|_| Failure::from(Code::Internal))??;
    node.streams.admit(id, records.len())?;
    let channel = node.streams.channel(id);
    let _writing = channel.writing.lock().await;
    let mut end = End::of(node, id, &stream.device_key).await?;
    let (known, new): (Vec<Record>, Vec<Record>) = records
        .into_iter()
        .partition(|record| record.head().sequence < end.next);
    let mut withheld = compared(node, id, &known).await?;
    let mut horizon = Horizon::of(node, id).await?;
    let mut rows = Vec::with_capacity(new.len());
    for record in new {
        end.follow(&record)?;
        let late = horizon.is_too_late(node, &record).await?;
        let kept = record.withhold(&channel_tag(id)).filter(|_| late);
        withheld.extend(kept.as_ref().map(|kept| kept.head().sequence));
        let kept = kept.unwrap_or(record);
        rows.push(StreamRecord {
            sequence: kept.head().sequence,
            taken_at: node.clock.now(),
            digest: kept.digest(),
            body: kept.bytes().to_vec(),
        });
    }
    if !rows.is_empty() {
        node.store
            .append_stream_records(&id.to_string(), rows)
            .await?;
        channel.tell();
    }
    let next = end.next;
    Ok(RecordsTaken { next, withheld })
}

/// The records of an upload, each signed by the device.
fn verified(id: StreamId, device: &VerifyingKey, body: &[u8]) -> Result<Vec<Record>, Failure> {
    let invalid = || Failure::from(Code::RecordInvalid);
    let parts = split_records(body).map_err(|_| invalid())?;
    if parts.len() > UPLOAD_RECORDS_MAX {
        return Err(Code::BodyTooLarge.into());
    }
    let channel = channel_tag(id);
    let records: Result<Vec<Record>, Failure> = parts
        .into_iter()
        .map(|bytes| parsed(&channel, device, bytes).ok_or_else(invalid))
        .collect();
    let records = records?;
    let follow = |pair: &[Record]| pair[0].head().sequence + 1 == pair[1].head().sequence;
    if records.windows(2).all(follow) {
        Ok(records)
    } else {
        Err(invalid())
    }
}

fn parsed(channel: &ChannelTag, device: &VerifyingKey, bytes: &[u8]) -> Option<Record> {
    let record = UnverifiedRecord::parse(bytes).ok()?;
    record.verify(channel, device).ok()
}

/// Holds records that the relay has already against those that come again: the numbers of those
/// whose measurements it threw away.
async fn compared(node: &Node, id: StreamId, known: &[Record]) -> Result<Vec<u64>, Failure> {
    let Some(first) = known.first() else {
        return Ok(Vec::new());
    };
    let limit = u32::try_from(known.len()).expect("an upload has few records");
    let from = first.head().sequence;
    let stream = id.to_string();
    let rows = node.store.stream_records(&stream, from, limit).await?;
    let rows = rows.into_iter().map(|row| (row.sequence, row));
    let rows: BTreeMap<u64, StreamRecord> = rows.collect();
    let mut withheld = Vec::new();
    for record in known {
        // What lies in a segment was confirmed long ago.
        let Some(row) = rows.get(&record.head().sequence) else {
            continue;
        };
        if row.digest != record.digest() {
            return Err(Code::StreamForked.into());
        }
        if row.body != record.bytes() {
            withheld.push(row.sequence);
        }
    }
    Ok(withheld)
}

/// Where a stream ends at this relay.
struct End {
    next: u64,
    prev: Digest,
    is_closed: bool,
}

impl End {
    async fn of(node: &Node, id: StreamId, device: &VerifyingKey) -> Result<Self, Failure> {
        let Some(last) = node.store.last_stream_record(&id.to_string()).await? else {
            return Ok(Self {
                next: 0,
                prev: Digest::ZERO,
                is_closed: false,
            });
        };
        let record = parsed(&channel_tag(id), device, &last.body);
        let record = record.ok_or_else(|| Failure::from(Code::Internal))?;
        Ok(Self {
            next: last.sequence + 1,
            prev: last.digest,
            is_closed: *record.body() == Body::Closing,
        })
    }

    /// Goes on to a record that follows.
    fn follow(&mut self, record: &Record) -> Result<(), Failure> {
        let head = record.head();
        if head.sequence > self.next {
            let due = format!("record {} is due", self.next);
            let problem = Problem::new(Code::RecordsMissing).with_detail(due);
            return Err(problem.into());
        }
        if head.prev != self.prev {
            return Err(Code::StreamForked.into());
        }
        if self.is_closed {
            return Err(closed());
        }
        let opens = matches!(record.body(), Body::Opening(_));
        // What is withheld is for the relay to say.
        let is_withheld = matches!(record.body(), Body::Withheld(_));
        if opens != (head.sequence == 0) || is_withheld {
            return Err(Code::RecordInvalid.into());
        }
        self.is_closed = *record.body() == Body::Closing;
        self.next = head.sequence + 1;
        self.prev = record.digest();
        Ok(())
    }
}

/// From which checkpoint on measurements are taken.
struct Horizon {
    lessened: u64,
    oldest: Timestamp,
    /// By height: whether the checkpoint is known and young enough.
    fresh: BTreeMap<u64, bool>,
}

impl Horizon {
    async fn of(node: &Node, id: StreamId) -> Result<Self, Failure> {
        Ok(Self {
            lessened: lessening::lessened(node, id).await?,
            oldest: node.clock.now() - CHECKPOINT_AGE_MAX,
            fresh: BTreeMap::new(),
        })
    }

    /// Whether the device may not have known yet who reads less when it sealed these measurements.
    async fn is_too_late(&mut self, node: &Node, record: &Record) -> Result<bool, Failure> {
        let as_of = record.head().as_of;
        if !matches!(record.body(), Body::Data(_)) {
            return Ok(false);
        }
        if as_of < self.lessened {
            return Ok(true);
        }
        if let Some(fresh) = self.fresh.get(&as_of) {
            return Ok(!fresh);
        }
        let header = node.store.header(as_of).await?;
        let fresh = header.is_some_and(|header| header.time >= self.oldest);
        self.fresh.insert(as_of, fresh);
        Ok(!fresh)
    }
}

/// The number of the record that is due at this relay.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn next(node: &Node, id: StreamId) -> Result<u64, Failure> {
    let last = node.store.last_stream_record(&id.to_string()).await?;
    Ok(last.map_or(0, |last| last.sequence + 1))
}

/// Records from a number on, at most `limit` and about 1 MiB of them; none where the stream ends.
///
/// # Errors
/// They are not kept any more.
pub(crate) async fn read(
    node: &Node,
    id: StreamId,
    from: u64,
    limit: u32,
) -> Result<Vec<Vec<u8>>, Failure> {
    let stream = id.to_string();
    let limit = limit.clamp(1, ANSWER_RECORDS_MAX) as usize;
    let mut answer = Answer::new(limit);
    loop {
        let place = from + answer.records.len() as u64;
        let rows = node.store.stream_records(&stream, place, ROWS).await?;
        if rows.first().is_some_and(|row| row.sequence == place) {
            let count = rows.len();
            if !answer.take(rows.into_iter().map(|row| row.body)) || count < ROWS as usize {
                return Ok(answer.records);
            }
            continue;
        }
        match old_records(node, &stream, place).await? {
            Some(old) => {
                if !answer.take(old) {
                    return Ok(answer.records);
                }
            }
            // A row after this place, and nothing here.
            None if !rows.is_empty() => return Err(Code::RecordsGone.into()),
            None => return Ok(answer.records),
        }
    }
}

/// The records of the segment that has this number, from there on.
async fn old_records(
    node: &Node,
    stream: &str,
    place: u64,
) -> Result<Option<Vec<Vec<u8>>>, Failure> {
    let segment = node.store.stream_segment(stream, place).await?;
    let Some(segment) = segment.filter(|segment| segment.first <= place) else {
        return Ok(None);
    };
    let records = node.streams.segments.of(node, &segment).await?;
    let skipped = usize::try_from(place - segment.first).unwrap_or(usize::MAX);
    Ok(Some(records.iter().skip(skipped).cloned().collect()))
}

/// Records that are gathered for an answer.
struct Answer {
    records: Vec<Vec<u8>>,
    bytes: usize,
    limit: usize,
}

impl Answer {
    fn new(limit: usize) -> Self {
        Self {
            records: Vec::new(),
            bytes: 0,
            limit,
        }
    }

    /// Takes records while there is room; whether there still is.
    fn take(&mut self, records: impl IntoIterator<Item = Vec<u8>>) -> bool {
        for record in records {
            let fits = self.records.is_empty() || self.bytes + record.len() <= ANSWER_BYTES_MAX;
            if !fits || self.records.len() >= self.limit {
                return false;
            }
            self.bytes += record.len();
            self.records.push(record);
        }
        self.records.len() < self.limit && self.bytes < ANSWER_BYTES_MAX
    }
}
