//! Records that wait on disk until somebody takes them.
//!
//! A buffer is a folder of segments, each a file that only grows. A frame in a segment has the
//! records that one telegram completed and the state of the series after it, encrypted together, so
//! that a crash keeps both or neither: no record is lost, and none is made twice. Records are
//! numbered; what was taken is forgotten a segment at a time. A buffer that reaches its size forgets
//! its oldest segment, and puts a gap where its records were.

mod segment;
mod taken;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use assent_crypto::vault::RecordCipher;
use assent_meter::datasets::{Content, Dataset, GapReason, Record};

use crate::storage;
use segment::{Frame, Reader, Segment};
use taken::Taken;

/// The records of one dataset that wait.
#[derive(Debug)]
pub(crate) struct Buffer {
    dataset: Dataset,
    folder: PathBuf,
    cipher: Rc<RecordCipher>,
    limits: Limits,
    /// From old to new; the last is written to.
    segments: VecDeque<Segment>,
    /// The number of the next record.
    next: u64,
    taken: Taken,
    reader: Option<Reader>,
    synced: Instant,
}

/// How much may wait, and how soon it is safe.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Bytes on disk, about.
    pub(crate) size: u64,
    /// After how long what was appended survives a power cut.
    pub(crate) sync_after: Duration,
}

/// Records that follow each other, to be taken together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) dataset: Dataset,
    /// The number of the first. A number that is skipped since the batch before belongs to a record
    /// that was forgotten; the first record of this batch is the gap then.
    pub(crate) first: u64,
    pub(crate) records: Vec<Record>,
}

/// Why a buffer cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BufferError {
    /// A file was altered, or belongs to another key. The rest of the buffer is whole.
    #[error("{0} is damaged: move it away to go on without what it holds")]
    Damaged(PathBuf),
    #[error("{0} cannot be used")]
    Disk(PathBuf, #[source] io::Error),
}

/// A segment is full at this part of the size of its buffer.
const SEGMENTS: u64 = 8;

impl Buffer {
    /// Opens the buffer of a dataset in this folder, and makes it where there is none.
    pub(crate) fn open(
        folder: &Path,
        dataset: Dataset,
        cipher: Rc<RecordCipher>,
        limits: Limits,
    ) -> Result<Self, BufferError> {
        let folder = folder.join(dataset.name());
        storage::private_folder(&folder).map_err(|error| disk(&folder, error))?;
        let segments = segment::all(&folder, dataset, &cipher)?;
        let taken = Taken::read(&folder)?;
        let next = segments.back().map_or(taken.next, Segment::next);
        Ok(Self {
            dataset,
            folder,
            cipher,
            limits,
            segments,
            next,
            taken,
            reader: None,
            synced: Instant::now(),
        })
    }

    /// The state of the series after the newest record.
    pub(crate) fn state(&self) -> Result<Option<Vec<u8>>, BufferError> {
        // A segment that was made just before a crash is empty.
        for segment in self.segments.iter().rev() {
            if let Some(state) = segment.last_state(self.dataset, &self.cipher)? {
                return Ok(Some(state));
            }
        }
        Ok(None)
    }

    /// Adds records together with the state of the series after them; both are kept, or neither.
    pub(crate) fn append(&mut self, records: Vec<Record>, state: &[u8]) -> Result<(), BufferError> {
        if let (None, Some(first)) = (self.taken.until, records.first()) {
            self.taken.until = Some(first.from);
            self.taken.write(&self.folder)?;
        }
        let full = self.limits.size / SEGMENTS;
        if self.segments.back().is_none_or(|last| last.size() >= full) {
            self.begin_segment()?;
        }
        let count = records.len() as u64;
        let frame = Frame {
            first: self.next,
            records,
            state: String::from_utf8_lossy(state).into_owned(),
        };
        let segment = self.segments.back_mut().expect("one was begun");
        segment.append(&frame, self.dataset, &self.cipher)?;
        self.next += count;
        if self.synced.elapsed() >= self.limits.sync_after {
            self.sync()?;
        }
        self.forget_oldest()
    }

    /// Makes everything that was appended survive a power cut.
    pub(crate) fn sync(&mut self) -> Result<(), BufferError> {
        self.synced = Instant::now();
        self.segments.back().map_or(Ok(()), Segment::sync)
    }

