//! A segment: a file of frames that only grows.
//!
//! A frame is a header of 16 bytes, big-endian, and what it announces: the length of the rest (u32),
//! how many records it has (u32), and the number of the first (u64). The rest is encrypted for this
//! header and dataset, so a frame that was moved, or whose header was altered, does not open.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use assent_crypto::vault::RecordCipher;
use assent_meter::datasets::{Dataset, Record};
use serde::{Deserialize, Serialize};

use super::{BufferError, disk};

/// A file of frames.
#[derive(Debug)]
pub(super) struct Segment {
    path: PathBuf,
    file: File,
    first: u64,
    next: u64,
    size: u64,
}

/// Records that were kept together, and the state of their series after them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// The number of the first record, or of the next where there is none.
    pub(super) first: u64,
    pub(super) records: Vec<Record>,
    pub(super) state: String,
}

/// What is encrypted.
#[derive(Serialize, Deserialize)]
struct Sealed {
    records: Vec<Record>,
    state: String,
}

#[derive(Clone, Copy, Debug)]
struct Header {
    length: u32,
    count: u32,
    first: u64,
}

/// Reads a segment from its start, also while it grows.
#[derive(Debug)]
pub(super) struct Reader {
    path: PathBuf,
    input: BufReader<File>,
    first: u64,
    /// The number of the record that the next frame starts with.
    position: u64,
}

const HEADER: usize = 16;
const EXTENSION: &str = "segment";

/// The segments in a folder, from old to new. What a crash left of the last frame is cut off.
pub(super) fn all(
    folder: &Path,
    dataset: Dataset,
    cipher: &RecordCipher,
) -> Result<VecDeque<Segment>, BufferError> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| disk(folder, error))? {
        let path = entry.map_err(|error| disk(folder, error))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == EXTENSION)
        {
            paths.push(path);
        }
    }
    // The names have their numbers in twenty digits.
    paths.sort();
    let last = paths.pop();
    let mut segments = VecDeque::with_capacity(paths.len() + 1);
    for path in paths {
        segments.push_back(Segment::open(path)?);
    }
    if let Some(path) = last {
        segments.push_back(Segment::open_last(path, dataset, cipher)?);
    }
    Ok(segments)
}

impl Segment {
    pub(super) fn create(folder: &Path, first: u64) -> Result<Self, BufferError> {
        let path = folder.join(format!("{first:020}.{EXTENSION}"));
        let mut options = OpenOptions::new();
        // A crash may have left one that is empty.
        options.create(true).truncate(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(|error| disk(&path, error))?;
        Ok(Self {
            path,
            file,
            first,
            next: first,
            size: 0,
        })
    }

    /// A segment that was synced before the next was begun. Its frames are verified when read.
    fn open(path: PathBuf) -> Result<Self, BufferError> {
        let first = number(&path)?;
        let mut reader = Reader::open(path.clone(), first)?;
        let mut size = 0;
        while let Some(header) = reader.skip()? {
            size += HEADER as u64 + u64::from(header.length);
        }
        let file = OpenOptions::new().append(true).open(&path);
        Ok(Self {
            file: file.map_err(|error| disk(&path, error))?,
            path,
            first,
            next: reader.position,
            size,
        })
    }

    /// The segment that was written to: from the first frame that does not open on, it is cut off.
    fn open_last(
        path: PathBuf,
        dataset: Dataset,
        cipher: &RecordCipher,
    ) -> Result<Self, BufferError> {
        let first = number(&path)?;
        let mut reader = Reader::open(path.clone(), first)?;
        let mut size = 0;
        while let Ok(Some((header, _))) = reader.next(dataset, cipher) {
            size += HEADER as u64 + u64::from(header.length);
        }
        let cut = || -> io::Result<File> {
            let mut file = OpenOptions::new().write(true).open(&path)?;
            file.set_len(size)?;
            file.sync_all()?;
            file.seek(SeekFrom::End(0))?;
            Ok(file)
        };
        Ok(Self {
            file: cut().map_err(|error| disk(&path, error))?,
            path,
            first,
            next: reader.position,
            size,
        })
    }

    pub(super) const fn first(&self) -> u64 {
        self.first
    }

    pub(super) const fn next(&self) -> u64 {
        self.next
    }

    pub(super) const fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn append(
        &mut self,
        frame: &Frame,
        dataset: Dataset,
        cipher: &RecordCipher,
    ) -> Result<(), BufferError> {
        let sealed = Sealed {
            records: frame.records.clone(),
            state: frame.state.clone(),
        };
        let plain = serde_json::to_vec(&sealed).expect("texts and numbers always serialise");
        let small = |number: usize| u32::try_from(number).expect("a telegram has a few records");
        let header = Header {
            length: small(plain.len() + assent_crypto::vault::OVERHEAD),
            count: small(frame.records.len()),
            first: frame.first,
        };
        let sealed = cipher.encrypt(&header.context(dataset), &plain);
        let bytes = [&header.bytes()[..], &sealed].concat();
        self.file
            .write_all(&bytes)
            .map_err(|error| disk(&self.path, error))?;
        self.size += bytes.len() as u64;
        self.next = frame.next();
        Ok(())
    }

    pub(super) fn sync(&self) -> Result<(), BufferError> {
        let synced = self.file.sync_data();
        synced.map_err(|error| disk(&self.path, error))
    }

    pub(super) fn reader(&self) -> Result<Reader, BufferError> {
        Reader::open(self.path.clone(), self.first)
    }

    /// The state in the last frame; `None` if there is no frame.
    pub(super) fn last_state(
        &self,
        dataset: Dataset,
        cipher: &RecordCipher,
    ) -> Result<Option<Vec<u8>>, BufferError> {
        let mut reader = self.reader()?;
        let mut state = None;
        while let Some((_, frame)) = reader.next(dataset, cipher)? {
            state = Some(frame.state.into_bytes());
        }
        Ok(state)
    }

    pub(super) fn remove(self) -> Result<(), BufferError> {
        fs::remove_file(&self.path).map_err(|error| disk(&self.path, error))
    }
}

impl Frame {
    /// The number after the last record.
    pub(super) fn next(&self) -> u64 {
        self.first + self.records.len() as u64
    }
}

impl Reader {
    fn open(path: PathBuf, first: u64) -> Result<Self, BufferError> {
        let file = File::open(&path).map_err(|error| disk(&path, error))?;
        Ok(Self {
            path,
            input: BufReader::new(file),
            first,
            position: first,
        })
    }

    /// The number of the first record of the segment.
    pub(super) const fn first(&self) -> u64 {
        self.first
    }

    pub(super) const fn position(&self) -> u64 {
        self.position
    }

    /// The frame with the record `number`, or the first after it; `None` at the end.
    pub(super) fn find(
        &mut self,
        number: u64,
        dataset: Dataset,
        cipher: &RecordCipher,
    ) -> Result<Option<Frame>, BufferError> {
        while let Some(header) = self.header()? {
            if header.next() > number {
                return self.body(header, dataset, cipher).map(Some);
            }
            self.pass(header)?;
        }
        Ok(None)
    }

    fn next(
        &mut self,
        dataset: Dataset,
        cipher: &RecordCipher,
    ) -> Result<Option<(Header, Frame)>, BufferError> {
        let Some(header) = self.header()? else {
            return Ok(None);
        };
        Ok(Some((header, self.body(header, dataset, cipher)?)))
    }

    fn skip(&mut self) -> Result<Option<Header>, BufferError> {
        let header = self.header()?;
        if let Some(header) = header {
            self.pass(header)?;
        }
        Ok(header)
    }

    /// The next header; `None` at the end.
    fn header(&mut self) -> Result<Option<Header>, BufferError> {
        let mut bytes = [0; HEADER];
        match self.input.read_exact(&mut bytes) {
            Ok(()) => {
                let header = Header::read(&bytes);
                if header.first == self.position {
                    Ok(Some(header))
                } else {
                    Err(self.damaged())
                }
            }
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(disk(&self.path, error)),
        }
    }

    fn pass(&mut self, header: Header) -> Result<(), BufferError> {
        self.input
            .seek_relative(i64::from(header.length))
            .map_err(|error| disk(&self.path, error))?;
        self.position = header.next();
        Ok(())
    }

    fn body(
        &mut self,
        header: Header,
        dataset: Dataset,
        cipher: &RecordCipher,
    ) -> Result<Frame, BufferError> {
        let mut sealed = Vec::new();
        let mut rest = (&mut self.input).take(u64::from(header.length));
        rest.read_to_end(&mut sealed)
            .map_err(|error| disk(&self.path, error))?;
        let plain = cipher.decrypt(&header.context(dataset), &sealed);
        let plain = plain.map_err(|_| self.damaged())?;
        let Sealed { records, state } =
            serde_json::from_slice(&plain).map_err(|_| self.damaged())?;
        self.position = header.next();
        Ok(Frame {
            first: header.first,
            records,
            state,
        })
    }

    fn damaged(&self) -> BufferError {
        BufferError::Damaged(self.path.clone())
    }
}

impl Header {
    fn bytes(self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..4].copy_from_slice(&self.length.to_be_bytes());
        bytes[4..8].copy_from_slice(&self.count.to_be_bytes());
        bytes[8..].copy_from_slice(&self.first.to_be_bytes());
        bytes
    }

    fn read(bytes: &[u8; HEADER]) -> Self {
        let (length, rest) = bytes.split_first_chunk().expect("sixteen bytes");
        let (count, first) = rest.split_first_chunk().expect("twelve bytes");
        Self {
            length: u32::from_be_bytes(*length),
            count: u32::from_be_bytes(*count),
            first: u64::from_be_bytes(first.try_into().expect("eight bytes")),
        }
    }

    fn next(self) -> u64 {
        self.first.saturating_add(u64::from(self.count))
    }

    /// What the frame is encrypted for.
    fn context(self, dataset: Dataset) -> Vec<u8> {
        let purpose = b"assent-meter buffer ";
        [purpose, dataset.name().as_bytes(), &self.bytes()].concat()
    }
}

/// The number in the name of a segment.
fn number(path: &Path) -> Result<u64, BufferError> {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    stem.and_then(|stem| stem.parse().ok())
        .ok_or_else(|| BufferError::Damaged(path.to_owned()))
}