    /// How many records wait.
    pub(crate) fn waiting(&self) -> u64 {
        let kept = self.segments.front().map_or(0, Segment::first);
        self.next.saturating_sub(self.taken.next.max(kept))
    }

    /// The next records to be taken, about `most` of them; `None` if none wait.
    ///
    /// Asked again before these are acknowledged, it gives them again.
    /// What is handed out is on the disk: after a power cut, no number is given to another record.
    pub(crate) fn batch(&mut self, most: usize) -> Result<Option<Batch>, BufferError> {
        self.sync()?;
        let mut at = self.taken.next;
        let Some(frame) = self.frame_with(at)? else {
            return Ok(None);
        };
        let mut batch = Batch {
            dataset: self.dataset,
            first: at,
            records: Vec::new(),
        };
        if frame.first > at {
            // What was between was forgotten. The last of its numbers goes to the gap.
            let to = frame.records.first().map_or(0, |record| record.from);
            let from = self.taken.until.unwrap_or(to).min(to);
            batch.first = frame.first - 1;
            batch.records.push(gap(from, to));
            at = frame.first;
        }
        let mut frame = Some(frame);
        while let Some(next) = frame {
            let skipped = usize::try_from(at - next.first).expect("a frame is small");
            at = next.next();
            batch.records.extend(next.records.into_iter().skip(skipped));
            if batch.records.len() >= most {
                break;
            }
            frame = self.frame_with(at)?;
        }
        Ok(Some(batch))
    }

    /// The records of this batch before number `next` were taken. They are not given again.
    pub(crate) fn acknowledge(&mut self, batch: &Batch, next: u64) -> Result<(), BufferError> {
        let count = usize::try_from(next.saturating_sub(batch.first)).unwrap_or(usize::MAX);
        let last = batch.records.get(..count).and_then(<[Record]>::last);
        if let Some(last) = last {
            self.taken = Taken {
                next,
                until: Some(last.to),
            };
            self.taken.write(&self.folder)?;
        }
        while self.segments.len() > 1 && self.segments[0].next() <= self.taken.next {
            self.remove_oldest()?;
        }
        Ok(())
    }

    /// The frame with this record, or the first after it.
    fn frame_with(&mut self, number: u64) -> Result<Option<Frame>, BufferError> {
        let passed = |reader: &Reader| reader.position() > number;
        if self.reader.as_ref().is_none_or(passed) {
            let holds = |segment: &&Segment| segment.next() > number;
            let segment = self.segments.iter().find(holds);
            self.reader = segment.map(Segment::reader).transpose()?;
        }
        while let Some(reader) = &mut self.reader {
            if let Some(frame) = reader.find(number, self.dataset, &self.cipher)? {
                return Ok(Some(frame));
            }
            let first = reader.first();
            let later = |segment: &&Segment| segment.first() > first;
            let Some(segment) = self.segments.iter().find(later) else {
                // The end, for now: the same reader sees what is appended.
                return Ok(None);
            };
            self.reader = Some(segment.reader()?);
        }
        Ok(None)
    }

    fn begin_segment(&mut self) -> Result<(), BufferError> {
        if let Some(last) = self.segments.back() {
            last.sync()?;
        }
        let segment = Segment::create(&self.folder, self.next)?;
        storage::sync_folder(&self.folder).map_err(|error| disk(&self.folder, error))?;
        self.segments.push_back(segment);
        Ok(())
    }

    /// Keeps to the size, whatever waits.
    fn forget_oldest(&mut self) -> Result<(), BufferError> {
        let size = |segments: &VecDeque<Segment>| segments.iter().map(Segment::size).sum::<u64>();
        while self.segments.len() > 1 && size(&self.segments) > self.limits.size {
            self.remove_oldest()?;
        }
        Ok(())
    }

    fn remove_oldest(&mut self) -> Result<(), BufferError> {
        if let Some(oldest) = self.segments.pop_front() {
            if self
                .reader
                .as_ref()
                .is_some_and(|reader| reader.first() == oldest.first())
            {
                self.reader = None;
            }
            oldest.remove()?;
        }
        Ok(())
    }
}

fn gap(from: i64, to: i64) -> Record {
    Record {
        from,
        to,
        content: Content::Gap(GapReason::BufferFull),
    }
}

fn disk(path: &Path, error: io::Error) -> BufferError {
    BufferError::Disk(path.to_owned(), error)
}
